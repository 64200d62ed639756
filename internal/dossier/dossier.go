// Package dossier is the life of a request, from the draft to the decision:
// what was answered, what is missing, in what state it is and how it got there.
// It knows neither rights nor storage; the states and the acts are those of the
// scheme.
package dossier

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	"guichet/internal/compte"
	"guichet/internal/dispositif"
	"guichet/internal/eligibilite"
	"guichet/internal/euro"
	"guichet/internal/fault"
	"guichet/internal/jour"
	"guichet/internal/siren"
)

// An ID names a dossier for ever and cannot be guessed.
type ID string

// A Dossier is a request of one organisation under one scheme.
type Dossier struct {
	ID           ID
	Numero       string // for people; "" while it is a draft
	Dispositif   string
	Volet        string // track, "" when the scheme has none
	Organisation siren.Siren
	Demandeur    eligibilite.Demandeur
	Nom          string // of the organisation, when the dossier was made
	Departement  string // whose prefecture answers
	Service      string // that instructs
	Operateur    string // national service that makes some acts, from its first turn on
	Etat         string // of the scheme
	Version      int    // grows with each change
	Reponses     Reponses
	Engagements  []string // items ticked
	Pieces       []Piece
	Instructeur  compte.PersonneID // "" until somebody takes it
	Gel          *Gel              // nil until the first filing
	Decision     *Decision         // nil until decided
	Anciennes    []Decision        // that a reopening set aside
	Quitte       string            // state that a withdrawal or a refusal left, to which a reopening returns
	Instruction  Instruction
	Lettres      []Lettre // sent, in order
	CreeLe       time.Time
	ModifieLe    time.Time
	DeposeLe     time.Time // of the last filing; zero for a draft

	// What the desk sorts by, written again at each change.
	Tour     string    `json:"-"` // role that acts next, "" for nobody
	Echeance jour.Jour `json:"-"` // by when; zero for no day
	RappelLe jour.Jour `json:"-"` // day to look at its reminders; zero for never

	AvisAttendus int   `json:"-"` // opinions asked for and not given
	Rang         int64 `json:"-"` // grows with each dossier made; the store sets it
}

// Reponses are the answers to the form, by the key of the question.
type Reponses map[string]Reponse

// A Reponse is what was answered and where it comes from.
type Reponse struct {
	Texte   string `json:"texte"`
	Origine string `json:"origine,omitempty"` // "" typed by a person; else the source
}

// Texte returns the text of an answer, "" when there is none.
func (rr Reponses) Texte(cle string) string { return rr[cle].Texte }

// A Piece is a document joined to a dossier.
type Piece struct {
	ID        string        `json:"id"` // of this joined document
	Piece     string        `json:"piece"`
	Pour      string        `json:"pour,omitempty"` // INSEE code of the partner whose document it is, "" for the applicant
	Nom       string        `json:"nom"`            // of the file, as sent
	Type      string        `json:"type"`
	Octets    int64         `json:"octets"`
	Pages     int           `json:"pages,omitempty"`
	Duree     time.Duration `json:"duree,omitempty"`
	Empreinte string        `json:"empreinte"` // SHA-256, hexadecimal
	Cle       string        `json:"cle"`       // in the store of documents
	Etat      string        `json:"etat"`      // saine, quarantaine
	Le        time.Time     `json:"le"`
}

// A Gel is the answer of the rules at the filing, as it was: it can still be
// explained when rules and territories have changed.
type Gel struct {
	Le         jour.Jour    `json:"le"`
	Edition    string       `json:"edition"`
	Millesime  int          `json:"millesime"`
	Verdict    string       `json:"verdict"`
	Phrase     string       `json:"phrase"`
	Raisons    []string     `json:"raisons"`
	Montant    euro.Montant `json:"montant"` // 0 when the rules give none
	Conditions []Constat    `json:"conditions"`
	Exception  string       `json:"exception,omitempty"` // why the applicant asks against a « non »

	// What was filed, as it was.
	Reponses    Reponses `json:"reponses"`
	Engagements []string `json:"engagements,omitempty"`
	Pieces      []Piece  `json:"pieces,omitempty"`
}

// Depose returns the dossier as it was filed; d itself when it is a draft.
func (d *Dossier) Depose() *Dossier {
	if d.Gel == nil {
		return d
	}
	n := *d
	n.Reponses, n.Engagements, n.Pieces = d.Gel.Reponses, d.Gel.Engagements, d.Gel.Pieces
	return &n
}

// A Constat is a condition of a Gel.
type Constat struct {
	ID      string   `json:"id"`
	Texte   string   `json:"texte"`
	Verdict string   `json:"verdict"`
	Valeurs []string `json:"valeurs"` // what was compared, with its source
	Cite    []string `json:"cite"`
}

// A Decision is what was decided, by whom, on what grounds.
type Decision struct {
	Issue   string       `json:"issue"`   // accord, refus, ajournement, sans_suite, irrecevable
	Montant euro.Montant `json:"montant"` // granted
	Calcule euro.Montant `json:"calcule"` // proposed by the rules
	Motif   string       `json:"motif"`
	Motifs  []string     `json:"motifs,omitempty"` // codes ticked, from the catalogue
	Base    euro.Montant `json:"base,omitempty"`   // expense retained; 0 when the aid has none
	Taux    string       `json:"taux,omitempty"`   // rate of the base, « 80 % »

	// What the aid commits to, a line each.
	Conditions []string `json:"conditions,omitempty"`

	Par     compte.PersonneID `json:"par"`
	Le      time.Time         `json:"le"`
	Service string            `json:"service,omitempty"` // national service that decided; "" for the prefecture
	Externe *Ailleurs         `json:"externe,omitempty"` // nil when it was decided in the guichet
}

// An Ailleurs is a decision that somebody outside the guichet made.
type Ailleurs struct {
	Auteur string    `json:"auteur"`
	Le     jour.Jour `json:"le"`
	Piece  Piece     `json:"piece"`
}

// A Lettre is a letter as it was signed: the same PDF can be made again.
type Lettre struct {
	Modele       string    `json:"modele"`
	Objet        string    `json:"objet"`
	Corps        string    `json:"corps"` // markdown
	Emetteur     []string  `json:"emetteur"`
	Destinataire []string  `json:"destinataire"`
	Lieu         string    `json:"lieu,omitempty"`
	Le           jour.Jour `json:"le"`
	Reference    string    `json:"reference"`
	Signataire   []string  `json:"signataire,omitempty"`
	Empreinte    string    `json:"empreinte"` // SHA-256 of the PDF, hexadecimal
}

// An Evenement is one act on a dossier. Numero is the Version it made.
type Evenement struct {
	Dossier ID
	Numero  int
	Cle     string // of the form that asked, used once
	Acte    string
	Libelle string
	De      string
	Vers    string
	Motif   string
	Par     compte.PersonneID
	Nom     string // of who acted, as shown to the other side
	Role    compte.Role
	Le      time.Time

	Derogation string // the separation that an exemption set aside, "" for none
}

// Brouillon reports whether the dossier is still being written.
func (d *Dossier) Brouillon() bool { return d.DeposeLe.IsZero() }

// Objet is the dossier as rights see it.
func (d *Dossier) Objet() compte.Objet {
	o := compte.Objet{Organisation: d.Organisation, Departement: d.Departement, Dispositif: d.Dispositif, Service: d.Service, Operateur: d.Operateur,
		Consultes: d.Instruction.Consultes()}
	if d.Instructeur != "" {
		o.Instructeurs = append(o.Instructeurs, d.Instructeur)
	}
	if d.Decision != nil {
		o.Montant = d.Decision.Montant
	}
	return o
}

// Empreinte digests the whole dossier, for the register.
func (d *Dossier) Empreinte() string { return empreinte(d) }

func empreinte(x any) string {
	text, err := json.Marshal(x)
	if err != nil {
		panic(err) // what is digested holds only what JSON can write
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// Clone returns a copy that shares nothing that changes.
func (d *Dossier) Clone() *Dossier {
	n := *d
	n.Reponses = maps.Clone(d.Reponses)
	n.Engagements = slices.Clone(d.Engagements)
	n.Pieces = slices.Clone(d.Pieces)
	n.Lettres = slices.Clone(d.Lettres)
	n.Instruction.Avis, n.Instruction.Corrections = slices.Clone(d.Instruction.Avis), slices.Clone(d.Instruction.Corrections)
	return &n
}

// PieceDe returns the documents joined for the requirement id.
func (d *Dossier) PieceDe(id string) []Piece {
	var out []Piece
	for _, p := range d.Pieces {
		if p.Piece == id {
			out = append(out, p)
		}
	}
	return out
}

// Remet makes pieces the documents that the services see of a filed dossier.
func (d *Dossier) Remet(pieces []Piece) {
	gel := *d.Gel
	gel.Pieces = pieces
	d.Gel = &gel
}

// Supprime is the common state of a draft that was erased.
const Supprime = "supprime"

// Efface forgets everything that was written in a draft, and returns the
// documents that were joined.
func (d *Dossier) Efface() []Piece {
	gone := d.Pieces
	d.Reponses, d.Engagements, d.Pieces = make(Reponses), nil, nil
	return gone
}

// Jouer makes the act: the dossier changes state and the event that says so
// comes back, with the number of the new version. The error is a
// fault.Conflict when the state forbids the act.
func (d *Dossier) Jouer(s *dispositif.Dispositif, acte string, par Auteur) (Evenement, dispositif.Transition, error) {
	t, ok := s.Transition(d.Etat, acte)
	if !ok {
		return Evenement{}, t, fault.New(fault.Conflict, "Cet acte n’est plus possible : le dossier est « %s ».", s.LibelleEtat(d.Etat))
	}
	ev := d.evenement(t.Acte, t.Libelle, par)
	ev.De, ev.Vers = d.Etat, Arrivee(t, d.Quitte)
	d.Etat, d.Quitte = ev.Vers, Quitte(s, t, ev.De, d.Quitte)
	if t.Vers == dispositif.Retour && d.Decision != nil {
		d.Anciennes, d.Decision = append(slices.Clone(d.Anciennes), *d.Decision), nil
	}
	return ev, t, nil
}

// Arrivee returns the state to which an act leads; quitte is the state that
// the dossier had left.
func Arrivee(t dispositif.Transition, quitte string) string {
	if t.Vers == dispositif.Retour {
		return quitte
	}
	return t.Vers
}

// Quitte returns the state to which a reopening would return after the act,
// made in the state de.
func Quitte(s *dispositif.Dispositif, t dispositif.Transition, de, quitte string) string {
	common := slices.ContainsFunc(s.Communs.Actes, func(c dispositif.Transition) bool { return c.Acte == t.Acte })
	switch {
	case t.Vers == dispositif.Retour:
		return ""
	case common || t.Issue == "refus":
		return de
	}
	return quitte
}

// An Auteur is who acts, when, by what form, and why.
type Auteur struct {
	Personne compte.Personne
	Role     compte.Role
	Le       time.Time
	Cle      string
	Motif    string
}

// Noter makes an event that moves no state.
func (d *Dossier) Noter(acte, libelle string, par Auteur) Evenement {
	ev := d.evenement(acte, libelle, par)
	ev.De, ev.Vers = d.Etat, d.Etat
	return ev
}

func (d *Dossier) evenement(acte, libelle string, par Auteur) Evenement {
	d.Version++
	d.ModifieLe = par.Le
	return Evenement{Dossier: d.ID, Numero: d.Version, Cle: par.Cle, Acte: acte, Libelle: libelle, Motif: strings.TrimSpace(par.Motif),
		Par: par.Personne.ID, Nom: par.Personne.NomComplet(), Role: par.Role, Le: par.Le}
}
