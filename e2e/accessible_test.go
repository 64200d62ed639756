package e2e

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

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

func axe(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../node_modules/axe-core/axe.min.js")
	if err != nil {
		t.Fatal("axe-core is missing: npm ci --ignore-scripts: ", err)
	}
	return string(text)
}

// look opens a page at a width and returns what is wrong with it.
func look(tab context.Context, script, url string, width int64) (wrong []string, overflow int, err error) {
	if err := do(tab, bypassPolicy(), chromedp.EmulateViewport(width, 900), chromedp.Navigate(url)); err != nil {
		return nil, 0, err
	}
	return judge(tab, script)
}

// judge returns what is wrong with the page where the browser stands.
func judge(tab context.Context, script string) (wrong []string, overflow int, err error) {
	if _, err := chromedp.Run(tab, chromedp.Evaluate[int](script+";0")); err != nil {
		return nil, 0, err
	}
	if wrong, err = chromedp.Run(tab, chromedp.Evaluate[[]string](violations, chromedp.EvalAwaitPromise)); err != nil {
		return nil, 0, err
	}
	overflow, err = chromedp.Run(tab, chromedp.Evaluate[int](`Math.max(0, document.documentElement.scrollWidth - document.documentElement.clientWidth)`))
	return wrong, overflow, err
}

// TestAccessible opens every kind of page at two widths: no violation, nothing
// excluded, nothing wider than the screen.
func TestAccessible(t *testing.T) {
	tab, script := browser(t), axe(t)
	for _, path := range pages {
		for _, width := range []int64{320, 1280} {
			wrong, overflow, err := look(tab, script, base+path, width)
			if err != nil {
				t.Fatalf("%s: %v", path, err)
			}
			for _, w := range wrong {
				t.Errorf("%s at %d px: %s", path, width, w)
			}
			if overflow > 0 {
				t.Errorf("%s at %d px is %d px too wide", path, width, overflow)
			}
		}
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
	wrong, overflow, err := look(browser(t), axe(t), "file://"+file, 320)
	if err != nil {
		t.Fatal(err)
	}
	if len(wrong) < 5 || overflow == 0 {
		t.Errorf("%d planted faults found, %d px too wide: %v", len(wrong), overflow, wrong)
	}
}

// TestPolicy opens every kind of page under its own security policy: the
// browser refuses nothing.
func TestPolicy(t *testing.T) {
	tab := browser(t)
	if err := do(tab, before(`window.refused = []; addEventListener('securitypolicyviolation', e => refused.push(e.violatedDirective + ' ' + e.blockedURI))`)); err != nil {
		t.Fatal(err)
	}
	for _, path := range pages {
		if err := do(tab, chromedp.Navigate(base+path)); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		refused, err := chromedp.Run(tab, chromedp.Evaluate[[]string](`window.refused`))
		if err != nil || len(refused) > 0 {
			t.Errorf("%s: %v %v", path, refused, err)
		}
	}
}

// TestJourney goes from the name of a commune to an amount with the keyboard,
// with and without JavaScript.
func TestJourney(t *testing.T) {
	for _, script := range []bool{true, false} {
		t.Run(fmt.Sprintf("javascript %t", script), func(t *testing.T) {
			tab := browser(t)
			err := do(tab, scripting(script),
				chromedp.Navigate(base+"/"),
				chromedp.SendKeys(chromedp.CSS(`main input[type=search]`), "Aureille"),
				chromedp.SendKeys(chromedp.CSS(`main input[type=search]`), "\r"),
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
