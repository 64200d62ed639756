package web

import (
	_ "embed" // the hostile texts
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"guichet/internal/compte"
	"guichet/internal/dossier"
	"guichet/internal/fichier"
	"guichet/internal/guichet"
	"guichet/internal/store"
)

// hostiles are texts that a careless page would run; the tests of the browser
// read them too.
//
//go:embed testdata/injections.json
var hostiles []byte

// injections are the texts of hostiles.
var injections = func() (all []string) {
	if err := json.Unmarshal(hostiles, &all); err != nil {
		panic(err) // the file is part of the test
	}
	return all
}()

// A vocabulary is the elements and attributes of honest pages.
type vocabulary map[string]bool

// learn adds those of a page.
func (v vocabulary) learn(page string) {
	walk(page, func(n *html.Node) {
		v[n.Data] = true
		for _, a := range n.Attr {
			v[n.Data+" "+a.Key] = true
		}
	})
}

// strange says what a page holds that no honest page does, and what it would
// run or load from elsewhere.
func (v vocabulary) strange(page string) (out []string) {
	walk(page, func(n *html.Node) {
		if !v[n.Data] && n.Data != "mark" { // a word that was searched for
			out = append(out, "<"+n.Data+">")
		}
		if n.Data == "script" && n.FirstChild != nil {
			out = append(out, "a script in the page")
		}
		for _, a := range n.Attr {
			value := strings.ToLower(strings.TrimSpace(a.Val))
			link := slices.Contains([]string{"href", "src", "action", "formaction", "data", "srcdoc", "poster"}, a.Key)
			switch {
			case strings.HasPrefix(a.Key, "on") || !v[n.Data+" "+a.Key] && n.Data != "mark":
				out = append(out, n.Data+" "+a.Key)
			case link && (strings.HasPrefix(value, "javascript:") || strings.HasPrefix(value, "data:") || strings.HasPrefix(value, "vbscript:") || strings.HasPrefix(value, "//") || strings.HasPrefix(value, "https://xss.")):
				out = append(out, n.Data+" "+a.Key+"="+a.Val)
			}
		}
	})
	return out
}

// walk gives every element of a page to f.
func walk(page string, f func(*html.Node)) {
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		panic(err) // reading a text does not fail
	}
	for n := range root.Descendants() {
		if n.Type == html.ElementNode {
			f(n)
		}
	}
}

// noms are the parameters that the honest pages send, by their forms and
// links.
func noms(pages []string) []string {
	out := map[string]bool{"q": true, "le": true, "vers": true, "pour": true}
	for _, page := range pages {
		walk(page, func(n *html.Node) {
			for _, a := range n.Attr {
				if a.Key == "name" && n.Data != "meta" {
					out[a.Val] = true
				}
				if u, err := url.Parse(a.Val); a.Key == "href" && err == nil {
					for name := range u.Query() {
						out[name] = true
					}
				}
			}
		})
	}
	return slices.Sorted(maps.Keys(out))
}

// TestInjection writes each hostile text in every field that somebody can
// fill: answers, reasons, names that a provider gives, names of files, devices
// and every parameter of every page. No page gets an element, an attribute, a
// script or an address that an honest page has not.
func TestInjection(t *testing.T) {
	s := newStage(t)
	honest, pages := make(vocabulary), []string{}
	get := func(sub, path string) string {
		w := s.ask(sub, "GET", path, nil)
		if kind := w.Header().Get("Content-Type"); !strings.HasPrefix(kind, "text/html") {
			return ""
		}
		if !strings.Contains(w.Header().Get("Content-Security-Policy"), "default-src 'none'") {
			t.Errorf("%s: no policy", path)
		}
		return w.Body.String()
	}
	s.plantHostile(t, "Texte honnête")
	routes := s.every()
	visit := func(query string, f func(path, page string)) {
		for route, path := range routes {
			if strings.HasPrefix(route, "GET ") {
				f(path+query, get("maire-aureille", path+query))
			}
		}
		for _, sub := range []string{"maire-aureille", "sciat"} {
			for _, path := range []string{"/bureau", "/compte", "/espace", "/dossiers/" + string(s.filed)} {
				f(path, get(sub, path))
			}
		}
	}
	for _, query := range []string{"", "?q=saint", "?le=2021-02-30", "?q=inconnu&territoire=zz&cout=abc"} {
		visit(query, func(_, page string) { honest.learn(page); pages = append(pages, page) })
	}
	names, checked, strange := noms(pages), 0, 0
	for _, text := range injections {
		s.plantHostile(t, text)
		query := make(url.Values)
		for _, name := range names {
			query.Set(name, strings.ReplaceAll(text, "\x00", ""))
		}
		alone := url.Values{"q": query["q"], "le": query["le"], "vers": query["vers"]}
		for _, q := range []url.Values{query, alone} {
			visit("?"+q.Encode(), func(path, page string) {
				checked++
				for _, wrong := range honest.strange(page) {
					strange++
					t.Errorf("%s with %q: %s", cut(path, 60), text, wrong)
				}
			})
		}
	}
	seen := 0
	for _, text := range injections[:40] {
		if len(honest.strange("<p>"+text+"</p><p title=\""+text+"\"><a href=\""+text+"\">x</a></p>")) > 0 {
			seen++
		}
	}
	if seen < 36 {
		t.Errorf("a page that escapes nothing is seen %d times of 40", seen)
	}
	t.Logf("%d texts, %d parameters, %d pages read, %d strange; a page that escapes nothing is seen %d times of 40", len(injections), len(names), checked, strange, seen)
}

// plantHostile writes the text wherever somebody may.
func (s *stage) plantHostile(t *testing.T, text string) {
	t.Helper()
	maire := s.actor(t, "maire-aureille")
	v, err := s.g.Dossier(t.Context(), maire, s.draft)
	if err != nil {
		t.Fatal(err)
	}
	fields := make(map[string]string)
	for _, q := range v.Questions {
		fields[q.Cle] = text
	}
	if _, err := s.g.Enregistre(t.Context(), maire, guichet.Saisie{Dossier: s.draft, Version: v.Dossier.Version, Champs: fields}); err != nil {
		t.Fatal(err)
	}
	for _, id := range []dossier.ID{s.draft, s.filed} {
		d := s.read(t, id)
		d.Nom, d.Version = text, d.Version+1
		d.Pieces = []dossier.Piece{{ID: "p", Piece: v.Dispositif.Code, Nom: text, Type: "application/pdf", Octets: 4, Cle: s.cle, Etat: "saine"}}
		for _, p := range v.Dispositif.Pieces {
			d.Pieces = append(d.Pieces, dossier.Piece{ID: "p" + p.ID, Piece: p.ID, Nom: text, Etat: "quarantaine"})
		}
		if id == s.filed {
			d.Decision = &dossier.Decision{Issue: "refus", Motif: text, Conditions: []string{text}, Externe: &dossier.Ailleurs{Auteur: text, Piece: dossier.Piece{ID: "ailleurs", Nom: text, Etat: "saine"}}}
			d.Instruction = dossier.Instruction{Etiquettes: []string{text}, Proposition: &dossier.Proposition{Acte: text, Motif: text, Par: dossier.Signature{Nom: text}},
				Corrections: []dossier.Correction{{Cle: "cout", Libelle: text, Demande: text, Par: dossier.Signature{Nom: text}}},
				Avis:        []dossier.Avis{{ID: "avis", Service: "sgar", Question: text, Sens: "reserve", Texte: text, Rendu: &dossier.Signature{Nom: text}}}}
			d.Lettres = []dossier.Lettre{{Objet: text, Corps: text, Reference: text}}
			d.Gel.Exception = text
		}
		ev := dossier.Evenement{Dossier: id, Numero: d.Version, Acte: "noter", Libelle: text, Motif: text, Nom: text, Par: maire.Personne.ID, Le: still()}
		mail := dossier.Courriel{ID: fmt.Sprint("m", id, d.Version), Dossier: id, Personne: maire.Personne.ID, Adresse: "a@exemple.invalid", Genre: "suite", Objet: text, Texte: text, CreeLe: still()}
		err := s.db.Write(t.Context(), func(tx *store.Tx) error {
			if err := tx.PoseCourriel(mail); err != nil {
				return err
			}
			return tx.SauveDossier(d, ev)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, sub := range []string{"maire-aureille", "sciat"} {
		secret, err := s.g.Connecte(t.Context(), guichet.Identite{Emetteur: issuer, Sub: sub, Prenoms: text, Nom: text, Courriel: text, Appareil: text, Niveau: compte.Fort})
		if err != nil {
			t.Fatal(err)
		}
		s.secrets[sub] = secret
	}
}

// TestAttachmentName: the name of a document, whatever it is, stays a name in
// the header that carries it.
func TestAttachmentName(t *testing.T) {
	s := newStage(t)
	cle := fichier.NouvelleCle()
	if err := s.depot.Pose(t.Context(), cle, strings.NewReader("%PDF")); err != nil {
		t.Fatal(err)
	}
	s.cle = string(cle)
	for _, text := range append(slices.Clone(injections), "a\r\nSet-Cookie: x=y", `"; filename="x.html`, "é\u202egnp.exe") {
		s.plantHostile(t, text)
		r := httptest.NewRequest(http.MethodGet, "/dossiers/"+string(s.draft)+"/pieces/p", nil)
		r.AddCookie(&http.Cookie{Name: "session", Value: s.secrets["maire-aureille"]})
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if len(w.Result().Cookies()) > 0 || strings.ContainsAny(w.Header().Get("Content-Disposition"), "\r\n") {
			t.Errorf("%q: %v", text, w.Header())
		}
		if d := w.Header().Get("Content-Disposition"); w.Code != http.StatusOK || !strings.HasPrefix(d, "attachment") {
			t.Errorf("%q is served as %q, %d", text, d, w.Code)
		}
	}
}
