package store_test

import (
	"cmp"
	"slices"
	"strings"
	"testing"

	"guichet/internal/dossier"
	"guichet/internal/store"
	"guichet/internal/store/storetest"
)

// TestPlans: among twelve thousand dossiers, PostgreSQL finds a rare word by
// the index of words and a frequent one in the first dossiers of the list,
// whatever it believes of the words: before it counted them, and after.
func TestPlans(t *testing.T) {
	dsn := storetest.Postgres(t)
	db, err := store.Open(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	for _, statement := range []string{
		`INSERT INTO dossier (id, cle, numero, dispositif, organisation, departement, service, etat, version, instructeur, contenu, cree_le, modifie_le, depose_le, rang, tour)
			SELECT 'd' || n, 'k' || n, '', 'vta', '211300065', '13', 'prefecture', 'depose', 1, '', '{"demandeur":{}}', '', '', '2021-01-04T08:00:00.000000Z', n, 'instructeur' FROM generate_series(1, 12000) AS n`,
		`INSERT INTO dossier_mots (rowid, mots) SELECT n, array_to_tsvector(ARRAY['p:13/prefecture/', 'commun', 'rare' || n % 3000, 'moyen' || n % 100] ||
			(SELECT array_agg('reste' || (n * 31 + k * 7919) % 9973) FROM generate_series(1, 40) AS k)) FROM generate_series(1, 12000) AS n`,
	} {
		if err := storetest.Exec(t, dsn, statement); err != nil {
			t.Fatal(err)
		}
	}
	index := "Bitmap Index Scan on dossier_mots_gin"
	for _, when := range []string{"", "VACUUM ANALYZE"} {
		if when != "" {
			if err := storetest.Exec(t, dsn, when); err != nil {
				t.Fatal(err)
			}
		}
		for _, c := range []struct {
			name   string
			words  []string
			find   int
			byWord bool
		}{
			{"a rare word", []string{"rare7"}, 4, true},
			{"a middle word", []string{"moyen7"}, 26, true},
			{"an absent word", []string{"absent"}, 0, true},
			{"a rare word and a frequent one", []string{"commun", "rare7"}, 4, true},
			{"a frequent word", []string{"commun"}, 26, false},
		} {
			f := store.Filtre{Portees: []store.Portee{portee("sciat", "13", "prefecture", "")}, Mots: c.words, Limite: 26}
			plan := read(t, db, func(tx *store.Tx) (string, error) { return tx.Explique(f) })
			at := strings.Index(plan, index)
			if at < 0 {
				t.Fatalf("%q %s: the index of words has no part in it:\n%s", when, c.name, plan)
			}
			line, _, _ := strings.Cut(plan[at:], "\n")
			if asked := !strings.Contains(line, "never executed"); asked != c.byWord || strings.Contains(plan, "Seq Scan") {
				t.Errorf("%q %s: the index of words is asked %t, want %t, and no table is read whole:\n%s", when, c.name, asked, c.byWord, plan)
			}
			if got := lit(t, db, f); len(got) != c.find || !slices.IsSortedFunc(got, plusRecent) {
				t.Errorf("%q %s: %d dossiers, want %d, the last made first", when, c.name, len(got), c.find)
			}
		}
	}
}

func plusRecent(a, b *dossier.Dossier) int { return cmp.Compare(b.Rang, a.Rang) }
