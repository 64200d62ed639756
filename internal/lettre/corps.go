package lettre

import "guichet/internal/lettre/pdf"

// blocs makes the bands of the blocks, one under the other.
func (m *metteur) blocs(el *pdf.Element, b boite, blocs []bloc, avant float64) []bande {
	var out []bande
	dessous := 0.0 // space that the block before wants
	for _, bl := range blocs {
		var bandes []bande
		ecart := max(avant, dessous)
		dessous = 0
		switch bl := bl.(type) {
		case paragraphe:
			if !vide(bl.texte) {
				bandes = m.texte(el.Child(pdf.Paragraph), b, signes(bl.texte, romain), courant)
			}
		case titre:
			bandes, ecart = m.titre(el, b, bl), avantTitre
		case liste:
			bandes = m.liste(el, b, bl)
		case tableau:
			bandes, ecart, dessous = m.tableau(el, b, bl), avantTableau, avantTableau
		case filet:
			bandes = []bande{{haut: courant.interligne, dessine: func(p *pdf.Page, y float64) {
				p.Rule(pdf.Rule{X: b.x, Y: pdf.Height - y - courant.interligne/2, Width: b.l, Thickness: 0.5, Gray: 0.6})
			}}}
		}
		if len(bandes) > 0 {
			bandes[0].avant = max(bandes[0].avant, ecart)
			out = append(out, bandes...)
		}
	}
	return out
}

// titre stays with what follows.
func (m *metteur) titre(el *pdf.Element, b boite, t titre) []bande {
	roles := [...]pdf.Role{pdf.H1, pdf.H2, pdf.H3, pdf.H4, pdf.H5}
	face, c := gras, titres[t.niveau-1]
	if m.rang > 0 { // the subject is the first heading: these are smaller
		c = titres[min(t.niveau, niveauxTitre-1)]
	}
	if t.niveau == niveauxTitre {
		face = italique
	}
	bandes := m.texte(el.Child(roles[t.niveau-1+m.rang]), b, signes(t.texte, face), c)
	colle(bandes)
	return bandes
}

func (m *metteur) liste(el *pdf.Element, b boite, l liste) []bande {
	role, ecart := pdf.List, avantPoint
	if l.ordre == numeros {
		role = pdf.Numbered
	}
	if l.aeree {
		ecart = avantParagraphe
	}
	large := 0.0
	for i := range l.points {
		_, w := etendue(simple(l.marque(i), romain), courant.taille)
		large = max(large, w)
	}
	dedans := boite{b.x + large + retrait, b.l - large - retrait}
	list := el.Child(role)
	var out []bande
	for i, point := range l.points {
		item := list.Child(pdf.Item)
		label, body := item.Child(pdf.Label), item.Child(pdf.Body)
		bandes := m.blocs(body, dedans, point, ecart)
		if len(bandes) == 0 {
			bandes = []bande{{haut: courant.interligne, dessine: func(*pdf.Page, float64) {}}}
		}
		_, w := etendue(simple(l.marque(i), romain), courant.taille)
		marque := m.texte(label, boite{b.x + large + retrait/2 - w, b.l}, simple(l.marque(i)+" ", romain), courant)
		premiere := bandes[0].dessine
		bandes[0].dessine = func(p *pdf.Page, y float64) {
			marque[0].dessine(p, y)
			premiere(p, y)
		}
		bandes[0].avant = ecart
		out = append(out, bandes...)
	}
	return out
}
