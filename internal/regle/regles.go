package regle

import (
	"guichet/internal/jour"
	"guichet/internal/lecture"
)

// Regles are the rules of one scheme as its file writes them. They are part of
// a larger file: embed them inline.
type Regles struct {
	Parametres map[string]*Parametre `yaml:"parametres"`
	Conditions []*Condition          `yaml:"conditions"`
	Resultats  []*Resultat           `yaml:"resultats"`
	Signaux    []*Signal             `yaml:"signaux"`
	Coherences []*Coherence          `yaml:"coherences"`
	Gardes     []*Garde              // of the questions, which the rest of the file writes
	Manques    map[string]string     `yaml:"manques"` // fact to the reason code of its absence
}

// A Parametre is a number or a list of the law, dated and cited.
type Parametre struct {
	Nom     string
	Type    Type           `yaml:"type"`
	Libelle string         `yaml:"libelle"`
	Unite   string         `yaml:"unite"`
	Valeurs []*ValeurDatee `yaml:"valeurs"`
	Ligne   lecture.Ligne

	index int
}

// A ValeurDatee is the value of a parameter between two days, both included.
type ValeurDatee struct {
	Du    jour.Jour `yaml:"du"` // no day: since always
	Au    jour.Jour `yaml:"au"` // no day: until further notice
	Vaut  string    `yaml:"vaut"`
	Cite  []string  `yaml:"cite"`
	Note  string    `yaml:"note"`
	Ligne lecture.Ligne

	Valeur Valeur // Vaut, parsed
}

// A Condition is something that must be true.
type Condition struct {
	ID               string   `yaml:"id"`
	Objet            string   `yaml:"objet"`  // what it is about: demandeur, candidat, contrat, lieu…
	Nature           string   `yaml:"nature"` // machine, declaration, appreciation, piece, prealable
	Texte            string   `yaml:"texte"`
	Quand            string   `yaml:"quand"` // guard: when known false, the condition does not apply
	Si               string   `yaml:"si"`
	Raison           string   `yaml:"raison"`            // code when the verdict is Non
	RaisonApprecier  string   `yaml:"raison_apprecier"`  // code when the verdict is AApprecier
	RaisonsCompleter []string `yaml:"raisons_completer"` // codes when the verdict is ACompleter
	Piece            string   `yaml:"piece"`             // id of the document that proves it, for the nature piece
	Cite             []string `yaml:"cite"`
	Interpretation   string   `yaml:"interpretation"`
	AConfirmer       string   `yaml:"a_confirmer"`
	Ligne            lecture.Ligne
}

// A Resultat is something the rules compute: a rate, an amount.
type Resultat struct {
	ID      string     `yaml:"id"`
	Type    Type       `yaml:"type"`
	Libelle string     `yaml:"libelle"`
	Unite   string     `yaml:"unite"`
	Selon   []*Branche `yaml:"selon"` // the first branch that is true wins
	Vaut    string     `yaml:"vaut"`  // instead of Selon: one expression
	Cite    []string   `yaml:"cite"`
	Ligne   lecture.Ligne
}

// A Branche is one case of a result.
type Branche struct {
	Si         string   `yaml:"si"`
	Sinon      bool     `yaml:"sinon"`       // the last branch, for all that remains
	Vaut       string   `yaml:"vaut"`        // an expression
	SansValeur bool     `yaml:"sans_valeur"` // nothing is written for this case
	Raison     string   `yaml:"raison"`
	Texte      string   `yaml:"texte"`
	Cite       []string `yaml:"cite"`
	Ligne      lecture.Ligne
}

// A Garde says when something is asked: its expression must be known true.
// Schemes write it beside what it guards.
type Garde struct {
	ID    string
	Si    string
	Ligne lecture.Ligne
}

// A Signal is a remark shown when it is known true. It changes no verdict.
type Signal struct {
	ID     string   `yaml:"id"`
	Si     string   `yaml:"si"`
	Raison string   `yaml:"raison"`
	Texte  string   `yaml:"texte"`
	Cite   []string `yaml:"cite"`
	Ligne  lecture.Ligne
}

// A Coherence must hold between values given together; known false, the input
// is invalid.
type Coherence struct {
	ID     string   `yaml:"id"`
	Si     string   `yaml:"si"`
	Raison string   `yaml:"raison"`
	Texte  string   `yaml:"texte"` // said at each of the fields
	Faits  []string `yaml:"faits"`
	Ligne  lecture.Ligne
}

// Natures lists the natures of a condition.
var Natures = []string{"machine", "declaration", "appreciation", "piece", "prealable"}
