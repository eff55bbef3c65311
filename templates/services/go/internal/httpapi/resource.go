package httpapi

import (
	"maps"
	"net/http"
	"slices"
	"strings"
)

type methods map[string]http.Handler

// resource serves the methods given at a path and refuses the others with a problem that lists those allowed.
func resource(mux *http.ServeMux, path string, handlers methods) {
	allowed := slices.Collect(maps.Keys(handlers))
	if _, ok := handlers[http.MethodGet]; ok {
		allowed = append(allowed, http.MethodHead) // a ServeMux answers HEAD with what GET has
	}
	slices.Sort(allowed)
	allow := strings.Join(allowed, ", ")

	for method, handler := range handlers {
		mux.Handle(method+" "+path, handler)
	}
	mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Allow", allow)
		writeProblem(w, r, problem{Status: http.StatusMethodNotAllowed, Detail: "Use " + allow + "."})
	})
}

func notFound(w http.ResponseWriter, r *http.Request) {
	writeProblem(w, r, problem{Status: http.StatusNotFound, Detail: "Nothing is served at this path."})
}
