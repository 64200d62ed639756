package territoire

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"sync"

	"guichet/internal/fault"
	"guichet/internal/jour"
)

// An Atlas holds the Cartes of several years and the layers added to them. It
// is read-only: Avec returns another one.
type Atlas struct {
	cartes  []*Carte // by year
	couches Couches
	formes  *formes
}

// Load reads every edition of fsys: the files named YEAR.tsv.gz, as written by
// cmd/generer-territoires.
func Load(fsys fs.FS) (a *Atlas, err error) {
	defer fault.Wrap(&err, "territoire.Load")
	files, err := fs.Glob(fsys, "[0-9][0-9][0-9][0-9].tsv.gz")
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("no edition (YEAR.tsv.gz) in the folder")
	}
	a = &Atlas{cartes: make([]*Carte, len(files)), formes: &formes{}}
	errs := make([]error, len(files))
	var wg sync.WaitGroup
	for i, file := range files {
		wg.Go(func() {
			g, err := loadEdition(fsys, file)
			if err != nil {
				errs[i] = fmt.Errorf("%s: %w", file, err)
			}
			a.cartes[i] = &Carte{geo: g, couches: &calque{formes: a.formes}}
		})
	}
	if wg.Wait(); errors.Join(errs...) != nil {
		return nil, errors.Join(errs...)
	}
	slices.SortFunc(a.cartes, func(x, y *Carte) int { return x.geo.millesime.Cog - y.geo.millesime.Cog })
	return a, nil
}

// Le returns the newest Carte whose year is not after the day, and the oldest
// one for a day before them all.
func (a *Atlas) Le(j jour.Jour) *Carte {
	best := a.cartes[0]
	for _, c := range a.cartes {
		if c.geo.millesime.Cog <= j.An() {
			best = c
		}
	}
	return best
}

// Cartes returns the Carte of each year, the oldest first.
func (a *Atlas) Cartes() []*Carte { return slices.Clone(a.cartes) }

// Couches returns the layers the Atlas was given. They are shared and must not
// be changed.
func (a *Atlas) Couches() Couches { return a.couches }

// Avec returns an Atlas that has the layers of c besides its own. A list of
// the same code, départements and first day, a zoning of the same code and
// year, take the place of the former ones; outlines of priority neighbourhoods
// or of communes, when c has any, take the place of all the former ones.
func (a *Atlas) Avec(c Couches) *Atlas {
	n := &Atlas{couches: a.couches.avec(c), formes: a.formes}
	if len(c.Qpv)+len(c.Contours) > 0 {
		n.formes = newFormes(n.couches)
	}
	for _, carte := range a.cartes {
		n.cartes = append(n.cartes, &Carte{geo: carte.geo, couches: newCalque(n.couches, n.formes, carte.geo.millesime.Cog)})
	}
	return n
}
