package store_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"guichet/internal/compte"
	"guichet/internal/fault"
	"guichet/internal/jour"
	"guichet/internal/siren"
	"guichet/internal/store"
	"guichet/internal/store/storetest"
)

// TestInvitation keeps an invitation and reads it back by its organisation and
// by each of its secrets; an address has one that waits for each role.
func TestInvitation(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		const commune, autre siren.Siren = "211300066", "211300520"
		write(t, db, func(tx *store.Tx) error {
			_, err := tx.PosePersonne(compte.Personne{ID: "p", Emetteur: "e", Sub: "s", Prenoms: "Ada", Nom: "L"}, matin)
			return errors.Join(err, tx.PoseOrganisation(compte.Organisation{Siren: commune, Nom: "Aureille", Departement: "13"}), tx.PoseOrganisation(compte.Organisation{Siren: autre, Nom: "Maillane", Departement: "13"}))
		})
		i := compte.Invitation{ID: "i1", Organisation: commune, Role: "elu", Adresse: "a@x.fr", Par: "p", CreeLe: matin, ExpireLe: jour.Of(2021, 7, 15), Etat: compte.Envoyee}
		write(t, db, func(tx *store.Tx) error {
			return errors.Join(tx.TientOrganisation(commune), tx.PoseInvitation(i), tx.PoseSecretInvitation("d1", "i1"), tx.PoseSecretInvitation("d2", "i1"))
		})
		for name, f := range map[string]func(*store.Tx) (compte.Invitation, error){
			"by its ID":           func(tx *store.Tx) (compte.Invitation, error) { return tx.Invitation(commune, "i1") },
			"by its first secret": func(tx *store.Tx) (compte.Invitation, error) { return tx.InvitationSecrete("d1") },
			"by its second":       func(tx *store.Tx) (compte.Invitation, error) { return tx.InvitationSecrete("d2") },
		} {
			if diff := cmp.Diff(i, read(t, db, f)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", name, diff)
			}
		}
		for name, f := range map[string]func(*store.Tx) error{
			"of another organisation": func(tx *store.Tx) error { _, err := tx.Invitation(autre, "i1"); return err },
			"by another secret":       func(tx *store.Tx) error { _, err := tx.InvitationSecrete("d3"); return err },
			"by no secret":            func(tx *store.Tx) error { _, err := tx.InvitationSecrete(""); return err },
			"the employer of nobody":  func(tx *store.Tx) error { _, err := tx.Employeur("q"); return err },
		} {
			if err := db.View(t.Context(), f); !errors.Is(err, fault.NotFound) {
				t.Errorf("%s: %v", name, err)
			}
		}
		twin := i
		twin.ID = "i2"
		if err := db.Write(t.Context(), func(tx *store.Tx) error { return tx.PoseInvitation(twin) }); err == nil {
			t.Error("two that wait for one address and one role")
		}
		i.Etat, i.Personne = compte.Acceptee, "p"
		write(t, db, func(tx *store.Tx) error { return errors.Join(tx.FinitInvitation(i), tx.PoseInvitation(twin)) })
		sent := read(t, db, func(tx *store.Tx) ([]compte.Invitation, error) { return tx.InvitationsEnvoyees(commune) })
		if diff := cmp.Diff([]compte.Invitation{twin}, sent); diff != "" {
			t.Errorf("those that wait (-want +got):\n%s", diff)
		}
		for since, want := range map[time.Time]int{matin: 2, matin.Add(time.Second): 0} {
			if n := read(t, db, func(tx *store.Tx) (int, error) { return tx.CompteInvitations(commune, since) }); n != want {
				t.Errorf("%d since %v, want %d", n, since, want)
			}
		}
		if people := read(t, db, func(tx *store.Tx) (map[compte.PersonneID]compte.Personne, error) { return tx.PersonnesDe(commune) }); len(people) != 1 || people["p"].Prenoms != "Ada" {
			t.Errorf("the persons of the organisation: %v", people)
		}
	})
}

// TestEmployeur: what the provider vouches for stays while the person comes
// back under another name; suspended grants are found by their département.
func TestEmployeur(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		come := func(name string) {
			write(t, db, func(tx *store.Tx) error {
				_, err := tx.PosePersonne(compte.Personne{ID: "p", Emetteur: "e", Sub: "s", Nom: name}, matin)
				return err
			})
		}
		employer := func() siren.Siret {
			return read(t, db, func(tx *store.Tx) (siren.Siret, error) { return tx.Employeur("p") })
		}
		come("Avant")
		if s := employer(); s != "" {
			t.Errorf("a new person has the employer %q", s)
		}
		write(t, db, func(tx *store.Tx) error { return tx.PoseEmployeur("p", "21130006600016") })
		come("Après")
		if s := employer(); s != "21130006600016" {
			t.Errorf("the employer is now %q", s)
		}
		write(t, db, func(tx *store.Tx) error {
			return errors.Join(tx.PoseOrganisation(compte.Organisation{Siren: "211300066", Departement: "13"}),
				tx.PoseHabilitation(compte.Habilitation{ID: "a", Personne: "p", Role: "elu", Organisation: "211300066", Etat: compte.Suspendue}),
				tx.PoseHabilitation(compte.Habilitation{ID: "b", Personne: "p", Role: "agent_coll", Organisation: "211300066", Etat: compte.Active}))
		})
		for dept, want := range map[string]int{"13": 1, "84": 0} {
			if found := read(t, db, func(tx *store.Tx) ([]compte.Habilitation, error) { return tx.Suspendues(dept) }); len(found) != want {
				t.Errorf("%d suspended in %s, want %d", len(found), dept, want)
			}
		}
	})
}
