package piece

import (
	"errors"
	"io"

	"guichet/internal/fault"
)

// Each refusal says what to send instead.
const (
	enPdf      = "Ouvrez le document, choisissez « Imprimer » puis « Enregistrer en PDF », et envoyez le PDF obtenu."
	ceQuiVa    = "Envoyez un PDF, une image JPEG, PNG ou WebP, une vidéo MP4, MOV, WebM ou MKV, ou un document .docx, .xlsx, .pptx, .odt, .ods ou .odp."
	unSeulType = "Ce fichier contient deux documents de types différents, l’un caché dans l’autre. Envoyez le document seul, enregistré de nouveau par l’application qui l’a fait."
)

// refus is a fault.Invalid with its machine code.
func refus(code, format string, args ...any) *fault.Fault {
	return fault.New(fault.Invalid, format, args...).Code(code)
}

func polyglotte() error { return refus("PIECE_POLYGLOTTE", unSeulType) }

// abime refuses what its own format does not allow; cause is for the log.
func abime(quoi, cause string) error {
	return refus("PIECE_ABIMEE", "Impossible de lire %s jusqu’au bout : le fichier est abîmé ou incomplet. Vérifiez qu’il s’ouvre chez vous, enregistrez-le de nouveau, puis renvoyez-le.", quoi).
		Because(errors.New(cause))
}

// A source is the document: what is read of it, within its size. It keeps the
// first failure of the reader below, which is nobody's fault but the machine's.
type source struct {
	r      io.ReaderAt
	taille int64
	err    error
}

// ReadAt reads as io.ReaderAt promises, and never past the announced size.
func (s *source) ReadAt(p []byte, off int64) (int, error) {
	if off < 0 || off >= s.taille {
		return 0, io.EOF
	}
	short := int64(len(p)) > s.taille-off
	if short {
		p = p[:s.taille-off]
	}
	n, err := s.r.ReadAt(p, off)
	if err != nil && !errors.Is(err, io.EOF) && s.err == nil {
		s.err = err
	}
	if n == len(p) {
		err = nil
		if short {
			err = io.EOF
		}
	}
	return n, err
}

// octets reads exactly n bytes at off; false when the document is shorter.
func (s *source) octets(off int64, n int) ([]byte, bool) {
	p := make([]byte, n)
	got, _ := s.ReadAt(p, off)
	return p, got == n
}

// section reads the bytes from debut to fin.
func (s *source) section(debut, fin int64) *io.SectionReader {
	return io.NewSectionReader(s, debut, fin-debut)
}

// cherche reports whether trouve finds what it looks for, which is shorter
// than 64 bytes, in the document read piece by piece.
func (s *source) cherche(trouve func([]byte) bool) bool {
	const chunk, overlap = 1 << 18, 64
	r := s.section(0, s.taille)
	for buf, kept := make([]byte, chunk), 0; ; kept = copy(buf, buf[chunk-overlap:]) {
		n, err := io.ReadFull(r, buf[kept:])
		if trouve(buf[:kept+n]) {
			return true
		}
		if err != nil {
			return false // the end; a failure of the reader is kept by the source
		}
	}
}
