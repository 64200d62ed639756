package eligibilite

import (
	"fmt"
	"slices"
	"strings"

	"guichet/internal/regle"
	"guichet/internal/territoire"
)

// calcul gives the facts of a territory by the names that the dictionary uses.
type calcul struct {
	carte *territoire.Carte
	s     Situation
	fait  *regle.Fait
}

// A source gives a fact, where it comes from, and whether it is known; code is
// what follows the slash in the dictionary: a list or a zoning.
type source func(c calcul, code string) (v regle.Valeur, from string, known bool)

// calculs are the ways to know a fact from public data, by the name that the
// key «calcul» of the dictionary gives them.
var calculs = map[string]source{
	"type_demandeur": func(c calcul, _ string) (regle.Valeur, string, bool) {
		return regle.Texte(c.s.Demandeur.Type), "", c.s.Demandeur.Type != ""
	},
	"insee":           func(c calcul, _ string) (regle.Valeur, string, bool) { return c.insee("Code officiel géographique") },
	"commune_du_lieu": func(c calcul, _ string) (regle.Valeur, string, bool) { return c.communeDuLieu() },
	"distance_qpv":    func(c calcul, _ string) (regle.Valeur, string, bool) { return c.distanceQpv() },
	"population_municipale": func(c calcul, _ string) (regle.Valeur, string, bool) {
		return c.population("population municipale", municipale)
	},
	"population_totale": func(c calcul, _ string) (regle.Valeur, string, bool) {
		return c.population("population totale", totale)
	},
	"nombre_communes": func(c calcul, _ string) (regle.Valeur, string, bool) {
		n := len(distinctes(c.carte, c.s.Demandeur.Membres))
		return regle.Entier(int64(n)), "communes nommées", n > 0
	},
	"perimetre_communes": func(c calcul, _ string) (regle.Valeur, string, bool) { return c.perimetre() },
	"part_rurale":        func(c calcul, _ string) (regle.Valeur, string, bool) { return c.partRurale() },
	"zonage":             calcul.zonage,
	"liste":              calcul.liste,
	"liste_publiee":      calcul.listePubliee,
}

// calcule reports whether the calculation of that name exists.
func calcule(calculation string) bool {
	nom, _, _ := strings.Cut(calculation, "/")
	_, ok := calculs[nom]
	return ok
}

// valeur gives the fact.
func (c calcul) valeur() (v regle.Valeur, from string, known bool) {
	nom, code, _ := strings.Cut(c.fait.Calcul, "/")
	if give, ok := calculs[nom]; ok {
		return give(c, code)
	}
	return v, "", false
}

// insee gives the code of the commune that applies.
func (c calcul) insee(from string) (v regle.Valeur, _ string, known bool) {
	commune, ok := c.commune()
	if !ok || c.s.Demandeur.Type != "commune" {
		return v, "", false
	}
	return regle.Texte(string(commune.Insee)), from, true
}

func municipale(p territoire.Population) int32 { return p.Municipale }

func totale(p territoire.Population) int32 { return p.Totale }

func (c calcul) commune() (*territoire.Commune, bool) {
	if c.s.Demandeur.Insee == "" {
		return nil, false
	}
	return c.carte.Commune(c.s.Demandeur.Insee)
}

// population gives the figure of the census that the year uses, or of the
// first other one that publishes that kind.
func (c calcul) population(label string, kind func(territoire.Population) int32) (v regle.Valeur, from string, known bool) {
	var censuses []territoire.Population
	if commune, found := c.commune(); found && c.s.Demandeur.Type == "commune" {
		censuses = commune.Populations
	} else if e, found := c.carte.Epci(c.s.Demandeur.Siren); found {
		censuses = e.Populations
	}
	for _, p := range censuses {
		switch {
		case kind(p) < 0:
			continue
		case p.Recensement == 0:
			from = "INSEE, " + label + ", recensement propre à la collectivité"
		default:
			from = fmt.Sprintf("INSEE, %s, recensement %d, en vigueur en %d", label, p.Recensement, p.EnVigueur)
		}
		return regle.Entier(int64(kind(p))), from, true
	}
	return v, "", false
}

func (c calcul) perimetre() (v regle.Valeur, source string, ok bool) {
	var codes []territoire.Insee
	switch d := c.s.Demandeur; d.Type {
	case "commune":
		if commune, found := c.commune(); found {
			codes = []territoire.Insee{commune.Insee}
		}
	case "epci":
		if e, found := c.carte.Epci(d.Siren); found {
			codes = e.Membres
		}
	case "departement":
		for _, commune := range c.carte.Communes(d.Code) {
			codes = append(codes, commune.Insee)
		}
	default:
		codes = distinctes(c.carte, d.Membres)
	}
	texts := make([]string, len(codes))
	for i, code := range codes {
		texts[i] = string(code)
	}
	return regle.ListeTexte(texts...), fmt.Sprintf("Code officiel géographique %d", c.carte.Millesime().Cog), len(texts) > 0
}

func (c calcul) zonage(code string) (v regle.Valeur, source string, ok bool) {
	z, found := c.carte.Zonage(code)
	if !found {
		return v, "", false
	}
	var n int32
	if commune, is := c.commune(); is && c.s.Demandeur.Type == "commune" {
		n, ok = z.Communes[commune.Insee]
	} else if c.s.Demandeur.Siren != "" {
		n, ok = z.Epcis[c.s.Demandeur.Siren]
	}
	return regle.Entier(int64(n)), fmt.Sprintf("%s, %d", z.Titre, z.Millesime), ok
}

func (c calcul) partRurale() (v regle.Valeur, source string, ok bool) {
	p, ok := c.carte.PartRurale(c.s.Demandeur.Siren)
	if !ok {
		return v, "", false
	}
	// Rounded down, but never onto one half when it is more: the rule asks for
	// a strict majority.
	n := p.Rurale * 1_000_000 / p.Totale
	if p.Majoritaire() && n <= 500_000 {
		n = 500_001
	}
	return regle.Millioniemes(n), fmt.Sprintf("grille de densité %d, population municipale", p.Millesime), true
}

// liste says whether the applicant is on the list in force for its
// département.
func (c calcul) liste(code string) (v regle.Valeur, from string, known bool) {
	l, found := c.carte.Liste(code, c.s.Demandeur.Departement(c.carte), c.s.Le)
	if !found {
		return v, "", false
	}
	on := l.ContientEpci(c.s.Demandeur.Siren)
	if commune, is := c.commune(); is && c.s.Demandeur.Type == "commune" {
		on = l.Contient(commune.Insee)
	}
	return regle.Booleen(on), l.Titre, true
}

// listePubliee says whether such a list is in force.
func (c calcul) listePubliee(code string) (v regle.Valeur, from string, known bool) {
	l, found := c.carte.Liste(code, c.s.Demandeur.Departement(c.carte), c.s.Le)
	if found {
		from = l.Titre
	}
	return regle.Booleen(found), from, true
}

// position is the place that a person located: a latitude, then a longitude,
// by the names that the dictionary gives them.
func (c calcul) position() (p territoire.Point, known bool) {
	if len(c.fait.Depuis) != 2 {
		return p, false
	}
	var at [2]float64
	for i, f := range c.fait.Depuis {
		n, ok := c.s.Faits[f.Nom].Millioniemes()
		if !ok || f.Check(c.s.Faits[f.Nom]) != nil {
			return p, false
		}
		at[i] = float64(n) / 1_000_000
	}
	return territoire.Point{Lat: at[0], Lon: at[1]}, true
}

// communeDuLieu gives the commune whose outline holds the place, when both are
// known, else the commune that applies.
func (c calcul) communeDuLieu() (v regle.Valeur, from string, known bool) {
	if p, ok := c.position(); ok {
		if commune, found := c.carte.Situe(p); found {
			return regle.Texte(string(commune.Insee)), "la position du lieu et les contours des communes", true
		}
	}
	return c.insee("la commune elle-même")
}

// distanceQpv gives the distance of the place, in metres, rounded down to the
// centimetre so that a place inside a limit stays inside.
func (c calcul) distanceQpv() (v regle.Valeur, from string, known bool) {
	p, ok := c.position()
	if !ok {
		return v, "", false
	}
	metres, q, ok := c.carte.DistanceQpv(p)
	if !ok {
		return v, "", false
	}
	from = fmt.Sprintf("quartier « %s » (%s), %s, %d", q.Nom, q.Code, q.Source.Titre, q.Source.Date.An())
	return regle.Millioniemes(int64(metres*100) * 10_000), from, true
}

// distinctes returns the communes of the codes, each once: an arrondissement
// or a former commune counts as its commune.
func distinctes(carte *territoire.Carte, codes []territoire.Insee) []territoire.Insee {
	var out []territoire.Insee
	for _, code := range codes {
		if c, ok := carte.Commune(code); ok && !slices.Contains(out, c.Insee) {
			out = append(out, c.Insee)
		}
	}
	return out
}
