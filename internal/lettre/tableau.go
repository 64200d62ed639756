package lettre

import "guichet/internal/lettre/pdf"

const (
	goutte        = 5.0  // beside the text of a cell
	air           = 4.0  // above and below it
	tranche       = 20   // lines of a row that are never cut
	repriseMax    = 0.25 // part of a page that the heads of columns may take again
	motMax        = 0.6  // part of the width that a word may claim for its column
	epais, maigre = 0.9, 0.35
)

// tableau makes one band a row; a row of more than [tranche] lines is cut.
// The heads of the columns come again on each page, as decoration. As in a
// text, the first two rows stay together and the last two.
func (m *metteur) tableau(el *pdf.Element, b boite, t tableau) []bande {
	cols := t.colonnes(b)
	table := el.Child(pdf.Table)
	tete := m.rangee(table.Child(pdf.TableHead).Child(pdf.Row), pdf.Header, t.tete, cols, gras)
	borde(tete, b)
	var reprise *bande
	if n := len(tete); n == 1 && tete[0].haut < repriseMax*pageHauteur {
		again := m.rangee(nil, pdf.Header, t.tete, cols, gras)
		borde(again, b)
		reprise = &again[0]
	}
	colle(tete)
	var rangees []bande
	var corps *pdf.Element
	if len(t.lignes) > 0 {
		corps = table.Child(pdf.TableBody)
	}
	for _, ligne := range t.lignes {
		bandes := m.rangee(corps.Child(pdf.Row), pdf.Cell, ligne, cols, romain)
		bandes[len(bandes)-1].trait(b, traitRangee)
		for i := range bandes {
			bandes[i].reprise = reprise
		}
		rangees = append(rangees, bandes...)
	}
	veuves(rangees)
	return append(tete, rangees...)
}

// A colonne is a column of a table.
type colonne struct {
	boite
	cote cote
}

// colonnes measures what each column holds, and places it.
func (t tableau) colonnes(b boite) []colonne {
	n := len(t.tete)
	mots, touts := make([]float64, n), make([]float64, n)
	mesure := func(c []cellule, g graisse) {
		for i := range min(n, len(c)) {
			mot, tout := etendue(signes(c[i], g), courant.taille)
			mots[i] = max(mots[i], min(mot, motMax*b.l)+2*goutte+1)
			touts[i] = max(touts[i], min(tout+2*goutte+1, 2*b.l), mots[i])
		}
	}
	mesure(t.tete, gras)
	for _, l := range t.lignes {
		mesure(l, romain)
	}
	out := make([]colonne, n)
	x := b.x
	for i, l := range partage(b.l, mots, touts) {
		out[i] = colonne{boite: boite{x, l}}
		if i < len(t.cotes) {
			out[i].cote = t.cotes[i]
		}
		x += l
	}
	return out
}

// partage shares a width between columns: a column whose longest word is
// wider than an equal share has the width of that word, one that needs less
// than its share has what it needs, the others share the rest.
func partage(total float64, mots, touts []float64) []float64 {
	if mot, tout := somme(mots), somme(touts); tout <= total {
		return etire(touts, total/tout)
	} else if mot >= total {
		return etire(mots, total/mot)
	}
	out := make([]float64, len(mots))
	reste, libres := total, len(mots)
	for _, besoin := range []func(i int, part float64) (float64, bool){
		func(i int, part float64) (float64, bool) { return mots[i], mots[i] > part },
		func(i int, part float64) (float64, bool) { return touts[i], touts[i] <= part },
	} {
		for i := 0; i < len(out); i++ {
			if out[i] > 0 || libres == 0 {
				continue
			}
			if l, fixe := besoin(i, reste/float64(libres)); fixe {
				out[i], reste, libres = l, reste-l, libres-1
				i = -1 // the share has changed
			}
		}
	}
	for i := range out {
		if out[i] == 0 {
			out[i] = reste / float64(libres)
		}
	}
	return etire(out, total/somme(out))
}

func etire(xs []float64, k float64) []float64 {
	out := make([]float64, len(xs))
	for i, x := range xs {
		out[i] = x * k
	}
	return out
}

func somme(xs []float64) (total float64) {
	for _, x := range xs {
		total += x
	}
	return total
}

// rangee makes the bands of one row. Without an element the row is
// decoration.
func (m *metteur) rangee(el *pdf.Element, role pdf.Role, cells []cellule, cols []colonne, g graisse) []bande {
	elements := make([]*pdf.Element, len(cols))
	textes := make([][]rang, len(cols))
	n := 1
	for i, col := range cols {
		if el != nil {
			elements[i] = el.Child(role)
		}
		if i < len(cells) {
			textes[i] = coupe(signes(cells[i], g), courant.taille, col.l-2*goutte)
		}
		n = max(n, len(textes[i]))
	}
	var out []bande
	for debut := 0; debut < n; debut += tranche {
		fin := min(debut+tranche, n)
		haut := 0.0
		if debut == 0 {
			haut = air
		}
		dessus := haut
		haut += float64(fin-debut) * courant.interligne
		if fin == n {
			haut += air
		}
		out = append(out, bande{haut: haut, dessine: func(p *pdf.Page, y float64) {
			for i, col := range cols {
				for j := debut; j < min(fin, len(textes[i])); j++ {
					r := textes[i][j]
					at := point{col.x + goutte, y + dessus + float64(j-debut)*courant.interligne + courant.base()}
					libre := col.l - 2*goutte - r.largeur
					switch col.cote {
					case droite:
						at.x += libre
					case centre:
						at.x += libre / 2
					}
					m.ecrit(p, elements[i], r, at, courant)
				}
			}
		}})
	}
	return out
}

// A trait is a line of a table.
type trait int

const (
	traitHaut trait = iota
	traitBas
	traitRangee
)

// borde rules the heads of the columns off, above and below.
func borde(tete []bande, b boite) {
	tete[0].trait(b, traitHaut)
	tete[len(tete)-1].trait(b, traitBas)
}

// trait adds a line to a band.
func (ba *bande) trait(b boite, t trait) {
	avant, haut := ba.dessine, ba.haut
	ba.dessine = func(p *pdf.Page, y float64) {
		avant(p, y)
		r := pdf.Rule{X: b.x, Y: pdf.Height - y - haut, Width: b.l, Thickness: maigre, Gray: 0.55}
		switch t {
		case traitHaut:
			r.Y, r.Thickness, r.Gray = pdf.Height-y, epais, 0.2
		case traitBas:
			r.Thickness, r.Gray = epais, 0.2
		}
		p.Rule(r)
	}
}
