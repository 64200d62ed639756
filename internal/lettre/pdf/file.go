package pdf

import (
	"bytes"
	"compress/zlib"
	"crypto/sha256"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
)

// A ref is the number of an object of the file.
type ref int

// String writes the reference, "12 0 R".
func (r ref) String() string { return strconv.Itoa(int(r)) + " 0 R" }

// A file holds the objects in the order they are written.
type file struct {
	body    bytes.Buffer
	offsets []int // of object i+1
}

func (f *file) reserve() ref {
	f.offsets = append(f.offsets, 0)
	return ref(len(f.offsets))
}

const header = "%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"

func (f *file) begin(r ref) {
	if f.body.Len() == 0 {
		f.body.WriteString(header)
	}
	f.offsets[r-1] = f.body.Len()
	fmt.Fprintf(&f.body, "%d 0 obj\n", int(r))
}

// put writes the object r.
func (f *file) put(r ref, object string) {
	f.begin(r)
	f.body.WriteString(object + "\nendobj\n")
}

// A filter is how a stream is stored.
type filter int

const (
	plain filter = iota
	deflated
)

// stream writes the object r as a stream with these entries in its
// dictionary.
func (f *file) stream(r ref, entries string, how filter, data []byte) {
	if how == deflated {
		var b bytes.Buffer
		z, _ := zlib.NewWriterLevel(&b, zlib.BestCompression) // a level that exists
		_, _ = z.Write(data)                                  // a Buffer never fails
		_ = z.Close()
		data, entries = b.Bytes(), entries+" /Filter /FlateDecode"
	}
	f.begin(r)
	fmt.Fprintf(&f.body, "<< %s /Length %d >>\nstream\n", strings.TrimSpace(entries), len(data))
	f.body.Write(data)
	f.body.WriteString("\nendstream\nendobj\n")
}

// finish writes the table of objects and the trailer. The identifier of the
// file is a digest of what it holds.
func (f *file) finish(catalog, info ref) *bytes.Buffer {
	id := sha256.Sum256(f.body.Bytes())
	start := f.body.Len()
	fmt.Fprintf(&f.body, "xref\n0 %d\n0000000000 65535 f \n", len(f.offsets)+1)
	for _, o := range f.offsets {
		fmt.Fprintf(&f.body, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(&f.body, "trailer\n<< /Size %d /Root %v /Info %v /ID [<%x> <%x>] >>\nstartxref\n%d\n%%%%EOF\n",
		len(f.offsets)+1, catalog, info, id[:16], id[:16], start)
	return &f.body
}

// number writes a length to the hundredth of a point.
func number(x float64) string {
	s := strconv.FormatFloat(x, 'f', 2, 64)
	s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	if s == "-0" {
		return "0"
	}
	return s
}

// text writes a Unicode text string.
func text(s string) string {
	var b strings.Builder
	b.WriteString("<FEFF")
	for _, u := range utf16.Encode([]rune(s)) {
		fmt.Fprintf(&b, "%04X", u)
	}
	return b.String() + ">"
}
