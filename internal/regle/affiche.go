package regle

import (
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"guichet/internal/euro"
	"guichet/internal/francais"
	"guichet/internal/jour"
)

const trueVal = types.True

// label writes one value in French, without unit.
func label(v ref.Val, choix []Choix) string {
	switch x := v.(type) {
	case types.Bool:
		if x {
			return "oui"
		}
		return "non"
	case types.Int:
		return francais.Entier(int64(x))
	case celEuro:
		return euro.Montant(x).String()
	case celDecimal:
		return francais.Decimal(x.String())
	case celDate:
		return jour.Jour(x).Long()
	}
	text := plain(v)
	for _, c := range choix {
		if c.Vaut == text {
			return c.Libelle
		}
	}
	return text
}
