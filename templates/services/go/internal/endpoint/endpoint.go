// Package endpoint stands between the business and the ways to reach it: one function for each operation, the same for
// every transport, wrapped by what has to happen whoever calls.
package endpoint

import "context"

// Endpoint is one operation: a request in, a response or an error out.
type Endpoint[Q, R any] func(ctx context.Context, request Q) (R, error)

// Middleware adds behaviour around an endpoint.
type Middleware[Q, R any] func(next Endpoint[Q, R]) Endpoint[Q, R]

// Chain wraps the endpoint in the middlewares; the first is the outermost.
func Chain[Q, R any](inner Endpoint[Q, R], middlewares ...Middleware[Q, R]) Endpoint[Q, R] {
	for n := len(middlewares) - 1; n >= 0; n-- {
		inner = middlewares[n](inner)
	}
	return inner
}
