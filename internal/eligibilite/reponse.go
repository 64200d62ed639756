package eligibilite

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"guichet/internal/dispositif"
	"guichet/internal/euro"
	"guichet/internal/francais"
	"guichet/internal/jour"
	"guichet/internal/regle"
	"guichet/internal/territoire"
)

// A Reponse is the answer of one scheme to one applicant on one day.
type Reponse struct {
	Dispositif *dispositif.Dispositif
	Le         jour.Jour
	Verdict    regle.Verdict
	Conditions []regle.Constat // that decide for this applicant
	Reste      []regle.Constat // that only a file can meet
	Issues     []regle.Issue
	Signaux    []*regle.Signal
	Manque     []*regle.Fait // facts to give, each once
	Raisons    []string      // machine codes, each once
	Phrase     string        // why, in one French sentence
	Ouverture  dispositif.Ouverture
	Aides      []Reponse // annexed small aids

	bilan regle.Bilan
	faits *regle.Faits
}

// Garde reports whether what the scheme asks on a condition is asked: the guard
// is known true. id names the question, formulaire.ID.
func (r Reponse) Garde(id string) bool { return r.bilan.Garde(id) }

// Of answers for the scheme d. The error is a fault.Invalid with reason codes
// when what a person gave is impossible.
func Of(d *dispositif.Dispositif, dict *regle.Dictionnaire, carte *territoire.Carte, s Situation) (Reponse, error) {
	f, err := Faits(dict, carte, s)
	if err != nil {
		return Reponse{}, err
	}
	return Evalue(d, f, s.Le)
}

// Evalue answers for the scheme d with facts already gathered: several schemes
// share them. The error is a fault.Invalid when the facts contradict one
// another.
func Evalue(d *dispositif.Dispositif, f *regle.Faits, le jour.Jour) (Reponse, error) {
	b := d.Programme.Le(le).Eval(f)
	if len(b.Invalides) > 0 {
		return Reponse{}, b.Invalides[0]
	}
	r := Reponse{Dispositif: d, Le: le, Verdict: regle.Oui, Issues: b.Issues, Signaux: b.Signaux, Ouverture: d.Ouverture(le), bilan: b, faits: f}
	r.ouverture()
	for _, c := range b.Constats {
		if dansLeReste(c) {
			r.Reste = append(r.Reste, c)
			continue
		}
		r.Conditions = append(r.Conditions, c)
		r.Verdict = regle.Et(r.Verdict, c.Verdict)
		r.raisons(d, c)
	}
	r.issues(d)
	for _, s := range b.Signaux {
		r.raison(s.Raison)
	}
	r.Phrase = r.phrase()
	return r, nil
}

// dansLeReste reports whether a condition waits for a file: it is undecided,
// and a fact that only the applicant or an appraisal can give is missing.
func dansLeReste(c regle.Constat) bool {
	switch c.Verdict {
	case regle.ACompleter:
		return len(c.Manque) == 0 || slices.ContainsFunc(c.Manque, func(f *regle.Fait) bool { return f.Portee != regle.Entite })
	case regle.AApprecier:
		return c.Nature == "appreciation"
	}
	return false
}

// ouverture adds the condition of the calendar when the counter is not open.
func (r *Reponse) ouverture() {
	if r.Ouverture.Etat == "ouvert" {
		return
	}
	d := r.Dispositif
	c := &regle.Condition{ID: "ouverture", Objet: "calendrier", Nature: "machine", Texte: "Le guichet est ouvert.",
		Raison: cmp.Or(d.Calendrier.RaisonFerme, "GUICHET_FERME"), Cite: d.Calendrier.Cite}
	r.Conditions = append(r.Conditions, regle.Fixe(c, regle.Non))
	r.Verdict = regle.Non
	r.raison(c.Raison)
}

// raisons gathers the codes and the missing facts of a condition that decides.
func (r *Reponse) raisons(d *dispositif.Dispositif, c regle.Constat) {
	for _, code := range c.Raisons {
		r.raison(code)
	}
	if c.Verdict == regle.ACompleter {
		r.manque(d, c.Manque)
	}
}

func (r *Reponse) manque(d *dispositif.Dispositif, facts []*regle.Fait) {
	for _, f := range facts {
		r.raison("DONNEE_MANQUANTE")
		r.raison(d.Manques[f.Nom])
		if !slices.Contains(r.Manque, f) {
			r.Manque = append(r.Manque, f)
		}
	}
}

func (r *Reponse) raison(code string) {
	if code != "" && !slices.Contains(r.Raisons, code) {
		r.Raisons = append(r.Raisons, code)
	}
}

// issues makes the verdict wait for the results that lack a fact of the
// territory, and gathers the codes of the branches taken.
func (r *Reponse) issues(d *dispositif.Dispositif) {
	for _, i := range r.Issues {
		switch i.Etat {
		case regle.Connue:
			if i.Branche != nil {
				r.raison(i.Branche.Raison)
			}
		case regle.EnErreur:
			r.Verdict = regle.Erreur
		case regle.Ouverte:
			entity := slices.DeleteFunc(slices.Clone(i.Manque), func(f *regle.Fait) bool { return f.Portee != regle.Entite })
			if len(entity) > 0 && r.Verdict != regle.Non {
				r.Verdict = regle.Et(r.Verdict, regle.ACompleter)
				r.manque(d, entity)
			}
		}
	}
}

// Objet returns the verdict of the conditions about one thing: candidat,
// contrat, lieu… It is Oui when the scheme has none.
func (r Reponse) Objet(objets ...string) regle.Verdict {
	v := regle.Oui
	for _, c := range r.bilan.Constats {
		if slices.Contains(objets, c.Objet) {
			v = regle.Et(v, c.Verdict)
		}
	}
	return v
}

// RaisonsDe returns the codes of the conditions about one thing, and of the
// remarks.
func (r Reponse) RaisonsDe(objets ...string) []string {
	out := Reponse{}
	for _, c := range r.bilan.Constats {
		if slices.Contains(objets, c.Objet) {
			out.raisons(r.Dispositif, c)
		}
	}
	for _, s := range r.Signaux {
		out.raison(s.Raison)
	}
	return out.Raisons
}

// Emploie reports whether a condition or a result of the scheme uses the fact.
func (r Reponse) Emploie(f *regle.Fait) bool {
	same := func(u regle.FaitUtilise) bool { return u.Fait == f || slices.Contains(u.Fait.Depuis, f) }
	for _, c := range r.bilan.Constats {
		if slices.ContainsFunc(c.Faits(), same) {
			return true
		}
	}
	return slices.ContainsFunc(r.Issues, func(i regle.Issue) bool { return slices.ContainsFunc(i.Faits(), same) })
}

// Issue returns the result id.
func (r Reponse) Issue(id string) (regle.Issue, bool) {
	for _, i := range r.Issues {
		if i.ID == id {
			return i, true
		}
	}
	return regle.Issue{}, false
}

// Montant returns the known amount of the result id.
func (r Reponse) Montant(id string) (euro.Montant, bool) {
	i, _ := r.Issue(id)
	return i.Valeur.Montant()
}

// Bornes returns the lowest and the highest amount possible: of an open
// result, or of the results montant_min and montant_max.
func (r Reponse) Bornes() (low, high euro.Montant, ok bool) {
	if i, found := r.Issue("montant"); found && i.Etat == regle.Ouverte {
		if low, ok = i.Min.Montant(); ok {
			high, ok = i.Max.Montant()
			return low, high, ok
		}
	}
	low, okLow := r.Montant("montant_min")
	high, okHigh := r.Montant("montant_max")
	return low, high, okLow && okHigh
}

// Taux returns the known rate, in percent.
func (r Reponse) Taux() (pct int64, ok bool) {
	i, _ := r.Issue("taux")
	return i.Valeur.Entier()
}

// TauxBornes returns the bounds of an open rate, in percent.
func (r Reponse) TauxBornes() (low, high int64, ok bool) {
	i, _ := r.Issue("taux")
	low, ok = i.Min.Entier()
	if ok {
		high, ok = i.Max.Entier()
	}
	return low, high, ok
}

// phrase says why in one sentence.
func (r Reponse) phrase() string {
	switch r.Verdict {
	case regle.Non:
		return "Non : condition non remplie, " + francais.Liste(r.textes(regle.Non)...) + "."
	case regle.AApprecier:
		return "Le service doit se prononcer : " + francais.Liste(r.textes(regle.AApprecier)...) + "."
	case regle.ACompleter:
		names := make([]string, len(r.Manque))
		for i, f := range r.Manque {
			names[i] = minuscule(f.Libelle)
		}
		return "Il manque une donnée pour répondre : " + francais.Liste(names...) + "."
	case regle.Erreur:
		return "La règle n’a pas pu être évaluée. Le service est prévenu."
	}
	for _, i := range r.Issues {
		if i.Branche != nil && i.Branche.Texte != "" {
			return "Oui : " + i.Branche.Texte + "."
		}
	}
	if t := r.textes(regle.Oui); len(t) > 0 {
		return "Oui : " + t[0] + "."
	}
	return "Oui : " + minuscule(strings.TrimSuffix(r.Dispositif.Beneficiaires.Texte, ".")) + "."
}

// textes returns the conditions of that verdict, ready for a sentence.
func (r Reponse) textes(v regle.Verdict) []string {
	var out []string
	for _, c := range r.Conditions {
		if c.Verdict == v && !c.SansObjet {
			out = append(out, "« "+strings.TrimSuffix(c.Texte, ".")+" »")
		}
	}
	return out
}

func minuscule(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToLower(r)) + s[n:]
}

// Prochaine returns the next step for the applicant.
func (r Reponse) Prochaine() (dispositif.Etape, bool) {
	if len(r.Dispositif.Etapes) == 0 {
		return dispositif.Etape{}, false
	}
	return r.Dispositif.Etapes[0], true
}

// Rang orders answers by what can be had: a yes with money first, a no last.
func (r Reponse) Rang() int {
	switch r.Verdict {
	case regle.Oui:
		return 0
	case regle.ACompleter:
		return 1
	case regle.AApprecier:
		return 2
	case regle.Erreur:
		return 3
	}
	return 4
}

// Signature writes what the answer depends on, besides its scheme and its day:
// every fact that it used, with its value and its source. Two answers of one
// signature say the same.
func (r Reponse) Signature(b *strings.Builder) {
	var seen []*regle.Fait
	write := func(facts []regle.FaitUtilise) {
		for _, f := range facts {
			if slices.Contains(seen, f.Fait) {
				continue
			}
			seen = append(seen, f.Fait)
			b.WriteByte(0)
			b.WriteString(f.Nom)
			b.WriteByte('=')
			if !f.Donnee.Valeur.Zero() {
				b.WriteString(f.Donnee.Valeur.String())
			}
			b.WriteByte(1)
			b.WriteString(f.Donnee.Source)
		}
	}
	for _, c := range r.bilan.Constats {
		write(c.Faits())
	}
	for _, i := range r.Issues {
		write(i.Faits())
	}
}
