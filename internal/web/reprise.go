package web

import (
	"net/http"

	"guichet/internal/compte"
	"guichet/internal/dossier"
	"guichet/internal/guichet"
	"guichet/internal/web/ui"
)

// reprendreReponses answers POST /dossiers/{id}/reprises : the answers of an
// earlier dossier fill what this draft leaves empty.
func (s *site) reprendreReponses(w http.ResponseWriter, r *http.Request, a compte.Acteur) error {
	id := dossier.ID(r.PathValue("id"))
	if err := s.g.ReprendReponses(r.Context(), a, id, dossier.ID(r.PostFormValue("de"))); err != nil {
		return err
	}
	http.Redirect(w, r, dossierPath(id)+"#reponses", http.StatusSeeOther)
	return nil
}

// reuse offers the answers of the earlier dossiers of the organisation.
func reuse(v *guichet.VueDossier) ui.Node {
	if len(v.Reprises) == 0 {
		return ui.Nodes{}
	}
	which := ui.Field{Name: "de", Kind: ui.Select, Label: "Quel dossier ?", Hint: "Seul ce qui est encore vide se remplit ; chaque réponse reprise dit d’où elle vient."}
	for _, d := range v.Reprises {
		number := d.Numero
		if number == "" {
			number = "Brouillon"
		}
		which.Choice = append(which.Choice, ui.Option{Value: string(d.ID), Label: number + " : " + d.Nom})
	}
	which.Values = []string{which.Choice[0].Value}
	offer := ui.Details{ID: "reprises", Summary: "Reprendre les réponses d’un autre dossier", Body: ui.Nodes{
		ui.Post{Name: "Reprendre des réponses", Action: ui.Path(dossierPath(v.Dossier.ID) + "/reprises"), Submit: "Reprendre ces réponses", Tone: ui.Quiet, Body: ui.Nodes{which}}}}
	return ui.Section{ID: "gagner-du-temps", Title: "Gagner du temps", Body: ui.Nodes{offer}}
}
