package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"guichet/internal/dossier"
	"guichet/internal/guichet"
)

// lists are the addresses under which dossiers are listed or searched.
var lists = []string{"/bureau", "/bureau/dossiers", "/bureau/dossiers?q=canari", "/bureau/dossiers?q=CANARI-a", "/bureau/dossiers?pile=a-prendre", "/bureau/dossiers?pile=decides",
	"/bureau/dossiers?champ=intitule&contient=canari", "/bureau/dossiers?porteur=aureille", "/bureau/dossiers?etat=brouillon", "/espace?q=canari", "/espace?q=CANARI-a"}

// TestListsShowNoCanary reads every list as everybody: a draft is shown to its
// organisation alone, a filed dossier to its readers alone, in the results, the
// extracts and the counts.
func TestListsShowNoCanary(t *testing.T) {
	s := newStage(t)
	shown, pages := 0, 0
	for _, sub := range personas {
		for _, path := range lists {
			pages++
			page := s.ask(sub, "GET", path, nil).Body.String()
			for _, id := range []dossier.ID{s.draft, s.filed} {
				readers := lecteur
				if id == s.draft {
					readers = auteurs
				}
				if !strings.Contains(page, "/dossiers/"+string(id)) {
					continue
				}
				if shown++; !has(readers, sub) {
					t.Errorf("%s as %q leads to a dossier", path, sub)
				}
			}
			for _, canary := range s.canaries {
				readers := lecteur
				if strings.HasPrefix(canary, "CANARI-a") {
					readers = auteurs
				}
				text := strings.NewReplacer("<mark>", "", "</mark>", "").Replace(page)
				if strings.Contains(text, canary) && !has(readers, sub) {
					t.Errorf("%s as %q shows %s", path, sub, canary)
				}
			}
			if has([]string{"maire-maillane", "anct"}, sub) && strings.Contains(page, "tally-count\">1") {
				t.Errorf("%s as %q counts a dossier", path, sub)
			}
		}
	}
	if shown < 10 {
		t.Errorf("%d dossiers shown: the test proves nothing", shown)
	}
	t.Logf("%d pages, %d dossiers shown", pages, shown)
}

func has(list []string, sub string) bool {
	for _, x := range list {
		if x == sub {
			return true
		}
	}
	return false
}

// TestSearchPages: words are marked and hostile texts escaped, a number leads
// to its dossier, a filter that cannot be read is said, nothing breaks a query.
func TestSearchPages(t *testing.T) {
	s := newStage(t)
	maire := s.actor(t, "maire-aureille")
	v, err := s.g.Dossier(t.Context(), maire, s.draft)
	if err != nil {
		t.Fatal(err)
	}
	hostile := `<script>alert(1)</script> & "kiosque" <img src=x>`
	if _, err := s.g.Enregistre(t.Context(), maire, guichet.Saisie{Dossier: s.draft, Version: v.Dossier.Version, Champs: map[string]string{"intitule": hostile}}); err != nil {
		t.Fatal(err)
	}
	page := s.ask("maire-aureille", "GET", "/espace?q=kiosques+script", nil).Body.String()
	if !strings.Contains(page, "<mark>kiosque</mark>") || !strings.Contains(page, "&lt;<mark>script</mark>&gt;") || strings.Contains(page, "<script>alert") || strings.Contains(page, "<img") {
		t.Errorf("the extract is not marked, or not escaped:\n%s", page)
	}
	filed, err := s.g.Dossier(t.Context(), maire, s.filed)
	if err != nil {
		t.Fatal(err)
	}
	number := filed.Dossier.Numero
	for _, c := range []struct {
		name, sub, path string
		status          int
		want, wantNot   string
	}{
		{"a number, for the prefecture", "sciat", "/bureau/dossiers?q=" + number, http.StatusSeeOther, "", ""},
		{"a number, for the applicant", "maire-aureille", "/espace?q=" + number, http.StatusSeeOther, "", ""},
		{"a number of another, for an applicant", "maire-maillane", "/espace?q=" + number, http.StatusOK, "Aucun dossier ne correspond", ""},
		{"a number, for a service that may not read it", "anct", "/bureau/dossiers?q=" + number, http.StatusOK, "Aucun dossier ne correspond", ""},
		{"words that say nothing", "sciat", "/bureau/dossiers?q=de+la", http.StatusOK, "Écrivez un mot qui compte", "<table"},
		{"a day that cannot be read", "sciat", "/bureau/dossiers?du=demain", http.StatusUnprocessableEntity, "champ-du-erreur", "Garder cette liste"},
		{"operators", "sciat", "/bureau/dossiers?q=" + url.QueryEscape(`"a* OR (NOT ^b:c`), http.StatusOK, "", ""},
		{"control characters", "sciat", "/bureau/dossiers?q=%01halle&dispositif=%02&numero=%07", http.StatusOK, "", ""},
		{"what is no text", "sciat", "/bureau/dossiers?q=%00halle&etat=%ff", http.StatusBadRequest, "", ""},
		{"an empty form", "sciat", "/bureau/dossiers?q=&du=", http.StatusSeeOther, "", ""},
		{"a list to keep", "sciat", "/bureau/dossiers?etat=depose", http.StatusOK, "Garder cette liste", ""},
		{"the desk", "sciat", "/bureau", http.StatusOK, `tally-count">1<`, ""},
	} {
		w := s.ask(c.sub, "GET", c.path, nil)
		if w.Code != c.status || !strings.Contains(w.Body.String(), c.want) || c.wantNot != "" && strings.Contains(w.Body.String(), c.wantNot) {
			t.Errorf("%s: %d, want %d with %q and without %q", c.name, w.Code, c.status, c.want, c.wantNot)
		}
		if c.status == http.StatusSeeOther && strings.Contains(c.path, number) && w.Header().Get("Location") != "/dossiers/"+string(s.filed) {
			t.Errorf("%s leads to %q", c.name, w.Header().Get("Location"))
		}
	}
}

// TestViewPages saves a list, comes back to it, and removes it; nobody else can.
func TestViewPages(t *testing.T) {
	s := newStage(t)
	kept := url.Values{"nom": {"À moi <b>"}, "requete": {"etat=depose&apres=12&inconnu=x"}}
	if w := s.ask("sciat", "POST", "/bureau/vues", url.Values{"nom": {" "}, "requete": {"etat=depose"}}); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "champ-nom-erreur") {
		t.Errorf("a view without a name: %d", w.Code)
	}
	if w := s.ask("sciat", "POST", "/bureau/vues", kept); w.Code != http.StatusSeeOther {
		t.Fatalf("a view: %d", w.Code)
	}
	page := s.ask("sciat", "GET", "/bureau", nil).Body.String()
	_, after, found := strings.Cut(page, `href="/bureau/vues/`)
	id, _, _ := strings.Cut(after, `"`)
	if !found || !strings.Contains(page, "À moi &lt;b&gt;") {
		t.Fatalf("the desk does not show the view:\n%s", page)
	}
	if w := s.ask("sciat", "GET", "/bureau/vues/"+id, nil); w.Header().Get("Location") != "/bureau/dossiers?etat=depose" {
		t.Errorf("the view leads to %q", w.Header().Get("Location"))
	}
	unknown := stripped(s.ask("prefet", "GET", "/bureau/vues/inconnue", nil).Body.String())
	for _, sub := range personas {
		if sub == "sciat" || sub == "" {
			continue
		}
		if w := s.ask(sub, "GET", "/bureau/vues/"+id, nil); w.Code != http.StatusNotFound || stripped(w.Body.String()) != unknown {
			t.Errorf("%q opens the view of another: %d", sub, w.Code)
		}
		if w := s.ask(sub, "POST", "/bureau/vues/"+id+"/supprimer", nil); w.Code != http.StatusNotFound {
			t.Errorf("%q removes the view of another: %d", sub, w.Code)
		}
		if strings.Contains(s.ask(sub, "GET", "/bureau", nil).Body.String(), id) {
			t.Errorf("%q sees the view of another", sub)
		}
	}
	if w := s.ask("sciat", "POST", "/bureau/vues/"+id+"/supprimer", nil); w.Code != http.StatusSeeOther {
		t.Errorf("removing: %d", w.Code)
	}
	if w := s.ask("sciat", "GET", "/bureau/vues/"+id, nil); w.Code != http.StatusNotFound {
		t.Errorf("a view removed: %d", w.Code)
	}
}
