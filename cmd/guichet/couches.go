package main

import (
	"fmt"

	"guichet/internal/fault"
	"guichet/internal/francais"
	"guichet/internal/guichet"
)

// A couchesCmd lists the imported layers, or takes one out of use.
type couchesCmd struct {
	Retirer string `help:"Clé de la couche à retirer." placeholder:"CLE"`
	consultationSansJour
}

// Run lists or removes.
func (c *couchesCmd) Run(k *console) error {
	db, err := c.consulte(k.ctx)
	if err != nil {
		return err
	}
	if db == nil {
		if c.Retirer != "" {
			return fault.New(fault.NotFound, "Rien n’a encore été importé dans « %s ».", c.Donnees)
		}
		fmt.Fprintln(k.out, "Aucune couche importée.")
		return nil
	}
	defer db.Close()
	g, err := open(k, c.Dispositifs, guichet.Options{Store: db})
	if err != nil {
		return err
	}
	if c.Retirer != "" {
		if err := g.RetireCouche(k.ctx, c.Retirer); err != nil {
			return err
		}
		fmt.Fprintln(k.out, "Retirée. Le registre en garde la trace.")
		return nil
	}
	layers := g.Couches()
	if len(layers) == 0 {
		fmt.Fprintln(k.out, "Aucune couche importée.")
	}
	for _, n := range layers {
		fmt.Fprintf(k.out, "%s\n  %s\n  source : %s, %s ; millésime %d ; %s ; empreinte %.12s…\n  importée le %s", n.Cle, n.Titre,
			n.Source.Titre, n.Source.Date.Long(), n.Millesime, francais.Compte(n.Lignes, "ligne", "lignes"), n.Empreinte,
			n.ImporteeLe.Format("2006-01-02 15:04 UTC"))
		if !n.EnUsage() {
			fmt.Fprintf(k.out, ", hors d’usage depuis le %s", n.RetireeLe.Format("2006-01-02 15:04 UTC"))
		}
		fmt.Fprintln(k.out)
	}
	return nil
}
