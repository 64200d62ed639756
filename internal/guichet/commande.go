package guichet

import (
	"context"
	"errors"

	"guichet/internal/compte"
	"guichet/internal/fault"
	"guichet/internal/store"
)

// errMinuit undoes a command during which the day changed: begun again, it has
// the rights of the new day.
var errMinuit = errors.New("the day changed meanwhile")

// commande writes as the person, with the session and the grants that they
// have at that moment: what was taken away after the request came in counts.
// others are the persons whose rights the command changes. A batch acts with
// the grants of the moment, whatever became of the session that asked for it.
func (g *Guichet) commande(ctx context.Context, a compte.Acteur, f func(*store.Tx, compte.Acteur) error, others ...compte.PersonneID) error {
	for {
		err := g.write(ctx, func(tx *store.Tx) error {
			now, err := g.relit(tx, a, others)
			if err != nil {
				return err
			}
			if err := f(tx, now); err != nil {
				return err
			}
			if now.Le != g.Aujourdhui() && relu(a) {
				return errMinuit
			}
			return nil
		})
		if !errors.Is(err, errMinuit) {
			return err
		}
	}
}

// relit is the person as they are now, until the end of the transaction.
func (g *Guichet) relit(tx *store.Tx, a compte.Acteur, others []compte.PersonneID) (compte.Acteur, error) {
	if err := tx.Verrouille(append(others, a.Personne.ID)...); err != nil || !relu(a) {
		return a, err
	}
	if a.Differe {
		now, err := g.acteurDe(tx, a.Personne.ID)
		now.Niveau, now.Differe = a.Niveau, true
		return now, err
	}
	s, err := tx.Session(a.Session)
	if errors.Is(err, fault.NotFound) {
		return a, fault.New(fault.Forbidden, "Votre session est finie : connectez-vous de nouveau, puis recommencez.")
	}
	if err != nil {
		return a, err
	}
	now, err := g.acteurDe(tx, s.Personne)
	now.Niveau, now.Session = s.Niveau, s.Empreinte
	return now, err
}

// relu reports whether the person came in by a session or a batch: only
// somebody whom the program itself makes up did not.
func relu(a compte.Acteur) bool { return a.Session != "" || a.Differe }
