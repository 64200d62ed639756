package web

import (
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"guichet/internal/compte"
	"guichet/internal/dossier"
	"guichet/internal/fault"
	"guichet/internal/guichet"
	"guichet/internal/web/ui"
)

// withFiles are the ends of the addresses to which a form may send a document.
var withFiles = []string{"/pieces", "/messages", "/notes", "/avis-rendus", "/ailleurs"}

// sendsFile reports whether the address takes documents, larger than a form.
func sendsFile(path string) bool {
	return slices.ContainsFunc(withFiles, func(end string) bool { return strings.HasSuffix(path, end) })
}

// A gesture is one call to the counter about a dossier, from a form.
type gesture func(r *http.Request, a compte.Acteur, x guichet.Geste) error

// geste answers a POST that makes the gesture: then the dossier again, at the
// section; with what was refused, and what was typed, when it was.
func (s *site) geste(section string, do gesture) memberHandler {
	return func(w http.ResponseWriter, r *http.Request, a compte.Acteur) error {
		x := guichet.Geste{Dossier: dossier.ID(r.PathValue("id")), Cle: r.PostFormValue("cle"), Motif: r.PostFormValue("motif")}
		if err := do(r, a, x); err != nil {
			return s.again(w, r, a, x.Dossier, err)
		}
		http.Redirect(w, r, dossierPath(x.Dossier)+"#"+section, http.StatusSeeOther)
		return nil
	}
}

// A fileGesture is a gesture that may come with a document, nil for none.
type fileGesture func(r *http.Request, a compte.Acteur, x guichet.Geste, f *guichet.Fichier) error

// gesteFichier is geste for a form that may send a document, read as it comes.
func (s *site) gesteFichier(section string, do fileGesture) memberHandler {
	return func(w http.ResponseWriter, r *http.Request, a compte.Acteur) error {
		until := s.options.Now().Add(dureeEnvoi)
		c := http.NewResponseController(w)
		if err := errors.Join(c.SetReadDeadline(until), c.SetWriteDeadline(until)); err != nil && !errors.Is(err, http.ErrNotSupported) {
			return err
		}
		r.Body = http.MaxBytesReader(w, r.Body, maxJoined+maxBody)
		f, err := formAndFile(r)
		if err != nil {
			return s.again(w, r, a, dossier.ID(r.PathValue("id")), err)
		}
		return s.geste(section, func(r *http.Request, a compte.Acteur, x guichet.Geste) error { return do(r, a, x, f) })(w, r, a)
	}
}

// maxJoined bounds what comes with a message, in bytes.
const maxJoined = 20 << 20

// formAndFile reads the fields of a form into r.PostForm, and stops at its
// document, which comes last.
func formAndFile(r *http.Request) (*guichet.Fichier, error) {
	broken := fault.New(fault.Invalid, "L’envoi est incomplet : revenez à la page et recommencez.")
	parts, err := r.MultipartReader()
	if err != nil {
		return nil, broken.Because(err)
	}
	r.PostForm = make(url.Values)
	r.Form = r.PostForm
	for total := 0; ; {
		p, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return nil, nil
		}
		if err != nil {
			return nil, broken.Because(err)
		}
		if p.FormName() == "fichier" {
			return fileOf(p), nil
		}
		text, err := io.ReadAll(io.LimitReader(p, maxBody+1))
		if total += len(text); err != nil || total > maxBody {
			return nil, errBody
		}
		r.PostForm.Add(p.FormName(), string(text))
	}
}

func fileOf(p *multipart.Part) *guichet.Fichier {
	if p.FileName() == "" {
		return nil
	}
	return &guichet.Fichier{Nom: p.FileName(), Contenu: p}
}

// A typed is what a person sent in one of the forms of a page, to be shown
// again there with what was refused.
type typed struct {
	form   string
	values url.Values
	fault  *fault.Fault
}

// form is the field that says which form of the page was sent.
const whichForm = "formulaire"

func typedIn(r *http.Request, f *fault.Fault) typed {
	if f == nil || r.PostForm == nil {
		return typed{}
	}
	return typed{r.PostForm.Get(whichForm), r.PostForm, f}
}

// field gives a field of the form what was typed in it, and why it was
// refused.
func (t typed) field(form string, f ui.Field) ui.Field {
	f.Scope = form
	if t.form != form {
		return f
	}
	if sent, ok := t.values[f.Name]; ok {
		f.Values = sent
	}
	f.Error = message(errorOf(t.fault), f.Name)
	return f
}

// hidden is what every form of a dossier sends besides what is typed.
func hidden(v *guichet.VueDossier, form string) url.Values {
	return url.Values{"cle": {v.Cle + form}, whichForm: {form}}
}
