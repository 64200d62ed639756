package api_test

import (
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"guichet/dispositifs"
	"guichet/internal/api"
	"guichet/internal/dispositif"
	"guichet/internal/guichet"
	"guichet/internal/territoire"
	"guichet/territoires"
)

func handler(t *testing.T) http.Handler {
	t.Helper()
	c, err := dispositif.Load(dispositifs.FS)
	if err != nil {
		t.Fatal(err)
	}
	a, err := territoire.Load(territoires.FS)
	if err != nil {
		t.Fatal(err)
	}
	still := func() time.Time { return time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC) }
	g := guichet.New(guichet.Options{Catalogue: c, Atlas: a, Now: still, Demonstration: true})
	return api.New(g, slog.New(slog.NewTextHandler(io.Discard, nil)))
}

func get(t *testing.T, h http.Handler, target string) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("GET", target, nil))
	return w
}

func TestEligibilite(t *testing.T) {
	h := handler(t)
	w := get(t, h, "/api/v1/eligibilite/13006?le=2021-07-01&fait=cout%3D20000")
	var got api.Eligibilite
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || w.Code != 200 {
		t.Fatalf("%d %v %s", w.Code, err, w.Body)
	}
	if got.Territoire.Nom != "Aureille" || len(got.Reponses) != 8 || got.Le != "2021-07-01" {
		t.Errorf("got %+v", got.Territoire)
	}
	for _, r := range got.Reponses {
		if r.Dispositif == "anct-sur-mesure" && (r.Verdict != "oui" || *r.Taux != 100 || *r.Montant != 2_000_000) {
			t.Errorf("ANCT: %+v", r)
		}
		if r.Dispositif == "cantine" && (r.Verdict != "a_completer" || len(r.Manque) == 0) {
			t.Errorf("cantine: %+v", r)
		}
	}
	again := httptest.NewRequest("GET", "/api/v1/eligibilite/13006?le=2021-07-01&fait=cout%3D20000", nil)
	again.Header.Set("If-None-Match", w.Header().Get("ETag"))
	second := httptest.NewRecorder()
	h.ServeHTTP(second, again)
	if second.Code != 304 || w.Header().Get("Access-Control-Allow-Origin") != "*" {
		t.Errorf("second answer %d, origin %q", second.Code, w.Header().Get("Access-Control-Allow-Origin"))
	}
}

func TestRefusals(t *testing.T) {
	h := handler(t)
	for target, want := range map[string]int{
		"/api/v1/eligibilite/99999":                         404,
		"/api/v1/eligibilite/200042936":                     404,
		"/api/v1/eligibilite/13006?le=2021-02-30":           422,
		"/api/v1/eligibilite/13006?le=1789-07-14":           422,
		"/api/v1/eligibilite/13006?fait=population%3D-5":    422,
		"/api/v1/eligibilite/13006?fait=couleur%3Dbleu":     422,
		"/api/v1/eligibilite/13006?fait=sans":               422,
		"/api/v1/eligibilite/%FF%FE":                        404,
		"/api/v1/departements/999/grille":                   404,
		"/api/v1/dispositifs/inconnu":                       404,
		"/api/v1/inconnu":                                   404,
		"/api/v1/territoires?q=" + strings.Repeat("a", 500): 200,
		"/api/v1/departements/13/grille":                    200,
		"/api/v1/dispositifs":                               200,
		"/api/v1/dispositifs/vta":                           200,
		"/api/v1/openapi.json":                              200,
	} {
		w := get(t, h, target)
		if w.Code != want {
			t.Errorf("%s: %d, want %d: %s", target, w.Code, want, w.Body)
		}
		if want >= 400 && !strings.HasPrefix(w.Header().Get("Content-Type"), "application/problem+json") {
			t.Errorf("%s: %s, want a problem", target, w.Header().Get("Content-Type"))
		}
		if want == 422 && !strings.Contains(w.Body.String(), "detail") {
			t.Errorf("%s: no message: %s", target, w.Body)
		}
	}
}
