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

// liaisons gives, for each code, the article that the name of a commune begins
// with, and the words that take its place after a noun: « du Havre ».
var liaisons = [...]struct{ article, de string }{
	{"", "de "}, {"", "d’"}, {"Le ", "du "}, {"La ", "de la "}, {"Les ", "des "},
	{"L'", "de l’"}, {"Aux ", "des "}, {"Las ", "de Las "}, {"Los ", "de Los "},
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
	return liaisons[l].de + strings.TrimPrefix(nom, liaisons[l].article)
}

// guess tells a vowel from a consonant.
func guess(nom string) liaison {
	r, _ := utf8.DecodeRuneInString(nom)
	if strings.ContainsRune("AEIOUÀÂÉÈÊËÎÏÔÙÛÜŒÆ", r) {
		return 1
	}
	return 0
}
