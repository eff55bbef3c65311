package platform

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// server is an HTTP server with a port of its own.
type server struct {
	http     http.Server
	listener net.Listener
	ended    chan error

	mu          sync.Mutex
	connections map[net.Conn]http.ConnState
}

// listen takes the port and bounds what a client can hold on to. There is no limit for a whole response: how long one may
// take is known where it is made.
func listen(host string, port int, handler http.Handler, log *slog.Logger) (*server, error) {
	listener, err := net.Listen("tcp", net.JoinHostPort(host, strconv.Itoa(port)))
	if err != nil {
		return nil, fmt.Errorf("cannot listen on port %d: %w", port, err)
	}
	s := &server{listener: listener, ended: make(chan error, 1), connections: map[net.Conn]http.ConnState{}}
	s.http = http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       15 * time.Second,
		IdleTimeout:       75 * time.Second,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
		ConnState:         s.track,
	}
	return s, nil
}

// serve sends the reason for its end to s.ended.
func (s *server) serve() { s.ended <- s.http.Serve(s.listener) }

// stop takes no more connections and finishes requests in flight. Connections without a request are closed after the
// linger: closed at once, one could be on its way. What outlasts the timeout is cut off, which is an error.
func (s *server) stop(linger, timeout time.Duration) error {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	s.listener.Close()
	<-s.ended
	for end := time.Now().Add(min(linger, timeout)); s.isConnected() && time.Now().Before(end); {
		time.Sleep(10 * time.Millisecond)
	}
	s.closeUnused()
	err := s.http.Shutdown(ctx)
	if err != nil {
		s.http.Close()
	}
	return err
}

func (s *server) track(connection net.Conn, state http.ConnState) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if state == http.StateClosed || state == http.StateHijacked {
		delete(s.connections, connection)
	} else {
		s.connections[connection] = state
	}
}

func (s *server) isConnected() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.connections) > 0
}

// closeUnused closes connections that never had a request; Shutdown would wait five seconds for one.
func (s *server) closeUnused() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for connection, state := range s.connections {
		if state == http.StateNew {
			connection.Close()
		}
	}
}
