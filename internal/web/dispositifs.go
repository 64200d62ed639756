package web

import (
	"errors"
	"net/http"
	"strings"

	"guichet/internal/fault"
	"guichet/internal/francais"
	"guichet/internal/guichet"
	"guichet/internal/web/ui"
)

// dispositifs answers /dispositifs : the schemes, by facets and words.
func (s *site) dispositifs(w http.ResponseWriter, r *http.Request) error {
	le, err := s.le(r)
	if err != nil {
		return err
	}
	if clean, ok := withoutEmpty(r.URL.Query()); ok {
		http.Redirect(w, r, ui.Path(r.URL.Path).With(clean).String(), http.StatusSeeOther)
		return nil
	}
	f := filter(r, guichet.Filtre{Le: le})
	v, err := s.g.Dispositifs(f)
	if err == nil {
		s.write(w, r, http.StatusOK, s.dispositifsPage(r, v, ""))
		return nil
	}
	var bad *fault.Fault
	if !errors.As(err, &bad) || bad.Kind != fault.NotFound && bad.Kind != fault.Invalid {
		return err
	}
	f.Territoire = ""
	if v, err = s.g.Dispositifs(f); err != nil {
		return err
	}
	s.write(w, r, http.StatusUnprocessableEntity, s.dispositifsPage(r, v, bad.Message))
	return nil
}

func filter(r *http.Request, f guichet.Filtre) guichet.Filtre {
	q := r.URL.Query()
	f.Q, f.Pour, f.Aide = cut(strings.TrimSpace(q.Get("q")), 200), q.Get("pour"), q.Get("aide")
	f.Ouvert, f.Territoire = q.Get("ouvert"), strings.TrimSpace(q.Get("territoire"))
	return f
}

func (s *site) dispositifsPage(r *http.Request, v *guichet.VueCatalogue, wrong string) ui.Layout {
	c := v.Contexte
	l := s.layout(r, c, inSchemes)
	l.Title = "Les dispositifs"
	l.Summary = "Les dispositifs d’ingénierie territoriale de l’État : pour qui, combien, jusqu’à quand."
	l.Crumbs = ui.Crumbs{{Text: "Accueil", To: to(c, "/")}, {Text: "Les dispositifs"}}
	var cards []ui.Node
	for _, d := range v.Dispositifs {
		cards = append(cards, schemeCard(c, d, v.Nom))
	}
	var list ui.Node = ui.Stack(cards...)
	if len(cards) == 0 {
		list = ui.Alert{Tone: ui.Info, Title: "Aucun dispositif ne correspond", Body: ui.Nodes{ui.P(
			ui.T("Élargissez la recherche ou "), ui.Link{Text: "revoyez tous les dispositifs", To: to(c, "/dispositifs")}, ui.T("."))}}
	}
	count := francais.Compte(len(v.Dispositifs), "dispositif", "dispositifs")
	if v.Nom != "" {
		count += " que " + v.Nom + " peut obtenir ou compléter"
	}
	l.Body = ui.Nodes{
		territoryError(wrong),
		ui.Heading(1, "", "Les dispositifs"),
		ui.Columns(ui.Nodes{ui.Heading(2, "resultats", count), list}, facets(r, v, wrong)),
	}
	return l
}

func territoryError(wrong string) ui.Node {
	if wrong == "" {
		return ui.Nodes{}
	}
	return ui.ErrorSummary{Title: "Ce territoire n’est pas connu.", Errors: []ui.Link{{Text: wrong, To: ui.Here(ui.Field{Name: "territoire"}.ID())}}}
}

func schemeCard(c guichet.Contexte, d guichet.Fiche, territory string) ui.Node {
	badge, until := opening(d.Ouverture, d.Dispositif)
	tags := []ui.Node{badge}
	for _, a := range d.Aides {
		tags = append(tags, ui.Tag(word(aides, a)))
	}
	card := ui.Card{ID: "dispositif-" + d.Code, Title: ui.Link{Text: d.Nom, To: to(c, "/dispositifs/"+d.Code)}, Badge: ui.Chips(tags...),
		Body: ui.Nodes{ui.P(ui.T(d.Promesse)), ui.Terms{
			{Name: "Pour qui", Values: ui.Nodes{ui.T(d.Beneficiaires.Texte)}},
			{Name: "Date limite", Values: ui.Nodes{ui.T(until)}},
		}}}
	if d.Service != nil {
		card.Body = append(card.Body, ui.Note(ui.T("Service : "+d.Service.Nom)))
	}
	if v, ok := verdictWords[d.Verdict]; ok {
		card.Tone = v.Tone
		card.Body = append(card.Body, ui.P(ui.T("Pour "+territory+" : "), v))
	}
	return card
}

// facets is the form that restricts the list.
func facets(r *http.Request, v *guichet.VueCatalogue, wrong string) ui.Node {
	typed := r.URL.Query().Get("territoire")
	f := ui.Form{Name: "Filtrer les dispositifs", Action: ui.Path("/dispositifs"), Keep: keepDay(v.Contexte), Submit: "Filtrer",
		Body: ui.Nodes{
			ui.Field{Name: "q", Kind: ui.Line, Label: "Mots cherchés", Values: []string{v.Filtre.Q}},
			ui.Field{Name: "territoire", Kind: ui.Line, Label: "J’y ai droit", Hint: "Code INSEE de la commune ou SIREN de l’intercommunalité",
				Values: []string{typed}, Error: wrong},
			ui.Field{Name: "pour", Kind: ui.Select, Label: "Pour qui", Values: []string{v.Filtre.Pour}, Choice: facetOptions("Tous", v.Pour, v.Filtre.Pour, nil)},
			ui.Field{Name: "aide", Kind: ui.Select, Label: "Type d’aide", Values: []string{v.Filtre.Aide}, Choice: facetOptions("Toutes", v.Aides, v.Filtre.Aide, aides)},
			ui.Field{Name: "ouvert", Kind: ui.Boxes, Label: "Calendrier", Values: []string{v.Filtre.Ouvert},
				Choice: []ui.Option{{Value: "oui", Label: "Ouvert au " + v.Contexte.Jour.Long()}}},
		}}
	if v.Filtre != (guichet.Filtre{Le: v.Filtre.Le}) || wrong != "" {
		f.Reset = ui.Link{Text: "Tout revoir", To: to(v.Contexte, "/dispositifs")}
	}
	return f
}

// facetOptions are the values of a facet; the chosen one stays even when it
// leaves nothing.
func facetOptions(all string, ff []guichet.Facette, chosen string, words map[string]string) []ui.Option {
	out := []ui.Option{{Value: "", Label: all}}
	seen := chosen == ""
	for _, f := range ff {
		name := f.Libelle
		if words != nil {
			name = word(words, f.Code)
		}
		seen = seen || f.Code == chosen
		out = append(out, ui.Option{Value: f.Code, Label: capital(name) + " (" + francais.Entier(int64(f.Nombre)) + ")"})
	}
	if !seen {
		out = append(out, ui.Option{Value: chosen, Label: capital(word(words, cut(chosen, 40))) + " (0)"})
	}
	return out
}
