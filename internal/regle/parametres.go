package regle

import (
	"fmt"
	"slices"
	"strings"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"guichet/internal/fault"
	"guichet/internal/jour"
)

// loadParametres parses the dated values and checks that they neither overlap
// nor leave a gap.
func (p *Programme) loadParametres() {
	for nom, param := range p.regles.Parametres {
		key := "parametres." + nom
		if param == nil || param.Type == "" || len(param.Valeurs) == 0 {
			p.fail(0, key, "un paramètre demande « type » et au moins une ligne dans « valeurs ».")
			continue
		}
		param.Nom = nom
		p.parametres = append(p.parametres, param)
		if !nomValide.MatchString(nom) || reserves[nom] {
			p.fail(param.Ligne, key, "ce nom n’est pas possible : des minuscules sans accent, des chiffres et des soulignés, et pas un mot du langage des règles.")
		}
		if _, taken := p.slots[nom]; taken {
			p.fail(param.Ligne, key, "ce nom est déjà celui d’un fait de faits.yaml : choisissez-en un autre.")
		}
		p.checkValeurs(key, param)
	}
	slices.SortFunc(p.parametres, func(a, b *Parametre) int { return strings.Compare(a.Nom, b.Nom) })
	for i, param := range p.parametres {
		param.index = i
		p.slots[param.Nom] = slot{slotParametre, i}
		p.absents = append(p.absents, types.NewUnknown(idParametre+int64(i), nil))
	}
}

func (p *Programme) checkValeurs(key string, param *Parametre) {
	for i, v := range param.Valeurs {
		at := fmt.Sprintf("%s.valeurs[%d]", key, i)
		got, err := ParseValeur(param.Type, v.Vaut)
		if err != nil {
			p.fail(v.Ligne, at+".vaut", "%s", fault.Of(err).Message)
		}
		v.Valeur = got
		if len(v.Cite) == 0 {
			p.fail(v.Ligne, at, "la source manque : ajoutez « cite: [\"tableau-2021:12\"] ».")
		}
		if v.Au != 0 && v.Au < v.Du {
			p.fail(v.Ligne, at+".au", "la période finit avant de commencer.")
		}
		if i == 0 {
			continue
		}
		switch before := param.Valeurs[i-1]; {
		case v.Du == 0:
			p.fail(v.Ligne, at, "la clé « du » manque : le premier jour de cette valeur.")
		case before.Au == 0 || before.Au >= v.Du:
			p.fail(v.Ligne, at+".du", "cette période recouvre la précédente : la précédente doit finir (« au ») la veille du %s.", v.Du.Long())
		case before.Au+1 != v.Du:
			p.fail(v.Ligne, at+".du", "il manque une valeur entre le %s et le %s.", before.Au.Long(), v.Du.Long())
		}
	}
}

// buildVersions cuts time at every day a parameter changes.
func (p *Programme) buildVersions() {
	starts := []jour.Jour{0}
	for _, param := range p.parametres {
		for _, v := range param.Valeurs {
			starts = append(starts, v.Du)
			if v.Au != 0 {
				starts = append(starts, v.Au+1)
			}
		}
	}
	slices.Sort(starts)
	for _, start := range slices.Compact(starts) {
		v := &Version{p: p, depuis: start, params: make([]ref.Val, len(p.parametres)), dates: make([]*ValeurDatee, len(p.parametres))}
		for i, param := range p.parametres {
			v.params[i] = p.absents[i]
			for _, value := range param.Valeurs {
				if value.Du <= start && (value.Au == 0 || start <= value.Au) {
					v.params[i], v.dates[i] = value.Valeur.v, value
				}
			}
		}
		v.prepare()
		p.versions = append(p.versions, v)
	}
}

// Le returns the version of the rules in force on j.
func (p *Programme) Le(j jour.Jour) *Version {
	i := len(p.versions) - 1
	for i > 0 && p.versions[i].depuis > j {
		i--
	}
	return p.versions[i]
}

// Valeurs returns the dated values of the parameter nom, oldest first.
func (p *Programme) Valeurs(nom string) []*ValeurDatee {
	if param, ok := p.regles.Parametres[nom]; ok {
		return param.Valeurs
	}
	return nil
}
