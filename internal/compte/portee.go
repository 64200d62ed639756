package compte

import (
	"slices"

	"guichet/internal/siren"
)

// A Portee is what a grant covers: the objects of an organisation, or those
// that agree with every other field that is not empty. The zero Portee covers
// nothing.
type Portee struct {
	Role         Role
	Organisation siren.Siren
	Departement  string
	Service      string
	Lien         Lien // of the service with the objects
	Dispositif   string
}

// A Lien is what a service is to an object.
type Lien string

// The ties of a service.
const (
	Instruit Lien = "" // it instructs
	Opere    Lien = "operateur"
	Rend     Lien = "consulte" // it was asked for an opinion
)

// Contient reports whether the scope covers o.
func (p Portee) Contient(o Objet) bool {
	if p.Organisation != "" {
		return p.Organisation == o.Organisation
	}
	agrees := func(want, got string) bool { return want == "" || want == got }
	tied := agrees(p.Service, o.Service)
	switch p.Lien {
	case Opere:
		tied = p.Service == o.Operateur
	case Rend:
		tied = slices.Contains(o.Consultes, p.Service)
	}
	return p.Departement+p.Service != "" && agrees(p.Departement, o.Departement) && tied && agrees(p.Dispositif, o.Dispositif)
}

// Comprend reports whether p covers everything that q covers.
func (p Portee) Comprend(q Portee) bool {
	holds := func(mine, theirs string) bool { return mine == "" || mine == theirs }
	return p.Organisation == q.Organisation && holds(p.Departement, q.Departement) && holds(p.Dispositif, q.Dispositif) &&
		(p.Service == "" || p.Service == q.Service && p.Lien == q.Lien)
}

// Portees returns the scopes in which the person has the right d, to list
// objects as [Politique.Peut] admits them one by one: what no scope covers is
// refused.
func (p *Politique) Portees(a Acteur, d Droit) []Portee {
	var out []Portee
	for _, h := range a.Roles() {
		if relation, granted := p.Droits[d][h.Role]; granted {
			out = append(out, relation.portees(h)...)
		}
	}
	return out
}

// portees are what the holder of h is related to; none for nothing at all.
func (r Relation) portees(h Habilitation) []Portee {
	s := Portee{Role: h.Role, Departement: h.Departement, Dispositif: h.Dispositif}
	switch {
	case r == org && h.Organisation != "":
		return []Portee{{Role: h.Role, Organisation: h.Organisation}}
	case r == org || h.Organisation != "":
		return nil
	case r == dept && h.Departement != "":
		return []Portee{s}
	case r == dept || h.Service == "":
		return nil
	}
	var out []Portee
	for _, tie := range liens[r] {
		s.Service, s.Lien = h.Service, tie
		out = append(out, s)
	}
	return out
}

// liens are the ties that each relation admits.
var liens = map[Relation][]Lien{groupe: {Instruit}, operateur: {Opere}, saisi: {Rend}, consulte: {Instruit, Opere, Rend}}
