// Package testcontainers has the signatures that the snippet uses, for machines where the library is out of reach.
package testcontainers

import (
	"context"
	"testing"

	"github.com/testcontainers/testcontainers-go/wait"
)

type Container interface {
	PortEndpoint(ctx context.Context, port string, proto string) (string, error)
}

type DockerContainer struct{}

type ContainerCustomizer interface{ Customize() error }

type CustomizeRequestOption func() error

type TerminateOption func()

func (option CustomizeRequestOption) Customize() error { return option() }

func (c *DockerContainer) PortEndpoint(ctx context.Context, port string, proto string) (string, error) {
	return "", nil
}

func Run(ctx context.Context, img string, opts ...ContainerCustomizer) (*DockerContainer, error) {
	return nil, nil
}

func WithExposedPorts(ports ...string) CustomizeRequestOption { return nil }

func WithEnv(envs map[string]string) CustomizeRequestOption { return nil }

func WithWaitStrategy(strategies ...wait.Strategy) CustomizeRequestOption { return nil }

func CleanupContainer(tb testing.TB, ctr Container, options ...TerminateOption) {}
