// Package ui holds the typed components of the pages and nothing of the trade:
// a page says what it shows, ui says how it looks. No other package names an
// HTML element or a class of the style sheet, so that another skin is another
// implementation of these types.
//
// Every text is escaped; a link exists only as a vetted [URL].
package ui

import (
	"bytes"
	"io"
	"strconv"
	"strings"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"
)

// A Node is a piece of a page.
type Node = g.Node

// Nodes are pieces of a page, one after the other.
type Nodes = g.Group

// T is a text.
func T(s string) Node { return g.Text(s) }

// B is a text that matters.
func B(s string) Node { return h.Strong(g.Text(s)) }

// Amount is a sum or a rate, in figures.
func Amount(s string) Node { return h.Strong(h.Class("amount"), g.Text(s)) }

// Code is a code or a raw text, shown as written.
func Code(s string) Node { return h.Code(g.Text(s)) }

// Deleted is a raw text that a corrected one replaces.
func Deleted(s string) Node {
	return h.S(Hidden("texte d’origine : "), g.Text(s))
}

// P is a paragraph.
func P(nodes ...Node) Node { return h.P(nodes...) }

// Lead is the paragraph that sums up a page.
func Lead(nodes ...Node) Node { return h.P(h.Class("lead"), g.Group(nodes)) }

// Note is a secondary remark: a source, a vintage.
func Note(nodes ...Node) Node { return h.P(h.Class("note"), g.Group(nodes)) }

// Hidden is a text for screen readers only.
func Hidden(s string) Node { return h.Span(h.Class("hidden"), g.Text(s)) }

// Br breaks a line.
func Br() Node { return h.Br() }

// List is a list of points.
func List(items ...Node) Node { return h.Ul(h.Class("list"), lines(items)) }

// Plain is a list without marks.
func Plain(items ...Node) Node { return h.Ul(h.Class("plain"), lines(items)) }

// Chips is a list of short things side by side.
func Chips(items ...Node) Node { return h.Ul(h.Class("chips"), lines(items)) }

// Numbered is a list whose order matters.
func Numbered(items ...Node) Node { return h.Ol(h.Class("list"), lines(items)) }

func lines(items []Node) Node {
	return g.Map(items, func(n Node) Node { return h.Li(n) })
}

// Heading is a title of level 1 to 6; id, when not empty, makes it a target.
func Heading(level int, id, text string) Node {
	return heading(level, id, g.Text(text))
}

func heading(level int, id string, children ...Node) Node {
	return g.El("h"+strconv.Itoa(min(max(level, 1), 6)), optional("id", id), g.Group(children))
}

// optional is the attribute name when value is not empty.
func optional(name, value string) Node {
	return g.If(value != "", g.Attr(name, value))
}

// A Section is a titled part of a page.
type Section struct {
	ID    string // target of links; "" for none
	Title string
	Level int // of the title; 2 when zero
	Lead  string
	Body  Nodes
}

// Render writes the section.
func (s Section) Render(w io.Writer) error {
	level := s.Level
	if level == 0 {
		level = 2
	}
	return h.Section(h.Class("section"),
		heading(level, s.ID, g.Text(s.Title)),
		g.If(s.Lead != "", Lead(T(s.Lead))),
		s.Body,
	).Render(w)
}

// Columns sets a principal part and an aside part side by side on wide screens.
func Columns(principal, aside Node) Node {
	return h.Div(h.Class("columns"), h.Div(h.Class("principal"), principal), h.Div(h.Class("aside"), aside))
}

// Grid sets cards side by side, as many as the width allows.
func Grid(items ...Node) Node { return h.Ul(h.Class("grid"), lines(items)) }

// Stack sets cards one under the other.
func Stack(items ...Node) Node { return h.Ul(h.Class("stack"), lines(items)) }

// Screen hides its content on paper.
func Screen(nodes ...Node) Node { return h.Div(h.Class("screen"), g.Group(nodes)) }

// Panel sets its content on a surface of its own.
func Panel(nodes ...Node) Node { return h.Div(h.Class("panel"), g.Group(nodes)) }

// Acts is a row of buttons.
func Acts(buttons ...Node) Node { return h.Div(h.Class("acts"), g.Group(buttons)) }

// Pair sets cards two by two on wide screens.
func Pair(items ...Node) Node { return h.Ul(h.Class("pair"), lines(items)) }

// Catalogue is a long list of links, in columns.
func Catalogue(items ...Node) Node { return h.Ul(h.Class("catalogue"), lines(items)) }

// Prose makes a paragraph of each block of lines of a text.
func Prose(text string) Nodes {
	var out Nodes
	for block := range strings.SplitSeq(text, "\n\n") {
		if block = strings.TrimSpace(block); block != "" {
			out = append(out, P(T(block)))
		}
	}
	return out
}

// Basis is what a figure rests on: values, thresholds.
func Basis(nodes ...Node) Node { return h.Div(h.Class("check-body"), g.Group(nodes)) }

// A written is a part of a page already rendered.
type written []byte

// Render writes it again.
func (p written) Render(w io.Writer) error {
	_, err := w.Write(p)
	return err
}

// Write renders n once, and returns what writes the same again with its size
// in bytes.
func Write(n Node) (again Node, size int, err error) {
	var b bytes.Buffer
	if err := n.Render(&b); err != nil {
		return nil, 0, err
	}
	return written(b.Bytes()), b.Len(), nil
}
