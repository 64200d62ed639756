package guichet_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"guichet/dispositifs"
	"guichet/internal/compte"
	"guichet/internal/dossier"
	"guichet/internal/fault"
	"guichet/internal/fichier"
	"guichet/internal/guichet"
	"guichet/internal/store"
	"guichet/internal/store/storetest"
)

// A demande asks for one right on a dossier that gives no other reason to
// refuse it.
type demande struct {
	lit  compte.Droit // without which nobody knows of the dossier
	fait func(ctx context.Context, a compte.Acteur) error
}

// demandes are, for each right that a command asks for, a way to ask for it. A
// command that the rights let through is then refused for another reason, so
// that nothing changes.
func (b *banc) demandes(t *testing.T) map[compte.Droit]demande {
	t.Helper()
	s := b.schemeWith(t, "dossier")
	draft, filed := b.plante(t, s, s.Initial()), b.plante(t, s, s.Transitions[0].Vers)
	all := map[compte.Droit]demande{
		"brouillon.lire": {lit: "brouillon.lire", fait: func(ctx context.Context, a compte.Acteur) error { _, err := b.Dossier(ctx, a, draft.ID); return err }},
		"dossier.lire":   {lit: "dossier.lire", fait: func(ctx context.Context, a compte.Acteur) error { _, err := b.Dossier(ctx, a, filed.ID); return err }},
		"brouillon.modifier": {lit: "brouillon.lire", fait: func(ctx context.Context, a compte.Acteur) error {
			_, err := b.Enregistre(ctx, a, guichet.Saisie{Dossier: draft.ID, Version: draft.Version})
			return err
		}},
		"piece.deposer": {lit: "brouillon.lire", fait: func(ctx context.Context, a compte.Acteur) error {
			return b.RetirePiece(ctx, a, draft.ID, "absente")
		}},
		"piece.lire": {lit: "dossier.lire", fait: func(ctx context.Context, a compte.Acteur) error {
			_, _, err := b.OuvrePiece(ctx, a, filed.ID, "absente")
			return err
		}},
		"dossier.prendre": {lit: "dossier.lire", fait: func(ctx context.Context, a compte.Acteur) error {
			return b.Prend(ctx, a, guichet.Geste{Dossier: filed.ID, Cle: "creer-" + string(filed.ID)}) // a form already used
		}},
	}
	for _, x := range s.Transitions {
		d := b.plante(t, s, x.De[0])
		lit := compte.Droit("dossier.lire")
		if d.Brouillon() {
			lit = "brouillon.lire"
		}
		act := guichet.Acte{Dossier: d.ID, Acte: x.Acte, Motif: "Raison"}
		all[compte.Droit("acte."+x.Role)] = demande{lit: lit, fait: func(ctx context.Context, a compte.Acteur) error {
			return b.Agir(store.AvecPannes(ctx, func(query string) error {
				if query == "COMMIT" {
					return errPanne
				}
				return nil
			}), a, act)
		}}
	}
	return all
}

// permis reports whether the refusal, if any, is not one of rights.
func permis(err error) bool {
	if err == nil || errors.Is(err, errPanne) {
		return true
	}
	f := fault.Of(err)
	return f.Kind != fault.Forbidden && (f.Kind != fault.NotFound || strings.Contains(f.Message, "document"))
}

// TestMutants changes each cell of the table of rights that the counter uses,
// one at a time: a right taken from a role, or given to one. The probes of the
// right, in and out of its place, must see it.
func TestMutants(t *testing.T) {
	dsn := storetest.Sqlite(t)
	db, err := store.Open(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	b := newBanc(t, db, dsn, dispositifs.FS)
	o := options(t, dispositifs.FS)
	depot, err := fichier.Ouvrir(t.TempDir(), fichier.Acces{})
	if err != nil {
		t.Fatal(err)
	}
	o.Store, o.Coffre = db, guichet.Coffre{Depot: depot}
	b.Guichet = guichet.New(o)
	asks := b.demandes(t)
	odd := func(droit compte.Droit) (out []string) {
		for _, role := range slices.Sorted(maps.Keys(b.droits.Roles)) {
			for _, at := range []place{surPlace, autreService, horsLieu} {
				if at == autreService && b.droits.Roles[role].Portee == "organisation" {
					continue
				}
				d := &dossier.Dossier{Service: b.schemeWith(t, "dossier").Service, Operateur: b.schemeWith(t, "dossier").Operateur}
				a := moved(b.agent(role, d.Service), at, d)
				want := b.peut(droit, role, at, d) && b.peut(asks[droit].lit, role, at, d)
				if got := permis(asks[droit].fait(t.Context(), a)); got != want {
					out = append(out, fmt.Sprintf("%s to %s at %d: %v, want %v", droit, role, at, got, want))
				}
			}
		}
		return out
	}
	mutants, killed := 0, 0
	for _, droit := range slices.Sorted(maps.Keys(asks)) {
		for _, wrong := range odd(droit) {
			t.Error(wrong)
		}
		cells := b.Politique().Droits[droit]
		for _, role := range slices.Sorted(maps.Keys(b.droits.Roles)) {
			relation, held := cells[role]
			if asks[droit].lit != droit && !held && !b.peut(asks[droit].lit, role, surPlace, &dossier.Dossier{}) {
				continue // a right on what one may not see gives nothing: no difference to find
			}
			membre := func(x compte.Separation) bool { return x.ID == "SOD4" && slices.Contains(x.Droits, droit) }
			if !held && b.droits.Roles[role].Portee == "organisation" && slices.ContainsFunc(b.droits.Separations, membre) {
				continue // a member is refused by a separation as well
			}
			mutants++
			if delete(cells, role); !held {
				cells[role] = map[bool]compte.Relation{true: "org", false: "dept"}[b.droits.Roles[role].Portee == "organisation"]
			}
			if len(odd(droit)) > 0 {
				killed++
			} else {
				t.Logf("%s of %s: not seen", droit, role)
			}
			if delete(cells, role); held {
				cells[role] = relation
			}
		}
	}
	if killed*100 < mutants*95 {
		t.Errorf("%d of %d changes of the table are seen, want 95 %%", killed, mutants)
	}
	t.Logf("%d rights, %d changes of the table, %d seen", len(asks), mutants, killed)
}
