package ui

import (
	"io"
	"net/url"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"
)

// A Post is a form that acts: it is sent by POST. Hidden holds what the person
// does not type.
type Post struct {
	ID     string
	Name   string // said to screen readers
	Action URL
	Hidden url.Values
	Body   Nodes
	Submit string
	Tone   string // "" for the main act of the page, Quiet for the others
	Send   string // Files when it sends documents
	Save   URL    // where a script keeps what is typed; zero for nowhere

	Choice, Value string   // name and value of the main button, when the form has several
	More          []Choice // the other buttons, of the same name
}

// A Choice is one more button of a form.
type Choice struct {
	Value, Text string
	Main        bool // the main act of the page
}

// Values of Post.Tone and Post.Send.
const (
	Quiet = "quiet"
	Files = "multipart/form-data"
)

// Render writes the form.
func (f Post) Render(w io.Writer) error {
	return h.Form(h.Method("post"), h.Action(f.Action.href), optional("id", f.ID), h.Class("form"), optional("aria-label", f.Name),
		optional("enctype", f.Send), g.If(!f.Save.Zero(), h.Data("save", f.Save.href)), g.Attr("novalidate"),
		keep(f.Hidden), f.Body,
		h.Div(h.Class("acts"), f.button(f.Value, f.Submit, f.Tone == Quiet),
			g.Map(f.More, func(c Choice) Node { return f.button(c.Value, c.Text, !c.Main) }), g.If(!f.Save.Zero(), h.Span(h.Class("saved"), h.Role("status")))),
	).Render(w)
}

// button is one of the buttons that send the form.
func (f Post) button(value, text string, quiet bool) Node {
	if f.Choice == "" {
		return submit(text, quiet)
	}
	class := "button"
	if quiet {
		class = "button quiet"
	}
	return h.Button(h.Type("submit"), h.Class(class), h.Name(f.Choice), h.Value(value), g.Text(text))
}

// An Event is something that happened: when, what, by whom.
type Event struct {
	When  string
	Title string
	Who   string
	Body  Nodes
}

// Events is a story, the last first.
type Events []Event

// Render writes the story.
func (ee Events) Render(w io.Writer) error {
	return h.Ol(h.Class("events"), g.Map(ee, func(e Event) Node {
		return h.Li(h.P(h.Class("event-when"), g.Text(e.When)), h.P(h.Strong(g.Text(e.Title)), g.If(e.Who != "", g.Text(" — "+e.Who))), e.Body)
	})).Render(w)
}

// Verbatim is a text that a person wrote, its lines kept.
func Verbatim(s string) Node { return h.Div(h.Class("verbatim"), g.Text(s)) }

// HiddenValue is a value of a form that the person does not type.
func HiddenValue(name, value string) Node {
	return h.Input(h.Type("hidden"), h.Name(name), h.Value(value))
}

// A Go is a button that leads somewhere with the values of a Carry.
type Go struct {
	Link
	Form string // ID of the Carry
}

// Render writes the button.
func (b Go) Render(w io.Writer) error {
	return h.Button(h.Type("submit"), h.Class("button quiet"), h.FormAttr(b.Form), g.Attr("formaction", b.To.href),
		g.Text(b.Text), g.If(b.More != "", Hidden(" "+b.More))).Render(w)
}

// A Carry holds, once for the page, the values that its Go buttons take along.
type Carry struct {
	ID   string
	Keep url.Values
}

// Render writes the form that nobody sees.
func (c Carry) Render(w io.Writer) error {
	return h.Form(h.ID(c.ID), h.Method("get"), g.Attr("hidden"), keep(c.Keep)).Render(w)
}
