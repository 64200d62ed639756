// Package store keeps what guichet must not lose in a SQL database: SQLite by
// default, PostgreSQL when the users outgrow one machine.
//
// The SQL text is the same for both. What differs is the [dialect], and it is
// the only place in guichet where the two are told apart. No rule and no right
// is decided here.
package store

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver pgx
	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite" // the driver sqlite

	"guichet/internal/fault"
)

// Fichier is the name of the SQLite database in its folder.
const Fichier = "guichet.db"

// A dialect is what the two databases do not share.
type dialect struct {
	driver      string
	goose       goose.Dialect
	protections []string // what makes a table append-only

	// The index of words.
	indexeMots []string                              // makes it
	motsBureau []string                              // changes it for the desk
	index      func(*Tx, int64, []string) error      // keeps the words of a dossier
	trouve     func(*requete, Filtre, Portee) string // chooses the ranks of a page of what has the words, in one scope

	reglages string // asked before a list; "" for nothing
}

var (
	sqliteDialect = dialect{"sqlite", goose.DialectSQLite3, protectionsSqlite,
		motsSqlite, nil, indexSqlite, trouveSqlite, ""}
	postgresDialect = dialect{"pgx", goose.DialectPostgres, protectionsPostgres,
		motsPostgres, motsBureauPostgres, indexPostgres, trouvePostgres, reglagesPostgres}
)

// A DB is an open database, migrated to the schema of this program. It serves
// many callers at once.
type DB struct {
	reads, writes *sql.DB // one pool on PostgreSQL; SQLite has one writer
	dialect
	asked atomic.Int64
}

// Requetes returns how many statements were asked of the base since it was
// opened: a page must not ask more of them when there is more to show.
func (db *DB) Requetes() int64 { return db.asked.Load() }

// Open opens the database at dsn, a postgres:// URL or the path of a SQLite
// file, created if need be, and applies the pending migrations. The error is a
// fault.Invalid when dsn cannot be an address.
func Open(ctx context.Context, dsn string) (_ *DB, err error) {
	db := &DB{}
	if isPostgres(dsn) {
		err = db.openPostgres(dsn)
	} else {
		err = db.openSqlite(dsn)
	}
	if err != nil {
		return nil, err
	}
	if err := db.migrate(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

func isPostgres(dsn string) bool {
	return strings.HasPrefix(dsn, "postgres://") || strings.HasPrefix(dsn, "postgresql://")
}

// openPostgres prepares no statement on the server: a pooler such as PgBouncer
// may stand in between.
func (db *DB) openPostgres(dsn string) error {
	u, err := url.Parse(dsn)
	if err != nil { // the cause would show the password
		return fault.New(fault.Invalid, "L’adresse de la base n’est pas lisible : écrivez postgres://utilisateur:mot-de-passe@machine/base.")
	}
	q := u.Query()
	q.Set("default_query_exec_mode", "exec")
	u.RawQuery = q.Encode()
	pool, err := sql.Open(postgresDialect.driver, u.String())
	if err != nil {
		return err
	}
	pool.SetMaxOpenConns(20)
	pool.SetMaxIdleConns(20) // opening one again costs more than an act
	pool.SetConnMaxIdleTime(5 * time.Minute)
	db.reads, db.writes, db.dialect = pool, pool, postgresDialect
	return nil
}

// openSqlite opens a pool of readers and a single writer: an acknowledged
// write has reached the disk, and two writers wait instead of failing.
func (db *DB) openSqlite(path string) (err error) {
	if strings.Contains(path, "://") {
		return fault.New(fault.Invalid, "L’adresse de la base commence par postgres:// ; sinon, donnez le chemin d’un fichier.")
	}
	path, err = filepath.Abs(path)
	if err != nil {
		return err
	}
	const common = "?_pragma=busy_timeout(10000)&_pragma=journal_mode(wal)&_pragma=synchronous(full)&_pragma=foreign_keys(1)&_pragma=secure_delete(1)"
	file := "file:" + (&url.URL{Path: path}).EscapedPath()
	if db.writes, err = sql.Open(sqliteDialect.driver, file+common+"&_txlock=immediate"); err != nil {
		return err
	}
	db.writes.SetMaxOpenConns(1)
	if db.reads, err = sql.Open(sqliteDialect.driver, file+common+"&_pragma=query_only(1)"); err != nil {
		return errors.Join(err, db.writes.Close())
	}
	db.reads.SetMaxOpenConns(8)
	db.reads.SetMaxIdleConns(8)
	db.dialect = sqliteDialect
	return nil
}

// Close closes the database.
func (db *DB) Close() error {
	if db.reads == db.writes {
		return db.writes.Close()
	}
	return errors.Join(db.reads.Close(), db.writes.Close())
}

// A Tx is a transaction. It must not outlive the function it was given to.
type Tx struct {
	ctx context.Context
	tx  *sql.Tx
	dialect
	asked   *atomic.Int64 // counts the statements
	ajustee bool          // its settings are those of the lists
}

// View runs f in a transaction that cannot write.
func (db *DB) View(ctx context.Context, f func(*Tx) error) error {
	return db.run(ctx, db.reads, &sql.TxOptions{ReadOnly: db.reads == db.writes}, f)
}

// Write runs f in a transaction: all of it is kept when f returns nil, nothing
// otherwise, even if f panics.
func (db *DB) Write(ctx context.Context, f func(*Tx) error) error {
	return db.run(ctx, db.writes, nil, f)
}

func (db *DB) run(ctx context.Context, pool *sql.DB, o *sql.TxOptions, f func(*Tx) error) error {
	tx, err := pool.BeginTx(ctx, o)
	if err != nil {
		return err
	}
	defer tx.Rollback() // after a Commit, it does nothing
	if err := f(&Tx{ctx: ctx, tx: tx, dialect: db.dialect, asked: &db.asked}); err != nil {
		return err
	}
	if err := panne(ctx, "COMMIT"); err != nil {
		return err
	}
	return tx.Commit()
}

func (tx *Tx) exec(query string, args ...any) (sql.Result, error) {
	tx.asked.Add(1)
	if err := panne(tx.ctx, query); err != nil {
		return nil, err
	}
	return tx.tx.ExecContext(tx.ctx, query, args...)
}

func (tx *Tx) query(query string, args ...any) (*sql.Rows, error) {
	tx.asked.Add(1)
	if err := panne(tx.ctx, query); err != nil {
		return nil, err
	}
	return tx.tx.QueryContext(tx.ctx, query, args...)
}

func (tx *Tx) queryRow(query string, args ...any) *sql.Row {
	tx.asked.Add(1)
	ctx := tx.ctx
	if panne(ctx, query) != nil { // a row carries the error of its context
		gone, cancel := context.WithCancel(ctx)
		cancel()
		ctx = gone
	}
	return tx.tx.QueryRowContext(ctx, query, args...)
}

// instant writes a moment: RFC 3339, UTC, always as many characters, so that
// the order of the texts is the order of time. A zero time is an empty text.
func instant(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05.000000Z")
}

func parseInstant(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	return time.Parse(time.RFC3339, s)
}
