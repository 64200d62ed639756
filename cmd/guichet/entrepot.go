package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"guichet/internal/fault"
	"guichet/internal/store"
)

// An entrepot is where an instance keeps its data.
type entrepot struct {
	Donnees string `default:"./donnees" help:"Dossier des données de l’instance." placeholder:"DOSSIER"`
	Base    string `help:"Base PostgreSQL, postgres://…, à la place du fichier du dossier de données." placeholder:"URL"`
}

// ouvre opens the base, made if need be.
func (e entrepot) ouvre(ctx context.Context) (*store.DB, error) {
	if e.Base != "" {
		return e.open(ctx, e.Base)
	}
	if err := os.MkdirAll(e.Donnees, 0o700); err != nil {
		return nil, fault.New(fault.Invalid, "Le dossier de données « %s » ne peut pas être créé : choisissez-en un autre avec --donnees.", e.Donnees).Because(err)
	}
	return e.open(ctx, filepath.Join(e.Donnees, store.Fichier))
}

// consulte opens the base when there is one; otherwise it returns nil.
func (e entrepot) consulte(ctx context.Context) (*store.DB, error) {
	if e.Base != "" {
		return e.open(ctx, e.Base)
	}
	path := filepath.Join(e.Donnees, store.Fichier)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return e.open(ctx, path)
}

func (e entrepot) open(ctx context.Context, dsn string) (*store.DB, error) {
	db, err := store.Open(ctx, dsn)
	if err != nil && fault.Of(err).Kind == fault.Internal {
		return nil, fault.New(fault.Invalid, "La base ne s’ouvre pas : vérifiez --donnees ou --base, et que rien n’empêche d’y écrire. La cause : %v", err).Because(err)
	}
	return db, err
}
