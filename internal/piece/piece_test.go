package piece_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"guichet/internal/fault"
	"guichet/internal/piece"
)

// TestVerifie gives each rule a document that keeps it, to the last unit, and
// one that does not.
func TestVerifie(t *testing.T) {
	fabriques := piece.Regle{Genres: []piece.Genre{piece.Pdf}, OctetsMax: 10_000_000, PagesMax: 10}
	film := piece.Regle{Genres: []piece.Genre{piece.Video}, DureeMax: 3 * time.Minute}
	pdf := func(octets int64, pages int) piece.Mesure {
		return piece.Mesure{Genre: piece.Pdf, Octets: octets, Pages: pages}
	}
	video := func(d time.Duration) piece.Mesure { return piece.Mesure{Genre: piece.Video, Duree: d} }
	for _, c := range []struct {
		quoi  string
		r     piece.Regle
		m     piece.Mesure
		want  string // nothing when the rule is kept
		codes []string
	}{
		{"no rule at all", piece.Regle{}, pdf(1<<40, 5000), "", nil},
		{"ten pages of ten, ten million of ten", fabriques, pdf(10_000_000, 10), "", nil},
		{"eleven pages of ten", fabriques, pdf(1, 11), "Le document a 11 pages ; 10 au plus sont admises.", []string{"PIECE_PAGES"}},
		{"two pages of one", piece.Regle{PagesMax: 1}, pdf(1, 2), "Le document a 2 pages ; une seule est admise.", []string{"PIECE_PAGES"}},
		{"two and a half million octets too many", fabriques, pdf(12_450_000, 1), "Le fichier pèse 12,5 Mo ; 10 Mo au plus.", []string{"PIECE_TAILLE"}},
		{"one octet too many", fabriques, pdf(10_000_001, 1), "Le fichier pèse 10 000 001 octets ; 10 000 000 octets au plus.", []string{"PIECE_TAILLE"}},
		{"a small bound", piece.Regle{OctetsMax: 500_000}, pdf(900_000, 1), "Le fichier pèse 900 Ko ; 500 Ko au plus.", []string{"PIECE_TAILLE"}},
		{"too large and too long: both are told", fabriques, pdf(20_000_000, 12), "Le fichier pèse 20 Mo ; 10 Mo au plus. Le document a 12 pages ; 10 au plus sont admises.", []string{"PIECE_TAILLE", "PIECE_PAGES"}},
		{"three minutes of three", film, video(3 * time.Minute), "", nil},
		{"three minutes and the end of a sound frame", film, video(3*time.Minute + 999*time.Millisecond), "", nil},
		{"three minutes and a second", film, video(3*time.Minute + time.Second), "La vidéo dure 3 min 1 s ; 3 min au plus.", []string{"PIECE_DUREE"}},
		{"three minutes twelve", film, video(192 * time.Second), "La vidéo dure 3 min 12 s ; 3 min au plus.", []string{"PIECE_DUREE"}},
		{"hours", film, video(3661 * time.Second), "La vidéo dure 1 h 1 min 1 s ; 3 min au plus.", []string{"PIECE_DUREE"}},
		{"an hour sharp", piece.Regle{DureeMax: 45 * time.Second}, video(time.Hour), "La vidéo dure 1 h 0 min ; 45 s au plus.", []string{"PIECE_DUREE"}},
		{"a film for a PDF", fabriques, video(time.Hour), "Ce document est une vidéo ; il faut ici un PDF.", []string{"PIECE_GENRE"}},
		{"an image for one of two", piece.Regle{Genres: []piece.Genre{piece.Pdf, piece.Texte}}, piece.Mesure{Genre: piece.Image}, "Ce document est une image ; il faut ici un PDF ou un texte (.docx, .odt).", []string{"PIECE_GENRE"}},
		{"pages that nobody can count", piece.Regle{PagesMax: 10}, piece.Mesure{Genre: piece.Texte}, "Les pages de ce document ne peuvent pas être comptées : enregistrez-le en PDF, puis envoyez le PDF.", []string{"PIECE_PAGES"}},
		{"a film has no pages", piece.Regle{PagesMax: 10}, video(time.Second), "", nil},
	} {
		err := c.r.Verifie(c.m)
		if c.want == "" {
			if err != nil {
				t.Errorf("%s: refused: %v", c.quoi, err)
			}
			continue
		}
		if f := fault.Of(err); !errors.Is(err, fault.Invalid) || plain.Replace(f.Message) != c.want || !slices.Equal(f.Codes, c.codes) {
			t.Errorf("%s:\n got %v %v\nwant %s %v", c.quoi, err, f, c.want, c.codes)
		}
	}
}

// TestGenres names every kind in a refusal.
func TestGenres(t *testing.T) {
	for _, g := range piece.Genres() {
		other := piece.Pdf
		if g == piece.Pdf {
			other = piece.Video
		}
		for _, r := range []error{piece.Regle{Genres: []piece.Genre{other}}.Verifie(piece.Mesure{Genre: g}), piece.Regle{Genres: []piece.Genre{g}}.Verifie(piece.Mesure{Genre: other})} {
			if m := fault.Of(r).Message; m == "" || slices.ContainsFunc([]string{"est  ;", "ici ."}, func(hole string) bool { return containsText(m, hole) }) {
				t.Errorf("%s: « %s »", g, m)
			}
		}
	}
}
