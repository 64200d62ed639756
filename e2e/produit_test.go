// Package e2e looks at the product as people do: the real binary, a real
// browser. It is a module of its own, so that its tools stay out of the
// program.
package e2e

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
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
	cmd := exec.Command("../bin/guichet", "serve", "--demo", "--addr", addr, "--donnees", data)
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
			return m.Run()
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

// browser returns a tab of a new Chromium.
func browser(t *testing.T) context.Context {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Fatal("Chromium is missing: apt-get install chromium")
	}
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true), chromedp.UserDataDir(t.TempDir()))
	alloc, stop := chromedp.NewExecAllocator(t.Context(), opts...)
	t.Cleanup(stop)
	tab, close := chromedp.NewContext(alloc)
	t.Cleanup(close)
	tab, cancel := context.WithTimeout(tab, 5*time.Minute) // an element that never comes fails the test
	t.Cleanup(cancel)
	return tab
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
