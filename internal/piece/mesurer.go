package piece

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"unicode"

	"github.com/gabriel-vasile/mimetype"

	"guichet/internal/francais"
)

// entete is how much of a document decides its type.
const entete = 3072

// A format is one type of document that guichet takes.
type format struct {
	genre Genre
	nom   string // in a sentence
	exts  []string
	lire  func(*source, *Mesure) error
}

// formats are the types taken, by MIME type. What is not here is refused.
var formats = map[string]format{
	"application/pdf":    {Pdf, "un PDF", []string{".pdf"}, lirePdf},
	"image/jpeg":         {Image, "une image JPEG", []string{".jpg", ".jpeg", ".jpe", ".jfif"}, lireJpeg},
	"image/png":          {Image, "une image PNG", []string{".png"}, lirePng},
	"image/webp":         {Image, "une image WebP", []string{".webp"}, lireWebp},
	"video/mp4":          {Video, "une vidéo MP4", []string{".mp4", ".m4v"}, lireMp4},
	"video/x-m4v":        {Video, "une vidéo MP4", []string{".m4v", ".mp4"}, lireMp4},
	"video/quicktime":    {Video, "une vidéo MOV", []string{".mov", ".qt"}, lireMp4},
	"video/webm":         {Video, "une vidéo WebM", []string{".webm"}, lireEbml},
	"video/matroska":     {Video, "une vidéo MKV", []string{".mkv"}, lireEbml},
	"text/plain":         {Texte, "un texte simple", []string{".txt"}, lireTexte},
	"text/csv":           {Tableur, "un tableau CSV", []string{".csv"}, lireTexte},
	docx:                 {Texte, "un texte Word", []string{".docx"}, lireBureautique},
	xlsx:                 {Tableur, "un classeur Excel", []string{".xlsx"}, lireBureautique},
	pptx:                 {Presentation, "une présentation PowerPoint", []string{".pptx"}, lireBureautique},
	odf + "text":         {Texte, "un texte OpenDocument", []string{".odt"}, lireBureautique},
	odf + "spreadsheet":  {Tableur, "un classeur OpenDocument", []string{".ods"}, lireBureautique},
	odf + "presentation": {Presentation, "une présentation OpenDocument", []string{".odp"}, lireBureautique},
}

// Mesurer reads the document of taille bytes in r and says what it is. nom is
// the name the person gave it, or "" when it is not known: it only has to
// agree with the content. A document that is refused gives a fault.Invalid
// with a code; an error of r comes back as it is, wrapped.
func Mesurer(r io.ReaderAt, taille int64, nom string) (Mesure, error) {
	s := &source{r: r, taille: taille}
	m, err := s.mesure()
	if s.err != nil {
		return Mesure{}, fmt.Errorf("piece: read: %w", s.err)
	}
	if err != nil {
		return Mesure{}, err
	}
	return m.Sous(nom)
}

func (s *source) mesure() (Mesure, error) {
	if s.taille <= 0 {
		return Mesure{}, refus("PIECE_VIDE", "Ce fichier est vide : choisissez-en un autre.")
	}
	tete, ok := s.octets(0, int(min(s.taille, entete)))
	if !ok {
		return Mesure{}, abime("ce fichier", "shorter than announced")
	}
	mime, err := sorte(tete)
	if err != nil {
		return Mesure{}, err
	}
	m := Mesure{Type: mime, Octets: s.taille}
	if err := s.seule(mime, tete); err != nil {
		return Mesure{}, err
	}
	lire := lireBureautique // an archive says itself what it holds
	if mime != "application/zip" {
		lire = formats[mime].lire
	}
	if err := lire(s, &m); err != nil {
		return Mesure{}, err
	}
	m.Genre = formats[m.Type].genre
	h := sha256.New()
	if n, err := io.Copy(h, s.section(0, s.taille)); err != nil || n != s.taille {
		return Mesure{}, abime("ce fichier", "shorter than announced")
	}
	m.SHA256 = hex.EncodeToString(h.Sum(nil))
	return m, nil
}

// sorte returns the MIME type of a beginning, among the formats and
// application/zip.
func sorte(tete []byte) (string, error) {
	found := mimetype.Detect(tete)
	for t := found; t != nil; t = t.Parent() {
		if t.Is("application/zip") {
			return "application/zip", nil
		}
	}
	mime, _, _ := strings.Cut(found.String(), ";")
	if _, taken := formats[mime]; taken {
		return mime, nil
	}
	return "", refusType(found)
}

// refusType says of a type that is not taken what to send instead.
func refusType(t *mimetype.MIME) error {
	is := func(mimes ...string) bool {
		for up := t; up != nil; up = up.Parent() {
			if slices.ContainsFunc(mimes, up.Is) {
				return true
			}
		}
		return false
	}
	switch {
	case is("image/svg+xml"):
		return refus("PIECE_ACTIVE", "Une image SVG peut contenir un programme : elle n’est pas admise. Exportez-la en PNG ou en PDF.")
	case is("text/html", "application/xhtml+xml", "text/xml"):
		return refus("PIECE_ACTIVE", "Une page web n’est pas admise. "+enPdf)
	case is("application/vnd.microsoft.portable-executable", "application/x-elf", "application/x-mach-binary", "application/x-ms-shortcut",
		"application/x-java-applet", "text/javascript", "text/x-php", "text/x-python", "text/x-perl", "text/x-ruby", "text/x-lua", "text/x-tcl",
		"text/x-shellscript", "application/x-ms-installer", "application/x-shockwave-flash", "application/wasm"):
		return refus("PIECE_PROGRAMME", "Ce fichier est un programme : il n’est pas admis. "+ceQuiVa)
	case is("image/gif", "image/apng", "image/tiff", "image/bmp", "image/heic", "image/heif", "image/avif", "image/heic-sequence"):
		return refus("PIECE_FORMAT", "Ce format d’image n’est pas admis : enregistrez l’image en JPEG ou en PNG, ou en PDF si elle a plusieurs pages.")
	case is("application/msword", "application/vnd.ms-excel", "application/vnd.ms-powerpoint", "application/x-ole-storage", "text/rtf"):
		return refus("PIECE_FORMAT", "Ce document est d’un ancien format de bureautique, ou protégé par un mot de passe : enregistrez-le en .docx, .xlsx, .pptx ou PDF, sans mot de passe.")
	case strings.HasPrefix(t.String(), "video/"):
		return refus("PIECE_FORMAT", "Ce format de vidéo n’est pas admis : enregistrez la vidéo en MP4.")
	case strings.HasPrefix(t.String(), "audio/"):
		return refus("PIECE_FORMAT", "Un enregistrement sonore n’est pas admis : envoyez une vidéo MP4.")
	case is("application/x-7z-compressed", "application/x-rar-compressed", "application/x-tar", "application/gzip", "application/x-bzip2", "application/x-xz", "application/zstd"):
		return refusArchive()
	}
	return refus("PIECE_FORMAT", "Le type de ce fichier n’est pas admis. "+ceQuiVa)
}

func refusArchive() error {
	return refus("PIECE_ARCHIVE", "Une archive n’est pas admise : envoyez un par un les documents qu’elle contient.")
}

// seule refuses a document that is also of another type: a PDF reader looks
// for its mark in the first kilobyte, an archive reader starts from the end.
func (s *source) seule(mime string, tete []byte) error {
	debut := minuscules(tete[:min(len(tete), 1024)])
	if i := bytes.LastIndex(debut, []byte("%pdf-")); i > 0 {
		return polyglotte()
	}
	for _, mark := range []string{"<html", "<script", "<!doctype html", "<svg", "<?php"} {
		if bytes.Contains(debut, []byte(mark)) {
			return polyglotte()
		}
	}
	if mime != "application/zip" && s.finArchive() {
		return polyglotte()
	}
	return nil
}

// minuscules lowers the ASCII letters and keeps every other byte.
func minuscules(p []byte) []byte {
	low := bytes.Clone(p)
	for i, c := range low {
		if c >= 'A' && c <= 'Z' {
			low[i] = c + 'a' - 'A'
		}
	}
	return low
}

// Sous returns the measure of the document under the name a person gave it.
// It refuses a name that ends as another type does, or that hides its end.
func (m Mesure) Sous(nom string) (Mesure, error) {
	if strings.ContainsFunc(nom, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) }) {
		return Mesure{}, refus("PIECE_NOM", "Le nom de ce fichier contient des caractères invisibles : renommez-le, puis renvoyez-le.")
	}
	ext := strings.ToLower(path.Ext(strings.TrimRight(nom, " .")))
	if ext == ".csv" && m.Type == "text/plain" {
		m.Type, m.Genre = "text/csv", Tableur // a semicolon separates as well
	}
	f := formats[m.Type]
	if ext == ".txt" && m.Type == "text/csv" || ext == "" || slices.Contains(f.exts, ext) {
		return m, nil
	}
	return Mesure{}, refus("PIECE_NOM", "Le nom de ce fichier finit par « %s » alors que c’est %s : renommez-le pour qu’il finisse par %s, ou choisissez un autre fichier.",
		ext, f.nom, francais.Choix(f.exts...))
}
