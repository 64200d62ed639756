package piece

import (
	"encoding/binary"
	"math"
	"time"
)

// The elements of WebM and MKV that are read.
const (
	ebmlEntete     = 0x1a45dfa3
	ebmlDocType    = 0x4282
	ebmlSegment    = 0x18538067
	ebmlInfo       = 0x1549a966
	ebmlEchelle    = 0x2ad7b1 // nanoseconds a unit
	ebmlDuree      = 0x4489   // a float, in units
	ebmlPistes     = 0x1654ae6b
	ebmlPiste      = 0xae
	ebmlSorte      = 0x83 // 1 for pictures
	ebmlVideo      = 0xe0
	ebmlLargeur    = 0xb0
	ebmlHauteur    = 0xba
	ebmlGrappe     = 0x1f43b675
	ebmlHeure      = 0xe7 // of a cluster, in units
	ebmlBloc       = 0xa3
	ebmlGroupe     = 0xa0
	ebmlBlocGroupe = 0xa1
	ebmlDureeBloc  = 0x9b
	ebmlJoints     = 0x1941a469
	ebmlIndex      = 0x1c53bb6b
	ebmlChapitres  = 0x1043a770
	ebmlEtiquettes = 0x1254c367
	ebmlSommaire   = 0x114d9b74
)

// maxElements is how many elements are read: four hours of pictures and sound.
const maxElements = 2_000_000

// maxUnite bounds a time in units, before any product with the scale.
const maxUnite = 1 << 52

// An ebml is what the elements of a WebM or MKV file say of its duration. The
// declared one may be absent or false: the end of the last block counts too.
type ebml struct {
	*source
	reste    int // elements still allowed
	segments int
	echelle  uint64  // nanoseconds a unit
	declaree float64 // units
	dernier  uint64  // units: the end of the last block
	image    bool
	m        *Mesure
}

// An element is its identifier and its payload; one of unknown size ends where
// its parent does, or where an element of a higher level begins.
type element struct {
	id         uint32
	debut, fin int64
	ouvert     bool // of unknown size
}

// lireEbml measures a WebM or MKV file.
func lireEbml(s *source, m *Mesure) error {
	e := &ebml{source: s, reste: maxElements, echelle: 1_000_000, m: m}
	_, err := e.elements(0, s.taille, func(x element) (bool, error) {
		switch x.id {
		case ebmlEntete:
			return false, e.entete(x)
		case ebmlSegment:
			if e.segments++; e.segments > 1 {
				return false, e.abime("two segments")
			}
			_, err := e.elements(x.debut, x.fin, e.segment)
			return false, err
		}
		return false, nil
	})
	if err != nil {
		return err
	}
	units := max(e.declaree, float64(e.dernier))
	ns := units * float64(e.echelle)
	if ns > float64(maxDuree) {
		return e.abime("nonsensical duration")
	}
	m.Duree = time.Duration(ns)
	return concluVideo(e.image, m.Duree)
}

func (e *ebml) abime(cause string) error { return abime("cette vidéo", "ebml: "+cause) }

// vint reads a variable-length number at off: its value with or without the
// mark of its length, and that length; zero when there is none.
func (e *ebml) vint(off int64, most int) (marked, value uint64, n int) {
	first, ok := e.octets(off, 1)
	if !ok || first[0] == 0 {
		return 0, 0, 0
	}
	for n = 1; first[0]&(0x80>>(n-1)) == 0; n++ {
	}
	if n > most {
		return 0, 0, 0
	}
	p, ok := e.octets(off, n)
	if !ok {
		return 0, 0, 0
	}
	for _, b := range p {
		marked = marked<<8 | uint64(b)
	}
	return marked, marked &^ (1 << (7 * n)), n
}

// elements gives each element between de and a to visite, in order, until it
// says to stop, and returns where the reading stopped.
func (e *ebml) elements(de, a int64, visite func(element) (stop bool, err error)) (int64, error) {
	off := de
	for off < a {
		if e.reste--; e.reste < 0 {
			return off, e.abime("too many elements")
		}
		id, _, n := e.vint(off, 4)
		_, long, k := e.vint(off+int64(n), 8)
		if n == 0 || k == 0 {
			return off, e.abime("an element out of its place")
		}
		x := element{id: uint32(id), debut: off + int64(n+k)}
		if x.ouvert = long == 1<<(7*k)-1; x.ouvert {
			if x.id != ebmlSegment && x.id != ebmlGrappe {
				return off, e.abime("an element without an end")
			}
			x.fin = a
		} else if long > uint64(max(a-x.debut, 0)) {
			return off, e.abime("cut short")
		} else {
			x.fin = x.debut + int64(long)
		}
		stop, err := visite(x)
		if err != nil || stop {
			return off, err
		}
		off = x.fin
		if x.ouvert && x.id == ebmlGrappe {
			if off, err = e.grappe(x); err != nil {
				return off, err
			}
		}
	}
	return off, nil
}

// entete checks that the file is of a kind that is known.
func (e *ebml) entete(x element) error {
	_, err := e.elements(x.debut, x.fin, func(x element) (bool, error) {
		if x.id != ebmlDocType {
			return false, nil
		}
		if p, ok := e.octets(x.debut, int(min(x.fin-x.debut, 16))); !ok || string(p) != "webm" && string(p) != "matroska" {
			return false, e.abime("another kind of file")
		}
		return false, nil
	})
	return err
}

// segment reads one element of the segment.
func (e *ebml) segment(x element) (bool, error) {
	var err error
	switch x.id {
	case ebmlInfo:
		_, err = e.elements(x.debut, x.fin, e.info)
	case ebmlPistes:
		_, err = e.elements(x.debut, x.fin, e.pistes)
	case ebmlGrappe:
		if !x.ouvert { // an open one is read by elements, which has to know its end
			_, err = e.grappe(x)
		}
	case ebmlJoints:
		err = refus("PIECE_FICHIER_JOINT", "Cette vidéo contient des fichiers joints : enregistrez-la de nouveau en MP4, puis renvoyez-la.")
	}
	return false, err
}

func (e *ebml) info(x element) (bool, error) {
	switch x.id {
	case ebmlEchelle:
		u, ok := e.entier(x)
		if !ok || u == 0 || u > uint64(time.Minute) {
			return false, e.abime("a nonsensical scale")
		}
		e.echelle = u
	case ebmlDuree:
		var d float64
		switch p, ok := e.octets(x.debut, int(min(x.fin-x.debut, 8))); {
		case ok && x.fin-x.debut == 4:
			d = float64(math.Float32frombits(binary.BigEndian.Uint32(p)))
		case ok && x.fin-x.debut == 8:
			d = math.Float64frombits(binary.BigEndian.Uint64(p))
		}
		if !(d >= 0 && d < maxUnite) { // not a number neither
			return false, e.abime("nonsensical duration")
		}
		e.declaree = max(e.declaree, d)
	}
	return false, nil
}

// entier reads an unsigned number of at most eight bytes.
func (e *ebml) entier(x element) (v uint64, ok bool) {
	if x.fin-x.debut > 8 {
		return 0, false
	}
	p, ok := e.octets(x.debut, int(x.fin-x.debut))
	for _, b := range p {
		v = v<<8 | uint64(b)
	}
	return v, ok
}

// pistes looks for pictures among the tracks, and for their dimensions.
func (e *ebml) pistes(x element) (bool, error) {
	if x.id != ebmlPiste {
		return false, nil
	}
	_, err := e.elements(x.debut, x.fin, func(x element) (bool, error) {
		switch x.id {
		case ebmlSorte:
			v, _ := e.entier(x)
			e.image = e.image || v == 1
		case ebmlVideo:
			_, err := e.elements(x.debut, x.fin, e.dimensions)
			return false, err
		}
		return false, nil
	})
	return false, err
}

// dimensions keeps the largest dimensions of the pictures.
func (e *ebml) dimensions(x element) (bool, error) {
	if x.id != ebmlLargeur && x.id != ebmlHauteur {
		return false, nil
	}
	v, ok := e.entier(x)
	if !ok || v > math.MaxInt32 {
		return false, e.abime("nonsensical dimensions")
	}
	if x.id == ebmlLargeur {
		e.m.Largeur = max(e.m.Largeur, int(v))
	} else {
		e.m.Hauteur = max(e.m.Hauteur, int(v))
	}
	return false, nil
}

// grappe reads the times of a cluster, and returns where it ends.
func (e *ebml) grappe(x element) (int64, error) {
	var heure uint64
	return e.elements(x.debut, x.fin, func(y element) (bool, error) {
		switch y.id {
		case ebmlHeure:
			v, ok := e.entier(y)
			if !ok || v > maxUnite {
				return false, e.abime("a nonsensical time")
			}
			heure = v
			e.dernier = max(e.dernier, v)
		case ebmlBloc:
			return false, e.bloc(y, heure, 0)
		case ebmlGroupe:
			return false, e.groupe(y, heure)
		case ebmlGrappe, ebmlIndex, ebmlEtiquettes, ebmlSommaire, ebmlInfo, ebmlPistes, ebmlChapitres, ebmlJoints:
			if !x.ouvert {
				return false, e.abime("an element out of its place")
			}
			return true, nil // it belongs to the segment
		}
		return false, nil
	})
}

// groupe reads a block that says its duration.
func (e *ebml) groupe(x element, heure uint64) error {
	var bloc element
	var duree uint64
	_, err := e.elements(x.debut, x.fin, func(y element) (bool, error) {
		switch y.id {
		case ebmlBlocGroupe:
			bloc = y
		case ebmlDureeBloc:
			v, ok := e.entier(y)
			if !ok || v > maxUnite {
				return false, e.abime("nonsensical duration")
			}
			duree = v
		}
		return false, nil
	})
	if err != nil || bloc.id == 0 {
		return err
	}
	return e.bloc(bloc, heure, duree)
}

// bloc keeps the end of a block: its cluster's time, its own, its duration.
func (e *ebml) bloc(x element, heure, duree uint64) error {
	_, _, n := e.vint(x.debut, 8)
	p, ok := e.octets(x.debut+int64(n), 2)
	if n == 0 || !ok || x.debut+int64(n)+2 > x.fin {
		return e.abime("a short block")
	}
	end := int64(heure) + int64(int16(binary.BigEndian.Uint16(p))) + int64(duree)
	e.dernier = max(e.dernier, uint64(max(end, 0)))
	return nil
}
