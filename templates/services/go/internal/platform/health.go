package platform

import "sync/atomic"

// State is where a service is in its life.
type State int32

// A service is ready between its start and its end.
const (
	Starting State = iota
	Ready
	Draining
)

func (s State) String() string {
	return [...]string{"starting", "ready", "draining"}[s]
}

// Health holds the state that /readyz tells. Its zero value is Starting.
type Health struct{ state atomic.Int32 }

// State returns the present state.
func (h *Health) State() State { return State(h.state.Load()) }

// Set moves to a state.
func (h *Health) Set(state State) { h.state.Store(int32(state)) }
