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
		if err := fait.Check(v); err != nil {
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

// calcul gives the facts of a territory by the names that the dictionary uses.
type calcul struct {
	carte *territoire.Carte
	s     Situation
}

// Calculs lists the names that the key «calcul» of a fact may hold; a slash is
// followed by the code of a list or a zoning.
var Calculs = []string{"type_demandeur", "insee", "population_municipale", "population_totale", "nombre_communes",
	"perimetre_communes", "part_rurale", "commune_du_lieu", "distance_qpv", "zonage/", "liste/", "liste_publiee/"}

func (c calcul) valeur(nom string) (v regle.Valeur, source string, ok bool) {
	nom, code, _ := strings.Cut(nom, "/")
	switch nom {
	case "type_demandeur":
		return regle.Texte(c.s.Demandeur.Type), "", c.s.Demandeur.Type != ""
	case "insee":
		commune, ok := c.commune()
		if !ok {
			return v, "", false
		}
		return regle.Texte(string(commune.Insee)), "Code officiel géographique", true
	case "population_municipale":
		return c.population(func(p territoire.Population) int32 { return p.Municipale }, "population municipale")
	case "population_totale":
		return c.population(func(p territoire.Population) int32 { return p.Totale }, "population totale")
	case "nombre_communes":
		n := len(distinctes(c.carte, c.s.Demandeur.Membres))
		return regle.Entier(int64(n)), "communes nommées", n > 0
	case "perimetre_communes":
		return c.perimetre()
	case "zonage":
		return c.zonage(code)
	case "part_rurale":
		return c.partRurale()
	case "liste", "liste_publiee":
		return c.liste(nom, code)
	case "commune_du_lieu":
		commune, ok := c.commune()
		if !ok || c.s.Demandeur.Type != "commune" {
			return v, "", false
		}
		return regle.Texte(string(commune.Insee)), "la commune elle-même", true
	}
	return v, "", false
}

func (c calcul) commune() (*territoire.Commune, bool) {
	if c.s.Demandeur.Insee == "" {
		return nil, false
	}
	return c.carte.Commune(c.s.Demandeur.Insee)
}

func (c calcul) population(kind func(territoire.Population) int32, label string) (v regle.Valeur, source string, ok bool) {
	var p territoire.Population
	if commune, found := c.commune(); found && c.s.Demandeur.Type == "commune" {
		p = commune.Population
		if kind(p) < 0 && len(commune.Populations) > 1 {
			p = commune.Populations[1]
		}
	} else if e, found := c.carte.Epci(c.s.Demandeur.Siren); found {
		p = e.Population
		if kind(p) < 0 && len(e.Populations) > 1 {
			p = e.Populations[1]
		}
	} else {
		return v, "", false
	}
	if kind(p) < 0 {
		return v, "", false
	}
	source = fmt.Sprintf("INSEE, %s, recensement %d, en vigueur en %d", label, p.Recensement, p.EnVigueur)
	if p.Recensement == 0 {
		source = "INSEE, " + label + ", recensement propre à la collectivité"
	}
	return regle.Entier(int64(kind(p))), source, true
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

func (c calcul) liste(nom, code string) (v regle.Valeur, source string, ok bool) {
	l, found := c.carte.Liste(code, c.s.Demandeur.Departement(c.carte), c.s.Le)
	if nom == "liste_publiee" {
		if found {
			source = l.Titre
		}
		return regle.Booleen(found), source, true
	}
	if !found {
		return v, "", false
	}
	on := l.ContientEpci(c.s.Demandeur.Siren)
	if commune, is := c.commune(); is && c.s.Demandeur.Type == "commune" {
		on = l.Contient(commune.Insee)
	}
	return regle.Booleen(on), l.Titre, true
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
