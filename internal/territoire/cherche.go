package territoire

import (
	"cmp"
	"slices"
	"strings"

	"guichet/internal/francais"
	"guichet/internal/siren"
)

// maxRequete bounds what is searched, in bytes: a longer text names nothing.
const maxRequete = 200

// Cherche returns at most n territories that match what a person typed, the
// best first: a code or a name typed in full, then the larger ones. A query
// may end with a département, by its code or its name, to tell homonyms apart.
func (c *Carte) Cherche(q string, n int) []Trouve {
	if len(q) > maxRequete || n <= 0 {
		return nil
	}
	if found := c.parCode(strings.ToUpper(strings.Join(strings.Fields(q), ""))); len(found) > 0 {
		return distincts(found, n)
	}
	words := strings.Fields(francais.Plie(q))
	if len(words) == 0 {
		return nil
	}
	found := c.geo.index.parNom(words)
	if dep, rest := c.departementFinal(words); dep != "" {
		narrowed := slices.DeleteFunc(c.geo.index.parNom(rest), func(t Trouve) bool { return t.Departement != dep || t.Type == "departement" })
		found = append(narrowed, found...)
	}
	return distincts(found, n)
}

// parCode finds territories by INSEE code, postcode, SIREN or SIRET.
func (c *Carte) parCode(code string) []Trouve {
	switch len(code) {
	case 5:
		return c.parCinq(code)
	case 9:
		return c.parSiren(siren.Siren(code), ParSiren)
	case 14:
		return c.parSiren(siren.Siren(code[:9]), ParSiret)
	}
	return nil
}

func (c *Carte) parCinq(code string) []Trouve {
	var out []Trouve
	if k, ok := c.Commune(Insee(code)); ok {
		out = append(out, k.trouve().exact(ParInsee))
	}
	from := len(out)
	for _, i := range c.geo.index.postaux[code] {
		out = append(out, c.geo.communes[i].trouve().exact(ParCodePostal))
	}
	slices.SortStableFunc(out[from:], func(a, b Trouve) int { return cmp.Compare(b.Population, a.Population) })
	return out
}

func (c *Carte) parSiren(s siren.Siren, par Par) []Trouve {
	if k, ok := c.CommuneSiren(s); ok {
		return []Trouve{k.trouve().exact(par)}
	}
	if e, ok := c.Epci(s); ok {
		return []Trouve{e.trouve().exact(par)}
	}
	return nil
}

func (t Trouve) exact(par Par) Trouve {
	t.Par, t.Exact = par, true
	return t
}

// departementFinal recognises a département at the end of the words, by its
// code or its whole name, and returns the words before it.
func (c *Carte) departementFinal(words []string) (code string, rest []string) {
	if len(words) < 2 {
		return "", nil
	}
	if d, ok := c.Departement(strings.ToUpper(words[len(words)-1])); ok {
		return d.Code, words[:len(words)-1]
	}
	for i := 1; i < len(words); i++ {
		name := strings.TrimPrefix(strings.Join(words[i:], " "), "la ")
		for j := range c.geo.departements {
			d := &c.geo.departements[j]
			if strings.TrimPrefix(francais.Plie(d.Nom), "la ") == name {
				return d.Code, words[:i]
			}
		}
	}
	return "", nil
}

// distincts keeps the first n territories, each once.
func distincts(tt []Trouve, n int) []Trouve {
	type cle struct{ genre, code string }
	seen := make(map[cle]bool)
	out := make([]Trouve, 0, min(n, len(tt)))
	for _, t := range tt {
		if k := (cle{t.Type, t.Code}); !seen[k] && len(out) < n {
			seen[k] = true
			out = append(out, t)
		}
	}
	return out
}
