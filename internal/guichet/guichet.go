// Package guichet is the counter: one method per thing a person may ask. Only
// this package reads the clock, which is given to it; it holds no rule and
// knows neither HTTP nor SQL.
package guichet

import (
	"context"
	"sync/atomic"
	"time"

	"guichet/internal/compte"
	"guichet/internal/dispositif"
	"guichet/internal/eligibilite"
	"guichet/internal/fault"
	"guichet/internal/jour"
	"guichet/internal/lettre"
	"guichet/internal/store"
	"guichet/internal/territoire"
)

// Options are what a Guichet is made of.
type Options struct {
	Catalogue     *dispositif.Catalogue
	Atlas         *territoire.Atlas // without the lists of the catalogue: New adds them
	Now           func() time.Time
	Demonstration bool // opens on the day of the first prefecture's folder

	// Store keeps the imported layers; nil: the counter answers with the
	// embedded data only. Actualise reads them.
	Store *store.DB

	// Coffre keeps the documents; without a Depot, none is received.
	Coffre Coffre

	// Courriers are the letters, by code; nil: no letter is written.
	Courriers map[string]*lettre.Modele

	// Adresse is that of the site in mails, as https://guichet.exemple.fr; "" for
	// mails without links.
	Adresse string

	// Alerte is told of each rule that fails; nil tells nobody.
	Alerte func(dispositif, condition string, err error)
}

// A Guichet answers. It serves many callers at once; only the imported layers
// change, all at once.
type Guichet struct {
	catalogue *dispositif.Catalogue
	base      *territoire.Atlas // with the lists of the catalogue
	present   atomic.Pointer[etat]
	store     *store.DB
	coffre    Coffre
	adresse   string // of the site, in mails
	now       func() time.Time
	decalage  time.Duration          // of the demonstration's clock
	demo      *dispositif.Prefecture // nil for a real service
	politique *compte.Politique
	courriers map[string]*lettre.Modele
	alerte    func(dispositif, condition string, err error)
}

// New returns the counter of the options. It panics when the table of rights,
// which is part of the program, is wrong.
func New(o Options) *Guichet {
	politique, err := compte.LoadPolitique()
	if err != nil {
		panic(err)
	}
	g := &Guichet{politique: politique, catalogue: o.Catalogue, now: o.Now, alerte: o.Alerte, store: o.Store, coffre: o.Coffre, courriers: o.Courriers, adresse: o.Adresse,
		base: o.Atlas.Avec(territoire.Couches{Listes: o.Catalogue.Listes()})}
	g.present.Store(&etat{atlas: g.base})
	if o.Demonstration && len(o.Catalogue.Prefectures) > 0 {
		g.demo = o.Catalogue.Prefectures[0]
		if g.demo.OuvreLe != 0 {
			g.decalage = decale(o.Now(), g.demo.OuvreLe)
		}
	}
	return g
}

// A Contexte is what every page shows.
type Contexte struct {
	Demonstration bool
	Jour          jour.Jour // of the question, or the default day
	Aujourdhui    jour.Jour // the day a question without a day gets
	Edition       dispositif.Edition
	Source        *dispositif.Source // of the edition
	Sources       map[string]*dispositif.Source
	Millesime     territoire.Millesime
	Departement   string // of the home prefecture, "" for none
}

// Aujourdhui returns the day that a question without a day gets: today in
// Paris, or the day that the demonstration has reached.
func (g *Guichet) Aujourdhui() jour.Jour {
	return jour.DeTemps(g.maintenant())
}

// Contexte returns what a page of that day shows; no day is the default one.
func (g *Guichet) Contexte(le jour.Jour) Contexte {
	today := g.Aujourdhui()
	if le == 0 {
		le = today
	}
	c := Contexte{Demonstration: g.demo != nil, Jour: le, Aujourdhui: today, Edition: g.catalogue.Edition, Sources: g.catalogue.Sources,
		Source: g.catalogue.Sources[g.catalogue.Edition.Source], Millesime: g.carte(le).Millesime()}
	if len(g.catalogue.Prefectures) > 0 {
		c.Departement = g.catalogue.Prefectures[0].Departements[0]
	}
	return c
}

// signale tells of the rules that failed in an answer, annexed aids included.
func (g *Guichet) signale(r eligibilite.Reponse) {
	if g.alerte == nil {
		return
	}
	for _, c := range r.Conditions {
		if c.Err != nil {
			g.alerte(r.Dispositif.Code, c.ID, c.Err)
		}
	}
	for _, i := range r.Issues {
		if i.Err != nil {
			g.alerte(r.Dispositif.Code, i.ID, i.Err)
		}
	}
	for _, a := range r.Aides {
		g.signale(a)
	}
}

var (
	premierJour = jour.Of(2000, time.January, 1)
	dernierJour = jour.Of(2100, time.December, 31)
)

// Jour reads the day of a question; an empty text is no day. The error is a
// fault.Invalid at the field le.
func (g *Guichet) Jour(text string) (jour.Jour, error) {
	if text == "" {
		return 0, nil
	}
	j, err := jour.Parse(text)
	if err != nil {
		f := fault.Of(err)
		return 0, f.Field("le", f.Message)
	}
	if j < premierJour || j > dernierJour {
		m := "Choisissez un jour entre le 1er janvier 2000 et le 31 décembre 2100."
		return 0, fault.New(fault.Invalid, "%s", m).Field("le", m)
	}
	return j, nil
}

// Sante reports what the service holds.
type Sante struct {
	Dispositifs int
	Communes    int
	Edition     string
	Couches     int64 // version of the imported layers
}

// Sante reports whether the counter can answer: an error is that of the
// database.
func (g *Guichet) Sante(ctx context.Context) (Sante, error) {
	n := 0
	for range g.carte(g.Aujourdhui()).CommunesAll() {
		n++
	}
	s := Sante{len(g.catalogue.All()), n, g.catalogue.Edition.Code, g.Version()}
	if g.store == nil {
		return s, nil
	}
	return s, g.store.View(ctx, func(tx *store.Tx) error {
		_, err := tx.VersionCouches()
		return err
	})
}
