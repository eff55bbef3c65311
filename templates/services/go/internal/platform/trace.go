package platform

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"net/http"
	"regexp"
	"strings"
)

// Trace ties the work for one request together across services: X-Request-Id and W3C traceparent.
type Trace struct {
	RequestID string
	TraceID   string
	SpanID    string
	flags     string
}

var (
	requestIDPattern = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)
	// Versions after 00 may add fields at the end.
	traceparentPattern = regexp.MustCompile(`^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$`)
)

// NewTrace goes on with the trace of the caller, or begins one when its headers hold none that is valid.
func NewTrace(header http.Header) Trace {
	trace := Trace{RequestID: header.Get("X-Request-Id"), SpanID: randomHex(8)}
	if !requestIDPattern.MatchString(trace.RequestID) {
		trace.RequestID = rand.Text()
	}
	var ok bool
	if trace.TraceID, trace.flags, ok = parseTraceparent(header.Values("Traceparent")); !ok {
		trace.TraceID, trace.flags = randomHex(16), "01"
	}
	return trace
}

// Inject passes the trace on with an outgoing request.
func (t Trace) Inject(header http.Header) {
	header.Set("X-Request-Id", t.RequestID)
	header.Set("Traceparent", "00-"+t.TraceID+"-"+t.SpanID+"-"+t.flags)
}

func parseTraceparent(values []string) (traceID, flags string, ok bool) {
	if len(values) != 1 {
		return "", "", false
	}
	parts := traceparentPattern.FindStringSubmatch(values[0])
	if parts == nil || parts[1] == "ff" || parts[1] == "00" && parts[5] != "" {
		return "", "", false
	}
	if strings.Trim(parts[2], "0") == "" || strings.Trim(parts[3], "0") == "" {
		return "", "", false
	}
	return parts[2], parts[4], true
}

func randomHex(bytes int) string {
	random := make([]byte, bytes)
	rand.Read(random) // never fails
	return hex.EncodeToString(random)
}

type traceKey struct{}

// WithTrace keeps the trace in the context.
func WithTrace(ctx context.Context, trace Trace) context.Context {
	return context.WithValue(ctx, traceKey{}, trace)
}

// TraceFrom returns the trace of the request that the context belongs to.
func TraceFrom(ctx context.Context) (Trace, bool) {
	trace, ok := ctx.Value(traceKey{}).(Trace)
	return trace, ok
}
