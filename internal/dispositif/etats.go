package dispositif

import (
	"guichet/internal/fault"
	"guichet/internal/jour"
)

// Initial returns the state where a file begins.
func (d *Dispositif) Initial() string {
	for _, e := range d.Etats {
		if e.Initial {
			return e.Code
		}
	}
	return ""
}

// Jouer plays acts in order from the initial state and returns the state
// reached. The error is a fault.Conflict that names the first act refused;
// the state is then the one before it.
func (d *Dispositif) Jouer(actes ...string) (etat string, err error) {
	etat = d.Initial()
	for _, acte := range actes {
		t, ok := d.Transition(etat, acte)
		if !ok {
			return etat, fault.New(fault.Conflict, "L’acte « %s » n’est pas possible : le dossier est « %s ».", acte, d.LibelleEtat(etat))
		}
		etat = t.Vers
	}
	return etat, nil
}

// Possibles returns the transitions of the scheme's own table that the role
// may make from the state.
func (d *Dispositif) Possibles(etat, role string) []Transition {
	var out []Transition
	for _, t := range d.Ordinaires(etat) {
		if t.Role == role {
			out = append(out, t)
		}
	}
	return out
}

// Transition returns what the act does from the state, and whether it may be
// made there.
func (d *Dispositif) Transition(etat, acte string) (Transition, bool) {
	for _, t := range append(d.Ordinaires(etat), d.Exceptionnelles(etat)...) {
		if t.Acte == acte {
			return t, true
		}
	}
	return Transition{}, false
}

// LibelleEtat returns the French name of a state.
func (d *Dispositif) LibelleEtat(etat string) string {
	for _, all := range [][]Etat{d.Etats, d.Communs.Etats} {
		for _, e := range all {
			if e.Code == etat {
				return e.Libelle
			}
		}
	}
	return etat
}

// An Ouverture says whether one may apply on a day.
type Ouverture struct {
	Etat   string    // ouvert, a_venir, clos
	Depuis jour.Jour // first day of the state, when known
	Jusque jour.Jour // last day of the state, when known
	Vague  int       // number of the open wave, or of the next one
}

// Ouverture returns the state of the scheme on j.
func (d *Dispositif) Ouverture(j jour.Jour) Ouverture {
	switch {
	case d.Jusque != 0 && j > d.Jusque:
		return Ouverture{Etat: "clos", Depuis: d.Jusque + 1}
	case d.Depuis != 0 && j < d.Depuis:
		return Ouverture{Etat: "a_venir", Jusque: d.Depuis - 1}
	case d.Calendrier.Type != "vagues":
		return Ouverture{Etat: "ouvert", Depuis: d.Depuis, Jusque: d.Jusque}
	}
	vv := d.Vagues()
	if v, open := vv.At(j); open {
		return Ouverture{Etat: "ouvert", Depuis: v.Ouvre, Jusque: v.Ferme, Vague: v.N}
	}
	if v, later := vv.Prochaine(j); later {
		return Ouverture{Etat: "a_venir", Jusque: v.Ouvre - 1, Vague: v.N}
	}
	return Ouverture{Etat: "clos", Depuis: vv[len(vv)-1].Ferme + 1}
}

// Vagues returns the filing windows.
func (d *Dispositif) Vagues() jour.Vagues {
	vv := make(jour.Vagues, len(d.Calendrier.Vagues))
	for i, v := range d.Calendrier.Vagues {
		vv[i] = jour.Vague{N: v.N, Fenetre: jour.Fenetre{Ouvre: v.Ouvre, Ferme: v.Ferme}}
	}
	return vv
}
