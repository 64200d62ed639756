package web

import (
	"net/http"

	"guichet/internal/guichet"
	"guichet/internal/web/ui"
)

// accueil answers / : one box to find one's territory, and the schemes.
func (s *site) accueil(w http.ResponseWriter, r *http.Request) error {
	le, err := s.le(r)
	if err != nil {
		return err
	}
	s.write(w, r, http.StatusOK, s.accueilPage(r, s.g.Accueil(le)))
	return nil
}

func (s *site) accueilPage(r *http.Request, v *guichet.VueAccueil) ui.Layout {
	c := v.Contexte
	l := s.layout(r, c, inSearch)
	l.Summary = "Pour chaque commune et chaque intercommunalité de France : les aides d’ingénierie possibles, leur montant, les raisons et les démarches."
	l.Search = nil
	var chips []ui.Node
	for _, e := range v.Exemples {
		chips = append(chips, ui.Link{Text: e.Nom, To: territoryPage(c, e)})
	}
	if len(chips) > 0 {
		chips = append([]ui.Node{ui.T("Par exemple :")}, chips...)
	}
	l.Hero = ui.Hero{Title: "Quelles aides pour votre collectivité ?",
		Text: "Écrivez le nom de votre commune ou de votre intercommunalité : guichet répond pour chaque dispositif, avec le montant, les raisons et la marche à suivre.",
		Body: ui.Nodes{
			ui.SearchBox{ID: "recherche", Label: "Commune ou intercommunalité", Hint: "Un nom, un code postal, un code INSEE ou un numéro SIREN",
				Action: ui.Path("/recherche"), Keep: keepDay(c), Suggest: to(c, "/suggestions"), Button: "Chercher"},
			ui.Chips(chips...),
		}}
	var cards []ui.Node
	for _, d := range v.Lignes {
		badge, _ := opening(d.Ouverture, d.Dispositif)
		cards = append(cards, ui.Card{Title: ui.Link{Text: d.Nom, To: to(c, "/dispositifs/"+d.Code)}, Badge: badge,
			Body: ui.Nodes{ui.P(ui.T(d.Promesse))}})
	}
	l.Body = ui.Nodes{
		ui.Section{Title: "Comment ça marche", Body: ui.Nodes{ui.Trio{
			{Title: "Trouvez votre territoire", Text: "Les 35 000 communes et toutes les intercommunalités de France y sont, avec leur population officielle."},
			{Title: "Lisez la réponse", Text: "Oui, non ou à compléter, avec le montant. Chaque condition montre la valeur utilisée et le texte qui l’impose."},
			{Title: "Préparez le dossier", Text: "Les pièces à réunir, la date limite, la prochaine étape et le service à contacter."},
		}}},
		ui.Section{Title: "Les dispositifs", Lead: c.Edition.Titre + ", " + c.Source.Editeur + ".", Body: ui.Nodes{
			ui.Grid(cards...),
			ui.Acts(ui.Button{Link: ui.Link{Text: "Voir le tableau de synthèse", To: to(c, "/tableau")}, Quiet: true},
				ui.Button{Link: ui.Link{Text: "Chercher parmi les dispositifs", To: to(c, "/dispositifs")}, Quiet: true}),
		}},
	}
	return l
}
