package guichet

import (
	"context"
	"slices"
	"strings"

	"guichet/internal/compte"
	"guichet/internal/dispositif"
	"guichet/internal/dossier"
	"guichet/internal/euro"
	"guichet/internal/fault"
	"guichet/internal/jour"
)

// Propose writes the decision that the instructor proposes: a deciding act of
// the scheme, its amount, its grounds. It decides nothing. Approvals given to
// another act or amount fall. The error is a fault.Invalid at the field.
func (g *Guichet) Propose(ctx context.Context, a compte.Acteur, x Geste, acte, montant string) error {
	return g.instruit(ctx, a, x, gesteDroit{"proposer", "Décision proposée", "dossier.proposer"}, func(c *changement) error {
		t, ok := decisive(c.s, c.d, acte)
		if !ok {
			m := "Choisissez une des décisions que ce dispositif permet."
			return fault.New(fault.Invalid, "%s", m).Field("proposition", m)
		}
		amount := euro.Montant(0)
		if text := strings.TrimSpace(montant); text != "" && t.Issue == "accord" {
			var err error
			if amount, err = euro.Parse(text); err != nil {
				return fault.New(fault.Invalid, "Le montant n’est pas lisible.").Field("montant", fault.Of(err).Message)
			}
		}
		c.d.Instruction.Propose(dossier.Proposition{Acte: acte, Montant: amount, Motif: c.par.Motif, Par: c.par.Signe()})
		c.ev.Libelle = "Décision proposée : " + t.Libelle
		return nil
	})
}

// decisive finds a deciding act of the scheme for a dossier that is not
// decided yet, in whatever state before its decision.
func decisive(s *dispositif.Dispositif, d *dossier.Dossier, acte string) (dispositif.Transition, bool) {
	for _, t := range Decisives(s, d) {
		if t.Acte == acte {
			return t, true
		}
	}
	return dispositif.Transition{}, false
}

// Decisives lists the deciding acts that may be proposed for the dossier.
func Decisives(s *dispositif.Dispositif, d *dossier.Dossier) []dispositif.Transition {
	var out []dispositif.Transition
	if d.Decision != nil || d.Brouillon() {
		return nil
	}
	for _, t := range slices.Concat(s.Transitions, s.Communs.Actes) {
		if t.Issue != "" && !slices.ContainsFunc(out, func(o dispositif.Transition) bool { return o.Acte == t.Acte }) {
			out = append(out, t)
		}
	}
	return out
}

// Vise approves the present proposition at the next level. The error is a
// fault.Forbidden for whoever proposed it or approved it already.
func (g *Guichet) Vise(ctx context.Context, a compte.Acteur, x Geste) error {
	return g.instruit(ctx, a, x, gesteDroit{"viser", "Proposition visée", "dossier.viser"}, func(c *changement) error {
		if err := c.d.Instruction.Vise(len(c.s.Visas), c.par.Signe()); err != nil {
			return err
		}
		c.ev.Libelle = "Proposition visée : " + c.s.Visas[len(c.d.Instruction.Visas)-1]
		return nil
	})
}

// A DecisionAilleurs is a decision made outside the guichet, to be recorded:
// who decided, on what day, by what document.
type DecisionAilleurs struct {
	Acte    Acte
	Auteur  string
	Le      string // day, as typed
	Fichier *Fichier
}

// DecideAilleurs records the decision of a national service that does not use
// the guichet. It is shown as decided elsewhere. The error is a fault.Invalid
// at the field.
func (g *Guichet) DecideAilleurs(ctx context.Context, a compte.Acteur, x DecisionAilleurs) error {
	author := strings.TrimSpace(borne(x.Auteur, 200))
	day, err := jour.Parse(strings.TrimSpace(x.Le))
	switch {
	case author == "":
		m := "Dites qui a décidé."
		return fault.New(fault.Invalid, "%s", m).Field("auteur", m)
	case err != nil || day > g.Aujourdhui():
		m := "Donnez le jour de la décision, tel que son document l’écrit ; il ne peut pas être à venir."
		return fault.New(fault.Invalid, "%s", m).Field("le", m)
	case x.Fichier == nil:
		m := "Joignez le document qui porte la décision."
		return fault.New(fault.Invalid, "%s", m).Field(champFichier, m)
	}
	if err := g.autorise(ctx, a, x.Acte.Dossier, "acte.operateur"); err != nil {
		return err
	}
	return g.avecFichier(ctx, provenance{x.Acte.Dossier, a.Personne.ID}, x.Fichier, func(p *dossier.Piece) error {
		act := x.Acte
		act.ailleurs = &dossier.Ailleurs{Auteur: author, Le: day, Piece: *p}
		return g.Agir(ctx, a, act)
	})
}

// ailleurs checks who may decide by the act: an agent of the prefecture only
// records what was decided elsewhere, a national service decides here.
func ailleurs(d *dossier.Dossier, t dispositif.Transition, x Acte, h compte.Habilitation) error {
	switch {
	case t.Role != "operateur" || t.Issue == "":
		if x.ailleurs != nil {
			return fault.New(fault.Invalid, "Cette décision se prend dans le guichet.")
		}
	case h.Role == "sciat" && x.ailleurs == nil:
		return fault.New(fault.Invalid, "Cette décision est prise ailleurs : enregistrez-la avec son auteur, sa date et son document.")
	case h.Role != "sciat" && x.ailleurs != nil:
		return fault.New(fault.Invalid, "Votre service décide dans le guichet : prenez la décision ici.")
	}
	if d.Decision != nil {
		d.Decision.Externe = x.ailleurs
	}
	return nil
}

// verifieVisas refuses a decision that has not every approval that its scheme asks
// for.
func verifieVisas(d *dossier.Dossier, s *dispositif.Dispositif, t dispositif.Transition) error {
	if t.Role != "signataire" || d.Decision == nil {
		return nil
	}
	return d.Instruction.Vises(s, t.Acte, d.Decision.Montant)
}
