package store

import (
	"strings"

	"guichet/internal/compte"
	"guichet/internal/dossier"
	"guichet/internal/fault"
)

// serieRang numbers the dossiers in the order they were made.
const serieRang = "rang"

// Mots are the roots under which a dossier is found.
type Mots struct {
	Texte    []string // what every reader of the dossier may read
	Messages []string // what only those who read its messages may
}

// maxMots bounds what the index keeps of a dossier, in bytes: beyond it,
// PostgreSQL would refuse the dossier itself.
const maxMots = 400_000

// IndexeDossier makes d found under the words of m, in the scopes in which it
// is now. It replaces what d was found under.
func (tx *Tx) IndexeDossier(d *dossier.Dossier, m Mots) error {
	all := portees(d)
	left := maxMots
	add := func(prefix string, roots []string) {
		for _, r := range roots {
			if left -= len(prefix) + len(r) + 6; left > 0 {
				all = append(all, prefix+r)
			}
		}
	}
	add("", m.Texte)
	add(prefixeMessage, m.Messages)
	return tx.index(tx, d.Rang, all)
}

// prefixeMessage tells a word of a message from the same word elsewhere.
const prefixeMessage = "m:"

// portees are the words by which a search keeps to a scope: the organisation
// and, once filed, each scope of a service that covers the dossier. The scheme
// and the state are there for a search filtered by them.
func portees(d *dossier.Dossier) []string {
	out := []string{"o:" + string(d.Organisation), "x:" + d.Dispositif, "e:" + d.Etat}
	if d.Brouillon() {
		return out
	}
	out = append(out, "f:"+string(d.Organisation))
	scopes := []compte.Portee{{}, {Service: d.Service}}
	if d.Operateur != "" {
		scopes = append(scopes, compte.Portee{Service: d.Operateur, Lien: compte.Opere})
	}
	for _, service := range d.Instruction.Consultes() {
		scopes = append(scopes, compte.Portee{Service: service, Lien: compte.Rend})
	}
	for _, p := range scopes {
		for i := range 4 {
			p.Departement, p.Dispositif = []string{"", d.Departement}[i&1], []string{"", d.Dispositif}[i>>1]
			out = append(out, Portee{Portee: p}.mot())
		}
	}
	return out
}

// mot is the word of the scope.
func (p Portee) mot() string {
	switch {
	case p.Organisation != "" && p.Brouillons:
		return "o:" + string(p.Organisation)
	case p.Organisation != "":
		return "f:" + string(p.Organisation)
	}
	return "p:" + string(p.Lien) + p.Departement + "/" + p.Service + "/" + p.Dispositif
}

// clauses are what the index must have: a word of each.
func (f Filtre) clauses(p Portee) [][]string {
	out := [][]string{{p.mot()}}
	for prefix, value := range map[string]string{"x:": f.Dispositif, "e:": f.Etat} {
		if propre(value) {
			out = append(out, []string{prefix + value})
		}
	}
	for _, r := range f.Mots {
		if p.Messages {
			out = append(out, []string{r, prefixeMessage + r})
		} else {
			out = append(out, []string{r})
		}
	}
	for _, r := range f.Champs {
		out = append(out, []string{r})
	}
	return out
}

// propre reports whether a value that a person typed may be a word of the
// index as it is.
func propre(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool { return r != '_' && r != '-' && (r < '0' || r > '9') && (r < 'a' || r > 'z') })
}

// indexSqlite and indexPostgres keep the words of a dossier.
func indexSqlite(tx *Tx, rang int64, words []string) error {
	if _, err := tx.exec(`DELETE FROM dossier_mots WHERE rowid = $1`, rang); err != nil {
		return err
	}
	_, err := tx.exec(`INSERT INTO dossier_mots (rowid, mots) VALUES ($1, $2)`, rang, strings.Join(words, " "))
	return err
}

func indexPostgres(tx *Tx, rang int64, words []string) error {
	_, err := tx.exec(`INSERT INTO dossier_mots (rowid, mots) VALUES ($1, CAST($2 AS tsvector))
		ON CONFLICT (rowid) DO UPDATE SET mots = excluded.mots`, rang, "'"+strings.Join(escaped(words), "' '")+"'")
	return err
}

func escaped(words []string) []string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = strings.NewReplacer(`'`, `''`, `\`, `\\`).Replace(w)
	}
	return out
}

// cherche reports whether words are asked for.
func (f Filtre) cherche() bool { return len(f.Mots)+len(f.Champs) > 0 }

// trouveSqlite reads the dossiers that have the words in their order, from the
// index of words itself.
func trouveSqlite(q *requete, f Filtre, p Portee) string {
	return q.page(f, "dossier_mots CROSS JOIN dossier", "dossier_mots.rowid", "dossier_mots MATCH "+q.arg(rechercheSqlite(f.clauses(p))),
		"dossier.rang = dossier_mots.rowid", q.couvre(p))
}

// proches is how many dossiers of a list are looked into for the words before
// their index is asked.
const proches = 400

// trouvePostgres looks for the words in the first dossiers of the list, which
// finds a page of the frequent ones; when that is not enough and the list goes
// on, it asks their index, which finds the others. PostgreSQL itself would
// choose by what it believes of the words, and is wrong of the rare ones: it
// then unpacks the words of thousands of dossiers, which it believes is free.
func trouvePostgres(q *requete, f Filtre, p Portee) string {
	words := "mots @@ CAST(" + q.arg(recherchePostgres(f.clauses(p))) + " AS tsquery)"
	first := f
	first.Limite = proches
	return `WITH proche AS MATERIALIZED (` + q.page(first, "dossier", "dossier.rang", q.couvre(p)) + `),
		premier AS MATERIALIZED (SELECT rang FROM proche CROSS JOIN LATERAL (SELECT 1 FROM dossier_mots WHERE rowid = proche.rang AND ` + words + ` OFFSET 0) AS a
			ORDER BY rang` + f.ordre() + ` LIMIT ` + q.arg(f.Limite) + `),
		trouve AS MATERIALIZED (SELECT rowid FROM dossier_mots WHERE ` + words + `)
		SELECT rang FROM premier UNION ALL (` +
		q.page(f, "trouve JOIN dossier ON dossier.rang = trouve.rowid", "dossier.rang", q.couvre(p),
			"(SELECT count(*) FROM premier) < "+q.arg(f.Limite), "(SELECT count(*) FROM proche) = "+q.arg(proches)) + `)`
}

// reglagesPostgres keep PostgreSQL, until the end of the transaction, from
// reading a whole table instead of an index that has all that a list reads, and
// from compiling a query or starting processes for it: both last longer than
// the query.
const reglagesPostgres = `SELECT set_config('enable_seqscan', 'off', true), set_config('jit', 'off', true), set_config('max_parallel_workers_per_gather', '0', true)`

// ajuste asks for the settings of the lists, once in the transaction.
func (tx *Tx) ajuste() error {
	if tx.reglages == "" || tx.ajustee {
		return nil
	}
	tx.ajustee = true
	_, err := tx.exec(tx.reglages)
	return err
}

// rechercheSqlite and recherchePostgres write clauses as the database reads
// them.
func rechercheSqlite(clauses [][]string) string {
	return joined(clauses, `"`, " OR ", " AND ")
}

func recherchePostgres(clauses [][]string) string {
	for i := range clauses {
		clauses[i] = escaped(clauses[i])
	}
	return joined(clauses, "'", " | ", " & ")
}

func joined(clauses [][]string, quote, or, and string) string {
	parts := make([]string, len(clauses))
	for i, words := range clauses {
		parts[i] = "(" + quote + strings.Join(words, quote+or+quote) + quote + ")"
	}
	return strings.Join(parts, and)
}

// VersionMots returns what the whole index of words was made with.
func (tx *Tx) VersionMots() (version int, err error) {
	return version, tx.queryRow(`SELECT version FROM mots_version WHERE seul = 1`).Scan(&version)
}

// PoseVersionMots keeps what the whole index of words is now made with.
func (tx *Tx) PoseVersionMots(version int) error {
	_, err := tx.exec(`UPDATE mots_version SET version = $1 WHERE seul = 1`, version)
	return err
}

// Reprise returns at most limite dossiers that were made after the rank, in
// order, which nobody else changes before the transaction ends.
func (tx *Tx) Reprise(apres int64, limite int) ([]*dossier.Dossier, error) {
	var end *int64
	err := tx.queryRow(`SELECT max(rang) FROM (SELECT rang FROM dossier WHERE rang > $1 ORDER BY rang LIMIT $2) AS lot`, apres, limite).Scan(&end)
	if err != nil || end == nil {
		return nil, err
	}
	if _, err := tx.exec(`UPDATE dossier SET rang = rang WHERE rang > $1 AND rang <= $2`, apres, *end); err != nil {
		return nil, err
	}
	return tx.dossiers(`SELECT `+dossierColumns+` FROM dossier WHERE rang > $1 AND rang <= $2 ORDER BY rang`, apres, *end)
}

// Situe writes again what the desk sorts d by, and nothing else. The error is
// a fault.Conflict when d changed since it was read.
func (tx *Tx) Situe(d *dossier.Dossier) error {
	issue, montant := decision(d)
	res, err := tx.exec(`UPDATE dossier SET tour = $1, echeance = $2, avis_attendus = $3, issue = $4, montant = $5 WHERE id = $6 AND version = $7`,
		d.Tour, day(d.Echeance), d.AvisAttendus, issue, montant, string(d.ID), d.Version)
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil || n == 1 {
		return err
	}
	return fault.New(fault.Conflict, "Ce dossier vient d’être modifié par une autre personne.")
}

// decision is the decision as the lists filter it.
func decision(d *dossier.Dossier) (issue string, montant int64) {
	if d.Decision == nil {
		return "", 0
	}
	return d.Decision.Issue, int64(d.Decision.Montant)
}
