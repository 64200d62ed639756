package guichet_test

import (
	"errors"
	"net/url"
	"os"
	"strings"
	"testing"

	"guichet/dispositifs"
	"guichet/internal/guichet"
	"guichet/internal/store"
	"guichet/internal/store/storetest"
)

// TestRoleAppends runs the service on PostgreSQL as the role that
// outils/role-postgres.sql makes: a dossier lives its whole life, and what was
// written in the register and the events cannot be rewritten by that role.
// Their owner could: the test would see a right too many.
func TestRoleAppends(t *testing.T) {
	owner := storetest.Postgres(t)
	db, err := store.Open(t.Context(), owner) // makes the migrations
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	script, err := os.ReadFile("../../outils/role-postgres.sql")
	if err != nil {
		t.Fatal(err)
	}
	if err := storetest.Exec(t, owner, string(script)); err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(owner)
	if err != nil {
		t.Fatal(err)
	}
	u.User = url.User("guichet_app")
	if db, err = store.Open(t.Context(), u.String()); err != nil {
		t.Fatalf("the service does not start as the role: %v", err)
	}
	defer db.Close()
	o := options(t, dispositifs.FS)
	o.Store = db
	s := scene{guichet.New(o), u.String()}
	if err := s.PeupleDemonstration(t.Context(), demoIssuer); err != nil {
		t.Fatal(err)
	}
	id := s.nouveauDepot(t, "k")
	sciat, agency := s.acteur(t, "sciat"), s.acteur(t, "anct")
	if err := errors.Join(s.agit(sciat, id, "declarer_complet", ""), s.agit(sciat, id, "transmettre_anct", ""), s.agit(agency, id, "refuser", "Raison")); err != nil {
		t.Fatal(err)
	}
	s.sain(t)
	denied := 0
	for _, table := range []string{"journal", "evenement"} {
		for _, statement := range []string{"UPDATE " + table + " SET acte = 'autre'", "DELETE FROM " + table, "TRUNCATE " + table, "DROP TABLE " + table,
			"ALTER TABLE " + table + " DISABLE TRIGGER ALL", "DROP TRIGGER " + table + "_fige ON " + table, "UPDATE " + table + " SET le = le WHERE 1 = 0"} {
			if err := storetest.Exec(t, u.String(), statement); err == nil || !strings.Contains(err.Error(), "permission denied") && !strings.Contains(err.Error(), "must be owner") {
				t.Errorf("%s: %v", statement, err)
				continue
			}
			denied++
		}
	}
	if err := storetest.Exec(t, owner, "UPDATE evenement SET acte = acte WHERE 1 = 0"); err != nil {
		t.Errorf("the owner is refused too: the test proves nothing: %v", err)
	}
	s.sain(t)
	t.Logf("%d statements denied to the role", denied)
}
