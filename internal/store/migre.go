package store

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"time"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed migrations/*.sql
var migrations embed.FS

// migrate applies the migrations that the database has not seen, each in its
// own transaction. Of several nodes that start on one PostgreSQL, one migrates
// and the others wait.
func (db *DB) migrate(ctx context.Context) error {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	options := []goose.ProviderOption{goose.WithDisableGlobalRegistry(true),
		goose.WithGoMigrations(goose.NewGoMigration(3, &goose.GoFunc{RunTx: db.protege}, nil),
			goose.NewGoMigration(5, &goose.GoFunc{RunTx: db.prepareRecherche}, nil),
			goose.NewGoMigration(14, &goose.GoFunc{RunTx: db.prepareBureau}, nil))}
	if db.goose == goose.DialectPostgres {
		locker, err := lock.NewPostgresSessionLocker()
		if err != nil {
			return err
		}
		options = append(options, goose.WithSessionLocker(locker))
	}
	p, err := goose.NewProvider(db.goose, db.writes, files, options...)
	if err != nil {
		return err
	}
	// SQLite has no lock that lasts several transactions: of two processes that
	// start together, the one whose migration is already made begins again.
	for try := 1; ; try++ {
		_, err := p.Up(ctx)
		if err == nil {
			return nil
		}
		if db.goose == goose.DialectPostgres || try == essaisMigration {
			return fmt.Errorf("migrate: %w", err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// essaisMigration bounds the wait for another process that migrates.
const essaisMigration = 20
