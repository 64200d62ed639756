// Package lettre makes documents: letters, agreements, receipts. A small
// markdown text and the names around it become a tagged PDF, or plain text. A
// letter comes from a Modele, a file whose blanks are filled.
//
// It does not know who writes, what was decided, nor when it is.
package lettre

import (
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"guichet/internal/fault"
	"guichet/internal/jour"
	"guichet/internal/lecture"
	"guichet/internal/lettre/pdf"
)

// A Document is what is to be printed. Only Titre or Objet, Le and Corps are
// needed: without addresses and place it is not a letter but an agreement, a
// receipt, a note.
type Document struct {
	Titre, Auteur, Sujet string // what the file says of itself; Objet stands for an empty Titre
	Langue               string // "fr-FR" when empty

	Emetteur     []string // lines of the sender's block; the first one stands out
	Destinataire []string // lines of the address, in the window of the envelope
	Lieu         string
	Le           jour.Jour // day of the letter, and of the file
	Reference    string
	Objet        string
	Corps        string // markdown, see docs/courriers.md
	Signataires  [][]string
	PiedDePage   string
}

// midi keeps the date of the file on its day wherever it is read.
const midi = 12 * time.Hour

const (
	corpsMax      = 128 << 10 // bytes
	champMax      = 1000      // bytes of any other text
	lignesMax     = 12        // lines of an address or a signature, once folded
	signaturesMax = 4
)

// PDF writes d as a PDF file: A4, tagged, fonts embedded. Equal documents give
// equal bytes. The error is a fault.Invalid, whose Fields name what to change,
// a fault.TooLarge, or the failure of w.
func PDF(w io.Writer, d Document) error {
	d = d.propre()
	blocs, err := d.controle()
	if err != nil {
		return err
	}
	doc := pdf.New(pdf.Info{Title: d.Titre, Author: d.Auteur, Subject: d.Sujet, Lang: d.Langue, Date: d.Le.Debut().Add(midi)})
	m := metteur{doc: doc}
	if err := m.compose(d, blocs); err != nil {
		return err
	}
	if _, err := doc.WriteTo(w); err != nil {
		return fmt.Errorf("lettre: %w", err)
	}
	return nil
}

// controle checks d and reads its body.
func (d *Document) controle() ([]bloc, error) {
	if len(d.Corps) > corpsMax {
		return nil, fault.New(fault.TooLarge, "Le texte dépasse 128 Ko : raccourcissez-le ou joignez un document.")
	}
	for nom, s := range d.courts() {
		if len(s) > champMax {
			return nil, fault.New(fault.TooLarge, "Une ligne compte plus de mille caractères : raccourcissez-la.").Field(nom, "Mille caractères au plus.")
		}
	}
	f := fault.New(fault.Invalid, "Ce document ne peut pas être mis en page.")
	if d.Titre == "" {
		f.Field("titre", "Donnez un titre ou un objet : il nomme le document pour les lecteurs d’écran.")
	}
	if d.Le == 0 {
		f.Field("le", "Donnez la date du document.")
	}
	blocs, pp := lit("", d.Corps)
	if len(pp) > 0 {
		f.Field("corps", phrases(pp))
	}
	if len(f.Fields) > 0 {
		for _, nom := range []string{"titre", "le", "corps"} {
			if f.Fields[nom] != "" {
				f.Message += " " + f.Fields[nom]
			}
		}
		return nil, f
	}
	return blocs, nil
}

// courts gives the name and the text of each short part of the letter.
func (d *Document) courts() func(yield func(string, string) bool) {
	return func(yield func(string, string) bool) {
		blocks := [][]string{{"objet", d.Objet}, {"titre", d.Titre, d.Auteur, d.Sujet, d.Langue}, {"lieu", d.Lieu}, {"reference", d.Reference},
			{"pied_de_page", d.PiedDePage}, append([]string{"emetteur"}, d.Emetteur...), append([]string{"destinataire"}, d.Destinataire...)}
		for _, s := range d.Signataires {
			blocks = append(blocks, append([]string{"signataires"}, s...))
		}
		for _, b := range blocks {
			for _, s := range b[1:] {
				if !yield(b[0], s) {
					return
				}
			}
		}
	}
}

// phrases writes the problems of a body for the person who typed it.
func phrases(pp lecture.Problemes) string {
	out := make([]string, len(pp))
	for i, p := range pp {
		out[i] = p.Texte
		if p.Ligne > 0 { // an empty quotation has no line
			out[i] = fmt.Sprintf("Ligne %d : %s", p.Ligne, p.Texte)
		}
	}
	return strings.Join(out, " ")
}

// propre returns d with texts that can be printed and read aloud.
func (d Document) propre() Document {
	for _, s := range []*string{&d.Titre, &d.Auteur, &d.Sujet, &d.Langue, &d.Lieu, &d.Reference, &d.Objet, &d.PiedDePage} {
		*s = ligne(*s)
	}
	d.Emetteur, d.Destinataire, d.Corps = lignes(d.Emetteur), lignes(d.Destinataire), propre(d.Corps)
	blocks := make([][]string, 0, len(d.Signataires))
	for _, s := range d.Signataires {
		if s = lignes(s); len(s) > 0 {
			blocks = append(blocks, s)
		}
	}
	d.Signataires = blocks
	if d.Titre == "" {
		d.Titre = d.Objet
	}
	if d.Langue == "" {
		d.Langue = "fr-FR"
	}
	return d
}

func lignes(ss []string) []string {
	out := make([]string, 0, len(ss))
	for _, s := range ss {
		if s = ligne(s); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// ligne returns s on one line.
func ligne(s string) string { return strings.TrimSpace(strings.Join(champs(propre(s)), " ")) }

// champs splits s at spaces where a line may end; no-break spaces stay.
func champs(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == '\n' || r == '\t' })
}

// propre returns s as composed Unicode, with line feeds for line ends and
// without the characters that show nothing: controls, marks that turn the
// direction of the text, bytes that are not a text.
func propre(s string) string {
	s = strings.ToValidUTF8(s, "\ufffd")
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n").Replace(s)
	return norm.NFC.String(strings.Map(func(r rune) rune {
		if r != '\n' && r != '\t' && (unicode.Is(unicode.Cc, r) || unicode.Is(unicode.Cf, r)) {
			return -1
		}
		return r
	}, s))
}
