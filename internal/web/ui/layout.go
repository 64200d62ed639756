package ui

import (
	"io"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"
)

// Product is the name of the product on every page.
const Product = "guichet"

// A Layout is what surrounds every page.
type Layout struct {
	Title   string // of the page; the product's name follows
	Summary string // for search engines
	Style   URL
	Script  URL
	Icon    URL
	Home    URL
	Nav     []Link
	Search  Node // in the header; nil on pages that have their own
	Banner  Banner
	Crumbs  Crumbs
	Footer  Footer
	Wide    bool // the page is a large table
	Hero    Node // above the content, at full width
	Body    Nodes

	// Keep returns what was already written of a part that many pages share,
	// its name given, or makes it; nil makes it each time.
	Keep func(part string, make func() Node) Node
}

// A Footer says what the site is made of.
type Footer struct {
	Lines []Node
	Links []Link
}

// Render writes the whole document.
func (l Layout) Render(w io.Writer) error {
	return h.Doctype(h.HTML(h.Lang("fr"), l.head(), h.Body(
		h.A(h.Class("skip"), h.Href("#contenu"), g.Text("Aller au contenu")),
		l.shared("haut", l.header),
		l.banner(),
		g.If(l.Hero == nil && len(l.Crumbs) > 0, h.Div(h.Class(l.frame("crumbs-frame")), l.Crumbs)),
		h.Main(h.ID("contenu"), h.TabIndex("-1"), l.Hero, h.Div(h.Class(l.frame("content")), l.Body)),
		l.shared("bas", l.footer),
	))).Render(w)
}

func (l Layout) shared(part string, make func() Node) Node {
	if l.Keep == nil {
		return make()
	}
	return l.Keep(part, make)
}

func (l Layout) frame(class string) string {
	if l.Wide {
		return class + " frame wide"
	}
	return class + " frame"
}

func (l Layout) head() Node {
	title := Product
	if l.Title != "" {
		title = l.Title + " – " + Product
	}
	return h.Head(
		h.Meta(h.Charset("utf-8")),
		h.TitleEl(g.Text(title)),
		h.Meta(h.Name("viewport"), h.Content("width=device-width, initial-scale=1")),
		h.Meta(h.Name("color-scheme"), h.Content("light dark")),
		g.If(l.Summary != "", h.Meta(h.Name("description"), h.Content(l.Summary))),
		h.Link(h.Rel("icon"), h.Type("image/svg+xml"), h.Href(l.Icon.href)),
		h.Link(h.Rel("stylesheet"), h.Href(l.Style.href)),
		g.If(!l.Script.Zero(), h.Script(h.Type("module"), h.Src(l.Script.href))),
	)
}

func (l Layout) header() Node {
	return h.Header(h.Class("top"), h.Div(h.Class(l.frame("top-in")),
		h.A(h.Class("brand"), h.Href(l.Home.href), icon(iconMark),
			h.Span(h.Strong(g.Text(Product)), h.Span(h.Class("tagline"), g.Text(" Les aides d’ingénierie aux collectivités")))),
		g.If(l.Search != nil, h.Div(h.Class("top-search"), l.Search)),
		h.Nav(h.Aria("label", "Navigation principale"), h.Ul(g.Map(l.Nav, func(x Link) Node { return h.Li(x) }))),
	))
}

func (l Layout) footer() Node {
	return h.Footer(h.Class("bottom"), h.Div(h.Class(l.frame("bottom-in")),
		h.Div(h.P(h.Class("bottom-name"), h.Strong(g.Text(Product))), g.Map(l.Footer.Lines, func(n Node) Node { return h.P(n) })),
		h.Nav(h.Aria("label", "À propos du site"), h.Ul(g.Map(l.Footer.Links, func(x Link) Node { return h.Li(x) }))),
	))
}

func (l Layout) banner() Node {
	l.Banner.Wide = l.Wide
	return l.Banner
}

// A Banner stands above the content of every page: on what day we are.
type Banner struct {
	Name string // said to screen readers
	Text string
	Demo bool // the product shows itself: the banner stands out
	Wide bool // above a large table
	Body Node
}

// Render writes the banner.
func (b Banner) Render(w io.Writer) error {
	class := "banner"
	if b.Demo {
		class += " demo"
	}
	return h.Aside(h.Class(class), h.Aria("label", b.Name),
		h.Div(h.Class(Layout{Wide: b.Wide}.frame("banner-in")), h.P(icon(iconDay), h.Strong(g.Text(b.Text))), b.Body)).Render(w)
}
