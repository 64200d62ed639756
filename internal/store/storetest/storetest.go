// Package storetest gives tests the two real databases.
package storetest

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver pgx

	"guichet/internal/store"
)

// Each runs f on a new SQLite database, then on a new PostgreSQL schema.
func Each(t *testing.T, f func(t *testing.T, db *store.DB)) {
	t.Helper()
	EachOpen(t, func(t *testing.T, db *store.DB, _ string) { f(t, db) })
}

// EachOpen is Each for a test that also needs the address.
func EachOpen(t *testing.T, f func(t *testing.T, db *store.DB, dsn string)) {
	t.Helper()
	EachAddress(t, func(t *testing.T, dsn string) {
		db, err := store.Open(t.Context(), dsn)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := db.Close(); err != nil {
				t.Error(err)
			}
		})
		f(t, db, dsn)
	})
}

// EachAddress is Each for a test that opens the database itself.
func EachAddress(t *testing.T, f func(t *testing.T, dsn string)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { f(t, Sqlite(t)) })
	t.Run("postgres", func(t *testing.T) { f(t, Postgres(t)) })
}

// EachEmpty is EachAddress where no migration was made yet.
func EachEmpty(t *testing.T, f func(t *testing.T, dsn string)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { f(t, filepath.Join(t.TempDir(), store.Fichier)) })
	t.Run("postgres", func(t *testing.T) { f(t, Postgres(t)) })
}

// Sqlite returns the path of a new SQLite database whose migrations are made:
// the copy of a file, which costs a tenth of making them again.
func Sqlite(t testing.TB) string {
	t.Helper()
	file, err := migrated()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), store.Fichier)
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// migrated is the file of a new SQLite database, closed.
var migrated = sync.OnceValues(func() ([]byte, error) {
	folder, err := os.MkdirTemp("", "guichet-base")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, store.Fichier)
	db, err := store.Open(context.Background(), path)
	if err != nil {
		return nil, err
	}
	if err := db.Close(); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

// Bases returns the address of a new SQLite database and, when there is a
// PostgreSQL to test with, of a new schema, by name.
func Bases(t testing.TB) map[string]string {
	t.Helper()
	out := map[string]string{"sqlite": Sqlite(t)}
	if os.Getenv("GUICHET_TEST_POSTGRES") != "" {
		out["postgres"] = Postgres(t)
	}
	return out
}

// Exec runs a statement as somebody who reached the database would, past every
// rule of guichet.
func Exec(t testing.TB, dsn, statement string) error {
	t.Helper()
	driver := "sqlite"
	if strings.HasPrefix(dsn, "postgres") {
		driver = "pgx"
	}
	db, err := sql.Open(driver, dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	_, err = db.ExecContext(t.Context(), statement)
	return err
}

// Lignes returns what reads every row of every table of the database, as text,
// each table's rows in order. Two equal texts are two equal databases.
func Lignes(t *testing.T, dsn string) func() string {
	t.Helper()
	driver, names := "sqlite", "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
	if strings.HasPrefix(dsn, "postgres") {
		driver, names = "pgx", "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema() ORDER BY table_name"
	}
	db, err := sql.Open(driver, dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return func() string {
		t.Helper()
		var out strings.Builder
		for _, name := range texts(t, db, names) {
			rows := texts(t, db, `SELECT * FROM "`+name+`"`)
			slices.Sort(rows)
			fmt.Fprintf(&out, "== %s\n%s\n", name, strings.Join(rows, "\n"))
		}
		return out.String()
	}
}

// texts reads the rows of a query, each as one text.
func texts(t *testing.T, db *sql.DB, query string) (all []string) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		cells, into := make([]sql.NullString, len(columns)), make([]any, len(columns))
		for i := range cells {
			into[i] = &cells[i]
		}
		if err := rows.Scan(into...); err != nil {
			t.Fatal(err)
		}
		var line []string
		for _, c := range cells {
			line = append(line, c.String)
		}
		all = append(all, strings.Join(line, "\x1f"))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// Postgres makes a schema for one test and returns the address that uses it.
// Without a PostgreSQL the test is skipped, and fails under CI.
func Postgres(t testing.TB) string {
	t.Helper()
	address := os.Getenv("GUICHET_TEST_POSTGRES")
	if address == "" {
		if os.Getenv("CI") != "" {
			t.Fatal("GUICHET_TEST_POSTGRES is empty: no PostgreSQL to test with")
		}
		t.Skip("no PostgreSQL: run make test, or outils/avec-postgres go test")
	}
	name := fmt.Sprintf("test_%x", rand.Uint64())
	db, err := sql.Open("pgx", address)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec("CREATE SCHEMA " + name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := db.Exec("DROP SCHEMA " + name + " CASCADE"); err != nil {
			t.Error(err)
		}
		db.Close()
	})
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	q.Set("search_path", name)
	u.RawQuery = q.Encode()
	return u.String()
}
