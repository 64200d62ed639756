package e2e

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// tally counts what the tests of a run looked at.
var tally struct{ scenarios, states, axe, violations, stops atomic.Int64 }

// pages are one of each kind, and the states that look different.
var pages = []string{
	"/", "/recherche?q=saint-denis", "/recherche?q=zzzz", "/communes/13006", "/communes/13055", "/epci/241300375", "/epci/200054807",
	"/communes/13065?cout=20000&classe_fragilite=3", "/communes/13006?population=-5", "/communes/13006?le=2026-11-01",
	"/dispositifs", "/dispositifs?q=cantine", "/dispositifs/vta", "/dispositifs/fitn?le=2026-11-01", "/dispositifs/fabriques",
	"/tableau", "/departements", "/departements/13/grille", "/a-propos", "/accessibilite", "/nulle-part",
}

// violations runs axe-core on the page, with every rule, and returns what it
// finds.
const violations = `axe.run(document, {resultTypes: ['violations']}).then(r => r.violations.map(v =>
	v.id + ': ' + v.help + ' ' + v.nodes.slice(0, 3).map(n => n.target.join(' ')).join(' | ')))`

// axe is the text of axe-core, empty when it is not installed.
var axe = sync.OnceValue(func() string {
	text, err := os.ReadFile("../node_modules/axe-core/axe.min.js")
	if err != nil {
		return ""
	}
	return string(text)
})

// judge returns what is wrong with the page where the browser stands: what
// axe-core finds, and by how much it is too wide. The script goes by the
// protocol of the browser, beside the policy of the page.
func judge(tab context.Context) (wrong []string, overflow int, err error) {
	there, err := chromedp.Run(tab, chromedp.Evaluate[bool](`typeof axe === 'object'`))
	if err != nil {
		return nil, 0, err
	}
	if !there {
		if axe() == "" {
			return nil, 0, errors.New("axe-core is missing: npm ci --ignore-scripts")
		}
		if _, err := chromedp.Run(tab, chromedp.Evaluate[int](axe()+";0")); err != nil {
			return nil, 0, err
		}
	}
	if wrong, err = chromedp.Run(tab, chromedp.Evaluate[[]string](violations, chromedp.EvalAwaitPromise)); err != nil {
		return nil, 0, err
	}
	tally.axe.Add(1)
	tally.violations.Add(int64(len(wrong)))
	overflow, err = chromedp.Run(tab, chromedp.Evaluate[int](tooWide))
	return wrong, overflow, err
}

const tooWide = `Math.max(0, document.documentElement.scrollWidth - document.documentElement.clientWidth)`

// narrow are the pages that axe-core judged at 320 px, by name: once is enough,
// for it is the width that every state of the page is measured at.
var narrow sync.Map

// accessible judges the page at two widths: no violation, nothing excluded,
// nothing wider than the screen.
func accessible(t *testing.T, tab context.Context, name string) {
	t.Helper()
	tally.states.Add(1)
	for _, width := range []int64{320, 1280} {
		if err := do(tab, chromedp.EmulateViewport(width, 900)); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		kind := name
		if _, done, scenario := strings.Cut(name, ": "); scenario { // what was done makes the page, whatever the dispositif
			kind = done
		}
		if _, again := narrow.LoadOrStore(kind, true); again && width == 320 {
			overflow, err := chromedp.Run(tab, chromedp.Evaluate[int](tooWide))
			if err != nil || overflow > 0 {
				t.Errorf("%s at %d px is %d px too wide (%v)", name, width, overflow, err)
			}
			continue
		}
		wrong, overflow, err := judge(tab)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, w := range wrong {
			t.Errorf("%s at %d px: %s", name, width, w)
		}
		if overflow > 0 {
			t.Errorf("%s at %d px is %d px too wide", name, width, overflow)
		}
	}
}

// TestAccessible opens every kind of page, under its own policy: accessible at
// two widths, and the browser refuses nothing. Their images are kept in out/,
// for people to look at.
func TestAccessible(t *testing.T) {
	t.Parallel()
	tab := browser(t)
	for i, path := range pages {
		if err := do(tab, chromedp.Navigate(base+path)); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		accessible(t, tab, path)
		shot(t, tab, fmt.Sprintf("%02d", i))
	}
}

// TestAccessibleCanFail plants faults that the check must find.
func TestAccessibleCanFail(t *testing.T) {
	file := filepath.Join(t.TempDir(), "fautes.html")
	text := `<!doctype html><html><head><title></title></head><body><img src="x"><input><button></button>` +
		`<p style="color:#ccc;background:#fff">pâle</p><div style="width:2000px">large</div></body></html>`
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	tab := browser(t)
	if err := do(tab, chromedp.EmulateViewport(320, 900), chromedp.Navigate("file://"+file)); err != nil {
		t.Fatal(err)
	}
	wrong, overflow, err := judge(tab)
	tally.violations.Add(-int64(len(wrong)))
	if err != nil {
		t.Fatal(err)
	}
	if len(wrong) < 5 || overflow == 0 {
		t.Errorf("%d planted faults found, %d px too wide: %v", len(wrong), overflow, wrong)
	}
}

// TestPolicyCanFail serves a page whose policy forbids what it does, and one
// that opens a dialog: both are noticed.
func TestPolicyCanFail(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/strict" {
			w.Header().Set("Content-Security-Policy", "default-src 'none'")
		}
		fmt.Fprint(w, "<!doctype html><title>x</title><p>y</p><script>setTimeout(() => alert(1))</script>")
	}))
	t.Cleanup(server.Close)
	for path, want := range map[string]string{"/strict": "Content Security Policy", "/": "a dialog"} {
		tab, watch := watched(t)
		ctx, cancel := context.WithTimeout(tab, 30*time.Second)
		watch.first = cancel // a dialog stops the page
		_ = do(ctx, chromedp.Navigate(server.URL+path), chromedp.WaitReady(chromedp.CSS("#never")))
		cancel()
		if seen := strings.Join(watch.all(), " "); !strings.Contains(seen, want) {
			t.Errorf("%s: %q, want %q", path, seen, want)
		}
	}
}

// TestJourney goes from the name of a commune to an amount with the keyboard,
// with and without JavaScript.
func TestJourney(t *testing.T) {
	for _, script := range []bool{true, false} {
		t.Run(fmt.Sprintf("javascript %t", script), func(t *testing.T) {
			t.Parallel()
			tab := browser(t)
			err := do(tab, scripting(script),
				chromedp.Navigate(base+"/"),
				chromedp.SendKeys(chromedp.CSS(`main #recherche`), "Aureille"),
				chromedp.SendKeys(chromedp.CSS(`main #recherche`), "\r"),
				chromedp.WaitVisible(chromedp.CSS(`main a[href^="/communes/13006"], main #champ-cout`)),
				chromedp.Navigate(base+"/communes/13006"),
				chromedp.SendKeys(chromedp.CSS(`details:has(#champ-cout) > summary`), "\r"),
				chromedp.SendKeys(chromedp.CSS(`#champ-cout`), "20000"),
				chromedp.SendKeys(chromedp.CSS(`#champ-cout`), "\r"),
				chromedp.WaitVisible(chromedp.CSS(`#champ-cout[value="20000"]`)),
			)
			if err != nil {
				t.Fatal(err)
			}
			text, err := chromedp.Run(tab, chromedp.Text(chromedp.CSS("main")))
			if err != nil || !strings.Contains(strings.ReplaceAll(text, "\u202f", " "), "20 000") {
				t.Errorf("no 20 000 € in the page (%v)", err)
			}
		})
	}
}
