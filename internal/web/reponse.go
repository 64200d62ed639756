package web

import (
	"fmt"
	"slices"
	"strings"

	"guichet/internal/euro"
	"guichet/internal/francais"
	"guichet/internal/guichet"
	"guichet/internal/regle"
	"guichet/internal/web/ui"
)

// answerCard is the answer of one scheme: what, how much, why, then what to do.
func answerCard(c guichet.Contexte, v *guichet.VueTerritoire, a guichet.ReponseVue) ui.Node {
	badge := verdictWords[a.Verdict]
	big, small := figureOrUnit(a)
	body := ui.Nodes{ui.P(ui.T(a.Phrase))}
	for _, s := range a.Signaux {
		body = append(body, ui.Note(ui.T(s.Texte)))
	}
	body = append(body, nextSteps(a), why(c, a), toGather(c, a), tipping(a))
	for _, small := range a.Aides {
		body = append(body, annexCard(c, small))
	}
	body = append(body, ui.Acts(cardLinks(c, v, a)...))
	return ui.Card{ID: "dispositif-" + a.Dispositif.Code, Tone: badge.Tone, Badge: badge, Big: big, Small: small,
		Title: ui.Link{Text: a.Dispositif.Nom, To: to(c, "/dispositifs/"+a.Dispositif.Code)}, Body: body}
}

// annexCard is a small aid inside the card of its main scheme.
func annexCard(c guichet.Contexte, a guichet.ReponseVue) ui.Node {
	badge := verdictWords[a.Verdict]
	big, small := figureOrUnit(a)
	return ui.Card{ID: "dispositif-" + a.Dispositif.Code, Tone: badge.Tone, Badge: badge, Big: big, Small: small, Level: 4,
		Over:  ui.Chips(ui.Tag("Aide rattachée")),
		Title: ui.Link{Text: a.Dispositif.Nom, To: to(c, "/dispositifs/"+a.Dispositif.Code)},
		Body:  ui.Nodes{ui.P(ui.T(a.Phrase)), why(c, a), toGather(c, a)}}
}

func cardLinks(c guichet.Contexte, v *guichet.VueTerritoire, a guichet.ReponseVue) []ui.Node {
	links := []ui.Node{ui.Button{Link: ui.Link{Text: "Voir la fiche", More: ": " + a.Dispositif.Nom, To: to(c, "/dispositifs/"+a.Dispositif.Code)}, Quiet: true}}
	if v.Deposable && len(a.Dispositif.Etats) > 0 && a.Verdict != regle.Non {
		links = append(links, ui.Go{Form: preparing, Link: ui.Link{Text: "Préparer le dossier", More: ": " + a.Dispositif.Nom, To: ui.Path("/deposer/" + a.Dispositif.Code)}})
	}
	if a.Verdict != regle.Non && asked(v, a) {
		links = append(links, ui.Button{Link: ui.Link{Text: "Préciser la réponse", More: ": " + a.Dispositif.Nom, To: ui.Here(groupID(a.Dispositif.Code))}, Quiet: true})
	}
	return links
}

// asked reports whether the page asks something for the scheme.
func asked(v *guichet.VueTerritoire, a guichet.ReponseVue) bool {
	return slices.ContainsFunc(v.Questions, func(q guichet.Question) bool { return len(q.Dispositifs) > 0 && q.Dispositifs[0] == a.Dispositif })
}

// figure is the amount, the rate or the range of an answer, and what it is.
func figure(a guichet.ReponseVue) (big, small string) {
	if a.Verdict == regle.Non || a.Verdict == regle.Erreur {
		return "", ""
	}
	if m, ok := a.Montant("montant"); ok {
		return m.String(), label(a, "montant")
	}
	if low, high, ok := a.Bornes(); ok {
		return between(low, high), "au total, selon le projet"
	}
	if m, ok := a.Montant("unitaire"); ok {
		return m.String(), label(a, "unitaire")
	}
	if m, ok := a.Montant("plafond"); ok {
		return "jusqu’à " + m.String(), label(a, "plafond")
	}
	if pct, ok := a.Taux(); ok {
		return percent(pct), label(a, "taux")
	}
	if low, high, ok := a.TauxBornes(); ok {
		return fmt.Sprintf("de %d à %s", low, percent(high)), label(a, "taux")
	}
	return "", ""
}

// figureOrUnit is the figure of an answer, or the amount per unit when the
// number of units is not known yet.
func figureOrUnit(a guichet.ReponseVue) (big, small string) {
	big, small = figure(a)
	if big != "" || a.Verdict == regle.Non || a.Verdict == regle.Erreur {
		return big, small
	}
	for _, i := range a.Issues {
		if i.Etat != regle.Ouverte {
			continue
		}
		for _, p := range i.Parametres() {
			if p.Type == regle.TypeEuro && p.Date != nil {
				return p.Affiche(), p.Libelle
			}
		}
	}
	return "", ""
}

func between(low, high euro.Montant) string {
	if low == high {
		return low.String()
	}
	return "de " + strings.TrimSuffix(low.String(), francais.Insecable+"€") + " à " + high.String()
}

func percent(n int64) string { return francais.Entier(n) + francais.Insecable + "%" }

func label(a guichet.ReponseVue, id string) string {
	i, _ := a.Issue(id)
	if i.Resultat == nil {
		return ""
	}
	return i.Libelle
}

// nextSteps says until when, what to do first, and with whom.
func nextSteps(a guichet.ReponseVue) ui.Node {
	_, until := opening(a.Ouverture, a.Dispositif)
	terms := ui.Terms{{Name: "Date limite", Values: ui.Nodes{ui.T(until)}}}
	if a.Verdict == regle.Non && a.Ouverture.Etat == "ouvert" {
		return ui.Nodes{}
	}
	if step, ok := a.Prochaine(); ok && a.Ouverture.Etat == "ouvert" {
		terms = append(terms, ui.Term{Name: "Première étape", Values: ui.Nodes{ui.T(step.Acteur + francais.Insecable + ": " + lower(step.Action) + ".")}})
	}
	if a.Service != nil {
		terms = append(terms, ui.Term{Name: "Service", Values: ui.Nodes{ui.T(a.Service.Nom)}})
	}
	return append(terms, ui.Term{Name: "Contact", Values: contacts(a.Contacts)})
}

// lower writes a sentence as the rest of another, acronyms kept.
func lower(s string) string {
	first, rest, _ := strings.Cut(s, " ")
	if first == strings.ToUpper(first) && len(first) > 2 {
		return s
	}
	r := []rune(first)
	if len(r) == 0 {
		return s
	}
	return strings.TrimRight(strings.ToLower(string(r[:1]))+string(r[1:])+" "+rest, " .")
}

// why opens every condition: its verdict, what was compared, where it is
// written.
func why(c guichet.Contexte, a guichet.ReponseVue) ui.Node {
	if len(a.Conditions) == 0 && len(a.Issues) == 0 {
		return ui.Nodes{}
	}
	return ui.Details{Summary: "Pourquoi ?", Aside: ui.Tag(francais.Compte(len(a.Conditions), "condition", "conditions")),
		Body: ui.Nodes{checks(c, a.Conditions), amounts(c, a)}}
}

// toGather lists what only a file can show.
func toGather(c guichet.Contexte, a guichet.ReponseVue) ui.Node {
	if len(a.Reste) == 0 || a.Verdict == regle.Non {
		return ui.Nodes{}
	}
	return ui.Details{Summary: "À réunir dans le dossier", Aside: ui.Tag(francais.Compte(len(a.Reste), "point", "points")),
		Body: ui.Nodes{checks(c, a.Reste)}}
}

// tipping says what would change the answer.
func tipping(a guichet.ReponseVue) ui.Node {
	var items []ui.Node
	for _, b := range a.Bascules() {
		if b != "" {
			items = append(items, ui.T(b))
		}
	}
	if len(items) == 0 {
		return ui.Nodes{}
	}
	return ui.Details{Summary: "Ce qui changerait la réponse", Body: ui.Nodes{ui.List(items...)}}
}

func checks(c guichet.Contexte, cc []regle.Constat) ui.Checks {
	var out ui.Checks
	for _, k := range cc {
		out = append(out, ui.Check{Badge: conditionBadge(k), Text: k.Texte, Body: proof(c, k)})
	}
	return out
}

// proof is what a condition compared, and where it is written.
func proof(c guichet.Contexte, k regle.Constat) ui.Nodes {
	var out ui.Nodes
	if !k.SansObjet {
		out = append(out, used(k.Faits(), k.Manque, k.Parametres())...)
	}
	if k.Nature != "machine" {
		out = append(out, ui.P(ui.T("Condition "+word(natures, k.Nature)+".")))
	}
	if k.Interpretation != "" {
		out = append(out, ui.P(ui.T("Notre lecture : "+k.Interpretation)))
	}
	if k.AConfirmer != "" {
		out = append(out, ui.P(ui.T("À confirmer : "+k.AConfirmer)))
	}
	if len(k.Cite) > 0 {
		out = append(out, ui.P(ui.T("Source : "+where(c, k.Cite)+".")))
	}
	return out
}

// used are the values and the thresholds that a rule compared. A value that is
// unknown and no longer matters is left out.
func used(facts []regle.FaitUtilise, missing []*regle.Fait, params []regle.ParametreUtilise) ui.Nodes {
	var out ui.Nodes
	for _, f := range facts {
		if !matters(f, missing) {
			continue
		}
		text := " : à préciser"
		if !f.Donnee.Valeur.Zero() {
			text = " : " + f.Affiche(f.Donnee.Valeur)
		}
		if f.Donnee.Source != "" {
			text += " (" + f.Donnee.Source + ")"
		}
		out = append(out, ui.P(ui.B(f.Libelle), ui.T(text)))
	}
	for _, p := range params {
		if p.Type != regle.TypeListeTexte {
			out = append(out, ui.P(ui.B(p.Libelle), ui.T(" : "+p.Affiche())))
		}
	}
	return out
}

func matters(f regle.FaitUtilise, missing []*regle.Fait) bool {
	return !f.Donnee.Valeur.Zero() || slices.Contains(missing, f.Fait)
}

// thresholds are the parameters of a result that one of its values is compared
// with: those of the same unit, all of them when it has a single case.
func thresholds(i regle.Issue) []regle.ParametreUtilise {
	if len(i.Selon) == 0 {
		return i.Parametres()
	}
	var out []regle.ParametreUtilise
	for _, p := range i.Parametres() {
		if p.Unite != "" && slices.ContainsFunc(i.Faits(), func(f regle.FaitUtilise) bool { return f.Unite == p.Unite && matters(f, i.Manque) }) {
			out = append(out, p)
		}
	}
	return out
}

// amounts says how each result was reached.
func amounts(c guichet.Contexte, a guichet.ReponseVue) ui.Node {
	var terms ui.Terms
	for _, i := range a.Issues {
		values := append(outcome(i), ui.Basis(used(i.Faits(), i.Manque, thresholds(i))...), source(c, cites(i)))
		terms = terms.With(i.Libelle, values...)
	}
	return terms
}

func cites(i regle.Issue) []string {
	if i.Branche != nil && len(i.Branche.Cite) > 0 {
		return i.Branche.Cite
	}
	return i.Cite
}

// outcome is the value of a result, or what it waits for.
func outcome(i regle.Issue) ui.Nodes {
	switch i.Etat {
	case regle.Connue:
		out := ui.Nodes{ui.Amount(regle.Affiche(i.Valeur, i.Unite, nil))}
		if i.Branche != nil && i.Branche.Texte != "" {
			out = append(out, ui.T(capital(i.Branche.Texte)+"."))
		}
		return out
	case regle.SansValeur:
		if i.Branche != nil && i.Branche.Texte != "" {
			return ui.Nodes{ui.T(capital(i.Branche.Texte) + ".")}
		}
		return ui.Nodes{ui.T("Rien n’est écrit pour ce cas.")}
	case regle.EnErreur:
		return ui.Nodes{ui.T("Le calcul n’a pas abouti.")}
	}
	var names []string
	for _, f := range i.Manque {
		names = append(names, "« "+f.Libelle+" »")
	}
	out := ui.Nodes{}
	if !i.Min.Zero() {
		out = append(out, ui.Amount("de "+regle.Affiche(i.Min, i.Unite, nil)+" à "+regle.Affiche(i.Max, i.Unite, nil)))
	}
	return append(out, ui.T("À calculer avec "+francais.Liste(names...)+"."))
}
