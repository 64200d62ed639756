package guichet

import (
	"slices"
	"strings"

	"guichet/internal/compte"
	"guichet/internal/euro"
	"guichet/internal/fault"
	"guichet/internal/jour"
	"guichet/internal/store"
)

// A NouveauDroit is a grant to make, as it was typed.
type NouveauDroit struct {
	Cle         string // of the form, used once
	Personne    string // exact address, or issuer and sub with a space between
	Role        string
	Departement string // "" is the whole country, which no administrator grants
	Service     string
	Dispositif  string // "" is every scheme
	Du, Au      string
	Plafond     string
}

// litDroit reads everything but the person. The error is a fault.Invalid with
// a message at each field that is wrong.
func (g *Guichet) litDroit(n NouveauDroit) (compte.Habilitation, error) {
	f := fault.New(fault.Invalid, "Ce droit ne peut pas être accordé tel quel.")
	h := compte.Habilitation{Role: compte.Role(n.Role), Departement: n.Departement, Service: n.Service, Dispositif: n.Dispositif}
	if !slices.Contains(g.politique.RolesAgents(), h.Role) {
		f.Field("role", "Choisissez un des rôles proposés : "+strings.Join(g.nomsRoles(), ", ")+".")
	}
	if _, exists := g.carte(g.Aujourdhui()).Departement(h.Departement); !exists && (h.Departement != "" || g.politique.Roles[h.Role].Portee != "dispositif") {
		f.Field("departement", "Écrivez le numéro d’un département, comme 13.")
	}
	local := g.catalogue.Pour(h.Departement)
	switch {
	case h.Service == "" && g.politique.ParService(h.Role):
		f.Field("service", "Ce rôle s’exerce pour un service : choisissez lequel.")
	case h.Service != "" && local.Services[h.Service] == nil:
		f.Field("service", "Ce service n’existe pas : choisissez-en un de la liste.")
	}
	if _, err := local.Dispositif(h.Dispositif); err != nil && h.Dispositif != "" {
		f.Field("dispositif", "Ce dispositif n’existe pas : choisissez-en un de la liste, ou tous.")
	}
	g.litDates(n, &h, f)
	g.litPlafond(n, &h, f)
	if len(f.Fields) > 0 {
		return h, f
	}
	return h, nil
}

// litDates reads the first and the last day.
func (g *Guichet) litDates(n NouveauDroit, h *compte.Habilitation, f *fault.Fault) {
	for _, x := range []struct {
		field, text string
		into        *jour.Jour
	}{{"du", n.Du, &h.Du}, {"au", n.Au, &h.Au}} {
		if strings.TrimSpace(x.text) == "" {
			continue
		}
		var err error
		if *x.into, err = jour.Parse(x.text); err != nil {
			f.Field(x.field, fault.Of(err).Message)
		} else if *x.into < premierJour || *x.into > dernierJour {
			f.Field(x.field, "Choisissez un jour entre le 1er janvier 2000 et le 31 décembre 2100.")
		}
	}
	bounded := g.politique.Roles[h.Role].Bornee
	if bounded && h.Du == 0 {
		f.Field("du", "Ce rôle a toujours des dates : écrivez son premier jour.")
	}
	switch {
	case bounded && h.Au == 0:
		f.Field("au", "Ce rôle a toujours des dates : écrivez son dernier jour.")
	case h.Au != 0 && h.Au < h.Du:
		f.Field("au", "Le dernier jour vient avant le premier.")
	case h.Au != 0 && h.Au < g.Aujourdhui():
		f.Field("au", "Ce jour est passé : le droit ne vaudrait jamais.")
	}
}

// litPlafond reads the ceiling of a decision.
func (g *Guichet) litPlafond(n NouveauDroit, h *compte.Habilitation, f *fault.Fault) {
	if strings.TrimSpace(n.Plafond) == "" {
		return
	}
	var err error
	if h.Plafond, err = euro.Parse(n.Plafond); err != nil {
		f.Field("plafond", fault.Of(err).Message)
		return
	}
	if h.Plafond <= 0 {
		f.Field("plafond", "Écrivez un montant plus grand que zéro, ou rien s’il n’y a pas de plafond.")
	} else if !g.politique.Roles[h.Role].Plafonnee {
		f.Field("plafond", "Ce rôle ne décide d’aucun montant : laissez cette case vide.")
	}
}

// nomsRoles are the roles of agents, as the command line writes them.
func (g *Guichet) nomsRoles() (out []string) {
	for _, r := range g.politique.RolesAgents() {
		out = append(out, string(r))
	}
	return out
}

// nommees are the persons who signed in and whom the text names: by exact
// address, or by issuer and sub.
func (g *Guichet) nommees(tx *store.Tx, text string) ([]compte.Personne, error) {
	issuer, sub, pair := strings.Cut(strings.TrimSpace(text), " ")
	switch {
	case issuer == "":
		return nil, nil
	case !pair:
		return tx.PersonnesA(issuer)
	}
	p, err := tx.PersonneDe(issuer, strings.TrimSpace(sub))
	if f := fault.Of(err); f != nil && f.Kind == fault.NotFound {
		return nil, nil
	}
	return []compte.Personne{p}, err
}

// designe finds the one person whom the text names. The error is a
// fault.Invalid at the field personne.
func (g *Guichet) designe(tx *store.Tx, text string) (p compte.Personne, err error) {
	refuse := func(m string) error { return fault.New(fault.Invalid, "%s", m).Field("personne", m) }
	if strings.TrimSpace(text) == "" {
		return p, refuse("Écrivez l’adresse exacte de la personne, ou son émetteur et son identifiant séparés par une espace.")
	}
	found, err := g.nommees(tx, text)
	switch {
	case err != nil:
		return p, err
	case len(found) == 0:
		return p, refuse("Personne ne s’est encore connecté ainsi : vérifiez l’adresse, ou demandez à la personne de se connecter une première fois.")
	case len(found) > 1:
		return p, refuse("Plusieurs personnes ont cette adresse : écrivez l’émetteur et l’identifiant de celle que vous voulez, séparés par une espace. « Mon compte » les montre à chacun.")
	}
	return found[0], nil
}
