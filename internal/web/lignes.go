package web

import (
	"guichet/internal/dispositif"
	"guichet/internal/dossier"
	"guichet/internal/fault"
	"guichet/internal/guichet"
	"guichet/internal/web/ui"
)

// oneMore is the button that keeps the form and brings a line.
const oneMore = "ligne"

// questionNode is a question of the form: one field, or lines of fields.
func questionNode(v *guichet.VueDossier, q dossier.Question, f *fault.Fault) ui.Node {
	if q.Champ == nil || q.Champ.Type != dispositif.TypeBloc {
		return questionField(v, q, f)
	}
	whole := questionField(v, q, f)
	out := ui.Lines{Name: q.Cle, Label: whole.Label, Hint: "Videz une ligne pour la retirer.", Error: whole.Error, After: whole.After}
	if q.Aide != "" {
		out.Hint = q.Aide + " " + out.Hint
	}
	lines := dossier.LitLignes(q.Champ, q.Texte)
	if len(lines) < dispositif.MaxLignes {
		out.Submit, lines = oneMore, append(lines, dossier.Cellules{})
	}
	for n, line := range lines {
		out.Rows = append(out.Rows, cells(v, q, n+1, line, f))
	}
	return out
}

// cells are the fields of one line.
func cells(v *guichet.VueDossier, q dossier.Question, n int, line dossier.Cellules, f *fault.Fault) []ui.Field {
	var out []ui.Field
	for _, col := range q.Champ.Colonnes {
		key := dossier.CleCellule(q.Cle, n, col.ID)
		x := ui.Field{Name: key, Label: col.Libelle, Values: []string{line[col.ID]}, Kind: kindOf(col.Type), Error: v.Erreurs[key]}
		if m := message(errorOf(f), key); m != "" {
			x.Error = m
		}
		if col.Type == dispositif.TypeEuro {
			x.Unit = "€"
		}
		if col.Requis != "oui" {
			x.Label += " (facultatif)"
		}
		out = append(out, x)
	}
	return out
}
