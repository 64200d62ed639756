package demofournisseur

import (
	"bytes"
	_ "embed"
	"net/http"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"

	"guichet/internal/fault"
)

// titre is on every page: nobody may take this for a real provider.
const titre = "Fournisseur d’identité de démonstration"

//go:embed style.css
var feuille []byte

func (f *Fournisseur) style(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/css; charset=utf-8")
	w.Write(feuille)
}

// politique lets a page do nothing but show itself and send its form there.
func politique(formulaires string) string {
	return "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action " + formulaires
}

var statuts = map[fault.Kind]int{fault.Invalid: http.StatusBadRequest, fault.Unavailable: http.StatusServiceUnavailable}

// refuser shows what is wrong with a request.
func (f *Fournisseur) refuser(w http.ResponseWriter, err error) {
	faute := fault.Of(err)
	if statut, ok := statuts[faute.Kind]; ok {
		f.erreur(w, statut, faute.Message)
		return
	}
	f.erreur(w, http.StatusInternalServerError, "La démonstration ne peut pas répondre : relancez guichet.")
}

// perdu answers at every other address.
func (f *Fournisseur) perdu(w http.ResponseWriter, _ *http.Request) {
	f.erreur(w, http.StatusNotFound, "Cette page n’existe pas : la connexion commence depuis guichet.")
}

func (f *Fournisseur) erreur(w http.ResponseWriter, statut int, message string) {
	f.page(w, statut, h.P(h.Role("alert"), g.Text(message)))
}

// page writes a whole page around its body.
func (f *Fournisseur) page(w http.ResponseWriter, statut int, corps ...g.Node) {
	var b bytes.Buffer
	err := h.Doctype(h.HTML(h.Lang("fr"),
		h.Head(h.Meta(h.Charset("utf-8")), h.TitleEl(g.Text(titre)),
			h.Meta(h.Name("viewport"), h.Content("width=device-width, initial-scale=1")),
			h.Meta(h.Name("robots"), h.Content("noindex")),
			h.Link(h.Rel("stylesheet"), h.Href(f.url("/style.css")))),
		h.Body(h.Main(h.H1(g.Text(titre)), g.Group(corps))),
	)).Render(&b)
	if err != nil {
		http.Error(w, titre, http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(statut)
	w.Write(b.Bytes())
}

// choix lists the persons as buttons of a plain form.
func (f *Fournisseur) choix(d demande) g.Node {
	return g.Group{
		h.P(h.Class("avis"), h.Strong(g.Text("Ceci n’est pas "+f.reglages.Imite+". ")),
			g.Text("Ces personnes sont inventées : aucun mot de passe n’est demandé, et rien ne quitte cette machine.")),
		h.Form(h.Method("post"), h.Action(f.url("/authorize")),
			g.Map(parametres, func(nom string) g.Node {
				return g.If(d.brute.Has(nom), h.Input(h.Type("hidden"), h.Name(nom), h.Value(d.brute.Get(nom))))
			}),
			h.FieldSet(h.Legend(g.Text("Choisissez qui se connecte")),
				h.Ul(g.Map(f.reglages.Personnes, bouton))),
			h.Button(h.Type("submit"), h.Name("sub"), h.Value(""), h.Class("refus"), g.Text("Ne pas se connecter"))),
	}
}

// bouton names the person, then says what they are.
func bouton(p Personne) g.Node {
	nom := p.Nom
	if p.Prenoms != "" {
		nom = p.Prenoms + " " + p.Nom
	}
	return h.Li(h.Button(h.Type("submit"), h.Name("sub"), h.Value(p.Sub),
		h.Strong(g.Text(nom)), g.Text(", "), h.Span(g.Text(p.Titre))))
}
