package main

import (
	"fmt"
	"slices"

	"guichet/internal/fault"
	"guichet/internal/guichet"
)

// A habiliterCmd gives, takes away or lists the rights of agents, for who runs
// the machine: the first administrator of a département has nobody else.
type habiliterCmd struct {
	Emetteur    string `help:"Émetteur de la personne, tel que « Mon compte » le lui montre." placeholder:"URL"`
	Sub         string `help:"Identifiant de la personne chez cet émetteur." placeholder:"TEXTE"`
	Role        string `help:"Rôle : admin, auditeur, decideur, payeur, pilote, sciat ou service." placeholder:"ROLE"`
	Departement string `help:"Département, comme 13 ; sans lui, tout le pays, pour un service national." placeholder:"CODE"`
	Service     string `help:"Service pour lequel la personne instruit, comme prefecture." placeholder:"CODE"`
	Dispositif  string `help:"Un seul dispositif, comme vta ; tous sinon." placeholder:"CODE"`
	Du          string `help:"Premier jour, AAAA-MM-JJ." placeholder:"JOUR"`
	Au          string `help:"Dernier jour, compris." placeholder:"JOUR"`
	Plafond     string `help:"Plafond d’une décision, en euros." placeholder:"EUROS"`
	Retirer     bool   `help:"Retire ce droit."`
	Liste       bool   `help:"Montre les droits de tous les agents."`
	consultationSansJour
}

// Run gives, takes away or lists. What is typed wrong is a usageError.
func (c *habiliterCmd) Run(k *console) error {
	if !c.Liste && (c.Emetteur == "" || c.Sub == "") {
		return usageError{fault.New(fault.Invalid, "Il manque --emetteur et --sub, qui désignent la personne : « Mon compte » les lui montre.")}
	}
	db, err := c.consulte(k.ctx)
	if err != nil {
		return err
	}
	if db == nil {
		return fault.New(fault.NotFound, "Il n’y a pas de base dans « %s » : lancez d’abord le service, et demandez à la personne de se connecter une fois.", c.Donnees)
	}
	defer db.Close()
	g, err := open(k, c.Dispositifs, guichet.Options{Store: db})
	if err != nil {
		return err
	}
	if c.Liste {
		return listeDroits(k, g)
	}
	do := g.Habilite
	if c.Retirer {
		do = g.Deshabilite
	}
	said, err := do(k.ctx, guichet.NouveauDroit{Personne: c.Emetteur + " " + c.Sub, Role: c.Role, Departement: c.Departement, Service: c.Service,
		Dispositif: c.Dispositif, Du: c.Du, Au: c.Au, Plafond: c.Plafond})
	if f := fault.Of(err); f != nil && f.Kind == fault.Invalid {
		return usageError{f}
	} else if err != nil {
		return err
	}
	fmt.Fprintln(k.out, said)
	fmt.Fprintln(k.out, "Le registre en garde la trace, au nom de l’exploitant.")
	return nil
}

func listeDroits(k *console, g *guichet.Guichet) error {
	lines, err := g.Habilites(k.ctx)
	if err != nil {
		return err
	}
	if len(lines) == 0 {
		fmt.Fprintln(k.out, "Aucun agent n’a de droit. Commencez par un administrateur : guichet habiliter --emetteur URL --sub TEXTE --role admin --departement 13")
		return nil
	}
	slices.Sort(lines)
	for _, l := range lines {
		fmt.Fprintln(k.out, l)
	}
	return nil
}
