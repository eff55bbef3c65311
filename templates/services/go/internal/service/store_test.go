package service

import (
	"strconv"
	"testing"
)

func TestStoreForgetsTheOldest(t *testing.T) {
	var store store
	for n := range maxItems + 5 {
		store.add(Item{ID: strconv.Itoa(n)})
	}
	if len(store.items) != maxItems || len(store.byID) != maxItems {
		t.Errorf("%d items, %d by id", len(store.items), len(store.byID))
	}
	if _, ok := store.get("4"); ok {
		t.Error("the fifth item is still there")
	}
	if _, ok := store.get("5"); !ok {
		t.Error("the sixth item is gone")
	}
}
