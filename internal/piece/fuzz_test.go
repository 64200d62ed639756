package piece_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"guichet/internal/fault"
	"guichet/internal/piece"
)

func containsText(s, part string) bool { return strings.Contains(plain.Replace(s), part) }

// sensible fails on a measure that makes no sense, or a refusal that tells
// nothing.
func sensible(t *testing.T, p []byte, m piece.Mesure, err error) {
	t.Helper()
	if err != nil {
		if f := fault.Of(err); !errors.Is(err, fault.Invalid) || f.Message == "" || len(f.Codes) != 1 || m != (piece.Mesure{}) {
			t.Fatalf("refused with %v %v, %+v", err, f.Codes, m)
		}
		return
	}
	film := m.Genre == piece.Video
	switch {
	case m.Octets != int64(len(p)) || m.Type == "" || len(m.SHA256) != 64:
		t.Fatalf("measured as %+v, %d octets given", m, len(p))
	case film && (m.Duree <= 0 || m.Duree > 1001*time.Hour || m.Largeur < 0 || m.Hauteur < 0):
		t.Fatalf("a film of %+v", m)
	case (m.Genre == piece.Pdf || m.Genre == piece.Image) != (m.Pages > 0) || !film && m.Duree != 0:
		t.Fatalf("a document of %+v", m)
	}
}

// FuzzMesurer reads anything.
func FuzzMesurer(f *testing.F) {
	for _, p := range [][]byte{pdfDe(2), png(4, 4), jpeg(jfif, 4, 4), archive(f, ooxml("wordprocessingml.document")...), archive(f, odf("text")...),
		objetsCaches("<< /A [1 2] >>", 3), riff("VP8X", []byte{0, 0, 0, 0, 9, 0, 0, 9, 0, 0}), []byte("nom;valeur\n")} {
		f.Add(p, "devis.pdf")
	}
	f.Fuzz(func(t *testing.T, p []byte, nom string) {
		m, err := mesure(p, nom)
		sensible(t, p, m, err)
		again, err2 := piece.Mesurer(bytes.NewReader(p), int64(len(p)), nom)
		if m != again || (err == nil) != (err2 == nil) {
			t.Fatalf("measured as %+v, then %+v", m, again)
		}
	})
}

// FuzzMp4 reads films of boxes, well begun.
func FuzzMp4(f *testing.F) {
	head := boite("ftyp", []byte("isom"), be32(512), []byte("isom"))
	vide := film{echelle: 1000, version: 1, mvex: [][]byte{boite("mehd", be32(0, 9)), boite("trex", be32(0, 1, 1, 40, 0, 0))}}
	vide.fragments = [][]byte{fragment(append(be32(0x0b, 1), be32(0, 0, 1, 500)...), boite("trun", be32(0xf05, 1, 7, 7), be32(1500, 9, 9, 9)))}
	for _, x := range []film{{echelle: 1000, declaree: 9000, stts: []uint32{225, 40}}, {echelle: 1000, queue: true, stts: []uint32{225, 40}}, vide} {
		f.Add(x.octets()[len(head):])
	}
	f.Fuzz(func(t *testing.T, p []byte) {
		p = append(bytes.Clone(head), p...)
		m, err := mesure(p, "")
		sensible(t, p, m, err)
	})
}

// FuzzEbml reads films of elements, well begun.
func FuzzEbml(f *testing.F) {
	head := enteteEbml("webm")
	f.Add(webm(infoEbml(1_000_000, duree64(9000)), pistesEbml)[len(head):])
	f.Add(webm(infoEbml(1_000_000), pistesEbml, el(0x1f43b675, el(0xe7, entier(5000)), bloc(0xa3, -40), el(0xa0, bloc(0xa1, 100), el(0x9b, entier(900)))))[len(head):])
	f.Add(ouvert(0x18538067, infoEbml(1_000_000), pistesEbml, ouvert(0x1f43b675, el(0xe7, entier(1000)), bloc(0xa3, 10)), ouvert(0x1f43b675, el(0xe7, entier(9000)))))
	f.Fuzz(func(t *testing.T, p []byte) {
		p = append(bytes.Clone(head), p...)
		m, err := mesure(p, "")
		sensible(t, p, m, err)
	})
}
