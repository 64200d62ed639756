package web

import (
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"guichet/internal/compte"
	"guichet/internal/dossier"
	"guichet/internal/fault"
	"guichet/internal/guichet"
	"guichet/internal/web/ui"
)

// dureeEnvoi is how long the sending of a document may take.
const dureeEnvoi = 15 * time.Minute

// joindre answers POST /dossiers/{id}/pieces : a document, read as it comes.
func (s *site) joindre(w http.ResponseWriter, r *http.Request, a compte.Acteur) error {
	until := s.options.Now().Add(dureeEnvoi)
	c := http.NewResponseController(w)
	if err := errors.Join(c.SetReadDeadline(until), c.SetWriteDeadline(until)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	r.Body = http.MaxBytesReader(w, r.Body, guichet.MaxPiece+maxBody)
	id := dossier.ID(r.PathValue("id"))
	e, err := envoi(r, id)
	if err == nil {
		err = s.g.Joint(r.Context(), a, e)
	}
	if err == nil {
		http.Redirect(w, r, dossierPath(id)+"#pieces", http.StatusSeeOther)
		return nil
	}
	return s.again(w, r, a, id, err)
}

// again shows the dossier with what was refused.
func (s *site) again(w http.ResponseWriter, r *http.Request, a compte.Acteur, id dossier.ID, err error) error {
	v, unread := s.g.Dossier(r.Context(), a, id)
	if unread != nil {
		return unread // who may not read the dossier learns nothing else
	}
	e := refused(err)
	if e == nil {
		return err
	}
	s.writePrivate(w, r, e.status, s.dossierPage(r, v, fault.Of(err)))
	return nil
}

// envoi reads a form that sends one document: its fields come before it.
func envoi(r *http.Request, id dossier.ID) (guichet.Envoi, error) {
	e := guichet.Envoi{Dossier: id}
	parts, err := r.MultipartReader()
	if err != nil {
		return e, fault.New(fault.Invalid, "L’envoi est incomplet : choisissez un fichier, puis envoyez-le.")
	}
	for {
		p, err := parts.NextPart()
		if err != nil {
			return e, fault.New(fault.Invalid, "Choisissez un fichier avant d’envoyer.").Because(err)
		}
		if p.FormName() == "fichier" {
			return e, withFile(&e, p)
		}
		text, err := io.ReadAll(io.LimitReader(p, 1000))
		if err != nil {
			return e, err
		}
		switch p.FormName() {
		case "piece":
			e.Piece = string(text)
		case "pour":
			e.Pour = string(text)
		}
	}
}

func withFile(e *guichet.Envoi, p *multipart.Part) error {
	e.Nom, e.Contenu = strings.ReplaceAll(strings.ToValidUTF8(p.FileName(), ""), "\x00", ""), p
	if e.Nom == "" {
		m := "Choisissez un fichier avant d’envoyer."
		return fault.New(fault.Invalid, "%s", m).Field(e.Attendue(), m)
	}
	return nil
}

// piece answers /dossiers/{id}/pieces/{piece} : the document, as a file to
// keep and never as a page.
func (s *site) piece(w http.ResponseWriter, r *http.Request, a compte.Acteur) error {
	p, content, err := s.g.OuvrePiece(r.Context(), a, dossier.ID(r.PathValue("id")), r.PathValue("piece"))
	if err != nil {
		return err
	}
	defer content.Close()
	h := w.Header()
	h.Set("Content-Type", p.Type)
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": p.Nom}))
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Length", strconv.FormatInt(p.Octets, 10))
	_, err = io.Copy(w, content)
	return err
}

// retirerPiece answers POST /dossiers/{id}/pieces/{piece}/retirer.
func (s *site) retirerPiece(w http.ResponseWriter, r *http.Request, a compte.Acteur) error {
	id := dossier.ID(r.PathValue("id"))
	if err := s.g.RetirePiece(r.Context(), a, id, r.PathValue("piece")); err != nil {
		return s.again(w, r, a, id, err)
	}
	http.Redirect(w, r, dossierPath(id)+"#pieces", http.StatusSeeOther)
	return nil
}

// documents lists what is joined, and asks for what is not.
func documents(v *guichet.VueDossier, f *fault.Fault) ui.Node {
	var body ui.Nodes
	for _, p := range v.Dispositif.Pieces {
		for _, x := range v.Dossier.Dues(v.Dispositif, p) {
			if n := document(v, x, f); n != nil {
				body = append(body, n)
			}
		}
	}
	if len(body) == 0 {
		return ui.Nodes{}
	}
	return ui.Section{ID: "pieces", Title: "Les documents", Body: body}
}

// document is one requirement: what was joined for it, and how to join more.
func document(v *guichet.VueDossier, x dossier.PieceDue, f *fault.Fault) ui.Node {
	joined := v.Dossier.Jointes(x)
	open := v.Joint(x.Piece)
	if len(joined) == 0 && !open {
		return nil
	}
	p := x.Piece
	path := dossierPath(v.Dossier.ID) + "/pieces"
	var items []ui.Node
	for i, j := range joined {
		item := ui.Nodes{ui.Link{Text: j.Nom, To: ui.Path(path + "/" + j.ID)}, ui.T(", " + measured(j, v.Examens[j.Cle]))}
		if open {
			item = append(item, ui.Post{Name: "Retirer : " + x.Libelle() + ", document " + strconv.Itoa(i+1), Action: ui.Path(path + "/" + j.ID + "/retirer"), Submit: "Retirer", Tone: ui.Quiet})
		}
		items = append(items, item)
	}
	body := ui.Nodes{ui.Heading(3, "", x.Libelle()), ui.Plain(items...)}
	if open {
		body = append(body, ui.Post{Name: "Joindre : " + x.Libelle(), Action: ui.Path(path), Send: ui.Files, Submit: "Joindre ce fichier", Tone: ui.Quiet,
			Hidden: url.Values{"piece": {p.ID}, "pour": {x.Pour}},
			Body:   ui.Nodes{ui.Field{Name: "fichier", Scope: x.Cle(), Kind: ui.File, Label: "Fichier", Hint: wanted(p), Error: message(errorOf(f), x.Cle())}}})
	}
	return ui.Panel(body)
}
