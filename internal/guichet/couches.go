package guichet

import (
	"context"
	"errors"
	"slices"

	"guichet/internal/fault"
	"guichet/internal/importer"
	"guichet/internal/jour"
	"guichet/internal/store"
	"guichet/internal/territoire"
)

// An etat is the data that answers, and the version of the imported layers.
type etat struct {
	atlas    *territoire.Atlas
	version  int64
	registre []territoire.Notice
}

func (g *Guichet) carte(le jour.Jour) *territoire.Carte { return g.present.Load().atlas.Le(le) }

// Version returns a number that moves when the imported layers change: an
// answer made with another one may differ.
func (g *Guichet) Version() int64 { return g.present.Load().version }

// Actualise reads the imported layers when another process changed them, and
// reports whether it did. What answers meanwhile keeps the former ones.
func (g *Guichet) Actualise(ctx context.Context) (changed bool, err error) {
	if g.store == nil {
		return false, nil
	}
	defer fault.Wrap(&err, "guichet.Actualise")
	next := &etat{version: -1}
	var layers territoire.Couches
	err = g.store.View(ctx, func(tx *store.Tx) (err error) {
		version, err := tx.VersionCouches()
		if err != nil || version == g.Version() {
			return err
		}
		if layers, err = tx.Couches(); err != nil {
			return err
		}
		next.version = version
		next.registre, err = tx.Registre()
		return err
	})
	if err != nil || next.version < 0 {
		return false, err
	}
	next.atlas = g.base.Avec(layers)
	g.present.Store(next)
	return true, nil
}

// LitCouche reads a file against the present layers: what it holds and what it
// would change. Nothing is kept. The error is a fault.Invalid or a
// fault.TooLarge.
func (g *Guichet) LitCouche(genre importer.Genre, f importer.Fichier, e importer.Entete) (*importer.Import, error) {
	return importer.Lire(genre, f, e, g.present.Load().atlas)
}

// PoseCouche keeps what LitCouche read, in the place of the layer it replaces,
// and answers with it from then on.
func (g *Guichet) PoseCouche(ctx context.Context, i *importer.Import, empreinte string) error {
	c := territoire.Notice{Cle: i.Couches.Cle(), Genre: string(i.Genre), Titre: i.Entete.Titre, Source: i.Entete.Source,
		Millesime: i.Entete.Millesime, Lignes: i.Lignes, Empreinte: empreinte, ImporteeLe: g.now()}
	if err := g.write(ctx, func(tx *store.Tx) error { return tx.PoseCouche(&c, i.Couches) }); err != nil {
		return err
	}
	_, err := g.Actualise(ctx)
	return err
}

// RetireCouche takes an imported layer out of use. The error is a
// fault.NotFound when no layer in use has that key.
func (g *Guichet) RetireCouche(ctx context.Context, cle string) error {
	err := g.write(ctx, func(tx *store.Tx) error {
		found, err := tx.RetireCouche(cle, g.now())
		if err == nil && !found {
			return fault.New(fault.NotFound, "Aucune couche en usage n’a la clé « %s » : la commande « couches » en donne la liste.", cle)
		}
		return err
	})
	if err != nil {
		return err
	}
	_, err = g.Actualise(ctx)
	return err
}

func (g *Guichet) write(ctx context.Context, f func(*store.Tx) error) error {
	if g.store == nil {
		return fault.New(fault.Invalid, "Aucune base n’est ouverte : rien ne peut être gardé.")
	}
	if err := g.store.Write(ctx, f); !errors.Is(err, errFait) {
		return err
	}
	return nil
}

// Couches returns the register of the imported layers, the last one first;
// those taken out of use are told by their RetireeLe.
func (g *Guichet) Couches() []territoire.Notice { return slices.Clone(g.present.Load().registre) }
