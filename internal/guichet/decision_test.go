package guichet_test

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"guichet/internal/compte"
	"guichet/internal/dispositif"
	"guichet/internal/dossier"
	"guichet/internal/fault"
	"guichet/internal/guichet"
	"guichet/internal/store"
)

// rivales are the acts of the scheme that decide opposite things from one
// state.
func rivales(s *dispositif.Dispositif) (etat string, pair []dispositif.Transition) {
	for _, e := range s.Etats {
		pair = nil
		for _, issue := range []string{"accord", "refus"} {
			for _, x := range s.Transitions {
				if x.Issue == issue && slices.Contains(x.De, e.Code) {
					pair = append(pair, x)
					break
				}
			}
		}
		if len(pair) == 2 {
			return e.Code, pair
		}
	}
	return "", nil
}

// TestRivals gives each of sixty dossiers of every scheme to ten persons
// at once, five of whom grant and five refuse: one decision, the mails say it,
// the others learn who decided. GUICHET_DECISIONS asks for more.
func TestRivals(t *testing.T) {
	count, err := strconv.Atoi(os.Getenv("GUICHET_DECISIONS"))
	if err != nil {
		count = 60
	}
	eachBanc(t, func(t *testing.T, b *banc) {
		schemes := slices.DeleteFunc(slices.Clone(b.schemes), func(s *dispositif.Dispositif) bool { _, pair := rivales(s); return pair == nil })
		losers := 0
		for n := range count {
			s := schemes[n%len(schemes)]
			etat, pair := rivales(s)
			d := b.plante(t, s, etat)
			losers += b.tranche(t, d, pair)
		}
		t.Logf("%d dossiers of %d schemes, 10 persons each, %d decisions, %d told who decided", count, len(schemes), count, losers)
	})
}

// tranche lets ten persons decide at once, and checks what is left.
func (b *banc) tranche(t *testing.T, d *dossier.Dossier, pair []dispositif.Transition) (losers int) {
	t.Helper()
	errs, names := make([]error, 10), make([]string, 10)
	var wg sync.WaitGroup
	for i := range errs {
		x := pair[i%2]
		who, _ := b.who(x, d)
		who.Personne.ID, who.Personne.Nom = compte.PersonneID(fmt.Sprint("p", i)), fmt.Sprintf("Numéro%d.", i)
		names[i] = who.Personne.NomComplet()
		act := guichet.Acte{Dossier: d.ID, Acte: x.Acte, Cle: fmt.Sprint(d.ID, i), Motif: "Raison de " + names[i]}
		wg.Go(func() { errs[i] = b.Agir(t.Context(), who, act) })
	}
	wg.Wait()
	won := slices.Index(errs, nil)
	if won < 0 {
		t.Fatalf("%s: nobody decides: %v", d.ID, errs)
	}
	for i, err := range errs {
		switch {
		case i == won:
		case err == nil:
			t.Errorf("%s: two decisions", d.ID)
		case !errors.Is(err, fault.Conflict) || !strings.Contains(fault.Of(err).Message, names[won]):
			t.Errorf("%s: a loser gets %v; want a conflict that names %s", d.ID, err, names[won])
		default:
			losers++
		}
	}
	err := b.db.View(t.Context(), func(tx *store.Tx) error {
		after, err := tx.Dossier(d.ID)
		if err != nil {
			return err
		}
		if after.Etat != pair[won%2].Vers || after.Decision == nil || after.Decision.Issue != pair[won%2].Issue {
			t.Errorf("%s: state %s, decision %+v, won by %s", d.ID, after.Etat, after.Decision, pair[won%2].Acte)
		}
		mails, err := tx.Courriels(d.ID)
		for _, m := range mails {
			if m.Genre != "suite" && m.Genre != "decision" || strings.Contains(m.Texte, "Raison") && !strings.Contains(m.Texte, names[won]) {
				t.Errorf("%s: a mail %s says %q", d.ID, m.Genre, m.Texte)
			}
		}
		if len(mails) == 0 {
			t.Errorf("%s: nobody is told", d.ID)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return losers
}
