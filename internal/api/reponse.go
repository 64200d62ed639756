// Package api answers machines: the JSON of version 1 and its OpenAPI
// description. It asks the counter and holds no rule.
package api

import (
	"guichet/internal/dispositif"
	"guichet/internal/eligibilite"
	"guichet/internal/euro"
	"guichet/internal/guichet"
	"guichet/internal/regle"
)

// An Eligibilite is what a territory can have on a day.
type Eligibilite struct {
	Territoire Territoire `json:"territoire"`
	Le         string     `json:"le" doc:"Jour de la réponse, AAAA-MM-JJ"`
	Edition    string     `json:"edition" doc:"Édition du catalogue"`
	Reponses   []Reponse  `json:"reponses"`
}

// A Territoire is a commune or an EPCI by its code.
type Territoire struct {
	Type        string `json:"type" doc:"commune ou epci"`
	Code        string `json:"code" doc:"Code INSEE ou numéro SIREN"`
	Nom         string `json:"nom"`
	Departement string `json:"departement,omitempty"`
	Population  *int32 `json:"population,omitempty" doc:"Population municipale, absente si elle n’est pas publiée"`
}

// A Reponse is the answer of one scheme. Amounts are in cents, rates in
// percent.
type Reponse struct {
	Dispositif string `json:"dispositif"`
	Nom        string `json:"nom"`
	Verdict    string `json:"verdict" enum:"oui,non,a_completer,a_apprecier,erreur"`
	Phrase     string `json:"phrase"`
	Sommes
	Plafond    *int64      `json:"plafond_centimes,omitempty"`
	Unitaire   *int64      `json:"montant_unitaire_centimes,omitempty"`
	PartLocale *int64      `json:"part_locale_centimes,omitempty"`
	Conditions []Condition `json:"conditions"`
	Reste      []Condition `json:"reste" doc:"Conditions à réunir dans le dossier"`
	Manque     []Manque    `json:"manque"`
	Raisons    []string    `json:"raisons"`
	Remarques  []string    `json:"remarques"`
	Bascules   []string    `json:"bascules" doc:"Ce qui changerait la réponse"`
	Ouverture  Ouverture   `json:"ouverture"`
	Service    string      `json:"service,omitempty"`
	Aides      []Reponse   `json:"aides,omitempty" doc:"Petites aides rattachées"`
}

// Sommes are the amount and the rate of an answer, or their bounds; each is
// absent when it is not known.
type Sommes struct {
	Montant    *int64 `json:"montant_centimes,omitempty"`
	Taux       *int64 `json:"taux_pour_cent,omitempty"`
	MontantMin *int64 `json:"montant_min_centimes,omitempty"`
	MontantMax *int64 `json:"montant_max_centimes,omitempty"`
	TauxMin    *int64 `json:"taux_min_pour_cent,omitempty"`
	TauxMax    *int64 `json:"taux_max_pour_cent,omitempty"`
}

// A Condition is one condition evaluated, with what was compared.
type Condition struct {
	ID         string   `json:"id"`
	Verdict    string   `json:"verdict"`
	SansObjet  bool     `json:"sans_objet,omitempty"`
	Texte      string   `json:"texte"`
	Raisons    []string `json:"raisons"`
	Source     string   `json:"source" doc:"Où la condition est écrite"`
	Donnees    []Donnee `json:"donnees"`
	Parametres []Donnee `json:"parametres"`
	Manque     []Manque `json:"manque,omitempty"`
}

// A Donnee is a value used, and where it comes from.
type Donnee struct {
	Nom     string `json:"nom"`
	Libelle string `json:"libelle"`
	Valeur  string `json:"valeur,omitempty"`
	Source  string `json:"source,omitempty"`
}

// A Manque is a fact to give, with its question.
type Manque struct {
	Fait     string `json:"fait"`
	Question string `json:"question"`
}

// An Ouverture says whether one may apply.
type Ouverture struct {
	Etat   string `json:"etat" enum:"ouvert,a_venir,clos"`
	Depuis string `json:"depuis,omitempty"`
	Jusque string `json:"jusque,omitempty"`
	Vague  int    `json:"vague,omitempty"`
}

// FromTerritoire writes the view of a territory.
func FromTerritoire(v *guichet.VueTerritoire) Eligibilite {
	out := Eligibilite{Territoire: Territoire{Type: v.Type, Code: v.Code, Nom: v.Nom}, Le: v.Le.String(), Edition: v.Edition.Code}
	if v.Departement != nil {
		out.Territoire.Departement = v.Departement.Code
	}
	population := int32(-1)
	if v.Commune != nil {
		population = v.Commune.Population.Municipale
	} else if v.Epci != nil {
		population = v.Epci.Population.Municipale
	}
	if population >= 0 {
		out.Territoire.Population = &population
	}
	for _, r := range v.Reponses {
		out.Reponses = append(out.Reponses, fromReponse(r.Reponse, r.Service))
	}
	return out
}

func fromReponse(r eligibilite.Reponse, service *dispositif.Service) Reponse {
	out := Reponse{Dispositif: r.Dispositif.Code, Nom: r.Dispositif.Nom, Verdict: r.Verdict.String(), Phrase: r.Phrase,
		Sommes: sommes(r), Plafond: amount(r, "plafond"), Unitaire: amount(r, "unitaire"), PartLocale: amount(r, "part_locale"),
		Conditions: conditions(r.Conditions), Reste: conditions(r.Reste), Manque: manques(r.Manque),
		Raisons: orEmpty(r.Raisons), Bascules: orEmpty(r.Bascules()), Remarques: []string{},
		Ouverture: Ouverture{r.Ouverture.Etat, r.Ouverture.Depuis.String(), r.Ouverture.Jusque.String(), r.Ouverture.Vague}}
	if service != nil {
		out.Service = service.Court()
	}
	for _, s := range r.Signaux {
		out.Remarques = append(out.Remarques, s.Texte)
	}
	for _, a := range r.Aides {
		out.Aides = append(out.Aides, fromReponse(a, nil))
	}
	return out
}

// sommes writes what is known of the money.
func sommes(r eligibilite.Reponse) Sommes {
	out := Sommes{Montant: amount(r, "montant")}
	if low, high, ok := r.Bornes(); ok {
		out.MontantMin, out.MontantMax = cents(low), cents(high)
	}
	if pct, ok := r.Taux(); ok {
		out.Taux = &pct
	}
	if low, high, ok := r.TauxBornes(); ok {
		out.TauxMin, out.TauxMax = &low, &high
	}
	return out
}

// amount returns the result id in cents, nil when it is not known.
func amount(r eligibilite.Reponse, id string) *int64 {
	if m, ok := r.Montant(id); ok {
		return cents(m)
	}
	return nil
}

func cents(m euro.Montant) *int64 {
	n := int64(m)
	return &n
}

func conditions(cc []regle.Constat) []Condition {
	out := make([]Condition, 0, len(cc))
	for _, c := range cc {
		x := Condition{ID: c.ID, Verdict: c.Verdict.String(), SansObjet: c.SansObjet, Texte: c.Texte, Raisons: orEmpty(c.Raisons),
			Donnees: []Donnee{}, Parametres: []Donnee{}}
		for i, cite := range c.Cite {
			if i > 0 {
				x.Source += ", "
			}
			x.Source += cite
		}
		for _, f := range c.Faits() {
			d := Donnee{Nom: f.Nom, Libelle: f.Libelle, Source: f.Donnee.Source}
			if !f.Donnee.Valeur.Zero() {
				d.Valeur = f.Affiche(f.Donnee.Valeur)
			}
			x.Donnees = append(x.Donnees, d)
		}
		for _, p := range c.Parametres() {
			x.Parametres = append(x.Parametres, Donnee{Nom: p.Nom, Libelle: p.Libelle, Valeur: p.Affiche()})
		}
		if len(c.Manque) > 0 {
			x.Manque = manques(c.Manque)
		}
		out = append(out, x)
	}
	return out
}

func manques(ff []*regle.Fait) []Manque {
	out := make([]Manque, 0, len(ff))
	for _, f := range ff {
		out = append(out, Manque{f.Nom, f.Question})
	}
	return out
}

func orEmpty(xs []string) []string {
	if xs == nil {
		return []string{}
	}
	return xs
}

// A Grille is a département: its territories and their answers in short.
type Grille struct {
	Departement string  `json:"departement"`
	Le          string  `json:"le"`
	Edition     string  `json:"edition"`
	Lignes      []Ligne `json:"lignes"`
}

// A Ligne is one territory of a grid.
type Ligne struct {
	Type     string `json:"type"`
	Code     string `json:"code"`
	Nom      string `json:"nom"`
	Reponses []Bref `json:"reponses"`
}

// A Bref is an answer without its reasons.
type Bref struct {
	Dispositif string `json:"dispositif"`
	Verdict    string `json:"verdict"`
	Sommes
	Raisons []string `json:"raisons"`
}

// FromGrille writes the view of a grid.
func FromGrille(v *guichet.VueGrille) Grille {
	out := Grille{Departement: v.Code, Le: v.Le.String(), Edition: v.Edition.Code, Lignes: []Ligne{}}
	for _, l := range v.Lignes {
		line := Ligne{Type: l.Type, Code: l.Code, Nom: l.Nom}
		for _, r := range l.Reponses {
			line.Reponses = append(line.Reponses, Bref{r.Dispositif.Code, r.Verdict.String(), sommes(r), orEmpty(r.Raisons)})
		}
		out.Lignes = append(out.Lignes, line)
	}
	return out
}
