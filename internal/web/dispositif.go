package web

import (
	"fmt"
	"net/http"

	"guichet/internal/dispositif"
	"guichet/internal/guichet"
	"guichet/internal/regle"
	"guichet/internal/web/ui"
)

// dispositif answers /dispositifs/{code} : the sheet of a scheme.
func (s *site) dispositif(w http.ResponseWriter, r *http.Request) error {
	le, err := s.le(r)
	if err != nil {
		return err
	}
	v, err := s.g.Dispositif(r.PathValue("code"), r.URL.Query().Get("departement"), le)
	if err != nil {
		return err
	}
	s.write(w, r, http.StatusOK, s.dispositifPage(r, v))
	return nil
}

func (s *site) dispositifPage(r *http.Request, v *guichet.VueDispositif) ui.Layout {
	c := v.Contexte
	l := s.layout(r, c, inSchemes)
	l.Title, l.Summary = v.Nom, v.Promesse
	l.Crumbs = ui.Crumbs{{Text: "Accueil", To: to(c, "/")}, {Text: "Les dispositifs", To: to(c, "/dispositifs")}}
	if v.Principal != nil {
		l.Crumbs = append(l.Crumbs, ui.Link{Text: v.Principal.Nom, To: to(c, "/dispositifs/"+v.Principal.Code)})
	}
	l.Crumbs = append(l.Crumbs, ui.Link{Text: v.Nom})
	l.Body = ui.Nodes{
		schemeHead(v),
		ui.Columns(ui.Nodes{
			ui.Section{ID: "conditions", Title: "Les conditions", Body: schemeConditions(v)},
			ui.Section{ID: "montants", Title: "Combien", Body: schemeAmounts(v)},
			schemeSteps(v),
			schemeFile(v),
			schemeAfter(v),
			schemeDifferences(v),
			schemeSource(v),
			schemeStates(v),
		}, schemeAside(v)),
	}
	return l
}

func schemeHead(v *guichet.VueDispositif) ui.Node {
	badge, _ := opening(v.Ouverture, v.Dispositif)
	tags := []ui.Node{badge}
	for _, a := range v.Aides {
		tags = append(tags, ui.Tag(word(aides, a)))
	}
	over := "Dispositif"
	if v.Principal != nil {
		over = "Aide rattachée à " + v.Principal.Nom
	}
	body := ui.Nodes{ui.Chips(tags...), ui.Lead(ui.T(v.Promesse))}
	body = append(body, ui.Prose(v.Description)...)
	for _, a := range v.Annexes {
		body = append(body, ui.P(ui.B("Aide rattachée : "), ui.Link{Text: a.Nom, To: to(v.Contexte, "/dispositifs/"+a.Code)}, ui.T(". "+a.Promesse)))
	}
	return ui.Identity{Over: over, Name: v.Nom, Body: body}
}

// schemeAside is what one looks for first: who, until when, with whom, where.
func schemeAside(v *guichet.VueDispositif) ui.Node {
	c := v.Contexte
	_, until := opening(v.Ouverture, v.Dispositif)
	terms := ui.Terms{
		{Name: "Pour qui", Values: ui.Nodes{ui.T(v.Beneficiaires.Texte), source(c, v.Beneficiaires.Cite)}},
		{Name: "Date limite", Values: ui.Nodes{ui.T(until), source(c, v.Calendrier.Cite)}},
	}
	if v.Service != nil {
		terms = append(terms, ui.Term{Name: "Service instructeur", Values: ui.Nodes{ui.T(v.Service.Nom), ui.Note(ui.T(v.Service.Texte))}})
	}
	terms = append(terms, ui.Term{Name: "Contact", Values: contacts(v.Contacts)})
	for _, t := range v.Volets {
		terms = append(terms, volet(v, t))
	}
	body := ui.Nodes{ui.Heading(2, "", "L’essentiel"), terms}
	if len(v.Liens) > 0 {
		var items []ui.Node
		for _, k := range v.Liens {
			if k != nil {
				items = append(items, link(k))
			}
		}
		body = append(body, ui.Heading(3, "liens", "Liens"), ui.Plain(items...))
	}
	return ui.Panel(body...)
}

// volet is one track: its service and its form.
func volet(v *guichet.VueDispositif, t dispositif.Volet) ui.Term {
	out := ui.Term{Name: "Volet : " + t.Nom, Values: ui.Nodes{ui.T(t.Texte)}}
	if s := v.Catalogue.Service(v.Dispositif, t.Code); s != nil {
		out.Values = append(out.Values, ui.T("Service : "+s.Nom+"."))
	}
	if k := v.Catalogue.Liens[t.Formulaire]; k != nil {
		out.Values = append(out.Values, link(k))
	}
	return out
}

func schemeConditions(v *guichet.VueDispositif) ui.Nodes {
	if len(v.Conditions) == 0 {
		return ui.Nodes{ui.P(ui.T("Aucune condition n’est écrite."))}
	}
	var items []ui.Node
	for _, k := range v.Conditions {
		body := ui.Nodes{ui.B(k.Texte), ui.T(" "), ui.Tag(capital(word(natures, k.Nature)))}
		if k.Interpretation != "" {
			body = append(body, ui.Note(ui.T("Notre lecture : "+k.Interpretation)))
		}
		if k.AConfirmer != "" {
			body = append(body, ui.Note(ui.T("À confirmer : "+k.AConfirmer)))
		}
		items = append(items, append(body, source(v.Contexte, k.Cite)))
	}
	out := ui.Nodes{ui.List(items...)}
	for _, e := range v.Exigences {
		var points []ui.Node
		for _, it := range e.Items {
			points = append(points, ui.Nodes{ui.T(it.Texte), source(v.Contexte, it.Cite)})
		}
		out = append(out, ui.Heading(3, "", e.Libelle), ui.List(points...))
	}
	return out
}

// schemeAmounts lists the results, case by case, then the numbers in force.
func schemeAmounts(v *guichet.VueDispositif) ui.Nodes {
	var out ui.Nodes
	for _, res := range v.Resultats {
		var items []ui.Node
		for _, b := range res.Selon {
			if b.Texte != "" {
				items = append(items, ui.Nodes{ui.T(capital(b.Texte) + "."), source(v.Contexte, b.Cite)})
			}
		}
		if len(items) > 0 {
			out = append(out, ui.Heading(3, "", res.Libelle), ui.List(items...))
		}
	}
	return append(out, schemeNumbers(v))
}

// schemeNumbers are the parameters in force on the day, with their history.
func schemeNumbers(v *guichet.VueDispositif) ui.Node {
	t := ui.Table{Caption: "Les valeurs en vigueur au " + v.Le.Long(), Scroll: "Les valeurs en vigueur",
		Columns: []ui.Column{{Text: "Valeur"}, {Text: "Montant ou seuil"}, {Text: "Depuis"}, {Text: "Source"}}}
	for _, name := range parameterNames(v) {
		p := v.Parametres[name]
		if p.Type == regle.TypeListeTexte {
			continue
		}
		dated, ok := v.Version.Parametre(name)
		if !ok {
			t.Rows = append(t.Rows, []ui.Node{ui.T(p.Libelle), ui.T("aucune valeur en vigueur"), ui.T("–"), ui.T("–")})
			continue
		}
		since := "toujours"
		if dated.Du != 0 {
			since = dated.Du.Long()
		}
		value := ui.Nodes{ui.Amount(regle.Affiche(dated.Valeur, p.Unite, nil))}
		if dated.Note != "" {
			value = append(value, ui.Note(ui.T(dated.Note)))
		}
		t.Rows = append(t.Rows, []ui.Node{ui.T(p.Libelle), value, ui.T(since), ui.T(where(v.Contexte, dated.Cite))})
	}
	if len(t.Rows) == 0 {
		return ui.P(ui.T("Aucun montant n’est écrit."))
	}
	return t
}

func schemeSteps(v *guichet.VueDispositif) ui.Node {
	if len(v.Etapes) == 0 {
		return ui.Nodes{}
	}
	var steps ui.Steps
	for _, e := range v.Etapes {
		x := ui.Step{Who: e.Acteur, Title: e.Action + "."}
		if e.Delai != "" {
			x.Delay = "Délai : " + e.Delai
			if e.Depuis != "" {
				x.Delay += ", à compter de : " + e.Depuis
			}
			if e.NatureDelai != "" {
				x.Delay += " (délai " + e.NatureDelai + ")"
			}
		}
		steps = append(steps, ui.Step{Who: x.Who, Title: x.Title, Delay: x.Delay, Body: ui.Nodes{source(v.Contexte, e.Cite)}})
	}
	return ui.Section{ID: "etapes", Title: "Les étapes", Body: ui.Nodes{steps, calendar(v)}}
}

// calendar lists the filing windows.
func calendar(v *guichet.VueDispositif) ui.Node {
	if len(v.Calendrier.Vagues) == 0 {
		return ui.Nodes{}
	}
	t := ui.Table{Caption: "Les vagues de dépôt", Scroll: "Les vagues de dépôt",
		Columns: []ui.Column{{Text: "Vague"}, {Text: "Ouverture"}, {Text: "Clôture, ce jour inclus"}, {Text: "Au " + v.Le.Long()}}}
	for _, x := range v.Calendrier.Vagues {
		opens, state := "non précisée", ui.Badge{Tone: ui.Positive, Word: "Ouverte"}
		if x.Ouvre != 0 {
			opens = x.Ouvre.Long()
		}
		if v.Le > x.Ferme {
			state = ui.Badge{Tone: ui.Negative, Word: "Close"}
		} else if v.Le < x.Ouvre {
			state = ui.Badge{Tone: ui.Missing, Word: "À venir"}
		}
		t.Rows = append(t.Rows, []ui.Node{ui.T(fmt.Sprintf("Vague %d", x.N)), ui.T(opens), ui.T(x.Ferme.Long()), state})
	}
	return t
}
