package guichet

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"guichet/internal/compte"
	"guichet/internal/courriel"
	"guichet/internal/dispositif"
	"guichet/internal/dossier"
	"guichet/internal/fault"
	"guichet/internal/store"
)

// A Geste is what every change around the instruction of a dossier says.
type Geste struct {
	Dossier dossier.ID
	Cle     string // of the form, used once
	Motif   string
}

// un gesteDroit names the act and the right that it asks for.
type gesteDroit struct {
	acte, libelle string
	droit         compte.Droit
}

// A changement is a change of a dossier under way.
type changement struct {
	tx  *store.Tx
	d   *dossier.Dossier // as it becomes
	s   *dispositif.Dispositif
	par dossier.Auteur
	ev  *dossier.Evenement
}

// instruit makes one change of a dossier that moves no state: f changes it,
// then the event, the register and what f writes are kept together or not at
// all. Asked twice by one form, it is made once.
func (g *Guichet) instruit(ctx context.Context, a compte.Acteur, x Geste, q gesteDroit, f func(*changement) error) error {
	return g.commande(ctx, a, func(tx *store.Tx, a compte.Acteur) error {
		d, h, err := g.ouvre(tx, a, x.Dossier, q.droit)
		if err != nil {
			return err
		}
		if err := tropLong(map[string]string{"motif": x.Motif}); err != nil {
			return err
		}
		if _, made, err := tx.EvenementDe(x.Cle); err != nil || made {
			return err
		}
		s, err := g.catalogue.Pour(d.Departement).Dispositif(d.Dispositif)
		if err != nil {
			return err
		}
		c := &changement{tx: tx, d: d.Clone(), s: s,
			par: dossier.Auteur{Personne: a.Personne, Role: h.Role, Le: g.maintenant(), Cle: x.Cle, Motif: x.Motif}}
		ev := c.d.Noter(q.acte, q.libelle, c.par)
		c.ev = &ev
		if err := f(c); err != nil {
			return err
		}
		return g.sauve(tx, d, c.d, ev)
	})
}

// Prend makes the person the one who instructs the dossier.
func (g *Guichet) Prend(ctx context.Context, a compte.Acteur, x Geste) error {
	q := gesteDroit{"prendre", "Dossier pris en charge", "dossier.prendre"}
	return g.instruit(ctx, a, x, q, func(c *changement) error {
		c.d.Instructeur = a.Personne.ID
		return nil
	})
}

// Attribue gives the dossier to a colleague who may instruct it. The error is
// a fault.Invalid when they may not.
func (g *Guichet) Attribue(ctx context.Context, a compte.Acteur, x Geste, to compte.PersonneID) error {
	q := gesteDroit{"attribuer", "Dossier attribué", "dossier.attribuer"}
	return g.instruit(ctx, a, x, q, func(c *changement) error {
		colleagues, err := g.collegues(c.tx, c.d)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(colleagues, func(p compte.Personne) bool { return p.ID == to })
		if i < 0 {
			m := "Choisissez une personne du service qui instruit ce dossier."
			return fault.New(fault.Invalid, "%s", m).Field("personne", m)
		}
		c.d.Instructeur, c.ev.Libelle = to, "Dossier attribué à "+colleagues[i].NomComplet()
		return nil
	})
}

// collegues are the persons who may take the dossier.
func (g *Guichet) collegues(tx *store.Tx, d *dossier.Dossier) ([]compte.Personne, error) {
	grants, err := tx.Agents(d.Service)
	if err != nil {
		return nil, err
	}
	o, err := g.objet(tx, d)
	if err != nil {
		return nil, err
	}
	var out []compte.Personne
	for _, h := range grants {
		a := compte.Acteur{Habilitations: []compte.Habilitation{h}, Niveau: compte.Fort, Le: g.Aujourdhui()}
		if _, err := g.politique.Peut(a, "dossier.prendre", o); err != nil || slices.ContainsFunc(out, func(p compte.Personne) bool { return p.ID == h.Personne }) {
			continue
		}
		p, err := tx.Personne(h.Personne)
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, nil
}

// Transfere gives the dossier to another service, with a reason that the
// applicant reads.
func (g *Guichet) Transfere(ctx context.Context, a compte.Acteur, x Geste, service string) error {
	q := gesteDroit{"transferer", "Dossier transféré", "dossier.transferer"}
	return g.instruit(ctx, a, x, q, func(c *changement) error {
		to := g.catalogue.Pour(c.d.Departement).Services[service]
		if to == nil || service == c.d.Service {
			m := "Choisissez un autre service."
			return fault.New(fault.Invalid, "%s", m).Field("service", m)
		}
		if strings.TrimSpace(x.Motif) == "" {
			m := "Dites pourquoi le dossier change de service : le porteur le lira."
			return fault.New(fault.Invalid, "%s", m).Field("motif", m)
		}
		c.d.Service, c.d.Instructeur, c.ev.Libelle = service, "", "Dossier transféré : "+to.Nom
		text := fmt.Sprintf("Le dossier %s, « %s », est désormais suivi par : %s.\n\nMotif : %s\n", c.d.Numero, c.s.Nom, to.Nom, c.ev.Motif)
		if err := g.ecritAuPorteur(c, courriel.Suite, "Dossier "+c.d.Numero+" : nouveau service", text); err != nil {
			return err
		}
		return g.ecritAuService(c, service, courriel.Depot, "Dossier transféré "+c.d.Numero, fmt.Sprintf("Le dossier %s de %s vous est transféré.\n\nMotif : %s\n", c.d.Numero, c.d.Nom, c.ev.Motif))
	})
}

// Etiquette replaces the labels of the dossier, separated by commas. The
// applicant does not see them.
func (g *Guichet) Etiquette(ctx context.Context, a compte.Acteur, x Geste, text string) error {
	labels, err := dossier.LireEtiquettes(borne(text, maxTexte))
	if err != nil {
		return err
	}
	q := gesteDroit{"etiqueter", "Étiquettes changées", "dossier.etiqueter"}
	return g.instruit(ctx, a, x, q, func(c *changement) error {
		c.d.Instruction.Etiquettes = labels
		return nil
	})
}

// ecritAuPorteur writes to every member of the organisation.
func (g *Guichet) ecritAuPorteur(c *changement, genre courriel.Genre, objet, texte string) error {
	members, err := c.tx.Membres(c.d.Organisation)
	if err != nil {
		return err
	}
	return g.ecrit(c.tx, dossier.Courriel{Dossier: c.d.ID, Genre: genre, Objet: objet, Texte: texte}, g.valables(members))
}

// ecritAuService writes to who instructs the dossier, or to the addresses of
// the service; a doubtful one gets nothing.
func (g *Guichet) ecritAuService(c *changement, service string, genre courriel.Genre, objet, texte string) error {
	mail := dossier.Courriel{Dossier: c.d.ID, Genre: genre, Objet: objet, Texte: texte}
	if service == c.d.Service && c.d.Instructeur != "" {
		p, err := c.tx.Personne(c.d.Instructeur)
		if err != nil {
			return err
		}
		mail.Personne, mail.Adresse = p.ID, p.Courriel
		return g.pose(c.tx, mail)
	}
	local := g.catalogue.Pour(c.d.Departement)
	if local.Services[service] == nil {
		return nil
	}
	for _, id := range local.Services[service].Contacts {
		if k := local.Contacts[id]; k != nil && k.Envoyable() {
			mail.Adresse = k.Adresse()
			if err := g.pose(c.tx, mail); err != nil {
				return err
			}
		}
	}
	return nil
}
