package guichet

import (
	"context"
	"crypto/rand"
	"slices"
	"strings"
	"time"

	"guichet/internal/compte"
	"guichet/internal/courriel"
	"guichet/internal/dossier"
	"guichet/internal/fault"
	"guichet/internal/store"
)

// pose keeps a mail in the transaction of its act: it leaves at once, waits for
// the digest or is only read on the site, as its kind and its reader say. A
// service without a sure address gets nothing.
func (g *Guichet) pose(tx *store.Tx, c dossier.Courriel) error {
	c.ID, c.CreeLe = strings.ToLower(rand.Text()), g.maintenant()
	switch {
	case c.Personne == "" && (c.Adresse == "" || g.catalogue.Douteuse(c.Adresse)):
		return nil
	case c.Personne == "":
		c.Etat = courriel.AEnvoyer
	case c.Adresse == "" || g.catalogue.Douteuse(c.Adresse):
		c.Etat = courriel.LuSurLeSite
	default:
		chosen, err := tx.ChoixCourriels(c.Personne)
		if err != nil {
			return err
		}
		c.Etat = courriel.Sort(c.Genre, choixDe(chosen, c.Genre))
	}
	return tx.PoseCourriel(c)
}

func choixDe(chosen []store.ChoixCourriel, genre courriel.Genre) courriel.Choix {
	for _, c := range chosen {
		if c.Genre == genre && c.Choix != "" {
			return c.Choix
		}
	}
	return courriel.Groupe
}

// A Reglage is what a person receives of a kind of mail.
type Reglage struct {
	Genre courriel.Genre
	Choix courriel.Choix
}

// A VueCourriels is a page of the mails of a person, and what they receive.
type VueCourriels struct {
	Contexte
	Courriels []dossier.Courriel
	Suivante  string // the mail before which the next page begins; "" for the last
	Reglages  []Reglage
	Attendent int       // news in the next digest
	Prochain  time.Time // when it leaves
}

// pageCourriels is how many mails a page lists.
const pageCourriels = 30

// Courriels returns the mails of the person, the last first, older than the
// mail avant when it is not "", and what they receive.
func (g *Guichet) Courriels(ctx context.Context, a compte.Acteur, avant string) (*VueCourriels, error) {
	v := &VueCourriels{Contexte: g.Contexte(0)}
	err := g.view(ctx, func(tx *store.Tx) (err error) {
		if v.Courriels, err = tx.CourrielsDe(a.Personne.ID, avant, pageCourriels+1); err != nil {
			return err
		}
		chosen, err := tx.ChoixCourriels(a.Personne.ID)
		if err != nil {
			return err
		}
		for _, genre := range nouvellesDe(a) {
			v.Reglages = append(v.Reglages, Reglage{genre, choixDe(chosen, genre)})
		}
		plans, err := g.plans(tx, a.Personne.ID)
		for _, p := range plans {
			v.Attendent, v.Prochain = len(p.Courriels), p.Le
		}
		return err
	})
	if len(v.Courriels) > pageCourriels {
		v.Courriels = v.Courriels[:pageCourriels]
		v.Suivante = v.Courriels[pageCourriels-1].ID
	}
	return v, err
}

// nouvellesDe are the kinds of news that the person may get: filings are for
// who instructs.
func nouvellesDe(a compte.Acteur) []courriel.Genre {
	return slices.DeleteFunc(courriel.Nouvelles(), func(n courriel.Genre) bool { return n == courriel.Depot && !a.Agent() })
}

// A VueCourriel is one mail of a person.
type VueCourriel struct {
	Contexte
	Courriel dossier.Courriel
	Racontes []dossier.Courriel // what a digest tells
}

// Courriel returns one mail. The error is a fault.NotFound for anybody but its
// reader.
func (g *Guichet) Courriel(ctx context.Context, a compte.Acteur, id string) (*VueCourriel, error) {
	v := &VueCourriel{Contexte: g.Contexte(0)}
	err := g.view(ctx, func(tx *store.Tx) (err error) {
		if v.Courriel, err = tx.Courriel(a.Personne.ID, id); err != nil {
			return err
		}
		v.Racontes, err = tx.Racontes(id)
		return err
	})
	return v, err
}

// ChoisitCourriels keeps what the person wants of each kind of news. The error
// is a fault.Invalid with a message at each kind that has no choice.
func (g *Guichet) ChoisitCourriels(ctx context.Context, a compte.Acteur, choix map[courriel.Genre]courriel.Choix) error {
	f := fault.New(fault.Invalid, "Un choix manque : rien n’a changé.")
	for _, genre := range nouvellesDe(a) {
		if !choix[genre].Valide() {
			f.Field(string(genre), "Choisissez une des trois réponses.")
		}
	}
	if len(f.Fields) > 0 {
		return f
	}
	return g.commande(ctx, a, func(tx *store.Tx, a compte.Acteur) error {
		for _, genre := range nouvellesDe(a) {
			if err := tx.PoseChoixCourriel(store.ChoixCourriel{Personne: a.Personne.ID, Genre: genre, Choix: choix[genre], Secret: rand.Text()}); err != nil {
				return err
			}
		}
		return g.inscrit(tx, a.Personne.ID, "choisir_courriels", "personne/"+string(a.Personne.ID), "", "")
	})
}

// Desabonnement returns what kind of mail the secret of a mail switches off.
// The error is a fault.NotFound.
func (g *Guichet) Desabonnement(ctx context.Context, secret string) (genre courriel.Genre, err error) {
	err = g.view(ctx, func(tx *store.Tx) error {
		c, err := tx.SecretCourriel(secret)
		genre = c.Genre
		return err
	})
	return genre, err
}

// Desabonne switches off the kind of mail of the secret, for whoever holds it;
// twice is once. Of the digest, it switches off every kind that it tells. The
// error is a fault.NotFound.
func (g *Guichet) Desabonne(ctx context.Context, secret string) (genre courriel.Genre, err error) {
	err = g.write(ctx, func(tx *store.Tx) error {
		c, err := tx.SecretCourriel(secret)
		if err != nil {
			return err
		}
		chosen, err := tx.ChoixCourriels(c.Personne)
		if err != nil {
			return err
		}
		genre = c.Genre
		changed := false
		for _, n := range courriel.Nouvelles() {
			now := choixDe(chosen, n)
			if n != genre && (genre != courriel.Recapitulatif || now != courriel.Groupe) || now == courriel.Aucun {
				continue
			}
			changed = true
			if err := tx.PoseChoixCourriel(store.ChoixCourriel{Personne: c.Personne, Genre: n, Choix: courriel.Aucun, Secret: rand.Text()}); err != nil {
				return err
			}
		}
		if !changed {
			return nil
		}
		return g.inscrit(tx, c.Personne, "couper_courriels", "personne/"+string(c.Personne), "", "")
	})
	return genre, err
}
