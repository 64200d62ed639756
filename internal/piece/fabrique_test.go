package piece_test

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"strings"
	"testing"
)

// boite is one box of an MP4 file.
func boite(nom string, parts ...[]byte) []byte {
	body := bytes.Join(parts, nil)
	return append(append(be32(uint32(8+len(body))), nom...), body...)
}

func be32(v ...uint32) []byte {
	var p []byte
	for _, x := range v {
		p = binary.BigEndian.AppendUint32(p, x)
	}
	return p
}

func be64(v uint64) []byte { return binary.BigEndian.AppendUint64(nil, v) }

// horloge is the body of mvhd or mdhd, in version 0 or 1, up to the duration.
func horloge(version int, echelle uint32, duree uint64) []byte {
	if version == 1 {
		return bytes.Join([][]byte{be32(1 << 24), be64(0), be64(0), be32(echelle), be64(duree)}, nil)
	}
	return be32(0, 0, 0, echelle, uint32(duree))
}

// A film is what mp4 writes.
type film struct {
	version   int
	echelle   uint32 // of the movie and of the track
	declaree  uint64 // mvhd
	media     uint64 // mdhd
	stts      []uint32
	mvex      [][]byte
	sorte     string // vide by default
	fragments [][]byte
	queue     bool // moov after mdat
}

func (f film) octets() []byte {
	if f.sorte == "" {
		f.sorte = "vide"
	}
	tkhd := append(be32(0, 0, 0, 1), make([]byte, 60)...)
	tkhd = append(tkhd, be32(640<<16, 360<<16)...)
	stts := append(be32(0, uint32(len(f.stts)/2)), be32(f.stts...)...)
	parts := [][]byte{boite("mvhd", horloge(f.version, f.echelle, f.declaree), make([]byte, 80)),
		boite("trak", boite("tkhd", tkhd),
			boite("mdia", boite("mdhd", horloge(f.version, f.echelle, f.media)), boite("hdlr", be32(0, 0), []byte(f.sorte), make([]byte, 13)),
				boite("minf", boite("stbl", boite("stts", stts)))))}
	if f.mvex != nil {
		parts = append(parts, boite("mvex", f.mvex...))
	}
	moov, mdat := boite("moov", parts...), boite("mdat", make([]byte, 100))
	all := [][]byte{boite("ftyp", []byte("isom"), be32(512), []byte("isomiso2avc1mp41"))}
	if f.queue {
		all = append(all, mdat, moov)
	} else {
		all = append(all, moov, mdat)
	}
	return bytes.Join(append(all, f.fragments...), nil)
}

// fragment is a moof and its data: n samples of the duration its runs say.
func fragment(tfhd []byte, truns ...[]byte) []byte {
	return append(boite("moof", boite("mfhd", be32(0, 1)), boite("traf", append([][]byte{boite("tfhd", tfhd)}, truns...)...)), boite("mdat", make([]byte, 20))...)
}

// el is one element of a WebM file.
func el(id uint32, parts ...[]byte) []byte {
	body := bytes.Join(parts, nil)
	return append(append(bytes.TrimLeft(be32(id), "\x00"), be64(uint64(len(body))|1<<56)...), body...)
}

// ouvert is an element of unknown size.
func ouvert(id uint32, parts ...[]byte) []byte {
	return append(append(bytes.TrimLeft(be32(id), "\x00"), 0xff), bytes.Join(parts, nil)...)
}

func entier(v uint64) []byte { return be64(v) }

// bloc is a simple block of track 1 at a time relative to its cluster.
func bloc(id uint32, relative int16) []byte {
	return el(id, []byte{0x81, byte(uint16(relative) >> 8), byte(relative), 0x80}, []byte("image"))
}

func enteteEbml(kind string) []byte { return el(0x1a45dfa3, el(0x4282, []byte(kind))) }

func infoEbml(echelle uint64, duree ...[]byte) []byte {
	return el(0x1549a966, append([][]byte{el(0x2ad7b1, entier(echelle))}, duree...)...)
}

func duree64(d float64) []byte { return el(0x4489, be64(math.Float64bits(d))) }

var pistesEbml = el(0x1654ae6b, el(0xae, el(0x83, []byte{1}), el(0xe0, el(0xb0, entier(640)), el(0xba, entier(360)))))

func webm(parts ...[]byte) []byte { return append(enteteEbml("webm"), el(0x18538067, parts...)...) }

// pdf writes a document of these objects, numbered from 1, the first its
// catalog; trailer is added to its trailer.
func pdf(trailer string, objects ...string) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	offsets := make([]int, len(objects))
	for i, o := range objects {
		offsets[i] = b.Len()
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	xref := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, o := range offsets {
		fmt.Fprintf(&b, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, trailer, xref)
	return b.Bytes()
}

// pages are the objects of a document of n pages; catalog and page are added
// to those dictionaries, more objects may follow from number n+3.
func pages(n int, catalog, page string) []string {
	objects := []string{"<< /Type /Catalog /Pages 2 0 R " + catalog + " >>", ""}
	var kids strings.Builder
	for i := range n {
		fmt.Fprintf(&kids, "%d 0 R ", i+3)
		objects = append(objects, "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] "+page+" >>")
	}
	objects[1] = fmt.Sprintf("<< /Type /Pages /Count %d /Kids [ %s] >>", n, kids.String())
	return objects
}

func pdfDe(n int) []byte { return pdf("", pages(n, "", "")...) }

// flux is a stream object.
func flux(dict string, data []byte) string {
	return fmt.Sprintf("<< /Length %d %s >>\nstream\n%s\nendstream", len(data), dict, data)
}

// A fichier is one file of an archive.
type fichier struct{ nom, contenu string }

func archive(t testing.TB, files ...fichier) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestSpeed) })
	for i, f := range files {
		h := &zip.FileHeader{Name: f.nom, Method: zip.Deflate}
		if i == 0 && f.nom == "mimetype" || f.contenu == "" { // a writer of packed bytes takes a megabyte
			h.Method = zip.Store
		}
		w, err := z.CreateHeader(h)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, f.contenu); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// ooxml are the files of an Office document, and more.
func ooxml(kind string, more ...fichier) []fichier {
	return append([]fichier{
		{"[Content_Types].xml", `<Types><Override PartName="/main.xml" ContentType="application/vnd.openxmlformats-officedocument.` + kind + `.main+xml"/></Types>`},
		{"_rels/.rels", `<Relationships><Relationship Id="rId1" Type="x/officeDocument" Target="main.xml"/></Relationships>`},
		{"main.xml", "<document>Bonjour</document>"},
	}, more...)
}

func odf(kind string, more ...fichier) []fichier {
	return append([]fichier{{"mimetype", "application/vnd.oasis.opendocument." + kind}, {"content.xml", "<document/>"},
		{"META-INF/manifest.xml", "<manifest/>"}}, more...)
}

// troncon is one chunk of a PNG file.
func troncon(nom string, data []byte) []byte {
	body := append([]byte(nom), data...)
	return append(append(be32(uint32(len(data))), body...), be32(crc32.ChecksumIEEE(body))...)
}

func png(largeur, hauteur uint32) []byte {
	return bytes.Join([][]byte{[]byte("\x89PNG\r\n\x1a\n"), troncon("IHDR", append(be32(largeur, hauteur), 8, 2, 0, 0, 0)), troncon("IDAT", make([]byte, 20)), troncon("IEND", nil)}, nil)
}

// jpeg is the segments of an image, the application segment first.
func jpeg(app []byte, largeur, hauteur uint16) []byte {
	b := append([]byte{0xff, 0xd8}, app...)
	b = append(b, 0xff, 0xc0, 0, 17, 8, byte(hauteur>>8), byte(hauteur), byte(largeur>>8), byte(largeur), 3, 1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1)
	return append(b, 0xff, 0xda, 0, 2, 1, 2, 3, 0xff, 0xd9)
}

var jfif = append([]byte{0xff, 0xe0, 0, 16}, "JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"...)

func riff(kind string, data []byte) []byte {
	body := append([]byte("WEBP"+kind), binary.LittleEndian.AppendUint32(nil, uint32(len(data)))...)
	body = append(body, data...)
	return append(binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(len(body))), body...)
}
