// Package francais writes numbers and lists as French readers expect them, and
// folds French words so that a search does not depend on accents.
package francais

import (
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Fine is the narrow no-break space that separates thousands.
const Fine = "\u202f"

// Insecable is the no-break space that comes before a unit.
const Insecable = "\u00a0"

// Entier writes n with a narrow no-break space between thousands: "3 500".
func Entier(n int64) string {
	digits := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, digits = "−", digits[1:]
	}
	return sign + milliers(digits)
}

func milliers(digits string) string {
	var b strings.Builder
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteString(Fine)
		}
		b.WriteRune(d)
	}
	return b.String()
}

// Decimal rewrites a plain decimal ("1234.5") with a comma and French
// thousands ("1 234,5"). A text that is not a plain decimal comes back as it is.
func Decimal(s string) string {
	whole, frac, found := strings.Cut(s, ".")
	n, err := strconv.ParseInt(whole, 10, 64)
	if err != nil {
		return s
	}
	out := Entier(n)
	if n == 0 && strings.HasPrefix(whole, "-") {
		out = "−0"
	}
	if found {
		out += "," + frac
	}
	return out
}

// Liste joins words as a sentence does: "a, b et c".
func Liste(xs ...string) string { return joint(xs, " et ") }

// Choix joins words as alternatives: "a, b ou c".
func Choix(xs ...string) string { return joint(xs, " ou ") }

func joint(xs []string, last string) string {
	switch len(xs) {
	case 0:
		return ""
	case 1:
		return xs[0]
	}
	return strings.Join(xs[:len(xs)-1], ", ") + last + xs[len(xs)-1]
}

// Compte writes a count with its noun: zero and one take the singular.
func Compte(n int, un, plusieurs string) string {
	noun := un
	if n > 1 || n < -1 {
		noun = plusieurs
	}
	return Entier(int64(n)) + Insecable + noun
}

// Plie folds a name for searching: lower case, no accents, œ as oe, hyphens
// and apostrophes as spaces, saint and sainte as st and ste, single spaces.
func Plie(s string) string {
	var b strings.Builder
	for _, r := range norm.NFD.String(strings.ToLower(s)) {
		switch {
		case r == 'œ':
			b.WriteString("oe")
		case r == 'æ':
			b.WriteString("ae")
		case unicode.Is(unicode.Mn, r): // the accent itself
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			b.WriteRune(r)
		default:
			b.WriteByte(' ')
		}
	}
	words := strings.Fields(b.String())
	for i, w := range words {
		switch w {
		case "saint":
			words[i] = "st"
		case "sainte":
			words[i] = "ste"
		}
	}
	return strings.Join(words, " ")
}
