package web

import (
	"maps"
	"slices"
	"strings"

	"guichet/internal/guichet"
	"guichet/internal/web/ui"
)

func parameterNames(v *guichet.VueDispositif) []string {
	return slices.SortedFunc(maps.Keys(v.Parametres), func(a, b string) int {
		return int(v.Parametres[a].Ligne) - int(v.Parametres[b].Ligne)
	})
}

// schemeFile is what the file holds: its questions and its documents.
func schemeFile(v *guichet.VueDispositif) ui.Node {
	var out ui.Nodes
	if len(v.Pieces) > 0 {
		var items []ui.Node
		for _, p := range v.Pieces {
			n := ui.Nodes{ui.B(p.Libelle), ui.T(", " + word(requis, p.Requise) + ", " + word(phases, p.Phase))}
			if k := v.Catalogue.Liens[p.Modele]; k != nil {
				n = append(n, ui.T(". Modèle : "), link(k))
			}
			items = append(items, append(n, source(v.Contexte, p.Cite)))
		}
		out = append(out, ui.Heading(3, "pieces", "Les pièces à joindre"), ui.List(items...))
	}
	if len(v.Formulaire) > 0 {
		var items []ui.Node
		for _, f := range v.Formulaire {
			n := ui.Nodes{ui.B(f.Libelle), ui.T(", " + word(requis, f.Requis))}
			if f.Aide != "" {
				n = append(n, ui.Note(ui.T(f.Aide)))
			}
			items = append(items, append(n, source(v.Contexte, f.Cite)))
		}
		out = append(out, ui.Heading(3, "formulaire", "Les renseignements demandés"), ui.List(items...))
	}
	if len(out) == 0 {
		return out
	}
	return ui.Section{ID: "dossier", Title: "Le dossier", Body: out}
}

func schemeAfter(v *guichet.VueDispositif) ui.Node {
	if len(v.Apres) == 0 {
		return ui.Nodes{}
	}
	var items []ui.Node
	for _, o := range v.Apres {
		items = append(items, ui.Nodes{ui.T(o.Texte), source(v.Contexte, o.Cite)})
	}
	return ui.Section{ID: "apres", Title: "Après la décision", Body: ui.Nodes{ui.List(items...)}}
}

// schemeDifferences shows what the prefecture changed of the national scheme.
func schemeDifferences(v *guichet.VueDispositif) ui.Node {
	if len(v.Differences) == 0 || v.Prefecture == nil {
		return ui.Nodes{}
	}
	t := ui.Table{Caption: "Ce que change la " + v.Prefecture.Nom, Scroll: "Différences locales",
		Columns: []ui.Column{{Text: "Élément"}, {Text: "Règle nationale"}, {Text: "Ici"}}}
	for _, d := range v.Differences {
		t.Rows = append(t.Rows, []ui.Node{ui.T(capital(strings.ReplaceAll(d.Champ, "_", " "))), ui.T(d.National), ui.T(d.Local)})
	}
	return ui.Section{ID: "local", Title: "Dans votre département", Body: ui.Nodes{t}}
}

var anomalyBadges = map[string]ui.Badge{
	"corrige":     {Tone: ui.Positive, Word: "Corrigé"},
	"douteux":     {Tone: ui.Missing, Word: "Douteux"},
	"prive":       {Tone: ui.Neutral, Word: "Non republié"},
	"cosmetique":  {Tone: ui.Neutral, Word: "Sans effet"},
	"a_confirmer": {Tone: ui.Judge, Word: "À confirmer"},
}

// schemeSource shows how the source was read: its faults, and our choices.
func schemeSource(v *guichet.VueDispositif) ui.Node {
	var out ui.Nodes
	if len(v.Anomalies) > 0 {
		t := ui.Table{Caption: "Ce qui est écrit dans le document, et ce que nous lisons", Scroll: "Anomalies du document",
			Columns: []ui.Column{{Text: "Où"}, {Text: "Écrit"}, {Text: "Lu"}, {Text: "État"}}}
		for _, a := range v.Anomalies {
			read := ui.Nodes{ui.T(a.Corrige)}
			if a.Note != "" {
				read = append(read, ui.Note(ui.T(a.Note)))
			}
			t.Rows = append(t.Rows, []ui.Node{ui.T(where(v.Contexte, []string{a.Ou})), ui.Code(a.Brut), read, anomalyBadges[a.Statut]})
		}
		out = append(out, t)
	}
	for _, i := range v.Interpretations {
		out = append(out, ui.Details{Summary: i.Texte, Body: ui.Nodes{
			ui.P(ui.B("Notre lecture : "), ui.T(i.Defaut)),
			ui.P(ui.B("Question posée à la préfecture : "), ui.T(i.Question)), source(v.Contexte, i.Cite)}})
	}
	if len(out) == 0 {
		return out
	}
	return ui.Section{ID: "source", Title: "Comment nous avons lu le document", Body: out}
}

// schemeStates is the life of a file: who does what, from where to where.
func schemeStates(v *guichet.VueDispositif) ui.Node {
	if len(v.Transitions) == 0 {
		return ui.Nodes{}
	}
	names := make(map[string]string)
	for _, e := range v.Etats {
		names[e.Code] = e.Libelle
	}
	t := ui.Table{Caption: "De l’état de départ à l’état d’arrivée", Scroll: "La vie d’un dossier",
		Columns: []ui.Column{{Text: "Acte"}, {Text: "Qui"}, {Text: "Départ"}, {Text: "Arrivée"}}}
	for _, x := range v.Transitions {
		var from []string
		for _, e := range x.De {
			from = append(from, word(names, e))
		}
		t.Rows = append(t.Rows, []ui.Node{ui.T(x.Libelle), ui.T(capital(word(roles, x.Role))), ui.T(strings.Join(from, ", ")), ui.T(word(names, x.Vers))})
	}
	return ui.Section{ID: "etats", Title: "La vie d’un dossier", Body: ui.Nodes{
		ui.Details{Summary: "Voir tous les actes possibles", Body: ui.Nodes{t}}}}
}
