package ui

import (
	"io"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"
)

// A Link leads somewhere. Without an address it is plain text.
type Link struct {
	Text    string
	To      URL
	More    string // said to screen readers after the text
	Current bool   // the page we are on
}

// Render writes the link; one that leaves the site says so.
func (l Link) Render(w io.Writer) error {
	return link(l, "").Render(w)
}

func link(l Link, class string) Node {
	more := g.If(l.More != "", Hidden(" "+l.More))
	if l.To.Zero() {
		return h.Span(optional("class", class), g.Text(l.Text), more)
	}
	return h.A(h.Href(l.To.href),
		optional("class", class),
		g.If(l.Current, h.Aria("current", "page")),
		g.If(l.To.away, h.Rel("noopener external")),
		g.Text(l.Text), more,
		g.If(l.To.away, g.Group{icon(iconAway), Hidden(" (autre site)")}),
	)
}

// A Button is a link that looks like an act.
type Button struct {
	Link
	Quiet bool // secondary
}

// Render writes the button.
func (b Button) Render(w io.Writer) error {
	class := "button"
	if b.Quiet {
		class += " quiet"
	}
	return link(b.Link, class).Render(w)
}

// submit is the button of a form.
func submit(text string, quiet bool) Node {
	class := "button"
	if quiet {
		class += " quiet"
	}
	return h.Button(h.Type("submit"), h.Class(class), g.Text(text))
}

// Crumbs is the path from the home page to this one; the last is this page.
type Crumbs []Link

// Render writes the path, nothing when it is empty.
func (c Crumbs) Render(w io.Writer) error {
	if len(c) == 0 {
		return nil
	}
	return h.Nav(h.Class("crumbs"), h.Aria("label", "Fil d’Ariane"),
		h.Ol(g.Map(c, func(l Link) Node { return h.Li(l) })),
	).Render(w)
}

// A Pager leads to the neighbours of a page of results.
type Pager struct {
	Previous, Next URL
	Text           string // "Page 2 sur 5"
}

// Render writes the pager, nothing when there is no other page.
func (p Pager) Render(w io.Writer) error {
	if p.Previous.Zero() && p.Next.Zero() {
		return nil
	}
	return h.Nav(h.Class("pager"), h.Aria("label", "Pages de résultats"),
		g.If(!p.Previous.Zero(), link(Link{Text: "Page précédente", To: p.Previous}, "button quiet")),
		h.Span(g.Text(p.Text)),
		g.If(!p.Next.Zero(), link(Link{Text: "Page suivante", To: p.Next}, "button quiet")),
	).Render(w)
}
