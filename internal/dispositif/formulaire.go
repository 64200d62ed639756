package dispositif

import (
	"slices"
	"strings"

	"guichet/internal/fault"
	"guichet/internal/regle"
	"guichet/internal/siren"
)

// A Champ is one question of the form.
type Champ struct {
	ID       string        `yaml:"id"`
	Section  string        `yaml:"section"`
	Libelle  string        `yaml:"libelle"`
	Aide     string        `yaml:"aide"`
	Type     TypeChamp     `yaml:"type"`
	Requis   string        `yaml:"requis"` // oui, non, eventuel
	Phase    string        `yaml:"phase"`
	Fait     string        `yaml:"fait"`     // fact it answers
	Si       string        `yaml:"si"`       // asked when this is known true, in the language of the rules; "" always
	Connu    string        `yaml:"connu"`    // what fills it in, see Connus
	Choix    []regle.Choix `yaml:"choix"`    // of TypeChoix and TypeCases, when no fact has them
	Colonnes []Colonne     `yaml:"colonnes"` // of TypeBloc
	Valeur   string        `yaml:"valeur"`   // of TypeBloc: the column that makes the fact, a value a line
	Cite     []string      `yaml:"cite"`
}

// A Colonne is one cell of every line of a TypeBloc.
type Colonne struct {
	ID      string    `yaml:"id"`
	Libelle string    `yaml:"libelle"`
	Type    TypeChamp `yaml:"type"`
	Requis  string    `yaml:"requis"`
}

// A TypeChamp is how a question is answered.
type TypeChamp string

// The types of questions.
const (
	TypeCourt    TypeChamp = "texte_court"
	TypeLong     TypeChamp = "texte_long"
	TypeEntier   TypeChamp = "entier"
	TypeEuro     TypeChamp = "euro"
	TypeDecimal  TypeChamp = "decimal"
	TypeDate     TypeChamp = "date"
	TypeChoix    TypeChamp = "choix"
	TypeCases    TypeChamp = "cases"
	TypeSiret    TypeChamp = "siret"
	TypeCommunes TypeChamp = "communes" // communes, one a line
	TypeBloc     TypeChamp = "bloc"     // as many lines as needed, each of the same cells
)

// MaxLignes bounds the lines of a TypeBloc.
const MaxLignes = 50

var (
	types    = []TypeChamp{TypeCourt, TypeLong, TypeEntier, TypeEuro, TypeDecimal, TypeDate, TypeChoix, TypeCases, TypeSiret, TypeCommunes, TypeBloc}
	cellules = []TypeChamp{TypeCourt, TypeEntier, TypeEuro, TypeDecimal, TypeDate}
)

// Connus lists what the guichet knows and a question may be filled with: the
// name of the organisation, that of the person, the establishment that the
// person's provider vouches for.
var Connus = []string{"organisation", "personne", "siret"}

// Verifie says what is wrong with an answer that no fact reads, nil when it is
// empty or can be read. The error is a fault.Invalid.
func (t TypeChamp) Verifie(texte string, choix []regle.Choix) error {
	texte = strings.TrimSpace(texte)
	if texte == "" {
		return nil
	}
	switch t {
	case TypeSiret:
		_, err := siren.ParseSiret(texte)
		return err
	case TypeEntier, TypeEuro, TypeDecimal, TypeDate:
		_, err := regle.ParseValeur(regle.Type(t), texte)
		if err == nil && strings.HasPrefix(texte, "-") {
			return fault.New(fault.Invalid, "Un nombre positif est attendu.")
		}
		return err
	case TypeChoix, TypeCases:
		for x := range strings.SplitSeq(texte, ";") {
			if !slices.ContainsFunc(choix, func(c regle.Choix) bool { return c.Vaut == x }) {
				return fault.New(fault.Invalid, "Choisissez parmi les réponses proposées.")
			}
		}
	}
	return nil
}

// EnMots is an answer that no fact reads, as it is shown.
func (c *Champ) EnMots(texte string) string {
	if c.Type != TypeChoix && c.Type != TypeCases {
		return texte
	}
	var words []string
	for x := range strings.SplitSeq(texte, ";") {
		if i := slices.IndexFunc(c.Choix, func(o regle.Choix) bool { return o.Vaut == x }); i >= 0 {
			x = c.Choix[i].Libelle
		}
		words = append(words, x)
	}
	return strings.Join(words, ", ")
}

// Communes returns the question that names the communes that apply together.
func (d *Dispositif) Communes() (Champ, bool) {
	for _, c := range d.Formulaire {
		if c.Type == TypeCommunes {
			return c, true
		}
	}
	return Champ{}, false
}

// lintChamps checks the questions of the form.
func (l *loader) lintChamps(d *Dispositif, fail func(key, format string, args ...any)) {
	for i := range d.Formulaire {
		c := &d.Formulaire[i]
		key := "formulaire." + c.ID
		fait, known := l.c.Dictionnaire.Fait(c.Fait)
		if c.Fait != "" && !known {
			fail(key+".fait", "« %s » n’est pas un fait de faits.yaml.", c.Fait)
		}
		if !slices.Contains(types, c.Type) {
			fail(key+".type", "« %s » n’est pas un type de question : écrivez %s.", c.Type, enumere(types))
		}
		if c.Connu != "" && !slices.Contains(Connus, c.Connu) {
			fail(key+".connu", "« %s » n’est pas une chose connue : écrivez %s.", c.Connu, strings.Join(Connus, ", "))
		}
		if chosen := c.Type == TypeChoix || c.Type == TypeCases; chosen && !known && len(c.Choix) == 0 || len(c.Choix) > 0 && (!chosen || known) {
			fail(key+".choix", "un choix donne ses réponses dans « choix », ou celles de son fait, et lui seul.")
		}
		c.lintBloc(fait, func(format string, args ...any) { fail(key, format, args...) })
	}
}

// lintBloc checks the lines of a question, and that of another it has none.
func (c *Champ) lintBloc(fait *regle.Fait, fail func(format string, args ...any)) {
	if c.Type != TypeBloc {
		if len(c.Colonnes) > 0 || c.Valeur != "" {
			fail("« colonnes » et « valeur » ne vont qu’avec « type: bloc ».")
		}
		return
	}
	if len(c.Colonnes) == 0 {
		fail("un bloc demande « colonnes ».")
	}
	seen := make(map[string]bool)
	for _, x := range c.Colonnes {
		if x.ID == "" || seen[x.ID] || x.Libelle == "" || !slices.Contains(requis, x.Requis) || !slices.Contains(cellules, x.Type) {
			fail("une colonne demande un « id » unique, « libelle », « requis » : oui, non ou eventuel, et un « type » parmi %s.", enumere(cellules))
		}
		seen[x.ID] = true
	}
	switch {
	case fait == nil && c.Valeur != "", c.Valeur != "" && !seen[c.Valeur]:
		fail("« valeur » nomme la colonne qui répond au fait : donnez les deux, ou aucun.")
	case fait != nil && c.Valeur == "" && fait.Type != regle.TypeEntier:
		fail("sans « valeur », un bloc répond par le nombre de ses lignes : il faut un fait entier.")
	case fait != nil && c.Valeur != "" && fait.Type != regle.TypeListeEuro && fait.Type != regle.TypeListeTexte:
		fail("avec « valeur », un bloc répond par une liste : il faut un fait qui en soit une.")
	}
}

func enumere(tt []TypeChamp) string {
	words := make([]string, len(tt))
	for i, t := range tt {
		words[i] = string(t)
	}
	return strings.Join(words, ", ")
}
