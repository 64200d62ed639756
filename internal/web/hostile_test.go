package web

import (
	"bytes"
	"fmt"
	"log/slog"
	"maps"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"guichet/internal/dossier"
	"guichet/internal/store"
	"guichet/internal/store/storetest"
)

// every is the map of the site, each route with an address that it answers.
func (s *stage) every() map[string]string {
	fill := strings.NewReplacer("{id}", string(s.draft), "{piece}", "absente", "{fournisseur}", "proconnect", "{dispositif}", "vta", "{siren}", "211300066", "{$}", "",
		"/communes/{code}", "/communes/13006", "/epci/{code}", "/epci/241300375", "/dispositifs/{code}", "/dispositifs/vta", "/departements/{code}", "/departements/13")
	all := make(map[string]string)
	for route := range s.site.routes() {
		all["GET "+route] = fill.Replace(route)
	}
	for _, routes := range [][]string{slices.Collect(maps.Keys(s.site.memberRoutes())), slices.Collect(maps.Keys(s.site.doorRoutes()))} {
		for _, route := range routes {
			_, path, _ := strings.Cut(route, " ")
			all[route] = fill.Replace(path)
		}
	}
	return all
}

// TestHeaders asks every route in every way that leads to another kind of
// answer: each answer has every security header.
func TestHeaders(t *testing.T) {
	s := newStage(t)
	secure, err := New(s.g, Options{Log: slog.New(slog.DiscardHandler), Now: still, Adresse: "https://example.com"})
	if err != nil {
		t.Fatal(err)
	}
	wanted := []string{"Strict-Transport-Security", "X-Request-Id"}
	for _, h := range headers {
		wanted = append(wanted, h[0])
	}
	kinds, answers := make(map[int]int), 0
	check := func(handler http.Handler, method, target, sub string, headers ...string) {
		r := httptest.NewRequest(method, target, strings.NewReader(""))
		if sub != "" {
			r.AddCookie(&http.Cookie{Name: "__Host-session", Value: s.secrets[sub]})
		}
		for i := 0; i < len(headers); i += 2 {
			r.Header.Set(headers[i], headers[i+1])
		}
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		answers++
		kinds[w.Code]++
		for _, missing := range absents(w.Result().Header, wanted) {
			t.Errorf("%s %s as %q is %d without %s", method, target, sub, w.Code, missing)
		}
	}
	ways := func() {
		for route, path := range s.every() {
			method, _, _ := strings.Cut(route, " ")
			for _, sub := range []string{"", "maire-aureille", "sciat"} {
				check(secure, method, path, sub)
			}
			check(secure, "PUT", path, "maire-aureille")
			check(secure, "HEAD", path, "")
			check(secure, method, path+"?q=%ff", "maire-aureille")
			check(secure, method, path+"?le="+strings.Repeat("9", maxQuery), "")
			check(secure, method, path+"x/inconnue", "maire-aureille")
			check(secure, "POST", path, "maire-aureille", "Sec-Fetch-Site", "cross-site")
			check(secure, "POST", path, "maire-aureille", "Content-Length", "9999999")
		}
	}
	ways()
	if err := s.db.Close(); err != nil { // every page that reads it is an incident
		t.Fatal(err)
	}
	ways()
	for _, code := range []int{200, 303, 400, 403, 404, 405, 414, 500} {
		if kinds[code] == 0 {
			t.Errorf("no answer %d: the test proves less than it says", code)
		}
	}
	t.Logf("%d answers × %d headers, statuses %v", answers, len(wanted), kinds)
	bare := http.Header{}
	for _, name := range wanted[1:] {
		bare.Set(name, "x")
	}
	if len(absents(bare, wanted)) != 1 {
		t.Error("a missing header is not seen")
	}
}

// absents are the headers that the answer has not.
func absents(h http.Header, wanted []string) (out []string) {
	for _, name := range wanted {
		if h.Get(name) == "" {
			out = append(out, name)
		}
	}
	return out
}

// TestForgery sends to every route, by every method that writes, the eight
// combinations of headers that a browser may send: those of another site are
// refused, ours are not.
func TestForgery(t *testing.T) {
	s := newStage(t)
	refused, passed := 0, 0
	for route, path := range s.every() {
		if path == "/courriels/arret" { // for the readers of mails: TestArret
			continue
		}
		for _, method := range []string{"POST", "PUT", "PATCH", "DELETE"} {
			for _, c := range []struct {
				ours    bool
				headers []string
			}{
				{true, []string{"Sec-Fetch-Site", "same-origin"}}, {true, []string{"Sec-Fetch-Site", "none"}}, {true, nil}, {true, []string{"Origin", "http://example.com"}},
				{false, []string{"Sec-Fetch-Site", "same-site"}}, {false, []string{"Sec-Fetch-Site", "cross-site"}}, {false, []string{"Origin", "null"}}, {false, []string{"Origin", "https://ailleurs.example"}},
			} {
				w := s.ask("", method, path, nil, c.headers...)
				stopped := w.Code == http.StatusForbidden && strings.Contains(w.Body.String(), errOrigin.title)
				if stopped == c.ours {
					t.Errorf("%s %s (%s) with %v: %d", method, path, route, c.headers, w.Code)
				}
				if stopped {
					refused++
				} else {
					passed++
				}
			}
		}
	}
	t.Logf("%d routes × 4 methods × 8 combinations: %d of other sites refused, %d of ours let in", len(s.every()), refused, passed)
}

// interdites are what no form may set.
var interdites = url.Values{"etat": {"conventionne"}, "organisation": {"211300520"}, "departement": {"84"}, "service": {"asp"}, "montant": {"999999"},
	"decision": {`{"issue":"accord"}`}, "instructeur": {"p"}, "numero": {"2021-13-99999"}, "id": {"choisi"}, "role": {"decideur"}, "depose_le": {"2020-01-01"},
	"gel": {"{}"}, "personne": {"p"}, "acteur": {"p"}}

// malformes are forms that no browser of ours sends.
func malformes() map[string]string {
	long := strings.Repeat("x", 1<<20)
	return map[string]string{
		"a key twice": "version=1&version=2&acte=deposer&acte=refuser&cle=a&cle=b&intitule=a&intitule=b", "arrays": "version[]=1&acte[0]=deposer&intitule[a][b]=x",
		"wrong types": "version=abc&acte=1&etat=%7B%7D&session=%5B%5D", "a huge number": "version=99999999999999999999&montant=1e309",
		"a long value": "version=1&intitule=" + long + "&motif=" + long + "&acte=" + long, "too long a body": strings.Repeat("a=b&", 1<<20),
		"a null":                 "version=1&intitule=a%00b&motif=a%00b&acte=a%00&cle=%00&session=%00&organisation=%00&role=%00&dispositif=%00&territoire=%00&etat=%00",
		"bytes that are no text": "version=1&intitule=%ff%fe&motif=%ff&acte=%ff&cle=%ff&session=%ff&organisation=%ff&role=%ff&dispositif=%ff&territoire=%ff&etat=%ff",
		"a key that is no text":  "version=1&%ff%00=a", "half an escape": "version=1&intitule=%zz", "nothing": "", "JSON": `{"version":1,"etat":"accorde"}`, "a million keys": strings.Repeat("&", 1<<20),
	}
}

// TestMassAssignment sends to every route that writes what no form may set,
// and forms of every wrong shape: nothing of it is taken, nothing breaks.
func TestMassAssignment(t *testing.T) {
	storetest.EachAddress(t, func(t *testing.T, dsn string) {
		s := newStageAt(t, dsn)
		posts, accepted, broken := 0, 0, 0
		guarded := func(after string) {
			for _, wrong := range s.touched(t) {
				accepted++
				t.Errorf("after %s: %s", after, wrong)
			}
		}
		for route, path := range s.every() {
			if !strings.HasPrefix(route, "POST ") || route == "POST /deconnexion" {
				continue
			}
			for _, id := range []dossier.ID{s.draft, s.filed} {
				target := strings.Replace(path, string(s.draft), string(id), 1)
				all := url.Values{"version": {fmt.Sprint(s.read(t, id).Version)}}
				maps.Copy(all, interdites)
				send := func(sub, what string, form url.Values) {
					posts++
					if w := s.ask(sub, "POST", target, form); w.Code >= 500 {
						broken++
						t.Errorf("%s with %s as %s: %d", route, what, sub, w.Code)
					}
				}
				send("maire-maillane", "all", all)
				for key, value := range interdites {
					send("maire-aureille", key, url.Values{"version": {fmt.Sprint(s.read(t, id).Version)}, "intitule": {"Touché par " + key}, key: value})
				}
				guarded(route)
				for name, body := range malformes() {
					kinds := []string{"application/x-www-form-urlencoded"}
					if name == "a key twice" || name == "JSON" { // of the other kinds, guichet reads no field
						kinds = append(kinds, "multipart/form-data; boundary=b", "application/json", "")
					}
					if len(body) >= 1<<20 && id == s.filed {
						continue
					}
					for _, kind := range kinds {
						posts++
						if w := s.raw(target, kind, body); w.Code >= 500 {
							broken++
							t.Errorf("%s, %s as %s: %d", route, name, kind, w.Code)
						}
					}
				}
				guarded(route)
			}
		}
		form := url.Values{"dispositif": {"anct-sur-mesure"}, "territoire": {"13006"}, "cle": {"forgé"}}
		maps.Copy(form, interdites)
		w := s.ask("maire-aureille", "POST", "/dossiers", form)
		made := s.read(t, dossier.ID(strings.TrimPrefix(w.Header().Get("Location"), "/dossiers/")))
		if w.Code != http.StatusSeeOther || made.Etat != "brouillon" || made.Departement != "13" || made.Numero != "" || made.ID == "choisi" || !made.Brouillon() {
			t.Errorf("a new dossier takes what its form may not set: %d, %+v", w.Code, made)
		}
		d := s.read(t, s.filed) // the fault that the test must see
		d.Service, d.Version = "asp", d.Version+1
		ev := dossier.Evenement{Dossier: d.ID, Numero: d.Version}
		if err := s.db.Write(t.Context(), func(tx *store.Tx) error { return tx.SauveDossier(d, ev) }); err != nil {
			t.Fatal(err)
		}
		if len(s.touched(t)) != 1 {
			t.Error("another service is not seen")
		}
		t.Logf("%d keys and %d wrong forms, %d posts, %d accepted, %d internal errors", len(interdites), len(malformes()), posts, accepted, broken)
	})
}

// raw posts a body as it is, as the mayor of Aureille.
func (s *stage) raw(target, kind, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("POST", target, strings.NewReader(body))
	r.Header.Set("Content-Type", kind)
	r.AddCookie(&http.Cookie{Name: "session", Value: s.secrets["maire-aureille"]})
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

func (s *stage) read(t *testing.T, id dossier.ID) (d *dossier.Dossier) {
	t.Helper()
	err := s.db.View(t.Context(), func(tx *store.Tx) (err error) { d, err = tx.Dossier(id); return err })
	if err != nil {
		t.Fatalf("%q: %v", id, err)
	}
	return d
}

// touched says what changed of what the forms may not set: the dossiers are a
// draft and one just filed, both of Aureille, and nobody got a role.
func (s *stage) touched(t *testing.T) (wrong []string) {
	t.Helper()
	for id, etat := range map[dossier.ID]string{s.draft: "brouillon", s.filed: "depose"} {
		d := s.read(t, id)
		if d.Etat != etat || d.Nom != "Aureille" || d.Departement != "13" || d.Service != "prefecture" || d.Decision != nil || d.Instructeur != "" ||
			(d.Numero == "") != (etat == "brouillon") || d.DeposeLe.IsZero() != (etat == "brouillon") {
			wrong = append(wrong, fmt.Sprintf("%s is %+v", etat, d))
		}
		for key := range interdites {
			if _, kept := d.Reponses[key]; kept {
				wrong = append(wrong, "the answer "+key+" is kept")
			}
		}
	}
	for _, sub := range personas {
		if sub != "" && len(s.actor(t, sub).Roles()) != 1 {
			wrong = append(wrong, sub+" has other roles")
		}
	}
	return wrong
}

// TestReadingWritesNothing reads every page as everybody: no row of any table
// changes.
func TestReadingWritesNothing(t *testing.T) {
	dsn := storetest.Sqlite(t)
	s := newStageAt(t, dsn)
	lines, count := storetest.Lignes(t, dsn), 0
	before := lines()
	for route, path := range s.every() {
		if !strings.HasPrefix(route, "GET ") {
			continue
		}
		for _, sub := range personas {
			count++
			s.ask(sub, "GET", path, nil)
			s.ask(sub, "HEAD", strings.Replace(path, string(s.draft), string(s.filed), 1), nil)
		}
	}
	if lines() != before {
		t.Error("reading changed the base")
	}
	if s.ask("maire-aureille", "POST", "/compte/sessions/finir", url.Values{"session": {"x"}}); lines() != before {
		t.Error("a form that ends no session changed the base")
	}
	if s.ask("maire-aureille", "POST", "/deconnexion", nil); lines() == before {
		t.Error("a change is not seen")
	}
	t.Logf("%d pages read twice, 0 rows changed", count)
}

// TestFileNames sends documents under names that are no names: no internal
// error, whatever becomes of them.
func TestFileNames(t *testing.T) {
	s := newStage(t)
	for _, name := range []string{"a\x00b.pdf", "\xff\xfe.pdf", "../../etc/passwd", `..\..\a.pdf`, strings.Repeat("é", 5000), "", ".", "CON", "a\r\nSet-Cookie: x=y"} {
		var body bytes.Buffer
		m := multipart.NewWriter(&body)
		m.WriteField("piece", "inconnue")
		part, err := m.CreateFormFile("fichier", name)
		if err != nil {
			t.Fatal(err)
		}
		part.Write([]byte("x"))
		m.Close()
		r := httptest.NewRequest("POST", "/dossiers/"+string(s.draft)+"/pieces", &body)
		r.Header.Set("Content-Type", m.FormDataContentType())
		r.AddCookie(&http.Cookie{Name: "session", Value: s.secrets["maire-aureille"]})
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if w.Code >= 500 {
			t.Errorf("%q: %d", cut(name, 40), w.Code)
		}
	}
}
