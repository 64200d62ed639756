package territoire

import (
	"slices"
	"strings"
	"unicode/utf8"

	"guichet/internal/siren"
)

// maxRequete bounds what is searched, in bytes: a longer text names nothing.
const maxRequete = 200

// Cherche returns at most n territories that match what a person typed, the
// best first: a code typed in full, else a name, whole names first and the
// larger of two. Accents, case, hyphens, articles, Saint or St, missing words
// and one typing mistake do not matter. A département or a postcode at the end
// of the query, or in brackets, tells homonyms apart: « Saint-Denis 93 »,
// « saint denis (la réunion) ».
func (c *Carte) Cherche(q string, n int) []Trouve {
	if len(q) > maxRequete || n <= 0 || !utf8.ValidString(q) {
		return nil
	}
	if found := c.parCode(strings.ToUpper(strings.Join(strings.Fields(q), ""))); len(found) > 0 {
		return found[:min(n, len(found))]
	}
	m := &meilleurs{geo: c.geo, n: n}
	for _, r := range c.lectures(q) {
		if m.parNom(r); len(m.rr) > 0 && r.seule {
			break
		}
	}
	out := make([]Trouve, len(m.rr))
	for i, r := range m.rr {
		out[i] = c.geo.trouve(r)
	}
	return out
}

// lectures are the ways to read the query, the surest first: a reading marked
// seule excludes the next ones when it finds something.
func (c *Carte) lectures(q string) []requete {
	if before, after, ok := strings.Cut(q, "("); ok {
		if garde := c.lieu(plie(after)); garde != nil && plie(before) != "" {
			return []requete{lit(plie(before), garde).unique(), lit(plie(q), nil)}
		}
	}
	folded := plie(q)
	words := strings.Fields(folded)
	if len(words) == 0 {
		return nil
	}
	whole := lit(folded, nil)
	for i := 1; i < len(words); i++ {
		garde := c.lieu(strings.Join(words[i:], " "))
		if garde == nil {
			continue
		}
		narrowed := lit(strings.Join(words[:i], " "), garde)
		if strings.ContainsAny(words[i], "0123456789") {
			return []requete{narrowed.unique(), whole}
		}
		return []requete{whole, narrowed} // the whole may be a name: Villeneuve-sur-Lot
	}
	return []requete{whole}
}

// lit reads words as a name, or a part of it.
func lit(folded string, garde func(*geo, *nom) bool) requete {
	return requete{entier: folded, mots: pleins(strings.Fields(folded)), garde: garde}
}

func (r requete) unique() requete {
	r.seule = true
	return r
}

// lieu reads a département, by its code or its name, or a postcode, and
// returns the test that a territory is there.
func (c *Carte) lieu(folded string) func(*geo, *nom) bool {
	if ids := c.geo.index.postaux[folded]; ids != nil {
		return func(_ *geo, k *nom) bool { return k.genre == genreCommune && slices.Contains(ids, k.rang) }
	}
	code := strings.ToUpper(folded)
	if _, ok := c.Departement(code); !ok {
		if code = c.geo.index.departements[sansArticle(folded)]; code == "" {
			return nil
		}
	}
	return func(g *geo, k *nom) bool { return g.dans(k, code) }
}

// sansArticle removes the article, and the words before it, of a département:
// « dans la réunion », « de l ain ».
func sansArticle(folded string) string {
	for _, article := range []string{"dans ", "en ", "de ", "du ", "d ", "l ", "la ", "le ", "les ", "des "} {
		folded = strings.TrimPrefix(folded, article)
	}
	return folded
}

// dans reports whether the territory of the name lies in the département.
func (g *geo) dans(k *nom, departement string) bool {
	switch k.genre {
	case genreCommune:
		return g.communes[k.rang].Departement == departement
	case genreEpci:
		return slices.Contains(g.epcis[k.rang].Departements, departement)
	}
	return false
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

// parCinq finds the commune of an INSEE code, then those of the same postcode,
// the larger first.
func (c *Carte) parCinq(code string) []Trouve {
	var out []Trouve
	if k, ok := c.Commune(Insee(code)); ok {
		par := ParInsee
		if k.Insee != Insee(code) {
			par = ParAncien
		}
		out = append(out, k.trouve(par))
	}
	from := len(out)
	for _, i := range c.geo.index.postaux[code] {
		k := &c.geo.communes[i]
		if from == 0 || out[0].Code != string(k.Insee) {
			out = append(out, k.trouve(ParCodePostal))
		}
	}
	slices.SortStableFunc(out[from:], func(a, b Trouve) int { return int(b.Population - a.Population) })
	return out
}

func (c *Carte) parSiren(s siren.Siren, par Par) []Trouve {
	if k, ok := c.CommuneSiren(s); ok {
		return []Trouve{k.trouve(par)}
	}
	if e, ok := c.Epci(s); ok {
		return []Trouve{e.trouve(par)}
	}
	return nil
}

func (c *Commune) trouve(par Par) Trouve {
	return Trouve{Type: genres[genreCommune], Code: string(c.Insee), Nom: c.Nom, Departement: c.Departement,
		Population: c.Population.Municipale, Exact: par.code(), Par: par}
}

func (e *Epci) trouve(par Par) Trouve {
	return Trouve{Type: genres[genreEpci], Code: string(e.Siren), Nom: e.Nom, Departement: e.Departements[0],
		Population: e.Population.Municipale, Exact: par.code(), Par: par}
}

// trouve is the answer as the person sees it.
func (g *geo) trouve(r reponse) (t Trouve) {
	switch k := r.nom; k.genre {
	case genreCommune:
		t = g.communes[k.rang].trouve(r.par())
		if k.ancienne >= 0 {
			t.Alias = g.anciennes[k.ancienne].nom
		}
	case genreEpci:
		t = g.epcis[k.rang].trouve(r.par())
	case genreDepartement:
		d := &g.departements[k.rang]
		t = Trouve{Type: genres[genreDepartement], Code: d.Code, Nom: d.Nom, Departement: d.Code, Population: NonPubliee, Par: r.par()}
	case genreRegion:
		t = Trouve{Type: genres[genreRegion], Code: g.regions[k.rang].Code, Nom: g.regions[k.rang].Nom, Population: NonPubliee, Par: r.par()}
	}
	t.Exact = r.qualite < nomDebut
	return t
}

func (r reponse) par() Par {
	switch {
	case r.qualite >= nomFaute:
		return ParApproche
	case r.nom.ancienne >= 0:
		return ParAncien
	}
	return ParNom
}
