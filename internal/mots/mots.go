// Package mots turns a French text into the roots of its words, so that a
// search finds « rénovations » by « RENOVATION », « l’école » by « ecole » and
// « œuvre » by « oeuvre ». It knows neither what is searched nor where the
// roots are kept: both databases get the same ones, hence the same hits.
//
// A root is made of lower-case letters, figures, and of « - », « = », « _ » and
// « . » where this package puts them.
package mots

import (
	"hash/fnv"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/blevesearch/snowballstem"
	"github.com/blevesearch/snowballstem/french"

	"guichet/internal/francais"
)

// Version changes when the same text gives other roots: what was kept with
// another version is to be computed again.
const Version = 1

// MaxTermes bounds the words of a search that count.
const MaxTermes = 12

const maxRacine = 60 // bytes

// A mot is a word of a text, from debut to fin, in bytes.
type mot struct {
	debut, fin int
	racine     string
}

// Racines returns the roots of a text, each once, in order.
func Racines(texte string) []string {
	var out []string
	lit(texte, func(m mot) { out = append(out, m.racine) })
	return uniques(out)
}

// Requete returns the roots that a text must all have to be found by q, at
// most MaxTermes; none when q holds no word that counts. Any q is accepted.
func Requete(q string) []string {
	if n := siren(q); n != "" {
		return []string{n}
	}
	var out []string
	end := 0
	lit(q, func(m mot) {
		if m.debut >= end && !slices.Contains(out, m.racine) && len(out) < MaxTermes {
			out = append(out, m.racine)
		}
		end = max(end, m.fin) // the parts of a number come after the whole
	})
	return out
}

// siren is the number of an organisation that q spells, with or without
// spaces, of a SIREN or a SIRET; "" for anything else.
func siren(q string) string {
	figures := strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, q)
	if (len(figures) == 9 || len(figures) == 14) && chiffres(figures) {
		return figures[:9]
	}
	return ""
}

// Champ returns what keeps the answer texte to the question cle, so that
// ChampContient and ChampEgal find it.
func Champ(cle, texte string) []string {
	out := ChampContient(cle, texte)
	return append(out, ChampEgal(cle, texte)...)
}

// ChampContient returns what must all be kept for the answer to cle to have
// the words of texte.
func ChampContient(cle, texte string) []string {
	out := Racines(texte)
	for i, r := range out {
		out[i] = propre(cle) + "=" + r
	}
	return out
}

// ChampEgal returns what must be kept for the answer to cle to be texte,
// accents, case and punctuation apart.
func ChampEgal(cle, texte string) []string {
	h := fnv.New128a()
	h.Write([]byte(francais.Plie(texte)))
	var b strings.Builder
	for _, x := range h.Sum(nil) {
		b.WriteString(strconv.FormatUint(uint64(x)+0x100, 16)[1:])
	}
	return []string{propre(cle) + "==" + b.String()}
}

// propre keeps of a key what a root may hold.
func propre(cle string) string {
	return strings.Map(func(r rune) rune {
		if r < utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsDigit(r)) || r == '_' || r == '.' || r == '-' {
			return unicode.ToLower(r)
		}
		return '_'
	}, cle[:min(len(cle), maxCle)])
}

// maxCle bounds the name of an answer, in bytes: PostgreSQL refuses a word of
// more than two thousand.
const maxCle = 200

func uniques(racines []string) []string {
	slices.Sort(racines)
	return slices.Compact(racines)
}

// lit gives each word of a text that counts to f, in order; a number in parts,
// such as 2021-13-00012, comes whole, then in its parts.
func lit(texte string, f func(mot)) {
	for i := 0; i < len(texte); {
		size := lettres(texte[i:])
		if size == 0 {
			_, n := utf8.DecodeRuneInString(texte[i:])
			i += n
			continue
		}
		if whole := parties(texte[i:]); whole > size {
			f(mot{i, i + whole, texte[i : i+whole]})
		}
		word := texte[i : i+size]
		if next, n := utf8.DecodeRuneInString(texte[i+size:]); apostrophe(next) && elisions[francais.Plie(word)] {
			i += size + n
			continue
		}
		if r := racine(word); r != "" {
			f(mot{i, i + size, r})
		}
		i += size
	}
}

// lettres is the length of the letters and figures that open a text.
func lettres(texte string) int {
	for i, r := range texte {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && (i == 0 || !unicode.Is(unicode.Mn, r)) {
			return i
		}
	}
	return len(texte)
}

// parties is the length of the number in parts that opens a text, 0 for none.
func parties(texte string) int {
	end, parts := 0, 0
	for end < len(texte) {
		n := 0
		for end+n < len(texte) && texte[end+n] >= '0' && texte[end+n] <= '9' {
			n++
		}
		if n == 0 || end+n-1 > maxRacine {
			break
		}
		parts++
		end += n
		if end == len(texte) || texte[end] != '-' {
			return only(parts > 1, end)
		}
		end++
	}
	return only(parts > 1, end-1)
}

func only(several bool, n int) int {
	if several {
		return n
	}
	return 0
}

func apostrophe(r rune) bool { return r == '\'' || r == '’' || r == 'ʼ' }

// racine is the root of a word, "" for a word that does not count.
func racine(word string) string {
	w := strings.ReplaceAll(francais.Plie(word), " ", "")
	if w == "" || vides[w] || len(w) == 1 && !chiffres(w) {
		return ""
	}
	if !chiffres(w) {
		w = stem(w)
	}
	for len(w) > maxRacine {
		_, n := utf8.DecodeLastRuneInString(w)
		w = w[:len(w)-n]
	}
	return w
}

// stem takes the ending of a word without accents away. Snowball tells
// « rénovée » from « renovee »: taking the mute letters that remain away makes
// one root of both.
func stem(w string) string {
	env := snowballstem.NewEnv(w)
	french.Stem(env)
	out := env.Current()
	if short := strings.TrimRight(out, "e"); len(short) >= 3 {
		out = short
	}
	return strings.ToLower(out)
}

func chiffres(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}
