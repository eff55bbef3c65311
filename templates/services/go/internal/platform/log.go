package platform

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"strings"
)

// NewLogger writes one JSON object a line. Lines written with the context of a request say which request it was.
func NewLogger(w io.Writer, level slog.Level, build Build) *slog.Logger {
	handler := slog.NewJSONHandler(w, &slog.HandlerOptions{Level: level, ReplaceAttr: tidy})
	return slog.New(traced{handler}).With("service", build.Name, "version", build.Version)
}

// tidy writes times in UTC and levels in lower case, and keeps credentials out.
func tidy(groups []string, attr slog.Attr) slog.Attr {
	switch {
	case len(groups) == 0 && attr.Key == slog.TimeKey && attr.Value.Kind() == slog.KindTime:
		return slog.Time(attr.Key, attr.Value.Time().UTC())
	case len(groups) == 0 && attr.Key == slog.LevelKey:
		return slog.String(attr.Key, strings.ToLower(attr.Value.String()))
	case isCredential(attr.Key):
		return slog.String(attr.Key, "[redacted]")
	}
	if header, ok := attr.Value.Any().(http.Header); ok {
		return slog.Any(attr.Key, withoutCredentials(header))
	}
	return attr
}

func withoutCredentials(header http.Header) http.Header {
	header = header.Clone()
	for key := range header {
		if isCredential(key) {
			header[key] = []string{"[redacted]"}
		}
	}
	return header
}

func isCredential(key string) bool {
	switch strings.ToLower(key) {
	case "authorization", "proxy-authorization", "cookie", "set-cookie":
		return true
	}
	return false
}

// traced adds the ids of the request in the context.
type traced struct{ slog.Handler }

func (t traced) Handle(ctx context.Context, record slog.Record) error {
	if trace, ok := TraceFrom(ctx); ok {
		record.AddAttrs(
			slog.String("request_id", trace.RequestID),
			slog.String("trace_id", trace.TraceID),
			slog.String("span_id", trace.SpanID),
		)
	}
	return t.Handler.Handle(ctx, record)
}

func (t traced) WithAttrs(attrs []slog.Attr) slog.Handler { return traced{t.Handler.WithAttrs(attrs)} }

func (t traced) WithGroup(name string) slog.Handler { return traced{t.Handler.WithGroup(name)} }
