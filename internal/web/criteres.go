package web

import (
	"net/http"
	"net/url"
	"strings"
	"unicode"

	"guichet/internal/guichet"
	"guichet/internal/web/ui"
)

// maxCritere bounds a criterion of a list, in bytes.
const maxCritere = 200

// fieldsOf names each criterion in the address of a list.
func fieldsOf(c *guichet.Criteres) []struct {
	name string
	text *string
} {
	return []struct {
		name string
		text *string
	}{{"pile", &c.Pile}, {"q", &c.Q}, {"dispositif", &c.Dispositif}, {"etat", &c.Etat}, {"tour", &c.Tour}, {"service", &c.Service},
		{"instructeur", &c.Instructeur}, {"porteur", &c.Porteur}, {"numero", &c.Numero}, {"du", &c.Du}, {"au", &c.Au}, {"min", &c.Min}, {"max", &c.Max},
		{"retard", &c.Retard}, {"champ", &c.Champ}, {"contient", &c.Contient}, {"egal", &c.Egal}, {"apres", &c.Apres}}
}

// criteria reads the address of a list.
func criteria(q url.Values) guichet.Criteres {
	var c guichet.Criteres
	for _, f := range fieldsOf(&c) {
		text := strings.TrimSpace(q.Get(f.name))
		*f.text = strings.Map(printable, strings.ToValidUTF8(text[:min(len(text), maxCritere)], ""))
	}
	return c
}

// printable leaves out what nobody types, and no base keeps.
func printable(r rune) rune {
	if unicode.IsControl(r) {
		return -1
	}
	return r
}

// queryOf is the address of a list, without the criteria named.
func queryOf(c guichet.Criteres, without ...string) url.Values {
	out := url.Values{}
	for _, f := range fieldsOf(&c) {
		if *f.text != "" {
			out.Set(f.name, *f.text)
		}
	}
	for _, name := range without {
		out.Del(name)
	}
	return out
}

const listPath = "/bureau/dossiers"

// filterForm offers every criterion; it is open when one of them is in use.
func filterForm(v *guichet.VueListe) ui.Node {
	c := v.Criteres
	field := func(name string, kind ui.Kind, label, hint string) ui.Field {
		f := ui.Field{Name: name, Kind: kind, Label: label, Hint: hint, Error: v.Erreurs[name]}
		f.Values = []string{queryOf(c).Get(name)}
		return f
	}
	pick := func(name, label string, options []guichet.Option, more ...ui.Option) ui.Field {
		f := field(name, ui.Select, label, "")
		f.Choice = append([]ui.Option{{Label: "Tous"}}, more...)
		for _, o := range options {
			f.Choice = append(f.Choice, ui.Option{Value: o.Valeur, Label: o.Nom})
		}
		return f
	}
	fields := []ui.Field{
		pick("dispositif", "Dispositif", v.Choix.Dispositifs), pick("etat", "État", v.Choix.Etats), pick("tour", "On attend", v.Choix.Tours),
		pick("service", "Service instructeur", v.Choix.Services),
		pick("instructeur", "Pris en charge par", v.Choix.Instructeurs, ui.Option{Value: "moi", Label: "Moi"}, ui.Option{Value: "personne", Label: "Personne"}),
		field("porteur", ui.Line, "Porteur", "Un nom ou un SIREN"), field("numero", ui.Line, "Numéro", "Entier, ou son début"),
		field("du", ui.Day, "Déposé du", ""), field("au", ui.Day, "Déposé jusqu’au", ""),
		field("min", ui.Decimal, "Accordé, au moins", "En euros"), field("max", ui.Decimal, "Accordé, au plus", "En euros"),
		pick("retard", "Échéance", nil, ui.Option{Value: "oui", Label: "Passée"}),
		pick("champ", "Question du formulaire", v.Choix.Champs), field("contient", ui.Line, "Sa réponse a les mots", ""), field("egal", ui.Line, "Sa réponse est exactement", ""),
	}
	used := len(queryOf(c, "pile", "q", "apres")) > 0
	return ui.Details{ID: "filtres", Summary: "Filtrer", Open: used, Body: ui.Nodes{
		ui.Filters{Name: "Filtrer les dossiers", Action: ui.Path(listPath), Keep: queryOf(guichet.Criteres{Pile: c.Pile, Q: c.Q}), Fields: fields, Submit: "Filtrer",
			Reset: ui.Link{Text: "Tout effacer", To: ui.Path(listPath, "pile", c.Pile)}}}}
}

// cleaned redirects to the address of the list without what is empty, and
// reports whether it did.
func cleaned(w http.ResponseWriter, r *http.Request) bool {
	clean, ok := withoutEmpty(r.URL.Query())
	if ok {
		http.Redirect(w, r, ui.Path(r.URL.Path).With(clean).String(), http.StatusSeeOther)
	}
	return ok
}
