package importer

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
)

// A rangee is one row of a table: its line in the file and its cells.
type rangee struct {
	ligne    int
	cellules []string
}

// vide reports whether every cell is blank.
func (r rangee) vide() bool { return strings.TrimSpace(strings.Join(r.cellules, "")) == "" }

// rangees calls yield with each row of a CSV or XLSX file that is not blank,
// until it returns false.
func (l *lecteur) rangees(r io.Reader, yield func(rangee) bool) {
	b, err := deplie(r)
	if err != nil {
		l.erreur(0, 0, "le fichier compressé est abîmé : compressez-le à nouveau, ou donnez-le tel quel.")
		return
	}
	n := 0
	counted := func(row rangee) bool {
		if row.vide() {
			return true
		}
		if n++; n > maxLignes {
			l.tropGrand("le fichier dépasse %d lignes : découpez-le.", maxLignes)
		}
		return !l.assez() && yield(row)
	}
	if magic, _ := b.Peek(4); string(magic) == "PK\x03\x04" {
		l.classeur(b, counted)
		return
	}
	l.csv(b, counted)
}

// csv reads comma, semicolon or tab separated text.
func (l *lecteur) csv(b *bufio.Reader, yield func(rangee) bool) {
	text, err := io.ReadAll(&borne{b, maxTableur})
	switch {
	case errors.Is(err, errTropGrand):
		l.tropGrand("le fichier dépasse %d Mo : ce n’est pas la taille d’une liste de communes.", maxTableur>>20)
		return
	case err != nil:
		l.erreur(0, 0, "le fichier n’a pas pu être lu jusqu’au bout.")
		return
	case bytes.HasPrefix(text, []byte{0xff, 0xfe}), bytes.HasPrefix(text, []byte{0xfe, 0xff}):
		l.erreur(1, 0, "le texte est en UTF-16 : enregistrez-le en « CSV UTF-8 ».")
		return
	}
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	if !utf8.Valid(text) {
		l.remarque(0, 0, "le texte n’est pas en UTF-8 : il a été lu comme un fichier d’Excel en français (Windows).")
		text = latin(text)
	}
	c := csv.NewReader(bytes.NewReader(text))
	c.Comma, c.FieldsPerRecord, c.ReuseRecord = separateur(text), -1, true
	for {
		cells, err := c.Read()
		if err == io.EOF {
			return
		}
		if bad, ok := errors.AsType[*csv.ParseError](err); ok {
			l.erreur(bad.Line, bad.Column, "un guillemet est mal placé : doublez-le dans le texte, ou entourez toute la cellule de guillemets.")
			return
		}
		line, _ := c.FieldPos(0)
		if !yield(rangee{line, cells}) {
			return
		}
	}
}

// separateur returns the separator of the header: the most frequent of
// semicolon, comma and tab in the first line that is not a « # » line.
func separateur(text []byte) rune {
	for line := range bytes.Lines(text) {
		if bytes.HasPrefix(line, []byte("#")) || len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		best, count := ',', 0
		for _, sep := range ",;\t" {
			if n := bytes.Count(line, []byte(string(sep))); n > count {
				best, count = sep, n
			}
		}
		return best
	}
	return ','
}

// latin reads bytes as Latin-1: enough for headers; codes are ASCII.
func latin(text []byte) []byte {
	out := make([]byte, 0, len(text)+len(text)/8)
	for _, c := range text {
		out = utf8.AppendRune(out, rune(c))
	}
	return out
}

// classeur reads the first sheet of an XLSX workbook.
func (l *lecteur) classeur(r io.Reader, yield func(rangee) bool) {
	defer func() {
		if p := recover(); p != nil { // the library met a workbook it cannot bear
			l.erreur(0, 0, "le classeur est abîmé (%s) : ouvrez-le dans un tableur et enregistrez-le à nouveau.", short(fmt.Sprint(p)))
		}
	}()
	file, err := excelize.OpenReader(&borne{r, maxTableur}, excelize.Options{UnzipSizeLimit: maxTableur, UnzipXMLSizeLimit: maxTableur})
	if err != nil {
		if errors.Is(err, errTropGrand) || strings.Contains(err.Error(), "unzip size exceeds") {
			l.tropGrand("le classeur dépasse %d Mo une fois déplié : ce n’est pas la taille d’une liste de communes.", maxTableur>>20)
			return
		}
		l.erreur(0, 0, "le classeur n’est pas un fichier XLSX lisible : ouvrez-le dans un tableur et enregistrez-le à nouveau.")
		return
	}
	defer file.Close()
	rows, err := file.Rows(file.GetSheetName(0))
	if err != nil {
		l.erreur(0, 0, "le classeur n’a pas de première feuille lisible.")
		return
	}
	defer rows.Close()
	for line := 1; rows.Next(); line++ {
		cells, err := rows.Columns()
		if err != nil {
			l.erreur(line, 0, "la ligne de la feuille est illisible.")
			return
		}
		if !yield(rangee{line, cells}) {
			return
		}
	}
	if rows.Error() != nil {
		l.erreur(0, 0, "la feuille du classeur est abîmée : enregistrez-le à nouveau.")
	}
}

// short cuts a text that goes into a message.
func short(s string) string {
	r := []rune(strings.ToValidUTF8(s, "?"))
	if len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return string(r)
}
