package web

import (
	"maps"
	"slices"
	"strings"

	"guichet/internal/dispositif"
	"guichet/internal/dossier"
	"guichet/internal/guichet"
	"guichet/internal/web/ui"
)

// unreadable opens the page with the answers that were kept as typed and that
// cannot be read, for who may change them.
func unreadable(v *guichet.VueDossier) ui.Node {
	return ui.ErrorSummary{Title: "Enregistré, mais des réponses sont à corriger.", Errors: answerErrors(v, v.Erreurs)}
}

// answerErrors leads to each answer that may change and is wrong, or to the
// cell of its lines that is.
func answerErrors(v *guichet.VueDossier, messages map[string]string) []ui.Link {
	var out []ui.Link
	for _, q := range v.Questions {
		for _, name := range slices.Sorted(maps.Keys(messages)) {
			if (name == q.Cle || strings.HasPrefix(name, q.Cle+".")) && v.Change(q.Cle) {
				out = append(out, ui.Link{Text: messages[name], To: ui.Here("champ-" + name)})
			}
		}
	}
	return out
}

// landing is where the page opens once the form is kept: at the new line when
// one was asked, at what is to be corrected, else at the answers.
func landing(v *guichet.VueDossier, block string) string {
	for _, q := range v.Questions {
		if q.Cle == block && q.Champ != nil && len(q.Champ.Colonnes) > 0 {
			n := min(len(dossier.LitLignes(q.Champ, q.Texte))+1, dispositif.MaxLignes)
			return "champ-" + dossier.CleCellule(block, n, q.Champ.Colonnes[0].ID)
		}
	}
	if len(answerErrors(v, v.Erreurs)) > 0 {
		return "erreurs"
	}
	return "reponses"
}
