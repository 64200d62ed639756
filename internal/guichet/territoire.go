package guichet

import (
	"maps"
	"slices"
	"strings"

	"guichet/internal/dispositif"
	"guichet/internal/eligibilite"
	"guichet/internal/fault"
	"guichet/internal/jour"
	"guichet/internal/regle"
	"guichet/internal/siren"
	"guichet/internal/territoire"
)

// A Consultation is what a person asks about a territory, as they write it.
type Consultation struct {
	Type  string // commune or epci; "" lets the code decide
	Code  string // INSEE code or SIREN
	Le    jour.Jour
	Faits map[string]string // answers by name of fact
}

// A ReponseVue is an answer with what a page needs around it.
type ReponseVue struct {
	eligibilite.Reponse
	Service  *dispositif.Service
	Contacts []*dispositif.Contact
	Liens    []*dispositif.Lien
	Aides    []ReponseVue
}

// A Question is a fact that a person can give, with what was typed.
type Question struct {
	Fait        *regle.Fait
	Texte       string // typed, or ""
	Erreur      string // what is wrong with it, in French
	Dispositifs []*dispositif.Dispositif
	Requise     bool // its absence keeps a verdict open
}

// A VueTerritoire is the page of a commune or an EPCI.
type VueTerritoire struct {
	Contexte
	Type, Code, Nom, De string
	Commune             *territoire.Commune
	Epci                *territoire.Epci
	SonEpci             *territoire.Epci
	Departement         *territoire.Departement
	Region              *territoire.Region
	Membres             []*territoire.Commune
	Le                  jour.Jour
	Reponses            []ReponseVue
	Questions           []Question
	Prefecture          *dispositif.Prefecture // nil when none has a folder
	Siren               string
	Cog                 int  // year of the geographic code
	Deposable           bool // this instance keeps dossiers
}

// DepartementPrefecture is the département whose prefecture answers.
func (v *VueTerritoire) DepartementPrefecture() string { return v.departement() }

// Territoire answers for a commune or an EPCI, whatever the code's age: the
// view's Code is the present one. The error is a fault.NotFound, or a
// fault.Invalid; with wrong answers, the view comes back too, computed without
// them, beside a fault.Invalid with a message for each field.
func (g *Guichet) Territoire(d Consultation) (*VueTerritoire, error) {
	if d.Le == 0 {
		d.Le = g.Aujourdhui()
	}
	carte := g.carte(d.Le)
	v, err := identite(carte, d)
	if err != nil {
		return nil, err
	}
	v.Contexte, v.Le, v.Deposable, v.Cog = g.Contexte(d.Le), d.Le, g.TientDossiers(), carte.Millesime().Cog
	if v.Commune != nil {
		v.Siren = string(v.Commune.Siren)
	} else {
		v.Siren = string(v.Epci.Siren)
	}
	s := eligibilite.Situation{Demandeur: v.demandeur(), Le: d.Le}
	values, bad := g.lit(d.Faits)
	s.Faits = values
	answers, err := eligibilite.Toutes(g.catalogue, carte, s)
	if f := fault.Of(err); f != nil && f.Kind == fault.Invalid {
		bad = merge(bad, f)
		s.Faits = without(values, f)
		answers, err = eligibilite.Toutes(g.catalogue, carte, s)
	}
	if err != nil {
		return nil, err
	}
	local := g.catalogue.Pour(v.departement())
	v.Prefecture, _ = g.catalogue.Prefecture(v.departement())
	v.Questions = questions(local, answers, d.Faits, bad)
	eligibilite.Trie(answers)
	for i := range answers {
		g.signale(answers[i])
		v.Reponses = append(v.Reponses, vue(local, answers[i]))
	}
	if bad != nil {
		return v, bad
	}
	return v, nil
}

func merge(a, b *fault.Fault) *fault.Fault {
	if a == nil {
		return b
	}
	return a.Merge(b)
}

// without drops the values that f blames; all of them when it blames none.
func without(values map[string]regle.Valeur, f *fault.Fault) map[string]regle.Valeur {
	if len(f.Fields) == 0 {
		return nil
	}
	left := maps.Clone(values)
	for nom := range f.Fields {
		delete(left, nom)
	}
	return left
}

// identite finds the territory of a question.
func identite(carte *territoire.Carte, d Consultation) (*VueTerritoire, error) {
	code := strings.Join(strings.Fields(d.Code), "")
	if d.Type == "commune" || d.Type == "" && len(code) == 5 {
		c, ok := carte.Commune(territoire.Insee(strings.ToUpper(code)))
		if !ok {
			return nil, fault.New(fault.NotFound, "Aucune commune n’a le code « %s » dans le découpage de %d. Un code INSEE compte cinq caractères, par exemple 13055.", abrege(code), carte.Millesime().Cog)
		}
		return commune(carte, c), nil
	}
	number, err := siren.Parse(code)
	if err != nil {
		return nil, fault.New(fault.NotFound, "« %s » n’est ni un code de commune (cinq caractères) ni un numéro SIREN valide (neuf chiffres).", abrege(code)).Because(err)
	}
	if c, ok := carte.CommuneSiren(number); ok && d.Type == "" {
		return commune(carte, c), nil
	}
	e, ok := carte.Epci(number)
	if !ok {
		return nil, fault.New(fault.NotFound, "Aucune intercommunalité n’a le numéro SIREN %s dans le découpage de %d.", number, carte.Millesime().Cog)
	}
	v := &VueTerritoire{Type: "epci", Code: string(e.Siren), Nom: e.Nom, De: "de " + e.Nom, Epci: e}
	v.Departement, _ = carte.Departement(e.Departements[0])
	for _, m := range e.Membres {
		if c, ok := carte.Commune(m); ok {
			v.Membres = append(v.Membres, c)
		}
	}
	return v, nil
}

func commune(carte *territoire.Carte, c *territoire.Commune) *VueTerritoire {
	v := &VueTerritoire{Type: "commune", Code: string(c.Insee), Nom: c.Nom, De: c.De(), Commune: c}
	v.SonEpci, _ = carte.Epci(c.Epci)
	v.Departement, _ = carte.Departement(c.Departement)
	v.Region, _ = carte.Region(c.Region)
	return v
}

func abrege(s string) string {
	s = strings.ToValidUTF8(s, "�")
	if r := []rune(s); len(r) > 20 {
		return string(r[:20]) + "…"
	}
	return s
}

func (v *VueTerritoire) demandeur() eligibilite.Demandeur {
	if v.Epci != nil {
		return eligibilite.Demandeur{Type: "epci", Siren: v.Epci.Siren}
	}
	return eligibilite.Demandeur{Type: "commune", Insee: v.Commune.Insee}
}

func (v *VueTerritoire) departement() string {
	if v.Departement == nil {
		return ""
	}
	return v.Departement.Code
}

// lit reads the answers; those that cannot be read are left out and blamed. An
// empty answer is no answer.
func (g *Guichet) lit(texts map[string]string) (map[string]regle.Valeur, *fault.Fault) {
	values := make(map[string]regle.Valeur)
	var bad *fault.Fault
	for _, nom := range slices.Sorted(maps.Keys(texts)) {
		if strings.TrimSpace(texts[nom]) == "" {
			continue
		}
		f, ok := g.catalogue.Dictionnaire.Fait(nom)
		if !ok {
			bad = merge(bad, fault.New(fault.Invalid, "« %s » n’est pas une donnée que guichet connaît.", abrege(nom)).Field(nom, "Cette donnée n’existe pas."))
			continue
		}
		v, err := f.Parse(strings.ToValidUTF8(texts[nom], "�"))
		if err != nil {
			bad = merge(bad, fault.Of(err))
			continue
		}
		values[nom] = v
	}
	return values, bad
}

// questions lists the facts that the answers lack and those that were given,
// the ones that keep a verdict open first.
func questions(c *dispositif.Catalogue, rr []eligibilite.Reponse, texts map[string]string, bad *fault.Fault) []Question {
	var out []Question
	at := make(map[string]int)
	add := func(f *regle.Fait, d *dispositif.Dispositif, required bool) {
		if f.Portee == regle.Agent || f.Type == regle.TypeListeTexte && f.Portee == regle.Entite {
			return
		}
		i, ok := at[f.Nom]
		if !ok {
			i = len(out)
			at[f.Nom] = i
			q := Question{Fait: f, Texte: texts[f.Nom]}
			if bad != nil {
				q.Erreur = bad.Fields[f.Nom]
			}
			out = append(out, q)
		}
		if d != nil && !slices.Contains(out[i].Dispositifs, d) {
			out[i].Dispositifs = append(out[i].Dispositifs, d)
		}
		out[i].Requise = out[i].Requise || required
	}
	// What a calculation takes is asked before what it would give.
	with := func(f *regle.Fait, d *dispositif.Dispositif, required bool) {
		for _, from := range f.Depuis {
			add(from, d, false)
		}
		add(f, d, required)
	}
	for _, r := range rr {
		ask(r, with)
		for _, a := range r.Aides {
			ask(a, with)
		}
	}
	for _, nom := range slices.Sorted(maps.Keys(texts)) {
		if f, ok := c.Dictionnaire.Fait(nom); ok && strings.TrimSpace(texts[nom]) != "" {
			answered(f, rr, add)
		}
	}
	slices.SortStableFunc(out, func(a, b Question) int {
		switch {
		case a.Requise == b.Requise:
			return 0
		case a.Requise:
			return -1
		}
		return 1
	})
	return out
}

// answered names the schemes that use a fact that was given; none of them may.
func answered(f *regle.Fait, rr []eligibilite.Reponse, add func(*regle.Fait, *dispositif.Dispositif, bool)) {
	add(f, nil, false)
	for _, r := range rr {
		for _, x := range append([]eligibilite.Reponse{r}, r.Aides...) {
			if x.Emploie(f) {
				add(f, x.Dispositif, false)
			}
		}
	}
}

// ask names the facts that one answer lacks.
func ask(r eligibilite.Reponse, add func(*regle.Fait, *dispositif.Dispositif, bool)) {
	for _, f := range r.Manque {
		add(f, r.Dispositif, r.Verdict == regle.ACompleter)
	}
	for _, i := range r.Issues {
		for _, f := range i.Manque {
			add(f, r.Dispositif, false)
		}
	}
	for _, c := range r.Reste {
		for _, f := range c.Manque {
			add(f, r.Dispositif, false)
		}
	}
}

func vue(c *dispositif.Catalogue, r eligibilite.Reponse) ReponseVue {
	v := ReponseVue{Reponse: r, Service: c.Service(r.Dispositif, ""), Contacts: c.ContactsDe(r.Dispositif)}
	for _, id := range r.Dispositif.Liens {
		v.Liens = append(v.Liens, c.Liens[id])
	}
	for _, a := range r.Aides {
		v.Aides = append(v.Aides, vue(c, a))
	}
	return v
}
