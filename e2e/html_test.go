package e2e

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"
)

// A library keeps pages to be checked together at the end: the checker takes
// longer to start than to read them.
type library struct {
	mu    sync.Mutex
	files []string
	dir   string
}

// kept are the pages that the tests met.
var kept library

// add keeps the HTML of a page under a name.
func (l *library) add(t *testing.T, name, text string) {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.dir == "" {
		dir, err := os.MkdirTemp("", "guichet-pages-")
		if err != nil {
			t.Fatal(err)
		}
		l.dir = dir
	}
	plain := strings.Map(func(r rune) rune { // java reads file names in the locale of the machine
		if r > '~' || r <= ' ' || r == ':' || r == '/' {
			return '-'
		}
		return r
	}, name)
	file := filepath.Join(l.dir, fmt.Sprintf("%03d-%s.html", len(l.files), plain))
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	l.files = append(l.files, file)
}

// faulty is a page that is not valid: the checker must say so of it, and of it
// alone.
const faulty = "<!doctype html><title>x</title><p><div></p><ul><p>y</ul>"

// judge gives all the pages to the Nu HTML checker; it returns the status of
// the tests.
func (l *library) judge() int {
	if len(l.files) == 0 {
		return 0
	}
	defer os.RemoveAll(l.dir)
	const jar = "../node_modules/vnu-jar/build/dist/vnu.jar"
	if _, err := os.Stat(jar); err != nil {
		fmt.Fprintln(os.Stderr, "vnu-jar is missing: npm ci --ignore-scripts:", err)
		return 1
	}
	control := filepath.Join(l.dir, "faux.html")
	if err := os.WriteFile(control, []byte(faulty), 0o600); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	out, _ := exec.Command("java", append([]string{"-jar", jar, "--errors-only", control}, l.files...)...).CombinedOutput()
	seen, wrong := 0, 0
	for line := range strings.Lines(string(out)) {
		if strings.Contains(line, control) {
			seen++
			continue
		}
		wrong++
		fmt.Fprint(os.Stderr, line)
	}
	if seen == 0 {
		fmt.Fprintf(os.Stderr, "the checker of HTML does not see a wrong page (Java missing? apt-get install default-jre-headless): %s\n", out)
		return 1
	}
	fmt.Printf("%d pages of valid HTML, %d errors\n", len(l.files), wrong)
	return min(wrong, 1)
}

// TestValidHtml keeps the HTML of every kind of page for the checker.
func TestValidHtml(t *testing.T) {
	for i, path := range pages {
		_, text := get(t, path)
		kept.add(t, fmt.Sprintf("page-%02d", i), text)
	}
}

// TestPolicyHeader reads the security policy of every kind of page: strict,
// nothing inline.
func TestPolicyHeader(t *testing.T) {
	for _, path := range pages {
		r, err := http.Get(base + path)
		if err != nil {
			t.Fatal(err)
		}
		r.Body.Close()
		policy := r.Header.Get("Content-Security-Policy")
		if !strings.Contains(policy, "default-src 'none'") && !strings.Contains(policy, "default-src 'self'") {
			t.Errorf("%s: policy %q has no strict default", path, policy)
		}
		if strings.Contains(policy, "unsafe") || strings.Contains(policy, "*") {
			t.Errorf("%s: policy %q is too wide", path, policy)
		}
	}
}

// TestHugeQuery sends ten megabytes where a name is expected: refused, and the
// server still answers.
func TestHugeQuery(t *testing.T) {
	r, err := http.Get(base + "/recherche?q=" + strings.Repeat("a", 10<<20))
	if err == nil { // the server may also close the connection while it is being written to
		r.Body.Close()
		if r.StatusCode != http.StatusRequestURITooLong {
			t.Errorf("status %d, want 414", r.StatusCode)
		}
	}
	if status, _ := get(t, "/"); status != http.StatusOK {
		t.Errorf("afterwards / answers %d", status)
	}
}

// shot keeps the image of the page where the browser stands.
func shot(t *testing.T, tab context.Context, name string) {
	t.Helper()
	if err := os.MkdirAll("out", 0o755); err != nil {
		t.Fatal(err)
	}
	image, err := chromedp.Run(tab, chromedp.FullScreenshot(80))
	if err != nil || len(image) == 0 {
		t.Fatalf("%s: %d bytes, %v", name, len(image), err)
	}
	if err := os.WriteFile("out/"+name+".jpg", image, 0o644); err != nil {
		t.Fatal(err)
	}
}
