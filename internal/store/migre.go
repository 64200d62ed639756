package store

import (
	"context"
	"embed"
	"fmt"
	"io/fs"

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
		goose.WithGoMigrations(goose.NewGoMigration(3, &goose.GoFunc{RunTx: db.protege}, nil))}
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
	if _, err := p.Up(ctx); err != nil {
		// Another process may have migrated the same file meanwhile.
		if pending, again := p.HasPending(ctx); again != nil || pending {
			return fmt.Errorf("migrate: %w", err)
		}
	}
	return nil
}
