package guichet

import (
	"fmt"
	"slices"
	"strings"

	"guichet/internal/dispositif"
	"guichet/internal/dossier"
	"guichet/internal/fault"
	"guichet/internal/francais"
	"guichet/internal/territoire"
)

// maxPartenaires bounds the communes that apply together with one.
const maxPartenaires = 200

// nommePartenaires writes in full, in what was typed, the communes that are
// known by their name or their code: the rest stays as typed, to be corrected.
func (g *Guichet) nommePartenaires(v *VueDossier, fields map[string]string) {
	c, asked := v.Dispositif.Communes()
	if text, sent := fields[c.ID]; asked && sent {
		fields[c.ID] = g.nomme(v.Dossier.Departement, text)
	}
}

// nomme writes each line that names one commune as [dossier.Partenaire.Ligne].
// Of several that have the name, the one of the département is meant.
func (g *Guichet) nomme(departement, text string) string {
	carte := g.carte(g.Aujourdhui())
	var lines []string
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if p, _ := dossier.LitPartenaires(line); len(p) == 0 && line != "" && len(lines) < maxPartenaires {
			if found := homonymes(carte, line, departement); len(found) == 1 {
				line = dossier.Partenaire{Insee: found[0].Code, Nom: found[0].Nom}.Ligne()
			}
		}
		if line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

// homonymes returns the communes that the text may mean: by its code, or by its
// whole name; when one is in the département, that one alone.
func homonymes(carte *territoire.Carte, text, departement string) []territoire.Trouve {
	exact := slices.DeleteFunc(carte.Cherche(text, 50), func(t territoire.Trouve) bool { return t.Type != "commune" || !t.Exact })
	near := slices.DeleteFunc(slices.Clone(exact), func(t territoire.Trouve) bool { return t.Departement != departement })
	if len(near) == 1 {
		return near
	}
	return exact
}

// groupees returns the communes that apply, the applicant first, none when it
// applies alone. The error is a fault.Invalid at the question when a line names
// no commune, or the applicant, or one twice.
func (g *Guichet) groupees(d *dossier.Dossier, s *dispositif.Dispositif, carte *territoire.Carte) ([]territoire.Insee, error) {
	c, asked := s.Communes()
	if !asked {
		return nil, nil
	}
	named, others := dossier.LitPartenaires(d.Reponses.Texte(c.ID))
	var wrong []string
	for _, line := range others {
		wrong = append(wrong, inconnue(carte, line, d.Departement))
	}
	var all []territoire.Insee
	for _, p := range named {
		commune, ok := carte.Commune(territoire.Insee(p.Insee))
		switch {
		case !ok || commune.Nom != p.Nom:
			wrong = append(wrong, fmt.Sprintf("« %s » n’est pas une commune : écrivez son nom ou son code INSEE.", borne(p.Ligne(), 80)))
		case commune.Insee == d.Demandeur.Insee:
			wrong = append(wrong, fmt.Sprintf("« %s » est votre commune : elle est déjà comptée, retirez cette ligne.", p.Nom))
		default:
			all = append(all, commune.Insee)
		}
	}
	if n := len(named) + len(others); n > maxPartenaires {
		wrong = []string{fmt.Sprintf("%d communes au plus.", maxPartenaires)}
	}
	if len(wrong) > 0 {
		return nil, fault.New(fault.Invalid, "Des communes sont à corriger.").Field(c.ID, strings.Join(wrong, " "))
	}
	if len(all) > 0 {
		all = append([]territoire.Insee{d.Demandeur.Insee}, all...)
	}
	return all, nil
}

// inconnue says what to write instead of a line that names no single commune.
func inconnue(carte *territoire.Carte, line, departement string) string {
	found := homonymes(carte, line, departement)
	if len(found) == 0 {
		return fmt.Sprintf("« %s » n’est pas une commune connue : écrivez son nom en entier, ou son code INSEE.", borne(line, 80))
	}
	var codes []string
	for _, t := range found[:min(5, len(found))] {
		codes = append(codes, t.Code)
	}
	return fmt.Sprintf("Plusieurs communes s’appellent « %s » : écrivez le code INSEE de la bonne, %s.", borne(line, 80), francais.Choix(codes...))
}

// signable refuses an act that wants the documents owed at signature while one
// of them is not joined.
func signable(d *dossier.Dossier, s *dispositif.Dispositif, t dispositif.Transition) error {
	if t.Pieces == "" {
		return nil
	}
	missing := d.PiecesDues(s, t.Pieces)
	if len(missing) == 0 {
		return nil
	}
	f := fault.New(fault.Invalid, "Avant « %s », il faut joindre : %s.", t.Libelle, enumere(missing))
	for _, m := range missing {
		f.Field(m.Cle, "Il manque : "+m.Libelle)
	}
	return f
}

func enumere(missing []dossier.Manque) string {
	var names []string
	for _, m := range missing {
		names = append(names, m.Libelle)
	}
	return francais.Liste(names...)
}
