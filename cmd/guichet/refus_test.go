package main

import (
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
)

// TestTooLong asks a real server for an address beyond its limit.
func TestTooLong(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	srv := &http.Server{Handler: http.NotFoundHandler(), MaxHeaderBytes: 8 << 10}
	defer srv.Close()
	go srv.Serve(enFrancais{l})
	for size, want := range map[int]int{1 << 10: http.StatusNotFound, 200 << 10: http.StatusRequestURITooLong} {
		r, err := http.Get("http://" + l.Addr().String() + "/?q=" + strings.Repeat("a", size))
		if err != nil {
			t.Fatalf("%d bytes: %v", size, err)
		}
		text, err := io.ReadAll(r.Body)
		r.Body.Close()
		if err != nil || r.StatusCode != want {
			t.Errorf("%d bytes: %d, %v; want %d", size, r.StatusCode, err, want)
		}
		if want == http.StatusRequestURITooLong && !strings.Contains(string(text), "raccourcissez la recherche") {
			t.Errorf("the refusal is not in French: %s", text)
		}
	}
}
