package dossier

import (
	"strings"

	"guichet/internal/francais"
	"guichet/internal/jour"
	"guichet/internal/regle"
)

// GardeLesAges puts, in place of a birth date, the day that gives the same age
// on the day for which it is asked: the rules answer the same, and nobody's
// birth date is kept. A date whose other day is not known yet stays.
func (d *Dossier) GardeLesAges(dict *regle.Dictionnaire) {
	for cle, r := range d.Reponses {
		f, ok := dict.Fait(cle)
		if !ok || f.AgeAu == "" {
			continue
		}
		born, err := jour.Parse(strings.TrimSpace(r.Texte))
		if err != nil {
			continue // said at the field
		}
		on, err := jour.Parse(strings.TrimSpace(d.Reponses.Texte(f.AgeAu)))
		if err != nil || on < born {
			continue
		}
		age := jour.Age(born, on)
		d.Reponses[cle] = Reponse{Texte: on.AddAns(-age).String(), Origine: "seul l’âge est gardé, " + francais.Compte(age, "an", "ans")}
	}
}
