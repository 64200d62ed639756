package main

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"guichet/internal/compte"
	"guichet/internal/guichet"
	"guichet/internal/journal"
	"guichet/internal/store"
	"guichet/internal/store/storetest"
)

const emetteur = "https://idp.exemple.fr"

// signIn makes the persons of a base who signed in once.
func signIn(t *testing.T, dsn string, subs ...string) {
	t.Helper()
	db, err := store.Open(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	c, err := catalogue()
	if err != nil {
		t.Fatal(err)
	}
	a, err := atlas()
	if err != nil {
		t.Fatal(err)
	}
	g := guichet.New(guichet.Options{Catalogue: c, Atlas: a, Now: time.Now, Store: db})
	for _, sub := range subs {
		if _, err := g.Connecte(t.Context(), guichet.Identite{Emetteur: emetteur, Sub: sub, Prenoms: "Agent", Nom: sub, Courriel: sub + "@exemple.invalid", Niveau: compte.Fort}); err != nil {
			t.Fatal(err)
		}
	}
}

// TestHabiliter gives rights from the machine, on both databases: what is said,
// what is refused and by which exit code, what the register keeps.
func TestHabiliter(t *testing.T) {
	storetest.EachAddress(t, func(t *testing.T, dsn string) {
		signIn(t, dsn, "karim", "nadia", "lea")
		base := []string{"--donnees", filepath.Dir(dsn)}
		if strings.HasPrefix(dsn, "postgres") {
			base = []string{"--base", dsn}
		}
		to := func(sub, rest string) string { return "--emetteur " + emetteur + " --sub " + sub + " " + rest }
		for _, c := range []struct {
			when, args string
			code       int
			want       string
		}{
			{"nobody has a right yet", "--liste", 0, "Aucun agent"},
			{"nobody is named", "--role admin --departement 13", 2, "--emetteur et --sub"},
			{"a role that does not exist", to("karim", "--role roi --departement 13"), 2, "role : Choisissez"},
			{"a role of an applicant", to("karim", "--role elu --departement 13"), 2, "role : Choisissez"},
			{"no département", to("karim", "--role admin"), 2, "departement : Écrivez"},
			{"a département that does not exist", to("karim", "--role admin --departement 999"), 2, "departement : Écrivez"},
			{"an instructor without a service", to("nadia", "--role sciat --departement 13"), 2, "service : Ce rôle"},
			{"a service that does not exist", to("nadia", "--role sciat --departement 13 --service lune"), 2, "service : Ce service"},
			{"a scheme that does not exist", to("nadia", "--role sciat --departement 13 --service prefecture --dispositif lune"), 2, "dispositif : Ce dispositif"},
			{"a decider without dates", to("lea", "--role decideur --departement 13"), 2, "au : Ce rôle a toujours des dates"},
			{"a day that does not exist", to("karim", "--role admin --departement 13 --au 2099-02-30"), 2, "2099-02-30"},
			{"a last day before the first", to("karim", "--role admin --departement 13 --du 2099-02-01 --au 2099-01-01"), 2, "vient avant"},
			{"a last day that is over", to("karim", "--role admin --departement 13 --au 2001-01-01"), 2, "passé"},
			{"a ceiling for who decides nothing", to("karim", "--role admin --departement 13 --plafond 10"), 2, "plafond : Ce rôle"},
			{"a ceiling that is no amount", to("lea", "--role decideur --departement 13 --du 2026-01-01 --au 2099-01-01 --plafond beaucoup"), 2, "plafond : « beaucoup »"},
			{"a person who never signed in", to("inconnu", "--role admin --departement 13"), 2, "première fois"},
			{"the first administrator", to("karim", "--role admin --departement 13"), 0, "Accordé à Agent karim : Administrateur fonctionnel, département 13."},
			{"the same right twice", to("karim", "--role admin --departement 13"), 1, "déjà ce droit"},
			{"a national service", to("nadia", "--role service --service anct"), 0, "tout le pays, service"},
			{"a decider is only asked for", to("lea", "--role decideur --departement 13 --du 2026-01-01 --au 2099-01-01 --plafond 20000"), 0, "Demandé pour Agent lea"},
			{"what it gave shows", "--liste", 0, "actif — Administrateur fonctionnel, département 13 — " + emetteur + " karim — Agent karim"},
			{"and what waits too", "--liste", 0, "à confirmer — Préfet ou délégataire, département 13, à partir du 1er janvier 2026, jusqu’au 1er janvier 2099, plafond 20 000 €"},
			{"taken away", to("karim", "--role admin --departement 13 --retirer"), 0, "Retiré : Administrateur fonctionnel"},
			{"taken away twice", to("karim", "--role admin --departement 13 --retirer"), 1, "n’a pas ce droit"},
			{"what was taken away shows", "--liste", 0, "retiré — Administrateur fonctionnel"},
		} {
			code, out, errs := command(t, append(append([]string{"habiliter"}, strings.Fields(c.args)...), base...)...)
			if code != c.code || !strings.Contains(out+errs, c.want) || (code != 0) != (errs != "") {
				t.Errorf("%s: exit %d, want %d; got %q %q, want %q", c.when, code, c.code, out, errs, c.want)
			}
		}
		if acts := actsOf(t, dsn, "exploitant"); strings.Join(acts, " ") != "accorder_droit accorder_droit demander_droit retirer_droit" {
			t.Errorf("the register says %v", acts)
		}
	})
}

// actsOf are the acts of somebody in the register, in order.
func actsOf(t *testing.T, dsn, who string) (acts []string) {
	t.Helper()
	db, err := store.Open(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	err = db.View(t.Context(), func(tx *store.Tx) error {
		return tx.Journal(func(e journal.Entree) error {
			if e.Acteur == who {
				acts = append(acts, e.Acte)
			}
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return acts
}
