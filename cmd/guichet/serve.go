package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"time"

	"guichet/internal/api"
	"guichet/internal/guichet"
	"guichet/internal/web"
)

// A serveCmd runs the web service.
type serveCmd struct {
	Addr          string          `default:"127.0.0.1:8080" help:"Adresse où écouter."`
	Adresse       string          `help:"Adresse publique, comme https://guichet.exemple.fr." placeholder:"URL"`
	Demo          bool            `help:"Ouvre sur la préfecture de démonstration, à la date du tableau, avec des personnes inventées."`
	Dispositifs   string          `help:"Dossier de règles à la place de celles du programme." placeholder:"DOSSIER"`
	Proconnect    identiteOptions `embed:"" prefix:"proconnect-"`
	Franceconnect identiteOptions `embed:"" prefix:"franceconnect-"`
	courrielOptions
	coffreOptions
	entrepot
}

// Run serves until the process is asked to stop, then lets the requests in
// progress finish.
func (c *serveCmd) Run(k *console) error {
	log := slog.New(slog.NewJSONHandler(k.err, nil))
	l, err := net.Listen("tcp", c.Addr)
	if err != nil {
		return fmt.Errorf("impossible d’écouter sur %s : %w", c.Addr, err)
	}
	defer l.Close()
	db, err := c.ouvre(k.ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	coffre, err := c.coffre(c.Donnees)
	if err != nil {
		return err
	}
	if err := c.adresse(l.Addr().String()); err != nil {
		return err
	}
	g, err := open(k, c.Dispositifs, guichet.Options{Store: db, Coffre: coffre, Adresse: c.Adresse, Demonstration: c.Demo,
		Alerte: func(dispositif, condition string, err error) {
			log.Error("règle en erreur", "dispositif", dispositif, "condition", condition, "erreur", err)
		}})
	if err != nil {
		return err
	}
	site, err := c.site(k, g, log)
	if err != nil {
		return err
	}
	srv := &http.Server{Handler: site, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 15 * time.Second,
		WriteTimeout: 30 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10}
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		<-k.ctx.Done()
		ctx, cancel := context.WithTimeout(context.WithoutCancel(k.ctx), 10*time.Second)
		defer cancel()
		if err := srv.Shutdown(ctx); err != nil {
			log.Error("stop", "err", err)
		}
	}()
	if err := c.taches(k, g, log); err != nil {
		return err
	}
	log.Info("ready", "addr", l.Addr().String(), "edition", g.Contexte(0).Edition.Code)
	if err := srv.Serve(enFrancais{l}); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	<-stopped // the requests in progress are finished: the base may close
	return nil
}

// site returns the pages and the API, with the ways to sign in.
func (c *serveCmd) site(k *console, g *guichet.Guichet, log *slog.Logger) (http.Handler, error) {
	providers, demo, err := c.fournisseurs(k, g)
	if err != nil {
		return nil, err
	}
	return web.New(g, web.Options{Log: log, Now: k.now, Adresse: c.Adresse, API: api.New(g, log), Fournisseurs: providers, Demonstration: demo})
}

// taches starts what the service does besides answering.
func (c *serveCmd) taches(k *console, g *guichet.Guichet, log *slog.Logger) error {
	u, err := url.Parse(c.Adresse)
	if err != nil {
		return err
	}
	f, err := c.facteur(u.Hostname())
	if err != nil {
		return err
	}
	go actualise(k.ctx, g, log)
	go chaque(k.ctx, time.Second, log.With("travail", "lots"), func(ctx context.Context) error {
		_, err := g.AvanceLots(ctx)
		return err
	})
	go chaque(k.ctx, time.Minute, log.With("travail", "quarantaine"), func(ctx context.Context) error {
		_, err := g.Reexamine(ctx)
		return err
	})
	go rappelle(k.ctx, g, log)
	go reindexe(k.ctx, g, log)
	if f != nil {
		go poste(k.ctx, g, f, log)
	}
	return nil
}

// reindexe makes the dossiers found under the words of this version of the
// program, once.
func reindexe(ctx context.Context, g *guichet.Guichet, log *slog.Logger) {
	if err := g.Reindexe(ctx); err != nil && ctx.Err() == nil {
		log.Error("recherche non reconstruite", "erreur", err)
	}
}

// actualise looks, every second, whether another process imported a layer.
func actualise(ctx context.Context, g *guichet.Guichet, log *slog.Logger) {
	for tick := time.Tick(time.Second); ; {
		select {
		case <-ctx.Done():
			return
		case <-tick:
		}
		changed, err := g.Actualise(ctx)
		switch {
		case err != nil && ctx.Err() == nil:
			log.Error("couches non relues", "erreur", err)
		case changed:
			log.Info("couches relues", "version", g.Version())
		}
	}
}
