package piece_test

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"

	"guichet/internal/fault"
	"guichet/internal/piece"
)

// A refuse is a document that must not pass, the code and words it earns.
type refuse struct {
	cas
	code, words string
}

// chiffre protects a PDF with these passwords.
func chiffre(t testing.TB, user string) []byte {
	t.Helper()
	api.DisableConfigDir()
	conf := model.NewAESConfiguration(user, "proprietaire", 256)
	var out bytes.Buffer
	if err := api.Encrypt(bytes.NewReader(pdfDe(1)), &out, conf); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// objetsCaches hides one object in a compressed object stream, and n times 128
// blanks.
func objetsCaches(object string, n int) []byte {
	head := "5 0 "
	body := gonfle([]byte(head+object), bytes.Repeat([]byte{' '}, 128), n)
	objects := append(pages(1, "/OpenAction 5 0 R", ""), flux(fmt.Sprintf("/Type /ObjStm /N 1 /First %d /Filter /FlateDecode", len(head)), body))
	// a cross-reference stream, without which the object is not found
	p := pdf("", objects...)
	p = p[:bytes.LastIndex(p, []byte("xref\n0"))]
	at := len(p)
	var table []byte
	row := func(kind byte, where uint32, n byte) {
		table = append(append(append(table, kind), be32(where)...), n)
	}
	row(0, 0, 0)
	for i := range objects {
		row(1, uint32(bytes.Index(p, fmt.Appendf(nil, "\n%d 0 obj", i+1))+1), 0)
	}
	row(2, 4, 0)
	row(1, uint32(at), 0)
	return append(p, fmt.Sprintf("6 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF\n", flux("/Type /XRef /Size 7 /W [1 4 1] /Root 1 0 R", table), at)...)
}

// gonfle packs head, then n times block, without going through what it unpacks
// to: the race detector would look at each octet of it.
func gonfle(head, block []byte, n int) []byte {
	out := []byte{0x78, 0x01}
	a, b := uint64(1), uint64(0)
	pack := func(p []byte, n int) {
		var z bytes.Buffer
		w, _ := flate.NewWriter(&z, flate.BestSpeed)
		w.Write(p)
		w.Flush()
		out = append(out, bytes.Repeat(z.Bytes(), n)...)
		var sum, weighted uint64
		for i, c := range p {
			sum += uint64(c)
			weighted += uint64(len(p)-i) * uint64(c)
		}
		for range n { // Adler-32
			b = (b + uint64(len(p))*a + weighted) % 65521
			a = (a + sum) % 65521
		}
	}
	pack(head, 1)
	if n > 0 {
		pack(block, n)
	}
	return append(append(out, 1, 0, 0, 0xff, 0xff), be32(uint32(b<<16|a))...)
}

// taille makes the file of a megabyte of an archive say another size.
func taille(p []byte, n uint32) []byte {
	return bytes.ReplaceAll(p, binary.LittleEndian.AppendUint32(nil, 1<<20), binary.LittleEndian.AppendUint32(nil, n))
}

// recouvre is an archive of n names for one file of a megabyte.
func recouvre(n int) []byte {
	var data bytes.Buffer
	z := zip.NewWriter(&data)
	w, _ := z.Create("a")
	w.Write(make([]byte, 1<<20))
	z.Close()
	p := data.Bytes()
	dir := bytes.Index(p, []byte("PK\x01\x02"))
	end := bytes.Index(p, []byte("PK\x05\x06"))
	one := p[dir:end]
	out := slices.Clone(p[:dir])
	for i := range n {
		entry := slices.Clone(one)
		entry = append(entry[:46], fmt.Sprintf("%05d", i)...)
		binary.LittleEndian.PutUint16(entry[28:], 5)
		out = append(out, entry...)
	}
	tail := slices.Clone(p[end:])
	binary.LittleEndian.PutUint16(tail[8:], uint16(n))
	binary.LittleEndian.PutUint16(tail[10:], uint16(n))
	binary.LittleEndian.PutUint32(tail[12:], uint32(len(out)-dir))
	return append(out, tail...)
}

// corpus is what P32 promises to refuse, and more.
func corpus(t testing.TB) []refuse {
	docx := func(more ...fichier) []byte { return archive(t, ooxml("wordprocessingml.document", more...)...) }
	action := func(a string) []byte { return pdf("", pages(1, "/OpenAction << "+a+" >>", "")...) }
	gifjs := []byte("GIF89a/*\x00\x00\x00\x00\x00,\x00\x00\x00\x00*/=1;alert(1)//;")
	jpegjs := append([]byte{0xff, 0xd8, 0xff, 0xe0, 0x2f, 0x2a, 'J', 'F', 'I', 'F', 0, 1, 1, 0, 0, 1, 0, 1, 0, 0}, make([]byte, 0x2f2a-16)...)
	jpegjs = append(jpegjs, jpeg(jfif, 40, 30)[20:]...)
	film1 := film{echelle: 1000, declaree: 1000, stts: []uint32{25, 40}}
	kids := pages(2, "", "")
	kids[1] = "<< /Type /Pages /Count 2 /Kids [3 0 R 3 0 R] >>"
	loop := pages(1, "", "")
	loop[1] = "<< /Type /Pages /Count 1 /Kids [2 0 R] >>"
	lie := pages(12, "", "")
	lie[1] = strings.Replace(lie[1], "/Count 12", "/Count 10", 1)
	return []refuse{
		{cas{"nothing", "a.pdf", nil}, "PIECE_VIDE", "est vide"},
		{cas{"bytes of no kind", "a.pdf", []byte("\x01\x02\x03\x04\x00\xff\xfe")}, "PIECE_FORMAT", "n’est pas admis"},

		{cas{"PDF and ZIP", "a.pdf", append(pdfDe(1), docx()...)}, "PIECE_POLYGLOTTE", "deux documents"},
		{cas{"PDF and ZIP, the mark of the end copied after", "a.pdf", append(append(pdfDe(1), docx()...), "\n%%EOF\n"...)}, "PIECE_POLYGLOTTE", "deux documents"},
		{cas{"PDF not at its place", "a.pdf", append([]byte("bonjour\n"), pdfDe(1)...)}, "PIECE_POLYGLOTTE", "deux documents"},
		{cas{"PDF behind a page", "a.pdf", append([]byte("<html><!--"), pdfDe(1)...)}, "PIECE_POLYGLOTTE", "deux documents"},
		{cas{"PDF and a page in its first comment", "a.pdf", bytes.Replace(pdfDe(1), []byte("%\xe2"), []byte("%<script>alert(1)</script>\xe2"), 1)}, "PIECE_POLYGLOTTE", "deux documents"},
		{cas{"PDF and a page after it", "a.pdf", append(pdfDe(20), "<html><script>alert(1)</script>"...)}, "PIECE_POLYGLOTTE", "deux documents"},
		{cas{"PNG and PDF", "a.png", bytes.Join([][]byte{png(8, 8)[:33], troncon("tEXt", pdfDe(1)), png(8, 8)[33:]}, nil)}, "PIECE_POLYGLOTTE", "deux documents"},
		{cas{"PNG and ZIP", "a.png", append(png(8, 8), docx()...)}, "PIECE_POLYGLOTTE", "deux documents"},
		{cas{"PNG and anything", "a.png", append(png(8, 8), "bonjour"...)}, "PIECE_POLYGLOTTE", "deux documents"},
		{cas{"JPEG and ZIP", "a.jpg", append(jpeg(jfif, 4, 3), docx()...)}, "PIECE_POLYGLOTTE", "deux documents"},
		{cas{"JPEG and a page", "a.jpg", append(jpeg(jfif, 4, 3), "<SCRIPT>alert(1)</SCRIPT>"...)}, "PIECE_POLYGLOTTE", "deux documents"},
		{cas{"JPEG and RAR", "a.jpg", append(jpeg(jfif, 4, 3), "Rar!\x1a\x07\x01\x00"...)}, "PIECE_POLYGLOTTE", "deux documents"},
		{cas{"JPEG and JavaScript", "a.jpg", jpegjs}, "PIECE_POLYGLOTTE", "deux documents"},
		{cas{"WebP and anything", "a.webp", append(riff("VP8X", []byte{0, 0, 0, 0, 9, 0, 0, 9, 0, 0}), "bonjour !"...)}, "PIECE_POLYGLOTTE", "deux documents"},
		{cas{"GIF and JavaScript", "a.gif", gifjs}, "PIECE_FORMAT", "JPEG ou en PNG"},
		{cas{"a film and ZIP", "a.mp4", append(film1.octets(), docx()...)}, "PIECE_POLYGLOTTE", "deux documents"},
		{cas{"a text and a page", "a.txt", []byte("Bonjour,\n" + strings.Repeat("texte ", 900) + "<script src=x></script>")}, "PIECE_POLYGLOTTE", "deux documents"},
		{cas{"an archive behind a program", "a.docx", append([]byte("#!/bin/sh\nexit\n"), docx()...)}, "", "n’est pas admis"},
		{cas{"a document behind another archive", "a.docx", append(archive(t, fichier{"a", "b"}), docx()...)}, "PIECE_POLYGLOTTE", "deux documents"},
		{cas{"an Office and OpenDocument document", "a.odt", archive(t, append(odf("text"), ooxml("wordprocessingml.document")...)...)}, "PIECE_POLYGLOTTE", "deux documents"},

		{cas{"SVG", "a.svg", []byte(`<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`)}, "PIECE_ACTIVE", "PNG ou en PDF"},
		{cas{"SVG named PNG", "a.png", []byte(`<svg xmlns="http://www.w3.org/2000/svg"></svg>`)}, "PIECE_ACTIVE", "PNG ou en PDF"},
		{cas{"HTML", "a.html", []byte("<!DOCTYPE html><html><body>Bonjour</body></html>")}, "PIECE_ACTIVE", "page web"},
		{cas{"XHTML", "a.xhtml", []byte(`<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"/>`)}, "PIECE_ACTIVE", "page web"},
		{cas{"a program of Windows", "a.pdf", append([]byte("MZ\x90\x00\x03"), make([]byte, 100)...)}, "PIECE_PROGRAMME", "programme"},
		{cas{"a program of Linux", "a.pdf", append([]byte("\x7fELF\x02\x01\x01"), make([]byte, 100)...)}, "PIECE_PROGRAMME", "programme"},
		{cas{"a script", "a.txt", []byte("#!/bin/sh\nrm -rf /\n")}, "PIECE_PROGRAMME", "programme"},
		{cas{"PHP", "a.txt", []byte("<?php system($_GET['c']); ?>")}, "PIECE_PROGRAMME", "programme"},
		{cas{"an old document", "a.doc", append([]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), make([]byte, 600)...)}, "PIECE_FORMAT", ".docx"},
		{cas{"RTF", "a.rtf", []byte(`{\rtf1\ansi Bonjour}`)}, "PIECE_FORMAT", ".docx"},
		{cas{"sound alone", "a.mp4", film{echelle: 1000, declaree: 1000, stts: []uint32{25, 40}, sorte: "soun"}.octets()}, "PIECE_FORMAT", "ne contient pas d’image"},
		{cas{"a text with a zero", "a.txt", []byte("bonjour\x00" + strings.Repeat("x", 10))}, "PIECE_FORMAT", "n’est pas admis"},
		{cas{"a text with a zero, late", "a.txt", []byte(strings.Repeat("bonjour ", 1000) + "\x00")}, "PIECE_ABIMEE", "ce texte"},

		{cas{"PDF with a password", "a.pdf", chiffre(t, "secret")}, "PIECE_CHIFFREE", "sans protection"},
		{cas{"PDF with restrictions", "a.pdf", chiffre(t, "")}, "PIECE_CHIFFREE", "sans protection"},
		{cas{"PDF with a protection of no known kind", "a.pdf", pdf("/Encrypt 4 0 R /ID [<00> <00>]", append(pages(1, "", ""), "<< /Filter /Autre /V 9 >>")...)}, "PIECE_CHIFFREE", "sans protection"},
		{cas{"PDF with a protection in its trailer", "a.pdf", pdf("/Encrypt << /Filter /Standard /V 1 /R 2 /O (x) /U (x) /P -4 >> /ID [<00> <00>]", pages(1, "", "")...)}, "PIECE_CHIFFREE", "sans protection"},
		{cas{"PDF with a script", "a.pdf", action("/S /JavaScript /JS (app.alert\\(1\\))")}, "PIECE_SCRIPT", "Enregistrer en PDF"},
		{cas{"PDF with a script under another spelling", "a.pdf", action("/S /J#61vaScript /J#53 (app.alert\\(1\\))")}, "PIECE_SCRIPT", "Enregistrer en PDF"},
		{cas{"PDF with a script in a compressed object", "a.pdf", objetsCaches("<< /S /JavaScript /JS (app.alert\\(1\\)) >>", 0)}, "PIECE_SCRIPT", "Enregistrer en PDF"},
		{cas{"PDF with a script when a page opens", "a.pdf", pdf("", pages(1, "", "/AA << /O << /S /JavaScript /JS (1) >> >>")...)}, "PIECE_SCRIPT", "Enregistrer en PDF"},
		{cas{"PDF with named scripts", "a.pdf", pdf("", pages(1, "/Names << /JavaScript << /Names [] >> >>", "")...)}, "PIECE_SCRIPT", "Enregistrer en PDF"},
		{cas{"PDF with a dynamic form", "a.pdf", pdf("", append(pages(1, "/AcroForm << /Fields [] /XFA 4 0 R >>", ""), flux("", []byte("<xdp/>")))...)}, "PIECE_SCRIPT", "Enregistrer en PDF"},
		{cas{"PDF that launches", "a.pdf", action("/S /Launch /F (cmd.exe)")}, "PIECE_LANCEMENT", "Enregistrer en PDF"},
		{cas{"PDF that launches from a link", "a.pdf", pdf("", pages(1, "", "/Annots [<< /Subtype /Link /A << /S /Launch /F (x) >> >>]")...)}, "PIECE_LANCEMENT", "Enregistrer en PDF"},
		{cas{"PDF that imports", "a.pdf", action("/S /ImportData /F (x)")}, "PIECE_LANCEMENT", "Enregistrer en PDF"},
		{cas{"PDF with a file", "a.pdf", pdf("", append(pages(1, "/Names << /EmbeddedFiles << /Names [(a) 4 0 R] >> >>", ""), "<< /Type /Filespec /EF << /F 5 0 R >> >>", flux("/Type /EmbeddedFile", []byte("x")))...)}, "PIECE_FICHIER_JOINT", "un par un"},
		{cas{"PDF with a file nobody names", "a.pdf", pdf("", append(pages(1, "", ""), flux("/Type /EmbeddedFile", []byte("x")))...)}, "PIECE_FICHIER_JOINT", "un par un"},
		{cas{"PDF with a file on a page", "a.pdf", pdf("", pages(1, "", "/Annots [<< /Subtype /FileAttachment >>]")...)}, "PIECE_FICHIER_JOINT", "un par un"},
		{cas{"PDF that is a portfolio", "a.pdf", pdf("", pages(1, "/Collection << >>", "")...)}, "PIECE_FICHIER_JOINT", "un par un"},
		{cas{"PDF that opens a file inside", "a.pdf", action("/S /GoToE /D [0 /Fit]")}, "PIECE_FICHIER_JOINT", "un par un"},
		{cas{"PDF that announces ten pages and has twelve", "a.pdf", pdf("", lie...)}, "PIECE_ABIMEE", "ce PDF"},
		{cas{"PDF with a page twice", "a.pdf", pdf("", kids...)}, "PIECE_ABIMEE", "ce PDF"},
		{cas{"PDF whose pages loop", "a.pdf", pdf("", loop...)}, "PIECE_ABIMEE", "ce PDF"},
		{cas{"PDF without pages", "a.pdf", pdf("", pages(0, "", "")...)}, "PIECE_ABIMEE", "ce PDF"},
		{cas{"PDF without an end", "a.pdf", []byte("%PDF-1.7\nbonjour")}, "PIECE_ABIMEE", "ce PDF"},
		{cas{"PDF that grows sixty times", "a.pdf", objetsCaches("<< >>", 600_000)}, "PIECE_BOMBE", "trop grand"},

		{cas{"64 k × 64 k PNG", "a.png", png(65_535, 65_535)}, "PIECE_DIMENSIONS", "65 535 × 65 535"},
		{cas{"a PNG as a ribbon", "a.png", png(30_000, 2)}, "PIECE_DIMENSIONS", "30 000 × 2"},
		{cas{"a PNG of too many points", "a.png", png(19_000, 19_000)}, "PIECE_DIMENSIONS", "150 millions"},
		{cas{"a PNG without a point", "a.png", png(0, 5)}, "PIECE_ABIMEE", "cette image"},
		{cas{"64 k × 64 k JPEG", "a.jpg", jpeg(jfif, 65_535, 65_535)}, "PIECE_DIMENSIONS", "65 535 × 65 535"},
		{cas{"16 k × 16 k WebP", "a.webp", riff("VP8L", append([]byte{0x2f, 0xff, 0xff, 0xff, 0x0f}, make([]byte, 7)...))}, "PIECE_DIMENSIONS", "16 384 × 16 384"},

		{cas{"macros of Word", "a.docm", docx(fichier{"word/vbaProject.bin", "x"})}, "PIECE_MACRO", "sans macro"},
		{cas{"macros under the name of a document without", "a.docx", docx(fichier{"word/vbaProject.bin", "x"})}, "PIECE_MACRO", "sans macro"},
		{cas{"macros of old Excel", "a.xlsx", archive(t, ooxml("spreadsheetml.sheet", fichier{"xl/macrosheets/sheet1.xml", "x"})...)}, "PIECE_MACRO", "sans macro"},
		{cas{"macros declared alone", "a.docx", archive(t, fichier{"[Content_Types].xml", `<Types ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/>`})}, "PIECE_MACRO", "sans macro"},
		{cas{"a control", "a.docx", docx(fichier{"word/activeX/activeX1.xml", "x"})}, "PIECE_MACRO", "sans macro"},
		{cas{"macros of OpenDocument", "a.odt", archive(t, odf("text", fichier{"Basic/Standard/Module1.xml", "x"})...)}, "PIECE_MACRO", "sans macro"},
		{cas{"scripts of OpenDocument", "a.odt", archive(t, odf("text", fichier{"Scripts/python/a.py", "x"})...)}, "PIECE_MACRO", "sans macro"},
		{cas{"macros in the data of a chart", "a.docx", docx(fichier{"word/embeddings/a.xlsx", string(archive(t, ooxml("spreadsheetml.sheet", fichier{"xl/vbaProject.bin", "x"})...))})}, "PIECE_MACRO", "sans macro"},
		{cas{"a template from elsewhere", "a.docx", docx(fichier{"word/_rels/settings.xml.rels", `<Relationships><Relationship Type="x/attachedTemplate" TargetMode="External" Target="https://exemple.fr/a.dotm"/></Relationships>`})}, "PIECE_LIEN", "autre adresse"},
		{cas{"a template from a share", "a.docx", docx(fichier{"word/_rels/settings.xml.rels", `<Relationships><Relationship Type="x/attachedTemplate" TargetMode="External" Target="file:///\\serveur\a.dotm"/></Relationships>`})}, "PIECE_LIEN", "autre adresse"},
		{cas{"an OpenDocument text with a password", "a.odt", archive(t, odf("text", fichier{"meta-inf/Manifest.xml", "x"})...)}, "PIECE_ABIMEE", "ce document"},
		{cas{"an OpenDocument text with a password, declared", "a.odt", archive(t, fichier{"mimetype", "application/vnd.oasis.opendocument.text"}, fichier{"META-INF/manifest.xml", "<manifest:encryption-data/>"})}, "PIECE_CHIFFREE", "sans mot de passe"},
		{cas{"an object in a document", "a.docx", docx(fichier{"word/embeddings/oleObject1.bin", "\xd0\xcf\x11\xe0" + strings.Repeat("x", 20)})}, "PIECE_FICHIER_JOINT", "un par un"},
		{cas{"a program in a document", "a.docx", docx(fichier{"word/media/image1.png", "MZ\x90\x00" + strings.Repeat("x", 20)})}, "PIECE_FICHIER_JOINT", "un par un"},
		{cas{"nested archives", "a.docx", docx(fichier{"word/a.zip", string(docx())})}, "PIECE_FICHIER_JOINT", "un par un"},
		{cas{"documents in documents in documents", "a.docx", docx(fichier{"word/embeddings/a.docx", string(docx(fichier{"word/embeddings/a.docx", string(docx())}))})}, "PIECE_FICHIER_JOINT", "un par un"},
		{cas{"a plain archive", "a.zip", archive(t, fichier{"a.txt", "bonjour"})}, "PIECE_ARCHIVE", "un par un"},
		{cas{"a plain archive under another name", "a.docx", archive(t, fichier{"a.txt", "bonjour"})}, "PIECE_ARCHIVE", "un par un"},
		{cas{"gzip", "a.gz", []byte("\x1f\x8b\x08\x00\x00\x00\x00\x00")}, "PIECE_ARCHIVE", "un par un"},
		{cas{"one file of 300 MB", "a.docx", taille(docx(fichier{"word/a.xml", strings.Repeat("a", 1<<20)}), 300<<20)}, "PIECE_BOMBE", "trop grand"},
		{cas{"a thousand names for one file", "a.docx", recouvre(1000)}, "PIECE_BOMBE", "trop grand"},
		{cas{"too many files", "a.docx", docx(slices.Repeat([]fichier{{"word/a.xml", ""}}, 5_000)...)}, "PIECE_BOMBE", "trop grand"},
		{cas{"a file larger than it says", "a.docx", taille(docx(fichier{"word/a.xml", strings.Repeat("a", 1<<20)}), 100)}, "PIECE_ABIMEE", "ce document"},
		{cas{"a name that climbs", "a.docx", docx(fichier{"../../etc/passwd", "x"})}, "PIECE_ABIMEE", "ce document"},
		{cas{"a name twice", "a.docx", docx(fichier{"MAIN.xml", "x"})}, "PIECE_ABIMEE", "ce document"},

		{cas{"a film without a duration", "a.mp4", film{echelle: 1000}.octets()}, "PIECE_ABIMEE", "durée"},
		{cas{"a film without a clock", "a.mp4", film{echelle: 0, declaree: 5}.octets()}, "PIECE_ABIMEE", "cette vidéo"},
		{cas{"a film of a century", "a.mp4", film{echelle: 1, declaree: 1 << 31}.octets()}, "PIECE_ABIMEE", "cette vidéo"},
		{cas{"samples whose sum comes round to five seconds", "a.mp4", film{echelle: 1, declaree: 1, stts: []uint32{1<<32 - 1, 1<<32 - 1, 2, 1<<32 - 1, 1, 5001}}.octets()}, "PIECE_ABIMEE", "cette vidéo"},
		{cas{"two movies", "a.mp4", append(film1.octets(), film1.octets()...)}, "PIECE_ABIMEE", "cette vidéo"},
		{cas{"a table of samples longer than the file", "a.mp4", bytes.Replace(film1.octets(), append([]byte("stts"), be32(0, 1)...), append([]byte("stts"), be32(0, 1<<30)...), 1)}, "PIECE_ABIMEE", "cette vidéo"},
		{cas{"a WebM without pictures", "a.webm", webm(infoEbml(1_000_000, duree64(5000)))}, "PIECE_FORMAT", "ne contient pas d’image"},
		{cas{"a WebM of no length", "a.webm", webm(infoEbml(1_000_000), pistesEbml)}, "PIECE_ABIMEE", "durée"},
		{cas{"a duration that is not a number", "a.webm", webm(infoEbml(1_000_000, el(0x4489, be64(0x7ff8<<48))), pistesEbml)}, "PIECE_ABIMEE", "jusqu’au bout"},
		{cas{"a negative duration", "a.webm", webm(infoEbml(1_000_000, duree64(-5)), pistesEbml)}, "PIECE_ABIMEE", "cette vidéo"},
		{cas{"a scale of zero", "a.webm", webm(infoEbml(0, duree64(5)), pistesEbml)}, "PIECE_ABIMEE", "cette vidéo"},
		{cas{"two segments", "a.webm", append(webm(infoEbml(1_000_000, duree64(5000)), pistesEbml), el(0x18538067)...)}, "PIECE_ABIMEE", "cette vidéo"},
		{cas{"files joined to a film", "a.mkv", webm(infoEbml(1_000_000, duree64(5000)), pistesEbml, el(0x1941a469, []byte("x")))}, "PIECE_FICHIER_JOINT", "MP4"},

		{cas{"an image under the name of a PDF", "devis.pdf", png(8, 8)}, "PIECE_NOM", "« .pdf » alors que c’est une image PNG"},
		{cas{"a PDF under the name of a program", "devis.pdf.exe", pdfDe(1)}, "PIECE_NOM", "« .exe » alors que c’est un PDF"},
		{cas{"a PDF under the name of a program and blanks", "devis.pdf.exe . ", pdfDe(1)}, "PIECE_NOM", "« .exe »"},
		{cas{"a name written from right to left", "devis\u202efdp.exe", pdfDe(1)}, "PIECE_NOM", "invisibles"},
		{cas{"a name with a zero", "devis.exe\x00.pdf", pdfDe(1)}, "PIECE_NOM", "invisibles"},
	}
}

// TestRefuses refuses the whole corpus, each with its code and what to do.
func TestRefuses(t *testing.T) {
	all := corpus(t)
	right := 0
	for _, c := range all {
		got, err := mesure(c.p, c.nom)
		f := fault.Of(err)
		switch {
		case err == nil:
			t.Errorf("%s: measured as %+v", c.quoi, got)
		case !errors.Is(err, fault.Invalid) || got != (piece.Mesure{}):
			t.Errorf("%s: got %v, %+v; want a fault alone", c.quoi, err, got)
		case c.code != "" && !slices.Contains(f.Codes, c.code) || len(f.Codes) != 1 || !strings.HasPrefix(f.Codes[0], "PIECE_"):
			t.Errorf("%s: got the codes %v, want %s (%v)", c.quoi, f.Codes, c.code, err)
		case !strings.Contains(plain.Replace(f.Message), c.words) || !strings.HasSuffix(f.Message, "."):
			t.Errorf("%s: got « %s », want « %s » in a sentence", c.quoi, f.Message, c.words)
		default:
			right++
		}
	}
	t.Logf("documents refused: %d/%d", right, len(all))
}

// plain makes every space an ordinary one.
var plain = strings.NewReplacer("\u202f", " ", "\u00a0", " ")
