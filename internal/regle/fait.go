package regle

import (
	"regexp"
	"slices"
	"strings"

	"cel.dev/cel-go/common/types/traits"

	"guichet/internal/fault"
	"guichet/internal/francais"
	"guichet/internal/lecture"
)

// A Fait is a named datum that rules may use: an entry of the dictionary.
type Fait struct {
	Nom      string
	Type     Type     `yaml:"type"`
	Portee   Portee   `yaml:"portee"`
	Calcul   string   `yaml:"calcul"` // how the territory gives it; "" when only a person can
	Min      string   `yaml:"min"`    // smallest accepted value, "" for none
	Max      string   `yaml:"max"`
	Choix    []Choix  `yaml:"choix"`    // accepted values of a text, or of the elements of a list
	Propose  []Choix  `yaml:"propose"`  // usual values of a text or of a list; others are accepted
	Invalide string   `yaml:"invalide"` // reason code of a value outside min, max or choix
	Unite    string   `yaml:"unite"`
	Libelle  string   `yaml:"libelle"`
	Question string   `yaml:"question"`
	Aide     string   `yaml:"aide"`
	AgeAu    string   `yaml:"age_au"`  // of a birth date: once filed, only the age on the day of this other fact is kept
	Defaut   string   `yaml:"defaut"`  // value when nobody says otherwise; shown as such
	Donnees  []string `yaml:"donnees"` // the facts of a person that Calcul takes, in its order

	Ligne lecture.Ligne

	Depuis []*Fait `yaml:"-"` // the facts that Donnees names

	index    int
	min, max Valeur
	defaut   Valeur
}

// A Choix is one accepted value of a fact, with its French label.
type Choix struct {
	Vaut    string `yaml:"vaut"`
	Libelle string `yaml:"libelle"`
}

// A Dictionnaire holds every fact that the rules may name.
type Dictionnaire struct {
	faits  []*Fait
	parNom map[string]*Fait
}

// Fait returns the fact called nom.
func (d *Dictionnaire) Fait(nom string) (*Fait, bool) {
	f, ok := d.parNom[nom]
	return f, ok
}

// All returns the facts in the order of their names.
func (d *Dictionnaire) All() []*Fait { return d.faits }

var nomValide = regexp.MustCompile(`^[a-z][a-z0-9_]{0,62}$`)

// LoadDictionnaire reads the dictionary of facts. The error is a
// [lecture.Problemes].
func LoadDictionnaire(fichier string, text []byte) (*Dictionnaire, error) {
	var file struct {
		Faits map[string]*Fait `yaml:"faits"`
	}
	if err := lecture.Load(fichier, text, &file); err != nil {
		return nil, err
	}
	d := &Dictionnaire{parNom: file.Faits}
	var pp lecture.Problemes
	for nom, f := range file.Faits {
		if f == nil {
			pp.Add(fichier, 0, "faits."+nom, "ce fait est vide : donnez au moins type, portee, libelle et question.")
			continue
		}
		f.Nom = nom
		for _, text := range f.check() {
			pp.Add(fichier, int(f.Ligne), "faits."+nom, "%s", text)
		}
		d.faits = append(d.faits, f)
	}
	slices.SortFunc(d.faits, func(a, b *Fait) int { return strings.Compare(a.Nom, b.Nom) })
	for i, f := range d.faits {
		f.index = i
	}
	for _, f := range d.faits {
		d.relie(fichier, f, &pp)
	}
	slices.SortFunc(pp, func(a, b lecture.Probleme) int { return a.Ligne - b.Ligne })
	return d, pp.Err()
}

// relie finds the facts that the calculation of f takes.
func (d *Dictionnaire) relie(fichier string, f *Fait, pp *lecture.Problemes) {
	if len(f.Donnees) > 0 && f.Calcul == "" {
		pp.Add(fichier, int(f.Ligne), "faits."+f.Nom+".donnees", "« donnees » dit de quoi part un calcul : donnez aussi « calcul ».")
	}
	for _, nom := range f.Donnees {
		from, ok := d.parNom[nom]
		if !ok || from == nil || from.Calcul != "" {
			pp.Add(fichier, int(f.Ligne), "faits."+f.Nom+".donnees", "« %s » n’est pas un fait qu’une personne donne.", nom)
			continue
		}
		f.Depuis = append(f.Depuis, from)
	}
}

// Personnel reports whether the fact tells of a person: it is kept no longer
// than what it serves for.
func (f *Fait) Personnel() bool { return f.AgeAu != "" }

// EstCommune reports whether the fact is the INSEE code of a commune.
func (f *Fait) EstCommune() bool { return f.Calcul == "commune_du_lieu" || f.Calcul == "insee" }

// check completes f and returns what is wrong with it.
func (f *Fait) check() (wrong []string) {
	if !nomValide.MatchString(f.Nom) || reserves[f.Nom] {
		wrong = append(wrong, "ce nom n’est pas possible : des minuscules sans accent, des chiffres et des soulignés, et pas un mot du langage des règles.")
	}
	if f.Type == "" {
		return append(wrong, "la clé « type » manque.")
	}
	if f.Libelle == "" {
		wrong = append(wrong, "la clé « libelle » manque : le nom du fait, en français.")
	}
	if f.Question == "" {
		wrong = append(wrong, "la clé « question » manque : la phrase posée quand le fait est inconnu.")
	}
	if len(f.Choix) > 0 && len(f.Propose) > 0 {
		wrong = append(wrong, "« choix » dit les seules valeurs admises, « propose » les plus courantes : gardez un des deux.")
	}
	if len(f.Choix)+len(f.Propose) > 0 && f.Type != TypeTexte && f.Type != TypeListeTexte {
		wrong = append(wrong, "« choix » et « propose » ne vont qu’avec un texte ou une liste de textes.")
	}
	if f.Defaut != "" && f.Portee == Entite {
		wrong = append(wrong, "une donnée du territoire n’a pas de valeur par défaut : inconnue, elle doit le rester.")
	}
	for _, bound := range []struct {
		key, text string
		into      *Valeur
	}{{"min", f.Min, &f.min}, {"max", f.Max, &f.max}, {"defaut", f.Defaut, &f.defaut}} {
		if bound.text == "" {
			continue
		}
		v, err := ParseValeur(f.element(bound.key), bound.text)
		if err != nil {
			wrong = append(wrong, "« "+bound.key+" » : "+fault.Of(err).Message)
			continue
		}
		*bound.into = v
	}
	if lo, ok := f.min.ordinal(); ok {
		if hi, ok := f.max.ordinal(); ok && lo > hi {
			wrong = append(wrong, "« min » dépasse « max ».")
		}
	}
	if !f.defaut.Zero() {
		if m := f.outside(f.defaut); m != "" {
			wrong = append(wrong, "« defaut » : "+m)
		}
	}
	return wrong
}

// element is the type of the bounds of f: of its elements, for a list.
func (f *Fait) element(key string) Type {
	if f.Type == TypeListeEuro && key != "defaut" {
		return TypeEuro
	}
	return f.Type
}

// ValeurParDefaut returns the value of f when nobody says otherwise; the zero
// Valeur when there is none.
func (f *Fait) ValeurParDefaut() Valeur { return f.defaut }

// Parse reads a value of f given by a person. The error is a fault.Invalid
// with the message at the field f.Nom, and the fact's reason code when the
// value is out of bounds.
func (f *Fait) Parse(text string) (Valeur, error) {
	v, err := ParseValeur(f.Type, text)
	if err != nil {
		m := fault.Of(err).Message
		return Valeur{}, invalid("%s : %s", f.Libelle, m).Field(f.Nom, m)
	}
	if err := f.Check(v); err != nil {
		return Valeur{}, err
	}
	return v, nil
}

// Check verifies the type, the bounds and the choices of v. The error is a
// fault.Invalid as that of Parse.
func (f *Fait) Check(v Valeur) error {
	if v.t != f.Type {
		return invalid("%s : une valeur de type %s est attendue.", f.Libelle, f.Type).Field(f.Nom, "Ce n’est pas le bon type de valeur.")
	}
	if m := f.outside(v); m != "" {
		return invalid("%s : %s", f.Libelle, m).Field(f.Nom, m).Code(f.Invalide)
	}
	return nil
}

// outside says in French how v leaves the bounds or the choices of f, or "".
func (f *Fait) outside(v Valeur) string {
	if list, ok := v.v.(traits.Lister); ok && f.Type == TypeListeEuro {
		for it := list.Iterator(); it.HasNext() == trueVal; {
			if m := f.bounds(Valeur{TypeEuro, it.Next()}); m != "" {
				return m
			}
		}
		return ""
	}
	if len(f.Choix) > 0 {
		for _, text := range v.Textes() {
			if !slices.ContainsFunc(f.Choix, func(c Choix) bool { return c.Vaut == text }) {
				return "« " + court(text) + " » n’est pas un choix possible : " + francais.Choix(f.values()...) + "."
			}
		}
	}
	return f.bounds(v)
}

func (f *Fait) bounds(v Valeur) string {
	n, ok := v.ordinal()
	if !ok {
		return ""
	}
	lo, hasLo := f.min.ordinal()
	hi, hasHi := f.max.ordinal()
	switch {
	case hasLo && n < lo && hasHi, hasHi && n > hi && hasLo:
		return "la valeur doit être comprise entre " + f.Affiche(f.min) + " et " + f.Affiche(f.max) + "."
	case hasLo && n < lo:
		return "la valeur doit être d’au moins " + f.Affiche(f.min) + "."
	case hasHi && n > hi:
		return "la valeur doit être d’au plus " + f.Affiche(f.max) + "."
	}
	return ""
}

func (f *Fait) values() []string {
	out := make([]string, len(f.Choix))
	for i, c := range f.Choix {
		out[i] = c.Vaut
	}
	return out
}

// Affiche writes v for a French reader: "3 465 habitants", "oui", the label of
// a choice, amounts and dates in words.
func (f *Fait) Affiche(v Valeur) string { return Affiche(v, f.Unite, f.Choix) }

// Affiche writes v for a French reader with its unit; texts of choix are
// replaced by their labels.
func Affiche(v Valeur, unite string, choix []Choix) string {
	if v.Zero() {
		return "inconnu"
	}
	if list, ok := v.v.(traits.Lister); ok {
		var words []string
		for it := list.Iterator(); it.HasNext() == trueVal; {
			words = append(words, label(it.Next(), choix))
		}
		if len(words) == 0 {
			return "aucun"
		}
		if len(words) > 6 {
			words = append(words[:5], francais.Entier(int64(len(words)-5))+" autres")
		}
		return francais.Liste(words...)
	}
	text := label(v.v, choix)
	if unite != "" && v.t != TypeEuro && v.t != TypeBooleen && v.t != TypeDate {
		text += francais.Insecable + unite
	}
	return text
}
