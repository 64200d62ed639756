package e2e

import (
	"strings"
	"testing"
)

// maxPages bounds how many pages of one kind are followed.
const maxPages = 25

// TestLinks follows every internal link from the first page, a bounded number
// for each kind of page: none is broken.
func TestLinks(t *testing.T) {
	seen, kinds := map[string]bool{"/": true}, map[string]int{}
	for todo := []string{"/"}; len(todo) > 0; {
		path := todo[0]
		todo = todo[1:]
		status, text := get(t, path)
		if status != 200 {
			t.Errorf("%s: %d", path, status)
		}
		if strings.HasPrefix(path, "/static/") || strings.HasPrefix(path, "/api/") || strings.HasSuffix(path, ".csv") {
			continue
		}
		for _, next := range links(text) {
			bare, query, _ := strings.Cut(next, "?")
			parts := strings.Split(bare, "/")
			kind := parts[1]
			if query != "" {
				kind += "?"
			}
			if len(parts) > 3 {
				kind += "/" + parts[3]
			}
			if !seen[next] && kinds[kind] < maxPages {
				seen[next] = true
				kinds[kind]++
				todo = append(todo, next)
			}
		}
	}
	if len(seen) < 60 {
		t.Errorf("%d pages followed, want 60 or more: %v", len(seen), kinds)
	}
	t.Logf("%d pages followed: %v", len(seen), kinds)
}

// TestBadInput types what nobody should: a clear page, the right status.
func TestBadInput(t *testing.T) {
	for path, want := range map[string]int{
		"/communes/99999": 404, "/communes/abc": 404, "/epci/200042936": 404, "/epci/000": 404,
		"/communes/13006?le=2021-02-30": 422, "/communes/13006?le=0000-00-00": 422, "/communes/13006?population=-5": 422,
		"/communes/13006?classe_fragilite=7": 422, "/communes/13006?cout=beaucoup": 422,
		"/dispositifs/inconnu": 404, "/departements/999/grille": 404, "/nulle-part": 404,
		"/recherche?q=%FF%FE": 400, "/recherche?q=" + strings.Repeat("a", 20_000): 414,
		"/communes/%3Cscript%3E": 404,
	} {
		status, text := get(t, path)
		if status != want {
			t.Errorf("%.60s: %d, want %d", path, status, want)
		}
		if !strings.Contains(text, "<h1") || strings.Contains(text, "<script>") {
			t.Errorf("%.60s: not a page for people", path)
		}
	}
}
