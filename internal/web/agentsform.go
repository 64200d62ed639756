package web

import (
	"cmp"
	"maps"
	"net/url"
	"slices"

	"guichet/internal/compte"
	"guichet/internal/guichet"
	"guichet/internal/web/ui"
)

// grantForms finds a person, then grants them a right; nothing for who only
// reads.
func grantForms(v *guichet.VueDroits, t typed, asked string) ui.Node {
	if len(v.Departements) == 0 {
		return ui.Nodes{}
	}
	body := ui.Nodes{ui.SearchBox{ID: "chercher-personne", Label: "Retrouver une personne", Name: "personne", Value: asked, Action: ui.Path(agentsPath), Button: "Retrouver",
		Hint: "L’adresse de courriel exacte avec laquelle elle s’est connectée, en entier."}}
	if asked != "" {
		body = append(body, foundPersons(v))
	}
	return ui.Section{ID: "accorder", Title: "Accorder un droit", Lead: "La personne s’est déjà connectée une fois : c’est son compte qui reçoit le droit, pas son adresse.", Body: append(body, grantForm(v, t, asked))}
}

// foundPersons are those who signed in with the address: it proves nothing of
// who they are, their issuer and their sub do.
func foundPersons(v *guichet.VueDroits) ui.Node {
	if len(v.Trouvees) == 0 {
		return ui.Alert{Tone: ui.Missing, Title: "Personne ne s’est encore connecté ainsi.", Body: ui.Nodes{ui.P(ui.T("Vérifiez l’adresse, ou demandez à la personne de se connecter une première fois."))}}
	}
	var items []ui.Node
	for _, p := range v.Trouvees {
		who := p.Emetteur + " " + p.Sub
		items = append(items, ui.Panel(ui.P(ui.B(p.NomComplet()), ui.T(" ("+p.Courriel+")")), ui.P(ui.T("Émetteur et identifiant : "), ui.Code(who)),
			ui.P(ui.Link{Text: "Accorder un droit à cette personne", To: ui.Path(agentsPath, "personne", who).At("champ-droit-personne")})))
	}
	return ui.Plain(items...)
}

// grantForm asks for a grant.
func grantForm(v *guichet.VueDroits, t typed, asked string) ui.Node {
	p := ui.Post{ID: "droit", Name: "Accorder un droit", Action: ui.Path(agentsPath), Submit: "Accorder ce droit", Hidden: url.Values{whichForm: {"droit"}, "cle": {v.Cle}}}
	add := func(f ui.Field) { p.Body = append(p.Body, t.field("droit", f)) }
	add(ui.Field{Name: "personne", Kind: ui.Line, Label: "Personne", Values: []string{asked}, Hint: "Son adresse exacte, ou son émetteur et son identifiant séparés par une espace (« Mon compte » les lui montre)."})
	role := ui.Field{Name: "role", Kind: ui.Radio, Label: "Rôle", Values: []string{""}}
	for _, r := range v.Roles {
		x := v.Politique.Roles[r]
		text := x.Libelle + ". " + x.Texte
		if x.Confirmee {
			text += " Un second administrateur confirme."
		}
		role.Choice = append(role.Choice, ui.Option{Value: string(r), Label: text})
	}
	add(role)
	if len(v.Departements) == 1 {
		p.Hidden.Set("departement", v.Departements[0])
	} else {
		add(ui.Field{Name: "departement", Kind: ui.Select, Label: "Département", Values: []string{""}, Choice: codes("Choisir", v.Departements)})
	}
	services := ui.Field{Name: "service", Kind: ui.Select, Label: "Service", Hint: "Pour qui instruit ou donne un avis.", Values: []string{""}, Choice: []ui.Option{{Label: "Aucun"}}}
	for _, code := range slices.SortedFunc(maps.Keys(v.Services), func(x, y string) int { return cmp.Compare(v.Services[x].Nom, v.Services[y].Nom) }) {
		services.Choice = append(services.Choice, ui.Option{Value: code, Label: v.Services[code].Nom})
	}
	add(services)
	schemes := ui.Field{Name: "dispositif", Kind: ui.Select, Label: "Dispositif", Values: []string{""}, Choice: []ui.Option{{Label: "Tous"}}}
	for _, s := range v.Dispositifs {
		schemes.Choice = append(schemes.Choice, ui.Option{Value: s.Code, Label: s.Nom})
	}
	add(schemes)
	add(ui.Field{Name: "du", Kind: ui.Day, Label: "Premier jour", Hint: "Obligatoire pour un décideur et un auditeur."})
	add(ui.Field{Name: "au", Kind: ui.Day, Label: "Dernier jour, compris", Hint: "Obligatoire pour un décideur et un auditeur. Le droit s’arrête à minuit, heure de Paris."})
	add(ui.Field{Name: "plafond", Kind: ui.Decimal, Label: "Plafond d’une décision", Unit: "€", Hint: "Pour un décideur seulement. Vide : aucun plafond."})
	return p
}

func codes(first string, list []string) []ui.Option {
	out := []ui.Option{{Label: first}}
	for _, c := range list {
		out = append(out, ui.Option{Value: c, Label: c})
	}
	return out
}

// accountName is how a person is reached, and what names their account to who
// grants them a right.
func accountName(p compte.Personne) ui.Node {
	return ui.Nodes{ui.P(ui.T(p.Courriel)), ui.P(ui.T("Votre compte, pour qui vous accorde un droit : "), ui.Code(p.Emetteur+" "+p.Sub))}
}
