package piece

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"encoding/xml"
	"io"
	"path"
	"slices"
	"strings"
)

// The types of zip-based documents.
const (
	ooxml = "application/vnd.openxmlformats-officedocument."
	docx  = ooxml + "wordprocessingml.document"
	xlsx  = ooxml + "spreadsheetml.sheet"
	pptx  = ooxml + "presentationml.presentation"
	odf   = "application/vnd.oasis.opendocument."
)

// Bounds of a zip-based document.
const (
	maxArchive  = 128 << 20 // bytes, packed
	maxDeplie   = 256 << 20 // bytes, unpacked, all its files together
	maxFichiers = 5_000
	maxTable    = 1 << 20 // bytes of the directory at the end
	maxEntree   = 16 << 20
	finLong     = 22 // bytes of the record that ends an archive
)

// finArchive reports whether an archive reader would find an archive in the
// document: it looks for the record that ends one in the last 64 KB.
func (s *source) finArchive() bool {
	fin, ok := s.fin()
	return ok && (fin.fichiers > 0 || fin.debut > 0)
}

// A fin is the record that ends an archive, and where it stands.
type fin struct {
	ici, debut, taille int64 // of the record; of the directory, as it says
	fichiers           int
	complet            bool // nothing follows it, not even a comment
}

func (s *source) fin() (fin, bool) {
	n := min(s.taille, finLong+1<<16)
	p, ok := s.octets(s.taille-n, int(n))
	if !ok {
		return fin{}, false
	}
	for i := len(p) - finLong; i >= 0; i-- {
		if string(p[i:i+4]) == "PK\x05\x06" && i+finLong+int(binary.LittleEndian.Uint16(p[i+20:])) <= len(p) {
			return fin{ici: s.taille - n + int64(i), debut: int64(binary.LittleEndian.Uint32(p[i+16:])), taille: int64(binary.LittleEndian.Uint32(p[i+12:])),
				fichiers: int(binary.LittleEndian.Uint16(p[i+10:])), complet: i+finLong == len(p)}, true
		}
	}
	return fin{}, false
}

// lireBureautique reads a zip-based office document: its type from what it
// declares, every file of it unpacked once, within bounds.
func lireBureautique(s *source, m *Mesure) error {
	a := &archive{reste: maxDeplie}
	return a.lire(s, m)
}

// An archive is a document being unpacked, and one level of documents in it.
type archive struct {
	reste    int64 // bytes that may still be unpacked
	dedans   bool  // a document inside a document
	declare  string
	mimetype string
}

func (a *archive) lire(s *source, m *Mesure) error {
	if s.taille > maxArchive {
		return refus("PIECE_TAILLE", "Un document de plus de %s n’est pas admis. %s", poids(maxArchive), enPdf)
	}
	f, ok := s.fin()
	switch {
	case !ok:
		return abime("ce document", "zip: no end")
	case !f.complet || f.debut+f.taille != f.ici:
		return polyglotte() // something before, between or after
	case f.fichiers > maxFichiers || f.taille > maxTable:
		return refusBombe()
	}
	z, err := zip.NewReader(s, s.taille)
	if err != nil || len(z.File) != f.fichiers {
		return abime("ce document", "zip: directory")
	}
	if err := a.fichiers(z.File); err != nil {
		return err
	}
	return a.conclut(m)
}

// conclut names the document after what it declares to be.
func (a *archive) conclut(m *Mesure) error {
	declared := map[string]string{ooxml + "wordprocessingml.document.main+xml": docx, ooxml + "spreadsheetml.sheet.main+xml": xlsx, ooxml + "presentationml.presentation.main+xml": pptx}
	for main, mime := range declared {
		if strings.Contains(a.declare, main) {
			m.Type = mime
		}
	}
	if slices.Contains([]string{odf + "text", odf + "spreadsheet", odf + "presentation"}, a.mimetype) {
		if a.declare != "" {
			return polyglotte()
		}
		m.Type = a.mimetype
	}
	if m.Type == "application/zip" {
		return refusArchive()
	}
	return nil
}

func refusBombe() error {
	return refus("PIECE_BOMBE", "Ce document devient trop grand une fois ouvert. "+enPdf)
}

func refusMacro() error {
	return refus("PIECE_MACRO", "Ce document contient des macros : elles ne sont pas admises. Enregistrez-le sans macro (.docx, .xlsx, .pptx) ou en PDF, puis renvoyez-le.")
}

func refusJoint() error {
	return refus("PIECE_FICHIER_JOINT", "Ce document contient d’autres fichiers. Envoyez-les un par un, et le document sans eux ou en PDF.")
}

// fichiers checks the names, then unpacks every file.
func (a *archive) fichiers(files []*zip.File) error {
	seen := make(map[string]bool, len(files))
	var sum uint64
	for _, f := range files {
		nom := strings.ToLower(f.Name)
		switch {
		case f.Flags&1 != 0:
			return refus("PIECE_CHIFFREE", "Ce document est protégé par un mot de passe : enregistrez-le sans mot de passe, puis renvoyez-le.")
		case f.Method != zip.Store && f.Method != zip.Deflate:
			return abime("ce document", "zip: method")
		case seen[nom] || strings.ContainsAny(nom, "\\\x00") || strings.HasPrefix(nom, "/") || slices.Contains(strings.Split(nom, "/"), ".."):
			return abime("ce document", "zip: name")
		case active(nom):
			return refusMacro()
		}
		seen[nom] = true
		if sum += f.UncompressedSize64; sum > uint64(a.reste) || f.UncompressedSize64 > maxDeplie {
			return refusBombe()
		}
	}
	for _, f := range files {
		if err := a.fichier(f); err != nil {
			return err
		}
	}
	return nil
}

// active reports whether a name is that of macros or controls.
func active(nom string) bool {
	return strings.Contains(nom, "vbaproject") || strings.Contains(nom, "/macrosheets/") || strings.Contains(nom, "/activex/") ||
		strings.HasPrefix(nom, "basic/") || strings.HasPrefix(nom, "scripts/") || strings.Contains(nom, "/basic/") && strings.HasPrefix(nom, "object")
}

// fichier unpacks one file, and looks at what must be looked at.
func (a *archive) fichier(f *zip.File) error {
	r, err := f.Open()
	if err != nil {
		return abime("ce document", "zip: "+err.Error())
	}
	defer r.Close()
	kept := &bytes.Buffer{}
	head, err := io.CopyN(kept, r, 16)
	if err != nil && err != io.EOF {
		return abime("ce document", "zip: "+err.Error())
	}
	lu := regarde(strings.ToLower(f.Name), kept.Bytes())
	var to io.Writer = io.Discard
	if lu != nil {
		if f.UncompressedSize64 > maxEntree {
			return refusBombe()
		}
		to = kept
	}
	n, err := io.Copy(to, io.LimitReader(r, a.reste-head+1))
	if a.reste -= head + n; a.reste < 0 {
		return refusBombe()
	}
	if err != nil {
		return abime("ce document", "zip: "+err.Error())
	}
	if lu != nil {
		return lu(a, kept.Bytes())
	}
	return nil
}

// regarde returns what to do with the content of a file, from its name and its
// first bytes; nothing for most of them.
func regarde(nom string, head []byte) func(*archive, []byte) error {
	embedded := strings.Contains(nom, "/embeddings/")
	switch {
	case nom == "[content_types].xml":
		return (*archive).types
	case nom == "mimetype":
		return func(a *archive, p []byte) error { a.mimetype = string(p); return nil }
	case nom == "meta-inf/manifest.xml":
		return (*archive).manifeste
	case strings.HasSuffix(nom, ".rels"):
		return (*archive).liens
	case embedded && slices.Contains([]string{".xlsx", ".docx", ".pptx"}, path.Ext(nom)) && bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return (*archive).incorpore
	case embedded, joint(head):
		return func(*archive, []byte) error { return refusJoint() }
	}
	return nil
}

// joint reports whether a file inside a document is a document or a program of
// its own.
func joint(head []byte) bool {
	for _, magic := range []string{"PK\x03\x04", "Rar!\x1a", "7z\xbc\xaf", "%PDF-", "MZ", "\x7fELF", "\xd0\xcf\x11\xe0", "#!"} {
		if bytes.HasPrefix(head, []byte(magic)) {
			return true
		}
	}
	return false
}

// types reads what the parts of an Office document declare to be.
func (a *archive) types(p []byte) error {
	if low := strings.ToLower(string(p)); strings.Contains(low, "macroenabled") || strings.Contains(low, "vbaproject") || strings.Contains(low, "activex") {
		return refusMacro()
	}
	a.declare = string(p)
	return nil
}

// manifeste refuses an OpenDocument file that is encrypted.
func (a *archive) manifeste(p []byte) error {
	if bytes.Contains(p, []byte("encryption-data")) {
		return refus("PIECE_CHIFFREE", "Ce document est protégé par un mot de passe : enregistrez-le sans mot de passe, puis renvoyez-le.")
	}
	return nil
}

// liens refuses a document that loads something from elsewhere when it opens.
// A link to click is not loaded; the name of a local template goes nowhere.
func (a *archive) liens(p []byte) error {
	var rels struct {
		Relationship []struct {
			Type   string `xml:",attr"`
			Mode   string `xml:"TargetMode,attr"`
			Target string `xml:",attr"`
		}
	}
	if err := xml.Unmarshal(p, &rels); err != nil {
		return abime("ce document", "rels: "+err.Error())
	}
	for _, r := range rels.Relationship {
		local := strings.HasPrefix(strings.ToLower(r.Target), "file:///") && !strings.HasPrefix(r.Target[8:], `\\`)
		if strings.EqualFold(r.Mode, "External") && !strings.HasSuffix(r.Type, "/hyperlink") && !local {
			return refus("PIECE_LIEN", "Ce document charge des éléments depuis une autre adresse. "+enPdf)
		}
	}
	return nil
}

// incorpore reads a document inside a document, as the data of a chart is.
func (a *archive) incorpore(p []byte) error {
	if a.dedans {
		return refusJoint()
	}
	inner := &archive{reste: a.reste, dedans: true}
	err := inner.lire(&source{r: bytes.NewReader(p), taille: int64(len(p))}, &Mesure{Type: "application/zip"})
	a.reste = inner.reste
	return err
}
