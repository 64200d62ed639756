package guichet

import (
	"context"
	"crypto/rand"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"guichet/internal/compte"
	"guichet/internal/fault"
	"guichet/internal/francais"
	"guichet/internal/store"
)

// A Vue is a list that a person comes back to.
type Vue = store.Vue

// The limits of saved views.
const (
	maxVues       = 50
	maxNomVue     = 80 // characters
	maxRequeteVue = 4_000
)

// PoseVue keeps a list of the person under a name; the same name again takes
// the place of the first. The error is a fault.Invalid at the field nom.
func (g *Guichet) PoseVue(ctx context.Context, a compte.Acteur, nom, requete string) error {
	nom = strings.Join(strings.FieldsFunc(nom, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
	refuse := func(m string) error { return fault.New(fault.Invalid, "%s", m).Field("nom", m) }
	switch {
	case nom == "":
		return refuse("Donnez un nom à cette vue, par exemple « Les dossiers de juin ».")
	case utf8.RuneCountInString(nom) > maxNomVue || !utf8.ValidString(nom):
		return refuse("Un nom a " + francais.Compte(maxNomVue, "lettre", "lettres") + " au plus.")
	case len(requete) > maxRequeteVue:
		return refuse("Cette recherche est trop longue pour être gardée : raccourcissez un de ses textes.")
	}
	return g.commande(ctx, a, func(tx *store.Tx, a compte.Acteur) error {
		have, err := tx.Vues(a.Personne.ID)
		if err != nil {
			return err
		}
		known := slices.ContainsFunc(have, func(v Vue) bool { return v.Nom == nom })
		if len(have) >= maxVues && !known {
			return refuse("Vous avez déjà " + francais.Compte(maxVues, "vue", "vues") + " : supprimez-en une.")
		}
		return tx.PoseVue(Vue{ID: strings.ToLower(rand.Text()), Personne: a.Personne.ID, Nom: nom, Requete: requete})
	})
}

// Vue returns a saved view of the person. The error is a fault.NotFound, for
// the view of somebody else too.
func (g *Guichet) Vue(ctx context.Context, a compte.Acteur, id string) (v Vue, err error) {
	err = g.view(ctx, func(tx *store.Tx) (err error) { v, err = tx.Vue(a.Personne.ID, id); return err })
	return v, err
}

// RetireVue removes a saved view of the person. The error is that of Vue.
func (g *Guichet) RetireVue(ctx context.Context, a compte.Acteur, id string) error {
	return g.commande(ctx, a, func(tx *store.Tx, a compte.Acteur) error { return tx.RetireVue(a.Personne.ID, id) })
}
