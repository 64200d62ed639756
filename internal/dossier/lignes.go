package dossier

import (
	"fmt"
	"strconv"
	"strings"

	"guichet/internal/dispositif"
	"guichet/internal/fault"
	"guichet/internal/regle"
)

// Cellules are one line of the answer to a block, by column.
type Cellules map[string]string

// LitLignes reads the answer to a block: one line of text each, its cells in
// the order of the columns, parted by tabs. What goes beyond is left out.
func LitLignes(c *dispositif.Champ, texte string) []Cellules {
	var out []Cellules
	for line := range strings.Lines(texte) {
		if len(out) == dispositif.MaxLignes {
			break
		}
		x, cells := make(Cellules), strings.Split(strings.TrimRight(line, "\r\n"), "\t")
		for i, col := range c.Colonnes {
			if i < len(cells) {
				x[col.ID] = cells[i]
			}
		}
		out = append(out, x)
	}
	return out
}

// EcritLignes is the answer that LitLignes reads; lines where nothing is
// written are left out.
func EcritLignes(c *dispositif.Champ, lines []Cellules) string {
	var out []string
	for _, x := range lines[:min(len(lines), dispositif.MaxLignes)] {
		cells, empty := make([]string, len(c.Colonnes)), true
		for i, col := range c.Colonnes {
			cells[i] = strings.Join(strings.Fields(x[col.ID]), " ")
			empty = empty && cells[i] == ""
		}
		if !empty {
			out = append(out, strings.Join(cells, "\t"))
		}
	}
	return strings.Join(out, "\n")
}

// CleCellule is the key of a cell, for a form and for what is wrong with it; lines
// are counted from 1.
func CleCellule(cle string, ligne int, colonne string) string {
	return cle + "." + strconv.Itoa(ligne) + "." + colonne
}

// verifieLignes says what is wrong at each cell, and reports whether nothing is.
func verifieLignes(c *dispositif.Champ, lines []Cellules, wrong func(cle, message string)) bool {
	right := true
	for n, x := range lines {
		for _, col := range c.Colonnes {
			if err := col.Type.Verifie(x[col.ID], nil); err != nil {
				wrong(CleCellule(c.ID, n+1, col.ID), fault.Of(err).Message)
				right = false
			}
		}
	}
	return right
}

// valeurDesLignes is what the lines answer to the fact, as a person would write
// it: the values of a column, or how many lines there are.
func valeurDesLignes(c *dispositif.Champ, f *regle.Fait, lines []Cellules) (regle.Valeur, error) {
	if c.Valeur == "" {
		return f.Parse(strconv.Itoa(len(lines)))
	}
	var values []string
	for _, x := range lines {
		values = append(values, x[c.Valeur])
	}
	return f.Parse(strings.Join(values, ";"))
}

// LigneParLigne is the answer to the fact alone, a value a line: what the
// column Valeur of the block holds.
func LigneParLigne(c *dispositif.Champ, texte string) string {
	var lines []Cellules
	for value := range strings.SplitSeq(texte, ";") {
		lines = append(lines, Cellules{c.Valeur: value})
	}
	return EcritLignes(c, lines)
}

// manquesDesLignes are the cells left empty in the lines begun.
func manquesDesLignes(c *dispositif.Champ, lines []Cellules) []Manque {
	var out []Manque
	for n, x := range lines {
		for _, col := range c.Colonnes {
			if col.Requis == "oui" && strings.TrimSpace(x[col.ID]) == "" {
				out = append(out, Manque{Cle: CleCellule(c.ID, n+1, col.ID), Libelle: fmt.Sprintf("%s, ligne %d : %s", c.Libelle, n+1, col.Libelle), Genre: "champ"})
			}
		}
	}
	return out
}

// EnMots writes the lines for a reader: each cell after its name.
func EnMots(c *dispositif.Champ, texte string) string {
	var out []string
	for _, x := range LitLignes(c, texte) {
		var cells []string
		for _, col := range c.Colonnes {
			if x[col.ID] != "" {
				cells = append(cells, col.Libelle+" : "+x[col.ID])
			}
		}
		out = append(out, strings.Join(cells, " ; "))
	}
	return strings.Join(out, "\n")
}
