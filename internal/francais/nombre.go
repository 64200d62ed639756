package francais

import "strings"

var (
	unites   = []string{"zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze", "douze", "treize", "quatorze", "quinze", "seize"}
	dizaines = []string{"", "dix", "vingt", "trente", "quarante", "cinquante", "soixante", "soixante", "quatre-vingt", "quatre-vingt"}
)

// EnLettres writes n in French words, all joined by hyphens as the spelling of
// 1990 allows; below zero and from a billion on, in figures.
func EnLettres(n int64) string {
	if n < 0 || n >= 1_000_000_000 {
		return Entier(n)
	}
	var parts []string
	if m := n / 1_000_000; m > 0 {
		word := "millions"
		if m == 1 {
			word = "million"
		}
		parts = append(parts, centaines(m, true), word)
	}
	if m := n / 1000 % 1000; m == 1 {
		parts = append(parts, "mille")
	} else if m > 1 {
		parts = append(parts, centaines(m, false), "mille") // « quatre-vingt mille », « deux cent mille »
	}
	if rest := n % 1000; rest > 0 || n == 0 {
		parts = append(parts, centaines(rest, true))
	}
	return strings.Join(parts, "-")
}

// centaines writes a number below a thousand; the last word takes its plural
// when nothing but a noun follows.
func centaines(n int64, plural bool) string {
	var parts []string
	if c := n / 100; c > 1 {
		parts = append(parts, unites[c])
	}
	if n >= 100 {
		word := "cent"
		if n%100 == 0 && n > 100 && plural {
			word = "cents"
		}
		parts = append(parts, word)
	}
	if rest := n % 100; rest > 0 || n == 0 {
		parts = append(parts, deuxChiffres(rest, plural))
	}
	return strings.Join(parts, "-")
}

func deuxChiffres(n int64, plural bool) string {
	if n <= 16 {
		return unites[n]
	}
	tens, unit := n/10, n%10
	if tens == 7 || tens == 9 { // soixante-dix, quatre-vingt-dix
		unit += 10
	}
	word := dizaines[tens]
	switch {
	case unit == 0 && tens == 8 && plural:
		return word + "s"
	case unit == 0:
		return word
	case (unit == 1 || unit == 11) && tens < 8:
		return word + "-et-" + unites[unit]
	case unit > 16:
		return word + "-dix-" + unites[unit-10]
	}
	return word + "-" + unites[unit]
}
