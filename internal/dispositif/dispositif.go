// Package dispositif holds the schemes: rules, form, documents, steps, states,
// calendar and contacts, read from data files and checked as a whole.
//
// It does not know who applies.
package dispositif

import (
	"slices"

	"guichet/internal/jour"
	"guichet/internal/lecture"
	"guichet/internal/regle"
)

// A Dispositif is one scheme, as its file writes it, with a prefecture's
// overrides when it has some.
type Dispositif struct {
	Code            string           `yaml:"code"`
	Ordre           int              `yaml:"ordre"`      // place in the table
	RattacheA       string           `yaml:"rattache_a"` // main scheme of an annexed small aid
	Nom             string           `yaml:"nom"`
	Sigle           string           `yaml:"sigle"`
	Promesse        string           `yaml:"promesse"` // at most 180 characters
	Description     string           `yaml:"description"`
	Aides           []string         `yaml:"aides"` // kinds of aid: see Aides
	Depuis          jour.Jour        `yaml:"depuis"`
	Jusque          jour.Jour        `yaml:"jusque"`
	Beneficiaires   Beneficiaires    `yaml:"beneficiaires"`
	Volets          []Volet          `yaml:"volets"`
	Formulaire      []Champ          `yaml:"formulaire"`
	Pieces          []Piece          `yaml:"pieces"`
	Exigences       []Exigence       `yaml:"exigences"`
	Etapes          []Etape          `yaml:"etapes"`
	Delais          []Delai          `yaml:"delais"` // those of every scheme included
	Etats           []Etat           `yaml:"etats"`
	Transitions     []Transition     `yaml:"transitions"`
	AvantDecision   []string         `yaml:"avant_decision"` // states that wait for a decision, when no act decides
	Visas           []string         `yaml:"visas"`          // who must approve a proposed decision, in order; at most three
	Avis            AvisRegle        `yaml:"avis"`
	Calendrier      Calendrier       `yaml:"calendrier"`
	Service         string           `yaml:"service"`
	Operateur       string           `yaml:"operateur"` // national service that makes the acts of the role operateur
	Silence         string           `yaml:"silence"`   // legal effect of an unanswered request; "" is the general rule
	Contacts        []string         `yaml:"contacts"`
	Liens           []string         `yaml:"liens"`
	Versement       []Obligation     `yaml:"versement"` // how the aid is paid
	Apres           []Obligation     `yaml:"apres"`
	Anomalies       []Anomalie       `yaml:"anomalies"`
	Interpretations []Interpretation `yaml:"interpretations"`
	regle.Regles    `yaml:",inline"`
	Ligne           lecture.Ligne

	Communs     Communs // states and acts of every scheme, in the words of this one
	Programme   *regle.Programme
	Differences []Difference // what the prefecture changed
	fichier     string
}

// Aides lists the kinds of aid.
var Aides = []string{"ingenierie", "subvention", "poste", "formation", "outil"}

// Beneficiaires says who the scheme is for.
type Beneficiaires struct {
	Types []string `yaml:"types"`
	Texte string   `yaml:"texte"`
	Cite  []string `yaml:"cite"`
}

// A Volet is one track of a scheme, with its own service and form.
type Volet struct {
	Code       string   `yaml:"code"`
	Nom        string   `yaml:"nom"`
	Service    string   `yaml:"service"`
	Formulaire string   `yaml:"formulaire"` // id of a link
	Texte      string   `yaml:"texte"`
	Cite       []string `yaml:"cite"`
}

// A Piece is one document to join.
type Piece struct {
	ID      string   `yaml:"id"`
	Libelle string   `yaml:"libelle"`
	Requise string   `yaml:"requise"` // oui, non, eventuel
	Phase   string   `yaml:"phase"`   // depot, demande, signature, depot_ou_signature
	Modele  string   `yaml:"modele"`  // id of a link to a template
	Genres  []string `yaml:"genres"`  // accepted kinds of document; none: those of every piece
	Mesures Mesures  `yaml:"mesures"`
	Par     string   `yaml:"par"` // question that names communes: the applicant and each of them owe one
	Cite    []string `yaml:"cite"`
}

// An Exigence is a list of which every item must be there: commitments,
// training topics, recipients.
type Exigence struct {
	ID      string `yaml:"id"`
	Nature  string `yaml:"nature"` // engagement, sujet, destinataire
	Libelle string `yaml:"libelle"`
	Raison  string `yaml:"raison"` // code when an item is missing
	Items   []Item `yaml:"items"`
}

// An Item is one line of an Exigence.
type Item struct {
	ID    string   `yaml:"id"`
	Texte string   `yaml:"texte"`
	Cite  []string `yaml:"cite"`
}

// Manquants returns the items that accepted does not hold, in order.
func (e *Exigence) Manquants(accepted []string) []string {
	var missing []string
	for _, it := range e.Items {
		if !contains(accepted, it.ID) {
			missing = append(missing, it.ID)
		}
	}
	return missing
}

// An Etape is one step of the procedure.
type Etape struct {
	N           int      `yaml:"n"`
	Acteur      string   `yaml:"acteur"`
	Action      string   `yaml:"action"`
	Entree      string   `yaml:"entree"`
	Sortie      string   `yaml:"sortie"`
	Delai       string   `yaml:"delai"` // "3 mois", "15 jours"
	Depuis      string   `yaml:"depuis"`
	NatureDelai string   `yaml:"nature_delai"` // ferme, indicatif
	Cite        []string `yaml:"cite"`
}

// An Etat is a state of a file.
type Etat struct {
	Code    string `yaml:"code"`
	Libelle string `yaml:"libelle"`
	Initial bool   `yaml:"initial"`
	Final   bool   `yaml:"final"`
}

// A Transition is an act that moves a file.
type Transition struct {
	Acte    string   `yaml:"acte"`
	De      []string `yaml:"de"`
	Vers    string   `yaml:"vers"`
	Role    string   `yaml:"role"`   // porteur, preparateur, instructeur, operateur, signataire, payeur
	Phase   string   `yaml:"phase"`  // of the form that the act files; "" for an act that files nothing
	Issue   string   `yaml:"issue"`  // the outcome when the act decides, see issues; "" for the others
	Motive  bool     `yaml:"motive"` // the act asks for its grounds
	Pieces  string   `yaml:"pieces"` // phase whose documents the act wants: signature; "" for none
	Efface  bool     `yaml:"efface"` // the act erases what was written
	Libelle string   `yaml:"libelle"`
	Ligne   lecture.Ligne
}

// An AvisRegle is what a scheme says of the opinions that its service asks for.
type AvisRegle struct {
	Delai  string `yaml:"delai"`  // usual delay, "1 mois"
	Tacite string `yaml:"tacite"` // opinion deemed given after the delay; "" when silence says nothing
}

// A Calendrier says when one may apply.
type Calendrier struct {
	Type        string      `yaml:"type"` // permanent, vagues
	Vagues      []VagueData `yaml:"vagues"`
	RaisonFerme string      `yaml:"raison_ferme"`
	Rappels     []int       `yaml:"rappels"` // days from the last day of a window
	Texte       string      `yaml:"texte"`
	Cite        []string    `yaml:"cite"`
}

// A VagueData is one filing window as the file writes it.
type VagueData struct {
	N     int       `yaml:"n"`
	Ouvre jour.Jour `yaml:"ouvre"`
	Ferme jour.Jour `yaml:"ferme"`
	Cite  []string  `yaml:"cite"`
}

// An Obligation is what comes after the decision.
type Obligation struct {
	Texte string   `yaml:"texte"`
	Cite  []string `yaml:"cite"`
}

// An Anomalie is a fault or an ambiguity of the source: what is written, what
// we read.
type Anomalie struct {
	Ou      string `yaml:"ou"`
	Brut    string `yaml:"brut"`
	Corrige string `yaml:"corrige"`
	Statut  string `yaml:"statut"` // see Statuts
	Note    string `yaml:"note"`
}

// Statuts lists the states of an anomaly.
var Statuts = []string{"corrige", "douteux", "prive", "cosmetique", "a_confirmer"}

// An Interpretation is a reading chosen for an ambiguous text.
type Interpretation struct {
	ID       string   `yaml:"id"`
	Texte    string   `yaml:"texte"`
	Defaut   string   `yaml:"defaut"`
	Question string   `yaml:"question"`
	Cite     []string `yaml:"cite"`
}

// A Difference is something a prefecture changed of a national scheme.
type Difference struct {
	Champ, National, Local string
}

// Exigence returns the list id.
func (d *Dispositif) Exigence(id string) (*Exigence, bool) {
	for i := range d.Exigences {
		if d.Exigences[i].ID == id {
			return &d.Exigences[i], true
		}
	}
	return nil, false
}

// The phases of a document that is not owed at a filing.
const (
	Signature        = "signature"
	DepotOuSignature = "depot_ou_signature"
)

// Attend reports whether a document of the piece may be joined in the state:
// something is filed there, or an act wants it.
func (d *Dispositif) Attend(etat string, p Piece) bool {
	phase := d.Phase(etat)
	if phase != "" && (p.Phase == phase || p.Phase == DepotOuSignature) {
		return true
	}
	for _, t := range d.Ordinaires(etat) {
		if t.Pieces != "" && (p.Phase == t.Pieces || p.Phase == DepotOuSignature) {
			return true
		}
	}
	return false
}

// Mesures names the facts that a document gives, "" for none.
type Mesures struct {
	Presente string `yaml:"presente"` // whether it is joined
	Pages    string `yaml:"pages"`    // its pages
	Secondes string `yaml:"secondes"` // its length
}

// Phase returns the part of the form to fill in the state: that of the act
// that files next, "" when nothing is to be filed.
func (d *Dispositif) Phase(etat string) string {
	for _, t := range d.Transitions {
		if t.Phase != "" && slices.Contains(t.De, etat) {
			return t.Phase
		}
	}
	return ""
}

// Volet returns the track code.
func (d *Dispositif) Volet(code string) (*Volet, bool) {
	for i := range d.Volets {
		if d.Volets[i].Code == code {
			return &d.Volets[i], true
		}
	}
	return nil, false
}

func contains(xs []string, x string) bool {
	for _, y := range xs {
		if x == y {
			return true
		}
	}
	return false
}
