package dossier

import (
	"strings"

	"guichet/internal/francais"
	"guichet/internal/jour"
	"guichet/internal/regle"
)

// ageGarde begins the origin of an answer that is an age, not a birth date.
const ageGarde = "seul l’âge est gardé, "

// GardeLesAges puts, in place of a birth date, the day that gives the same age
// on the day for which it is asked: the rules answer the same, and nobody's
// birth date is kept. A date whose other day is not known yet stays; an age kept
// for a day that changed since is forgotten, to be asked again.
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
		if strings.HasPrefix(r.Origine, ageGarde) && on.AddAns(-age) != born {
			delete(d.Reponses, cle)
			continue
		}
		d.Reponses[cle] = Reponse{Texte: on.AddAns(-age).String(), Origine: ageGarde + francais.Compte(age, "an", "ans")}
	}
}
