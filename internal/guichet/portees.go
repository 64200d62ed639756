package guichet

import (
	"slices"
	"strings"

	"guichet/internal/compte"
	"guichet/internal/store"
)

// porteesService are the scopes in which the person reads dossiers for a
// service of the State.
func (g *Guichet) porteesService(a compte.Acteur) []store.Portee {
	return slices.DeleteFunc(g.portees(a), func(p store.Portee) bool { return p.Organisation != "" })
}

// porteesPorteur are the organisations whose dossiers the person reads as a
// member.
func (g *Guichet) porteesPorteur(a compte.Acteur) []store.Portee {
	return slices.DeleteFunc(g.portees(a), func(p store.Portee) bool { return p.Organisation == "" })
}

// portees are the scopes in which the person reads dossiers, as the table of
// rights gives them, and what their role does there.
func (g *Guichet) portees(a compte.Acteur) []store.Portee {
	drafts, messages := g.politique.Portees(a, "brouillon.lire"), g.politique.Portees(a, "message.lire")
	var out []store.Portee
	for _, p := range g.politique.Portees(a, "dossier.lire") {
		out = append(out, store.Portee{Portee: p, Tours: g.toursDe(a, p), Prend: comprend(g.politique.Portees(a, "dossier.prendre"), p),
			Messages: comprend(messages, p), Brouillons: comprend(drafts, p)})
	}
	return out
}

// comprend reports whether one of the scopes covers all that p covers.
func comprend(scopes []compte.Portee, p compte.Portee) bool {
	return slices.ContainsFunc(scopes, func(s compte.Portee) bool { return s.Comprend(p) })
}

// toursDe are the roles of the acts that the person may make in the scope, in
// order.
func (g *Guichet) toursDe(a compte.Acteur, p compte.Portee) []string {
	var out []string
	for d := range g.politique.Droits {
		if turn, ok := strings.CutPrefix(string(d), "acte."); ok && comprend(g.politique.Portees(a, d), p) {
			out = append(out, turn)
		}
	}
	slices.Sort(out)
	return out
}

// filtre admits, for now, everything in the scopes.
func (g *Guichet) filtre(a compte.Acteur, scopes []store.Portee) store.Filtre {
	return store.Filtre{Portees: scopes, Personne: a.Personne.ID, Aujourdhui: g.Aujourdhui()}
}

// lisibles lists a page of dossiers, each one admitted again by the table of
// rights, and what to give as Apres for the following page, 0 at the end.
func (g *Guichet) lisibles(tx *store.Tx, a compte.Acteur, f store.Filtre) (out []Resume, suite int64, err error) {
	asked := f
	asked.Limite++ // one more says whether there is a following page
	list, err := tx.Liste(asked)
	if err != nil {
		return nil, 0, err
	}
	if len(list) > f.Limite {
		list = list[:f.Limite]
		suite = list[len(list)-1].Rang
	}
	for _, d := range list {
		right := compte.Droit("dossier.lire")
		if d.Brouillon() {
			right = "brouillon.lire"
		}
		if _, err := g.politique.Peut(a, right, d.Objet()); err == nil {
			out = append(out, g.resume(d))
		}
	}
	return out, suite, nil
}
