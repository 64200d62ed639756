package piece

import (
	"bufio"
	"encoding/binary"
	"io"
)

// maxUnites bounds a sum of durations, well before it overflows.
const maxUnites = 1 << 61

// table gives each row of n bytes, after the first de bytes of a box, to
// visite.
func (f *film) table(b boite, de, n int, visite func([]byte) error) error {
	r := bufio.NewReaderSize(f.section(b.debut+int64(de), b.fin), 1<<15)
	row := make([]byte, n)
	for {
		if _, err := io.ReadFull(r, row); err == io.EOF {
			return nil
		} else if err != nil {
			return f.abime("a short table")
		}
		if err := visite(row); err != nil {
			return err
		}
	}
}

// stts sums the durations of the samples of a track.
func (f *film) stts(b boite) (uint64, error) {
	h, ok := f.octets(b.debut, 8)
	if !ok || int64(binary.BigEndian.Uint32(h[4:]))*8 > b.fin-b.debut-8 {
		return 0, f.abime("a short table of samples")
	}
	b.fin = b.debut + 8 + int64(binary.BigEndian.Uint32(h[4:]))*8
	var sum uint64
	err := f.table(b, 8, 8, func(row []byte) error {
		return f.ajoute(&sum, uint64(binary.BigEndian.Uint32(row)), binary.BigEndian.Uint32(row[4:]))
	})
	return sum, err
}

// ajoute adds n samples of duration d.
func (f *film) ajoute(sum *uint64, n uint64, d uint32) error {
	more := n * uint64(d) // both below 1<<32
	if more > maxUnites || *sum > maxUnites-more {
		return f.abime("nonsensical duration")
	}
	*sum += more
	return nil
}

// mvex reads what a fragmented movie announces: its duration, and the duration
// of a sample by default.
func (f *film) mvex(b boite) error {
	return f.boites(b.debut, b.fin, func(b boite) error {
		switch b.nom {
		case "mehd":
			p, wide, ok := f.champs(b, 8, 12)
			switch {
			case !ok:
				return f.abime("a short fragment header")
			case wide && binary.BigEndian.Uint64(p[4:]) != 1<<64-1:
				f.declaree = max(f.declaree, binary.BigEndian.Uint64(p[4:]))
			case !wide:
				f.declaree = max(f.declaree, connue(binary.BigEndian.Uint32(p[4:])))
			}
		case "trex":
			p, ok := f.octets(b.debut, 16)
			if !ok || b.fin-b.debut < 16 {
				return f.abime("short defaults")
			}
			f.piste(p[4:]).defaut = binary.BigEndian.Uint32(p[12:])
		}
		return nil
	})
}

// piste returns the track whose number is in p. One that no trak box describes
// is neither picture nor sound, and does not count.
func (f *film) piste(p []byte) *piste {
	id := binary.BigEndian.Uint32(p)
	if f.pistes[id] == nil {
		f.pistes[id] = &piste{}
	}
	return f.pistes[id]
}

// moof sums the samples of one fragment, track by track.
func (f *film) moof(b boite) error {
	if !f.lu {
		return f.abime("a fragment before the movie")
	}
	return f.dans(b, "traf", f.traf)
}

// traf adds the samples of its runs to the track. Optional fields follow one
// another, each present when its flag is.
func (f *film) traf(b boite) error {
	var p *piste
	var defaut uint32
	return f.boites(b.debut, b.fin, func(b boite) error {
		h, ok := f.octets(b.debut, 8)
		if !ok || b.fin-b.debut < 8 {
			if b.nom == "tfhd" || b.nom == "trun" {
				return f.abime("a short fragment")
			}
			return nil
		}
		flags := binary.BigEndian.Uint32(h) & 0xffffff
		switch b.nom {
		case "tfhd":
			p = f.piste(h[4:])
			defaut = p.defaut
			at := int64(8)
			if flags&0x01 != 0 { // base data offset
				at += 8
			}
			if flags&0x02 != 0 { // sample description
				at += 4
			}
			if flags&0x08 != 0 {
				d, ok := f.octets(b.debut+at, 4)
				if !ok || b.debut+at+4 > b.fin {
					return f.abime("a short fragment")
				}
				defaut = binary.BigEndian.Uint32(d)
			}
		case "trun":
			if p == nil {
				return f.abime("a run before its track")
			}
			return f.trun(b, run{flags, binary.BigEndian.Uint32(h[4:]), defaut}, &p.unites)
		}
		return nil
	})
}

// A run is a series of samples of one fragment.
type run struct{ flags, n, defaut uint32 }

// trun adds the durations of one run to sum.
func (f *film) trun(b boite, r run, sum *uint64) error {
	if r.flags&0x100 == 0 {
		return f.ajoute(sum, uint64(r.n), r.defaut)
	}
	de, width := 8, 0
	for _, flag := range []uint32{0x01, 0x04} { // data offset, flags of the first sample
		if r.flags&flag != 0 {
			de += 4
		}
	}
	for _, flag := range []uint32{0x100, 0x200, 0x400, 0x800} { // duration, size, flags, composition
		if r.flags&flag != 0 {
			width += 4
		}
	}
	end := b.debut + int64(de) + int64(r.n)*int64(width)
	if end > b.fin {
		return f.abime("a short run")
	}
	b.fin = end
	return f.table(b, de, width, func(row []byte) error { return f.ajoute(sum, 1, binary.BigEndian.Uint32(row)) })
}
