package web

import (
	"bytes"
	"encoding/csv"
	"net/http"
	"strconv"
	"strings"

	"guichet/internal/guichet"
)

// grilleCSV answers the same lines as the grid, for a spreadsheet: UTF-8 with
// its mark, semicolons, no cell that a spreadsheet would run.
func (s *site) grilleCSV(w http.ResponseWriter, r *http.Request) error {
	le, err := s.le(r)
	if err != nil {
		return err
	}
	v, err := s.g.Grille(r.PathValue("code"), le)
	if err != nil {
		return err
	}
	body, err := gridCSV(v, readSelection(r).lines(v.Lignes))
	if err != nil {
		return err
	}
	w.Header().Set("Content-Disposition", `attachment; filename="grille-`+v.Code+"-"+v.Le.String()+`.csv"`)
	newWritten("text/csv; charset=utf-8", body).send(w, r)
	return nil
}

func gridCSV(v *guichet.VueGrille, lines []guichet.LigneGrille) ([]byte, error) {
	var b bytes.Buffer
	b.WriteString("\ufeff")
	out := csv.NewWriter(&b)
	out.Comma, out.UseCRLF = ';', true
	head := []string{"type", "code", "nom", "population_municipale"}
	for _, d := range v.Dispositifs {
		head = append(head, d.Code, d.Code+"_montant", d.Code+"_taux_pour_cent")
	}
	if err := out.Write(head); err != nil {
		return nil, err
	}
	for _, l := range lines {
		if err := out.Write(csvLine(l)); err != nil {
			return nil, err
		}
	}
	out.Flush()
	return b.Bytes(), out.Error()
}

func csvLine(l guichet.LigneGrille) []string {
	line := []string{l.Type, l.Code, inert(l.Nom), strconv.Itoa(int(l.Population))}
	for _, a := range l.Reponses {
		amount, rate := "", ""
		if m, ok := a.Montant("montant"); ok {
			amount = strings.Replace(m.Decimal(), ".", ",", 1)
		}
		if pct, ok := a.Taux(); ok {
			rate = strconv.FormatInt(pct, 10)
		}
		line = append(line, a.Verdict.String(), amount, rate)
	}
	return line
}

// inert keeps a spreadsheet from taking a text for a formula.
func inert(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}
