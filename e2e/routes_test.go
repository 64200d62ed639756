package e2e

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// notPages are the routes that answer something else than a page, and what.
var notPages = map[string]string{
	"/suggestions":                        "JSON for the script of the search",
	"/departements/{code}":                "leads to the grid",
	"/departements/{code}/grille.csv":     "a file",
	"/sante":                              "JSON for the operator",
	"/sante/vie":                          "JSON for the operator",
	"/robots.txt":                         "a text for programs",
	"/favicon.ico":                        "an image",
	"/static/":                            "the style and the scripts",
	"GET /agenda/{secret}":                "a calendar for programs",
	"GET /bureau/vues/{id}":               "leads to the list that it kept",
	"GET /dossiers/{id}/pieces/{piece}":   "the document itself",
	"GET /dossiers/{id}/lettres/{numero}": "a PDF",
}

// routes reads the maps of routes in the source of the pages: those that answer
// a GET.
func routes(t *testing.T) (out []string) {
	t.Helper()
	files, err := filepath.Glob("../internal/web/*.go")
	if err != nil {
		t.Fatal(err)
	}
	key := regexp.MustCompile(`^(GET )?/`)
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		tree, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range tree.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || !strings.HasSuffix(strings.ToLower(f.Name.Name), "routes") {
				continue
			}
			ast.Inspect(f, func(n ast.Node) bool {
				if x, ok := n.(*ast.KeyValueExpr); ok {
					if lit, ok := x.Key.(*ast.BasicLit); ok && lit.Kind == token.STRING {
						if text, err := strconv.Unquote(lit.Value); err == nil && key.MatchString(text) {
							out = append(out, text)
						}
					}
				}
				return true
			})
		}
	}
	return out
}

// unjudged returns the routes of pages that none of the addresses leads to.
func unjudged(routes []string, addresses []string) []string {
	mux, met := http.NewServeMux(), map[string]bool{}
	for _, r := range routes {
		mux.Handle(r, http.NotFoundHandler())
	}
	for _, a := range addresses {
		u, err := url.Parse(a)
		if err == nil {
			_, pattern := mux.Handler(&http.Request{Method: http.MethodGet, URL: &url.URL{Path: u.Path}})
			met[pattern] = true
		}
	}
	return slices.DeleteFunc(slices.Sorted(slices.Values(routes)), func(r string) bool { return met[r] || notPages[r] != "" })
}

// judged are the addresses that axe-core judges: the lists of the other tests,
// and where TestPages went.
func judged(went []string) []string {
	out := append(slices.Clone(pages), went...)
	for paths := range maps.Values(memberPages) {
		out = append(out, paths...)
	}
	return out
}

// covered fails the test for each page that nothing judges, and for each excuse
// of a route that is no more.
func covered(t *testing.T, went []string) {
	t.Helper()
	all := routes(t)
	if len(all) < 35 {
		t.Fatalf("only %d routes read", len(all))
	}
	for _, r := range unjudged(all, judged(went)) {
		t.Errorf("axe-core judges no page of the route %s: visit it, or say in notPages what it is", r)
	}
	for r := range notPages {
		if !slices.Contains(all, r) {
			t.Errorf("notPages excuses %s, which is no route", r)
		}
	}
	if got := unjudged(append(all, "GET /nouvelle/{page}"), judged(went)); !slices.Contains(got, "GET /nouvelle/{page}") {
		t.Error("a new page that nothing visits is not seen")
	}
	t.Logf("%d routes, %d of them are not pages; %d addresses judged", len(all), len(notPages), len(judged(went)))
}
