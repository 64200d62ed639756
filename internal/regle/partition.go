package regle

import (
	"fmt"
	"strings"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
)

// checkBranches proves, by cells, that every chain of branches covers the
// whole domain of its facts and that no branch is dead.
func (p *Programme) checkBranches() {
	for n, r := range p.resultats {
		if len(r.Selon) == 0 {
			continue
		}
		taken, proved := make(map[*branche]bool), true
		for _, v := range p.versions {
			proved = v.checkResult(n, r, taken) && proved
		}
		for j, b := range r.branches {
			if proved && !taken[b] && !b.Sinon {
				p.fail(b.Ligne, fmt.Sprintf("resultats[%d].selon[%d]", n, j), "cette branche n’est jamais prise : les précédentes couvrent tous ses cas.")
			}
		}
	}
}

// checkResult walks the cells of result number n and records the branches
// that are taken. It returns false when the facts cannot be enumerated or a
// parameter has no value: «sinon» is then the author's word.
func (v *Version) checkResult(n int, r *resultat, taken map[*branche]bool) bool {
	axes, ok := v.axesDesBranches(n)
	if !ok {
		return false
	}
	hole, broken, decided := "", "", true
	v.product(NewFaits(v.p.dict), axes, func(a *activation) bool {
		a.upTo(n - 1)
		b, obstacle := a.branche(r)
		switch {
		case b != nil:
			taken[b] = true
		case types.IsUnknown(obstacle):
			decided = false
		case obstacle != nil && broken == "":
			broken = fmt.Sprintf("%s (%v)", v.describe(a.cellule), obstacle)
		case obstacle == nil && hole == "":
			hole = v.describe(a.cellule)
		}
		return decided
	})
	key := fmt.Sprintf("resultats[%d].selon", n)
	if hole != "" {
		v.p.fail(r.Ligne, key, "les branches laissent un trou : rien n’est dit pour %s. Ajoutez une branche, ou « sinon ».", hole)
	}
	if broken != "" {
		v.p.fail(r.Ligne, key, "une branche ne se calcule pas pour %s.", broken)
	}
	return decided
}

// axesDesBranches cuts the facts that choose the branch of result number n.
func (v *Version) axesDesBranches(n int) (axes []axe, ok bool) {
	var faits []int
	var ee []*expression
	for _, b := range v.p.resultats[n].branches {
		if b.si == nil {
			continue
		}
		ee = append(ee, b.si)
		for _, f := range b.si.faits {
			faits = add(faits, f)
		}
		for _, other := range b.si.resultats {
			ee = append(ee, v.upTo(other)...)
			for _, f := range v.p.resultats[other].faits {
				faits = add(faits, f)
			}
		}
	}
	total := 1
	for _, f := range faits {
		axis := v.axe(f, ee)
		total *= len(axis.vals)
		if total == 0 || total > 16*maxCellules {
			return nil, false
		}
		axes = append(axes, axis)
	}
	return axes, true
}

func (v *Version) describe(cell []supposition) string {
	if len(cell) == 0 {
		return "tous les cas"
	}
	parts := make([]string, len(cell))
	for i, s := range cell {
		f := v.p.dict.faits[s.fait]
		parts[i] = f.Nom + " = " + texteOu(Valeur{f.Type, s.val})
	}
	return strings.Join(parts, ", ")
}

// texteOu writes a value, or says that it is any other text.
func texteOu(v Valeur) string {
	if v.v == ref.Val(types.String(autreTexte)) {
		return "une autre valeur"
	}
	return v.String()
}
