package main

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"guichet/internal/store/storetest"
)

// server runs the service on a free port until the test ends, and returns its
// address.
func server(t *testing.T, args ...string) string {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	logs, errs := io.Pipe()
	code := make(chan int, 1)
	go func() {
		code <- run(ctx, append([]string{"serve", "--addr", "127.0.0.1:0"}, args...), io.Discard, errs)
		errs.Close()
	}()
	t.Cleanup(func() {
		stop()
		if n := <-code; n != 0 {
			t.Errorf("the server stopped with the exit code %d", n)
		}
	})
	lines := bufio.NewScanner(logs)
	for lines.Scan() {
		var ready struct{ Msg, Addr string }
		if json.Unmarshal(lines.Bytes(), &ready) == nil && ready.Msg == "ready" {
			go func() {
				for lines.Scan() { // an unread pipe would stop the server
				}
			}()
			return "http://" + ready.Addr
		}
	}
	t.Fatal("the server is not ready: ", lines.Err())
	return ""
}

func body(t *testing.T, address string) string {
	t.Helper()
	r, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	text, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return plain.Replace(string(text))
}

// TestServeSeesImports imports a list while the service runs: pages already
// asked for change too, on both databases.
func TestServeSeesImports(t *testing.T) {
	file := filepath.Join(t.TempDir(), "cantine.csv")
	if err := os.WriteFile(file, []byte(listeCantine), 0o600); err != nil {
		t.Fatal(err)
	}
	storetest.EachAddress(t, func(t *testing.T, dsn string) {
		base := []string{"--donnees", filepath.Dir(dsn)}
		if strings.HasPrefix(dsn, "postgres") {
			base = []string{"--base", dsn}
		}
		address := server(t, base...)
		page := address + "/api/v1/eligibilite/13006?le=2021-07-01"
		html := address + "/communes/13006?le=2021-07-01"
		if !strings.Contains(body(t, page), "S7_LISTE") && !strings.Contains(body(t, page), "sur_liste_cantine") {
			t.Fatal("before the import, the list is not asked for")
		}
		before := body(t, html)
		ok(t, append([]string{"import", "liste", file}, base...)...)
		for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(50 * time.Millisecond) {
			if strings.Contains(body(t, address+"/sante"), `"couches":1`) {
				break
			}
			if time.Now().After(deadline) {
				t.Fatal("the service does not see the import")
			}
		}
		if strings.Contains(body(t, page), `"fait":"sur_liste_cantine"`) {
			t.Error("the service still asks for the imported list")
		}
		if body(t, html) == before {
			t.Error("a page asked for before the import is answered again unchanged")
		}
		if !strings.Contains(body(t, address+"/a-propos"), "Préfecture, 1er avril 2021") {
			t.Error("the imported list is not among the sources")
		}
	})
}
