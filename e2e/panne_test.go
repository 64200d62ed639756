package e2e

import (
	"bufio"
	"context"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// TestIncident breaks the base of a service of its own: the person reads a page
// like the others, with the number to give, and the way on.
func TestIncident(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr, data := l.Addr().String(), t.TempDir()
	l.Close()
	cmd := exec.Command("../bin/guichet", "serve", "--demo", "--addr", addr, "--donnees", data)
	log, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	for lines := bufio.NewScanner(log); lines.Scan() && !strings.Contains(lines.Text(), addr); { // it says where it answers
	}
	files, err := filepath.Glob(filepath.Join(data, "guichet.db*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no base in %s (%v)", data, err)
	}
	for _, f := range files {
		if err := os.WriteFile(f, []byte(strings.Repeat("illisible ", 4096)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	tab := browser(t)
	held := chromedp.Func(func(ctx context.Context, x *chromedp.Target) error {
		_, err := cdp.Call(ctx, x, network.SetCookie, network.SetCookieParams{Name: "session", Value: "inconnue", URL: "http://" + addr})
		return err
	})
	walk(t, tab, held, chromedp.Navigate("http://"+addr+"/espace"), chromedp.WaitReady(chromedp.CSS("main code")))
	accessible(t, tab, "500: erreur")
	text, err := chromedp.Run(tab, chromedp.Text(chromedp.CSS("main")))
	if err != nil || !strings.Contains(text, "Numéro d’incident") || strings.Contains(text, "SQL") || strings.Contains(text, "malformed") {
		t.Errorf("the page of an incident says %q (%v)", text, err)
	}
}
