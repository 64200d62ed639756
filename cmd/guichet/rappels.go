package main

import (
	"context"
	"log/slog"
	"time"

	"guichet/internal/guichet"
)

// tourRappels is how long a reminder may wait after its day began.
const tourRappels = 5 * time.Minute

// rappelle writes, at once then every few minutes, the reminders whose day has
// come.
func rappelle(ctx context.Context, g *guichet.Guichet, log *slog.Logger) {
	for tick := time.Tick(tourRappels); ; {
		n, err := g.Rappelle(ctx)
		switch {
		case err != nil && ctx.Err() == nil:
			log.Error("rappels", "erreur", err)
		case n > 0:
			log.Info("rappels", "nombre", n)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick:
		}
	}
}
