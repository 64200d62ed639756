package guichet

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"

	"guichet/internal/compte"
	"guichet/internal/courriel"
	"guichet/internal/dossier"
	"guichet/internal/fault"
	"guichet/internal/francais"
	"guichet/internal/jour"
	"guichet/internal/store"
)

// errVide undoes a digest whose news went elsewhere meanwhile.
var errVide = errors.New("nothing to tell")

// Recapitule makes the digests whose time has come and returns how many. Each
// is one transaction: of two nodes, one makes it.
func (g *Guichet) Recapitule(ctx context.Context) (made int, err error) {
	now := g.maintenant()
	if !(courriel.Plan{Le: courriel.Prochain(now, 0)}).Du(now) {
		return 0, nil // nobody's turn before eight o'clock of a working day
	}
	var plans []courriel.Plan
	err = g.view(ctx, func(tx *store.Tx) (err error) {
		plans, err = g.plans(tx, "")
		return err
	})
	for _, p := range plans {
		if err != nil {
			return made, err
		}
		if !p.Du(now) {
			continue
		}
		err = g.write(ctx, func(tx *store.Tx) error { return g.recapitule(tx, p) })
		switch {
		case err == nil:
			made++
		case errors.Is(err, errVide):
			err = nil
		}
	}
	return made, err
}

// plans are the digests to come, of one person or of everybody.
func (g *Guichet) plans(tx *store.Tx, p compte.PersonneID) ([]courriel.Plan, error) {
	news, err := tx.Attentes(p)
	if err != nil {
		return nil, err
	}
	last := make(map[compte.PersonneID]jour.Jour)
	for _, n := range news {
		if _, known := last[n.Personne]; known {
			continue
		}
		if last[n.Personne], err = tx.DernierRecapitulatif(n.Personne); err != nil {
			return nil, err
		}
	}
	return courriel.Recapitulatifs(g.maintenant(), news, last), nil
}

// recapitule makes one digest. Its identifier is that of the person and the
// day, so the base refuses a second one.
func (g *Guichet) recapitule(tx *store.Tx, p courriel.Plan) error {
	who, err := tx.Personne(p.Personne)
	if f := fault.Of(err); err != nil && (f == nil || f.Kind != fault.NotFound) {
		return err
	}
	sum := sha256.Sum256([]byte("recapitulatif " + string(p.Personne) + " " + g.Aujourdhui().String()))
	c := dossier.Courriel{ID: hex.EncodeToString(sum[:16]), Personne: p.Personne, Adresse: who.Courriel, CreeLe: g.maintenant(),
		Objet: "Vos dossiers : " + francais.Compte(len(p.Courriels), "nouvelle", "nouvelles"),
		Texte: "Ce qui s’est passé depuis le dernier récapitulatif.\n"}
	first, err := tx.PoseRecapitulatif(c)
	if err != nil {
		return err
	}
	if !first {
		return errVide
	}
	told := 0
	for _, id := range p.Courriels {
		waited, err := tx.Raconte(id, c.ID)
		if err != nil {
			return err
		}
		if waited {
			told++
		}
	}
	if told == 0 {
		return errVide
	}
	return nil
}
