package standin

import (
	"context"
	"testing"

	"github.com/testcontainers/testcontainers-go"
	"github.com/testcontainers/testcontainers-go/wait"
)

func TestSync(t *testing.T) {
	ctx := context.Background()
	standin, err := testcontainers.Run(ctx, "standin:0.1.0",
		testcontainers.WithExposedPorts("4780/tcp"),
		testcontainers.WithEnv(map[string]string{"STANDIN_CONTROL_TOKEN": "secret"}),
		testcontainers.WithWaitStrategy(wait.ForHTTP("/_standin/ready").WithPort("4780/tcp")),
	)
	testcontainers.CleanupContainer(t, standin)
	if err != nil {
		t.Fatal(err)
	}
	baseURL, err := standin.PortEndpoint(ctx, "4780/tcp", "http")
	if err != nil {
		t.Fatal(err)
	}
	_ = baseURL + "/v1" // where the software under test has https://api.integrator.io/v1
}
