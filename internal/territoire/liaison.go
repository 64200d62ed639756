package territoire

import (
	"strings"
	"unicode/utf8"
)

// A liaison is INSEE's code of the article of a name (TNCC), or aucune.
type liaison int8

// aucune is the liaison of a name whose source gives none.
const aucune liaison = -1

func link(s string) liaison {
	if len(s) != 1 || s[0] < '0' || s[0] > '8' {
		return aucune
	}
	return liaison(s[0] - '0')
}

// liaisons gives, for each code, the article and the words that join the name
// to a noun: « du Havre ». An article that joins no word stays in the name of a
// commune: « de La Rochelle ».
var liaisons = [...]struct {
	article, de string
	joint       bool
}{
	{"", "de ", true}, {"", "d’", true}, {"Le ", "du ", true}, {"La ", "de la ", false}, {"Les ", "des ", true},
	{"L'", "de l’", false}, {"Aux ", "des ", true}, {"Las ", "de Las ", false}, {"Los ", "de Los ", false},
}

// De returns the name after a noun: « de Marseille », « d’Aureille », « du
// Havre ».
func (c *Commune) De() string { return c.liaison.de(c.Nom) }

// De returns the name after a noun: « des Bouches-du-Rhône », « de l’Ain ».
func (d *Departement) De() string { return d.liaison.de(d.Nom) }

// De returns the name after a noun: « de la Bretagne », « de l’Occitanie ».
func (r *Region) De() string { return r.liaison.de(r.Nom) }

func (l liaison) de(nom string) string {
	if l == aucune {
		l = guess(nom)
	}
	k := liaisons[l]
	rest, article := strings.CutPrefix(nom, k.article)
	if article && !k.joint {
		return "de " + strings.Replace(nom, "'", "’", 1)
	}
	return k.de + rest
}

// guess tells a vowel from a consonant.
func guess(nom string) liaison {
	r, _ := utf8.DecodeRuneInString(nom)
	if strings.ContainsRune("AEIOUÀÂÉÈÊËÎÏÔÙÛÜŒÆ", r) {
		return 1
	}
	return 0
}
