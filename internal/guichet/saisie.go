package guichet

import (
	"context"
	"maps"
	"slices"
	"strings"

	"guichet/internal/compte"
	"guichet/internal/dispositif"
	"guichet/internal/dossier"
	"guichet/internal/fault"
	"guichet/internal/store"
)

// A Saisie is a form as a person sent it.
type Saisie struct {
	Dossier     dossier.ID
	Version     int // that the form was made from
	Champs      map[string]string
	Bases       map[string]string // digest of what each field held when the form was made, see Base
	Engagements []string
}

// Base digests what a field holds, for the form to send back: a field that
// somebody else changed meanwhile is known by it.
func Base(texte string) string { return empreinte(strings.ReplaceAll(texte, "\r\n", "\n"))[:16] }

// Enregistre keeps what was typed, even what is still wrong: the page says it
// at the field. What the form does not ask is left out. When somebody changed
// the dossier since the form was made, their changes elsewhere are kept, and
// what both changed comes back as a fault.Conflict with the view: the texts
// typed in Questions, those of the other in Autres; nothing is written then. A
// text too long comes back in the same way, as a fault.TooLarge.
func (g *Guichet) Enregistre(ctx context.Context, a compte.Acteur, s Saisie) (v *VueDossier, err error) {
	err = g.commande(ctx, a, func(tx *store.Tx, a compte.Acteur) error {
		d, h, err := g.ouvre(tx, a, s.Dossier, "brouillon.modifier")
		if err != nil {
			return err
		}
		v, err = g.vueDossier(tx, a, d)
		if err != nil {
			return err
		}
		if !v.Modifiable {
			return fault.New(fault.Conflict, "Le dossier est « %s » : ses réponses ne se modifient plus.", v.Etat)
		}
		reunitLignes(v, s.Champs)
		if err := tropLong(s.Champs); err != nil {
			s.remontre(v)
			return err
		}
		g.nommePartenaires(v, s.Champs)
		next, changed := applique(v, s)
		if len(changed) == 0 {
			return nil
		}
		if both := s.disputes(d, changed); len(both) > 0 {
			return conflit(v, s, both)
		}
		ev := next.Noter("modifier", "Réponses modifiées", dossier.Auteur{Personne: a.Personne, Role: h.Role, Le: g.maintenant()})
		if err := g.sauve(tx, d, next, ev); err != nil {
			return err
		}
		v, err = g.vueDossier(tx, a, next)
		return err
	})
	return v, err
}

// disputes are the fields changed here and, since the form was made, by
// somebody else.
func (s Saisie) disputes(d *dossier.Dossier, changed []string) []string {
	return slices.DeleteFunc(slices.Clone(changed), func(cle string) bool {
		if base := s.Bases[cle]; base != "" {
			return base == Base(d.Reponses.Texte(cle))
		}
		return s.Version == d.Version
	})
}

// reunitLignes makes one answer of the cells of each block, under the key of
// its question.
func reunitLignes(v *VueDossier, fields map[string]string) {
	for _, q := range v.Questions {
		if q.Champ == nil || q.Champ.Type != dispositif.TypeBloc {
			continue
		}
		text, sent := fields[q.Cle]
		lines := dossier.LitLignes(q.Champ, text)
		for n := 1; n <= dispositif.MaxLignes; n++ {
			line := make(dossier.Cellules)
			for _, col := range q.Champ.Colonnes {
				if cell, there := fields[dossier.CleCellule(q.Cle, n, col.ID)]; there {
					line[col.ID], sent = cell, true
				}
			}
			lines = append(lines, line)
		}
		if sent {
			fields[q.Cle] = dossier.EcritLignes(q.Champ, lines)
		}
	}
}

// tropLong refuses a text too long, at its field, rather than keep a part of it.
func tropLong(fields map[string]string) error {
	for _, cle := range slices.Sorted(maps.Keys(fields)) {
		if len(fields[cle]) > maxTexte {
			m := "Ce texte est trop long : 20 000 caractères au plus. Joignez plutôt un document."
			return fault.New(fault.TooLarge, "%s", m).Field(cle, m)
		}
	}
	return nil
}

// applique returns the dossier with what was typed, and the keys that change.
func applique(v *VueDossier, s Saisie) (next *dossier.Dossier, changed []string) {
	next = v.Dossier.Clone()
	if next.Reponses == nil {
		next.Reponses = make(dossier.Reponses)
	}
	for _, q := range v.Questions {
		text, sent := s.Champs[q.Cle]
		text = strings.ReplaceAll(text, "\r\n", "\n")
		if !sent || text == q.Texte || !v.Change(q.Cle) || s.Bases[q.Cle] == Base(text) { // as it was when the form was made
			continue
		}
		changed = append(changed, q.Cle)
		next.Reponses[q.Cle] = dossier.Reponse{Texte: text}
		if text == "" {
			delete(next.Reponses, q.Cle)
		}
	}
	var ticked []string
	for _, e := range v.Dispositif.Exigences {
		for _, i := range e.Items {
			if e.Nature == "engagement" && slices.Contains(s.Engagements, i.ID) {
				ticked = append(ticked, i.ID)
			}
		}
	}
	if s.Engagements != nil && v.Change("") && !slices.Equal(ticked, v.Dossier.Engagements) {
		changed = append(changed, "engagements")
		next.Engagements = ticked
	}
	return next, changed
}

// remontre puts in the view what was typed and is not kept, so that the page
// loses none of it.
func (s Saisie) remontre(v *VueDossier) {
	for i, q := range v.Questions {
		if text, sent := s.Champs[q.Cle]; sent && v.Change(q.Cle) {
			q.Tape, q.Base, q.Texte, q.Origine = true, q.Texte, strings.ReplaceAll(text, "\r\n", "\n"), ""
			v.Questions[i] = q
		}
	}
}

// conflit shows both texts of what two persons changed, and keeps neither.
func conflit(v *VueDossier, s Saisie, changed []string) error {
	v.Autres = make(map[string]string)
	for _, q := range v.Questions {
		if slices.Contains(changed, q.Cle) {
			v.Autres[q.Cle] = q.Texte
		}
	}
	s.remontre(v)
	f := fault.New(fault.Conflict, "Quelqu’un d’autre a modifié ce dossier pendant que vous écriviez. Rien n’est perdu : comparez les deux textes, puis enregistrez de nouveau.")
	for _, cle := range changed {
		f.Field(cle, "Ce texte a changé pendant que vous écriviez.")
	}
	return f
}
