package regle

import (
	"fmt"
	"slices"

	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
)

// A Lot is the evaluation of every rule of a version on many rows: the same
// answers as Eval gives to each row, faster.
type Lot struct {
	Conditions []LotCondition
	Resultats  []LotResultat

	v     *Version
	c     *Colonnes
	tous  Ensemble
	tests []*test
}

// A LotCondition is one condition on every row.
type LotCondition struct {
	*Condition
	Verdicts  [Erreur + 1]Ensemble // rows of each verdict
	SansObjet Ensemble
}

// Verdict returns the verdict of one row.
func (c LotCondition) Verdict(row int) Verdict {
	for v := Oui; v <= Erreur; v++ {
		if c.Verdicts[v].Contient(row) {
			return v
		}
	}
	return 0
}

// A LotResultat is one result on every row.
type LotResultat struct {
	*Resultat
	Groupes []Groupe // rows that share an answer; a row may be in none

	seules map[int]Issue // rows whose answer was computed apart
	c      *Colonnes
}

// A Groupe is a set of rows with the same answer.
type Groupe struct {
	Lignes Ensemble
	Issue  Issue
}

// Issue returns the result of one row.
func (r LotResultat) Issue(row int) Issue {
	out, ok := r.seules[row]
	for i := 0; i < len(r.Groupes) && !ok; i++ {
		if ok = r.Groupes[i].Lignes.Contient(row); ok {
			out = r.Groupes[i].Issue
		}
	}
	out.f = r.c.Faits(row)
	return out
}

// Lot evaluates every condition and every result on the rows of c, which must
// be of the same dictionary.
func (v *Version) Lot(c *Colonnes) *Lot {
	l := &Lot{v: v, c: c, tous: tout(c.n)}
	for _, cond := range v.p.conditions {
		l.Conditions = append(l.Conditions, l.condition(cond))
	}
	for n := range v.p.resultats {
		l.Resultats = append(l.Resultats, l.resultat(n))
	}
	return l
}

// Constat returns the whole reasons of one condition for one row.
func (l *Lot) Constat(condition, row int) Constat {
	a := &activation{v: l.v, f: l.c.Faits(row)}
	return a.constat(l.v.p.conditions[condition])
}

// condition joins the guard and the expression, word by word.
func (l *Lot) condition(c *condition) LotCondition {
	out := LotCondition{Condition: c.Condition, SansObjet: newEnsemble(l.c.n)}
	for v := range out.Verdicts {
		out.Verdicts[v] = newEnsemble(l.c.n)
	}
	guard, value := noeud(toujours), noeud(piece)
	if c.quand != nil {
		guard = l.noeud(c.quand, c.quand.arbre)
	}
	if c.si != nil {
		value = l.noeud(c.si, c.si.arbre)
	}
	for w, all := range l.tous {
		g := guard(w, all)
		apply := all &^ g.faux
		s := value(w, apply)
		yes, no := apply&s.vrai, apply&g.vrai&s.faux
		open := apply &^ (yes | no)
		failed := open & (g.echec | s.echec)
		if c.si == nil {
			failed = 0 // whatever the guard, only the file can show the document
		}
		missing := open &^ failed & (g.manque | s.manque)
		out.SansObjet[w] = all & g.faux
		out.Verdicts[Oui][w] = all&g.faux | yes
		out.Verdicts[Non][w] = no
		out.Verdicts[Erreur][w] = failed
		out.Verdicts[ACompleter][w] = missing
		out.Verdicts[AApprecier][w] = open &^ failed &^ missing
	}
	return out
}

// piece is the value of a document: missing until the file shows it.
func piece(_ int, wanted uint64) mot { return mot{manque: wanted} }

// parLigne returns a function that knows those facts of a row. Each call
// changes the activation that the last one returned.
func (l *Lot) parLigne(faits []int) func(row int) *activation {
	a := &activation{v: l.v, f: &Faits{l.c.dict, make([]Donnee, len(l.c.cols))}}
	return func(row int) *activation {
		for _, i := range faits {
			a.f.slots[i].Valeur = l.c.cols[i].at(row)
		}
		return a
	}
}

// aCompleter reports whether a fact that is not of the service's judgement is
// among the unknown.
func (v *Version) aCompleter(u *types.Unknown) bool {
	return slices.ContainsFunc(u.IDs(), func(id int64) bool {
		return id < idParametre && v.p.dict.faits[id].Portee != Agent
	})
}

// feuille compares a fact with constants, once for all the expressions that
// do.
func (l *Lot) feuille(t test, vals []ref.Val) noeud {
	col := &l.c.cols[t.fait]
	if col.connu == nil {
		return func(_ int, wanted uint64) mot {
			if t.agent {
				return mot{}
			}
			return mot{manque: wanted}
		}
	}
	t.vals = fmt.Sprint(vals)
	i := slices.IndexFunc(l.tests, func(o *test) bool { return o.fait == t.fait && o.op == t.op && o.vals == t.vals })
	if i < 0 {
		t.connu, t.vrai = col.connu, newEnsemble(l.c.n)
		col.compare(t.op, col.ordinals(vals), t.vrai)
		i, l.tests = len(l.tests), append(l.tests, &t)
	}
	vrai, connu := l.tests[i].vrai, l.tests[i].connu
	return func(w int, wanted uint64) mot {
		m := mot{vrai: vrai[w], faux: connu[w] &^ vrai[w], manque: wanted &^ connu[w]}
		if t.agent {
			m.manque = 0
		}
		if t.op == jamais {
			m.faux = 0
		}
		return m
	}
}

// ordinals gives the numbers that stand for the constants in the column; a
// text that no row holds has none.
func (col *colonne) ordinals(vals []ref.Val) (out []int64) {
	for _, val := range vals {
		switch x := val.(type) {
		case types.String:
			if code, seen := col.codes[string(x)]; seen {
				out = append(out, code)
			}
		case types.Bool:
			out = append(out, int64(truth(bool(x))))
		default:
			n, _ := (Valeur{v: val}).ordinal()
			out = append(out, n)
		}
	}
	return out
}

// compare sets in out the rows that are known and where the comparison holds.
func (col *colonne) compare(op string, constants []int64, out Ensemble) {
	negated := op == operators.NotEquals || op == operators.Greater || op == operators.GreaterEquals
	for _, c := range constants {
		switch op {
		case operators.Less, operators.GreaterEquals:
			below(col.ordinaux, c, out)
		case operators.LessEquals, operators.Greater:
			upTo(col.ordinaux, c, out)
		case contient:
			col.holds(c, out)
		default:
			equal(col.ordinaux, c, out)
		}
	}
	for w := range out {
		if negated {
			out[w] = ^out[w]
		}
		out[w] &= col.connu[w]
	}
}
