package regle

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"guichet/internal/jour"
)

// The dictionary of random rules: every type, bounded and not.
const faitsHasard = `
faits:
  actif: {type: booleen, portee: entite, libelle: A, question: "A ?"}
  admis: {type: booleen, portee: agent, libelle: B, question: "B ?"}
  classe: {type: entier, portee: entite, min: "1", max: "4", libelle: C, question: "C ?"}
  habitants: {type: entier, portee: entite, min: "0", libelle: H, question: "H ?"}
  cout: {type: euro, portee: dossier, min: "0", libelle: M, question: "M ?"}
  part: {type: decimal, portee: entite, min: "0", max: "1", libelle: P, question: "P ?"}
  jour_depot: {type: date, portee: dossier, libelle: J, question: "J ?"}
  sorte: {type: texte, portee: entite, libelle: S, question: "S ?", choix: [{vaut: commune, libelle: commune}, {vaut: epci, libelle: EPCI}, {vaut: syndicat, libelle: syndicat}]}
  code: {type: texte, portee: entite, libelle: I, question: "I ?"}
`

var limite = jour.Of(2021, time.September, 1)

// domaines are values that cut every constant of the random rules: below, on
// and above each.
var domaines = map[string][]Valeur{
	"actif":      {Booleen(false), Booleen(true)},
	"admis":      {Booleen(false), Booleen(true)},
	"classe":     {Entier(1), Entier(2), Entier(3), Entier(4)},
	"habitants":  {Entier(0), Entier(99), Entier(100), Entier(101), Entier(3499), Entier(3500), Entier(3501)},
	"cout":       {Euro(0), Euro(999), Euro(1000), Euro(1001), Euro(99_999), Euro(100_000), Euro(100_001)},
	"part":       {Millioniemes(0), Millioniemes(499_999), Millioniemes(500_000), Millioniemes(500_001), Millioniemes(1_000_000)},
	"jour_depot": {Date(limite - 300), Date(limite - 1), Date(limite), Date(limite + 1)},
	"sorte":      {Texte("commune"), Texte("epci"), Texte("syndicat")},
	"code":       {Texte("13001"), Texte("13055"), Texte("2A004")},
}

var constantes = map[string][]string{
	"classe":     {"1", "2", "3", "4"},
	"habitants":  {"0", "100", "3500", "seuil"},
	"cout":       {"euro('10.00')", "euro('1000.00')", "plafond"},
	"part":       {"decimal('0.5')", "moitie"},
	"jour_depot": {"date('2021-09-01')", "limite"},
	"sorte":      {"'commune'", "'epci'", "'syndicat'"},
	"code":       {"'13055'", "'2A004'"},
}

// parametresHasard are in force on any day.
func parametresHasard() map[string]*Parametre {
	one := func(t Type, vaut string) *Parametre {
		return &Parametre{Type: t, Valeurs: []*ValeurDatee{{Vaut: vaut, Cite: []string{"a"}}}}
	}
	return map[string]*Parametre{
		"seuil": one(TypeEntier, "3500"), "plafond": one(TypeEuro, "1000.00"), "moitie": one(TypeDecimal, "0.5"),
		"limite": one(TypeDate, "2021-09-01"), "sortes": one(TypeListeTexte, "commune;epci"),
	}
}

func constante(s string) Valeur {
	params := parametresHasard()
	if p, ok := params[s]; ok {
		v, _ := ParseValeur(p.Type, p.Valeurs[0].Vaut)
		return v
	}
	for _, t := range []Type{TypeEuro, TypeDecimal, TypeDate} {
		if inner, ok := strings.CutPrefix(s, string(t)+"('"); ok {
			v, _ := ParseValeur(t, strings.TrimSuffix(inner, "')"))
			return v
		}
	}
	if inner, ok := strings.CutPrefix(s, "'"); ok {
		return Texte(strings.TrimSuffix(inner, "'"))
	}
	v, _ := ParseValeur(TypeEntier, s)
	return v
}

// A ligne is what is known of one applicant.
type ligne map[string]Valeur

// An oracle evaluates an expression in the logic of Kleene, in plain Go:
// 1 true, 0 false, -1 unknown, -2 failed.
type oracle func(ligne) int

type formule struct {
	text string
	eval oracle
}

// comparaison draws a comparison of a fact with a constant.
func comparaison(t *rapid.T) formule {
	nom := rapid.SampledFrom(noms(constantes)).Draw(t, "fact")
	op := rapid.SampledFrom([]string{"<", "<=", ">", ">=", "==", "!="}).Draw(t, "operator")
	if nom == "sorte" || nom == "code" {
		op = rapid.SampledFrom([]string{"==", "!="}).Draw(t, "equality")
	}
	text := rapid.SampledFrom(constantes[nom]).Draw(t, "constant")
	c := constante(text)
	holds := func(v Valeur) int {
		n := compare(v, c)
		return truth(map[string]bool{"<": n < 0, "<=": n <= 0, ">": n > 0, ">=": n >= 0, "==": n == 0, "!=": n != 0}[op])
	}
	out := formule{nom + " " + op + " " + text, func(l ligne) int {
		if v, ok := l[nom]; ok {
			return holds(v)
		}
		return -1
	}}
	if rapid.Bool().Draw(t, "reversed") {
		mirror := map[string]string{"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}
		out.text = text + " " + mirror[op] + " " + nom
	}
	return out
}

func noms[V any](m map[string]V) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// feuille draws an expression without && nor ||.
func feuille(t *rapid.T) formule {
	switch rapid.IntRange(0, 5).Draw(t, "leaf") {
	case 0:
		nom := rapid.SampledFrom([]string{"actif", "admis"}).Draw(t, "fact")
		return formule{nom, func(l ligne) int {
			v, ok := l[nom]
			if !ok {
				return -1
			}
			b, _ := v.Booleen()
			return truth(b)
		}}
	case 1:
		return appartenance("sorte in sortes", "sorte", Texte("commune"), Texte("epci"))
	case 2:
		return appartenance("classe in [1, 3]", "classe", Entier(1), Entier(3))
	}
	return comparaison(t)
}

// fautive draws a leaf that fails on some rows, or one that does not.
func fautive(t *rapid.T) formule {
	if rapid.IntRange(0, 3).Draw(t, "fails") > 0 {
		return feuille(t)
	}
	return formule{"1000 / habitants > 3", func(l ligne) int {
		n, known := l["habitants"].Entier()
		switch {
		case !known:
			return -1
		case n == 0:
			return -2
		}
		return truth(1000/n > 3)
	}}
}

func appartenance(text, nom string, vals ...Valeur) formule {
	return formule{text, func(l ligne) int {
		v, ok := l[nom]
		if !ok {
			return -1
		}
		return truth(slices.ContainsFunc(vals, v.Equal))
	}}
}

// hasard draws an expression of that depth.
func hasard(t *rapid.T, depth int, leaf func(*rapid.T) formule) formule {
	kind := rapid.IntRange(0, 5).Draw(t, "node")
	if depth == 0 || kind == 0 {
		return leaf(t)
	}
	a := hasard(t, depth-1, leaf)
	if kind == 1 {
		return formule{"!(" + a.text + ")", func(l ligne) int {
			if n := a.eval(l); n < 0 {
				return n
			}
			return 1 - a.eval(l)
		}}
	}
	b := hasard(t, depth-1, leaf)
	switch kind {
	case 2, 3:
		return formule{"(" + a.text + ") && (" + b.text + ")", func(l ligne) int { return et(a.eval(l), b.eval(l)) }}
	case 4:
		return formule{"(" + a.text + ") || (" + b.text + ")", func(l ligne) int { return ou(a.eval(l), b.eval(l)) }}
	}
	c := hasard(t, depth-1, leaf)
	return formule{"(" + a.text + ") ? (" + b.text + ") : (" + c.text + ")", func(l ligne) int {
		switch n := a.eval(l); n {
		case 1:
			return b.eval(l)
		case 0:
			return c.eval(l)
		default:
			return n
		}
	}}
}

func et(a, b int) int {
	switch {
	case a == 0 || b == 0:
		return 0
	case a == 1 && b == 1:
		return 1
	case a == -1 || b == -1:
		return -1
	}
	return -2
}

func ou(a, b int) int {
	switch {
	case a == 1 || b == 1:
		return 1
	case a == 0 && b == 0:
		return 0
	case a == -1 || b == -1:
		return -1
	}
	return -2
}

// An essai is a random set of rules with what it must answer.
type essai struct {
	d          *Dictionnaire
	v          *Version
	conditions []formule
	gardes     []formule // "" when there is none
	branches   []formule
	vaut       []int64
}

// drawEssai draws three conditions and one result.
func drawEssai(t *rapid.T) *essai {
	d, err := LoadDictionnaire("faits.yaml", []byte(faitsHasard))
	if err != nil {
		t.Fatal(err)
	}
	e := &essai{d: d}
	r := &Regles{Parametres: parametresHasard()}
	for i := range 3 {
		c := hasard(t, 3, fautive)
		e.conditions = append(e.conditions, c)
		garde := formule{"", func(ligne) int { return 1 }}
		if rapid.Bool().Draw(t, "guarded") {
			garde = hasard(t, 1, fautive)
		}
		e.gardes = append(e.gardes, garde)
		r.Conditions = append(r.Conditions, &Condition{ID: fmt.Sprint("c", i), Objet: "o", Nature: "machine", Texte: "Vrai.", Cite: []string{"a"}, Quand: garde.text, Si: c.text})
	}
	taux := &Resultat{ID: "taux", Type: TypeEntier}
	for i := range rapid.IntRange(1, 3).Draw(t, "branches") {
		b := hasard(t, 2, feuille)
		e.branches, e.vaut = append(e.branches, b), append(e.vaut, int64(10*i+10))
		taux.Selon = append(taux.Selon, &Branche{Si: b.text, Vaut: fmt.Sprint(10*i + 10), Cite: []string{"a"}})
	}
	taux.Selon = append(taux.Selon, &Branche{Sinon: true, Vaut: "99", Cite: []string{"a"}})
	r.Resultats = []*Resultat{taux, {ID: "montant", Type: TypeEuro, Vaut: "cout.pct(taux)", Cite: []string{"a"}}}
	p, err := Compile("d.yaml", d, r)
	if err != nil { // a branch that is never taken
		if !strings.Contains(err.Error(), "jamais prise") {
			t.Fatal(err)
		}
		r.Resultats, e.branches = nil, nil
		r.Parametres = parametresHasard()
		if p, err = Compile("d.yaml", d, r); err != nil {
			t.Fatal(err)
		}
	}
	e.v = p.Le(0)
	return e
}

// drawLigne draws what is known: each fact with one chance in two, when
// partial.
func drawLigne(t *rapid.T, partial bool) ligne {
	l := make(ligne)
	for _, nom := range noms(domaines) {
		if !partial || rapid.Bool().Draw(t, "known "+nom) {
			l[nom] = rapid.SampledFrom(domaines[nom]).Draw(t, nom)
		}
	}
	return l
}

func (e *essai) faits(l ligne) *Faits {
	f := NewFaits(e.d)
	for nom, v := range l {
		f.Set(nom, Donnee{Valeur: v})
	}
	return f
}

// completions calls yield with every way to complete l on the facts that the
// formulas use.
func completions(l ligne, used []string, yield func(ligne)) {
	for i, nom := range used {
		if _, known := l[nom]; known {
			continue
		}
		for _, v := range domaines[nom] {
			l[nom] = v
			completions(l, used[i+1:], yield)
		}
		delete(l, nom)
		return
	}
	yield(l)
}

// utilises returns the facts that the texts name.
func utilises(texts ...string) []string {
	var out []string
	for _, nom := range noms(domaines) {
		if slices.ContainsFunc(texts, func(s string) bool { return strings.Contains(s, nom) }) {
			out = append(out, nom)
		}
	}
	return out
}

// TestOracle checks that the generator covers what it claims, lest the
// properties prove nothing.
func TestOracle(t *testing.T) {
	seen := make(map[int]int)
	rapid.Check(t, func(t *rapid.T) {
		for range 60 {
			seen[hasard(t, 2, fautive).eval(drawLigne(t, true))]++
		}
	})
	for _, n := range []int{-2, -1, 0, 1} {
		if seen[n] == 0 {
			t.Errorf("the value %d never comes", n)
		}
	}
}
