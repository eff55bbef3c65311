package httpapi

import (
	"encoding/json"
	"log/slog"
	"net/http"
)

// handlerFunc is a handler whose error becomes a problem. It writes nothing when it returns one.
type handlerFunc func(w http.ResponseWriter, r *http.Request) error

func handler(log *slog.Logger, handle handlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := handle(w, r); err != nil {
			writeProblem(w, r, problemOf(r.Context(), err, log))
		}
	})
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	write(w, status, "application/json", body)
}

func write(w http.ResponseWriter, status int, contentType string, body any) {
	text, err := json.Marshal(body)
	if err != nil {
		panic(err) // a body of ours that is no JSON is a mistake in this package
	}
	w.Header().Set("Content-Type", contentType)
	w.WriteHeader(status)
	_, _ = w.Write(append(text, '\n')) // a client that is gone needs no answer
}
