package ui

import (
	"io"
	"net/url"
	"slices"
	"strconv"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"
)

// A Form asks by GET, so that the answer has an address to share. Keep holds
// what the address already says and the form must not lose.
type Form struct {
	ID     string
	Name   string // said to screen readers
	Action URL
	Keep   url.Values
	Body   Nodes
	Submit string
	Reset  Link
}

// Render writes the form.
func (f Form) Render(w io.Writer) error {
	return h.Form(h.Method("get"), h.Action(f.Action.href), optional("id", f.ID), h.Class("form"),
		optional("aria-label", f.Name), g.Attr("novalidate"),
		keep(f.Keep), f.Body,
		h.Div(h.Class("acts"), submit(f.Submit, false), g.If(f.Reset.Text != "", link(f.Reset, "button quiet"))),
	).Render(w)
}

// keep hides in a form the values it must not lose, in a steady order.
func keep(vv url.Values) Node {
	names := make([]string, 0, len(vv))
	for name := range vv {
		names = append(names, name)
	}
	slices.Sort(names)
	var out g.Group
	for _, name := range names {
		for _, v := range vv[name] {
			out = append(out, h.Input(h.Type("hidden"), h.Name(name), h.Value(v)))
		}
	}
	return out
}

// A Fieldset groups fields under a legend.
type Fieldset struct {
	Legend     string
	HideLegend bool // it is already said above
	Fields     Nodes
}

// Render writes the group.
func (f Fieldset) Render(w io.Writer) error {
	return h.FieldSet(h.Class("fieldset"), h.Legend(g.If(f.HideLegend, h.Class("hidden")), g.Text(f.Legend)), f.Fields).Render(w)
}

// A Kind is how a field is answered.
type Kind string

// The kinds of fields.
const (
	Line    Kind = "line"
	Area    Kind = "area"
	Page    Kind = "page" // a long text: a letter
	Integer Kind = "integer"
	Decimal Kind = "decimal"
	Day     Kind = "day"
	Radio   Kind = "radio"
	Boxes   Kind = "boxes"
	Select  Kind = "select"
	File    Kind = "file"
)

// A Field is one question of a form, with what was typed.
type Field struct {
	Name   string
	Kind   Kind
	Label  string
	Hint   string
	Unit   string // shown after the box: €, habitants
	Values []string
	Error  string
	Choice []Option // of Radio, Boxes and Select
	After  Node     // below the box; may be nil
	Scope  string   // tells apart the fields of one name on a page; "" when there is one
}

// An Option is one possible answer.
type Option struct {
	Value, Label string
	Count        int // how many results it keeps; -1 to show none
}

// ID is the identifier of the field in its page.
func (f Field) ID() string {
	if f.Scope != "" {
		return "champ-" + f.Scope + "-" + f.Name
	}
	return "champ-" + f.Name
}

func (f Field) value() string {
	if len(f.Values) == 0 {
		return ""
	}
	return f.Values[0]
}

// Render writes the field with its hint and its error.
func (f Field) Render(w io.Writer) error {
	class := "field"
	if f.Error != "" {
		class += " wrong"
	}
	if f.Kind == Radio || f.Kind == Boxes {
		return f.choices(class).Render(w)
	}
	return h.Div(h.Class(class),
		h.Label(h.For(f.ID()), g.Text(f.Label)),
		f.hint(), f.error(),
		h.Span(h.Class("box"), f.control(), g.If(f.Unit != "", h.Span(h.Class("unit"), g.Text(f.Unit)))),
		f.After,
	).Render(w)
}

func (f Field) hint() Node {
	return g.If(f.Hint != "", h.P(h.Class("hint"), h.ID(f.ID()+"-aide"), g.Text(f.Hint)))
}

func (f Field) error() Node {
	return g.If(f.Error != "", h.P(h.Class("error"), h.ID(f.ID()+"-erreur"), icon(iconFailure), Hidden("Erreur : "), g.Text(f.Error)))
}

// described ties the control to its hint and its error.
func (f Field) described() Node {
	var ids string
	if f.Hint != "" {
		ids = f.ID() + "-aide"
	}
	if f.Error != "" {
		if ids != "" {
			ids += " "
		}
		ids += f.ID() + "-erreur"
	}
	return g.Group{optional("aria-describedby", ids), g.If(f.Error != "", h.Aria("invalid", "true"))}
}

func (f Field) control() Node {
	common := g.Group{h.ID(f.ID()), h.Name(f.Name), f.described()}
	switch f.Kind {
	case Area:
		return h.Textarea(common, h.Rows("4"), g.Text(f.value()))
	case Page:
		return h.Textarea(common, h.Rows("30"), g.Text(f.value()))
	case File:
		return h.Input(common, h.Type("file"))
	case Select:
		return h.Select(common, g.Map(f.Choice, func(o Option) Node {
			return h.Option(h.Value(o.Value), g.If(slices.Contains(f.Values, o.Value), h.Selected()), g.Text(o.Label))
		}))
	case Day:
		// A browser empties a date it cannot read: what was typed stays as text.
		return h.Input(common, h.Type(map[bool]string{true: "date", false: "text"}[f.Error == ""]), h.Value(f.value()))
	case Integer:
		return h.Input(common, h.Type("text"), g.Attr("inputmode", "numeric"), h.AutoComplete("off"), h.Value(f.value()), h.Class("short"))
	case Decimal:
		return h.Input(common, h.Type("text"), g.Attr("inputmode", "decimal"), h.AutoComplete("off"), h.Value(f.value()), h.Class("short"))
	}
	return h.Input(common, h.Type("text"), h.AutoComplete("off"), h.Value(f.value()))
}

// choices writes a question answered by radio buttons or boxes.
func (f Field) choices(class string) Node {
	kind := "radio"
	if f.Kind == Boxes {
		kind = "checkbox"
	}
	return h.FieldSet(h.Class(class), h.ID(f.ID()), f.describedGroup(),
		h.Legend(g.Text(f.Label)), f.hint(), f.error(),
		h.Div(h.Class("options"), g.Group(f.options(kind))), f.After)
}

func (f Field) describedGroup() Node {
	if f.Error != "" {
		return h.Aria("describedby", f.ID()+"-erreur")
	}
	return g.If(f.Hint != "", h.Aria("describedby", f.ID()+"-aide"))
}

func (f Field) options(kind string) []Node {
	out := make([]Node, len(f.Choice))
	for i, o := range f.Choice {
		id := f.ID() + "-" + strconv.Itoa(i+1)
		out[i] = h.Div(h.Class("option"),
			h.Input(h.Type(kind), h.ID(id), h.Name(f.Name), h.Value(o.Value), g.If(slices.Contains(f.Values, o.Value), h.Checked())),
			h.Label(h.For(id), g.Text(o.Label), g.If(o.Count > 0, h.Span(h.Class("count"), g.Text(" ("+strconv.Itoa(o.Count)+")")))))
	}
	return out
}

// An ErrorSummary opens a page whose form is wrong: each message leads to its
// field.
type ErrorSummary struct {
	Title  string
	Errors []Link
}

// Render writes the summary, nothing when there is no error.
func (e ErrorSummary) Render(w io.Writer) error {
	if len(e.Errors) == 0 {
		return nil
	}
	return h.Div(h.Class("alert failure"), h.Role("alert"), h.ID("erreurs"), icon(iconFailure),
		h.Div(h.H2(h.Class("alert-title"), g.Text(e.Title)),
			h.Ul(h.Class("list"), g.Map(e.Errors, func(l Link) Node { return h.Li(l) }))),
	).Render(w)
}

// A SearchBox finds a territory or a scheme. With Suggest, a script offers
// answers as one types; without script it is a plain form.
type SearchBox struct {
	ID      string
	Label   string
	Hint    string
	Action  URL
	Name    string // of the query; "q" when empty
	Value   string
	Keep    url.Values
	Suggest URL
	Button  string
}

// Render writes the box.
func (s SearchBox) Render(w io.Writer) error {
	name := s.Name
	if name == "" {
		name = "q"
	}
	return h.Form(h.Class("search"), h.Role("search"), h.Method("get"), h.Action(s.Action.href), h.Aria("label", s.Label),
		g.If(!s.Suggest.Zero(), h.Data("suggest", s.Suggest.href)),
		keep(s.Keep),
		h.Label(h.For(s.ID), g.Text(s.Label)),
		g.If(s.Hint != "", h.P(h.Class("hint"), h.ID(s.ID+"-aide"), g.Text(s.Hint))),
		h.Div(h.Class("search-line"),
			h.Input(h.Type("search"), h.ID(s.ID), h.Name(name), h.Value(s.Value), h.AutoComplete("off"), h.MaxLength("200"),
				g.Attr("spellcheck", "false"), g.If(s.Hint != "", h.Aria("describedby", s.ID+"-aide"))),
			h.Button(h.Type("submit"), h.Class("button"), icon(iconSearch), h.Span(g.Text(s.Button)))),
	).Render(w)
}

// A DayChooser asks on which day to answer.
type DayChooser struct {
	Action  URL
	Keep    url.Values
	Value   string // ISO, or what was typed
	Text    string // the day in words
	Error   string
	Presets []Link
}

// Render writes the chooser.
func (d DayChooser) Render(w io.Writer) error {
	field := Field{Name: "le", Kind: Day, Label: "Voir la situation au", Values: []string{d.Value}, Error: d.Error}
	return h.Form(h.Class("day"), h.Method("get"), h.Action(d.Action.href), h.Aria("label", "Choisir le jour"),
		keep(d.Keep), field, submit("Voir ce jour", true),
		g.If(len(d.Presets) > 0, h.P(h.Class("day-presets"), g.Map(d.Presets, func(l Link) Node { return g.Group{l, g.Text(" ")} }))),
	).Render(w)
}

// Filters is a form in one line, above what it restricts.
type Filters struct {
	Name   string
	Action URL
	Keep   url.Values
	Fields []Field
	Submit string
	Reset  Link
}

// Render writes the form.
func (f Filters) Render(w io.Writer) error {
	return h.Form(h.Class("filters"), h.Method("get"), h.Action(f.Action.href), h.Aria("label", f.Name),
		keep(f.Keep), g.Map(f.Fields, func(x Field) Node { return x }),
		h.Div(h.Class("acts"), submit(f.Submit, false), link(f.Reset, "button quiet")),
	).Render(w)
}

// A Tick is a box to tick beside what it is about, sent with the form of that
// ID, which may stand elsewhere on the page.
type Tick struct{ Form, Name, Value, Label string }

// Render writes the box, its label said to screen readers alone.
func (t Tick) Render(w io.Writer) error {
	return h.Input(h.Type("checkbox"), g.Attr("form", t.Form), h.Name(t.Name), h.Value(t.Value), h.Aria("label", t.Label), h.Class("tick")).Render(w)
}
