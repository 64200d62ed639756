// Package eligibilite answers an applicant, on a day: what each scheme gives,
// how much, why, and what is missing. It joins the rules of a scheme with the
// public data of a territory; it knows neither the database nor the web.
package eligibilite

import (
	"strings"

	"guichet/internal/fault"
	"guichet/internal/jour"
	"guichet/internal/regle"
	"guichet/internal/siren"
	"guichet/internal/territoire"
)

// A Demandeur is who could receive an aid: a territory by its code, or another
// body by its type alone.
type Demandeur struct {
	Type    string             // a choice of the fact demandeur: commune, epci, association…
	Insee   territoire.Insee   // of a commune, or of the seat
	Siren   siren.Siren        // of an EPCI
	Code    string             // of a département or a région
	Membres []territoire.Insee // communes that apply together
}

// Departement returns the département whose prefecture answers, "" when none
// is known.
func (d Demandeur) Departement(carte *territoire.Carte) string {
	switch {
	case d.Type == "epci":
		if e, ok := carte.Epci(d.Siren); ok {
			return e.Departements[0]
		}
	case d.Type == "departement":
		return d.Code
	case d.Insee != "":
		if c, ok := carte.Commune(d.Insee); ok {
			return c.Departement
		}
	case len(d.Membres) > 0:
		if c, ok := carte.Commune(d.Membres[0]); ok {
			return c.Departement
		}
	}
	return ""
}

// A Situation is the question: who, with what answers, on what day.
type Situation struct {
	Demandeur Demandeur
	Faits     map[string]regle.Valeur // given by a person; they replace public data
	Le        jour.Jour
}

// Faits gathers what is known of the applicant: the facts that the territory
// gives, then those that a person gave. The error is a fault.Invalid when one
// of the latter is unknown to the dictionary or out of its bounds.
func Faits(d *regle.Dictionnaire, carte *territoire.Carte, s Situation) (*regle.Faits, error) {
	f := regle.NewFaits(d)
	for _, fait := range d.All() {
		if fait.Calcul == "" {
			continue
		}
		c := calcul{carte, s, fait}
		if v, source, ok := c.valeur(); ok {
			f.Set(fait.Nom, regle.Donnee{Valeur: v, Source: source})
		}
	}
	var bad *fault.Fault
	for nom, v := range s.Faits {
		fait, ok := d.Fait(nom)
		if !ok {
			return nil, fault.New(fault.Invalid, "« %s » n’est pas une donnée que guichet connaît.", nom).Field(nom, "Cette donnée n’existe pas.")
		}
		if v.Zero() {
			f.Set(nom, regle.Donnee{})
			continue
		}
		v, err := declaree(fait, v, carte)
		if err != nil {
			if bad == nil {
				bad = fault.Of(err)
			} else {
				bad.Merge(fault.Of(err))
			}
			continue
		}
		f.Set(nom, regle.Donnee{Valeur: v, Source: "déclaré", Declare: true})
	}
	if bad != nil {
		return nil, bad
	}
	return f, nil
}

// declaree checks a value that a person gave; a code of commune becomes the
// present one, so that an arrondissement counts as its city.
func declaree(f *regle.Fait, v regle.Valeur, carte *territoire.Carte) (regle.Valeur, error) {
	if err := f.Check(v); err != nil {
		return v, err
	}
	if !f.EstCommune() {
		return v, nil
	}
	c, ok := carte.Commune(territoire.Insee(strings.ToUpper(v.String())))
	if !ok {
		m := "Aucune commune n’a ce code : écrivez les cinq caractères du code INSEE, par exemple 13055."
		return v, fault.New(fault.Invalid, "%s : %s", f.Libelle, m).Field(f.Nom, m)
	}
	return regle.Texte(string(c.Insee)), nil
}
