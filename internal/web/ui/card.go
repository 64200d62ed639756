package ui

import (
	"io"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"
)

// A Card is one thing among others: a scheme, a result.
type Card struct {
	ID    string
	Tone  Tone // "" for none
	Over  Node // above the title: tags
	Title Link
	Level int // of the title; 3 when zero
	Badge Node
	Big   string // the figure that matters, such as an amount
	Small string // what the figure is
	Body  Nodes
}

// Render writes the card.
func (c Card) Render(w io.Writer) error {
	level := c.Level
	if level == 0 {
		level = 3
	}
	return h.Article(h.Class("card "+string(c.Tone)), optional("id", c.ID),
		h.Div(h.Class("card-head"),
			h.Div(h.Class("card-title"), c.Over, heading(level, "", c.Title), c.Badge),
			g.If(c.Big != "", h.P(h.Class("figure"), h.Span(h.Class("figure-big"), g.Text(c.Big)), h.Span(h.Class("figure-small"), g.Text(c.Small)))),
		),
		c.Body,
	).Render(w)
}

// Details opens on demand.
type Details struct {
	ID      string
	Summary string
	Aside   Node // beside the summary: a count, a badge
	Open    bool
	Body    Nodes
}

// Render writes the details.
func (d Details) Render(w io.Writer) error {
	return h.Details(h.Class("details"), optional("id", d.ID), g.If(d.Open, g.Attr("open")),
		h.Summary(h.Span(h.Class("details-text"), g.Text(d.Summary)), d.Aside),
		h.Div(h.Class("details-body"), d.Body),
	).Render(w)
}

// Terms is a list of names and values.
type Terms []Term

// A Term is a name and its values.
type Term struct {
	Name   string
	Values Nodes
}

// With returns the list with more values under a name, which it gains if need
// be: a name stands once.
func (t Terms) With(name string, values ...Node) Terms {
	for i := range t {
		if t[i].Name == name {
			t[i].Values = append(t[i].Values, values...)
			return t
		}
	}
	return append(t, Term{name, values})
}

// Render writes the list, nothing when it is empty.
func (t Terms) Render(w io.Writer) error {
	if len(t) == 0 {
		return nil
	}
	return h.Dl(h.Class("terms"), g.Map(t, func(x Term) Node {
		return h.Div(h.Dt(g.Text(x.Name)), g.Map(x.Values, func(v Node) Node { return h.Dd(v) }))
	})).Render(w)
}

// A Check is one condition of a list of conditions.
type Check struct {
	Badge Badge
	Text  string
	Body  Nodes // what was compared, and where it is written
}

// Checks is a list of conditions.
type Checks []Check

// Render writes the list.
func (c Checks) Render(w io.Writer) error {
	if len(c) == 0 {
		return nil
	}
	return h.Ul(h.Class("checks"), g.Map(c, func(x Check) Node {
		return h.Li(h.Class(string(x.Badge.Tone)),
			h.P(h.Class("check-text"), x.Badge, g.Text(" "), h.Span(g.Text(x.Text))),
			g.If(len(x.Body) > 0, h.Div(h.Class("check-body"), x.Body)))
	})).Render(w)
}

// Steps is a procedure, in order.
type Steps []Step

// A Step is one stage of a procedure.
type Step struct {
	Who   string
	Title string
	Delay string
	Body  Nodes
}

// Render writes the procedure.
func (s Steps) Render(w io.Writer) error {
	return h.Ol(h.Class("steps"), g.Map(s, func(x Step) Node {
		return h.Li(
			h.P(h.Class("step-who"), g.Text(x.Who)),
			h.P(h.Class("step-title"), g.Text(x.Title)),
			x.Body,
			g.If(x.Delay != "", h.P(h.Class("step-delay"), icon(iconDay), g.Text(x.Delay))),
		)
	})).Render(w)
}

// Figures is a row of figures that sum up a page.
type Figures []Figure

// A Figure is a number and what it counts.
type Figure struct {
	Tone  Tone
	Value string
	Text  string
}

// Render writes the figures.
func (f Figures) Render(w io.Writer) error {
	return h.Ul(h.Class("figures"), g.Map(f, func(x Figure) Node {
		return h.Li(h.Class(string(x.Tone)),
			g.If(x.Tone != "", icon(shapes[x.Tone])),
			h.Strong(g.Text(x.Value)), g.Text(" "), h.Span(g.Text(x.Text)))
	})).Render(w)
}

// An Identity is the heading of a page about someone: a territory.
type Identity struct {
	Over  string // kind: "Commune"
	Name  string
	Facts Terms
	Body  Nodes
}

// Render writes the heading.
func (i Identity) Render(w io.Writer) error {
	return h.Div(h.Class("identity"),
		h.H1(h.Span(h.Class("over"), g.Text(i.Over), Hidden(" : ")), g.Text(i.Name)),
		i.Facts, i.Body,
	).Render(w)
}

// A Hero is the heading of the home page.
type Hero struct {
	Title string
	Text  string
	Body  Nodes
}

// Render writes the heading.
func (x Hero) Render(w io.Writer) error {
	return h.Div(h.Class("hero"), h.Div(h.Class("hero-in"),
		h.H1(g.Text(x.Title)), h.P(h.Class("lead"), g.Text(x.Text)), x.Body)).Render(w)
}

// A Trio is a few ideas side by side, in order.
type Trio []Idea

// An Idea is a short title and its explanation.
type Idea struct{ Title, Text string }

// Render writes the ideas.
func (t Trio) Render(w io.Writer) error {
	return h.Ol(h.Class("trio"), g.Map(t, func(x Idea) Node {
		return h.Li(h.H3(g.Text(x.Title)), h.P(g.Text(x.Text)))
	})).Render(w)
}
