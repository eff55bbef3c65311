package httpapi

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
)

func TestRequestsAreMeasuredAndLoggedByRoute(t *testing.T) {
	tests := []struct {
		method, path, route, label string
		status                     float64
	}{
		{"GET", "/v1/items", "/v1/items", "GET", 200},
		{"GET", "/v1/items/none", "/v1/items/{id}", "GET", 404},
		{"PUT", "/v1/items", "/v1/items", "PUT", 405},
		{"GET", "/nothing", "unmatched", "GET", 404},
		{"BREW", "/nothing", "unmatched", "_OTHER", 404},
	}
	for _, test := range tests {
		api := newTestAPI()
		request := newRequest(test.method, test.path+"?token=secret", "")
		request.Header.Set("X-Request-Id", "mine")
		response := api.serve(request)

		var line map[string]any
		if err := json.Unmarshal(api.logged.Bytes(), &line); err != nil {
			t.Fatalf("%v in %s", err, api.logged)
		}
		if line["msg"] != "request" || line["method"] != test.method || line["route"] != test.route || line["path"] != test.path ||
			line["status"] != test.status || line["request_id"] != "mine" || response.Code != int(test.status) {
			t.Errorf("%s %s is logged as %s", test.method, test.path, api.logged)
		}
		if took, ok := line["duration_ms"].(float64); !ok || took < 0 {
			t.Errorf("duration_ms is %v", line["duration_ms"])
		}
		want := `count{http_request_method="` + test.label + `",http_response_status_code="` +
			response.Result().Status[:3] + `",http_route="` + test.route + `"} 1`
		if metrics := api.doAdmin("/metrics").Body.String(); !strings.Contains(metrics, want) {
			t.Errorf("no %s", want)
		}
	}
}

func TestProbesAreNeitherMeasuredNorLogged(t *testing.T) {
	api := newTestAPI()
	for _, path := range []string{"/livez", "/readyz", "/health", "/version"} {
		api.do(http.MethodGet, path, "")
	}
	if metrics := api.doAdmin("/metrics").Body.String(); strings.Contains(metrics, "http_route") || api.logged.Len() > 0 {
		t.Errorf("logged %s", api.logged)
	}
}

func TestPanicIsAProblemThatTellsNothing(t *testing.T) {
	api := newTestAPI()
	api.breakList()
	response := api.do(http.MethodGet, "/v1/items", "")
	got := decode[problem](t, response)
	if response.Code != http.StatusInternalServerError || got.Status != 500 || strings.Contains(response.Body.String(), "secret") {
		t.Errorf("%d %s", response.Code, response.Body)
	}
	if logged := api.logged.String(); !strings.Contains(logged, "secret cause") || !strings.Contains(logged, `"stack"`) ||
		!strings.Contains(logged, `"status":500`) || !strings.Contains(logged, got.TraceID) {
		t.Errorf("logged %s", logged)
	}
}

func TestCallerWhoLeftIsNoFailureOfOurs(t *testing.T) {
	api := newTestAPI()
	gone, leave := context.WithCancel(t.Context())
	leave()
	api.serve(newRequest(http.MethodGet, "/v1/items", "").WithContext(gone))
	if !strings.Contains(api.logged.String(), `"status":499`) {
		t.Errorf("logged %s", api.logged)
	}
}

func TestHalfAResponseIsCut(t *testing.T) {
	tests := map[string]http.HandlerFunc{
		"by a panic": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, "half")
			_ = http.NewResponseController(w).Flush()
			panic("broken")
		},
		"on purpose": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
	}
	for name, handle := range tests {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(newObserver(handle, prometheus.NewRegistry(), slog.New(slog.DiscardHandler)))
			defer server.Close()
			response, err := http.Get(server.URL)
			if err != nil {
				return // not even half of it came
			}
			defer response.Body.Close()
			if body, err := io.ReadAll(response.Body); err == nil {
				t.Errorf("%q looks like a whole response", body)
			}
		})
	}
}
