package ui

import (
	"io"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"
)

// A Tone is the meaning of a badge, a card or an alert. It always comes with a
// shape and a word, never as a colour alone.
type Tone string

// The tones.
const (
	Neutral  Tone = "neutral"
	Positive Tone = "positive" // granted
	Negative Tone = "negative" // refused
	Missing  Tone = "missing"  // something must be completed
	Judge    Tone = "judge"    // a person decides
	Failure  Tone = "failure"  // something broke
	Info     Tone = "info"
)

var shapes = map[Tone]string{
	Neutral: iconNeutral, Positive: iconYes, Negative: iconNo, Missing: iconMissing,
	Judge: iconJudge, Failure: iconFailure, Info: iconInfo,
}

// A Badge is a verdict or a state: a shape and a word.
type Badge struct {
	Tone Tone
	Word string
}

// Render writes the badge.
func (b Badge) Render(w io.Writer) error {
	return h.Span(h.Class("badge "+string(b.Tone)), icon(shapes[b.Tone]), g.Text(b.Word)).Render(w)
}

// A Tag is a short label without judgement.
type Tag string

// Render writes the tag.
func (t Tag) Render(w io.Writer) error {
	return h.Span(h.Class("tag"), g.Text(string(t))).Render(w)
}

// An Alert is a message that stands out.
type Alert struct {
	Tone  Tone
	Title string
	Body  Nodes
}

// Render writes the alert.
func (a Alert) Render(w io.Writer) error {
	return h.Div(h.Class("alert "+string(a.Tone)),
		icon(shapes[a.Tone]),
		h.Div(h.P(h.Class("alert-title"), g.Text(a.Title)), a.Body),
	).Render(w)
}
