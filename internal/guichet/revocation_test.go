package guichet_test

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"guichet/dispositifs"
	"guichet/internal/compte"
	"guichet/internal/dossier"
	"guichet/internal/fault"
	"guichet/internal/guichet"
	"guichet/internal/jour"
	"guichet/internal/journal"
	"guichet/internal/store"
	"guichet/internal/store/storetest"
)

// enVol is how many requests of a person are under way when their right ends.
const enVol = 50

// TestRevocation ends what lets a person write while fifty of their requests
// are under way, half of which came in before and hold what they read then:
// after the end, the register has none of their acts.
func TestRevocation(t *testing.T) {
	storetest.EachOpen(t, func(t *testing.T, db *store.DB, dsn string) {
		var clock atomic.Int64
		eve := jour.Of(2026, time.November, 3).Fin() // the last second of a day in Paris
		clock.Store(eve.UnixNano())
		o := options(t, dispositifs.FS)
		o.Store, o.Now = db, func() time.Time { return time.Unix(0, clock.Load()).UTC() }
		b := newBanc(t, db, dsn, dispositifs.FS)
		b.Guichet = guichet.New(o)
		s, etat := b.fonds(t)
		d := b.plante(t, s, etat)
		b.octroi(t, "prefet", compte.Habilitation{ID: "demo-prefet", Role: "decideur", Departement: "13", Du: b.Aujourdhui() - 9, Au: b.Aujourdhui()})
		admin := b.acteur(t, "administrateur")
		for _, c := range []struct {
			name, sub string
			end       func(a compte.Acteur) error
			over      func(e journal.Entree) bool // the entry is that of the end, or after it
		}{
			{"a grant taken away", "sciat", func(a compte.Acteur) error {
				return b.TrancheDroit(t.Context(), admin, a.Habilitations[0].ID, compte.Retiree)
			}, func(e journal.Entree) bool { return e.Acte == "retirer_droit" }},
			{"a session ended", "collegue", func(a compte.Acteur) error { _, _, err := b.FinitSession(t.Context(), a, a.Session); return err },
				func(e journal.Entree) bool { return e.Acte == "deconnexion" }},
			{"a delegation that ends at midnight in Paris", "prefet", func(compte.Acteur) error { clock.Add(int64(time.Second)); return nil },
				func(e journal.Entree) bool { return jour.DeTemps(e.Le) > le2021 }},
		} {
			t.Run(c.name, func(t *testing.T) {
				secret, a := b.ouvreSession(t, c.sub)
				b.assaut(t, d, secret, a, func() error { return c.end(a) })
				before, after, over := 0, 0, false
				for _, e := range b.entrees(t) {
					over = over || c.over(e)
					switch {
					case e.Acteur != string(a.Personne.ID) || e.Acte != "ecrire_note":
					case over:
						after++
					default:
						before++
					}
				}
				if before < enVol || after != 0 {
					t.Errorf("%d acts before the end, %d after; want at least %d, then none", before, after, enVol)
				}
				t.Logf("%d requests under way, %d acts before the end, %d after", enVol, before, after)
			})
		}
	})
}

// ouvreSession signs a person of the demonstration in, and keeps the secret.
func (s scene) ouvreSession(t *testing.T, sub string) (string, compte.Acteur) {
	t.Helper()
	secret, err := s.Connecte(t.Context(), guichet.Identite{Emetteur: demoIssuer, Sub: sub, Nom: sub, Niveau: compte.Fort})
	if err != nil {
		t.Fatal(err)
	}
	a, err := s.Acteur(t.Context(), secret)
	if err != nil {
		t.Fatal(err)
	}
	return secret, a
}

// assaut writes on the dossier from fifty places at once until each is
// refused; once fifty writings are kept, end ends the right.
func (b *banc) assaut(t *testing.T, d *dossier.Dossier, secret string, a compte.Acteur, end func() error) {
	t.Helper()
	kept := make(chan struct{}, 100*enVol)
	var wg sync.WaitGroup
	var over atomic.Bool
	for i := range enVol {
		wg.Go(func() {
			for n := range 100 {
				who := a // came in before the end
				if i%2 == 0 {
					var err error
					if who, err = b.Acteur(t.Context(), secret); err != nil {
						t.Error(err)
						return
					}
				}
				late := over.Load()
				err := b.Ecrit(t.Context(), who, guichet.Geste{Dossier: d.ID, Cle: fmt.Sprint(t.Name(), i, "-", n)}, guichet.NouveauMessage{Genre: dossier.Note, Texte: "Note"})
				if errors.Is(err, fault.Forbidden) || errors.Is(err, fault.NotFound) {
					return
				}
				if err != nil {
					t.Error(err)
					return
				}
				if late {
					t.Error("a writing begun after the end is kept")
					return
				}
				kept <- struct{}{}
			}
			t.Error("a hundred writings and no refusal: the right did not end")
		})
	}
	for range enVol {
		<-kept
	}
	if err := end(); err != nil {
		t.Error(err)
	}
	over.Store(true)
	wg.Wait()
}
