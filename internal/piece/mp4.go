package piece

import (
	"encoding/binary"
	"time"
)

// maxBoites is how many boxes of one film are read: fragments of one second
// for a day.
const maxBoites = 1_000_000

// A film is what the boxes of an MP4 or MOV file say of its duration. A file
// may declare one duration and play another: the longest is the true one.
type film struct {
	*source
	reste    int    // boxes still allowed
	lu       bool   // the movie header was read
	echelle  uint32 // units a second of the movie
	declaree uint64 // units, the longest declared
	pistes   map[uint32]*piste
}

// A piste is one track.
type piste struct {
	echelle          uint32 // units a second
	unites           uint64 // sum of the durations of the samples
	defaut           uint32 // duration of a sample that does not say it
	image, son       bool
	decrite          bool // by a trak box
	largeur, hauteur int
}

// A boite is one box: its name, and its payload from debut to fin.
type boite struct {
	nom        string
	debut, fin int64
}

// lireMp4 measures an MP4 or MOV file: faststart or not, fragmented or not.
func lireMp4(s *source, m *Mesure) error {
	f := &film{source: s, reste: maxBoites, pistes: map[uint32]*piste{}}
	err := f.boites(0, s.taille, func(b boite) error {
		switch {
		case b.nom == "moov" && f.lu:
			return f.abime("two movies")
		case b.nom == "moov":
			return f.moov(b)
		case b.nom == "moof":
			return f.moof(b)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return f.conclut(m)
}

func (f *film) abime(cause string) error { return abime("cette vidéo", "mp4: "+cause) }

// conclut gives the measure its dimensions and its duration.
func (f *film) conclut(m *Mesure) error {
	longest, err := enDuree(f.declaree, f.echelle)
	if err != nil {
		return err
	}
	image := false
	for _, p := range f.pistes {
		if !p.image && !p.son {
			continue // subtitles, time codes
		}
		d, err := enDuree(p.unites, p.echelle)
		if err != nil {
			return err
		}
		longest = max(longest, d)
		if p.image {
			image = true
			m.Largeur, m.Hauteur = max(m.Largeur, p.largeur), max(m.Hauteur, p.hauteur)
		}
	}
	m.Duree = longest
	return concluVideo(image, longest)
}

// concluVideo refuses a film without pictures, or whose duration is unknown.
func concluVideo(image bool, d time.Duration) error {
	switch {
	case !image:
		return refus("PIECE_FORMAT", "Ce fichier ne contient pas d’image : envoyez une vidéo MP4.")
	case d <= 0:
		return refus("PIECE_ABIMEE", "La durée de cette vidéo ne peut pas être lue : enregistrez-la de nouveau en MP4, puis renvoyez-la.")
	}
	return nil
}

// maxDuree is the longest duration that is not nonsense.
const maxDuree = 1000 * time.Hour

// enDuree converts a count of units, of which a second has echelle.
func enDuree(unites uint64, echelle uint32) (time.Duration, error) {
	if unites == 0 {
		return 0, nil
	}
	if echelle == 0 || unites/uint64(echelle) > uint64(maxDuree/time.Second) {
		return 0, abime("cette vidéo", "nonsensical duration")
	}
	s, rest := unites/uint64(echelle), unites%uint64(echelle)
	return time.Duration(s)*time.Second + time.Duration(rest*uint64(time.Second)/uint64(echelle)), nil
}

// boites gives each box between de and a to visite, in order.
func (f *film) boites(de, a int64, visite func(boite) error) error {
	for off := de; off < a; {
		if f.reste--; f.reste < 0 {
			return f.abime("too many boxes")
		}
		h, ok := f.octets(off, 8)
		if !ok || a-off < 8 {
			if de > 0 && a-off < 8 {
				return nil // the zero that ends a list in old MOV files
			}
			return f.abime("cut short")
		}
		long, tete := int64(binary.BigEndian.Uint32(h)), int64(8)
		switch long {
		case 0:
			long = a - off // to the end
		case 1:
			h64, ok := f.octets(off+8, 8)
			if !ok || binary.BigEndian.Uint64(h64) > uint64(a) {
				return f.abime("a box longer than the file")
			}
			long, tete = int64(binary.BigEndian.Uint64(h64)), 16
		}
		if long < tete || long > a-off {
			return f.abime("a box out of its place")
		}
		if err := visite(boite{string(h[4:]), off + tete, off + long}); err != nil {
			return err
		}
		off += long
	}
	return nil
}

// dans gives the boxes of one name within b to visite.
func (f *film) dans(b boite, nom string, visite func(boite) error) error {
	return f.boites(b.debut, b.fin, func(b boite) error {
		if b.nom != nom {
			return nil
		}
		return visite(b)
	})
}

// moov reads the header of the movie and its tracks.
func (f *film) moov(b boite) error {
	f.lu = true
	return f.boites(b.debut, b.fin, func(b boite) error {
		switch b.nom {
		case "mvhd":
			e, d, err := f.horloge(b)
			f.echelle, f.declaree = e, max(f.declaree, d)
			return err
		case "trak":
			return f.trak(b)
		case "mvex":
			return f.mvex(b)
		case "cmov":
			return refus("PIECE_FORMAT", "Cette vidéo est d’une ancienne forme compressée : enregistrez-la de nouveau en MP4, puis renvoyez-la.")
		}
		return nil
	})
}

// horloge reads the time scale and the duration of mvhd or mdhd; all ones is
// an unknown duration, told as zero.
func (f *film) horloge(b boite) (echelle uint32, duree uint64, err error) {
	p, v1, ok := f.champs(b, 20, 32)
	switch {
	case !ok:
		return 0, 0, f.abime("a short header")
	case v1:
		echelle, duree = binary.BigEndian.Uint32(p[20:]), binary.BigEndian.Uint64(p[24:])
	default:
		echelle, duree = binary.BigEndian.Uint32(p[12:]), connue(binary.BigEndian.Uint32(p[16:]))
	}
	if duree == 1<<64-1 {
		duree = 0
	}
	return echelle, duree, nil
}

func connue(d uint32) uint64 {
	if d == 1<<32-1 {
		return 0
	}
	return uint64(d)
}

// champs reads the beginning of a box whose version 1 has wider fields.
func (f *film) champs(b boite, v0, v1 int) (p []byte, wide, ok bool) {
	p, ok = f.octets(b.debut, 4)
	if !ok {
		return nil, false, false
	}
	n := v0
	if wide = p[0] == 1; wide {
		n = v1
	}
	if p, ok = f.octets(b.debut, n); !ok || b.fin-b.debut < int64(n) {
		return nil, false, false
	}
	return p, wide, true
}

// trak reads one track: what it carries, its clock, its samples.
func (f *film) trak(b boite) error {
	var p piste
	var id uint32
	err := f.boites(b.debut, b.fin, func(b boite) error {
		switch b.nom {
		case "tkhd":
			h, wide, ok := f.champs(b, 84, 96)
			if !ok {
				return f.abime("a short track header")
			}
			id = binary.BigEndian.Uint32(h[12:])
			if wide {
				id = binary.BigEndian.Uint32(h[20:])
			}
			p.largeur, p.hauteur = int(binary.BigEndian.Uint16(h[len(h)-8:])), int(binary.BigEndian.Uint16(h[len(h)-4:]))
		case "mdia":
			return f.mdia(b, &p)
		}
		return nil
	})
	if q := f.pistes[id]; q != nil { // its default came first
		if q.decrite {
			return f.abime("two tracks of one number")
		}
		p.defaut = q.defaut
	}
	p.decrite = true
	f.pistes[id] = &p
	return err
}

func (f *film) mdia(b boite, p *piste) error {
	return f.boites(b.debut, b.fin, func(b boite) error {
		switch b.nom {
		case "mdhd":
			e, d, err := f.horloge(b)
			p.echelle, p.unites = e, max(p.unites, d)
			return err
		case "hdlr":
			if h, ok := f.octets(b.debut, 12); ok {
				p.image, p.son = p.image || string(h[8:]) == "vide", p.son || string(h[8:]) == "soun"
			}
		case "minf":
			return f.dans(b, "stbl", func(b boite) error {
				return f.dans(b, "stts", func(b boite) error {
					d, err := f.stts(b)
					p.unites = max(p.unites, d)
					return err
				})
			})
		}
		return nil
	})
}
