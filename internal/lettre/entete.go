package lettre

import (
	"fmt"

	"guichet/internal/fault"
	"guichet/internal/lettre/pdf"
)

// entete draws what a letter has above its text: addresses, reference, place
// and day.
func (m *metteur) entete(d Document) error {
	y, err := m.adresses(d)
	if err != nil {
		return err
	}
	reference := m.colonne([]string{d.reference()}, romain, boite{margeG, fenetreX - margeG - 5*mm}, petit)
	date := m.colonne([]string{d.date()}, romain, boite{fenetreX, fenetreL}, courant)
	fin := max(m.dessine(reference, y), m.dessine(date, y))
	m.y, m.neuve = y, y == margeH
	if fin > y {
		m.y, m.neuve = fin+courant.interligne, false
	}
	return nil
}

// adresses draws who writes and to whom, and returns where they end.
func (m *metteur) adresses(d Document) (float64, error) {
	if len(d.Emetteur)+len(d.Destinataire) == 0 {
		return margeH, nil
	}
	var emetteur []bande
	if len(d.Emetteur) > 0 {
		emetteur = m.colonne(d.Emetteur, gras, boite{margeG, 70 * mm}, petit)
	}
	destinataire := m.colonne(d.Destinataire, romain, boite{fenetreX, fenetreL}, courant)
	for nom, bandes := range map[string][]bande{"emetteur": emetteur, "destinataire": destinataire} {
		if len(bandes) > lignesMax {
			return 0, tropLong(nom)
		}
	}
	y := m.dessine(emetteur, enteteY)
	if len(destinataire) > 0 {
		y = max(y, m.dessine(destinataire, fenetreY), suiteY-courant.interligne)
		m.feuille.Rule(pdf.Rule{X: 4 * mm, Y: pdf.Height - pli, Width: 4 * mm, Thickness: 0.4, Gray: 0.55})
	}
	return y + courant.interligne, nil
}

// colonne makes a paragraph whose lines end where they are told to; the first
// one has its own face.
func (m *metteur) colonne(lignes []string, premiere graisse, b boite, c corps) []bande {
	var ss []segment
	for i, s := range lignes {
		if s == "" {
			continue
		}
		if len(ss) > 0 {
			ss = append(ss, segment{fin: true})
		}
		face := romain
		if i == 0 {
			face = premiere
		}
		ss = append(ss, segment{s: s, graisse: face})
	}
	if len(ss) == 0 {
		return nil
	}
	return m.texte(m.doc.Root().Child(pdf.Paragraph), b, signes(ss, romain), c)
}

// dessine draws bands now, from y down, and returns where they end.
func (m *metteur) dessine(bandes []bande, y float64) float64 {
	for _, b := range bandes {
		b.dessine(m.feuille, y)
		y += b.haut
	}
	return y
}

func tropLong(nom string) error {
	return fault.New(fault.TooLarge, "Une adresse ou une signature est trop longue pour la lettre : douze lignes au plus, une fois coupées à la largeur de la page.").
		Field(nom, "Douze lignes au plus.")
}

// signatures makes the places where people sign: one on the right, or two
// side by side.
func (m *metteur) signatures(blocs [][]string) ([]bande, error) {
	var out []bande
	if len(blocs) > signaturesMax {
		return nil, fault.New(fault.TooLarge, "Une lettre porte quatre signatures au plus.").Field("signataires", "Quatre au plus.")
	}
	for i := 0; i < len(blocs); i += 2 {
		rangee := blocs[i:min(i+2, len(blocs))]
		cols := []boite{{margeG, fenetreX - margeG - 5*mm}, {fenetreX, fenetreL - 5*mm}}
		if len(blocs) == 1 {
			cols = cols[1:]
		}
		var haut float64
		var dessins [][]bande
		for j, lignes := range rangee {
			bandes := m.signature(lignes, cols[j])
			if len(bandes) > lignesMax {
				return nil, tropLong("signataires")
			}
			dessins = append(dessins, bandes)
			haut = max(haut, bandes[0].avant+hauteur(bandes))
		}
		out = append(out, bande{avant: avantSignature, haut: haut, dessine: func(p *pdf.Page, y float64) {
			for _, bandes := range dessins {
				at := y
				for _, b := range bandes {
					at += b.avant
					b.dessine(p, at)
					at += b.haut
				}
			}
		}})
	}
	return out, nil
}

// signature leaves room to sign above the last line, the name.
func (m *metteur) signature(lignes []string, b boite) []bande {
	n := len(lignes) - 1
	bandes := m.colonne(lignes[:n], romain, b, courant)
	nom := m.colonne(lignes[n:], gras, b, courant)
	nom[0].avant = placeSignature
	return append(bandes, nom...)
}

// pieds writes the foot of every page and its number.
func (m *metteur) pieds(s string) error {
	const place = 22 * mm // for the number
	rangs := coupe(simple(s, romain), pied.taille, mesure-place)
	const lignesPied = 3
	if len(rangs) > lignesPied {
		return fault.New(fault.TooLarge, "Le pied de page dépasse trois lignes : raccourcissez-le.").Field("pied_de_page", "Trois lignes au plus.")
	}
	pages := m.doc.Pages()
	for i, p := range pages {
		p.Rule(pdf.Rule{X: margeG, Y: pdf.Height - piedY + pied.interligne, Width: mesure, Thickness: 0.4, Gray: 0.7})
		at := piedY
		for _, r := range rangs {
			p.Footer(pdf.Text{X: margeG, Y: pdf.Height - at, Font: fontes[romain], Size: pied.taille, Gray: pied.gris, S: r.texte()})
			at += pied.interligne
		}
		numero := simple(fmt.Sprintf("page %d/%d", i+1, len(pages)), romain)
		_, w := etendue(numero, pied.taille)
		p.Footer(pdf.Text{X: margeG + mesure - w, Y: pdf.Height - piedY, Font: fontes[romain], Size: pied.taille, Gray: pied.gris, S: rang{signes: numero}.texte()})
	}
	return nil
}
