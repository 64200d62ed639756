package guichet_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"guichet/dispositifs"
	"guichet/internal/compte"
	"guichet/internal/dossier"
	"guichet/internal/fault"
	"guichet/internal/guichet"
	"guichet/internal/store"
	"guichet/internal/store/storetest"
)

// A clock is that of a scene; it goes where the test wants.
type clock struct {
	start time.Time
	now   time.Time
}

// set goes to noon of a day of the demonstration, which opened on 1 July 2021.
func (c *clock) set(t *testing.T, day string) {
	t.Helper()
	at, err := time.Parse(time.DateOnly, day)
	if err != nil {
		t.Fatal(err)
	}
	c.now = c.start.Add(at.Sub(time.Date(2021, 7, 1, 0, 0, 0, 0, time.UTC)))
}

// eachTimed runs f on the demonstration, on both databases, with a clock.
func eachTimed(t *testing.T, f func(t *testing.T, s scene, c *clock)) {
	t.Helper()
	storetest.EachOpen(t, func(t *testing.T, db *store.DB, dsn string) {
		start := time.Date(2026, 7, 1, 10, 0, 0, 0, time.UTC)
		c := &clock{start, start}
		o := options(t, dispositifs.FS)
		o.Store, o.Demonstration, o.Now = db, true, func() time.Time { return c.now }
		s := scene{guichet.New(o), dsn}
		if err := s.PeupleDemonstration(t.Context(), demoIssuer); err != nil {
			t.Fatal(err)
		}
		f(t, s, c)
	})
}

// rappelle sends what is due and returns how many reminders left.
func (s scene) rappelle(t *testing.T) int {
	t.Helper()
	n, err := s.Rappelle(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// rappels are the reminders of a dossier, « address: subject ».
func (s scene) rappels(t *testing.T, a compte.Acteur, id dossier.ID) []string {
	t.Helper()
	var out []string
	for _, c := range s.vue(t, a, id).Courriels {
		if c.Genre == "rappel" {
			out = append(out, c.Adresse+": "+c.Objet)
		}
	}
	return out
}

// TestReminders follows the two months of an answer: each reminder leaves once,
// to the mailbox of the service, then to who took the dossier; none while the
// applicant completes, none once answered.
func TestReminders(t *testing.T) {
	eachTimed(t, func(t *testing.T, s scene, c *clock) {
		maire, sciat := s.acteur(t, "maire-aureille"), s.acteur(t, "sciat")
		id := s.cree(t, maire, "anct-sur-mesure", "k1")
		s.remplit(t, maire, id, anct)
		if err := s.agit(maire, id, "deposer", ""); err != nil {
			t.Fatal(err)
		}
		if due := s.vue(t, sciat, id).Dossier.Echeance.String(); due != "2021-09-01" {
			t.Errorf("the service must answer by %q, want 2021-09-01", due)
		}
		for _, step := range []struct {
			day   string
			sends int
			then  func() error
			why   string
		}{
			{"2021-08-16", 0, nil, "the day before the first reminder"},
			{"2021-08-17", 1, func() error { return s.Prend(t.Context(), sciat, guichet.Geste{Dossier: id, Cle: "prend"}) }, "fifteen days before"},
			{"2021-08-18", 0, nil, "it left already, and an act since changes nothing"},
			{"2021-08-26", 1, nil, "a week before, the service having been stopped that day"},
			{"2021-07-02", 0, nil, "the clock of the machine went back"},
			{"2021-08-26", 0, func() error { return s.agit(sciat, id, "declarer_incomplet", "") }, "and came again"},
			{"2021-09-04", 0, func() error { return s.agit(maire, id, "completer", "") }, "the applicant completes: the delay stands still"},
			{"2021-09-05", 1, nil, "nine days later, the last day is 10 September: what the suspension covered is told once"},
			{"2021-09-12", 1, func() error {
				return errors.Join(s.agit(sciat, id, "declarer_complet", ""), s.agit(sciat, id, "transmettre_anct", ""), s.agit(s.acteur(t, "anct"), id, "valider_offre", ""))
			}, "late"},
			{"2030-01-01", 0, nil, "answered"},
		} {
			c.set(t, step.day)
			if n := s.rappelle(t); n != step.sends {
				t.Errorf("%s, %s: %d reminders, want %d", step.day, step.why, n, step.sends)
			}
			if step.then != nil {
				if err := step.then(); err != nil {
					t.Fatal(step.day, err)
				}
			}
		}
		got := s.rappels(t, sciat, id)
		want := []string{"pref-sciat-mci@bouches-du-rhone.gouv.fr: Rappel", "sciat@exemple.invalid: Rappel", "sciat@exemple.invalid: Rappel", "sciat@exemple.invalid: Retard"}
		if len(got) != len(want) {
			t.Fatalf("reminders %q, want %d", got, len(want))
		}
		for i := range want {
			if !strings.HasPrefix(got[i], want[i]) {
				t.Errorf("reminder %d: %q, want %q", i+1, got[i], want[i])
			}
		}
		if n := len(s.rappels(t, maire, id)); n != 0 {
			t.Errorf("the mayor reads %d reminders of the service", n)
		}
	})
}

// TestRemindersOnce: eight nodes look at twenty dossiers at once; each reminder
// leaves once.
func TestRemindersOnce(t *testing.T) {
	eachTimed(t, func(t *testing.T, s scene, c *clock) {
		maire := s.acteur(t, "maire-aureille")
		const dossiers = 20
		for i := range dossiers {
			s.cree2(t, maire, "fitn", "projet", fmt.Sprint("k", i))
		}
		c.set(t, "2021-08-08")
		var wg sync.WaitGroup
		counts, errs := make([]int, 8), make([]error, 8)
		for i := range counts {
			wg.Go(func() { counts[i], errs[i] = s.Rappelle(t.Context()) })
		}
		wg.Wait()
		total := 0
		for i := range counts {
			total += counts[i]
		}
		if err := errors.Join(errs...); err != nil || total != dossiers {
			t.Errorf("%d reminders of %d dossiers left: %v", total, dossiers, err)
		}
		t.Logf("%d reminders, each once", total)
	})
}

func (s scene) cree2(t *testing.T, a compte.Acteur, dispositif, volet, cle string) dossier.ID {
	t.Helper()
	id, err := s.CreeDossier(t.Context(), a, guichet.NouveauDossier{Dispositif: dispositif, Volet: volet, Territoire: "13006", Cle: cle})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// TestWindowReminders: a draft is reminded of the end of each wave, to every
// member, and its last day follows the waves without any act.
func TestWindowReminders(t *testing.T) {
	eachTimed(t, func(t *testing.T, s scene, c *clock) {
		maire := s.acteur(t, "maire-aureille")
		s.acteur(t, "secretaire-aureille") // signed in once: her address is known
		id := s.cree2(t, maire, "fitn", "projet", "k1")
		for _, step := range []struct {
			day, due string
			sends    int
		}{{"2021-08-07", "2021-08-15", 0}, {"2021-08-08", "2021-08-15", 1}, {"2021-08-14", "2021-08-15", 1}, {"2021-08-16", "2021-10-15", 0}, {"2021-10-10", "2021-10-15", 1}, {"2021-10-16", "", 0}} {
			c.set(t, step.day)
			n := s.rappelle(t)
			if due := s.vue(t, maire, id).Dossier.Echeance.String(); n != step.sends || due != step.due {
				t.Errorf("%s: %d reminders, last day %q; want %d, %q", step.day, n, due, step.sends, step.due)
			}
		}
		if got := s.rappels(t, maire, id); len(got) != 3 || !strings.HasPrefix(got[0], "maire-aureille@exemple.invalid: Rappel : Déposer le dossier avant la fin du 15") {
			t.Errorf("the mayor was told %q", got)
		}
	})
}

// TestPlannedReminders: the desk shows what will leave within thirty days, to
// whoever reads the dossier for the State and to nobody else.
func TestPlannedReminders(t *testing.T) {
	eachTimed(t, func(t *testing.T, s scene, c *clock) {
		maire := s.acteur(t, "maire-aureille")
		id := s.cree(t, maire, "anct-sur-mesure", "k1")
		s.remplit(t, maire, id, anct)
		if err := s.agit(maire, id, "deposer", ""); err != nil {
			t.Fatal(err)
		}
		c.set(t, "2021-08-01")
		for sub, want := range map[string]string{"sciat": "2021-08-17 2021-08-25", "prefet": "2021-08-17 2021-08-25", "anct": "", "maire-aureille": "", "maire-maillane": ""} {
			if got := s.planned(t, sub); got != want {
				t.Errorf("%s sees %q, want %q", sub, got, want)
			}
		}
		c.set(t, "2021-08-20")
		if got := s.planned(t, "sciat"); got != "2021-08-17 2021-08-25 2021-09-02" {
			t.Errorf("not sent yet: %q", got)
		}
		s.rappelle(t)
		if got := s.planned(t, "sciat"); got != "2021-08-25 2021-09-02" {
			t.Errorf("sent: %q", got)
		}
	})
}

func (s scene) planned(t *testing.T, sub string) string {
	t.Helper()
	v, err := s.Rappels(t.Context(), s.acteur(t, sub))
	if err != nil {
		t.Fatal(err)
	}
	var days []string
	for _, r := range v.Rappels {
		days = append(days, r.Jour.String())
		if r.A != "pref-sciat-mci@bouches-du-rhone.gouv.fr" {
			t.Errorf("it will go to %q", r.A)
		}
	}
	return strings.Join(days, " ")
}

// TestFeeds: a feed gives what its person may read when it is asked, and
// nothing once it is stopped, renewed, or the person has no right any more.
func TestFeeds(t *testing.T) {
	eachTimed(t, func(t *testing.T, s scene, c *clock) {
		maire, maillane, sciat := s.acteur(t, "maire-aureille"), s.acteur(t, "maire-maillane"), s.acteur(t, "sciat")
		filed := s.cree(t, maire, "anct-sur-mesure", "k1")
		s.remplit(t, maire, filed, anct)
		if err := s.agit(maire, filed, "deposer", ""); err != nil {
			t.Fatal(err)
		}
		draft := s.cree2(t, maire, "fitn", "projet", "k2")
		feed := func(a compte.Acteur, service string) string {
			t.Helper()
			secret, err := s.CreeFlux(t.Context(), a, service)
			if err != nil {
				t.Fatal(err)
			}
			return secret
		}
		read := func(secret string) string {
			t.Helper()
			text, err := s.Flux(t.Context(), secret, "https://guichet.exemple.fr")
			if errors.Is(err, fault.NotFound) {
				return ""
			}
			if err != nil {
				t.Fatal(err)
			}
			return strings.ReplaceAll(string(text), "\r\n ", "")
		}
		mine, other, service, desk := feed(maire, ""), feed(maillane, ""), feed(sciat, "prefecture"), feed(sciat, "")
		for _, x := range []struct {
			who, secret  string
			filed, draft bool
		}{{"the mayor", mine, true, true}, {"the mayor of another commune", other, false, false}, {"the service", service, true, false}, {"the agent", desk, true, false}} {
			text := read(x.secret)
			if strings.Contains(text, string(filed)) != x.filed || strings.Contains(text, string(draft)) != x.draft || strings.Contains(text, "Aureille") != (x.filed || x.draft) {
				t.Errorf("%s reads\n%s", x.who, text)
			}
			if !strings.Contains(text, "DTSTART;VALUE=DATE:20210815") { // the second wave
				t.Errorf("%s has no filing window:\n%s", x.who, text)
			}
			if text != read(x.secret) {
				t.Errorf("%s: two readings differ", x.who)
			}
		}
		if _, err := s.CreeFlux(t.Context(), maire, "prefecture"); !errors.Is(err, fault.NotFound) {
			t.Errorf("the mayor follows the service: %v", err)
		}
		if len(mine) < 26 || read("") != "" || read("inconnu") != "" || read(strings.ToUpper(mine)) != "" {
			t.Error("a short secret, or one that is none, opens a feed")
		}
		if renewed := feed(maire, ""); read(mine) != "" || read(renewed) == "" {
			t.Error("the old address still opens, or the new one does not")
		}
		if err := s.RetireFlux(t.Context(), sciat, "prefecture"); err != nil || read(service) != "" || read(desk) == "" {
			t.Errorf("stopped: %v", err)
		}
		if err := storetest.Exec(t, s.dsn, `UPDATE habilitation SET etat = 'retiree' WHERE personne = '`+string(maillane.Personne.ID)+`'`); err != nil {
			t.Fatal(err)
		}
		if read(other) != "" {
			t.Error("somebody without any right still reads a feed")
		}
		if b, err := s.Audite(t.Context()); err != nil || len(b.Anomalies) > 0 {
			t.Errorf("audit: %v %v", b, err)
		}
	})
}
