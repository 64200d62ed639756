package guichet

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"strings"

	"guichet/internal/compte"
	"guichet/internal/fault"
	"guichet/internal/francais"
	"guichet/internal/store"
)

// exploitant is who types a command on the machine.
var exploitant = compte.Personne{ID: compte.Exploitant}

// Habilite gives a grant from the machine and says in French what it did. A
// role that needs two persons is only asked for, or confirmed when an
// administrator asked for it and no other one can. The error is a
// fault.Invalid with a message at each field, or a fault.Conflict.
func (g *Guichet) Habilite(ctx context.Context, n NouveauDroit) (said string, err error) {
	h, err := g.litDroit(n)
	if err != nil {
		return "", err
	}
	return said, g.surMachine(ctx, n, h, func(tx *store.Tx, h compte.Habilitation, held []compte.Habilitation) error {
		p, err := tx.Personne(h.Personne)
		if err != nil {
			return err
		}
		if i := slices.IndexFunc(held, func(x compte.Habilitation) bool {
			return memeDroit(x, h) && x.Etat == compte.Demandee && x.Par != compte.Exploitant && g.enCours(x)
		}); i >= 0 {
			said = fmt.Sprintf("Confirmé pour %s : %s.", p.NomComplet(), g.ditPortee(held[i]))
			return g.confirmeSeul(tx, held[i])
		}
		h.ID, h.Par, h.Etat = strings.ToLower(rand.Text()), compte.Exploitant, compte.Active
		said = fmt.Sprintf("Accordé à %s : %s.", p.NomComplet(), g.ditPortee(h))
		if g.politique.Roles[h.Role].Confirmee {
			h.Etat = compte.Demandee
			said = fmt.Sprintf("Demandé pour %s : %s. Un administrateur du département le confirme dans « Les droits des agents ».", p.NomComplet(), g.ditPortee(h))
		}
		return g.poseDroit(tx, h, exploitant)
	})
}

// confirmeSeul confirms what an administrator asked for, when the département
// has no other one who could.
func (g *Guichet) confirmeSeul(tx *store.Tx, h compte.Habilitation) error {
	others, err := g.administrateurs(tx, objetDroit(h))
	if err != nil {
		return err
	}
	if len(others) > 0 {
		return fault.New(fault.Conflict, "Ce droit est déjà demandé, et %s du département peut le confirmer : c’est à un administrateur de le faire.",
			francais.Compte(len(others), "autre administrateur", "autres administrateurs"))
	}
	return g.changeDroit(tx, h, compte.Active, exploitant)
}

// Deshabilite takes a grant away from the machine. The error is that of
// Habilite, or a fault.NotFound when the person holds no such grant.
func (g *Guichet) Deshabilite(ctx context.Context, n NouveauDroit) (said string, err error) {
	h := compte.Habilitation{Role: compte.Role(n.Role), Departement: n.Departement, Service: n.Service, Dispositif: n.Dispositif}
	return said, g.surMachine(ctx, n, h, func(tx *store.Tx, h compte.Habilitation, held []compte.Habilitation) error {
		i := slices.IndexFunc(held, func(x compte.Habilitation) bool { return memeDroit(x, h) && x.Etat != compte.Retiree })
		if i < 0 {
			return fault.New(fault.NotFound, "Cette personne n’a pas ce droit : « guichet habiliter --liste » montre ceux qui existent.")
		}
		said = "Retiré : " + g.ditPortee(held[i]) + "."
		return g.changeDroit(tx, held[i], compte.Retiree, exploitant)
	})
}

// surMachine runs f with the person whom the issuer and the sub name, locked.
func (g *Guichet) surMachine(ctx context.Context, n NouveauDroit, h compte.Habilitation, f func(*store.Tx, compte.Habilitation, []compte.Habilitation) error) error {
	return g.write(ctx, func(tx *store.Tx) error {
		p, err := g.designe(tx, n.Personne)
		if err != nil {
			return err
		}
		if err := tx.Verrouille(p.ID); err != nil {
			return err
		}
		h.Personne = p.ID
		held, err := tx.Habilitations(p.ID)
		if err != nil {
			return err
		}
		return f(tx, h, held)
	})
}

// Habilites returns the rights of every agent, for who runs the machine: a
// line each, with the issuer and the sub.
func (g *Guichet) Habilites(ctx context.Context) (out []string, err error) {
	err = g.view(ctx, func(tx *store.Tx) error {
		all, err := tx.HabilitationsEtat()
		for _, h := range all {
			p, err := tx.Personne(h.Personne)
			if err != nil {
				return err
			}
			state := map[compte.EtatHabilitation]string{compte.Demandee: "à confirmer", compte.Active: "actif", compte.Retiree: "retiré"}[h.Etat]
			if h.Etat == compte.Active && !g.enCours(h) {
				state = "passé"
			}
			out = append(out, fmt.Sprintf("%s — %s — %s %s — %s", state, g.ditPortee(h), p.Emetteur, p.Sub, p.NomComplet()))
		}
		return err
	})
	return out, err
}
