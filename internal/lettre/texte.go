package lettre

import (
	"fmt"
	"strings"
)

// Texte returns d as plain text, for a mail or a screen: one line a
// paragraph, no markup. A body that [PDF] would refuse comes as it was typed.
func Texte(d Document) string {
	d = d.propre()
	var parts []string
	add := func(lines ...string) {
		if s := strings.Join(lignes(lines), "\n"); s != "" {
			parts = append(parts, s)
		}
	}
	add(d.Emetteur...)
	add(d.Destinataire...)
	add(d.date())
	add(d.reference(), d.objet())
	if blocs, err := d.controle(); err == nil {
		parts = append(parts, brut(blocs, "")...)
	} else {
		parts = append(parts, strings.TrimSpace(d.Corps))
	}
	for _, s := range d.Signataires {
		add(s...)
	}
	add(d.PiedDePage)
	return strings.Join(parts, "\n\n") + "\n"
}

// date is the line that says where and when: only a letter has one.
func (d *Document) date() string {
	if d.Lieu == "" {
		return ""
	}
	return d.Lieu + ", le " + d.Le.Long()
}

func (d *Document) reference() string {
	if d.Reference == "" {
		return ""
	}
	return "Réf. : " + d.Reference
}

func (d *Document) objet() string {
	if d.Objet == "" {
		return ""
	}
	return "Objet : " + d.Objet
}

// brut writes blocks as paragraphs of plain text, each line after the margin.
func brut(blocs []bloc, marge string) []string {
	var out []string
	for _, b := range blocs {
		switch b := b.(type) {
		case paragraphe:
			out = append(out, marge+strings.ReplaceAll(phrase(b.texte), "\n", "\n"+marge))
		case titre:
			out = append(out, marge+phrase(b.texte))
		case liste:
			out = append(out, b.brut(marge))
		case tableau:
			out = append(out, b.brut())
		case filet:
			out = append(out, "* * *")
		}
	}
	return out
}

func (l liste) brut(marge string) string {
	lines := make([]string, len(l.points))
	for i, point := range l.points {
		marque := l.marque(i) + " "
		retrait := marge + strings.Repeat(" ", len([]rune(marque)))
		lines[i] = marge + marque + strings.TrimPrefix(strings.Join(brut(point, retrait), "\n"), retrait)
	}
	return strings.Join(lines, "\n")
}

// marque is what is written before item i.
func (l liste) marque(i int) string {
	if l.ordre == numeros {
		return fmt.Sprintf("%d.", l.debut+i)
	}
	return "•"
}

// brut writes each row with the name of each column: it can be read aloud.
func (t tableau) brut() string {
	var lines []string
	for _, row := range t.lignes {
		var cells []string
		for i, c := range row {
			if s := phrase(c); s != "" && i < len(t.tete) {
				cells = append(cells, phrase(t.tete[i])+" : "+s)
			}
		}
		lines = append(lines, "• "+strings.Join(cells, " ; "))
	}
	return strings.Join(lines, "\n")
}

// phrase writes a text without its markup; a link is followed by its address.
func phrase(ss []segment) string {
	var b strings.Builder
	for i, s := range ss {
		if s.fin {
			b.WriteString("\n")
			continue
		}
		b.WriteString(s.s)
		if s.lien != nil && (i+1 == len(ss) || ss[i+1].lien != s.lien) && !s.lien.lisible(ss) {
			b.WriteString(" (" + s.lien.nu() + ")")
		}
	}
	lines := strings.Split(b.String(), "\n")
	for i, l := range lines {
		lines[i] = strings.Join(champs(l), " ")
	}
	return strings.Join(lines, "\n")
}

// nu is the address as a person writes it.
func (l *lien) nu() string {
	return strings.TrimPrefix(strings.TrimPrefix(l.adresse, "mailto:"), "tel:")
}

// lisible reports whether the text of the link is its address.
func (l *lien) lisible(ss []segment) bool {
	var b strings.Builder
	for _, s := range ss {
		if s.lien == l {
			b.WriteString(s.s)
		}
	}
	plain := func(s string) string {
		return strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(s, "https://"), "http://"), "/")
	}
	return plain(b.String()) == plain(l.nu())
}
