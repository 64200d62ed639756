package pdf

import (
	"bytes"
	"fmt"
	"strings"
)

// A Page receives text and rules. Positions are in points from the bottom
// left corner.
type Page struct {
	doc    *Writer
	out    bytes.Buffer
	ref    ref
	tag    string     // of the open marked content, "" when none is open
	in     *Element   // owner of the open marked content
	gray   float64    // current fill
	marked []*Element // owner of each marked-content identifier
	links  []*link
}

// A Text is one run of characters on one baseline.
type Text struct {
	X, Y float64
	Font *Font
	Size float64
	Gray float64 // 0 black, 1 white
	S    string
}

// Text writes t as content of e.
func (p *Page) Text(e *Element, t Text) {
	if p.in != e {
		p.close()
		role, _ := e.role.tag()
		p.tag = fmt.Sprintf("/%s << /MCID %d >>", role, len(p.marked))
		p.in = e
		e.kids = append(e.kids, content{p, len(p.marked)})
		p.marked = append(p.marked, e)
		fmt.Fprintf(&p.out, "%s BDC\n", p.tag)
	}
	p.show(t)
}

// Header writes t as decoration at the head of a page: it is not read aloud.
func (p *Page) Header(t Text) {
	p.artifact("/Artifact << /Type /Pagination /Subtype /Header >>")
	p.show(t)
}

// Footer writes t as decoration at the foot of a page: it is not read aloud.
func (p *Page) Footer(t Text) {
	p.artifact("/Artifact << /Type /Pagination /Subtype /Footer >>")
	p.show(t)
}

// A Rule is a horizontal line.
type Rule struct {
	X, Y, Width, Thickness, Gray float64
}

// Rule draws a line, as decoration.
func (p *Page) Rule(r Rule) {
	p.artifact("/Artifact << /Type /Layout >>")
	fmt.Fprintf(&p.out, "%s G %s w %s %s m %s %s l S\n", number(r.Gray), number(r.Thickness),
		number(r.X), number(r.Y), number(r.X+r.Width), number(r.Y))
}

func (p *Page) artifact(tag string) {
	if p.tag != tag {
		p.close()
		p.tag = tag
		fmt.Fprintf(&p.out, "%s BDC\n", tag)
	}
}

func (p *Page) close() {
	if p.tag != "" {
		p.out.WriteString("EMC\n")
	}
	p.tag, p.in = "", nil
}

func (p *Page) show(t Text) {
	if p.gray != t.Gray {
		fmt.Fprintf(&p.out, "%s g\n", number(t.Gray))
		p.gray = t.Gray
	}
	f := p.doc.face(t.Font)
	fmt.Fprintf(&p.out, "BT /%s %s Tf %s %s Td <", f.name, number(t.Size), number(t.X), number(t.Y))
	for _, r := range t.S {
		fmt.Fprintf(&p.out, "%04X", f.cid(r))
	}
	p.out.WriteString("> Tj ET\n")
}

func (p *Page) content() []byte {
	p.close()
	return p.out.Bytes()
}

// A link is a rectangle that opens an address.
type link struct {
	in           *Element
	page         *Page
	ref          ref
	key          int // in the parent tree
	x0, y0       float64
	x1, y1       float64
	uri, comment string
}

// A Zone is the place of a link and where it leads.
type Zone struct {
	X, Y, Width, Height float64
	URI                 string
	Label               string // what is read aloud
}

// Link makes a zone of the page open an address, as part of e, a [Link].
func (p *Page) Link(e *Element, z Zone) {
	l := &link{in: e, page: p, x0: z.X, y0: z.Y, x1: z.X + z.Width, y1: z.Y + z.Height, uri: z.URI, comment: z.Label}
	p.links = append(p.links, l)
	p.doc.links = append(p.doc.links, l)
	e.kids = append(e.kids, l)
}

func (l *link) dict(page ref) string {
	return fmt.Sprintf("<< /Type /Annot /Subtype /Link /Rect [%s %s %s %s] /Border [0 0 0] /F 4 /P %v /StructParent %d /Contents %s /A << /Type /Action /S /URI /URI (%s) >> >>",
		number(l.x0), number(l.y0), number(l.x1), number(l.y1), page, l.key, text(l.comment), literal(l.uri))
}

// literal escapes an address, which is ASCII, for a string in parentheses.
func literal(uri string) string {
	var b strings.Builder
	for _, c := range []byte(uri) {
		switch {
		case c == '(' || c == ')' || c == '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		case c <= ' ' || c > '~':
			fmt.Fprintf(&b, "%%%02X", c)
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}
