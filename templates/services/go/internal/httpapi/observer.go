package httpapi

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// statusCallerLeft is what many servers log when nobody waits for the answer any more.
const statusCallerLeft = 499

// observer measures and logs every request, and answers for a handler that panics.
type observer struct {
	next      http.Handler
	log       *slog.Logger
	durations *prometheus.HistogramVec
	active    prometheus.Gauge
}

func newObserver(next http.Handler, registry prometheus.Registerer, log *slog.Logger) *observer {
	o := &observer{
		next: next,
		log:  log,
		durations: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "http_server_request_duration_seconds",
			Help:    "Time taken to answer requests.",
			Buckets: prometheus.DefBuckets,
		}, []string{"http_request_method", "http_route", "http_response_status_code"}),
		active: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "http_server_active_requests",
			Help: "Requests being answered now.",
		}),
	}
	registry.MustRegister(o.durations, o.active)
	return o
}

func (o *observer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	start := time.Now()
	o.active.Inc()
	defer o.active.Dec()

	response := &recorder{ResponseWriter: w}
	cut := o.serve(response, r)
	elapsed := time.Since(start)

	status, route := response.statusOr200(), routeOf(r)
	if r.Context().Err() != nil {
		status = statusCallerLeft
	}
	o.durations.WithLabelValues(knownMethod(r.Method), route, strconv.Itoa(status)).Observe(elapsed.Seconds())
	level := slog.LevelInfo
	if status >= http.StatusInternalServerError {
		level = slog.LevelError
	}
	o.log.Log(r.Context(), level, "request", "method", r.Method, "route", route, "path", r.URL.EscapedPath(),
		"status", status, "duration_ms", float64(elapsed.Microseconds())/1000)
	if cut {
		panic(http.ErrAbortHandler) // half a response must not look like a whole one
	}
}

// serve reports whether the response was begun and cannot be finished.
func (o *observer) serve(w *recorder, r *http.Request) (cut bool) {
	defer func() {
		cause := recover()
		if cause == nil {
			return
		}
		if err, ok := cause.(error); ok && errors.Is(err, http.ErrAbortHandler) {
			cut = true
			return
		}
		o.log.ErrorContext(r.Context(), "panic", "error", fmt.Sprint(cause), "stack", string(debug.Stack()))
		if cut = w.status != 0; !cut {
			writeProblem(w, r, internalError)
		}
	}()
	o.next.ServeHTTP(w, r)
	return false
}

// routeOf is the pattern that matched, without its method: a path would make endless label values.
func routeOf(r *http.Request) string {
	_, route, found := strings.Cut(r.Pattern, " ")
	if !found {
		route = r.Pattern
	}
	if route == "" || route == "/" {
		return "unmatched"
	}
	return route
}

// knownMethod keeps invented methods from making label values.
func knownMethod(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete,
		http.MethodConnect, http.MethodOptions, http.MethodTrace:
		return method
	}
	return "_OTHER"
}
