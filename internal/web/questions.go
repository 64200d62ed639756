package web

import (
	"net/url"
	"slices"
	"strings"

	"guichet/internal/dispositif"
	"guichet/internal/guichet"
	"guichet/internal/regle"
	"guichet/internal/web/ui"
)

// questions is the one form of the page: what decides first, then what each
// scheme asks. Its answers make the address to share.
func (s *site) questions(v *guichet.VueTerritoire) ui.Node {
	if len(v.Questions) == 0 {
		return ui.Nodes{}
	}
	page := ui.Path(territoryPaths[v.Type] + v.Code)
	keep := keepDay(v.Contexte)
	form := ui.Form{ID: "questions", Name: "Préciser la réponse", Action: page.At("reponses"), Keep: keep, Submit: "Recalculer la réponse"}
	var given bool
	for _, q := range v.Questions {
		given = given || q.Texte != ""
	}
	if given {
		form.Reset = ui.Link{Text: "Effacer mes réponses", To: page.With(url.Values(keep))}
	}
	for _, gr := range groups(v.Questions) {
		form.Body = append(form.Body, s.fragments.of(groupKey(gr), gr.node))
	}
	return ui.Section{ID: "preciser", Title: "Préciser la réponse",
		Lead: "Répondez à ce que vous savez : tout est facultatif. L’adresse de la page garde vos réponses, pour la partager ou y revenir.",
		Body: ui.Nodes{form}}
}

// A group is the questions of one scheme; without a scheme, those that decide
// an answer, or the rest.
type group struct {
	dispositif *dispositif.Dispositif
	questions  []guichet.Question
}

// groups sorts questions by the first scheme that asks them, in order.
func groups(qq []guichet.Question) []*group {
	var out []*group
	for _, q := range qq {
		var d *dispositif.Dispositif
		if len(q.Dispositifs) > 0 {
			d = q.Dispositifs[0]
		}
		i := 0
		for i < len(out) && out[i].dispositif != d {
			i++
		}
		if i == len(out) {
			out = append(out, &group{dispositif: d})
		}
		out[i].questions = append(out[i].questions, q)
	}
	return out
}

func groupID(code string) string { return "questions-" + code }

// node opens the questions that decide, or that were answered; the others wait.
func (gr *group) node() ui.Node {
	title, id, open := "Autres réponses", groupID("autres"), false
	if gr.dispositif != nil {
		title, id = gr.dispositif.Nom, groupID(gr.dispositif.Code)
	}
	set := ui.Fieldset{Legend: title, HideLegend: true}
	decisive := 0
	for _, q := range gr.questions {
		open = open || q.Requise || q.Texte != "" || q.Erreur != ""
		if q.Requise {
			decisive++
		}
		set.Fields = append(set.Fields, field(q))
	}
	var aside ui.Node
	if decisive > 0 {
		aside = ui.Badge{Tone: ui.Missing, Word: "Décide de la réponse"}
	}
	return ui.Details{ID: id, Summary: title, Aside: aside, Open: open, Body: ui.Nodes{set}}
}

// field is how a fact is asked, by its type.
func field(q guichet.Question) ui.Field {
	f := q.Fait
	out := ui.Field{Name: f.Nom, Kind: ui.Line, Label: f.Question, Hint: f.Aide, Error: q.Erreur, Values: []string{q.Texte}}
	switch f.Type {
	case regle.TypeBooleen:
		out.Kind, out.Choice = ui.Radio, []ui.Option{{Value: "oui", Label: "Oui"}, {Value: "non", Label: "Non"}, {Value: "", Label: "Je ne sais pas"}}
	case regle.TypeEntier:
		out.Kind, out.Unit = ui.Integer, f.Unite
	case regle.TypeDecimal:
		out.Kind, out.Unit = ui.Decimal, f.Unite
	case regle.TypeEuro:
		out.Kind, out.Unit = ui.Decimal, "€"
	case regle.TypeDate:
		out.Kind = ui.Day
	case regle.TypeTexte, regle.TypeListeTexte, regle.TypeListeEuro:
		choices(&out, q)
	}
	return out
}

// choices makes a text with known answers a choice.
func choices(out *ui.Field, q guichet.Question) {
	known := append(slices.Clone(q.Fait.Choix), q.Fait.Propose...)
	if len(known) == 0 {
		return
	}
	for _, c := range known {
		out.Choice = append(out.Choice, ui.Option{Value: c.Vaut, Label: capital(c.Libelle)})
	}
	if q.Fait.Type == regle.TypeListeTexte {
		out.Kind, out.Values = ui.Boxes, strings.Split(q.Texte, ";")
		for _, v := range out.Values { // typed in the address: shown, so that it is not lost
			if v != "" && !slices.ContainsFunc(known, func(c regle.Choix) bool { return c.Vaut == v }) {
				out.Choice = append(out.Choice, ui.Option{Value: v, Label: v})
			}
		}
		return
	}
	out.Kind = ui.Radio
	out.Choice = append(out.Choice, ui.Option{Value: "", Label: "Je ne sais pas"})
}
