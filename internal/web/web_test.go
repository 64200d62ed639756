package web

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"guichet/internal/guichet"
)

var opened = sync.OnceValues(func() (*guichet.Guichet, error) {
	c, err := catalogue()
	if err != nil {
		return nil, err
	}
	a, err := atlas()
	if err != nil {
		return nil, err
	}
	return guichet.New(guichet.Options{Catalogue: c, Atlas: a, Now: still, Demonstration: true}), nil
})

func still() time.Time { return time.Date(2026, time.March, 2, 10, 0, 0, 0, time.UTC) }

func open(t testing.TB) *guichet.Guichet {
	t.Helper()
	g, err := opened()
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// site opens the demonstration on the data of the program.
func newSite(t testing.TB, log io.Writer) http.Handler {
	t.Helper()
	h, err := New(open(t), Options{Log: slog.New(slog.NewJSONHandler(log, nil)), Now: still})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// spaces makes the no-break spaces of the pages plain.
var spaces = strings.NewReplacer("\u00a0", " ", "\u202f", " ")

func ask(h http.Handler, method, target string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(method, target, nil))
	return w
}

func get(h http.Handler, target string) *httptest.ResponseRecorder {
	return ask(h, http.MethodGet, target)
}

func TestStatus(t *testing.T) {
	h := newSite(t, io.Discard)
	long := strings.Repeat("a", 10<<20)
	for name, tt := range map[string]struct {
		target string
		status int
		want   string // in the page, or the address it leads to
	}{
		"the home page":                    {"/", 200, "Démonstration : nous sommes le 1er juillet 2021"},
		"a whole name leads to its page":   {"/recherche?q=aureille", 303, "/communes/13006"},
		"homonyms are told apart":          {"/recherche?q=saint-denis", 200, "La Réunion (974)"},
		"a search that finds nothing":      {"/recherche?q=zzzzzz", 200, "Aucun territoire trouvé"},
		"an empty search":                  {"/recherche", 200, "Écrivez un nom ou un code"},
		"a code leads to its page":         {"/recherche?q=241300375", 303, "/epci/241300375"},
		"a commune":                        {"/communes/13006", 200, "Aureille"},
		"an arrondissement is its commune": {"/communes/13201", 301, "/communes/13055"},
		"an unknown commune":               {"/communes/99999", 404, "Aucune commune"},
		"a commune with letters":           {"/communes/xyz", 404, "xyz"},
		"an EPCI":                          {"/epci/241300375", 200, "Vallée des Baux"},
		"a SIREN with a wrong key":         {"/epci/241300376", 404, "SIREN"},
		"an unknown EPCI":                  {"/epci/732829320", 404, "intercommunalité"},
		"an empty answer is dropped":       {"/communes/13006?cout=&classe_fragilite=3", 303, "/communes/13006?classe_fragilite=3"},
		"an impossible date":               {"/communes/13006?le=2021-02-30", 422, "2021-02-30"},
		"a date out of all reason":         {"/tableau?le=0001-01-01", 422, "Choisissez un jour"},
		"an absurd fact":                   {"/communes/13055?population=-5", 422, "Des réponses sont à corriger"},
		"an unknown fact":                  {"/communes/13055?rien=1", 422, "rien"},
		"a fact that is no number":         {"/communes/13055?cout=abc", 422, `value="abc"`},
		"the catalogue":                    {"/dispositifs", 200, "8 dispositifs"},
		"the catalogue in words":           {"/dispositifs?q=cantine", 200, "1 dispositif"},
		"the catalogue for a territory":    {"/dispositifs?territoire=13055", 200, "Marseille"},
		"the catalogue for nobody":         {"/dispositifs?territoire=zz", 422, "Ce territoire n’est pas connu"},
		"an unknown kind of aid":           {"/dispositifs?aide=zz", 200, "Aucun dispositif ne correspond"},
		"a sheet":                          {"/dispositifs/vta", 200, "15"},
		"an unknown scheme":                {"/dispositifs/zz", 404, "zz"},
		"the table":                        {"/tableau", 200, "Procédure demande"},
		"the départements":                 {"/departements", 200, "Bouches-du-Rhône"},
		"a département leads to its grid":  {"/departements/13", 301, "/departements/13/grille"},
		"a grid":                           {"/departements/13/grille", 200, "123 territoires"},
		"an unknown département":           {"/departements/00/grille", 404, "Aucun département"},
		"about":                            {"/a-propos", 200, "La méthode"},
		"accessibility":                    {"/accessibilite", 200, "RGAA"},
		"health":                           {"/sante", 200, `"etat":"pret"`},
		"no such page":                     {"/nulle/part", 404, "Page introuvable"},
		"no such asset":                    {"/static/style.css", 404, "Page introuvable"},
		"a query of 10 MB":                 {"/recherche?q=" + long, 414, "Adresse trop longue"},
		"a query that is not text":         {"/recherche?q=%ff%fe", 400, "illisibles"},
		"a path that is not text":          {"/communes/%ff", 400, "illisibles"},
		"a query with a null":              {"/recherche?q=a%00b", 400, "illisibles"},
		"a query half escaped":             {"/recherche?q=%zz", 400, "illisibles"},
		"a fact that is not text":          {"/communes/13055?cout=%ff", 400, "illisibles"},
		"dots in the path":                 {"/communes/../communes/13006", 307, "/communes/13006"},
	} {
		t.Run(name, func(t *testing.T) {
			w := get(h, tt.target)
			if w.Code != tt.status {
				t.Fatalf("status %d, want %d: %s", w.Code, tt.status, cut(w.Body.String(), 400))
			}
			got := spaces.Replace(w.Body.String())
			if w.Code >= 300 && w.Code < 400 {
				got = w.Header().Get("Location")
			}
			if !strings.Contains(got, tt.want) {
				t.Errorf("no %q in the answer: %s", tt.want, cut(got, 300))
			}
			headersOf(t, w)
		})
	}
}

// headersOf verifies what every answer must carry.
func headersOf(t *testing.T, w *httptest.ResponseRecorder) {
	t.Helper()
	for _, x := range headers {
		if got := w.Header().Get(x[0]); got != x[1] {
			t.Errorf("%s: %q, want %q", x[0], got, x[1])
		}
	}
	if w.Header().Get("X-Request-Id") == "" {
		t.Error("no request id")
	}
}

func TestMethods(t *testing.T) {
	h := newSite(t, io.Discard)
	w := ask(h, http.MethodPost, "/communes/13006")
	if w.Code != 405 || w.Header().Get("Allow") != "GET, HEAD" || !strings.Contains(w.Body.String(), "Action impossible") {
		t.Errorf("POST: %d %v", w.Code, w.Header())
	}
	headersOf(t, w)
	if w := ask(h, http.MethodHead, "/communes/13006"); w.Code != 200 || w.Body.Len() != 0 || w.Header().Get("Content-Length") == "" {
		t.Errorf("HEAD: %d, %d bytes", w.Code, w.Body.Len())
	}
	r := httptest.NewRequest(http.MethodPost, "/communes/13006", strings.NewReader(strings.Repeat("x", maxBody+1)))
	w = httptest.NewRecorder()
	if h.ServeHTTP(w, r); w.Code != 413 {
		t.Errorf("a large body: %d, want 413", w.Code)
	}
	headersOf(t, w)
}

func TestSecure(t *testing.T) {
	h, err := New(open(t), Options{Log: slog.New(slog.DiscardHandler), Now: still, Adresse: "https://guichet.exemple.fr"})
	if err != nil {
		t.Fatal(err)
	}
	if got := get(h, "/").Header().Get("Strict-Transport-Security"); got == "" {
		t.Error("no Strict-Transport-Security on https")
	}
	if got := get(newSite(t, io.Discard), "/").Header().Get("Strict-Transport-Security"); got != "" {
		t.Errorf("Strict-Transport-Security on http: %s", got)
	}
}

func TestCache(t *testing.T) {
	h := newSite(t, io.Discard)
	first := get(h, "/communes/13006")
	r := httptest.NewRequest(http.MethodGet, "/communes/13006", nil)
	r.Header.Set("If-None-Match", first.Header().Get("ETag"))
	w := httptest.NewRecorder()
	if h.ServeHTTP(w, r); w.Code != 304 || w.Body.Len() != 0 {
		t.Errorf("the same page again: %d, %d bytes; want 304 and none", w.Code, w.Body.Len())
	}
	headersOf(t, w)
	other := get(h, "/communes/13006?le=2026-03-02")
	if other.Header().Get("ETag") == first.Header().Get("ETag") {
		t.Error("two days, one ETag")
	}
	style := regexp.MustCompile(`/static/style\.[0-9a-f]{12}\.css`).FindString(first.Body.String())
	if w := get(h, style); w.Code != 200 || !strings.Contains(w.Header().Get("Cache-Control"), "immutable") || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/css") {
		t.Errorf("%q: %d %v", style, w.Code, w.Header())
	}
	for _, bad := range []string{"/communes/99999", "/nulle"} {
		if got := get(h, bad).Header().Get("Cache-Control"); got != "no-store" {
			t.Errorf("%s: Cache-Control %q", bad, got)
		}
	}
}

func TestGzip(t *testing.T) {
	h := newSite(t, io.Discard)
	plain := get(h, "/tableau").Body.String()
	r := httptest.NewRequest(http.MethodGet, "/tableau", nil)
	r.Header.Set("Accept-Encoding", "gzip")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	z, err := gzip.NewReader(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(z)
	if err != nil || string(text) != plain {
		t.Errorf("the compressed page differs: %v", err)
	}
}

// TestIncident breaks a page and reads what the person and the log get.
func TestIncident(t *testing.T) {
	var log bytes.Buffer
	s := &site{g: open(t), log: slog.New(slog.NewJSONHandler(&log, nil)), options: Options{Now: still}}
	h := s.observe(s.protect(s.recover(s.page(func(http.ResponseWriter, *http.Request) error { panic("secret detail") }))))
	w := get(h, "/communes/13006")
	headersOf(t, w)
	number := regexp.MustCompile(`<code>([A-Z0-9]{10})</code>`).FindStringSubmatch(w.Body.String())
	if w.Code != 500 || number == nil {
		t.Fatalf("%d: %s", w.Code, cut(w.Body.String(), 2000))
	}
	if strings.Contains(w.Body.String(), "secret detail") {
		t.Error("the person sees the detail")
	}
	if !strings.Contains(log.String(), number[1]) || !strings.Contains(log.String(), "secret detail") {
		t.Errorf("the log lacks the number or the detail: %s", log.String())
	}
}

func TestLogIsOneLine(t *testing.T) {
	var log bytes.Buffer
	h := newSite(t, &log)
	get(h, "/communes/13006?cout=secret-of-the-reader")
	lines := strings.Split(strings.TrimSpace(log.String()), "\n")
	var line map[string]any
	if len(lines) != 1 || json.Unmarshal([]byte(lines[0]), &line) != nil {
		t.Fatalf("%d lines: %s", len(lines), log.String())
	}
	if line["statut"] != 422.0 || line["chemin"] != "/communes/13006" || line["id"] == "" {
		t.Errorf("line: %v", line)
	}
	if strings.Contains(log.String(), "secret-of-the-reader") {
		t.Error("the log keeps the answers of the reader")
	}
}

func TestNothingRuns(t *testing.T) {
	h := newSite(t, io.Discard)
	const attack = `%22%3E%3Cscript%3Ealert(1)%3C/script%3E`
	for _, target := range []string{
		"/recherche?q=" + attack, "/communes/" + attack, "/communes/13055?cout=" + attack, "/communes/13055?" + attack + "=1",
		"/communes/13055?contrat_type=" + attack, "/epci/" + attack, "/dispositifs?q=" + attack, "/dispositifs?territoire=" + attack, "/dispositifs?aide=" + attack,
		"/dispositifs/" + attack, "/departements/13/grille?nom=" + attack, "/departements/13/grille?tri=" + attack, "/departements/" + attack + "/grille",
		"/tableau?le=" + attack, "/tableau?departement=" + attack, "/" + attack,
	} {
		if body := get(h, target).Body.String(); strings.Contains(body, "<script>alert") {
			t.Errorf("%s lets a script through", target)
		}
	}
}

func TestSuggestions(t *testing.T) {
	h := newSite(t, io.Discard)
	w := get(h, "/suggestions?q=aur")
	var got struct {
		Territoires []struct{ Nom, Detail, Page string }
	}
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || len(got.Territoires) == 0 {
		t.Fatalf("%v: %s", err, w.Body)
	}
	if x := got.Territoires[0]; !strings.HasPrefix(x.Page, "/") || x.Detail == "" {
		t.Errorf("got %+v", x)
	}
}

// linksOf returns the internal links of a page. A pattern would take longer
// than the pages: some hold thousands.
func linksOf(page string) (out []string) {
	for _, attribute := range []string{`href="/`, `action="/`} {
		for _, rest := range strings.Split(page, attribute)[1:] {
			link, _, _ := strings.Cut(rest, `"`)
			link, _, _ = strings.Cut(link, "#")
			out = append(out, "/"+strings.ReplaceAll(link, "&amp;", "&"))
		}
	}
	return out
}

var digits = regexp.MustCompile(`[0-9]+|=[^&]*`)

// TestLinks follows the internal links of the site, breadth first, six of each
// shape: the grids of a hundred départements are one shape.
func TestLinks(t *testing.T) {
	h := newSite(t, io.Discard)
	seen, shapes := map[string]bool{}, map[string]int{}
	queue := []string{"/", "/communes/13006", "/communes/13055", "/epci/241300375", "/tableau", "/nulle/part", "/communes/13006?le=2026-01-01"}
	for len(queue) > 0 && len(seen) < 300 {
		target := queue[0]
		queue = queue[1:]
		shape := digits.ReplaceAllString(target, "")
		if seen[target] || strings.HasPrefix(target, "/api/") || shapes[shape] == 6 {
			continue
		}
		seen[target] = true
		shapes[shape]++
		w := get(h, target)
		if w.Code >= 400 && target != "/nulle/part" {
			t.Errorf("%s: %d", target, w.Code)
		}
		queue = append(queue, linksOf(w.Body.String())...)
	}
	t.Logf("%d pages of %d shapes", len(seen), len(shapes))
	if len(seen) < 150 {
		t.Errorf("only %d pages seen", len(seen))
	}
}
