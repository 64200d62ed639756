package piece

import (
	"bytes"
	"io"
)

// maxTexte is how many bytes of plain text are taken.
const maxTexte = 16 << 20

// lireTexte refuses a text that hides something else: bytes no text has, or
// the beginning of a page.
func lireTexte(s *source, _ *Mesure) error {
	if s.taille > maxTexte {
		return refus("PIECE_TAILLE", "Un texte simple de plus de %s n’est pas admis : envoyez-le en PDF ou en plusieurs fichiers.", poids(maxTexte))
	}
	text, err := io.ReadAll(s.section(0, s.taille))
	if err != nil || int64(len(text)) != s.taille {
		return abime("ce texte", "shorter than announced")
	}
	if bytes.IndexFunc(text, func(r rune) bool { return r < ' ' && r != '\t' && r != '\n' && r != '\r' && r != '\f' }) >= 0 {
		return abime("ce texte", "control characters")
	}
	low := minuscules(text)
	for _, mark := range []string{"<script", "<html", "<!doctype", "<?php"} {
		if bytes.Contains(low, []byte(mark)) {
			return polyglotte()
		}
	}
	return nil
}
