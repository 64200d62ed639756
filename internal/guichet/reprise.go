package guichet

import (
	"context"
	"strings"

	"guichet/internal/compte"
	"guichet/internal/dispositif"
	"guichet/internal/dossier"
	"guichet/internal/fault"
	"guichet/internal/store"
)

// maxReprises bounds the earlier dossiers whose answers are offered.
const maxReprises = 20

// reprises lists the dossiers of the organisation whose answers could fill this
// draft: those that answer a question it leaves empty, the last changed first.
func (g *Guichet) reprises(tx *store.Tx, v *VueDossier) ([]Resume, error) {
	if !v.Modifiable || !v.Dossier.Brouillon() {
		return nil, nil
	}
	list, _, err := tx.Dossiers(store.FiltreDossiers{Organisation: v.Dossier.Organisation, Limite: 4 * maxReprises})
	if err != nil {
		return nil, err
	}
	var out []Resume
	for _, d := range list {
		s, err := g.catalogue.Pour(d.Departement).Dispositif(d.Dispositif)
		if err != nil {
			return nil, err
		}
		if d.ID != v.Dossier.ID && len(out) < maxReprises && len(utiles(v.Questions, d, s)) > 0 {
			out = append(out, g.resume(d))
		}
	}
	return out, nil
}

// utiles are the answers of the dossier to the questions left empty: those of
// the same key, asked in the same words, or of the same fact.
func utiles(questions []dossier.Question, from *dossier.Dossier, s *dispositif.Dispositif) map[string]string {
	labels := make(map[string]string)
	for _, c := range s.Formulaire {
		labels[c.ID] = c.Libelle
	}
	out := make(map[string]string)
	for _, q := range questions {
		text := from.Reponses.Texte(q.Cle)
		same := labels[q.Cle] == q.Libelle || q.Fait != nil && q.Fait.Nom == q.Cle && labels[q.Cle] == ""
		if strings.TrimSpace(q.Texte) == "" && strings.TrimSpace(text) != "" && same && (q.Fait == nil || !q.Fait.Personnel()) {
			out[q.Cle] = text
		}
	}
	return out
}

// ReprendReponses fills what a draft leaves empty with the answers of an
// earlier dossier of the same organisation, each with its origin; what was
// written stays. The error is a fault.NotFound when the person may not read the
// other, a fault.Invalid when it is of another organisation.
func (g *Guichet) ReprendReponses(ctx context.Context, a compte.Acteur, id, from dossier.ID) error {
	return g.commande(ctx, a, func(tx *store.Tx, a compte.Acteur) error {
		d, h, err := g.ouvre(tx, a, id, "brouillon.modifier")
		if err != nil {
			return err
		}
		v, err := g.vueDossier(tx, a, d)
		if err != nil {
			return err
		}
		if !v.Modifiable || !d.Brouillon() {
			return fault.New(fault.Conflict, "Le dossier est « %s » : ses réponses ne se modifient plus.", v.Etat)
		}
		other, _, err := g.ouvre(tx, a, from, "")
		if err != nil {
			return err
		}
		if other.Organisation != d.Organisation || other.ID == d.ID {
			return fault.New(fault.Invalid, "Choisissez un autre dossier de la même organisation.")
		}
		s, err := g.catalogue.Pour(other.Departement).Dispositif(other.Dispositif)
		if err != nil {
			return err
		}
		next, name := d.Clone(), "d’un brouillon du "+other.CreeLe.Format("02/01/2006")
		if other.Numero != "" {
			name = "du dossier " + other.Numero
		}
		for cle, text := range utiles(v.Questions, other, s) {
			next.Reponses[cle] = dossier.Reponse{Texte: text, Origine: "repris " + name}
		}
		if len(next.Reponses) == len(d.Reponses) {
			return nil // nothing to take: asked twice, or all is written already
		}
		ev := next.Noter("reprendre_reponses", "Réponses reprises "+name, dossier.Auteur{Personne: a.Personne, Role: h.Role, Le: g.maintenant()})
		return g.sauve(tx, d, next, ev)
	})
}
