// Package siren checks the numbers that identify organisations in France:
// SIREN (nine digits) and SIRET (fourteen digits, one per establishment).
package siren

import (
	"strings"
	"unicode"

	"guichet/internal/fault"
)

// A Siren identifies an organisation: nine digits with a valid key.
type Siren string

// A Siret identifies an establishment: a Siren and five more digits.
type Siret string

// laPoste has establishments whose numbers follow another rule: the plain sum
// of the digits is a multiple of five.
const laPoste = "356000000"

// Parse reads a SIREN; spaces are tolerated. The error is a fault.Invalid
// with the code SIREN_INVALIDE.
func Parse(s string) (Siren, error) {
	d := compact(s)
	switch {
	case len(d) != 9 || !digits(d):
		return "", fault.New(fault.Invalid, "Un numéro SIREN compte 9 chiffres : vérifiez celui que vous avez écrit.").Code("SIREN_INVALIDE")
	case luhn(d)%10 != 0 || d == "000000000":
		return "", fault.New(fault.Invalid, "Le numéro SIREN %s n’est pas valide : sa clé de contrôle est fausse. Vérifiez chaque chiffre.", d).Code("SIREN_INVALIDE")
	}
	return Siren(d), nil
}

// ParseSiret reads a SIRET; spaces are tolerated. The error is a
// fault.Invalid with the code SIRET_INVALIDE.
func ParseSiret(s string) (Siret, error) {
	d := compact(s)
	if len(d) != 14 || !digits(d) {
		return "", fault.New(fault.Invalid, "Un numéro SIRET compte 14 chiffres : vérifiez celui que vous avez écrit.").Code("SIRET_INVALIDE")
	}
	if _, err := Parse(d[:9]); err != nil || !cle(d) {
		return "", fault.New(fault.Invalid, "Le numéro SIRET %s n’est pas valide : sa clé de contrôle est fausse. Vérifiez chaque chiffre.", d).Code("SIRET_INVALIDE")
	}
	return Siret(d), nil
}

// Siren returns the organisation of the establishment.
func (s Siret) Siren() Siren { return Siren(s[:9]) }

func cle(siret string) bool {
	if luhn(siret)%10 == 0 {
		return true
	}
	return strings.HasPrefix(siret, laPoste) && sum(siret)%5 == 0
}

func compact(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, s)
}

func digits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// luhn sums the digits, every second one from the right doubled.
func luhn(s string) int {
	total := 0
	for i := range len(s) {
		d := int(s[len(s)-1-i] - '0')
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		total += d
	}
	return total
}

func sum(s string) int {
	total := 0
	for _, r := range s {
		total += int(r - '0')
	}
	return total
}
