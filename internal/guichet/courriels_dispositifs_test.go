package guichet

import (
	"strings"
	"testing"
	"time"

	"guichet/dispositifs"
	"guichet/internal/courriel"
	"guichet/internal/dispositif"
	"guichet/internal/dossier"
	"guichet/internal/store"
	"guichet/internal/store/storetest"
	"guichet/internal/territoire"
)

// TestMailsOfSchemes writes the mail of every act of every scheme, to somebody
// and in both texts: each names the dossier, leads to it and is complete.
func TestMailsOfSchemes(t *testing.T) {
	catalogue, err := dispositif.Load(dispositifs.FS)
	if err != nil {
		t.Fatal(err)
	}
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		now := time.Date(2021, 7, 1, 8, 0, 0, 0, time.UTC)
		g := New(Options{Catalogue: catalogue, Atlas: &territoire.Atlas{}, Store: db, Now: func() time.Time { return now }, Adresse: "https://guichet.example"})
		schemes, acts := 0, map[courriel.Genre]int{}
		err := db.Write(t.Context(), func(tx *store.Tx) error {
			for _, s := range catalogue.All() {
				if len(s.Transitions) > 0 {
					schemes++
				}
				for _, tr := range s.Transitions {
					d := &dossier.Dossier{ID: "d", Numero: "2021-13-00001", Nom: "Aureille", Dispositif: s.Code, Departement: "13", Service: s.Service, Etat: tr.Vers, DeposeLe: now}
					c := dossier.Courriel{ID: "c", Dossier: d.ID, Genre: genre(d, s, tr), Objet: "o", Texte: g.nouvelle(d, s, dossier.Evenement{Motif: "Parce que\n- <b>un"})}
					if c.Genre == courriel.Accuse {
						if c.Texte, err = g.accuse(tx, d, s); err != nil {
							return err
						}
					}
					acts[c.Genre]++
					p, err := g.plie(tx, c)
					if err != nil {
						return err
					}
					for name, text := range map[string]string{"text": p.Texte, "HTML": p.HTML} {
						if !strings.Contains(text, d.Numero) || !strings.Contains(text, "https://guichet.example/dossiers/d") || strings.Contains(text, "%!") || name == "HTML" && strings.Contains(text, "<b>") {
							t.Errorf("%s, act %s, %s: %s", s.Code, tr.Acte, name, text)
						}
					}
				}
			}
			return nil
		})
		if err != nil || schemes < 8 || acts[courriel.Accuse] < 8 || acts[courriel.Decision] < 8 || acts[courriel.Demande] == 0 || acts[courriel.Suite] == 0 {
			t.Errorf("%d schemes, %v, %v", schemes, acts, err)
		}
		t.Logf("%d schemes, mails of their acts: %v", schemes, acts)
	})
}
