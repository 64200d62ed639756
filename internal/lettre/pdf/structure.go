package pdf

import (
	"bytes"
	"fmt"
)

// A Role is what an element of the structure is.
type Role string

// The roles of PDF 1.7 that a letter needs.
const (
	Document  Role = "Document"
	Paragraph Role = "P"
	H1        Role = "H1"
	H2        Role = "H2"
	H3        Role = "H3"
	H4        Role = "H4"
	H5        Role = "H5"
	List      Role = "L" // bulleted
	Numbered  Role = "L/Decimal"
	Item      Role = "LI"
	Label     Role = "Lbl"
	Body      Role = "LBody"
	Table     Role = "Table"
	TableHead Role = "THead"
	TableBody Role = "TBody"
	Row       Role = "TR"
	Header    Role = "TH" // of a column
	Cell      Role = "TD"
	Link      Role = "Link"
)

// tag is the name of the role in the file; attributes are what it always says.
func (r Role) tag() (name, attributes string) {
	switch r {
	case List:
		return "L", " /A << /O /List /ListNumbering /Disc >>"
	case Numbered:
		return "L", " /A << /O /List /ListNumbering /Decimal >>"
	case Header:
		return "TH", " /A << /O /Table /Scope /Column >>"
	}
	return string(r), ""
}

// An Element is a node of the structure tree. Its children and its content
// are read in the order they were added.
type Element struct {
	role   Role
	parent *Element
	kids   []any // *Element, content, *link
	ref    ref
}

// content is a marked part of a page.
type content struct {
	page *Page
	id   int
}

// Child adds an element at the end of e.
func (e *Element) Child(r Role) *Element {
	c := &Element{role: r, parent: e}
	e.kids = append(e.kids, c)
	return c
}

// writeStructure writes the tree, and the table that leads from a marked part
// of a page, or from a link, to its element.
func (w *Writer) writeStructure(f *file) ref {
	tree := f.reserve()
	w.root.assign(f)
	w.root.write(f, tree)

	var nums bytes.Buffer
	for i, p := range w.pages {
		fmt.Fprintf(&nums, "%d [", i)
		for _, e := range p.marked {
			fmt.Fprintf(&nums, " %v", e.ref)
		}
		nums.WriteString(" ] ")
	}
	for _, l := range w.links {
		fmt.Fprintf(&nums, "%d %v ", l.key, l.in.ref)
	}
	parents := f.reserve()
	f.put(parents, "<< /Nums [ "+nums.String()+"] >>")
	f.put(tree, fmt.Sprintf("<< /Type /StructTreeRoot /K %v /ParentTree %v /ParentTreeNextKey %d >>", w.root.ref, parents, len(w.pages)+len(w.links)))
	return tree
}

func (e *Element) assign(f *file) {
	e.ref = f.reserve()
	for _, k := range e.kids {
		if c, ok := k.(*Element); ok {
			c.assign(f)
		}
	}
}

func (e *Element) write(f *file, parent ref) {
	var kids bytes.Buffer
	for _, k := range e.kids {
		switch k := k.(type) {
		case *Element:
			fmt.Fprintf(&kids, " %v", k.ref)
		case content:
			fmt.Fprintf(&kids, " << /Type /MCR /Pg %v /MCID %d >>", k.page.ref, k.id)
		case *link:
			fmt.Fprintf(&kids, " << /Type /OBJR /Pg %v /Obj %v >>", k.page.ref, k.ref)
		}
	}
	name, attributes := e.role.tag()
	f.put(e.ref, fmt.Sprintf("<< /Type /StructElem /S /%s /P %v%s /K [%s ] >>", name, parent, attributes, kids.String()))
	for _, k := range e.kids {
		if c, ok := k.(*Element); ok {
			c.write(f, e.ref)
		}
	}
}
