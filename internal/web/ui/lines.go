package ui

import (
	"io"
	"strconv"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"
)

// Lines ask for as many lines as needed, each of the same fields. The button
// keeps the form and brings one more line: it needs no script.
type Lines struct {
	Name   string // of the question
	Label  string
	Hint   string
	Error  string
	Rows   [][]Field
	Submit string // name of the button, whose value is Name; "" for none
	After  Node   // below the lines; may be nil
}

// Render writes the lines, each a group of its own.
func (l Lines) Render(w io.Writer) error {
	f := Field{Name: l.Name, Hint: l.Hint, Error: l.Error}
	class := "field lines"
	if l.Error != "" {
		class += " wrong"
	}
	return h.FieldSet(h.Class(class), h.ID(f.ID()), f.describedGroup(), h.Legend(g.Text(l.Label)), f.hint(), f.error(),
		g.Group(l.rows()), l.After,
		g.If(l.Submit != "", h.P(h.Button(h.Type("submit"), h.Class("button quiet"), h.Name(l.Submit), h.Value(l.Name),
			g.Text("Ajouter une ligne"), Hidden(" : "+l.Label)))),
	).Render(w)
}

func (l Lines) rows() []Node {
	out := make([]Node, len(l.Rows))
	for i, cells := range l.Rows {
		out[i] = h.FieldSet(h.Class("row"), h.Legend(g.Text("Ligne "+strconv.Itoa(i+1)), Hidden(", "+l.Label)),
			g.Map(cells, func(x Field) Node { return x }))
	}
	return out
}

// Default is the button that the Enter key presses, which nobody sees: without
// it, Enter would press the first button of the form, whatever it does.
func Default() Node { return h.Button(h.Type("submit"), g.Attr("hidden")) }
