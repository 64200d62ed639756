package courriel

import (
	"html"
	"net/url"
	"strings"
)

// A Lettre is the content of a mail; its text and its HTML both come from it.
type Lettre struct {
	Objet string
	Corps []Bloc
	Pied  []Bloc
}

// A Bloc is a piece of a letter: a Paragraphe, Points, a Titre or a Lien.
type Bloc interface {
	texte() string
	html() string
}

// A Paragraphe is a text; its lines are kept.
type Paragraphe string

// Points is a list.
type Points []string

// A Titre opens a part of a letter.
type Titre string

// A Lien leads to a page, by its whole address; without a web address it is
// plain text.
type Lien struct{ Texte, Vers string }

// Blocs reads a plain text: blank lines part it, lines that begin with "- " are
// the points of a list. What a person typed stays what it is: nothing in it
// makes a link or a title.
func Blocs(texte string) (out []Bloc) {
	for part := range strings.SplitSeq(strings.ReplaceAll(texte, "\r\n", "\n"), "\n\n") {
		var lines, points []string
		flush := func() {
			if len(lines) > 0 {
				out = append(out, Paragraphe(strings.Join(lines, "\n")))
			}
			if len(points) > 0 {
				out = append(out, Points(points))
			}
			lines, points = nil, nil
		}
		for line := range strings.SplitSeq(strings.Trim(part, "\n"), "\n") {
			point, is := strings.CutPrefix(line, "- ")
			switch {
			case strings.TrimSpace(line) == "":
			case is:
				points = append(points, point)
			case len(points) > 0:
				flush()
				lines = append(lines, line)
			default:
				lines = append(lines, line)
			}
		}
		flush()
	}
	return out
}

// Texte writes the letter as a plain text, complete by itself.
func (l Lettre) Texte() string {
	var b strings.Builder
	write := func(blocs []Bloc) {
		for _, x := range blocs {
			b.WriteString(x.texte())
			b.WriteString("\n\n")
		}
	}
	write(l.Corps)
	if len(l.Pied) > 0 {
		b.WriteString("-- \n") // what mail programs know as the end of the message
		write(l.Pied)
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}

// The looks of a letter: dark ink on white, no image, nothing that is loaded.
const (
	page    = `margin:0;padding:0;background-color:#f3f3f7;color:#161616;font-family:Arial,Helvetica,sans-serif;font-size:16px;line-height:1.5`
	feuille = `box-sizing:border-box;max-width:640px;margin:0 auto;padding:24px;background-color:#ffffff;color:#161616;overflow-wrap:anywhere;word-break:break-word`
	pied    = `box-sizing:border-box;max-width:640px;margin:0 auto;padding:16px 24px 32px;color:#3a3a3a;font-size:14px;overflow-wrap:anywhere`
	lien    = `color:#000091;text-decoration:underline`
)

// HTML writes the letter as a page that needs nothing from elsewhere. Every
// text is escaped; a link is a web address or is not one.
func (l Lettre) HTML() string {
	var b strings.Builder
	title := html.EscapeString(l.Objet)
	b.WriteString(`<!doctype html><html lang="fr"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light"><title>` + title + "</title></head>\n")
	b.WriteString(`<body style="` + page + `"><main lang="fr" style="` + feuille + `"><p style="margin:0 0 16px;font-weight:bold;color:#000091">guichet</p>` + "\n")
	b.WriteString(`<h1 style="margin:0 0 16px;font-size:22px;line-height:1.3">` + title + "</h1>\n")
	for _, x := range l.Corps {
		b.WriteString(x.html())
	}
	b.WriteString("</main>\n")
	if len(l.Pied) > 0 {
		b.WriteString(`<footer lang="fr" style="` + pied + `">` + "\n")
		for _, x := range l.Pied {
			b.WriteString(x.html())
		}
		b.WriteString("</footer>")
	}
	b.WriteString("</body></html>\n")
	return b.String()
}

func (p Paragraphe) texte() string { return string(p) }
func (p Paragraphe) html() string {
	return `<p style="margin:0 0 16px">` + strings.ReplaceAll(html.EscapeString(string(p)), "\n", "<br>") + "</p>\n"
}

func (p Points) texte() string { return "- " + strings.Join(p, "\n- ") }
func (p Points) html() string {
	var b strings.Builder
	b.WriteString(`<ul style="margin:0 0 16px;padding-left:24px">`)
	for _, x := range p {
		b.WriteString("<li>" + html.EscapeString(x) + "</li>")
	}
	b.WriteString("</ul>\n")
	return b.String()
}

func (t Titre) texte() string { return string(t) }
func (t Titre) html() string {
	return `<h2 style="margin:24px 0 8px;font-size:18px;line-height:1.3">` + html.EscapeString(string(t)) + "</h2>\n"
}

func (l Lien) texte() string {
	if !l.web() {
		return l.Texte
	}
	return l.Texte + " :\n" + l.Vers
}

func (l Lien) html() string {
	if !l.web() {
		return Paragraphe(l.Texte).html()
	}
	return `<p style="margin:0 0 16px"><a href="` + html.EscapeString(l.Vers) + `" style="` + lien + `">` + html.EscapeString(l.Texte) + "</a></p>\n"
}

// web reports whether the link is a whole web address.
func (l Lien) web() bool {
	u, err := url.Parse(l.Vers)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && u.User == nil &&
		!strings.ContainsFunc(l.Vers, func(r rune) bool { return r <= ' ' || r > '~' })
}
