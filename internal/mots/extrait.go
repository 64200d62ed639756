package mots

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// A Fragment is a piece of a text; Trouve when it is a word that was searched.
type Fragment struct {
	Texte  string
	Trouve bool
}

// avant and etendue are how much of a text an extract shows: before the first
// word found, and in all, in characters.
const (
	avant   = 60
	etendue = 180
)

// Extrait returns the part of a text around the first word that has one of the
// roots, those words told apart, and how many of the roots the text has; nil
// and 0 when it has none. The fragments together are a part of the text as it
// is written, but for the ellipses and the line breaks.
func Extrait(texte string, racines []string) ([]Fragment, int) {
	var found []mot
	var seen []string
	end := 0
	lit(texte, func(m mot) {
		if m.debut < end || !slices.Contains(racines, m.racine) {
			return
		}
		end = m.fin
		found = append(found, m)
		if !slices.Contains(seen, m.racine) {
			seen = append(seen, m.racine)
		}
	})
	if len(found) == 0 {
		return nil, 0
	}
	from, to := fenetre(texte, found[0].debut)
	var out []Fragment
	add := func(s string, hit bool) {
		if s != "" {
			out = append(out, Fragment{s, hit})
		}
	}
	if from > 0 {
		add("… ", false)
	}
	at := from
	for _, m := range found {
		if m.fin > to {
			break
		}
		add(uneLigne(texte[at:m.debut]), false)
		add(texte[m.debut:m.fin], true)
		at = m.fin
	}
	add(uneLigne(texte[at:to]), false)
	if to < len(texte) {
		add(" …", false)
	}
	return out, len(seen)
}

// fenetre is what to show around a place: whole words where it can.
func fenetre(texte string, at int) (from, to int) {
	from = at
	for n := 0; from > 0 && n < avant; n++ {
		_, size := utf8.DecodeLastRuneInString(texte[:from])
		from -= size
	}
	if i := strings.IndexByte(texte[from:at], ' '); from > 0 && i >= 0 {
		from += i + 1
	}
	to = from
	for n := 0; to < len(texte) && n < etendue; n++ {
		_, size := utf8.DecodeRuneInString(texte[to:])
		to += size
	}
	if i := strings.LastIndexByte(texte[at:to], ' '); to < len(texte) && i > 0 {
		to = at + i
	}
	return from, to
}

func uneLigne(s string) string { return strings.NewReplacer("\r", "", "\n", " ").Replace(s) }
