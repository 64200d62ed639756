package dossier

import (
	"slices"
	"strings"
	"time"

	"guichet/internal/compte"
	"guichet/internal/dispositif"
	"guichet/internal/euro"
	"guichet/internal/fault"
	"guichet/internal/jour"
)

// An Instruction is what the service does around a dossier before it is
// decided. But for the corrections, the applicant sees none of it.
type Instruction struct {
	Corrections []Correction `json:"corrections,omitempty"`
	Avis        []Avis       `json:"avis,omitempty"`
	Etiquettes  []string     `json:"etiquettes,omitempty"`
	Proposition *Proposition `json:"proposition,omitempty"`
	Visas       []Visa       `json:"visas,omitempty"` // of the present proposition, by level
}

// Internes are the acts that the services see and the applicant does not.
var Internes = []string{"attribuer", "etiqueter", "demander_avis", "rendre_avis", "proposer", "viser"}

// A Signature is who did something, and when.
type Signature struct {
	Par compte.PersonneID `json:"par"`
	Nom string            `json:"nom"`
	Le  time.Time         `json:"le"`
}

// Signe returns the signature of the author of an act.
func (a Auteur) Signe() Signature { return Signature{a.Personne.ID, a.Personne.NomComplet(), a.Le} }

// A Correction is something that the service asks the applicant to change in
// the dossier they filed: an answer or a document.
type Correction struct {
	Cle     string    `json:"cle"` // of the question, or id of the document
	Libelle string    `json:"libelle"`
	Demande string    `json:"demande"`
	Avant   string    `json:"avant"` // the answer when it was asked
	Par     Signature `json:"par"`
	Pour    jour.Jour `json:"pour"`  // by when
	Faite   time.Time `json:"faite"` // zero while it is awaited
}

// Attendues returns the corrections that the applicant has not sent yet.
func (i *Instruction) Attendues() []Correction {
	var out []Correction
	for _, c := range i.Corrections {
		if c.Faite.IsZero() {
			out = append(out, c)
		}
	}
	return out
}

// Corrigeable reports whether the applicant is asked to change the answer or
// the document.
func (i *Instruction) Corrigeable(cle string) bool {
	return slices.ContainsFunc(i.Attendues(), func(c Correction) bool { return c.Cle == cle })
}

// Corrige ends every awaited correction. The error is a fault.Conflict when
// there is none.
func (i *Instruction) Corrige(le time.Time) error {
	if len(i.Attendues()) == 0 {
		return fault.New(fault.Conflict, "Aucune correction n’est attendue sur ce dossier.")
	}
	i.Corrections = slices.Clone(i.Corrections)
	for k := range i.Corrections {
		if i.Corrections[k].Faite.IsZero() {
			i.Corrections[k].Faite = le
		}
	}
	return nil
}

// An Avis is the opinion that another service is asked for.
type Avis struct {
	ID       string     `json:"id"`
	Service  string     `json:"service"`
	Question string     `json:"question"`
	Demande  Signature  `json:"demande"`
	Pour     jour.Jour  `json:"pour"`             // by when
	Tacite   string     `json:"tacite,omitempty"` // deemed given after that day; "" when silence says nothing
	Sens     string     `json:"sens,omitempty"`   // favorable, reserve, defavorable; "" while awaited
	Texte    string     `json:"texte,omitempty"`
	Piece    *Piece     `json:"piece,omitempty"`
	Rendu    *Signature `json:"rendu,omitempty"`
}

// Sens lists the answers that an opinion may give.
var Sens = []string{"favorable", "reserve", "defavorable"}

// Repute reports whether the opinion is deemed given on the day: nobody
// answered in time and the scheme says what silence means.
func (a Avis) Repute(le jour.Jour) bool { return a.Sens == "" && a.Tacite != "" && le > a.Pour }

// Attendu reports whether the opinion is still awaited on the day.
func (a Avis) Attendu(le jour.Jour) bool { return a.Sens == "" && !a.Repute(le) }

// AvisAttendus counts the opinions still awaited on the day.
func (i *Instruction) AvisAttendus(le jour.Jour) int {
	n := 0
	for _, a := range i.Avis {
		if a.Attendu(le) {
			n++
		}
	}
	return n
}

// Consultes returns the services asked for an opinion, once each.
func (i *Instruction) Consultes() []string {
	var out []string
	for _, a := range i.Avis {
		if !slices.Contains(out, a.Service) {
			out = append(out, a.Service)
		}
	}
	return out
}

// Rend writes the opinion asked under the id. The error is a fault.NotFound,
// or a fault.Conflict when it was already given or deemed given.
func (i *Instruction) Rend(id string, r Avis, par Auteur) error {
	k := slices.IndexFunc(i.Avis, func(a Avis) bool { return a.ID == id })
	if k < 0 {
		return fault.New(fault.NotFound, "Cet avis n’est pas demandé sur ce dossier.")
	}
	a := i.Avis[k]
	if !a.Attendu(jour.DeTemps(par.Le)) {
		return fault.New(fault.Conflict, "Cet avis est déjà rendu.")
	}
	signature := par.Signe()
	a.Sens, a.Texte, a.Piece, a.Rendu = r.Sens, r.Texte, r.Piece, &signature
	i.Avis = slices.Clone(i.Avis)
	i.Avis[k] = a
	return nil
}

// A Proposition is the decision that the instructor proposes.
type Proposition struct {
	Acte    string       `json:"acte"` // of the scheme
	Montant euro.Montant `json:"montant"`
	Motif   string       `json:"motif"`
	Par     Signature    `json:"par"`
}

// A Visa is one approval of the present proposition.
type Visa struct {
	Niveau int       `json:"niveau"` // from 1
	Par    Signature `json:"par"`
}

// Propose replaces the proposition. Approvals given to another act or another
// amount fall.
func (i *Instruction) Propose(p Proposition) {
	if i.Proposition == nil || i.Proposition.Acte != p.Acte || i.Proposition.Montant != p.Montant {
		i.Visas = nil
	}
	i.Proposition = &p
}

// Vise adds the next approval. The error is a fault.Conflict when there is
// nothing to approve, and a fault.Forbidden for whoever proposed or already
// approved.
func (i *Instruction) Vise(niveaux int, par Signature) error {
	switch {
	case i.Proposition == nil:
		return fault.New(fault.Conflict, "Aucune décision n’est proposée : il n’y a rien à viser.")
	case len(i.Visas) >= niveaux:
		return fault.New(fault.Conflict, "Tous les visas sont déjà donnés.")
	case i.Proposition.Par.Par == par.Par:
		return fault.New(fault.Forbidden, "La personne qui propose une décision ne la vise pas.")
	case slices.ContainsFunc(i.Visas, func(v Visa) bool { return v.Par.Par == par.Par }):
		return fault.New(fault.Forbidden, "Vous avez déjà visé cette proposition : un autre niveau, une autre personne.")
	}
	i.Visas = append(slices.Clone(i.Visas), Visa{len(i.Visas) + 1, par})
	return nil
}

// Vises reports whether the act at that amount has every approval that the
// scheme asks for; the error says what is missing.
func (i *Instruction) Vises(s *dispositif.Dispositif, acte string, montant euro.Montant) error {
	switch p := i.Proposition; {
	case len(s.Visas) == 0:
		return nil
	case p == nil || p.Acte != acte || p.Montant != montant:
		return fault.New(fault.Conflict, "Cette décision n’est pas celle qui a été proposée et visée : proposez-la de nouveau.")
	case len(i.Visas) < len(s.Visas):
		return fault.New(fault.Conflict, "Il manque un visa : %s.", s.Visas[len(i.Visas)])
	}
	return nil
}

// Limits of the labels.
const (
	maxEtiquettes     = 10
	maxTexteEtiquette = 40
)

// LireEtiquettes reads labels separated by commas. The error is a
// fault.Invalid at the field etiquettes.
func LireEtiquettes(text string) ([]string, error) {
	var out []string
	for _, x := range strings.Split(text, ",") {
		x = strings.Join(strings.Fields(x), " ")
		if x == "" || slices.Contains(out, x) {
			continue
		}
		out = append(out, x)
		if len([]rune(x)) > maxTexteEtiquette || len(out) > maxEtiquettes {
			m := "Dix étiquettes au plus, de quarante caractères au plus."
			return nil, fault.New(fault.Invalid, "%s", m).Field("etiquettes", m)
		}
	}
	return out, nil
}
