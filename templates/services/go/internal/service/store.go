package service

import "sync"

const maxItems = 10_000

// store keeps items in memory, the oldest first, and forgets the oldest when there are too many. Its zero value is empty.
type store struct {
	mu    sync.RWMutex
	items []Item
	byID  map[string]Item
}

func (s *store) add(item Item) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.byID == nil {
		s.byID = map[string]Item{}
	}
	if len(s.items) == maxItems {
		delete(s.byID, s.items[0].ID)
		s.items = s.items[1:]
	}
	s.items = append(s.items, item)
	s.byID[item.ID] = item
}

func (s *store) get(id string) (Item, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	item, ok := s.byID[id]
	return item, ok
}

func (s *store) newest(limit int) []Item {
	s.mu.RLock()
	defer s.mu.RUnlock()
	newest := make([]Item, 0, min(limit, len(s.items)))
	for n := len(s.items) - 1; n >= 0 && len(newest) < limit; n-- {
		newest = append(newest, s.items[n])
	}
	return newest
}
