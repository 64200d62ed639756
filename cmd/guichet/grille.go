package main

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"

	"guichet/internal/api"
	"guichet/internal/guichet"
	"guichet/internal/regle"
)

// A grilleCmd crosses the territories of a département and the schemes.
type grilleCmd struct {
	Departement string `arg:"" help:"Code du département, par exemple 13."`
	CSV         bool   `name:"csv" help:"Écrit un tableau CSV." xor:"forme"`
	JSON        bool   `name:"json" help:"Écrit la réponse de l’API." xor:"forme"`
	consultation
}

// Run writes the grid.
func (c *grilleCmd) Run(k *console) error {
	g, le, err := c.open(k)
	if err != nil {
		return err
	}
	v, err := g.Grille(c.Departement, le)
	switch {
	case err != nil:
		return err
	case c.JSON:
		return encode(k.out, api.FromGrille(v))
	case c.CSV:
		return writeCSV(k.out, v)
	}
	writeTotals(k.out, v)
	return nil
}

// writeCSV writes one line per territory; no cell can be taken for a formula.
func writeCSV(out io.Writer, v *guichet.VueGrille) error {
	w := csv.NewWriter(out)
	head := []string{"type", "code", "nom", "population"}
	for _, d := range v.Dispositifs {
		head = append(head, d.Code)
	}
	rows := [][]string{head}
	for _, l := range v.Lignes {
		row := []string{l.Type, l.Code, l.Nom, strconv.Itoa(int(l.Population))}
		if l.Population < 0 {
			row[3] = ""
		}
		for _, r := range l.Reponses {
			row = append(row, r.Verdict.String())
		}
		rows = append(rows, row)
	}
	for _, row := range rows {
		for i, cell := range row {
			row[i] = neutral(cell)
		}
	}
	return w.WriteAll(rows)
}

// neutral keeps a spreadsheet from reading a cell as a formula.
func neutral(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}

// writeTotals counts the answers of each scheme.
func writeTotals(out io.Writer, v *guichet.VueGrille) {
	fmt.Fprintf(out, "%s (%s), au %s — %s\n\n", v.Nom, v.Code, v.Le.Long(), v.Edition.Titre)
	order := []regle.Verdict{regle.Oui, regle.ACompleter, regle.AApprecier, regle.Non}
	for i, d := range v.Dispositifs {
		fmt.Fprintf(out, "%s\n", d.Nom)
		for _, verdict := range order {
			if c, e := v.Totaux[i].Communes[verdict], v.Totaux[i].Epci[verdict]; c+e > 0 {
				fmt.Fprintf(out, "  %-12s %4d communes, %2d intercommunalités\n", marks[verdict], c, e)
			}
		}
	}
}
