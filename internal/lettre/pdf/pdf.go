// Package pdf writes tagged PDF 1.7 files: A4 pages, embedded subsets of
// TrueType fonts, a structure tree that tells the reading order, links, and
// the metadata a screen reader asks for. Equal calls give equal bytes: no
// clock, no random identifier.
//
// It does not know what a letter is, where a line ends, or how a page looks.
package pdf

import (
	"bytes"
	"fmt"
	"io"
	"time"
)

// Width and Height of a page, in points: A4.
const (
	Width  = 595.28
	Height = 841.89
)

// An Info describes the document. Every text is plain Unicode.
type Info struct {
	Title, Author, Subject string
	Lang                   string    // BCP 47, "fr-FR"
	Date                   time.Time // written as the date of creation and of modification
}

// A Writer gathers the pages and the structure of one document.
type Writer struct {
	info  Info
	pages []*Page
	fonts []*face
	root  *Element
	links []*link
}

// New returns an empty document.
func New(info Info) *Writer {
	return &Writer{info: info, root: &Element{role: Document}}
}

// Root returns the element that holds the whole document.
func (w *Writer) Root() *Element { return w.root }

// Pages returns the pages made so far, in order.
func (w *Writer) Pages() []*Page { return w.pages }

// Page adds an empty page.
func (w *Writer) Page() *Page {
	p := &Page{doc: w}
	w.pages = append(w.pages, p)
	return p
}

// face returns the use that this document makes of f.
func (w *Writer) face(f *Font) *face {
	for _, x := range w.fonts {
		if x.font == f {
			return x
		}
	}
	x := newFace(f, fmt.Sprintf("F%d", len(w.fonts)))
	w.fonts = append(w.fonts, x)
	return x
}

// WriteTo writes the file to out. The document must not change afterwards.
func (w *Writer) WriteTo(out io.Writer) (int64, error) {
	var f file
	catalog, info, pages := f.reserve(), f.reserve(), f.reserve()
	for _, p := range w.pages {
		p.ref = f.reserve()
	}
	for i, l := range w.links {
		l.ref, l.key = f.reserve(), len(w.pages)+i
	}
	fonts := w.writeFonts(&f)
	w.writePages(&f, pages, fonts)
	tree := w.writeStructure(&f)
	meta := f.reserve()
	f.stream(meta, "/Type /Metadata /Subtype /XML", plain, w.xmp())
	f.put(catalog, fmt.Sprintf("<< /Type /Catalog /Pages %v /Lang %s /MarkInfo << /Marked true >> /ViewerPreferences << /DisplayDocTitle true >> /StructTreeRoot %v /Metadata %v >>",
		pages, text(w.info.Lang), tree, meta))
	f.put(info, w.infoDict())
	n, err := f.finish(catalog, info).WriteTo(out)
	if err != nil {
		return n, fmt.Errorf("pdf: write: %w", err)
	}
	return n, nil
}

func (w *Writer) writePages(f *file, parent ref, fonts string) {
	var kids bytes.Buffer
	for i, p := range w.pages {
		content := f.reserve()
		f.stream(content, "", deflated, p.content())
		var annots bytes.Buffer
		for _, l := range p.links {
			fmt.Fprintf(&annots, " %v", l.ref)
			f.put(l.ref, l.dict(p.ref))
		}
		extra := ""
		if annots.Len() > 0 {
			extra = " /Annots [" + annots.String() + " ]"
		}
		f.put(p.ref, fmt.Sprintf("<< /Type /Page /Parent %v /MediaBox [0 0 %s %s] /Resources << /Font << %s >> >> /Contents %v /StructParents %d /Tabs /S%s >>",
			parent, number(Width), number(Height), fonts, content, i, extra))
		fmt.Fprintf(&kids, " %v", p.ref)
	}
	f.put(parent, fmt.Sprintf("<< /Type /Pages /Kids [%s ] /Count %d >>", kids.String(), len(w.pages)))
}

func (w *Writer) writeFonts(f *file) (resources string) {
	var b bytes.Buffer
	for _, x := range w.fonts {
		fmt.Fprintf(&b, "/%s %v ", x.name, x.write(f))
	}
	return b.String()
}
