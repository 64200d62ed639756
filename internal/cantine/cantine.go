// Package cantine computes the aid for school meals and breakfasts from
// counts, at dated rates that the caller gives. It knows no law and no file.
package cantine

import (
	"slices"

	"guichet/internal/euro"
	"guichet/internal/fault"
	"guichet/internal/jour"
)

// A Palier is the aid per meal between two days, both included; a zero Au is
// "until further notice".
type Palier struct {
	Du, Au  jour.Jour
	Montant euro.Montant
}

// A Bareme is dated rates without overlap, oldest first.
type Bareme []Palier

// Le returns the rate in force on j. The error is a fault.Invalid with the
// code AUCUN_TAUX_EN_VIGUEUR.
func (b Bareme) Le(j jour.Jour) (euro.Montant, error) {
	for _, p := range b {
		if p.Du <= j && (p.Au == 0 || j <= p.Au) {
			return p.Montant, nil
		}
	}
	return 0, fault.New(fault.Invalid, "Aucune aide n’est prévue le %s.", j.Long()).Code("AUCUN_TAUX_EN_VIGUEUR")
}

// Regles are what makes a meal count: the highest price for the family, and
// the levels of school.
type Regles struct {
	Bareme   Bareme
	TarifMax euro.Montant
	Niveaux  []string
}

// A Repas is a number of meals served at one price to one level: on a day, or
// during a period when Date is no day.
type Repas struct {
	Date   jour.Jour
	Tarif  euro.Montant
	Niveau string
	Nombre int64
}

// maxNombre bounds one count of meals.
const maxNombre = 1_000_000_000

// A Total is the aid and the number of meals that count.
type Total struct {
	Aide   euro.Montant
	Compte int64
}

// Aide returns the aid for the meals; those without a date were served during
// the period. The error is a fault.Invalid: NOMBRE_NEGATIF,
// AUCUN_TAUX_EN_VIGUEUR, or PERIODE_A_CHEVAL when the rate changes during the
// period of undated meals.
func (r Regles) Aide(periode jour.Fenetre, repas []Repas) (Total, error) {
	var t Total
	for _, m := range repas {
		if m.Nombre < 0 || m.Nombre > maxNombre {
			return Total{}, fault.New(fault.Invalid, "Le nombre de repas doit être compris entre 0 et un milliard.").Code("NOMBRE_NEGATIF")
		}
		rate, err := r.taux(periode, m.Date)
		if err != nil {
			return Total{}, err
		}
		if m.Tarif > r.TarifMax || m.Niveau != "" && !slices.Contains(r.Niveaux, m.Niveau) {
			continue
		}
		aid, ok := rate.Fois(m.Nombre)
		if !ok {
			return Total{}, fault.New(fault.Invalid, "Le nombre de repas est trop grand.")
		}
		t.Aide += aid
		t.Compte += m.Nombre
	}
	return t, nil
}

func (r Regles) taux(periode jour.Fenetre, date jour.Jour) (euro.Montant, error) {
	if date != 0 {
		return r.Bareme.Le(date)
	}
	first, err := r.Bareme.Le(periode.Ouvre)
	if err != nil {
		return 0, err
	}
	last, err := r.Bareme.Le(periode.Ferme)
	if err != nil {
		return 0, err
	}
	if first != last {
		return 0, fault.New(fault.Invalid, "Le montant de l’aide change pendant la période : séparez les repas d’avant et d’après.").Code("PERIODE_A_CHEVAL")
	}
	return first, nil
}
