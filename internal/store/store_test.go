package store_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"guichet/internal/fault"
	"guichet/internal/jour"
	"guichet/internal/siren"
	"guichet/internal/store"
	"guichet/internal/store/storetest"
	"guichet/internal/territoire"
)

var (
	matin  = time.Date(2021, 7, 1, 8, 0, 0, 0, time.UTC)
	insee  = territoire.Source{Titre: "Grille de densité", Editeur: "INSEE", URL: "https://www.insee.fr/", Date: jour.Of(2021, 7, 28), Licence: "Licence Ouverte"}
	grille = territoire.Couches{Zonages: []*territoire.Zonage{{Code: territoire.Densite, Titre: "Grille", Source: insee, Millesime: 2021,
		Communes: map[territoire.Insee]int32{"13055": 1, "2A004": 3}, Epcis: map[siren.Siren]int32{"200035087": 2}}}}
	liste = territoire.Couches{Listes: []*territoire.Liste{{Code: "vta", Titre: "VTA", Source: insee, Du: jour.Of(2021, 1, 1), Departements: []string{"13"},
		Annonce: map[string]int{"communes": 1}, Communes: []territoire.Insee{"13006"}, Epcis: []siren.Siren{"200035087"}}}}
	quartier = territoire.Couches{Qpv: []*territoire.Qpv{{Code: "QP013001", Nom: "La « Cité »", Communes: "Marseille", Source: insee,
		Contour: orb.MultiPolygon{{{{5.1, 43.1}, {5.2, 43.1}, {5.2, 43.3000000000001}, {5.1, 43.1}}}}}}}
)

func pose(t *testing.T, db *store.DB, c territoire.Couches, le time.Time) territoire.Notice {
	t.Helper()
	kept := territoire.Notice{Cle: c.Cle(), Genre: "densite", Titre: "Titre", Source: insee, Millesime: 2021, Lignes: 2, Empreinte: "ab", ImporteeLe: le}
	if err := db.Write(t.Context(), func(tx *store.Tx) error { return tx.PoseCouche(&kept, c) }); err != nil {
		t.Fatal(err)
	}
	return kept
}

func read[T any](t *testing.T, db *store.DB, f func(*store.Tx) (T, error)) (v T) {
	t.Helper()
	err := db.View(t.Context(), func(tx *store.Tx) (err error) {
		v, err = f(tx)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// TestCouches keeps a layer of each kind and reads the same values back.
func TestCouches(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		for _, c := range []territoire.Couches{grille, liste, quartier} {
			pose(t, db, c, matin)
		}
		want := territoire.Couches{Listes: liste.Listes, Zonages: grille.Zonages, Qpv: quartier.Qpv}
		if diff := cmp.Diff(want, read(t, db, (*store.Tx).Couches)); diff != "" {
			t.Errorf("layers read back (-want +got):\n%s", diff)
		}
	})
}

// TestRemplace puts a layer in the place of another: one is in use, both are in
// the register, and the version moved each time.
func TestRemplace(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		first := pose(t, db, grille, matin)
		newer := territoire.Couches{Zonages: []*territoire.Zonage{{Code: territoire.Densite, Titre: "Autre", Millesime: 2021, Communes: map[territoire.Insee]int32{"13055": 2}}}}
		second := pose(t, db, newer, matin.Add(time.Hour))
		pose(t, db, liste, matin)
		if got := read(t, db, (*store.Tx).Couches).Zonages; len(got) != 1 || got[0].Communes["13055"] != 2 {
			t.Errorf("zonings in use: %v; want the second one", got)
		}
		register := read(t, db, (*store.Tx).Registre)
		if len(register) != 3 || register[2].Numero != first.Numero || !register[2].RetireeLe.Equal(matin.Add(time.Hour)) {
			t.Errorf("register %+v; want three layers, the first one replaced at 9 h", register)
		}
		if diff := cmp.Diff(second, register[1]); diff != "" {
			t.Errorf("the second layer (-want +got):\n%s", diff)
		}
		if v := read(t, db, (*store.Tx).VersionCouches); v != 3 {
			t.Errorf("version %d after three imports", v)
		}
	})
}

// TestRetire takes a layer out of use, once.
func TestRetire(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		pose(t, db, liste, matin)
		for _, want := range []bool{true, false} {
			err := db.Write(t.Context(), func(tx *store.Tx) error {
				got, err := tx.RetireCouche(liste.Cle(), matin)
				if got != want {
					t.Errorf("retired %v, want %v", got, want)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		if got := read(t, db, (*store.Tx).Couches); len(got.Listes) != 0 {
			t.Errorf("still in use: %v", got.Listes)
		}
	})
}

// TestAllOrNothing ends a transaction by an error, a panic and a cancelled
// context: nothing of it is kept.
func TestAllOrNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		for name, end := range map[string]func(cancel func()) error{
			"an error":              func(func()) error { return errors.New("no") },
			"a panic":               func(func()) error { panic("no") },
			"the caller went away":  func(cancel func()) error { cancel(); return nil },
			"nothing, for the rest": nil,
		} {
			ctx, cancel := context.WithCancel(t.Context())
			func() {
				defer func() { recover() }()
				db.Write(ctx, func(tx *store.Tx) error {
					if err := tx.PoseCouche(&territoire.Notice{Cle: name, ImporteeLe: matin}, liste); err != nil || end == nil {
						return err
					}
					return end(cancel)
				})
			}()
			cancel()
		}
		register := read(t, db, (*store.Tx).Registre)
		if len(register) != 1 || register[0].Cle != "nothing, for the rest" {
			t.Errorf("kept %+v; want the transaction that ended well", register)
		}
	})
}

// TestViewCannotWrite refuses a write in a reading.
func TestViewCannotWrite(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		err := db.View(t.Context(), func(tx *store.Tx) error {
			_, err := tx.RetireCouche("x", matin)
			return err
		})
		if err == nil {
			t.Error("a reading wrote")
		}
	})
}

// TestTogether starts several nodes at once on a new database, each importing:
// one migrates, and no import is lost.
func TestTogether(t *testing.T) {
	storetest.EachEmpty(t, func(t *testing.T, dsn string) {
		var wg sync.WaitGroup
		const nodes, imports = 4, 5
		for range nodes {
			wg.Go(func() {
				db, err := store.Open(t.Context(), dsn)
				if err != nil {
					t.Error(err)
					return
				}
				defer db.Close()
				for range imports {
					c := territoire.Notice{Cle: "x", ImporteeLe: matin}
					if err := db.Write(t.Context(), func(tx *store.Tx) error { return tx.PoseCouche(&c, liste) }); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		db, err := store.Open(t.Context(), dsn)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		if got := read(t, db, (*store.Tx).Registre); len(got) != nodes*imports || got[0].Numero != nodes*imports {
			t.Errorf("%d layers kept, want %d", len(got), nodes*imports)
		}
	})
}

// TestOpenRefuses tells what is wrong with an address, never the password.
func TestOpenRefuses(t *testing.T) {
	file := filepath.Join(t.TempDir(), "plein")
	if err := os.WriteFile(file, []byte(strings.Repeat("ceci n’est pas une base ", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, dsn := range map[string]string{
		"another kind of database": "mysql://a:secret@b/c",
		"an unreadable address":    "postgres://a:secret@[::bad/c",
		"a file that is no base":   file,
		"a folder that is missing": filepath.Join(t.TempDir(), "x", "y", "base.db"),
		"nobody listens":           "postgres://a:secret@127.0.0.1:1/c?connect_timeout=2",
	} {
		db, err := store.Open(t.Context(), dsn)
		if err == nil {
			db.Close()
			t.Errorf("%s: opened", name)
			continue
		}
		if strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: the message shows the password: %v", name, err)
		}
		if f := fault.Of(err); strings.Contains(dsn, "://") && !strings.Contains(dsn, "127.0.0.1") && f.Kind != fault.Invalid {
			t.Errorf("%s: %v; want a fault.Invalid", name, err)
		}
	}
}
