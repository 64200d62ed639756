package importer

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
)

// Limits of one file, once unpacked.
const (
	maxOctets  = 256 << 20 // bytes
	maxTableur = 64 << 20  // bytes of a workbook
	maxLignes  = 200_000   // rows
	maxFormes  = 100_000   // outlines
)

// errTropGrand is the end of a reader that passed its limit.
var errTropGrand = errors.New("too large")

// A borne reads at most left bytes, then fails.
type borne struct {
	r    io.Reader
	left int64
}

func (b *borne) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errTropGrand
	}
	n, err := b.r.Read(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	return n, err
}

// A compteur tells how far a reading is, at each percent or megabyte.
type compteur struct {
	r         io.Reader
	fait, dit int64
	total     int64
	progres   func(fait, total int64)
}

func (c *compteur) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.fait += int64(n)
	step := max(c.total/100, 1<<16)
	if c.total == 0 {
		step = 1 << 20
	}
	if c.progres != nil && (c.fait-c.dit >= step || err == io.EOF && c.fait > c.dit) {
		c.dit = c.fait
		c.progres(c.fait, c.total)
	}
	return n, err
}

// deplie returns what r holds, unpacked when it is gzip, within the limits.
func deplie(r io.Reader) (*bufio.Reader, error) {
	b := bufio.NewReader(&borne{r, maxOctets})
	if magic, _ := b.Peek(2); !bytes.Equal(magic, []byte{0x1f, 0x8b}) {
		return b, nil
	}
	z, err := gzip.NewReader(b)
	if err != nil {
		return nil, err
	}
	return bufio.NewReader(&borne{z, maxOctets}), nil
}
