package piece_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"guichet/internal/fault"
	"guichet/internal/piece"
)

func mesure(p []byte, nom string) (piece.Mesure, error) {
	return piece.Mesurer(bytes.NewReader(p), int64(len(p)), nom)
}

// A cas is one document: its name, its bytes.
type cas struct {
	quoi string
	nom  string
	p    []byte
}

// arbreDePages is a page tree of two levels: the leaves are what counts.
func arbreDePages() []byte {
	o := pages(3, "", "")
	o[1] = "<< /Type /Pages /Count 3 /Kids [3 0 R 6 0 R] >>"
	return pdf("", append(o, "<< /Type /Pages /Parent 2 0 R /Count 2 /Kids [4 0 R 5 0 R] >>")...)
}

const (
	mWord  = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
	mExcel = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
)

// TestMesurer measures one document of each type and form.
func TestMesurer(t *testing.T) {
	second := func(n float64) time.Duration { return time.Duration(n * float64(time.Second)) }
	film180 := film{echelle: 1000, declaree: 180_000, media: 180_000, stts: []uint32{4500, 40}}
	vide := film{echelle: 1000, mvex: [][]byte{boite("trex", be32(0, 1, 1, 40, 0, 0))}}
	avecMehd := vide
	avecMehd.mvex = [][]byte{boite("mehd", be32(0, 12_000)), boite("trex", be32(0, 1, 1, 40, 0, 0))}
	mehd1 := vide
	mehd1.mvex = [][]byte{boite("mehd", be32(1<<24), be64(12_000)), boite("trex", be32(0, 1, 1, 40, 0, 0))}
	with := func(f film, change func(*film)) []byte { change(&f); return f.octets() }
	video := func(mime string, d time.Duration) piece.Mesure {
		return piece.Mesure{Genre: piece.Video, Type: mime, Duree: d, Largeur: 640, Hauteur: 360}
	}
	grappe := func(heure uint64, blocs ...[]byte) []byte {
		return el(0x1f43b675, append([][]byte{el(0xe7, entier(heure))}, blocs...)...)
	}
	all := []struct {
		cas
		want piece.Mesure
	}{
		{cas{"a PDF of one page", "a.pdf", pdfDe(1)}, piece.Mesure{Genre: piece.Pdf, Type: "application/pdf", Pages: 1}},
		{cas{"a PDF of ten pages", "A.PDF", pdfDe(10)}, piece.Mesure{Genre: piece.Pdf, Type: "application/pdf", Pages: 10}},
		{cas{"a PDF of 120 pages", "", pdfDe(120)}, piece.Mesure{Genre: piece.Pdf, Type: "application/pdf", Pages: 120}},
		{cas{"pages in a tree", "a.pdf", arbreDePages()}, piece.Mesure{Genre: piece.Pdf, Type: "application/pdf", Pages: 3}},
		{cas{"blanks after the end", "a.pdf", append(pdfDe(2), "\r\n\x00\x00\n"...)}, piece.Mesure{Genre: piece.Pdf, Type: "application/pdf", Pages: 2}},
		{cas{"a link to a page of the web", "a.pdf", pdf("", pages(1, "", "/Annots [<< /Type /Annot /Subtype /Link /Rect [0 0 9 9] /A << /S /URI /URI (https://exemple.fr) >> >>]")...)},
			piece.Mesure{Genre: piece.Pdf, Type: "application/pdf", Pages: 1}},

		{cas{"faststart", "v.mp4", film180.octets()}, video("video/mp4", second(180))},
		{cas{"the movie at the end", "v.mp4", with(film180, func(f *film) { f.queue = true })}, video("video/mp4", second(180))},
		{cas{"wide fields", "v.mp4", with(film180, func(f *film) { f.version = 1 })}, video("video/mp4", second(180))},
		{cas{"a header that says one second", "v.mp4", with(film180, func(f *film) { f.declaree, f.media = 1000, 1000 })}, video("video/mp4", second(180))},
		{cas{"a header that says more than the samples", "v.mp4", with(film180, func(f *film) { f.declaree = 240_000 })}, video("video/mp4", second(240))},
		{cas{"a header that does not know, narrow", "v.mp4", with(film180, func(f *film) { f.declaree = 1<<32 - 1 })}, video("video/mp4", second(180))},
		{cas{"a header that does not know, wide", "v.mp4", with(film180, func(f *film) { f.version, f.declaree = 1, 1<<64-1 })}, video("video/mp4", second(180))},
		{cas{"fragments and their default duration", "v.mp4", with(vide, func(f *film) {
			f.fragments = [][]byte{fragment(be32(0, 1), boite("trun", be32(0, 50))), fragment(be32(0, 1), boite("trun", be32(0, 25)))}
		})}, video("video/mp4", second(3))},
		{cas{"fragments that announce their duration", "v.mp4", avecMehd.octets()}, video("video/mp4", second(12))},
		{cas{"the same in wide fields", "v.mp4", mehd1.octets()}, video("video/mp4", second(12))},
		{cas{"an announced duration shorter than the fragments", "v.mp4", with(avecMehd, func(f *film) {
			f.fragments = [][]byte{fragment(be32(0, 1), boite("trun", be32(0, 500)))}
		})}, video("video/mp4", second(20))},
		{cas{"a fragment with its own default, behind other fields", "v.mp4", with(vide, func(f *film) {
			f.fragments = [][]byte{fragment(append(be32(0x0b, 1), be32(0, 0, 1, 500)...), boite("trun", be32(0, 4)))}
		})}, video("video/mp4", second(2))},
		{cas{"a duration for each sample, among other fields", "v.mp4", with(vide, func(f *film) {
			f.fragments = [][]byte{fragment(be32(0, 1), boite("trun", be32(0xf05, 2, 7, 7), be32(1500, 9, 9, 9), be32(2500, 9, 9, 9)))}
		})}, video("video/mp4", second(4))},
		{cas{"a box of 64-bit length", "v.mp4", bytes.Join([][]byte{film180.octets(), be32(1), []byte("free"), be64(20), make([]byte, 4)}, nil)}, video("video/mp4", second(180))},
		{cas{"a last box without a length", "v.mp4", bytes.Join([][]byte{film180.octets(), be32(0), []byte("free"), make([]byte, 40)}, nil)}, video("video/mp4", second(180))},
		{cas{"a MOV", "v.MOV", bytes.Replace(film180.octets(), []byte("isom"), []byte("qt  "), 1)}, video("video/quicktime", second(180))},

		{cas{"a declared duration", "v.webm", webm(infoEbml(1_000_000, duree64(180_000)), pistesEbml)}, video("video/webm", second(180))},
		{cas{"a declared duration in short form", "v.webm", webm(infoEbml(1_000_000, el(0x4489, be32(0x47000000))), pistesEbml)}, video("video/webm", second(32.768))},
		{cas{"no duration: the last block", "v.webm", webm(infoEbml(1_000_000), pistesEbml, grappe(0, bloc(0xa3, 0)), grappe(5000, bloc(0xa3, -40), bloc(0xa3, 2400)))}, video("video/webm", second(7.4))},
		{cas{"no duration: a block that says its own", "v.webm", webm(infoEbml(1_000_000), pistesEbml, grappe(5000, el(0xa0, bloc(0xa1, 100), el(0x9b, entier(900)))))}, video("video/webm", second(6))},
		{cas{"a duration that says less than the blocks", "v.webm", webm(infoEbml(1_000_000, duree64(1000)), pistesEbml, grappe(200_000, bloc(0xa3, 0)))}, video("video/webm", second(200))},
		{cas{"another time scale", "v.webm", webm(infoEbml(100_000, duree64(300)), pistesEbml, grappe(60_000))}, video("video/webm", second(6))},
		{cas{"a live recording: nothing says its size", "v.webm", append(enteteEbml("webm"), ouvert(0x18538067, infoEbml(1_000_000), pistesEbml,
			ouvert(0x1f43b675, el(0xe7, entier(1000)), bloc(0xa3, 10)), ouvert(0x1f43b675, el(0xe7, entier(9000)), bloc(0xa3, 10)), el(0x1c53bb6b, nil))...)}, video("video/webm", second(9.01))},
		{cas{"tracks after a cluster of unknown size", "v.webm", webm(infoEbml(1_000_000), ouvert(0x1f43b675, el(0xe7, entier(1000))), pistesEbml)}, video("video/webm", second(1))},
		{cas{"a MKV", "v.mkv", append(enteteEbml("matroska"), el(0x18538067, infoEbml(1_000_000, duree64(180_000)), pistesEbml)...)}, video("video/matroska", second(180))},

		{cas{"a PNG", "i.png", png(800, 600)}, piece.Mesure{Genre: piece.Image, Type: "image/png", Pages: 1, Largeur: 800, Hauteur: 600}},
		{cas{"a JPEG", "i.jpeg", jpeg(jfif, 4000, 3000)}, piece.Mesure{Genre: piece.Image, Type: "image/jpeg", Pages: 1, Largeur: 4000, Hauteur: 3000}},
		{cas{"a JPEG with a second image, as cameras do", "i.jpg", append(jpeg(jfif, 40, 30), jpeg(jfif, 4, 3)...)}, piece.Mesure{Genre: piece.Image, Type: "image/jpeg", Pages: 1, Largeur: 40, Hauteur: 30}},
		{cas{"a WebP, lossy", "i.webp", riff("VP8 ", []byte{0, 0, 0, 0x9d, 1, 0x2a, 0x20, 3, 0x58, 2})}, piece.Mesure{Genre: piece.Image, Type: "image/webp", Pages: 1, Largeur: 800, Hauteur: 600}},
		{cas{"a WebP, lossless", "i.webp", riff("VP8L", append([]byte{0x2f, 0x1f, 0xc3, 0x95, 0}, make([]byte, 7)...))}, piece.Mesure{Genre: piece.Image, Type: "image/webp", Pages: 1, Largeur: 800, Hauteur: 600}},
		{cas{"a WebP, extended", "i.webp", riff("VP8X", []byte{0, 0, 0, 0, 0x1f, 3, 0, 0x57, 2, 0})}, piece.Mesure{Genre: piece.Image, Type: "image/webp", Pages: 1, Largeur: 800, Hauteur: 600}},

		{cas{"a text", "t.txt", []byte("Délibération du conseil municipal\n")}, piece.Mesure{Genre: piece.Texte, Type: "text/plain"}},
		{cas{"a table with commas", "t.csv", []byte("nom,valeur\nécole,3\nmairie,4\n")}, piece.Mesure{Genre: piece.Tableur, Type: "text/csv"}},
		{cas{"a table with semicolons", "t.csv", []byte("nom;valeur\nécole;3\n")}, piece.Mesure{Genre: piece.Tableur, Type: "text/csv"}},
		{cas{"a Word document", "d.docx", archive(t, ooxml("wordprocessingml.document")...)}, piece.Mesure{Genre: piece.Texte, Type: mWord}},
		{cas{"a Word document with a chart, a link and its author's template", "d.docx", archive(t, ooxml("wordprocessingml.document",
			fichier{"word/embeddings/Classeur1.xlsx", string(archive(t, ooxml("spreadsheetml.sheet")...))},
			fichier{"word/_rels/settings.xml.rels", `<Relationships><Relationship Type="x/attachedTemplate" TargetMode="External" Target="file:///C:\Modeles\Mairie.dotx"/>` +
				`<Relationship Type="x/hyperlink" TargetMode="External" Target="https://exemple.fr"/></Relationships>`})...)}, piece.Mesure{Genre: piece.Texte, Type: mWord}},
		{cas{"a workbook", "d.xlsx", archive(t, ooxml("spreadsheetml.sheet")...)}, piece.Mesure{Genre: piece.Tableur, Type: mExcel}},
		{cas{"a presentation", "d.pptx", archive(t, ooxml("presentationml.presentation")...)}, piece.Mesure{Genre: piece.Presentation, Type: "application/vnd.openxmlformats-officedocument.presentationml.presentation"}},
		{cas{"an OpenDocument text", "d.odt", archive(t, odf("text")...)}, piece.Mesure{Genre: piece.Texte, Type: "application/vnd.oasis.opendocument.text"}},
		{cas{"an OpenDocument workbook", "d.ods", archive(t, odf("spreadsheet")...)}, piece.Mesure{Genre: piece.Tableur, Type: "application/vnd.oasis.opendocument.spreadsheet"}},
		{cas{"an OpenDocument presentation", "d.odp", archive(t, odf("presentation")...)}, piece.Mesure{Genre: piece.Presentation, Type: "application/vnd.oasis.opendocument.presentation"}},
	}
	right := 0
	for _, c := range all {
		sum := sha256.Sum256(c.p)
		c.want.Octets, c.want.SHA256 = int64(len(c.p)), hex.EncodeToString(sum[:])
		got, err := mesure(c.p, c.nom)
		if diff := cmp.Diff(c.want, got); err != nil || diff != "" {
			t.Errorf("%s: %v (-want +got):\n%s", c.quoi, err, diff)
			continue
		}
		right++
	}
	t.Logf("documents measured: %d/%d", right, len(all))
}

// TestCutShort cuts every measured film and image: none is measured as whole.
func TestCutShort(t *testing.T) {
	whole := map[string][]byte{
		"mp4":  film{echelle: 1000, declaree: 180_000, stts: []uint32{4500, 40}, queue: true}.octets(),
		"webm": webm(infoEbml(1_000_000, duree64(180_000)), pistesEbml, el(0x1f43b675, el(0xe7, entier(1)))),
		"png":  png(800, 600),
		"webp": riff("VP8X", []byte{0, 0, 0, 0, 0x1f, 3, 0, 0x57, 2, 0}),
		"pdf":  pdfDe(2),
		"docx": archive(t, ooxml("wordprocessingml.document")...),
	}
	for nom, p := range whole {
		if _, err := mesure(p, ""); err != nil {
			t.Errorf("%s: the whole is refused: %v", nom, err)
		}
		for n := range len(p) - 6 { // a PDF may lose its last blank
			if m, err := mesure(p[:n], ""); err == nil && m.Type != "text/plain" {
				t.Errorf("%s: %d octets of %d give %+v", nom, n, len(p), m)
			}
		}
	}
}

// panne is a disk that fails after a while.
type panne struct{ p []byte }

var errDisque = errors.New("the disk is gone")

func (d panne) ReadAt(p []byte, off int64) (int, error) {
	if off+int64(len(p)) > int64(len(d.p))-4 {
		return 0, errDisque
	}
	return copy(p, d.p[off:]), nil
}

// TestReaderFails blames the disk, not the person.
func TestReaderFails(t *testing.T) {
	for nom, p := range map[string][]byte{"v.mp4": film{echelle: 1, declaree: 3, queue: true}.octets(), "a.pdf": pdfDe(1), "d.docx": archive(t, ooxml("wordprocessingml.document")...),
		"t.txt": bytes.Repeat([]byte("Bonjour "), 1000), "i.png": png(8, 6)} {
		_, err := piece.Mesurer(panne{p}, int64(len(p)), nom)
		if !errors.Is(err, errDisque) || fault.Of(err).Kind != fault.Internal {
			t.Errorf("%s: got %v, want the failure of the disk", nom, err)
		}
	}
	if _, err := piece.Mesurer(bytes.NewReader(pdfDe(1)), 5000, ""); !errors.Is(err, fault.Invalid) {
		t.Errorf("a document shorter than announced: %v", err)
	}
}
