package lettre

import "guichet/internal/lettre/pdf"

// The types of a letter.
var (
	courant = corps{taille: 10.5, interligne: 15}
	petit   = corps{taille: 9, interligne: 12.5, gris: 0.25}
	pied    = corps{taille: 8, interligne: 11, gris: 0.35}
	titres  = [niveauxTitre]corps{{taille: 15, interligne: 20}, {taille: 12, interligne: 17}, {taille: 10.5, interligne: 15}, {taille: 10.5, interligne: 15}}
)

// space above each kind of block.
const (
	avantParagraphe = 7.0
	avantTitre      = 15.0
	avantPoint      = 2.5
	avantTableau    = 10.0
	avantSignature  = 24.0
	placeSignature  = 52.0
	retrait         = 14.0 // of a list
)

// A metteur lays a document out.
type metteur struct {
	doc     *pdf.Writer
	feuille *pdf.Page
	y       float64 // from the top, where the next band goes
	neuve   bool    // nothing is on the page yet
	rang    int     // added to the level of a heading
	liens   map[*lien]*pdf.Element
}

// compose makes the pages. The error is a fault.TooLarge.
func (m *metteur) compose(d Document, blocs []bloc) error {
	m.liens = make(map[*lien]*pdf.Element)
	m.page()
	if err := m.entete(d); err != nil {
		return err
	}
	racine := m.doc.Root()
	var bandes []bande
	if d.Objet != "" {
		el := racine.Child(pdf.H1)
		bandes = m.texte(el, boite{margeG, mesure}, simple(d.objet(), gras), courant)
		colle(bandes)
		m.rang = 1
	}
	corps := m.blocs(racine, boite{margeG, mesure}, blocs, avantParagraphe)
	if len(corps) > 0 && len(bandes) > 0 {
		corps[0].avant = max(corps[0].avant, 14)
	}
	bandes = append(bandes, corps...)
	signatures, err := m.signatures(d.Signataires)
	if err != nil {
		return err
	}
	if len(signatures) > 0 && len(bandes) > 0 {
		bandes[len(bandes)-1].colle = true
	}
	if err := m.pagine(append(bandes, signatures...)); err != nil {
		return err
	}
	return m.pieds(d.PiedDePage)
}

// A boite is a column of the page.
type boite struct{ x, l float64 }

func colle(bandes []bande) {
	for i := range bandes {
		bandes[i].colle = true
	}
}

// texte makes one band a line.
func (m *metteur) texte(el *pdf.Element, b boite, ss []signe, c corps) []bande {
	rangs := coupe(ss, c.taille, b.l)
	out := make([]bande, len(rangs))
	for i, r := range rangs {
		out[i] = bande{haut: c.interligne, dessine: func(p *pdf.Page, y float64) { m.ecrit(p, el, r, point{b.x, y + c.base()}, c) }}
	}
	veuves(out)
	return out
}

type point struct{ x, y float64 }

// ecrit writes one line from a point of its baseline. Without an element it
// is decoration.
func (m *metteur) ecrit(p *pdf.Page, el *pdf.Element, r rang, at point, c corps) {
	for i := 0; i < len(r.signes); {
		fin, w, s := i, 0.0, r.signes[i]
		var texte []rune
		for fin < len(r.signes) && r.signes[fin].graisse == s.graisse && r.signes[fin].lien == s.lien {
			lettre := r.signes[fin].r
			if lettre == '\n' {
				lettre = ' '
			}
			texte = append(texte, lettre)
			w += signe{lettre, s.graisse, nil}.chasse(c.taille)
			fin++
		}
		t := pdf.Text{X: at.x, Y: pdf.Height - at.y, Font: fontes[s.graisse], Size: c.taille, Gray: c.gris, S: string(texte)}
		switch {
		case el == nil:
			p.Header(t)
		case s.lien == nil:
			p.Text(el, t)
		default:
			m.lie(p, el, s.lien, t, w)
		}
		at.x += w
		i = fin
	}
}

// lie writes a part of a link, and makes its place lead to the address.
func (m *metteur) lie(p *pdf.Page, el *pdf.Element, l *lien, t pdf.Text, w float64) {
	in := m.liens[l]
	if in == nil {
		in = el.Child(pdf.Link)
		m.liens[l] = in
	}
	p.Text(in, t)
	p.Link(in, pdf.Zone{X: t.X, Y: t.Y - 0.25*t.Size, Width: w, Height: 1.2 * t.Size, URI: l.adresse, Label: l.nu()})
	p.Rule(pdf.Rule{X: t.X, Y: t.Y - 0.14*t.Size, Width: w, Thickness: 0.5, Gray: t.Gray})
}
