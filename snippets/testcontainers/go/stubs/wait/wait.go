// Package wait has the signatures that the snippet uses.
package wait

type Strategy interface{ WaitUntilReady() error }

type HTTPStrategy struct{}

func ForHTTP(path string) *HTTPStrategy { return nil }

func (ws *HTTPStrategy) WithPort(port string) *HTTPStrategy { return ws }

func (ws *HTTPStrategy) WaitUntilReady() error { return nil }
