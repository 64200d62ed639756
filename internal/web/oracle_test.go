package web

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"guichet/internal/compte"
	"guichet/internal/guichet"
	"guichet/internal/store"
)

// A devinette asks, as somebody who has no right to it, for a thing that
// exists and for one that does not, named alike.
type devinette struct {
	name, sub, method, path string // {} in the path or the form stands for the thing
	form                    url.Values
	exists                  string
}

// devinettes are the things that a person may try to guess.
func (s *stage) devinettes(t *testing.T) []devinette {
	t.Helper()
	admin, maillane := s.actor(t, "administrateur"), s.actor(t, "maire-maillane")
	proposed := compte.Habilitation{ID: "mandat-propose", Personne: maillane.Personne.ID, Role: "agent_coll", Organisation: s.actor(t, "maire-aureille").Habilitations[0].Organisation, Etat: compte.Demandee}
	if err := s.db.Write(t.Context(), func(tx *store.Tx) error { return tx.PoseHabilitation(proposed) }); err != nil {
		t.Fatal(err)
	}
	check := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	check(s.g.AccordeDerogation(t.Context(), admin, guichet.NouvelleDerogation{Cle: "d", Departement: "13", Separation: "SOD1", Motif: "Un agent", Du: "2021-07-01", Au: "2021-08-01"}))
	page, err := s.g.DroitsAgents(t.Context(), admin, "")
	check(err)
	check(s.g.PoseVue(t.Context(), admin, "Juin", "q=x"))
	desk, err := s.g.Bureau(t.Context(), admin)
	check(err)
	letters, err := s.g.Courriels(t.Context(), admin, "")
	check(err)
	s.secrets["partie"] = s.sign(t, "partie") // whose feed opens nothing: they have no right
	feed, err := s.g.CreeFlux(t.Context(), s.actor(t, "partie"), "")
	check(err)
	ended := s.sign(t, "sciat")
	a, err := s.g.Acteur(t.Context(), ended)
	check(err)
	_, _, err = s.g.FinitSession(t.Context(), a, a.Session)
	check(err)
	s.secrets["finie"], s.secrets["inventee"] = ended, strings.Repeat("A", len(ended))
	other := s.actor(t, "sciat").Session
	return []devinette{
		{"a dossier", "maire-maillane", "GET", "/dossiers/{}", nil, string(s.filed)},
		{"a draft", "sciat", "GET", "/dossiers/{}", nil, string(s.draft)},
		{"an act on a dossier", "maire-maillane", "POST", "/dossiers/{}/actes", url.Values{"acte": {"deposer"}, "cle": {"k"}}, string(s.filed)},
		{"the session of somebody", "maire-maillane", "POST", "/compte/sessions/finir", url.Values{"session": {"{}"}}, other},
		{"a feed whose person has no right any more", "", "GET", "/agenda/{}.ics", nil, feed},
		{"a mandate", "maire-maillane", "POST", "/bureau/mandats/{}", url.Values{"etat": {"active"}}, proposed.ID},
		{"a right", "maire-maillane", "POST", "/bureau/droits/{}", url.Values{"etat": {"retiree"}}, page.Droits[0].ID},
		{"an exemption", "maire-maillane", "POST", "/bureau/derogations/{}/retirer", nil, page.Derogations[0].ID},
		{"a mail", "maire-maillane", "GET", "/compte/courriels/{}", nil, letters.Courriels[0].ID},
		{"a view", "maire-maillane", "GET", "/bureau/vues/{}", nil, desk.Vues[0].ID},
	}
}

// inconnu is a name of nothing, as long as the other and of the same letters.
func inconnu(id string) string {
	out := []byte(id)
	slices.Reverse(out)
	if string(out) == id {
		out[0]++
	}
	return string(out)
}

func (d devinette) ask(s *stage, id string) *httptest.ResponseRecorder {
	form := make(url.Values)
	for name, values := range d.form {
		form.Set(name, strings.ReplaceAll(values[0], "{}", id))
	}
	return s.ask(d.sub, d.method, strings.ReplaceAll(d.path, "{}", id), form)
}

// dit is all that an answer says: status, headers, length, page; the number of
// the request aside.
func dit(w *httptest.ResponseRecorder, id string) string {
	h := w.Header().Clone()
	h.Del("X-Request-Id")
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(h)) {
		b.WriteString(name + ": " + strings.Join(h[name], ", ") + "\n")
	}
	return http.StatusText(w.Code) + "\n" + b.String() + strings.ReplaceAll(w.Body.String(), id, "{}")
}

// TestNoOracle asks for what exists and is none of one's business, and for what
// does not exist: the answers are the same. The times are measured in turns and
// printed; a clock proves nothing on a shared machine.
func TestNoOracle(t *testing.T) {
	s := newStage(t)
	different := 0
	compare := func(name string, got, want string) {
		if got != want {
			different++
			t.Errorf("%s is told from one that does not exist:\n%s\n---\n%s", name, got, want)
		}
	}
	all := s.devinettes(t)
	for _, d := range all {
		no := inconnu(d.exists)
		there, nowhere := d.ask(s, d.exists), d.ask(s, no)
		compare(d.name, dit(there, d.exists), dit(nowhere, no))
		if there.Body.Len() != nowhere.Body.Len() {
			different++
			t.Errorf("%s: %d bytes and %d", d.name, there.Body.Len(), nowhere.Body.Len())
		}
		var times [2][]time.Duration
		for range 100 {
			for i, id := range []string{d.exists, no} {
				begin := time.Now()
				d.ask(s, id)
				times[i] = append(times[i], time.Since(begin))
			}
		}
		m := [2]time.Duration{mediane(times[0]), mediane(times[1])}
		t.Logf("%-45s medians %6d µs and %6d µs, ratio %.2f", d.name, m[0].Microseconds(), m[1].Microseconds(), float64(m[0])/float64(m[1]))
	}
	compare("a session that was ended", dit(s.ask("finie", "GET", "/compte", nil), "identifiant"), dit(s.ask("inventee", "GET", "/compte", nil), "identifiant"))
	open := s.ask("maire-aureille", "GET", "/dossiers/"+string(s.filed), nil)
	if dit(open, string(s.filed)) == dit(all[0].ask(s, string(s.filed)), string(s.filed)) {
		t.Error("who may read the dossier sees the same page: the test proves nothing")
	}
	t.Logf("%d things, %d told apart", len(all)+1, different)
}

func mediane(all []time.Duration) time.Duration {
	slices.Sort(all)
	return all[len(all)/2]
}
