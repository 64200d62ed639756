package web

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"guichet/internal/courriel"
	"guichet/internal/guichet"
)

// keeper is a mail server that takes everything.
type keeper struct{ plis []guichet.Pli }

func (k *keeper) Envoie(_ context.Context, p guichet.Pli) guichet.Remise {
	k.plis = append(k.plis, p)
	return guichet.Remise{Faite: true}
}

// TestArret: the one-click of a mail reader passes from wherever it runs, with
// no session; looking changes nothing; a wrong secret is an unknown address.
func TestArret(t *testing.T) {
	s := newStage(t)
	var k keeper
	if err := s.g.ChoisitCourriels(t.Context(), s.actor(t, "sciat"), map[courriel.Genre]courriel.Choix{courriel.Suite: courriel.Groupe, courriel.Message: courriel.Groupe, courriel.Rappel: courriel.Groupe, courriel.Depot: courriel.Immediat}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.g.EnvoieCourriels(t.Context(), &k); err != nil {
		t.Fatal(err)
	}
	var off string
	for _, p := range k.plis {
		if p.Desabonnement != "" {
			off = strings.TrimPrefix(p.Desabonnement, "http://example.com")
		}
	}
	if off == "" {
		t.Fatalf("no mail of %d can be switched off", len(k.plis))
	}
	choice := func() courriel.Choix {
		t.Helper()
		v, err := s.g.Courriels(t.Context(), s.actor(t, "sciat"), "")
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range v.Reglages {
			if r.Genre == courriel.Depot {
				return r.Choix
			}
		}
		return ""
	}
	if w := s.ask("", "GET", off, nil); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "Ne plus les recevoir") || choice() != courriel.Immediat || w.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("looking: %d, then %s", w.Code, choice())
	}
	unknown := stripped(s.ask("", "GET", "/nulle-part", nil).Body.String())
	for _, path := range []string{"/courriels/arret?cle=INVENTE", "/courriels/arret"} {
		for _, method := range []string{"GET", "POST"} {
			if w := s.ask("", method, path, nil); w.Code != http.StatusNotFound || stripped(w.Body.String()) != unknown {
				t.Errorf("%s %s: %d, want the page of an unknown address", method, path, w.Code)
			}
		}
	}
	oneClick := url.Values{"List-Unsubscribe": {"One-Click"}}
	for _, headers := range [][]string{nil, {"Sec-Fetch-Site", "cross-site"}, {"Origin", "https://courrier.example"}, {"Origin", "null"}} {
		if w := s.ask("", "POST", off, oneClick, headers...); w.Code != http.StatusOK || choice() != courriel.Aucun {
			t.Errorf("one click with %v: %d, then %s", headers, w.Code, choice())
		}
	}
	if w := s.ask("", "POST", off, oneClick); !strings.Contains(w.Body.String(), courriel.Depot.Libelle()) || !strings.Contains(w.Body.String(), "/compte/courriels") {
		t.Error("the answer does not say what was switched off, or how to switch it on again")
	}
	// The way that was opened leads nowhere else.
	for _, path := range []string{"/compte/courriels", "/courriels/arret/", "/courriels/arret/../../compte/courriels", "//courriels/arret", "/deconnexion", "/dossiers"} {
		if w := s.ask("sciat", "POST", path, url.Values{"depot": {"immediat"}}, "Sec-Fetch-Site", "cross-site"); w.Code != http.StatusForbidden {
			t.Errorf("POST %s from another site: %d", path, w.Code)
		}
	}
}

var mailLink = regexp.MustCompile(`/compte/courriels/[a-z0-9]+`)

// TestCourrielsPages: each person reads their own mails, and nobody else's; a
// form with an answer missing keeps the others.
func TestCourrielsPages(t *testing.T) {
	s := newStage(t)
	page := s.ask("maire-aureille", "GET", "/compte/courriels", nil).Body.String()
	link := mailLink.FindString(page)
	if link == "" {
		t.Fatal("the mayor has no mail")
	}
	unknown := s.ask("maire-aureille", "GET", "/compte/courriels/inconnu", nil)
	for _, sub := range personas {
		w := s.ask(sub, "GET", link, nil)
		switch {
		case sub == "maire-aureille":
			if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "Accusé de réception") {
				t.Errorf("their own mail: %d", w.Code)
			}
		case sub == "":
			if w.Code != http.StatusSeeOther {
				t.Errorf("nobody: %d", w.Code)
			}
		case w.Code != http.StatusNotFound || stripped(w.Body.String()) != stripped(unknown.Body.String()):
			t.Errorf("%s reads the mail of the mayor: %d", sub, w.Code)
		}
	}
	w := s.ask("maire-aureille", "POST", "/compte/courriels", url.Values{"suite": {"aucun"}, "message": {"immediat"}})
	if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), `value="aucun" checked`) || !strings.Contains(w.Body.String(), "champ-rappel-erreur") {
		t.Errorf("an answer missing: %d", w.Code)
	}
	w = s.ask("maire-aureille", "POST", "/compte/courriels", url.Values{"suite": {"aucun"}, "message": {"immediat"}, "rappel": {"groupe"}})
	if w.Code != http.StatusSeeOther {
		t.Errorf("the choices: %d", w.Code)
	}
	if body := s.ask("maire-aureille", "GET", "/compte/courriels", nil).Body.String(); !strings.Contains(body, `name="suite" value="aucun" checked`) {
		t.Error("the choice is not shown")
	}
}
