package main

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"guichet/internal/courrier"
	"guichet/internal/fault"
	"guichet/internal/guichet"
)

// courrielOptions say how mails leave. Without a server they wait, and are
// read on the site.
type courrielOptions struct {
	Courrier   string `help:"Serveur d’envoi, smtp://utilisateur:mot-de-passe@machine:587." placeholder:"URL"`
	Expediteur string `help:"Adresse d’où partent les courriels." placeholder:"ADRESSE"`
}

// A facteur turns the mails of the counter into those of the server.
type facteur struct {
	poste      *courrier.Facteur
	expediteur string
	domaine    string // of the identifiers
}

// facteur returns who sends mails, nil when nobody does.
func (o courrielOptions) facteur(domaine string) (*facteur, error) {
	if o.Courrier == "" {
		return nil, nil
	}
	settings, err := courrier.Parse(o.Courrier)
	if err != nil {
		return nil, err
	}
	if o.Expediteur == "" {
		return nil, fault.New(fault.Invalid, "Donnez l’adresse d’où partent les courriels : --expediteur guichet@exemple.fr.")
	}
	return &facteur{courrier.New(settings), o.Expediteur, domaine}, nil
}

// Envoie hands a mail to the server.
func (f *facteur) Envoie(ctx context.Context, c guichet.Pli) guichet.Remise {
	id := courrier.Identifiant(c.ID + "@" + f.domaine)
	err := f.poste.Envoie(ctx, courrier.Message{Identifiant: id, Le: c.CreeLe, De: courrier.Adresse{Nom: "guichet", Courriel: f.expediteur},
		A: courrier.Adresse{Courriel: c.Adresse}, Objet: c.Objet, Texte: c.Texte, HTML: c.HTML, Desabonnement: c.Desabonnement})
	switch {
	case err == nil:
		return guichet.Remise{Faite: true}
	case courrier.Definitif(err):
		return guichet.Remise{Raison: courrier.Raison(err)}
	}
	return guichet.Remise{Dans: courrier.Reessai(id, c.Essais), Raison: courrier.Raison(err)}
}

// poste makes and sends, every second, the mails whose turn has come.
func poste(ctx context.Context, g *guichet.Guichet, f *facteur, log *slog.Logger) {
	chaque(ctx, time.Second, log.With("travail", "courriels"), func(ctx context.Context) error {
		_, made := g.Recapitule(ctx)
		_, sent := g.EnvoieCourriels(ctx, f)
		return errors.Join(made, sent)
	})
}

// chaque does a work at each interval, until the service stops. A work that
// fails is logged, and tried again at the next one.
func chaque(ctx context.Context, every time.Duration, log *slog.Logger, work func(context.Context) error) {
	for tick := time.Tick(every); ; {
		select {
		case <-ctx.Done():
			return
		case <-tick:
		}
		if err := work(ctx); err != nil && ctx.Err() == nil {
			log.Error("travail", "erreur", err)
		}
	}
}
