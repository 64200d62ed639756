package piece

import (
	"bytes"
	"encoding/binary"

	"guichet/internal/francais"
)

// Bounds of an image, far above a scanned plan and far below a bomb.
const (
	maxCote     = 20_000 // pixels
	maxPoints   = 150_000_000
	maxTroncons = 100_000 // chunks, segments
)

// dimensions keeps the size of the image, or refuses it.
func (m *Mesure) dimensions(largeur, hauteur int) error {
	if largeur <= 0 || hauteur <= 0 {
		return abime("cette image", "no pixel")
	}
	if largeur > maxCote || hauteur > maxCote || largeur*hauteur > maxPoints {
		return refus("PIECE_DIMENSIONS", "L’image mesure %s × %s points ; %s de côté et %s millions en tout au plus. Réduisez-la, puis renvoyez-la.",
			francais.Entier(int64(largeur)), francais.Entier(int64(hauteur)), francais.Entier(maxCote), francais.Entier(maxPoints/1_000_000))
	}
	m.Largeur, m.Hauteur, m.Pages = largeur, hauteur, 1
	return nil
}

// lirePng walks the chunks: the file ends where the image ends.
func lirePng(s *source, m *Mesure) error {
	off := int64(8)
	for n := range maxTroncons {
		h, ok := s.octets(off, 8)
		if !ok {
			return abime("cette image", "png: no end")
		}
		long, nom := int64(binary.BigEndian.Uint32(h)), string(h[4:])
		if n == 0 {
			dim, ok := s.octets(off+8, 8)
			if nom != "IHDR" || long != 13 || !ok {
				return abime("cette image", "png: no header")
			}
			if err := m.dimensions(int(binary.BigEndian.Uint32(dim)), int(binary.BigEndian.Uint32(dim[4:]))); err != nil {
				return err
			}
		}
		off += 12 + long
		switch {
		case off > s.taille:
			return abime("cette image", "png: cut short")
		case nom == "IEND" && off < s.taille:
			return polyglotte()
		case nom == "IEND":
			return nil
		}
	}
	return abime("cette image", "png: too many chunks")
}

// lireJpeg walks the segments to the dimensions. Cameras write more images
// after the first: what follows is only searched for what runs.
func lireJpeg(s *source, m *Mesure) error {
	off := int64(2)
	for range maxTroncons {
		h, ok := s.octets(off, 4)
		if !ok || h[0] != 0xff {
			return abime("cette image", "jpeg: no dimensions")
		}
		if h[1] == 0xff { // padding
			off++
			continue
		}
		long := int64(binary.BigEndian.Uint16(h[2:]))
		switch sof := h[1] >= 0xc0 && h[1] <= 0xcf && h[1] != 0xc4 && h[1] != 0xc8 && h[1] != 0xcc; {
		case long < 2 || h[1] < 0xc0 || h[1] >= 0xd0 && h[1] <= 0xda:
			return abime("cette image", "jpeg: no dimensions")
		case h[1] == 0xe0 && !s.jfif(off+4, long-2):
			return polyglotte()
		case sof:
			dim, ok := s.octets(off+5, 4)
			if !ok {
				return abime("cette image", "jpeg: cut short")
			}
			if err := m.dimensions(int(binary.BigEndian.Uint16(dim[2:])), int(binary.BigEndian.Uint16(dim))); err != nil {
				return err
			}
			return s.inerte()
		}
		off += 2 + long
	}
	return abime("cette image", "jpeg: too many segments")
}

// jfif reports whether the first application segment has the length its
// thumbnail gives it: a script hides in one that is longer.
func (s *source) jfif(off, long int64) bool {
	p, ok := s.octets(off, 14)
	if !ok || !bytes.HasPrefix(p, []byte("JFIF\x00")) {
		return ok // another application's segment, such as JFXX
	}
	return long == 14+3*int64(p[12])*int64(p[13])
}

// actif reports what runs, or is another document, inside an image.
func actif(p []byte) bool {
	low := minuscules(p)
	for _, mark := range []string{"<script", "<?php", "%pdf-1.", "rar!\x1a\x07", "7z\xbc\xaf\x27\x1c"} {
		if bytes.Contains(low, []byte(mark)) {
			return true
		}
	}
	return false
}

// inerte refuses an image that holds something else.
func (s *source) inerte() error {
	if s.cherche(actif) {
		return polyglotte()
	}
	return nil
}

// lireWebp reads the first chunk, which holds the dimensions.
func lireWebp(s *source, m *Mesure) error {
	h, ok := s.octets(0, 30)
	if !ok {
		return abime("cette image", "webp: cut short")
	}
	switch end := 8 + int64(binary.LittleEndian.Uint32(h[4:])); {
	case end > s.taille:
		return abime("cette image", "webp: cut short")
	case end < s.taille:
		return polyglotte()
	}
	switch string(h[12:16]) {
	case "VP8 ":
		return m.dimensions(int(binary.LittleEndian.Uint16(h[26:])&0x3fff), int(binary.LittleEndian.Uint16(h[28:])&0x3fff))
	case "VP8L":
		bits := binary.LittleEndian.Uint32(h[21:])
		return m.dimensions(int(bits&0x3fff)+1, int(bits>>14&0x3fff)+1)
	case "VP8X":
		return m.dimensions(vingtQuatre(h[24:])+1, vingtQuatre(h[27:])+1)
	}
	return abime("cette image", "webp: no dimensions")
}

func vingtQuatre(p []byte) int { return int(p[0]) | int(p[1])<<8 | int(p[2])<<16 }
