package ui

import (
	"io"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"
)

// An Extract is a part of a text in which words were found.
type Extract struct {
	Label  string // what the text is
	Pieces []Piece
}

// A Piece is a part of an Extract; Found when it is a word that was searched.
type Piece struct {
	Text  string
	Found bool
}

// Render writes the extract, the words found marked.
func (e Extract) Render(w io.Writer) error {
	return h.P(h.Class("extract"), h.Span(h.Class("extract-label"), g.Text(e.Label+" : ")),
		g.Map(e.Pieces, func(p Piece) Node {
			if p.Found {
				return h.Mark(g.Text(p.Text))
			}
			return g.Text(p.Text)
		})).Render(w)
}

// A Tally is a link to a list, with how many things it holds.
type Tally struct {
	Link  Link
	Count string
	Text  string // what the list is
	Due   string // "due" when something there waits for the reader
}

// Due is the value of Tally.Due.
const Due = "due"

// Tallies are lists side by side.
type Tallies []Tally

// Render writes the lists.
func (tt Tallies) Render(w io.Writer) error {
	return h.Ul(h.Class("tallies"), g.Map(tt, func(t Tally) Node {
		return h.Li(optional("class", t.Due), h.P(h.Class("tally-head"), t.Link, g.If(t.Count != "", h.Strong(h.Class("tally-count"), g.Text(t.Count)))), Note(T(t.Text)))
	})).Render(w)
}
