package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"time"
)

const base = "https://api.integrator.io/v1"

var client = http.Client{Timeout: 2 * time.Second}
var next = regexp.MustCompile(`<([^>]*)>; rel="next"`)

func get(url string) (*http.Response, error) {
	request, err := http.NewRequest("GET", url, nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Authorization", "Bearer any")
	return client.Do(request)
}

func outcome(url string) string {
	answer, err := get(url)
	if err != nil {
		return "error"
	}
	defer answer.Body.Close()
	return fmt.Sprint(answer.StatusCode)
}

func must(answer *http.Response, err error) *http.Response {
	if err != nil {
		panic(err)
	}
	return answer
}

func main() {
	var list []any
	answer := must(get(base + "/integrations"))
	if err := json.NewDecoder(answer.Body).Decode(&list); err != nil {
		panic(err)
	}
	answer.Body.Close()
	url, pages := base+"/integrations?limit=1", 0
	for url != "" {
		answer := must(get(url))
		answer.Body.Close()
		pages, url = pages+1, ""
		if found := next.FindStringSubmatch(answer.Header.Get("Link")); found != nil {
			url = found[1]
		}
	}
	missing := outcome(base + "/integrations/none")
	reset, stall := outcome(base+"/flows"), outcome(base+"/exports")
	fmt.Printf("list=%d pages=%d missing=%s reset=%s stall=%s\n", len(list), pages, missing, reset, stall)
}
