// Package e2e looks at the product as people do: the real binary, a real
// browser. It is a module of its own, so that its tools stay out of the
// program.
package e2e

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// base is the address of the product under test.
var base string

func TestMain(m *testing.M) {
	os.Exit(run(m))
}

// run starts the binary of the demonstration on a free port, and stops it.
func run(m *testing.M) int {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	addr := l.Addr().String()
	l.Close()
	data, err := os.MkdirTemp("", "guichet-e2e-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(data)
	if err := mails.listen(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer mails.server.Close()
	cmd := exec.Command("../bin/guichet", "serve", "--demo", "--addr", addr, "--donnees", data, "--courrier", "smtp://"+mails.addr, "--expediteur", "guichet@exemple.fr")
	if err := cmd.Start(); err != nil {
		fmt.Fprintln(os.Stderr, "bin/guichet is missing: run make build first:", err)
		return 1
	}
	defer func() {
		cmd.Process.Signal(os.Interrupt)
		if err := cmd.Wait(); err != nil {
			fmt.Fprintln(os.Stderr, "the server did not stop cleanly:", err)
		}
	}()
	base = "http://" + addr
	for range 100 {
		if r, err := http.Get(base + "/sante"); err == nil {
			r.Body.Close()
			defer closeChromium()
			return max(m.Run(), kept.judge())
		}
		time.Sleep(50 * time.Millisecond)
	}
	fmt.Fprintln(os.Stderr, "the server does not answer")
	return 1
}

// get returns the status and the text of a page.
func get(t *testing.T, path string) (int, string) {
	t.Helper()
	r, err := http.Get(base + path)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	text, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return r.StatusCode, string(text)
}

// link returns the internal addresses of a page.
func links(text string) []string {
	var out []string
	for _, part := range strings.Split(text, `href="`)[1:] {
		href, _, _ := strings.Cut(part, `"`)
		href, _, _ = strings.Cut(href, "#")
		if strings.HasPrefix(href, "/") {
			out = append(out, strings.ReplaceAll(href, "&amp;", "&"))
		}
	}
	return out
}
