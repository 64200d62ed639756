package e2e

import (
	"context"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// closeChromium ends the browser, if one was started.
var closeChromium = func() {}

// chromium is the one browser process of all the tests; each of them has its
// own profile there. It returns nil when there is no Chromium.
var chromium = sync.OnceValue(func() context.Context {
	path, err := exec.LookPath("chromium-headless-shell") // half the work of the whole browser, the same pages
	if err != nil {
		if path, err = exec.LookPath("chromium"); err != nil {
			return nil
		}
	}
	profile, err := os.MkdirTemp("", "guichet-chromium-")
	if err != nil {
		return nil
	}
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("in-process-gpu", true), chromedp.Flag("disable-software-rasterizer", true),
		chromedp.Flag("disable-features", "Translate,SpareRendererForSitePerProcess,BackForwardCache"),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.UserDataDir(profile))
	alloc, stop := chromedp.NewExecAllocator(context.Background(), opts...)
	first, end := chromedp.NewContext(alloc)
	if err := do(first, chromedp.Navigate("about:blank")); err != nil {
		return nil
	}
	closeChromium = func() { end(); stop(); os.RemoveAll(profile) }
	return first
})

// browser returns a tab of a new profile. Whatever a page of it runs that it
// should not, or asks that its policy refuses, fails the test.
func browser(t *testing.T) context.Context {
	t.Helper()
	tab, watch := watched(t)
	t.Cleanup(func() {
		for _, x := range watch.all() {
			t.Error("the browser says: ", x)
		}
	})
	return tab
}

// A watch notes the dialogs that pages opened and what policies refused.
type watch struct {
	mu    sync.Mutex
	seen  []string
	first func() // called when something is seen; may be nil
}

func (w *watch) add(text string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.seen = append(w.seen, text)
	if w.first != nil {
		w.first()
	}
}

func (w *watch) all() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.seen
}

func watched(t *testing.T) (context.Context, *watch) {
	t.Helper()
	root := chromium()
	if root == nil {
		t.Fatal("Chromium is missing: apt-get install chromium")
	}
	tab, end := chromedp.NewContext(root, chromedp.WithNewBrowserContext())
	t.Cleanup(end)
	tab, cancel := context.WithTimeout(tab, 5*time.Minute) // an element that never comes fails the test
	t.Cleanup(cancel)
	w := &watch{}
	if err := chromedp.Listen(tab, w.hear); err != nil {
		t.Fatal(err)
	}
	return tab, w
}

func (w *watch) hear(event any) {
	switch e := event.(type) {
	case *page.EventJavascriptDialogOpening:
		w.add("a dialog: " + e.Message)
	case *log.EventEntryAdded:
		if strings.Contains(e.Entry.Text, "Content Security Policy") {
			w.add(e.Entry.Text)
		}
	}
}

// sessions are the secrets of those who signed in already, by name.
var sessions sync.Map

// signed gives the tab the session of somebody who signed in before, if any.
func signed(t *testing.T, tab context.Context, sub string) bool {
	t.Helper()
	secret, ok := sessions.Load(sub)
	if !ok {
		return false
	}
	set := chromedp.Func(func(ctx context.Context, x *chromedp.Target) error {
		_, err := cdp.Call(ctx, x, network.SetCookie, network.SetCookieParams{Name: "session", Value: secret.(string), URL: site(), HTTPOnly: new(true), SameSite: network.CookieSameSiteLax})
		return err
	})
	walk(t, tab, set, chromedp.Navigate(site()+"/compte"), chromedp.WaitReady(chromedp.CSS(`a[href="/compte"][aria-current]`)))
	return true
}

// remember keeps the session of who just signed in.
func remember(t *testing.T, tab context.Context, sub string) {
	t.Helper()
	walk(t, tab, chromedp.Func(func(ctx context.Context, x *chromedp.Target) error {
		got, err := cdp.Call(ctx, x, network.GetCookies, network.GetCookiesParams{})
		for _, c := range got.Cookies {
			if c.Name == "session" {
				sessions.Store(sub, c.Value)
			}
		}
		return err
	}))
}
