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
	"guichet/internal/jour"
)

// A DemandeCorrection is what the service asks to change, by key of question
// or id of document, and by when.
type DemandeCorrection struct {
	Demandes map[string]string
	Pour     string // day, as typed
}

// DemandeCorrections asks the applicant to change some answers and documents
// of the dossier they filed: these alone become theirs to change again. The
// error is a fault.Invalid.
func (g *Guichet) DemandeCorrections(ctx context.Context, a compte.Acteur, x Geste, q DemandeCorrection) error {
	by, err := g.echeance(q.Pour)
	if err != nil {
		return err
	}
	return g.instruit(ctx, a, x, gesteDroit{"demander_correction", "Corrections demandées", "dossier.corriger"}, func(c *changement) error {
		if c.d.Decision != nil {
			return fault.New(fault.Conflict, "Ce dossier est décidé : ses réponses ne changent plus.")
		}
		return g.demande(c, q.Demandes, by)
	})
}

// demande adds the corrections and tells the applicant.
func (g *Guichet) demande(c *changement, wanted map[string]string, by jour.Jour) error {
	r, err := g.evalue(c.d, c.s)
	if f := fault.Of(err); err != nil && f.Kind != fault.Invalid {
		return err
	}
	var lines []string
	for _, k := range corrigeables(c.s, dossier.Questions(c.s, g.catalogue.Dictionnaire, c.d, r)) {
		text := strings.TrimSpace(borne(wanted[k.Cle], maxTexte))
		if text == "" {
			continue
		}
		k.Demande, k.Avant, k.Par, k.Pour = text, c.d.Reponses.Texte(k.Cle), c.par.Signe(), by
		c.d.Instruction.Corrections = slices.DeleteFunc(slices.Clone(c.d.Instruction.Corrections), func(o dossier.Correction) bool {
			return o.Cle == k.Cle && o.Faite.IsZero() // asked again: the last request counts
		})
		c.d.Instruction.Corrections = append(c.d.Instruction.Corrections, k)
		lines = append(lines, "- "+k.Libelle+" : "+text)
	}
	if len(lines) == 0 {
		m := "Écrivez au moins une demande, en face de la réponse ou du document à corriger."
		return fault.New(fault.Invalid, "%s", m).Field("corrections", m)
	}
	text := fmt.Sprintf("Pour avancer, le dossier %s, « %s », demande des corrections avant le %s :\n\n%s\n\nLe reste du dossier ne change pas. Corrigez ces points dans le guichet, puis envoyez vos corrections.\n",
		c.d.Numero, c.s.Nom, by.Long(), strings.Join(lines, "\n"))
	return g.ecritAuPorteur(c, courriel.Demande, "Dossier "+c.d.Numero+" : corrections demandées", text)
}

// corrigeables lists what may be asked to change: the questions of the form
// and of the conditions, and the documents.
func corrigeables(s *dispositif.Dispositif, asked []dossier.Question) []dossier.Correction {
	var out []dossier.Correction
	for _, q := range asked {
		out = append(out, dossier.Correction{Cle: q.Cle, Libelle: q.Libelle})
	}
	for _, c := range s.Formulaire {
		if !slices.ContainsFunc(asked, func(q dossier.Question) bool { return q.Cle == c.ID }) {
			out = append(out, dossier.Correction{Cle: c.ID, Libelle: c.Libelle})
		}
	}
	for _, p := range s.Pieces {
		out = append(out, dossier.Correction{Cle: p.ID, Libelle: p.Libelle})
	}
	return out
}

// echeance reads a day to come. The error is a fault.Invalid at the field
// pour.
func (g *Guichet) echeance(text string) (jour.Jour, error) {
	by, err := jour.Parse(strings.TrimSpace(text))
	if err != nil || by < g.Aujourdhui() || by > g.Aujourdhui().AddAns(2) {
		m := "Donnez un jour à venir, dans les deux ans."
		return 0, fault.New(fault.Invalid, "%s", m).Field("pour", m)
	}
	return by, nil
}

// EnvoieCorrections says that what was asked is done: the answer of the rules
// is frozen again with the new answers. The error is a fault.Invalid at what
// is still empty.
func (g *Guichet) EnvoieCorrections(ctx context.Context, a compte.Acteur, x Geste) error {
	q := gesteDroit{"corriger", "Corrections envoyées", "correction.envoyer"}
	return g.instruit(ctx, a, x, q, func(c *changement) error {
		if err := g.corrige(c.d, c.s, c.par); err != nil {
			return err
		}
		text := fmt.Sprintf("%s a envoyé ses corrections sur le dossier %s, « %s ».\n", c.d.Nom, c.d.Numero, c.s.Nom)
		return g.ecritAuService(c, c.d.Service, courriel.Message, "Corrections reçues : "+c.d.Numero, text)
	})
}

// corrige ends the awaited corrections, and freezes the dossier as it is now.
func (g *Guichet) corrige(d *dossier.Dossier, s *dispositif.Dispositif, par dossier.Auteur) error {
	missing := fault.New(fault.Invalid, "Il reste des corrections à faire.")
	for _, c := range d.Instruction.Attendues() {
		if strings.TrimSpace(d.Reponses.Texte(c.Cle)) == "" && len(d.PieceDe(c.Cle)) == 0 {
			missing.Field(c.Cle, "Il manque : "+c.Libelle)
		}
	}
	if len(missing.Fields) > 0 {
		return missing
	}
	if err := d.Instruction.Corrige(par.Le); err != nil {
		return err
	}
	return g.regele(d, s)
}

// regele freezes again what was filed, after the applicant changed it.
func (g *Guichet) regele(d *dossier.Dossier, s *dispositif.Dispositif) error {
	if d.Gel == nil {
		return nil
	}
	d.GardeLesAges(g.catalogue.Dictionnaire)
	r, err := g.evalue(d, s)
	if err != nil {
		return err
	}
	g.gele(d, r, d.Gel.Exception)
	return nil
}
