package platform

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"
)

func TestServeNamesThePortInUse(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	taken := listener.Addr().(*net.TCPAddr).Port
	for _, config := range []Config{
		{Host: "127.0.0.1", HTTPPort: taken, AdminPort: 0},
		{Host: "127.0.0.1", HTTPPort: 0, AdminPort: taken},
	} {
		err := Serve(t.Context(), config, http.NotFoundHandler(), http.NotFoundHandler(), &Health{}, quiet())
		if err == nil || !strings.Contains(err.Error(), strconv.Itoa(taken)) {
			t.Errorf("error is %v", err)
		}
	}
}

func TestServeFinishesRequestsInFlight(t *testing.T) {
	config := Config{Host: "127.0.0.1", HTTPPort: freePort(t), ShutdownTimeout: 10 * time.Second}
	health := &Health{}
	arrived, release := make(chan struct{}), make(chan struct{})
	slow := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		close(arrived)
		<-release
		_, _ = io.WriteString(w, "done")
	})
	ctx, cancel := context.WithCancel(t.Context())
	stopped := make(chan error, 1)
	go func() { stopped <- Serve(ctx, config, slow, http.NotFoundHandler(), health, quiet()) }()
	eventually(t, func() bool { return health.State() == Ready })

	answer := make(chan string, 1)
	go func() { answer <- get("http://127.0.0.1:" + strconv.Itoa(config.HTTPPort)) }()
	<-arrived
	cancel()
	eventually(t, func() bool { return health.State() == Draining })
	select {
	case err := <-stopped:
		t.Fatalf("stopped under a request: %v", err)
	case <-time.After(100 * time.Millisecond):
	}
	close(release)
	if got := <-answer; got != "done" {
		t.Errorf("the answer is %q", got)
	}
	if err := <-stopped; err != nil {
		t.Error(err)
	}
}

func TestServeCutsOffWhatOutlastsTheTimeout(t *testing.T) {
	config := Config{Host: "127.0.0.1", HTTPPort: freePort(t), ShutdownTimeout: 50 * time.Millisecond}
	health := &Health{}
	arrived := make(chan struct{})
	endless := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		close(arrived)
		<-r.Context().Done()
	})
	ctx, cancel := context.WithCancel(t.Context())
	stopped := make(chan error, 1)
	go func() { stopped <- Serve(ctx, config, endless, http.NotFoundHandler(), health, quiet()) }()
	eventually(t, func() bool { return health.State() == Ready })

	answer := make(chan string, 1)
	go func() { answer <- get("http://127.0.0.1:" + strconv.Itoa(config.HTTPPort)) }()
	<-arrived
	cancel()
	for what, done := range map[string]func() bool{
		"the service": func() bool { return len(stopped) == 1 },
		"the request": func() bool { return len(answer) == 1 },
	} {
		t.Run(what, func(t *testing.T) { eventually(t, done) })
	}
	if err := <-stopped; err != nil {
		t.Error(err)
	}
}

func TestServeWaitsForNoConnectionWithoutARequest(t *testing.T) {
	config := Config{Host: "127.0.0.1", HTTPPort: freePort(t), ShutdownTimeout: 20 * time.Second}
	health := &Health{}
	ctx, cancel := context.WithCancel(t.Context())
	stopped := make(chan error, 1)
	go func() { stopped <- Serve(ctx, config, http.NotFoundHandler(), http.NotFoundHandler(), health, quiet()) }()
	eventually(t, func() bool { return health.State() == Ready })

	address := "127.0.0.1:" + strconv.Itoa(config.HTTPPort)
	unused, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer unused.Close()
	get("http://" + address) // leaves an idle connection, and shows that the one before was accepted
	cancel()
	select {
	case err := <-stopped:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(4 * time.Second):
		t.Error("still running")
	}
}

func get(url string) string {
	response, err := http.Get(url)
	if err != nil {
		return err.Error()
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return err.Error()
	}
	return string(body)
}

func freePort(t *testing.T) int {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port
}

func eventually(t *testing.T, condition func() bool) {
	t.Helper()
	for deadline := time.Now().Add(5 * time.Second); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		if condition() {
			return
		}
	}
	t.Fatal("it did not happen")
}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }
