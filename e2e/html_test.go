package e2e

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// validate runs the Nu HTML checker on files, once, and returns what it says.
func validate(t *testing.T, files ...string) string {
	t.Helper()
	java, err := exec.LookPath("java")
	if err != nil {
		t.Fatal("Java is missing: apt-get install default-jre-headless")
	}
	const jar = "../node_modules/vnu-jar/build/dist/vnu.jar"
	if _, err := os.Stat(jar); err != nil {
		t.Fatal("vnu-jar is missing: npm ci --ignore-scripts: ", err)
	}
	out, err := exec.Command(java, append([]string{"-jar", jar, "--errors-only"}, files...)...).CombinedOutput()
	if err != nil && len(out) == 0 {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

// TestValidHtml checks the HTML of every kind of page.
func TestValidHtml(t *testing.T) {
	dir := t.TempDir()
	var files []string
	for i, path := range pages {
		_, text := get(t, path)
		file := filepath.Join(dir, fmt.Sprintf("%02d.html", i))
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
		t.Logf("%s is %s", filepath.Base(file), path)
	}
	if out := validate(t, files...); out != "" {
		t.Error(out)
	}
}

// TestValidHtmlCanFail gives the checker a page that is not valid.
func TestValidHtmlCanFail(t *testing.T) {
	file := filepath.Join(t.TempDir(), "faux.html")
	if err := os.WriteFile(file, []byte("<!doctype html><title>x</title><p><div></p><ul><p>y</ul>"), 0o600); err != nil {
		t.Fatal(err)
	}
	if out := validate(t, file); !strings.Contains(out, "error") {
		t.Errorf("a wrong page is valid: %q", out)
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

// TestScreenshots keeps an image of every kind of page in out/, for people to
// look at.
func TestScreenshots(t *testing.T) {
	tab := browser(t)
	for i, path := range pages {
		for _, width := range []int64{320, 1280} {
			if err := do(tab, chromedp.EmulateViewport(width, 900), chromedp.Navigate(base+path)); err != nil {
				t.Fatalf("%s: %v", path, err)
			}
			shot(t, tab, fmt.Sprintf("%02d-%d", i, width))
		}
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
