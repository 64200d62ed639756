package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"guichet/internal/api"
	"guichet/internal/guichet"
	"guichet/internal/web"
)

// A serveCmd runs the web service.
type serveCmd struct {
	Addr        string `default:"127.0.0.1:8080" help:"Adresse où écouter."`
	Demo        bool   `help:"Ouvre sur la préfecture de démonstration, à la date du tableau."`
	HTTPS       bool   `name:"https" help:"L’adresse publique est en https : les navigateurs s’y tiendront."`
	Dispositifs string `help:"Dossier de données à la place de celles du programme." type:"existingdir"`
}

// Run serves until the process is asked to stop, then lets the requests in
// progress finish.
func (c *serveCmd) Run(k *console) error {
	log := slog.New(slog.NewJSONHandler(k.err, nil))
	g, err := open(c.Dispositifs, k.now, func(o *guichet.Options) {
		o.Demonstration = c.Demo
		o.Alerte = func(dispositif, condition string, err error) {
			log.Error("règle en erreur", "dispositif", dispositif, "condition", condition, "erreur", err)
		}
	})
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", c.Addr)
	if err != nil {
		return fmt.Errorf("impossible d’écouter sur %s : %w", c.Addr, err)
	}
	site, err := web.New(g, web.Options{Log: log, Now: k.now, Secure: c.HTTPS, API: api.New(g, log)})
	if err != nil {
		return err
	}
	srv := &http.Server{Handler: site, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 15 * time.Second,
		WriteTimeout: 30 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10}
	go func() {
		<-k.ctx.Done()
		ctx, cancel := context.WithTimeout(context.WithoutCancel(k.ctx), 10*time.Second)
		defer cancel()
		if err := srv.Shutdown(ctx); err != nil {
			log.Error("stop", "err", err)
		}
	}()
	log.Info("ready", "addr", l.Addr().String(), "edition", g.Contexte(0).Edition.Code)
	if err := srv.Serve(enFrancais{l}); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
