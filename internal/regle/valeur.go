package regle

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"

	"guichet/internal/euro"
	"guichet/internal/fault"
	"guichet/internal/jour"
)

// A Type is the type of a fact, a parameter or a result.
type Type string

// The types of values.
const (
	TypeTexte      Type = "texte"
	TypeEntier     Type = "entier"
	TypeBooleen    Type = "booleen"
	TypeEuro       Type = "euro"
	TypeDecimal    Type = "decimal"
	TypeDate       Type = "date"
	TypeListeTexte Type = "liste_texte"
	TypeListeEuro  Type = "liste_euro"
)

// Types lists every type.
var Types = []Type{TypeTexte, TypeEntier, TypeBooleen, TypeEuro, TypeDecimal, TypeDate, TypeListeTexte, TypeListeEuro}

func (t Type) cel() *cel.Type {
	switch t {
	case TypeTexte:
		return cel.StringType
	case TypeEntier:
		return cel.IntType
	case TypeBooleen:
		return cel.BoolType
	case TypeEuro:
		return typeEuro
	case TypeDecimal:
		return typeDecimal
	case TypeDate:
		return typeDate
	case TypeListeTexte:
		return cel.ListType(cel.StringType)
	case TypeListeEuro:
		return cel.ListType(typeEuro)
	}
	return nil
}

// UnmarshalText reads the name of a type.
func (t *Type) UnmarshalText(text []byte) error {
	*t = Type(text)
	if !slices.Contains(Types, *t) {
		return invalid("« %s » n’est pas un type : écrivez texte, entier, booleen, euro, decimal, date, liste_texte ou liste_euro.", text)
	}
	return nil
}

func invalid(format string, args ...any) *fault.Fault {
	return fault.New(fault.Invalid, format, args...)
}

// A Valeur is a typed, immutable value. The zero Valeur is no value.
type Valeur struct {
	t Type
	v ref.Val
}

// Texte returns a text.
func Texte(s string) Valeur { return Valeur{TypeTexte, types.String(s)} }

// Entier returns a whole number.
func Entier(n int64) Valeur { return Valeur{TypeEntier, types.Int(n)} }

// Booleen returns a truth value.
func Booleen(b bool) Valeur { return Valeur{TypeBooleen, types.Bool(b)} }

// Euro returns an amount.
func Euro(m euro.Montant) Valeur { return Valeur{TypeEuro, celEuro(m)} }

// Date returns a day.
func Date(j jour.Jour) Valeur { return Valeur{TypeDate, celDate(j)} }

// Millioniemes returns a decimal number of n millionths.
func Millioniemes(n int64) Valeur { return Valeur{TypeDecimal, celDecimal(n)} }

// ListeTexte returns a list of texts; the caller gives ss away.
func ListeTexte(ss ...string) Valeur {
	return Valeur{TypeListeTexte, types.NewStringList(types.DefaultTypeAdapter, ss)}
}

// ListeEuro returns a list of amounts.
func ListeEuro(mm ...euro.Montant) Valeur {
	vals := make([]ref.Val, len(mm))
	for i, m := range mm {
		vals[i] = celEuro(m)
	}
	return Valeur{TypeListeEuro, types.NewRefValList(types.DefaultTypeAdapter, vals)}
}

// Type returns the type of v, "" for no value.
func (v Valeur) Type() Type { return v.t }

// Zero reports whether v is no value.
func (v Valeur) Zero() bool { return v.v == nil }

// Equal reports whether v and w are the same value of the same type.
func (v Valeur) Equal(w Valeur) bool {
	if v.Zero() || w.Zero() {
		return v.Zero() && w.Zero()
	}
	return v.t == w.t && v.v.Equal(w.v) == types.True
}

// Entier returns the whole number, or ok = false for another type.
func (v Valeur) Entier() (n int64, ok bool) {
	i, ok := v.v.(types.Int)
	return int64(i), ok
}

// Millioniemes returns the decimal number in millionths, or ok = false for
// another type.
func (v Valeur) Millioniemes() (n int64, ok bool) {
	d, ok := v.v.(celDecimal)
	return int64(d), ok
}

// Montant returns the amount, or ok = false for another type.
func (v Valeur) Montant() (m euro.Montant, ok bool) {
	e, ok := v.v.(celEuro)
	return euro.Montant(e), ok
}

// Booleen returns the truth value, or ok = false for another type.
func (v Valeur) Booleen() (b, ok bool) {
	x, ok := v.v.(types.Bool)
	return bool(x), ok
}

// Jour returns the day, or ok = false for another type.
func (v Valeur) Jour() (j jour.Jour, ok bool) {
	d, ok := v.v.(celDate)
	return jour.Jour(d), ok
}

// Textes returns the elements of a list, or the single value, as plain texts.
func (v Valeur) Textes() []string {
	list, ok := v.v.(traits.Lister)
	if !ok {
		return []string{v.String()}
	}
	n := int(list.Size().(types.Int))
	out := make([]string, n)
	for i := range n {
		out[i] = plain(list.Get(types.Int(i)))
	}
	return out
}

// String writes v as Parse reads it: "3465", "15000.00", "2021-07-01",
// "true", elements of a list separated by semicolons.
func (v Valeur) String() string {
	if v.Zero() {
		return ""
	}
	if _, ok := v.v.(traits.Lister); ok {
		return strings.Join(v.Textes(), ";")
	}
	return plain(v.v)
}

// MarshalText writes v as String does.
func (v Valeur) MarshalText() ([]byte, error) { return []byte(v.String()), nil }

func plain(v ref.Val) string {
	switch x := v.(type) {
	case types.String:
		return string(x)
	case celEuro:
		return euro.Montant(x).Decimal()
	case celDate:
		return jour.Jour(x).String()
	case celDecimal:
		return x.String()
	case types.Bool:
		return strconv.FormatBool(bool(x))
	}
	return fmt.Sprint(v.Value())
}

// ordinal returns the whole number behind a value that has an order: units,
// cents, millionths or days.
func (v Valeur) ordinal() (int64, bool) {
	switch x := v.v.(type) {
	case types.Int:
		return int64(x), true
	case celEuro:
		return int64(x), true
	case celDecimal:
		return int64(x), true
	case celDate:
		return int64(x), true
	}
	return 0, false
}

// withOrdinal is the inverse of ordinal for the type t.
func withOrdinal(t Type, n int64) Valeur {
	switch t {
	case TypeEuro:
		return Euro(euro.Montant(n))
	case TypeDecimal:
		return Millioniemes(n)
	case TypeDate:
		return Date(jour.Jour(n))
	}
	return Entier(n)
}

const (
	maxTexte = 20_000 // characters of one text given by a person
	maxListe = 200    // elements of one list given by a person
)

// ParseValeur reads a value of type t from a text, as a person or a data file
// writes it. The error is a fault.Invalid that says what to write.
func ParseValeur(t Type, s string) (Valeur, error) {
	s = strings.TrimSpace(s)
	if len(s) > maxTexte {
		return Valeur{}, invalid("Ce texte est trop long : %d caractères au plus.", maxTexte)
	}
	switch t {
	case TypeTexte:
		return Texte(s), nil
	case TypeEntier:
		n, err := strconv.ParseInt(strings.NewReplacer(" ", "", "\u202f", "", "\u00a0", "").Replace(s), 10, 64)
		if err != nil {
			return Valeur{}, invalid("« %s » n’est pas un nombre entier : écrivez par exemple 3500.", court(s)).Because(err)
		}
		return Entier(n), nil
	case TypeBooleen:
		switch strings.ToLower(s) {
		case "true", "oui", "1":
			return Booleen(true), nil
		case "false", "non", "0":
			return Booleen(false), nil
		}
		return Valeur{}, invalid("« %s » : répondez oui ou non.", court(s))
	case TypeEuro:
		m, err := euro.Parse(s)
		return Valeur{TypeEuro, celEuro(m)}, err
	case TypeDecimal:
		d, ok := parseDecimal(strings.Replace(s, ",", ".", 1))
		if !ok {
			return Valeur{}, invalid("« %s » n’est pas un nombre : écrivez par exemple 250 ou 250,5.", court(s))
		}
		return Valeur{TypeDecimal, d}, nil
	case TypeDate:
		j, err := jour.Parse(s)
		return Valeur{TypeDate, celDate(j)}, err
	}
	return parseList(t, s)
}

func parseList(t Type, s string) (Valeur, error) {
	var items []string
	for item := range strings.SplitSeq(s, ";") {
		if item = strings.TrimSpace(item); item != "" {
			items = append(items, item)
		}
	}
	if len(items) > maxListe {
		return Valeur{}, invalid("Cette liste est trop longue : %d éléments au plus.", maxListe)
	}
	if t == TypeListeTexte {
		return ListeTexte(items...), nil
	}
	mm := make([]euro.Montant, len(items))
	for i, item := range items {
		m, err := euro.Parse(item)
		if err != nil {
			return Valeur{}, err
		}
		mm[i] = m
	}
	return ListeEuro(mm...), nil
}

func court(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}
