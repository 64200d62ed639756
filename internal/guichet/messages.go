package guichet

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"

	"guichet/internal/compte"
	"guichet/internal/courriel"
	"guichet/internal/dossier"
	"guichet/internal/fault"
	"guichet/internal/store"
)

// A NouveauMessage is what somebody writes about a dossier.
type NouveauMessage struct {
	Genre   dossier.GenreMessage
	Texte   string
	Fichier *Fichier // nil for none
}

// droitsMessage are the rights to read and to write, by kind.
var droitsMessage = map[dossier.GenreMessage]struct{ lire, ecrire compte.Droit }{
	dossier.Echange: {"message.lire", "message.ecrire"},
	dossier.Note:    {"note.lire", "note.ecrire"},
}

// Ecrit adds a message or an internal note. The other side of a message is
// told of it, without its text; nobody is told of a note. Sent twice by one
// form, it is kept once.
func (g *Guichet) Ecrit(ctx context.Context, a compte.Acteur, x Geste, n NouveauMessage) error {
	rights, known := droitsMessage[n.Genre]
	text := strings.TrimSpace(n.Texte)
	switch {
	case !known:
		return fault.New(fault.Invalid, "Ce genre de message n’existe pas.")
	case text == "":
		m := "Écrivez votre message."
		return fault.New(fault.Invalid, "%s", m).Field(string(n.Genre), m)
	case len(text) > maxTexte:
		m := "Ce message est trop long : 20 000 caractères au plus. Joignez plutôt un document."
		return fault.New(fault.TooLarge, "%s", m).Field(string(n.Genre), m)
	}
	if err := g.autorise(ctx, a, x.Dossier, rights.ecrire); err != nil {
		return err
	}
	return g.avecFichier(ctx, provenance{x.Dossier, a.Personne.ID}, n.Fichier, func(p *dossier.Piece) error {
		return g.commande(ctx, a, func(tx *store.Tx, a compte.Acteur) error {
			if err := tx.TientDossier(x.Dossier); err != nil {
				return err
			}
			d, h, err := g.ouvre(tx, a, x.Dossier, rights.ecrire)
			if err != nil {
				return err
			}
			if d.Brouillon() {
				return fault.New(fault.Conflict, "Ce dossier est un brouillon : le service le verra, et lira vos messages, quand il sera déposé.")
			}
			m := dossier.Message{ID: strings.ToLower(rand.Text()), Dossier: d.ID, Genre: n.Genre, Cle: x.Cle, Par: a.Personne.ID, Nom: a.Personne.NomComplet(),
				Role: h.Role, Texte: text, Piece: p, Le: g.maintenant()}
			added, err := tx.InsereMessage(m)
			if err != nil || !added {
				return err
			}
			if err := g.indexe(tx, d); err != nil { // before the register, as every change of a dossier: two orders would be a deadlock
				return err
			}
			if err := g.inscrit(tx, a.Personne.ID, "ecrire_"+string(n.Genre), "message/"+m.ID, "", m.Empreinte()); err != nil {
				return err
			}
			return g.previentMessage(tx, d, m, h)
		})
	})
}

// previentMessage tells the other side that there is a message.
func (g *Guichet) previentMessage(tx *store.Tx, d *dossier.Dossier, m dossier.Message, h compte.Habilitation) error {
	if m.Genre == dossier.Note {
		return nil
	}
	s, err := g.catalogue.Pour(d.Departement).Dispositif(d.Dispositif)
	if err != nil {
		return err
	}
	c := &changement{tx: tx, d: d, s: s}
	subject := "Dossier " + d.Numero + " : nouveau message"
	if h.Organisation == "" {
		return g.ecritAuPorteur(c, courriel.Message, subject, fmt.Sprintf("Le service a écrit à propos du dossier %s, « %s ». Lisez et répondez dans le guichet.\n", d.Numero, s.Nom))
	}
	return g.ecritAuService(c, d.Service, courriel.Message, subject, fmt.Sprintf("%s a écrit à propos du dossier %s, « %s ». Lisez et répondez dans le guichet.\n", d.Nom, d.Numero, s.Nom))
}

// autorise refuses before any byte is read.
func (g *Guichet) autorise(ctx context.Context, a compte.Acteur, id dossier.ID, droit compte.Droit) error {
	return g.view(ctx, func(tx *store.Tx) error {
		_, _, err := g.ouvre(tx, a, id, droit)
		return err
	})
}

// messages returns what the person may read of what was said about a dossier.
func (g *Guichet) messages(tx *store.Tx, a compte.Acteur, o compte.Objet, id dossier.ID) ([]dossier.Message, error) {
	all, err := tx.Messages(id)
	var out []dossier.Message
	for _, m := range all {
		if _, refused := g.politique.Peut(a, droitsMessage[m.Genre].lire, o); refused == nil {
			out = append(out, m)
		}
	}
	return out, err
}
