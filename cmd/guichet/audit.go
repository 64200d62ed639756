package main

import (
	"fmt"

	"guichet/internal/fault"
	"guichet/internal/francais"
	"guichet/internal/guichet"
)

// An auditCmd computes again what the base holds.
type auditCmd struct{ consultationSansJour }

// Run reports every anomaly; its exit code tells whether there is one.
func (c *auditCmd) Run(k *console) error {
	db, err := c.consulte(k.ctx)
	if err != nil {
		return err
	}
	if db == nil {
		return fault.New(fault.NotFound, "Il n’y a pas de base dans « %s » : rien à vérifier.", c.Donnees)
	}
	defer db.Close()
	g, err := open(k, c.Dispositifs, guichet.Options{Store: db})
	if err != nil {
		return err
	}
	b, err := g.Audite(k.ctx)
	if err != nil {
		return err
	}
	for _, a := range b.Anomalies {
		fmt.Fprintf(k.out, "%s : %s\n", a.Objet, a.Texte)
	}
	fmt.Fprintf(k.out, "%s, %s du journal, tête %s.\n", francais.Compte(b.Dossiers, "dossier", "dossiers"),
		francais.Compte(int(b.Entrees), "entrée", "entrées"), b.Tete)
	if len(b.Anomalies) > 0 {
		fmt.Fprintf(k.err, "%s.\n", francais.Compte(len(b.Anomalies), "anomalie", "anomalies"))
		return errAnnounced
	}
	fmt.Fprintln(k.out, "Aucune anomalie.")
	return nil
}
