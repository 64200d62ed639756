// Package eligibilite answers an applicant, on a day: what each scheme gives,
// how much, why, and what is missing. It joins the rules of a scheme with the
// public data of a territory; it knows neither the database nor the web.
package eligibilite

import (
	"fmt"
	"slices"
	"strings"

	"guichet/internal/fault"
	"guichet/internal/jour"
	"guichet/internal/regle"
	"guichet/internal/siren"
	"guichet/internal/territoire"
)

// A Demandeur is who could receive an aid: a territory by its code, or another
// body by its type alone.
type Demandeur struct {
	Type    string             // a choice of the fact demandeur: commune, epci, association…
	Insee   territoire.Insee   // of a commune, or of the seat
	Siren   siren.Siren        // of an EPCI
	Code    string             // of a département or a région
	Membres []territoire.Insee // communes that apply together
}

// Departement returns the département whose prefecture answers, "" when none
// is known.
func (d Demandeur) Departement(carte *territoire.Carte) string {
	switch {
	case d.Type == "epci":
		if e, ok := carte.Epci(d.Siren); ok {
			return e.Departements[0]
		}
	case d.Type == "departement":
		return d.Code
	case d.Insee != "":
		if c, ok := carte.Commune(d.Insee); ok {
			return c.Departement
		}
	case len(d.Membres) > 0:
		if c, ok := carte.Commune(d.Membres[0]); ok {
			return c.Departement
		}
	}
	return ""
}

// A Situation is the question: who, with what answers, on what day.
type Situation struct {
	Demandeur Demandeur
	Faits     map[string]regle.Valeur // given by a person; they replace public data
	Le        jour.Jour
}

// Faits gathers what is known of the applicant: the facts that the territory
// gives, then those that a person gave. The error is a fault.Invalid when one
// of the latter is unknown to the dictionary or out of its bounds.
func Faits(d *regle.Dictionnaire, carte *territoire.Carte, s Situation) (*regle.Faits, error) {
	f := regle.NewFaits(d)
	c := calcul{carte: carte, s: s}
	for _, fait := range d.All() {
		if fait.Calcul == "" {
			continue
		}
		if v, source, ok := c.valeur(fait.Calcul); ok {
			f.Set(fait.Nom, regle.Donnee{Valeur: v, Source: source})
		}
	}
	var bad *fault.Fault
	for nom, v := range s.Faits {
		fait, ok := d.Fait(nom)
		if !ok {
			return nil, fault.New(fault.Invalid, "« %s » n’est pas une donnée que guichet connaît.", nom).Field(nom, "Cette donnée n’existe pas.")
		}
		if v.Zero() {
			f.Set(nom, regle.Donnee{})
			continue
		}
		v, err := declaree(fait, v, carte)
		if err != nil {
			if bad == nil {
				bad = fault.Of(err)
			} else {
				bad.Merge(fault.Of(err))
			}
			continue
		}
		f.Set(nom, regle.Donnee{Valeur: v, Source: "déclaré", Declare: true})
	}
	if bad != nil {
		return nil, bad
	}
	return f, nil
}

// declaree checks a value that a person gave; a code of commune becomes the
// present one, so that an arrondissement counts as its city.
func declaree(f *regle.Fait, v regle.Valeur, carte *territoire.Carte) (regle.Valeur, error) {
	if err := f.Check(v); err != nil {
		return v, err
	}
	if f.Calcul != "commune_du_lieu" && f.Calcul != "insee" {
		return v, nil
	}
	c, ok := carte.Commune(territoire.Insee(strings.ToUpper(v.String())))
	if !ok {
		m := "Aucune commune n’a ce code : écrivez les cinq caractères du code INSEE, par exemple 13055."
		return v, fault.New(fault.Invalid, "%s : %s", f.Libelle, m).Field(f.Nom, m)
	}
	return regle.Texte(string(c.Insee)), nil
}

// calcul gives the facts of a territory by the names that the dictionary uses.
type calcul struct {
	carte *territoire.Carte
	s     Situation
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
	"commune_du_lieu": func(c calcul, _ string) (regle.Valeur, string, bool) { return c.insee("la commune elle-même") },
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

// valeur gives the fact that the dictionary describes by calculation.
func (c calcul) valeur(calculation string) (v regle.Valeur, from string, known bool) {
	nom, code, _ := strings.Cut(calculation, "/")
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
