package web

import (
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"guichet/dispositifs"
	"guichet/internal/compte"
	"guichet/internal/dispositif"
	"guichet/internal/dossier"
	"guichet/internal/fichier"
	"guichet/internal/guichet"
	"guichet/internal/store"
	"guichet/internal/store/storetest"
	"guichet/internal/territoire"
	"guichet/territoires"
)

const issuer = "http://127.0.0.1/essai"

// personas are the persons of the demonstration, and nobody.
var personas = []string{"maire-aureille", "secretaire-aureille", "maire-maillane", "sciat", "anct", "prefet", "payeur", "auditrice", "administrateur", ""}

// A stage is the site with its persons signed in and two dossiers of Aureille.
type stage struct {
	http.Handler
	site     *site
	g        *guichet.Guichet
	db       *store.DB
	depot    fichier.Depot
	cle      string // of a document, once there is one
	secrets  map[string]string
	draft    dossier.ID
	filed    dossier.ID
	canaries []string
}

// catalogue and atlas are loaded once: nothing changes them.
var (
	catalogue = sync.OnceValues(func() (*dispositif.Catalogue, error) { return dispositif.Load(dispositifs.FS) })
	atlas     = sync.OnceValues(func() (*territoire.Atlas, error) { return territoire.Load(territoires.FS) })
)

func loaded(t *testing.T) (*dispositif.Catalogue, *territoire.Atlas) {
	t.Helper()
	c, err := catalogue()
	if err != nil {
		t.Fatal(err)
	}
	a, err := atlas()
	if err != nil {
		t.Fatal(err)
	}
	return c, a
}

func newStage(t *testing.T) *stage {
	t.Helper()
	return newStageAt(t, storetest.Sqlite(t))
}

// newStageAt is newStage on the database at dsn.
func newStageAt(t *testing.T, dsn string) *stage {
	t.Helper()
	c, a := loaded(t)
	db, err := store.Open(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	depot, err := fichier.Ouvrir(t.TempDir(), fichier.Acces{})
	if err != nil {
		t.Fatal(err)
	}
	s := &stage{db: db, depot: depot, g: guichet.New(guichet.Options{Catalogue: c, Atlas: a, Now: still, Demonstration: true, Adresse: "http://example.com", Store: db, Coffre: guichet.Coffre{Depot: depot}}), secrets: make(map[string]string)}
	if err := s.g.PeupleDemonstration(t.Context(), issuer); err != nil {
		t.Fatal(err)
	}
	for _, sub := range personas {
		if sub != "" {
			s.secrets[sub] = s.sign(t, sub)
		}
	}
	if s.Handler, err = New(s.g, Options{Log: slog.New(slog.DiscardHandler), Now: still, Adresse: "http://example.com"}); err != nil {
		t.Fatal(err)
	}
	s.site = &site{g: s.g}
	s.draft, s.filed = s.begin(t, "a"), s.begin(t, "b")
	maire := s.actor(t, "maire-aureille")
	if err := s.g.Agir(t.Context(), maire, guichet.Acte{Dossier: s.filed, Acte: "deposer", Cle: "depot"}); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *stage) sign(t *testing.T, sub string) string {
	t.Helper()
	secret, err := s.g.Connecte(t.Context(), guichet.Identite{Emetteur: issuer, Sub: sub, Prenoms: sub, Nom: "Exemple", Courriel: sub + "@exemple.invalid", Niveau: compte.Fort})
	if err != nil {
		t.Fatal(err)
	}
	return secret
}

func (s *stage) actor(t *testing.T, sub string) compte.Acteur {
	t.Helper()
	a, err := s.g.Acteur(t.Context(), s.secrets[sub])
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// begin makes a dossier of Aureille whose every text is a canary.
func (s *stage) begin(t *testing.T, mark string) dossier.ID {
	t.Helper()
	maire := s.actor(t, "maire-aureille")
	id, err := s.g.CreeDossier(t.Context(), maire, guichet.NouveauDossier{Dispositif: "anct-sur-mesure", Territoire: "13006", Cle: mark})
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		v, err := s.g.Dossier(t.Context(), maire, id)
		if err != nil {
			t.Fatal(err)
		}
		fields := make(map[string]string)
		for _, q := range v.Questions {
			fields[q.Cle] = "CANARI-" + mark + "-" + q.Cle
			switch {
			case q.Cle == "cout":
				fields[q.Cle] = "20000"
			case q.Fait != nil && q.Fait.Type == "booleen":
				fields[q.Cle] = "oui"
			default:
				s.canaries = append(s.canaries, fields[q.Cle])
			}
		}
		if _, err := s.g.Enregistre(t.Context(), maire, guichet.Saisie{Dossier: id, Version: v.Dossier.Version, Champs: fields}); err != nil {
			t.Fatal(err)
		}
	}
	return id
}

// ask sends a request as somebody.
func (s *stage) ask(sub, method, path string, form url.Values, headers ...string) *httptest.ResponseRecorder {
	body, kind := form.Encode(), "application/x-www-form-urlencoded"
	if sendsFile(path) {
		var b strings.Builder
		parts := multipart.NewWriter(&b)
		for name, values := range form {
			for _, v := range values {
				parts.WriteField(name, v)
			}
		}
		parts.Close()
		body, kind = b.String(), parts.FormDataContentType()
	}
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	if method == http.MethodPost {
		r.Header.Set("Content-Type", kind)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	if sub != "" {
		r.AddCookie(&http.Cookie{Name: "session", Value: s.secrets[sub]})
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

// A probe is a request on a dossier, and who may make it in each state.
type probe struct {
	route string
	form  url.Values
	draft []string // who may, while it is a draft
	filed []string // who may, once it is filed
}

var (
	auteurs = []string{"maire-aureille", "secretaire-aureille"}
	lecteur = []string{"maire-aureille", "secretaire-aureille", "sciat", "prefet", "payeur", "auditrice"}
)

// probes is, written apart from the table of rights, who may do what.
func probes(s *stage) []probe {
	return []probe{
		{"GET /dossiers/{id}", nil, auteurs, lecteur},
		{"POST /dossiers/{id}", url.Values{"version": {"1"}, "intitule": {"x"}}, auteurs, nil},
		{"POST /dossiers/{id}/prendre", url.Values{"cle": {"k"}}, nil, []string{"sciat"}},
		{"POST /dossiers/{id}/attribuer", url.Values{"cle": {"k2"}}, nil, []string{"sciat"}},
		{"POST /dossiers/{id}/transferer", url.Values{"cle": {"k3"}}, nil, []string{"sciat"}},
		{"POST /dossiers/{id}/etiquettes", url.Values{"cle": {"k4"}, "etiquettes": {"urgent"}}, nil, []string{"sciat"}},
		{"POST /dossiers/{id}/corrections", url.Values{"cle": {"k5"}}, nil, []string{"sciat"}},
		{"POST /dossiers/{id}/corrections/envoi", url.Values{"cle": {"k6"}}, nil, auteurs},
		{"POST /dossiers/{id}/avis", url.Values{"cle": {"k7"}}, nil, []string{"sciat"}},
		{"POST /dossiers/{id}/avis-rendus", url.Values{"cle": {"k8"}, "avis": {"x"}, "sens": {"favorable"}}, nil, nil},
		{"POST /dossiers/{id}/proposition", url.Values{"cle": {"k9"}, "proposition": {"refuser"}}, nil, []string{"sciat"}},
		{"POST /dossiers/{id}/visa", url.Values{"cle": {"k10"}}, nil, []string{"sciat", "prefet"}},
		{"POST /dossiers/{id}/messages", url.Values{"cle": {"k11"}, "message": {"Bonjour"}}, nil, []string{"maire-aureille", "secretaire-aureille", "sciat"}},
		{"POST /dossiers/{id}/notes", url.Values{"cle": {"k12"}, "note": {"CANARI-note"}}, nil, []string{"sciat", "prefet"}},
		{"POST /dossiers/{id}/ailleurs", url.Values{"cle": {"k13"}, "acte": {"valider_offre"}, "auteur": {"ANCT"}, "le": {"2021-06-30"}}, nil, nil},
		{"GET /dossiers/{id}/decision/{acte}", nil, nil, nil},
		{"POST /dossiers/{id}/decision/{acte}", url.Values{"cle": {"k14"}, "etape": {"signer"}}, nil, nil},
		{"GET /dossiers/{id}/lettres/{numero}", nil, nil, nil},
		{"POST /dossiers/{id}/pieces", url.Values{"piece": {"x"}}, auteurs, nil},
		{"POST /dossiers/{id}/reprises", url.Values{"de": {string(s.filed)}}, auteurs, auteurs},
		{"GET /dossiers/{id}/pieces/{piece}", nil, nil, nil},
		{"POST /dossiers/{id}/pieces/{piece}/retirer", url.Values{}, nil, nil},
		{"POST /dossiers/{id}/actes", url.Values{"acte": {"declarer_incomplet"}, "cle": {"m"}}, nil, []string{"sciat"}},
	}
}

// others are the routes of a person alone: their own pages, whoever they are.
var others = []string{
	"GET /espace", "GET /bureau", "GET /compte", "POST /compte/sessions/finir", "POST /deconnexion", "GET /deposer/{dispositif}", "POST /dossiers",
	"POST /espace/mandats", "POST /bureau/mandats/{id}",
	"GET /organisations/{siren}", "POST /organisations/{siren}/invitations", "POST /organisations/{siren}/invitations/{id}", "POST /organisations/{siren}/membres/{id}", // TestOrganisationRefusals
	"GET /invitations/{secret}", "POST /invitations/{secret}", // TestInvitationSecrets
	"POST /bureau/lots", "GET /bureau/lots/{id}",
	"GET /compte/courriels", "POST /compte/courriels", "GET /compte/courriels/{id}",
	"GET /bureau/rappels", "GET /compte/agendas", "POST /compte/agendas", "POST /compte/agendas/retirer",
	"GET /bureau/droits", "POST /bureau/droits", "POST /bureau/droits/{id}", "POST /bureau/derogations", "POST /bureau/derogations/{id}/retirer",
	"GET /bureau/dossiers", "POST /bureau/vues", "GET /bureau/vues/{id}", "POST /bureau/vues/{id}/supprimer",
}

// TestRefusals asks every route that needs to be signed in, as everybody, about
// a draft and a filed dossier: who may not know of it gets the 404 of an
// unknown one, and nobody gets what the table above does not say.
func TestRefusals(t *testing.T) {
	s := newStage(t)
	unknown := s.ask("maire-aureille", "GET", "/dossiers/inconnu", nil)
	if unknown.Code != http.StatusNotFound {
		t.Fatalf("an unknown dossier is %d", unknown.Code)
	}
	known := slices.Clone(others)
	count, unintended := 0, 0
	for _, p := range probes(s) {
		known = append(known, p.route)
		method, path, _ := strings.Cut(p.route, " ")
		for state, id := range map[string]dossier.ID{"draft": s.draft, "filed": s.filed} {
			may, reads := p.draft, auteurs
			if state == "filed" {
				may, reads = p.filed, lecteur
			}
			for _, sub := range personas {
				if slices.Contains(may, sub) {
					continue // those who may are asked last: they change the dossier
				}
				count++
				w := s.ask(sub, method, strings.NewReplacer("{id}", string(id), "{acte}", "valider_offre", "{numero}", "99").Replace(path), p.form)
				want := []int{http.StatusNotFound}
				switch {
				case sub == "" && method == "GET":
					want = []int{http.StatusSeeOther}
				case sub == "":
					want = []int{http.StatusForbidden}
				case slices.Contains(reads, sub): // they know of it: refused, and told so
					want = []int{http.StatusForbidden, http.StatusConflict, http.StatusUnprocessableEntity}
				}
				if (strings.Contains(p.route, "{piece}") || strings.Contains(p.route, "{numero}")) && slices.Contains(reads, sub) { // no such document
					want = append(want, http.StatusNotFound)
				}
				if !slices.Contains(want, w.Code) {
					unintended++
					t.Errorf("%s on a %s as %q: %d, want %v", p.route, state, sub, w.Code, want)
				}
				if w.Code == http.StatusNotFound && !slices.Contains(reads, sub) && stripped(w.Body.String()) != stripped(unknown.Body.String()) {
					t.Errorf("%s on a %s as %q: the page is not that of an unknown dossier", p.route, state, sub)
				}
			}
		}
	}
	for _, p := range probes(s) {
		method, path, _ := strings.Cut(p.route, " ")
		for state, id := range map[string]dossier.ID{"draft": s.draft, "filed": s.filed} {
			may := p.draft
			if state == "filed" {
				may = p.filed
			}
			for _, sub := range may {
				count++
				w := s.ask(sub, method, strings.NewReplacer("{id}", string(id), "{acte}", "valider_offre", "{numero}", "99").Replace(path), p.form)
				if !slices.Contains([]int{http.StatusOK, http.StatusSeeOther, http.StatusConflict, http.StatusUnprocessableEntity}, w.Code) {
					unintended++
					t.Errorf("%s on a %s as %q: refused with %d", p.route, state, sub, w.Code)
				}
			}
		}
	}
	routes := s.site.memberRoutes()
	for route := range routes {
		if !slices.Contains(known, route) {
			t.Errorf("%s is not probed", route)
		}
	}
	for _, route := range known {
		if routes[route] == nil {
			t.Errorf("%s is probed and does not exist", route)
		}
	}
	t.Logf("%d probes, %d unintended", count, unintended)
}

// stripped is a page without what names its reader.
func stripped(page string) string {
	_, after, _ := strings.Cut(page, "<main")
	return after
}

// TestMandatesPage: who may not validate a mandate gets the page of one that
// does not exist.
func TestMandatesPage(t *testing.T) {
	s := newStage(t)
	for _, sub := range personas {
		if w := s.ask(sub, "POST", "/bureau/mandats/demo-maire-maillane", url.Values{"etat": {"retiree"}}); w.Code != http.StatusNotFound && w.Code != http.StatusForbidden && w.Code != http.StatusConflict {
			t.Errorf("%q: %d", sub, w.Code)
		}
	}
	if s.actor(t, "maire-maillane").Roles() == nil {
		t.Error("a mandate in use was taken away")
	}
}

// TestCanaries reads every page as everybody who is not of Aureille: no text of
// its dossiers appears, but to the services once it is filed.
func TestCanaries(t *testing.T) {
	s := newStage(t)
	paths := []string{"/", "/espace", "/bureau", "/bureau/rappels", "/compte", "/compte/agendas", "/droits", "/recherche?q=CANARI", "/recherche?q=" + string(s.draft), "/communes/13006", "/dispositifs?q=CANARI",
		"/suggestions?q=CANARI", "/dossiers/" + string(s.draft), "/deposer/anct-sur-mesure", "/nulle-part", "/a-propos", "/departements/13/grille.csv", "/organisations/211300066"}
	count := 0
	for _, sub := range personas[2:] {
		for _, path := range paths {
			count++
			w := s.ask(sub, "GET", path, nil)
			for _, canary := range s.canaries {
				if strings.Contains(w.Body.String(), canary) {
					t.Errorf("%s as %q shows %s", path, sub, canary)
				}
			}
			if strings.Contains(w.Body.String(), "/dossiers/"+string(s.draft)) && !strings.Contains(path, string(s.draft)) {
				t.Errorf("%s as %q leads to a draft", path, sub)
			}
		}
	}
	seen := 0
	for _, canary := range s.canaries {
		if strings.Contains(s.ask("maire-aureille", "GET", "/dossiers/"+string(s.draft), nil).Body.String(), canary) {
			seen++
		}
	}
	if seen == 0 {
		t.Error("not even the mayor sees the texts: the test proves nothing")
	}
	t.Logf("%d pages of %d persons, %d canaries", count, len(personas)-2, len(s.canaries))
}

// TestCrossSite posts to every route that writes as a browser does for another
// site: nothing passes.
func TestCrossSite(t *testing.T) {
	s := newStage(t)
	var routes []string
	for route := range s.site.memberRoutes() {
		routes = append(routes, route)
	}
	for route := range s.site.doorRoutes() {
		routes = append(routes, route)
	}
	count := 0
	for _, route := range routes {
		method, path, _ := strings.Cut(route, " ")
		if method != http.MethodPost || path == "/courriels/arret" { // for the readers of mails: TestArret
			continue
		}
		path = strings.NewReplacer("{id}", string(s.filed), "{fournisseur}", "proconnect", "{acte}", "refuser", "{siren}", "211300066").Replace(path)
		for _, headers := range [][]string{
			{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, {"Origin", "https://ailleurs.example"}, {"Origin", "null"},
			{"Sec-Fetch-Site", "cross-site", "Origin", "http://example.com"},
		} {
			count++
			if w := s.ask("maire-aureille", method, path, url.Values{"acte": {"deposer"}}, headers...); w.Code != http.StatusForbidden {
				t.Errorf("%s with %v: %d", route, headers, w.Code)
			}
		}
		if w := s.ask("maire-aureille", method, path, url.Values{"session": {"x"}}, "Sec-Fetch-Site", "same-origin"); strings.Contains(w.Body.String(), errOrigin.title) {
			t.Errorf("%s from our own page: refused", route)
		}
	}
	t.Logf("%d requests of other sites refused", count)
}

// TestGetNeverWrites reads every page as everybody: the register does not grow.
func TestGetNeverWrites(t *testing.T) {
	s := newStage(t)
	before, err := s.g.Audite(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for route := range s.site.memberRoutes() {
		method, path, _ := strings.Cut(route, " ")
		if method != http.MethodGet {
			continue
		}
		path = strings.NewReplacer("{id}", string(s.filed), "{dispositif}", "vta", "{acte}", "refuser", "{numero}", "1", "{siren}", "211300066").Replace(path)
		for _, sub := range personas {
			s.ask(sub, method, path, nil)
		}
	}
	after, err := s.g.Audite(t.Context())
	if err != nil || after.Entrees != before.Entrees || after.Tete != before.Tete || len(after.Anomalies) > 0 {
		t.Errorf("%d entries, then %d; %v", before.Entrees, after.Entrees, err)
	}
}

// TestPrivatePages: nobody may keep a page of somebody signed in, and it has
// every security header.
func TestPrivatePages(t *testing.T) {
	s := newStage(t)
	count := 0
	for _, path := range []string{"/espace", "/compte", "/bureau", "/dossiers/" + string(s.draft), "/dossiers/inconnu", "/connexion"} {
		w := s.ask("maire-aureille", "GET", path, nil)
		if w.Header().Get("Cache-Control") != "no-store" || w.Header().Get("ETag") != "" {
			t.Errorf("%s: %q %q", path, w.Header().Get("Cache-Control"), w.Header().Get("ETag"))
		}
		for _, h := range headers {
			count++
			if w.Header().Get(h[0]) == "" {
				t.Errorf("%s: no %s", path, h[0])
			}
		}
	}
	t.Logf("%d headers", count)
}

// TestBack: a login leads inside the site only.
func TestBack(t *testing.T) {
	for in, want := range map[string]string{"/dossiers/x": "/dossiers/x", "": "/espace", "https://ailleurs.example/": "/espace", "//ailleurs.example": "/espace",
		"/\\ailleurs.example": "/espace", "javascript:alert(1)": "/espace", "/recherche?q=a": "/recherche?q=a", "dossiers": "/espace"} {
		if got := back(in); got != want {
			t.Errorf("back(%q) = %q, want %q", in, got, want)
		}
	}
}
