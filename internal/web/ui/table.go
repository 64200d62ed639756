package ui

import (
	"io"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"
)

// A Table shows rows under columns. The first cell of a row is its title.
type Table struct {
	ID      string
	Caption string
	Columns []Column
	Rows    [][]Node
	Foot    [][]Node
	Scroll  string // name of the region that scrolls sideways; "" when it must not
	Kind    string // "matrix" for verdicts, "sheet" for the synthesis, "" otherwise
}

// A Column is the title of a column; with To it is a link that sorts by it.
type Column struct {
	Text    string
	Full    string // said to screen readers and shown on hover, when Text is short
	To      URL
	Order   string // ascending or descending when the rows are in its order
	Numeric bool
}

// Render writes the table, inside a focusable region when it scrolls.
func (t Table) Render(w io.Writer) error {
	table := h.Table(optional("class", t.Kind), optional("id", t.ID),
		h.Caption(g.Text(t.Caption)),
		h.THead(h.Tr(g.Map(t.Columns, Column.th))),
		h.TBody(g.Map(t.Rows, t.tr)),
		g.If(len(t.Foot) > 0, h.TFoot(g.Map(t.Foot, t.tr))),
	)
	if t.Scroll == "" {
		return table.Render(w)
	}
	return h.Div(h.Class("scroll"), h.Role("region"), h.Aria("label", t.Scroll), h.TabIndex("0"), table).Render(w)
}

func (c Column) th() Node {
	title := g.Group{g.Text(c.Text)}
	if c.Full != "" {
		title = g.Group{h.Abbr(h.Title(c.Full), g.Text(c.Text))}
	}
	if !c.To.Zero() {
		mark := map[string]string{"ascending": "▲", "descending": "▼"}[c.Order]
		title = g.Group{h.A(h.Href(c.To.href), title, h.Span(h.Class("order"), h.Aria("hidden", "true"), g.Text(mark)))}
	}
	return h.Th(h.Scope("col"), g.If(c.Numeric, h.Class("numeric")), g.If(c.Order != "", h.Aria("sort", c.Order)), title)
}

func (t Table) tr(cells []Node) Node {
	out := make(g.Group, len(cells))
	for i, c := range cells {
		numeric := g.If(i < len(t.Columns) && t.Columns[i].Numeric, h.Class("numeric"))
		if i == 0 {
			out[i] = h.Th(h.Scope("row"), numeric, c)
			continue
		}
		out[i] = h.Td(numeric, c)
	}
	return h.Tr(out)
}
