package web

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
)

// bench asks the same page again and again; fresh empties the cache each time.
func bench(b *testing.B, target string, fresh bool) {
	s := &site{g: open(b), log: nil, cache: newCache()}
	h := s.mux()
	r := httptest.NewRequest(http.MethodGet, target, nil)
	b.ReportAllocs()
	for b.Loop() {
		if fresh {
			s.cache = newCache()
		}
		w := httptest.NewRecorder()
		if h.ServeHTTP(w, r); w.Code != http.StatusOK {
			b.Fatal(w.Code)
		}
	}
}

func BenchmarkCommune(b *testing.B)      { bench(b, "/communes/13006", false) }
func BenchmarkCommuneFresh(b *testing.B) { bench(b, "/communes/13006", true) }
func BenchmarkGrid(b *testing.B)         { bench(b, "/departements/13/grille", false) }
func BenchmarkGridFresh(b *testing.B)    { bench(b, "/departements/13/grille", true) }
func BenchmarkSuggestions(b *testing.B)  { bench(b, "/suggestions?q=aur", true) }

// BenchmarkMemory is the measure of the others: the bytes of the page of a
// commune, from memory.
func BenchmarkMemory(b *testing.B) {
	body := get(newSite(b, io.Discard), "/communes/13006").Body.Bytes()
	h := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Write(body) })
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	b.ReportAllocs()
	for b.Loop() {
		h.ServeHTTP(httptest.NewRecorder(), r)
	}
}

// TestCacheIsBounded fills the cache beyond its size.
func TestCacheIsBounded(t *testing.T) {
	c := newCache()
	for i := range 100 {
		c.put(&written{key: pageKey{target: string(rune('a' + i))}, body: make([]byte, 700<<10)})
		c.get(pageKey{target: "a"})
	}
	if c.bytes > cacheBytes || len(c.pages) != c.order.Len() {
		t.Errorf("%d bytes, %d pages, %d in order", c.bytes, len(c.pages), c.order.Len())
	}
	if _, ok := c.get(pageKey{target: "a"}); !ok {
		t.Error("the page always asked for left")
	}
	if _, ok := c.get(pageKey{target: "b"}); ok {
		t.Error("the page never asked for again stayed")
	}
	if c.put(&written{key: pageKey{target: "huge"}, body: make([]byte, cacheBytes)}); c.bytes > cacheBytes {
		t.Error("a huge page was kept")
	}
}
