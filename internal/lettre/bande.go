package lettre

import (
	"guichet/internal/fault"
	"guichet/internal/lettre/pdf"
)

// A bande is a slice of a page, as wide as the text, that is never cut.
type bande struct {
	avant   float64 // space above, dropped at the top of a page
	haut    float64
	colle   bool   // stays on the page of the next one
	reprise *bande // drawn again above this one on a new page
	dessine func(p *pdf.Page, y float64)
}

// The page, in points from its top and its left. The address stands where
// the window of a French envelope shows it: 105 mm from the left, from 50 mm
// down.
const (
	mm          = 72 / 25.4
	margeG      = 25 * mm
	margeD      = 25 * mm
	mesure      = pdf.Width - margeG - margeD
	margeH      = 25 * mm
	margeB      = 27 * mm
	bas         = pdf.Height - margeB
	fenetreX    = 105 * mm
	fenetreY    = 50 * mm
	fenetreL    = 85 * mm
	pli         = 99 * mm // where the sheet is folded
	enteteY     = 20 * mm
	suiteY      = 96 * mm // the text of a letter, under the window
	piedY       = pdf.Height - 15*mm
	pageHauteur = bas - margeH
)

const pagesMax = 100

// pagine puts bands on pages. A group of bands that stay together goes to the
// next page when it does not fit; a group taller than a page is cut. The
// error is a fault.TooLarge.
func (m *metteur) pagine(bandes []bande) error {
	for i := 0; i < len(bandes); {
		fin := i
		for fin < len(bandes)-1 && bandes[fin].colle {
			fin++
		}
		groupe := bandes[i : fin+1]
		if besoin := hauteur(groupe); m.y+groupe[0].avant+besoin > bas && !m.neuve {
			m.page()
		}
		for _, b := range groupe {
			m.pose(b)
		}
		if len(m.doc.Pages()) > pagesMax {
			return fault.New(fault.TooLarge, "Le document dépasse %d pages : raccourcissez-le.", pagesMax).Field("corps", "Trop long.")
		}
		i = fin + 1
	}
	return nil
}

// hauteur is the height of bands one above the other, the first without its
// space above.
func hauteur(bandes []bande) float64 {
	h := -bandes[0].avant
	for _, b := range bandes {
		h += b.avant + b.haut
	}
	return h
}

func (m *metteur) pose(b bande) {
	if !m.neuve {
		m.y += b.avant
	}
	if m.y+b.haut > bas && !m.neuve {
		m.page()
	}
	if m.neuve && b.reprise != nil && m.y+b.reprise.haut+b.haut <= bas {
		b.reprise.dessine(m.feuille, m.y)
		m.y += b.reprise.haut
	}
	b.dessine(m.feuille, m.y)
	m.y += b.haut
	m.neuve = false
}

// page starts a new page.
func (m *metteur) page() {
	m.feuille = m.doc.Page()
	m.y, m.neuve = margeH, true
}

// veuves glues the first two lines and the last two lines of a text: none is
// left alone on a page.
func veuves(bandes []bande) {
	if n := len(bandes); n > 1 {
		bandes[0].colle = true
		bandes[n-2].colle = true
	}
}
