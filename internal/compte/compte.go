// Package compte holds persons, organisations and grants, and decides who may
// do what: one table, droits.yaml, answers every question. It knows neither
// dossiers nor how a person proved who they are.
package compte

import (
	"guichet/internal/euro"
	"guichet/internal/jour"
	"guichet/internal/siren"
)

// A PersonneID names a person for ever; it says nothing of them.
type PersonneID string

// A Personne is someone who signed in. Emetteur and Sub identify them; the
// address and the name may change.
type Personne struct {
	ID            PersonneID
	Emetteur, Sub string
	Prenoms, Nom  string
	Courriel      string
}

// NomComplet returns the first names and the name.
func (p Personne) NomComplet() string { return p.Prenoms + " " + p.Nom }

// An Organisation owns dossiers.
type Organisation struct {
	Siren       siren.Siren
	Nom         string
	Type        string // commune, epci, association…
	Insee       string // of a commune
	Departement string
}

// A Role is what a person does, as droits.yaml names it.
type Role string

// A Niveau is how well a person proved who they are.
type Niveau uint8

// The levels of proof.
const (
	Simple Niveau = iota // an identity provider vouches
	Fort                 // with a second factor
)

// An EtatHabilitation is the life of a grant.
type EtatHabilitation string

// The states of a grant.
const (
	Demandee  EtatHabilitation = "demandee" // proposed; it gives no right
	Active    EtatHabilitation = "active"
	Suspendue EtatHabilitation = "suspendue" // the employer changed: no right until somebody confirms
	Retiree   EtatHabilitation = "retiree"
)

// An Habilitation is a role that a person holds in a scope.
type Habilitation struct {
	ID           string
	Personne     PersonneID
	Role         Role
	Organisation siren.Siren  // scope of an applicant
	Departement  string       // scope of a service of the State; "" is the whole country
	Service      string       // whose dossiers: prefecture, anct…
	Dispositif   string       // "" is every scheme
	Du, Au       jour.Jour    // inclusive; zero is unbounded
	Plafond      euro.Montant // of a decision; 0 is none
	Etat         EtatHabilitation

	Par         PersonneID // who granted or asked for it; "" when nobody wrote it
	ConfirmePar PersonneID // the second person, when the role asks for two
}

// Exploitant is who runs the instance, on its machine: no person of the base.
const Exploitant PersonneID = "exploitant"

// Vaut reports whether the grant gives rights on the day.
func (h Habilitation) Vaut(le jour.Jour) bool {
	return h.Etat == Active && jour.Fenetre{Ouvre: h.Du, Ferme: h.Au}.Contient(le)
}

// An Acteur is a person who acts, with every grant they hold or held.
type Acteur struct {
	Personne      Personne
	Habilitations []Habilitation
	Niveau        Niveau
	Session       string    // digest of the session in use
	Le            jour.Jour // today, in Paris
	Differe       bool      // a batch acts for the person, without a session
}

// Anonyme reports whether nobody signed in.
func (a Acteur) Anonyme() bool { return a.Personne.ID == "" }

// Roles returns the grants that give rights today.
func (a Acteur) Roles() []Habilitation {
	var out []Habilitation
	for _, h := range a.Habilitations {
		if h.Vaut(a.Le) {
			out = append(out, h)
		}
	}
	return out
}

// Porteur reports whether the person acts for an organisation that applies.
func (a Acteur) Porteur() bool {
	for _, h := range a.Roles() {
		if h.Organisation != "" {
			return true
		}
	}
	return false
}

// Agent reports whether the person acts for a service of the State.
func (a Acteur) Agent() bool {
	for _, h := range a.Roles() {
		if h.Organisation == "" {
			return true
		}
	}
	return false
}

// An Objet is what an act is about, as rights see it.
type Objet struct {
	Organisation siren.Siren
	Departement  string
	Dispositif   string
	Service      string       // that instructs
	Operateur    string       // national service that makes some acts, from its first turn on
	Consultes    []string     // services asked for an opinion
	Instructeurs []PersonneID // who instructed or proposed
	Montant      euro.Montant // of the decision
	Concernes    []PersonneID // of a grant or an exemption: whom it is for, and who asked for it
	Derogations  []string     // separations set aside today in the département
}
