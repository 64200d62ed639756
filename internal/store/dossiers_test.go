package store_test

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"guichet/internal/compte"
	"guichet/internal/dossier"
	"guichet/internal/eligibilite"
	"guichet/internal/euro"
	"guichet/internal/fault"
	"guichet/internal/jour"
	"guichet/internal/journal"
	"guichet/internal/store"
	"guichet/internal/store/storetest"
)

func write(t *testing.T, db *store.DB, f func(*store.Tx) error) {
	t.Helper()
	if err := db.Write(t.Context(), f); err != nil {
		t.Fatal(err)
	}
}

func brouillon(id string) (*dossier.Dossier, dossier.Evenement) {
	d := &dossier.Dossier{ID: dossier.ID(id), Dispositif: "vta", Organisation: "211300065", Nom: "Aureille", Departement: "13", Service: "prefecture",
		Demandeur: eligibilite.Demandeur{Type: "commune", Insee: "13006"}, Etat: "brouillon", CreeLe: matin,
		Reponses: dossier.Reponses{"formulaire": {Texte: "Écrit « ainsi »", Origine: "essai"}}}
	return d, d.Noter("creer", "Créer", dossier.Auteur{Personne: compte.Personne{ID: "p"}, Role: "elu", Le: matin, Cle: "cle-" + id})
}

// TestDossier keeps a dossier with all it holds and reads it back equal.
func TestDossier(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d, ev := brouillon("d1")
		d.Volet, d.Engagements, d.Instructeur = "projet", []string{"a", "b"}, "q"
		d.Pieces = []dossier.Piece{{ID: "j1", Piece: "video", Nom: "é.mp4", Octets: 12, Duree: 3 * time.Minute, Empreinte: "ab", Le: matin}}
		d.Gel = &dossier.Gel{Le: jour.Of(2021, 7, 1), Verdict: "oui", Montant: euro.Of(15_000), Raisons: []string{"R"}, Conditions: []dossier.Constat{{ID: "c", Cite: []string{"x:1"}}}}
		write(t, db, func(tx *store.Tx) error { _, err := tx.InsereDossier(d, ev); return err })
		next := d.Clone()
		second := next.Noter("deposer", "Déposer", dossier.Auteur{Le: matin.Add(time.Hour)})
		next.Numero, next.DeposeLe = "2021-13-1", matin.Add(time.Hour)
		next.Decision = &dossier.Decision{Issue: "accord", Montant: euro.Of(15_000), Le: matin}
		write(t, db, func(tx *store.Tx) error { return tx.SauveDossier(next, second) })
		got := read(t, db, func(tx *store.Tx) (*dossier.Dossier, error) { return tx.Dossier("d1") })
		if diff := cmp.Diff(next, got); diff != "" {
			t.Errorf("the dossier (-want +got):\n%s", diff)
		}
		events := read(t, db, func(tx *store.Tx) ([]dossier.Evenement, error) { return tx.Evenements("d1") })
		if diff := cmp.Diff([]dossier.Evenement{ev, second}, events); diff != "" {
			t.Errorf("the events (-want +got):\n%s", diff)
		}
		err := db.Write(t.Context(), func(tx *store.Tx) error { return tx.SauveDossier(next, second) })
		if !errors.Is(err, fault.Conflict) {
			t.Errorf("saved twice from one version: %v, want a conflict", err)
		}
		if err := db.View(t.Context(), func(tx *store.Tx) error { _, err := tx.Dossier("d2"); return err }); !errors.Is(err, fault.NotFound) {
			t.Errorf("an unknown dossier: %v", err)
		}
	})
}

// TestOneDossier posts one form twenty times at once: one dossier, twenty
// times the same answer.
func TestOneDossier(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		var wg sync.WaitGroup
		ids := make([]dossier.ID, 20)
		for i := range ids {
			wg.Go(func() {
				d, ev := brouillon(fmt.Sprint("d", i))
				ev.Cle = "la même"
				err := db.Write(t.Context(), func(tx *store.Tx) error {
					kept, err := tx.InsereDossier(d, ev)
					if err == nil {
						ids[i] = kept.ID
					}
					return err
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		for _, id := range ids {
			if id != ids[0] || id == "" {
				t.Fatalf("several dossiers: %v", ids)
			}
		}
		all, _, err := dossiers(t, db, store.FiltreDossiers{Limite: 50})
		if err != nil || len(all) != 1 {
			t.Errorf("%d dossiers, %v; want one", len(all), err)
		}
	})
}

func dossiers(t *testing.T, db *store.DB, f store.FiltreDossiers) (all []*dossier.Dossier, suite string, err error) {
	err = db.View(t.Context(), func(tx *store.Tx) (err error) {
		all, suite, err = tx.Dossiers(f)
		return err
	})
	return all, suite, err
}

// TestDossiers pages through the dossiers, each once, the last changed first,
// and keeps to what the filter admits.
func TestDossiers(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		for i := range 25 {
			d, ev := brouillon(fmt.Sprintf("d%02d", i))
			d.ModifieLe = matin.Add(time.Duration(i/2) * time.Second) // two at each instant
			if i%5 == 0 {
				d.Organisation, d.Departement, d.DeposeLe = "211300081", "84", matin
			}
			write(t, db, func(tx *store.Tx) error { _, err := tx.InsereDossier(d, ev); return err })
		}
		seen, after := map[dossier.ID]bool{}, ""
		for range 10 {
			page, suite, err := dossiers(t, db, store.FiltreDossiers{Limite: 7, Apres: after})
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range page {
				if seen[d.ID] {
					t.Errorf("%s is on two pages", d.ID)
				}
				seen[d.ID] = true
			}
			if after = suite; after == "" {
				break
			}
		}
		if len(seen) != 25 {
			t.Errorf("%d dossiers seen, want 25", len(seen))
		}
		for name, f := range map[string]store.FiltreDossiers{
			"organisation": {Organisation: "211300081"}, "département": {Departement: "84"}, "filed": {Deposes: true},
		} {
			f.Limite = 50
			if got, _, err := dossiers(t, db, f); err != nil || len(got) != 5 {
				t.Errorf("by %s: %d dossiers, %v; want 5", name, len(got), err)
			}
		}
	})
}

// TestRegister writes entries from several hands: the chain is whole, and the
// database refuses to change it.
func TestRegister(t *testing.T) {
	storetest.EachOpen(t, func(t *testing.T, db *store.DB, dsn string) {
		var wg sync.WaitGroup
		for i := range 8 {
			wg.Go(func() {
				for range 10 {
					err := db.Write(t.Context(), func(tx *store.Tx) error {
						_, err := tx.Inscrit(journal.Entree{Le: time.Now(), Acteur: fmt.Sprint("p", i), Acte: "deposer", Objet: "dossier/x"})
						return err
					})
					if err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		var v journal.Verificateur
		err := db.View(t.Context(), func(tx *store.Tx) error { return tx.Journal(v.Suivante) })
		if numero, _ := v.Tete(); err != nil || numero != 80 {
			t.Errorf("the chain stops at %d: %v", numero, err)
		}
		d, ev := brouillon("d1")
		write(t, db, func(tx *store.Tx) error { _, err := tx.InsereDossier(d, ev); return err })
		refused := 0
		for _, statement := range []string{`UPDATE journal SET acte = 'x' WHERE numero = 3`, `DELETE FROM journal WHERE numero = 3`, `DELETE FROM journal`,
			`UPDATE evenement SET motif = 'x'`} {
			if err := storetest.Exec(t, dsn, statement); err == nil {
				t.Errorf("accepted: %s", statement)
			} else {
				refused++
			}
		}
		t.Logf("%d rewritings refused by the database", refused)
	})
}

// TestCourrielsDus lets several senders take the mails: each mail is taken
// once, and comes back later when its sender says nothing more.
func TestCourrielsDus(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		for i := range 30 {
			write(t, db, func(tx *store.Tx) error {
				return tx.PoseCourriel(dossier.Courriel{ID: fmt.Sprint("c", i), Dossier: "d1", Adresse: "a@b.fr", Objet: "o", Texte: "t", CreeLe: matin})
			})
		}
		var taken atomic.Int64
		var wg sync.WaitGroup
		for range 6 {
			wg.Go(func() {
				for range 4 {
					err := db.Write(t.Context(), func(tx *store.Tx) error {
						got, err := tx.CourrielsDus(matin, matin.Add(time.Minute), 3)
						taken.Add(int64(len(got)))
						return err
					})
					if err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		left := read(t, db, func(tx *store.Tx) ([]dossier.Courriel, error) { return tx.Courriels("d1") })
		tries := 0
		for _, c := range left {
			tries += c.Essais
		}
		if tries != int(taken.Load()) || tries > 30 {
			t.Errorf("%d mails taken, %d tries", taken.Load(), tries)
		}
		write(t, db, func(tx *store.Tx) error { return tx.CourrielEnvoye("c0", matin) })
		write(t, db, func(tx *store.Tx) error { return tx.CourrielRefuse("c1", "550", time.Time{}) })
		write(t, db, func(tx *store.Tx) error { return tx.CourrielRefuse("c2", "450", matin.Add(time.Hour)) })
		write(t, db, func(tx *store.Tx) error {
			again, err := tx.CourrielsDus(matin.Add(2*time.Minute), matin.Add(time.Hour), 50)
			for _, c := range again {
				if c.ID == "c0" || c.ID == "c1" || c.ID == "c2" {
					t.Errorf("%s comes back", c.ID)
				}
			}
			if len(again) != 27 {
				t.Errorf("%d mails come back, want 27", len(again))
			}
			return err
		})
	})
}

// TestPersonne: identity is the provider and its sub; the address is not.
func TestPersonne(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		pose := func(p compte.Personne) (out compte.Personne) {
			write(t, db, func(tx *store.Tx) (err error) { out, err = tx.PosePersonne(p, matin); return err })
			return out
		}
		first := pose(compte.Personne{ID: "p1", Emetteur: "a", Sub: "1", Nom: "Avant", Courriel: "x@y.fr"})
		again := pose(compte.Personne{ID: "p2", Emetteur: "a", Sub: "1", Nom: "Après", Courriel: "z@y.fr"})
		other := pose(compte.Personne{ID: "p3", Emetteur: "b", Sub: "1", Nom: "Autre", Courriel: "x@y.fr"})
		if again.ID != first.ID || other.ID != "p3" {
			t.Errorf("the same sub is %s then %s; another provider with the same address is %s", first.ID, again.ID, other.ID)
		}
		got := read(t, db, func(tx *store.Tx) (compte.Personne, error) { return tx.Personne("p1") })
		if got.Nom != "Après" || got.Courriel != "z@y.fr" {
			t.Errorf("kept %+v", got)
		}
	})
}

// TestSessions: a session ends when told so, by its owner only; an unfinished
// login serves once.
func TestSessions(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		write(t, db, func(tx *store.Tx) error {
			if _, err := tx.PosePersonne(compte.Personne{ID: "p1", Emetteur: "a", Sub: "1"}, matin); err != nil {
				return err
			}
			for _, s := range []string{"s1", "s2", "vieille"} {
				at := matin
				if s == "vieille" {
					at = matin.Add(-24 * time.Hour)
				}
				if err := tx.PoseSession(compte.Session{Empreinte: s, Personne: "p1", Niveau: compte.Fort, CreeeLe: at, VueLe: at}); err != nil {
					return err
				}
			}
			if err := tx.FinitSession("s1", "quelqu’un d’autre"); err != nil {
				return err
			}
			if err := tx.FinitSession("s2", "p1"); err != nil {
				return err
			}
			return tx.FinitVieilles(matin.Add(-time.Hour), matin.Add(-12*time.Hour), matin)
		})
		left := read(t, db, func(tx *store.Tx) ([]compte.Session, error) { return tx.Sessions("p1") })
		if len(left) != 1 || left[0].Empreinte != "s1" || left[0].Niveau != compte.Fort || !left[0].CreeeLe.Equal(matin) {
			t.Errorf("left %+v, want s1", left)
		}
		write(t, db, func(tx *store.Tx) error { return tx.PoseAttente("a", "contenu", matin) })
		for _, want := range []bool{true, false} {
			err := db.Write(t.Context(), func(tx *store.Tx) error {
				got, err := tx.PrendAttente("a")
				if want && got != "contenu" {
					t.Errorf("got %q", got)
				}
				return err
			})
			if (err == nil) != want {
				t.Errorf("taken: %v, want %v", err, want)
			}
		}
	})
}

// TestHabilitations keeps grants with their dates and changes their state.
func TestHabilitations(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := compte.Habilitation{ID: "h1", Personne: "p1", Role: "elu", Organisation: "211300065", Du: jour.Of(2021, 1, 1), Plafond: euro.Of(5), Etat: compte.Demandee}
		write(t, db, func(tx *store.Tx) error {
			if _, err := tx.PosePersonne(compte.Personne{ID: "p1", Emetteur: "a", Sub: "1"}, matin); err != nil {
				return err
			}
			if err := tx.PoseOrganisation(compte.Organisation{Siren: "211300065", Nom: "Aureille", Type: "commune", Insee: "13006", Departement: "13"}); err != nil {
				return err
			}
			return tx.PoseHabilitation(h)
		})
		asked := read(t, db, func(tx *store.Tx) ([]compte.Habilitation, error) { return tx.MandatsDemandes("13") })
		if diff := cmp.Diff([]compte.Habilitation{h}, asked); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		h.Etat, h.Au = compte.Active, jour.Of(2026, 3, 1)
		write(t, db, func(tx *store.Tx) error { return tx.PoseHabilitation(h) })
		held := read(t, db, func(tx *store.Tx) ([]compte.Habilitation, error) { return tx.Habilitations("p1") })
		if diff := cmp.Diff([]compte.Habilitation{h}, held); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if none := read(t, db, func(tx *store.Tx) ([]compte.Habilitation, error) { return tx.MandatsDemandes("13") }); len(none) != 0 {
			t.Errorf("still asked: %v", none)
		}
	})
}
