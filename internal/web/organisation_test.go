package web

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"guichet/internal/compte"
	"guichet/internal/guichet"
	"guichet/internal/jour"
	"guichet/internal/store"
)

// mairie is the page of Aureille.
const mairie = "/organisations/211300066"

// A sac is a server that takes every mail.
type sac struct {
	mu   sync.Mutex
	plis []guichet.Pli
}

func (s *sac) Envoie(_ context.Context, p guichet.Pli) guichet.Remise {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.plis = append(s.plis, p)
	return guichet.Remise{Faite: true}
}

// invite invites the address by the form of the page, and returns the path
// that the mail leads to.
func (s *stage) invite(t *testing.T, role, address string) string {
	t.Helper()
	if w := s.ask("maire-aureille", "POST", mairie+"/invitations", url.Values{"role": {role}, "adresse": {address}}); w.Code != http.StatusSeeOther {
		t.Fatalf("inviting %s: %d %s", address, w.Code, w.Body)
	}
	var bag sac
	for n := 1; n > 0; {
		var err error
		if n, err = s.g.EnvoieCourriels(t.Context(), &bag); err != nil {
			t.Fatal(err)
		}
	}
	for _, p := range bag.plis {
		if _, link, ok := strings.Cut(p.Texte, "http://example.com/invitations/"); ok && p.Adresse == address {
			return "/invitations/" + strings.Fields(link)[0]
		}
	}
	t.Fatalf("no mail to %s", address)
	return ""
}

// sent is the invitation of Aureille that waits at the address.
func (s *stage) sent(t *testing.T, address string) compte.InvitationID {
	t.Helper()
	v, err := s.g.Organisation(t.Context(), s.actor(t, "maire-aureille"), "211300066")
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(v.Invitations, func(i guichet.InvitationVue) bool { return i.Adresse == address })
	if i < 0 {
		t.Fatalf("no invitation of %s", address)
	}
	return v.Invitations[i].ID
}

// TestOrganisationRefusals asks every route of an organisation as everybody:
// who may not read it gets the page of one that does not exist.
func TestOrganisationRefusals(t *testing.T) {
	s := newStage(t)
	s.invite(t, "agent_coll", "a@exemple.example")
	readers := []string{"maire-aureille", "secretaire-aureille", "sciat", "prefet", "payeur", "auditrice", "administrateur"}
	represents, confirms := []string{"administrateur", "maire-aureille"}, []string{"administrateur", "maire-aureille", "sciat"}
	unknown := s.ask("maire-maillane", "GET", "/organisations/552100554", nil)
	if unknown.Code != http.StatusNotFound {
		t.Fatalf("an unknown organisation is %d", unknown.Code)
	}
	clerk, count := "/membres/"+string(s.actor(t, "secretaire-aureille").Personne.ID), 0
	for _, p := range []struct {
		method, path string
		form         url.Values
		may          []string
	}{
		{"GET", mairie, nil, readers},
		{"POST", mairie + clerk, url.Values{"acte": {"confirmer"}}, confirms},
		{"POST", mairie + "/invitations", url.Values{"role": {"elu"}, "adresse": {"b@exemple.example"}}, represents},
		{"POST", mairie + "/invitations/" + string(s.sent(t, "a@exemple.example")), url.Values{"acte": {"annuler"}}, represents},
		{"POST", mairie + clerk, url.Values{"acte": {"retirer"}}, represents},
	} {
		others := slices.DeleteFunc(slices.Clone(personas), func(sub string) bool { return slices.Contains(p.may, sub) })
		for _, sub := range slices.Concat(others, p.may, p.may) { // twice is once
			if p.form.Get("acte") == "retirer" && sub == "secretaire-aureille" {
				continue // that is to leave
			}
			count++
			w, want := s.ask(sub, p.method, p.path, p.form), http.StatusNotFound
			switch {
			case sub == "" && p.method == "GET", slices.Contains(p.may, sub) && p.method == "POST":
				want = http.StatusSeeOther
			case slices.Contains(p.may, sub):
				want = http.StatusOK
			case sub == "" || slices.Contains(readers, sub):
				want = http.StatusForbidden
			}
			if w.Code != want {
				t.Errorf("%s %s %v as %q: %d, want %d", p.method, p.path, p.form, sub, w.Code, want)
			}
			if w.Code == http.StatusNotFound && stripped(w.Body.String()) != stripped(unknown.Body.String()) {
				t.Errorf("%s %s as %q: the page is not that of an unknown organisation", p.method, p.path, sub)
			}
		}
	}
	if s.actor(t, "secretaire-aureille").Porteur() {
		t.Error("nobody withdrew the clerk: the test proves less than it says")
	}
	t.Logf("%d probes", count)
}

// TestInvitationSecrets: a secret that is unknown, expired, cancelled or used answers
// with one status, the same headers and as many bytes, to read and to accept.
func TestInvitationSecrets(t *testing.T) {
	s := newStage(t)
	used, cancelled, good := s.invite(t, "agent_coll", "a@exemple.example"), s.invite(t, "elu", "b@exemple.example"), s.invite(t, "elu", "c@exemple.example")
	if w := s.ask("payeur", "POST", used, nil); w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/espace" {
		t.Fatalf("accepting: %d", w.Code)
	}
	if w := s.ask("maire-aureille", "POST", mairie+"/invitations/"+string(s.sent(t, "b@exemple.example")), url.Values{"acte": {"annuler"}}); w.Code != http.StatusSeeOther {
		t.Fatalf("cancelling: %d", w.Code)
	}
	expired := compte.Invitation{ID: "vieille", Organisation: "211300066", Role: "agent_coll", Adresse: "d@exemple.example", Par: s.actor(t, "maire-aureille").Personne.ID, CreeLe: still(), ExpireLe: jour.DeTemps(still()).AddAns(-6), Etat: compte.Envoyee}
	const digest = "71c480df93d6ae2f1efad1447c66c9525e316218cf51fc8d9ed832f2daf18b73" // of the twenty-six letters
	if err := s.db.Write(t.Context(), func(tx *store.Tx) error {
		return errors.Join(tx.PoseInvitation(expired), tx.PoseSecretInvitation(digest, expired.ID))
	}); err != nil {
		t.Fatal(err)
	}
	all := map[string]string{"unknown": "/invitations/zyxwvutsrqponmlkjihgfedcba", "expired": "/invitations/abcdefghijklmnopqrstuvwxyz", "cancelled": cancelled, "used": used}
	for _, method := range []string{"GET", "POST"} {
		var first *httptest.ResponseRecorder
		for _, name := range slices.Sorted(maps.Keys(all)) {
			w := s.ask("sciat", method, all[name], nil)
			w.Header().Del("X-Request-Id")
			if first == nil {
				first = w
			}
			page := strings.ReplaceAll(w.Body.String(), all[name], "/invitations/"+strings.Repeat("x", 26))
			was := strings.ReplaceAll(first.Body.String(), all["cancelled"], "/invitations/"+strings.Repeat("x", 26))
			if w.Code != http.StatusNotFound || w.Body.Len() != first.Body.Len() || page != was || !maps.EqualFunc(w.Header(), first.Header(), slices.Equal[[]string]) {
				t.Errorf("%s %s: %d, %d bytes, %v; the first: %d bytes, %v", method, name, w.Code, w.Body.Len(), w.Header(), first.Body.Len(), first.Header())
			}
			if w := s.ask("", method, all[name], nil); w.Code == http.StatusNotFound || strings.Contains(w.Body.String(), "Aureille") {
				t.Errorf("%s %s: who did not sign in gets %d", method, name, w.Code)
			}
		}
	}
	if w := s.ask("sciat", "GET", good, nil); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "maire-aureille Exemple vous invite") {
		t.Errorf("a good one: %d", w.Code)
	}
	if w := s.ask("payeur", "POST", used, nil); w.Code != http.StatusSeeOther {
		t.Errorf("a second click of who accepted: %d", w.Code)
	}
	if got := sansSecret(good); got != "/invitations/…" {
		t.Errorf("logged as %s", got)
	}
}

// TestOrganisationCanaries reads every page as everybody: the members of an
// organisation and the addresses it invites appear to nobody of another one,
// and the addresses to those alone who may invite.
func TestOrganisationCanaries(t *testing.T) {
	s := newStage(t)
	const member, address = "CANARI-membre", "canari-adresse@exemple.example"
	secret, err := s.g.Connecte(t.Context(), guichet.Identite{Emetteur: issuer, Sub: "canari", Prenoms: member, Nom: member, Courriel: "canari-membre@exemple.example", Niveau: compte.Fort})
	if err != nil {
		t.Fatal(err)
	}
	s.secrets["canari"] = secret
	if w := s.ask("canari", "POST", s.invite(t, "agent_coll", "x@exemple.example"), nil); w.Code != http.StatusSeeOther {
		t.Fatalf("joining: %d", w.Code)
	}
	link := s.invite(t, "elu", address)
	pages, seen := 0, map[string]int{}
	for _, sub := range append(slices.Clone(personas), "canari") {
		paths := []string{mairie, link}
		for route, path := range s.every() {
			if strings.HasPrefix(route, "GET ") {
				paths = append(paths, path)
			}
		}
		if sub != "" {
			v, err := s.g.Courriels(t.Context(), s.actor(t, sub), "")
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range v.Courriels {
				paths = append(paths, "/compte/courriels/"+c.ID)
			}
		}
		foreign := slices.Contains([]string{"maire-maillane", "anct", ""}, sub)
		for _, path := range paths {
			pages++
			body := s.ask(sub, "GET", path, nil).Body.String()
			if strings.Contains(body, member) || strings.Contains(body, "canari-membre@") {
				seen[sub]++
				if foreign {
					t.Errorf("%s as %q names a member of Aureille", path, sub)
				}
			}
			if strings.Contains(body, address) && sub != "maire-aureille" && sub != "administrateur" {
				t.Errorf("%s as %q shows the address of an invitation", path, sub)
			}
		}
	}
	for _, sub := range []string{"maire-aureille", "secretaire-aureille", "sciat"} {
		if seen[sub] == 0 {
			t.Errorf("%s sees no member: the test proves nothing", sub)
		}
	}
	t.Logf("%d pages, seen by %v", pages, seen)
}

// TestInviteForm: what is refused is said at its field, with what was typed;
// the form asks again for nothing else.
func TestInviteForm(t *testing.T) {
	s := newStage(t)
	for name, c := range map[string]struct {
		form url.Values
		want []string
	}{
		"not an address": {url.Values{"formulaire": {"inviter"}, "role": {"elu"}, "adresse": {"pas une adresse"}}, []string{`value="pas une adresse"`, `id="champ-inviter-adresse-erreur"`, `value="elu" checked`}},
		"no role":        {url.Values{"formulaire": {"inviter"}, "adresse": {"a@exemple.example"}}, []string{`value="a@exemple.example"`, `Choisissez un des rôles proposés.`}},
	} {
		w := s.ask("maire-aureille", "POST", mairie+"/invitations", c.form)
		if w.Code != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", name, w.Code)
		}
		for _, text := range c.want {
			if !strings.Contains(w.Body.String(), text) {
				t.Errorf("%s: no %s", name, text)
			}
		}
	}
	if w := s.ask("maire-aureille", "POST", s.invite(t, "elu", "a@exemple.example"), nil); w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), "une autre personne doit l’accepter") {
		t.Errorf("accepting one's own: %d", w.Code)
	}
	me := string(s.actor(t, "maire-aureille").Personne.ID)
	for _, path := range []string{"/membres/" + me, "/invitations/" + string(s.sent(t, "a@exemple.example"))} {
		if w := s.ask("maire-aureille", "POST", mairie+path, url.Values{"acte": {"deposer"}}); w.Code != http.StatusUnprocessableEntity {
			t.Errorf("%s with an act that it has not: %d", path, w.Code)
		}
	}
	s.sent(t, "a@exemple.example")
	if page := s.ask("maire-aureille", "GET", mairie, nil).Body.String(); !strings.Contains(page, "Vous êtes la dernière personne à signer") || !strings.Contains(page, mairie+"/membres/"+me) {
		t.Error("the last who signs is not warned, or cannot leave")
	}
	if w := s.ask("maire-aureille", "POST", mairie+"/membres/"+me, url.Values{"acte": {"retirer"}}); w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/espace" {
		t.Errorf("leaving: %d to %s", w.Code, w.Header().Get("Location"))
	}
	if w := s.ask("maire-aureille", "GET", mairie, nil); w.Code != http.StatusNotFound {
		t.Errorf("once they left: %d", w.Code)
	}
}
