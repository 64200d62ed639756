package guichet_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"

	"guichet/internal/compte"
	"guichet/internal/dossier"
	"guichet/internal/guichet"
	"guichet/internal/store"
)

// TestWritersTogether: persons of both sides write to each other about one
// dossier and about another, the service labels both meanwhile, and the whole
// index is made again: no act fails, and each word that was written is found
// by whoever may read it.
func TestWritersTogether(t *testing.T) {
	const rounds = 12
	eachScene(t, func(t *testing.T, s scene) {
		maire, secretaire, sciat := s.acteur(t, "maire-aureille"), s.acteur(t, "secretaire-aureille"), s.acteur(t, "sciat")
		files := []dossier.ID{s.nouveauDepot(t, "un"), s.nouveauDepot(t, "deux")}
		db, written := s.base(t), 0
		for round := range rounds {
			said := make(map[string]dossier.ID)
			tasks := map[string]func() error{"the index is made again": func() error { return remake(t.Context(), db, s.Guichet) }}
			for file, id := range files {
				label := fmt.Sprint("etiquette", file, round)
				tasks[label] = func() error { return s.Etiquette(t.Context(), sciat, geste(id, label), label) }
				for who, a := range []compte.Acteur{maire, secretaire, sciat} {
					text := fmt.Sprintf("parole%c%c%c", 'a'+who, 'a'+file, 'a'+round)
					said[text] = id
					tasks[text] = func() error {
						return s.Ecrit(t.Context(), a, geste(id, text), guichet.NouveauMessage{Genre: dossier.Echange, Texte: text})
					}
				}
			}
			var all sync.WaitGroup
			for what, f := range tasks {
				all.Go(func() {
					if err := f(); err != nil {
						t.Errorf("%s: %v", what, err)
					}
				})
			}
			all.Wait()
			for text, id := range said {
				written++
				if v, err := s.Liste(t.Context(), sciat, guichet.Criteres{Q: text}); err != nil || len(v.Dossiers) != 1 || v.Dossiers[0].ID != id {
					t.Errorf("%s: %d dossiers found, %v; want the one about which it was written", text, len(v.Dossiers), err)
				}
			}
		}
		if found, _ := s.cherche(t, maire, guichet.Criteres{Q: "paroleaaa"}); !slices.Equal(found, files[:1]) {
			t.Errorf("the mayor finds %v", found)
		}
		t.Logf("%d messages written together", written)
		s.sain(t)
	})
}

// remake makes the index of words again, whatever it was made with.
func remake(ctx context.Context, db *store.DB, g *guichet.Guichet) error {
	if err := db.Write(ctx, func(tx *store.Tx) error { return tx.PoseVersionMots(0) }); err != nil {
		return err
	}
	return g.Reindexe(ctx)
}
