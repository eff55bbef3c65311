package platform

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestLogLine(t *testing.T) {
	ctx := WithTrace(t.Context(), Trace{RequestID: "r", TraceID: "t", SpanID: "s"})
	text, line := logged(t, func(log *slog.Logger) { log.With("a", 1).WarnContext(ctx, "hello", "b", 2) })
	want := map[string]any{
		"level": "warn", "msg": "hello", "service": "sample", "version": "1", "a": 1.0, "b": 2.0,
		"request_id": "r", "trace_id": "t", "span_id": "s",
	}
	for key, value := range want {
		if line[key] != value {
			t.Errorf("%s is %v in %s", key, line[key], text)
		}
	}
	written, _ := line["time"].(string)
	if _, err := time.Parse(time.RFC3339, written); err != nil {
		t.Error(err)
	}
}

func TestLogIsInUTC(t *testing.T) {
	elsewhere := time.Date(2026, time.May, 1, 12, 0, 0, 0, time.FixedZone("elsewhere", 3600))
	text, line := logged(t, func(log *slog.Logger) {
		_ = log.Handler().Handle(t.Context(), slog.NewRecord(elsewhere, slog.LevelInfo, "hello", 0))
	})
	if line["time"] != "2026-05-01T11:00:00Z" {
		t.Errorf("logged %s", text)
	}
}

func TestLogOutsideARequestHasNoIDs(t *testing.T) {
	text, _ := logged(t, func(log *slog.Logger) { log.Info("hello") })
	if strings.Contains(text, "_id") {
		t.Errorf("logged %s", text)
	}
}

func TestLogKeepsCredentialsOut(t *testing.T) {
	header := http.Header{"Authorization": {"hunter2"}, "Cookie": {"hunter2"}, "Accept": {"text/plain"}}
	text, _ := logged(t, func(log *slog.Logger) {
		log.Info("hello", "headers", header, "authorization", "hunter2", slog.Group("request", "Set-Cookie", "hunter2"))
	})
	if strings.Contains(text, "hunter2") || !strings.Contains(text, "text/plain") {
		t.Errorf("logged %s", text)
	}
}

func TestLogLevel(t *testing.T) {
	var out bytes.Buffer
	log := NewLogger(&out, slog.LevelWarn, Build{})
	log.Info("quiet")
	log.Error("loud")
	if strings.Contains(out.String(), "quiet") || !strings.Contains(out.String(), "loud") {
		t.Errorf("logged %s", out.String())
	}
}

func logged(t *testing.T, write func(*slog.Logger)) (string, map[string]any) {
	t.Helper()
	var out bytes.Buffer
	write(NewLogger(&out, slog.LevelInfo, Build{Name: "sample", Version: "1"}))
	var line map[string]any
	if err := json.Unmarshal(out.Bytes(), &line); err != nil {
		t.Fatalf("%v in %s", err, out.String())
	}
	return out.String(), line
}
