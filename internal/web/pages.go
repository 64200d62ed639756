package web

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strings"

	"guichet/internal/francais"
	"guichet/internal/guichet"
	"guichet/internal/territoire"
	"guichet/internal/web/ui"
)

// vie answers /sante/vie : the program lives.
func (s *site) vie(w http.ResponseWriter, r *http.Request) error {
	return bare(w, http.StatusOK, map[string]any{"etat": "vivant"})
}

// sante answers /sante : whether the program can answer, and about what.
func (s *site) sante(w http.ResponseWriter, r *http.Request) error {
	state, err := s.g.Sante(r.Context())
	if err != nil {
		s.log.ErrorContext(r.Context(), "sante", slog.Any("erreur", err))
		return bare(w, http.StatusServiceUnavailable, map[string]any{"etat": "base indisponible"})
	}
	return bare(w, http.StatusOK, map[string]any{"etat": "pret", "dispositifs": state.Dispositifs,
		"communes": state.Communes, "edition": state.Edition, "couches": state.Couches})
}

// bare writes a small answer for machines, never kept.
func bare(w http.ResponseWriter, status int, v map[string]any) error {
	body, err := json.Marshal(v)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, err = w.Write(body)
	return err
}

func (s *site) robots(w http.ResponseWriter, r *http.Request) error {
	newWritten("text/plain; charset=utf-8", []byte("User-agent: *\nDisallow: /suggestions\n")).send(w, r)
	return nil
}

// favicon sends the browsers that ask for the old name to the icon.
func (s *site) favicon(w http.ResponseWriter, r *http.Request) error {
	http.Redirect(w, r, s.assets.url("icone.svg").String(), http.StatusFound)
	return nil
}

// departements answers /departements : the grids, by région.
func (s *site) departements(w http.ResponseWriter, r *http.Request) error {
	le, err := s.le(r)
	if err != nil {
		return err
	}
	c := s.g.Contexte(le)
	l := s.layout(r, c, inDistrict)
	l.Title = "Les départements"
	l.Crumbs = ui.Crumbs{{Text: "Accueil", To: to(c, "/")}, {Text: "Les départements"}}
	list := slices.Clone(s.g.Departements(le))
	slices.SortFunc(list, func(a, b *territoire.Departement) int {
		return strings.Compare(francais.Plie(a.Nom), francais.Plie(b.Nom))
	})
	var items []ui.Node
	for _, d := range list {
		items = append(items, ui.Nodes{ui.Link{Text: d.Nom, To: to(c, "/departements/"+d.Code+"/grille")}, ui.T(" "), ui.Tag(d.Code)})
	}
	l.Body = ui.Nodes{
		ui.Heading(1, "", "Les départements"),
		ui.Lead(ui.T("Pour chaque département : toutes ses communes et intercommunalités, face à tous les dispositifs.")),
		ui.Catalogue(items...),
	}
	s.write(w, r, http.StatusOK, l)
	return nil
}

// departement leads to the grid: a département has no other page.
func (s *site) departement(w http.ResponseWriter, r *http.Request) error {
	http.Redirect(w, r, ui.Path("/departements/"+r.PathValue("code")+"/grille").With(r.URL.Query()).String(), http.StatusMovedPermanently)
	return nil
}

// plain is a page of text.
func (s *site) plain(w http.ResponseWriter, r *http.Request, title string, body func(guichet.Contexte) ui.Nodes) error {
	le, err := s.le(r)
	if err != nil {
		return err
	}
	c := s.g.Contexte(le)
	l := s.layout(r, c, nowhere)
	l.Title = title
	l.Crumbs = ui.Crumbs{{Text: "Accueil", To: to(c, "/")}, {Text: title}}
	l.Body = append(ui.Nodes{ui.Heading(1, "", title)}, body(c)...)
	s.write(w, r, http.StatusOK, l)
	return nil
}

func (s *site) aPropos(w http.ResponseWriter, r *http.Request) error {
	return s.plain(w, r, "À propos, sources et limites", func(c guichet.Contexte) ui.Nodes { return aboutText(c, s.g.Couches()) })
}

func sourceCodes(c guichet.Contexte) []string {
	return slices.Sorted(maps.Keys(c.Sources))
}

// imported lists the layers in use beside the embedded data.
func imported(layers []territoire.Notice) ui.Node {
	var items []ui.Node
	for _, l := range layers {
		if !l.EnUsage() {
			continue
		}
		what := fmt.Sprintf(" : %s, %s, %s.", l.Source.Titre, l.Source.Date.Long(), francais.Compte(l.Lignes, "ligne", "lignes"))
		items = append(items, ui.Nodes{ui.B(l.Titre), ui.T(what)})
	}
	if len(items) == 0 {
		return ui.Nodes{}
	}
	return ui.Section{ID: "couches", Title: "Les données ajoutées", Body: ui.Nodes{ui.List(items...)}}
}

func aboutText(c guichet.Contexte, layers []territoire.Notice) ui.Nodes {
	var sources []ui.Node
	for _, code := range sourceCodes(c) {
		x := c.Sources[code]
		item := ui.Nodes{ui.B(x.Titre), ui.T(", " + x.Editeur + ", " + x.Date.Long() + ".")}
		if x.Note != "" {
			item = append(item, ui.Note(ui.T(x.Note)))
		}
		sources = append(sources, item)
	}
	return ui.Nodes{
		ui.Lead(ui.T("guichet dit à chaque commune et à chaque intercommunalité quelles aides d’ingénierie elle peut demander, et pourquoi.")),
		ui.Section{ID: "methode", Title: "La méthode", Body: ui.Nodes{
			ui.P(ui.T("Chaque dispositif est un fichier de données : ses conditions, ses montants, ses pièces et ses étapes, avec la ligne du document qui les fixe. Le calcul confronte ces règles aux données publiques du territoire, le jour que vous choisissez.")),
			ui.List(
				ui.Nodes{verdictWords[verdictOrder[0]], ui.T(" : toutes les conditions vérifiables sont remplies. Celles qui dépendent de votre projet sont listées à part, « à réunir dans le dossier ».")},
				ui.Nodes{verdictWords[verdictOrder[1]], ui.T(" : il manque une donnée. La page pose la question et donne, si possible, le montant le plus bas et le plus haut.")},
				ui.Nodes{verdictWords[verdictOrder[2]], ui.T(" : le texte laisse le service décider.")},
				ui.Nodes{verdictWords[verdictOrder[4]], ui.T(" : une condition n’est pas remplie. La page dit laquelle.")},
			)}},
		ui.Section{ID: "territoires", Title: "Les territoires", Body: ui.Nodes{
			ui.P(ui.T(fmt.Sprintf("Le découpage utilisé est celui de %d. La population est la population municipale du recensement de %d, en vigueur en %d ; les réponses indiquent toujours laquelle est employée.",
				c.Millesime.Cog, c.Millesime.Population.Recensement, c.Millesime.Population.EnVigueur))),
			ui.P(ui.T("Source : " + c.Millesime.Source + ". Licence : " + c.Millesime.Licence + "."))}},
		imported(layers),
		ui.Section{ID: "sources", Title: "Les textes cités", Body: ui.Nodes{ui.List(sources...)}},
		ui.Section{ID: "limites", Title: "Les limites", Body: ui.Nodes{ui.List(
			ui.T("Les réponses informent et ne décident pas : seul le service instructeur se prononce, sur un dossier."),
			ui.T("Le document de référence contient des fautes et des points ambigus : chaque fiche les montre, avec notre lecture et la question à poser à la préfecture."),
			ui.T("Certaines listes officielles ne sont pas publiées avec le document : tant qu’elles ne sont pas chargées, la réponse est « à compléter », jamais « non »."),
			ui.T("Les pages publiques se lisent sans compte, sans témoin de connexion et sans mesure d’audience : vos réponses n’y figurent que dans l’adresse. Qui se connecte reçoit un seul témoin, celui de sa session."))}},
		ui.Section{ID: "licences", Title: "Les licences", Body: ui.Nodes{
			ui.P(ui.T("Le logiciel est libre, sous licence MIT. Les données des territoires sont sous Licence ouverte. Ce site n’utilise ni la marque ni la charte graphique de l’État."))}},
	}
}

func (s *site) accessibilite(w http.ResponseWriter, r *http.Request) error {
	return s.plain(w, r, "Accessibilité", func(guichet.Contexte) ui.Nodes {
		return ui.Nodes{
			ui.Lead(ui.T("Ce site est conçu pour être utilisable par tous. Sa conformité au RGAA n’a pas été évaluée par un tiers.")),
			ui.Section{ID: "fait", Title: "Ce qui est fait", Body: ui.Nodes{ui.List(
				ui.T("Toutes les pages fonctionnent sans script, au clavier et avec un lecteur d’écran."),
				ui.T("Les verdicts sont dits par une forme et un mot, jamais par la couleur seule."),
				ui.T("Le contraste des textes est d’au moins 4,5 pour 1, en clair comme en sombre ; il est mesuré à chaque modification."),
				ui.T("Les pages s’adaptent aux écrans de 320 pixels et au zoom de 400 % ; seuls les grands tableaux défilent de côté."),
				ui.T("Chaque page est vérifiée par un outil automatique, qui ne trouve qu’une partie des défauts."))}},
			ui.Section{ID: "reste", Title: "Ce qui reste", Body: ui.Nodes{ui.P(
				ui.T("Aucun audit humain n’a encore eu lieu. Les sites vers lesquels mènent nos liens ont leur propre accessibilité."))}},
			ui.Section{ID: "signaler", Title: "Signaler une difficulté", Body: ui.Nodes{ui.P(
				ui.T("Écrivez au service de la préfecture indiqué sur la page qui pose problème. Si vous n’obtenez pas de réponse, vous pouvez saisir le Défenseur des droits : "),
				ui.Link{Text: "defenseurdesdroits.fr", To: ui.Web("https://www.defenseurdesdroits.fr/")}, ui.T("."))}},
		}
	})
}
