package store_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"guichet/internal/compte"
	"guichet/internal/fault"
	"guichet/internal/jour"
	"guichet/internal/store"
	"guichet/internal/store/storetest"
)

// TestDerogations: an exemption comes back as it was written, and only its
// state changes; who granted and who confirmed stays with a grant.
func TestDerogations(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := compte.Derogation{ID: "d1", Departement: "13", Separation: "SOD1", Motif: "Un agent", Du: jour.Of(2021, 7, 1), Au: jour.Of(2021, 9, 30), Par: "p1", Etat: compte.Active}
		h := compte.Habilitation{ID: "h1", Personne: "p1", Role: "decideur", Departement: "13", Etat: compte.Demandee, Par: "p2"}
		write(t, db, func(tx *store.Tx) error {
			for _, id := range []compte.PersonneID{"p1", "p2"} {
				if _, err := tx.PosePersonne(compte.Personne{ID: id, Emetteur: "e", Sub: string(id), Courriel: "Une.Personne@exemple.fr"}, time.Now()); err != nil {
					return err
				}
			}
			return errors.Join(tx.PoseDerogation(d), tx.PoseHabilitation(h))
		})
		d.Etat, h.Etat, h.ConfirmePar = compte.Retiree, compte.Active, "p3"
		write(t, db, func(tx *store.Tx) error {
			other := d
			other.Motif = "Autre"
			return errors.Join(tx.PoseDerogation(other), tx.PoseHabilitation(h))
		})
		if diff := cmp.Diff([]compte.Derogation{d}, read(t, db, func(tx *store.Tx) ([]compte.Derogation, error) { return tx.Derogations("13") })); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff([]compte.Habilitation{h}, read(t, db, func(tx *store.Tx) ([]compte.Habilitation, error) { return tx.HabilitationsAgents("13") })); diff != "" {
			t.Error(diff)
		}
		for address, want := range map[string]int{"une.personne@EXEMPLE.fr": 2, "une.personne@exemple": 0, "%": 0, "Une_Personne@exemple.fr": 0} {
			if got := read(t, db, func(tx *store.Tx) ([]compte.Personne, error) { return tx.PersonnesA(address) }); len(got) != want {
				t.Errorf("%q finds %d persons, want %d", address, len(got), want)
			}
		}
		err := db.View(t.Context(), func(tx *store.Tx) error { _, err := tx.Derogation("inconnue"); return err })
		if !errors.Is(err, fault.NotFound) {
			t.Errorf("an unknown exemption: %v", err)
		}
	})
}
