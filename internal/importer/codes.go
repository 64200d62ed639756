package importer

import (
	"regexp"
	"strings"

	"guichet/internal/siren"
	"guichet/internal/territoire"
)

// formeInsee is what a commune code looks like.
var formeInsee = regexp.MustCompile(`^(\d\d|2[AB])\d{3}$`)

// insee reads a commune code. A zero that a spreadsheet dropped is put back
// and remarked.
func (l *lecteur) insee(text string, ligne, colonne int) (territoire.Insee, bool) {
	code := strings.ToUpper(text)
	if len(code) == 4 && formeInsee.MatchString("0"+code) {
		code = "0" + code
		l.remarque(ligne, colonne, "« %s » a perdu son zéro dans un tableur : lu « %s ».", text, code)
	}
	switch {
	case text == "":
		l.erreur(ligne, colonne, "le code de la commune manque : écrivez ses cinq caractères, comme 01001 ou 2A004.")
	case !formeInsee.MatchString(code):
		l.erreur(ligne, colonne, "« %s » n’est pas un code de commune : écrivez ses cinq caractères, comme 01001 ou 2A004.", short(text))
	default:
		return territoire.Insee(code), true
	}
	return "", false
}

// siren reads the SIREN of an EPCI.
func (l *lecteur) siren(text string, ligne, colonne int) (siren.Siren, bool) {
	s, err := siren.Parse(text)
	if err != nil {
		l.erreur(ligne, colonne, "« %s » n’est pas un numéro SIREN valide : écrivez les neuf chiffres de l’intercommunalité, comme 200035087.", short(text))
		return "", false
	}
	return s, true
}

// A membre is a commune or an EPCI named by a line.
type membre struct {
	insee territoire.Insee
	siren siren.Siren
}

func (m membre) code() string {
	if m.siren != "" {
		return string(m.siren)
	}
	return string(m.insee)
}

// membre reads the code of a line: a commune in the column insee, an EPCI in
// the column siren, either in the column code.
func (t *table) membre(r rangee) (m membre, ok bool) {
	insee, colInsee := t.cell(r, "insee")
	number, colSiren := t.cell(r, "siren")
	if code, col := t.cell(r, "code"); code != "" && insee+number == "" {
		if len(strings.Join(strings.Fields(code), "")) > 5 {
			number, colSiren = code, col
		} else {
			insee, colInsee = code, col
		}
	}
	switch {
	case insee != "" && number != "":
		t.erreur(r.ligne, colSiren, "la ligne donne une commune et une intercommunalité : gardez-en une.")
	case number != "":
		m.siren, ok = t.siren(number, r.ligne, colSiren)
	default:
		m.insee, ok = t.insee(insee, r.ligne, max(colInsee, 1))
	}
	return m, ok
}

// connu looks a code up in the year of the layer, then in every year; a code
// that none knows is remarked and kept.
func (t *table) connu(m membre, ligne int) {
	for _, c := range append([]*territoire.Carte{t.carte}, t.atlas.Cartes()...) {
		if m.siren != "" {
			if _, ok := c.Epci(m.siren); ok {
				return
			}
		} else if _, ok := c.Commune(m.insee); ok {
			return
		}
	}
	t.inconnus = append(t.inconnus, m.code())
	t.remarque(ligne, 0, "%s n’est le code d’aucune commune ni intercommunalité connue.", m.code())
}
