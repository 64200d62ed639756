package web

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"guichet/internal/fault"
	"guichet/internal/francais"
	"guichet/internal/guichet"
	"guichet/internal/regle"
	"guichet/internal/territoire"
	"guichet/internal/web/ui"
)

func (s *site) commune(w http.ResponseWriter, r *http.Request) error {
	return s.territoire(w, r, "commune")
}

func (s *site) epci(w http.ResponseWriter, r *http.Request) error {
	return s.territoire(w, r, "epci")
}

var territoryPaths = map[string]string{"commune": "/communes/", "epci": "/epci/"}

// territoire answers for a commune or an EPCI. A former code leads to the
// present one; an answer that cannot be is shown again with its message.
func (s *site) territoire(w http.ResponseWriter, r *http.Request, kind string) error {
	le, err := s.le(r)
	if err != nil {
		return err
	}
	if clean, ok := withoutEmpty(r.URL.Query()); ok {
		http.Redirect(w, r, ui.Path(r.URL.Path).With(clean).String(), http.StatusSeeOther)
		return nil
	}
	d := guichet.Consultation{Type: kind, Code: r.PathValue("code"), Le: le, Faits: answers(r.URL.Query())}
	v, err := s.g.Territoire(d)
	if v == nil {
		return err
	}
	if v.Code != d.Code {
		http.Redirect(w, r, ui.Path(territoryPaths[kind]+v.Code).With(r.URL.Query()).String(), http.StatusMovedPermanently)
		return nil
	}
	status := http.StatusOK
	if err != nil {
		status = http.StatusUnprocessableEntity
	}
	s.write(w, r, status, s.territoirePage(r, v, err))
	return nil
}

// withoutEmpty drops the empty answers of a form, so that the address to share
// is short. It reports whether there were any.
func withoutEmpty(vv url.Values) (url.Values, bool) {
	clean, any := url.Values{}, false
	for name, values := range vv {
		for _, v := range values {
			if strings.TrimSpace(v) == "" {
				any = true
				continue
			}
			clean.Add(name, v)
		}
	}
	return clean, any
}

// answers are the facts that an address gives, by name.
func answers(vv url.Values) map[string]string {
	out := make(map[string]string)
	for name, values := range vv {
		if name != "le" {
			out[name] = strings.Join(values, ";")
		}
	}
	return out
}

func (s *site) territoirePage(r *http.Request, v *guichet.VueTerritoire, err error) ui.Layout {
	c := v.Contexte
	l := s.layout(r, c, inSearch)
	l.Keep = s.keep(c, inSearch)
	l.Title = v.Nom
	l.Summary = "Les aides d’ingénierie " + v.De + " : montants, raisons, dates et démarches."
	l.Crumbs = ui.Crumbs{{Text: "Accueil", To: to(c, "/")}}
	if v.Departement != nil {
		l.Crumbs = append(l.Crumbs, ui.Link{Text: v.Departement.Nom, To: to(c, "/departements/"+v.Departement.Code+"/grille")})
	}
	l.Crumbs = append(l.Crumbs, ui.Link{Text: v.Nom})
	var cards []ui.Node
	for _, a := range v.Reponses {
		cards = append(cards, s.fragments.of(cardKey(c, v, a), func() ui.Node { return answerCard(c, v, a) }))
	}
	l.Body = ui.Nodes{
		factErrors(v, err),
		identity(v),
		ui.Section{ID: "reponses", Title: "Ce que " + theirs(v) + " peut obtenir", Body: ui.Nodes{tally(v), ui.Pair(cards...)}},
		s.questions(v),
	}
	if v.Deposable {
		l.Body = append(l.Body, ui.Carry{ID: preparing, Keep: carried(v)})
	}
	return l
}

// preparing is the form that begins a dossier for the territory, with the
// answers given on its page.
const preparing = "preparer"

func carried(v *guichet.VueTerritoire) url.Values {
	out := url.Values{"pour": {v.Siren}}
	for _, q := range v.Questions {
		if q.Texte != "" && q.Erreur == "" {
			out.Set(q.Fait.Nom, q.Texte)
		}
	}
	return out
}

func theirs(v *guichet.VueTerritoire) string {
	if v.Epci != nil {
		return "cette intercommunalité"
	}
	return "cette commune"
}

// factErrors tells which answers are impossible, each leading to its field.
func factErrors(v *guichet.VueTerritoire, err error) ui.Node {
	var f *fault.Fault
	if !errors.As(err, &f) {
		return ui.Nodes{}
	}
	summary := ui.ErrorSummary{Title: "Des réponses sont à corriger : elles n’ont pas été prises en compte."}
	for _, nom := range slices.Sorted(maps.Keys(f.Fields)) {
		l := ui.Link{Text: "« " + cut(nom, 40) + " » : " + f.Fields[nom]}
		for _, q := range v.Questions {
			if q.Fait.Nom == nom {
				l = ui.Link{Text: q.Fait.Libelle + " : " + f.Fields[nom], To: ui.Here(field(q).ID())}
			}
		}
		summary.Errors = append(summary.Errors, l)
	}
	return summary
}

var natureWords = map[string]string{
	"CC": "Communauté de communes", "CA": "Communauté d’agglomération", "CU": "Communauté urbaine",
	"METRO": "Métropole", "MET69": "Métropole de Lyon",
}

// identity is who the territory is.
func identity(v *guichet.VueTerritoire) ui.Node {
	if v.Epci != nil {
		return ui.Identity{Over: word(natureWords, v.Epci.Nature), Name: v.Nom, Facts: territoryTerms(v), Body: ui.Nodes{members(v)}}
	}
	return ui.Identity{Over: "Commune", Name: v.Nom, Facts: territoryTerms(v)}
}

// territoryTerms are what is known of the territory, each with its vintage.
func territoryTerms(v *guichet.VueTerritoire) ui.Terms {
	if v.Epci != nil {
		out := ui.Terms{population(v.Epci.Population), {Name: "Communes membres", Values: ui.Nodes{ui.T(francais.Entier(int64(len(v.Membres))))}}}
		return append(append(out, district(v)...), ui.Term{Name: "Numéro SIREN", Values: ui.Nodes{ui.T(v.Code)}})
	}
	out := ui.Terms{population(v.Commune.Population)}
	if v.SonEpci != nil {
		out = append(out, ui.Term{Name: "Intercommunalité", Values: ui.Nodes{ui.Link{Text: v.SonEpci.Nom, To: to(v.Contexte, "/epci/"+string(v.SonEpci.Siren))}}})
	}
	out = append(append(out, district(v)...), ui.Term{Name: "Code INSEE", Values: ui.Nodes{ui.T(v.Code)}})
	if len(v.Commune.CodesPostaux) > 0 {
		out = append(out, ui.Term{Name: "Code postal", Values: ui.Nodes{ui.T(postcodes(v.Commune.CodesPostaux))}})
	}
	return out
}

func postcodes(codes []string) string {
	if len(codes) > 3 {
		return fmt.Sprintf("%s à %s", codes[0], codes[len(codes)-1])
	}
	return francais.Liste(codes...)
}

func population(p territoire.Population) ui.Term {
	vintage := "recensement propre à la collectivité"
	if p.Recensement != 0 {
		vintage = fmt.Sprintf("recensement de %d, en vigueur en %d", p.Recensement, p.EnVigueur)
	}
	return ui.Term{Name: "Population municipale", Values: ui.Nodes{ui.B(habitants(p.Municipale)), ui.Note(ui.T(vintage))}}
}

func district(v *guichet.VueTerritoire) ui.Terms {
	var out ui.Terms
	if v.Departement != nil {
		out = append(out, ui.Term{Name: "Département", Values: ui.Nodes{
			ui.Link{Text: v.Departement.Nom, To: to(v.Contexte, "/departements/"+v.Departement.Code+"/grille")}}})
	}
	if v.Region != nil && v.Region.Nom != v.Departement.Nom {
		out = append(out, ui.Term{Name: "Région", Values: ui.Nodes{ui.T(v.Region.Nom)}})
	}
	return out
}

// members lists the communes of an EPCI.
func members(v *guichet.VueTerritoire) ui.Node {
	var items []ui.Node
	for _, m := range v.Membres {
		items = append(items, ui.Link{Text: m.Nom, To: to(v.Contexte, "/communes/"+string(m.Insee))})
	}
	return ui.Details{Summary: "Les communes membres", Body: ui.Nodes{ui.Chips(items...)}}
}

// tally counts the answers by verdict.
func tally(v *guichet.VueTerritoire) ui.Node {
	counts := make(map[regle.Verdict]int)
	for _, a := range v.Reponses {
		counts[a.Verdict]++
	}
	var out ui.Figures
	for _, verdict := range verdictOrder {
		if n := counts[verdict]; n > 0 {
			b := verdictWords[verdict]
			out = append(out, ui.Figure{Tone: b.Tone, Value: francais.Entier(int64(n)), Text: strings.ToLower(b.Word)})
		}
	}
	return out
}
