package ui

import (
	"fmt"
	"math"
	"os"
	"regexp"
	"strconv"
	"testing"
)

// pairs are the text colours and the backgrounds the style sheet puts together.
var pairs = [][2]string{
	{"text", "page"}, {"text", "surface"}, {"text", "sunken"}, {"text", "neutral-soft"},
	{"soft", "page"}, {"soft", "surface"}, {"soft", "sunken"},
	{"link", "page"}, {"link", "surface"}, {"link", "sunken"},
	{"accent", "page"}, {"accent", "surface"}, {"accent", "accent-soft"}, {"soft", "accent-soft"},
	{"on-accent", "accent"}, {"on-accent", "accent-strong"},
	{"hero-text", "hero"}, {"hero-soft", "hero"}, {"banner-text", "banner"},
	{"positive", "positive-soft"}, {"negative", "negative-soft"}, {"missing", "missing-soft"},
	{"judge", "judge-soft"}, {"failure", "failure-soft"}, {"neutral", "neutral-soft"},
	{"text", "positive-soft"}, {"text", "negative-soft"}, {"text", "missing-soft"}, {"text", "judge-soft"}, {"text", "failure-soft"},
	{"link", "failure-soft"}, {"link", "missing-soft"}, {"link", "accent-soft"},
	{"positive", "surface"}, {"negative", "surface"}, {"missing", "surface"}, {"judge", "surface"}, {"failure", "surface"},
}

// shapes of interface: borders of fields and the focus ring need 3:1.
var shapePairs = [][2]string{{"edge", "surface"}, {"edge", "page"}, {"focus", "page"}, {"focus", "surface"}}

func TestContrast(t *testing.T) {
	for name, tokens := range schemes(t) {
		t.Run(name, func(t *testing.T) {
			for _, p := range pairs {
				check(t, tokens, p, 4.5)
			}
			for _, p := range shapePairs {
				check(t, tokens, p, 3)
			}
		})
	}
}

func check(t *testing.T, tokens map[string]string, pair [2]string, want float64) {
	t.Helper()
	if got := contrast(t, tokens, pair); got < want {
		t.Errorf("%s on %s: contrast %.2f, want at least %.1f", pair[0], pair[1], got, want)
	}
}

var (
	rootBlock = regexp.MustCompile(`(?s):root \{(.*?)\}`)
	token     = regexp.MustCompile(`--([a-z-]+):\s*(#[0-9a-f]{6});`)
)

// schemes reads the tokens of the light, dark and paper schemes; the last two
// change some tokens of the first.
func schemes(t *testing.T) map[string]map[string]string {
	css, err := os.ReadFile("../static/style.css")
	if err != nil {
		t.Fatal(err)
	}
	blocks := rootBlock.FindAllStringSubmatch(string(css), -1)
	if len(blocks) != 3 {
		t.Fatalf("%d :root blocks, want light, dark and print", len(blocks))
	}
	out := make(map[string]map[string]string)
	for i, name := range []string{"light", "dark", "print"} {
		tokens := make(map[string]string)
		for _, m := range append(token.FindAllStringSubmatch(blocks[0][1], -1), token.FindAllStringSubmatch(blocks[i][1], -1)...) {
			tokens[m[1]] = m[2]
		}
		out[name] = tokens
	}
	return out
}

func contrast(t *testing.T, tokens map[string]string, pair [2]string) float64 {
	t.Helper()
	a, b := luminance(t, tokens, pair[0]), luminance(t, tokens, pair[1])
	return (math.Max(a, b) + 0.05) / (math.Min(a, b) + 0.05)
}

// luminance is the relative luminance of WCAG 2.
func luminance(t *testing.T, tokens map[string]string, name string) float64 {
	t.Helper()
	hex, ok := tokens[name]
	if !ok {
		t.Fatal(fmt.Errorf("no token --%s", name))
	}
	n, err := strconv.ParseUint(hex[1:], 16, 32)
	if err != nil {
		t.Fatal(err)
	}
	linear := func(c uint64) float64 {
		v := float64(c&0xff) / 255
		if v <= 0.04045 {
			return v / 12.92
		}
		return math.Pow((v+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(n>>16) + 0.7152*linear(n>>8) + 0.0722*linear(n)
}
