package store

import (
	"fmt"
	"slices"
	"strings"

	"guichet/internal/compte"
	"guichet/internal/dossier"
	"guichet/internal/euro"
	"guichet/internal/jour"
	"guichet/internal/siren"
)

// A Portee is a scope whose dossiers may be listed, and what its holder does
// there.
type Portee struct {
	compte.Portee
	Tours      []string // the roles of the acts that the holder makes
	Prend      bool     // dossiers are taken by one person before they are instructed
	Messages   bool     // the messages are read too
	Brouillons bool     // the drafts are read too
}

// A Pile is the dossiers that wait for one thing.
type Pile string

// The piles. Each filed dossier of a scope is in one of the first five, and
// may be in the last two as well.
const (
	APrendre Pile = "a-prendre" // the person may act, and nobody has taken it
	LesMiens Pile = "les-miens" // the person took it and may act
	Porteur  Pile = "porteur"   // the applicant is awaited
	Ailleurs Pile = "ailleurs"  // a colleague or another service is awaited
	Decides  Pile = "decides"   // decided or closed
	Avis     Pile = "avis"      // an opinion is awaited
	EnRetard Pile = "en-retard" // the person's side is late
)

// Piles are the piles that ask for something, in the order of the desk.
var Piles = []Pile{APrendre, LesMiens, EnRetard, Porteur, Avis, Ailleurs, Decides}

// A Filtre chooses dossiers. Portees bounds what may be seen; every other
// empty field restricts nothing.
type Filtre struct {
	Portees    []Portee
	Personne   compte.PersonneID // whose desk it is
	Aujourdhui jour.Jour
	Pile       Pile

	Mots   []string // roots that the dossier must all have
	Champs []string // roots that its answers must all have

	Dispositif, Etat, Tour, Service string
	Organisation                    siren.Siren
	Instructeur                     compte.PersonneID
	Libres                          bool   // those that nobody took
	Numero                          string // or how it begins
	DeposeDu, DeposeAu              jour.Jour
	Accordes                        bool         // those that were granted something
	Min, Max                        euro.Montant // of what was granted; Max 0 is none
	Retard                          bool

	Apres  int64 // Rang of the last one of the page before; 0 for the first page
	Limite int
}

// Anciens reports whether the oldest come first: what is to be done is done in
// order.
func (f Filtre) Anciens() bool {
	return f.Pile != "" && f.Pile != Decides && len(f.Mots)+len(f.Champs) == 0
}

// A requete is an SQL text with its arguments.
type requete struct {
	args []any
}

// arg adds an argument and returns its place.
func (q *requete) arg(v any) string {
	q.args = append(q.args, v)
	return fmt.Sprint("$", len(q.args))
}

// Liste returns the dossiers that f admits, in the order of Rang, at most
// f.Limite. It asks as many things of the database whatever there is to list.
func (tx *Tx) Liste(f Filtre) ([]*dossier.Dossier, error) {
	if len(f.Portees) == 0 {
		return nil, nil
	}
	if err := tx.ajuste(); err != nil {
		return nil, err
	}
	q := &requete{}
	return tx.dossiers(q.liste(tx, f), q.args...)
}

// liste chooses the dossiers of one page, in every scope.
func (q *requete) liste(tx *Tx, f Filtre) string {
	parts := make([]string, len(f.Portees))
	for i, p := range f.Portees {
		text := ""
		if f.cherche() {
			text = tx.trouve(q, f, p)
		} else {
			text = q.page(f, "dossier", "dossier.rang", q.couvre(p))
		}
		parts[i] = fmt.Sprintf(`SELECT rang FROM (%s) AS portee%d`, text, i)
	}
	return `SELECT ` + dossierColumns + ` FROM dossier WHERE rang IN (` + strings.Join(parts, " UNION ") + `)
		ORDER BY rang` + f.ordre() + ` LIMIT ` + q.arg(f.Limite)
}

// ordre is that of the ranks.
func (f Filtre) ordre() string {
	if f.Anciens() {
		return ""
	}
	return " DESC"
}

// page chooses the ranks of one page, of the dossiers that the conditions and
// the filter admit. It reads them in the order of par, which is a rank too.
func (q *requete) page(f Filtre, from, par string, conditions ...string) string {
	where := append(conditions, q.pile(f)...)
	where = append(where, q.filtres(f)...)
	if f.Apres != 0 {
		after := map[bool]string{true: " > ", false: " < "}[f.Anciens()]
		where = append(where, "dossier.rang"+after+q.arg(f.Apres))
		if par != "dossier.rang" { // PostgreSQL does not see that it bounds both tables
			where = append(where, par+after+q.arg(f.Apres))
		}
	}
	return `SELECT dossier.rang FROM ` + from + ` WHERE ` + strings.Join(where, " AND ") + ` ORDER BY ` + par + f.ordre() + ` LIMIT ` + q.arg(f.Limite)
}

// couvre admits what the scope covers, nothing when it is empty.
func (q *requete) couvre(p Portee) string {
	if p.Organisation != "" {
		if p.Brouillons {
			return "(organisation = " + q.arg(string(p.Organisation)) + " AND etat <> " + q.arg(dossier.Supprime) + ")"
		}
		return "(organisation = " + q.arg(string(p.Organisation)) + " AND depose_le <> '')"
	}
	if p.Departement+p.Service == "" {
		return "1 = 0"
	}
	where, as := []string{"depose_le <> ''"}, " = "
	if p.Lien != compte.Instruit { // few dossiers: found by their service, not among all those of the département
		as = " || '' = "
	}
	for _, x := range []struct{ column, value string }{{"departement", p.Departement}, {"dispositif", p.Dispositif}} {
		if x.value != "" {
			where = append(where, x.column+as+q.arg(x.value))
		}
	}
	switch {
	case p.Lien == compte.Rend:
		where = append(where, "dossier.id IN (SELECT saisine.dossier FROM saisine WHERE saisine.service = "+q.arg(p.Service)+")")
	case p.Lien == compte.Opere:
		where = append(where, "operateur <> ''", "operateur = "+q.arg(p.Service)) // the index holds no other
	case p.Service != "":
		where = append(where, "service = "+q.arg(p.Service))
	}
	return "(" + strings.Join(where, " AND ") + ")"
}

// agit admits the dossiers of the scopes that keep retains in which it is the
// turn of the person. A single scope is already what the list is bound to.
func (q *requete) agit(f Filtre, keep func(Portee) bool) string {
	var any []string
	for _, p := range f.Portees {
		if !keep(p) || len(p.Tours) == 0 {
			continue
		}
		turn := "tour IN (" + q.suite(p.Tours) + ")"
		if len(f.Portees) > 1 {
			turn = "(" + q.couvre(p) + " AND " + turn + ")"
		}
		any = append(any, turn)
	}
	if len(any) == 0 {
		return "(1 = 0)"
	}
	return "(" + strings.Join(any, " OR ") + ")"
}

func (q *requete) suite(texts []string) string {
	places := make([]string, len(texts))
	for i, s := range texts {
		places[i] = q.arg(s)
	}
	return strings.Join(places, ", ")
}

// enCours admits the filed dossiers of which something is awaited: few, of all
// those that were ever made. Two indexes hold nothing else.
const enCours = "tour <> '' AND depose_le <> ''"

const tourPorteur = "tour IN ('preparateur', 'porteur')"

// pile admits what is in the pile.
func (q *requete) pile(f Filtre) []string {
	acts := func() string { return q.agit(f, func(Portee) bool { return true }) }
	alone := func() string { return q.agit(f, func(p Portee) bool { return !p.Prend }) } // nobody takes it: anybody may act
	me := func() string { return q.arg(string(f.Personne)) }
	switch f.Pile {
	case APrendre:
		return []string{enCours, acts(), "instructeur <> " + me(), "(instructeur = '' OR " + alone() + ")"}
	case LesMiens:
		return []string{enCours, acts(), "instructeur = " + me()}
	case Porteur:
		return []string{enCours, "NOT " + acts(), tourPorteur}
	case Decides:
		return []string{"NOT " + acts(), "NOT " + tourPorteur, "(tour = '' OR issue <> '')"}
	case Ailleurs:
		return []string{enCours, "((issue = '' AND NOT " + tourPorteur + " AND NOT " + acts() + ") OR (" + acts() + " AND instructeur NOT IN ('', " + me() + ") AND NOT " + alone() + "))"}
	case Avis:
		return []string{enCours, "avis_attendus > 0"}
	case EnRetard:
		return append(q.retard(f), acts())
	}
	return nil
}

func (q *requete) retard(f Filtre) []string {
	return []string{enCours, "echeance <> ''", "echeance < " + q.arg(day(f.Aujourdhui))}
}

// filtres admits what the other fields admit.
func (q *requete) filtres(f Filtre) []string {
	var where []string
	for _, x := range []struct{ column, value string }{{"dispositif", f.Dispositif}, {"etat", f.Etat}, {"tour", f.Tour}, {"service", f.Service},
		{"organisation", string(f.Organisation)}, {"instructeur", string(f.Instructeur)}} {
		if x.value != "" {
			where = append(where, x.column+" = "+q.arg(x.value))
		}
	}
	add := func(wanted bool, conditions ...string) {
		if wanted {
			where = append(where, conditions...)
		}
	}
	add(f.Libres, "instructeur = ''")
	add(f.Accordes || f.Max != 0, "issue = 'accord'")
	if f.Numero != "" {
		add(true, "numero <> ''", "substr(numero, 1, "+fmt.Sprint(len([]rune(f.Numero)))+") = "+q.arg(f.Numero))
	}
	if f.DeposeDu != 0 {
		add(true, "depose_le >= "+q.arg(instant(f.DeposeDu.Debut())))
	}
	if f.DeposeAu != 0 {
		add(true, "depose_le <> ''", "depose_le < "+q.arg(instant((f.DeposeAu+1).Debut())))
	}
	if f.Min != 0 {
		add(true, "montant >= "+q.arg(int64(f.Min)))
	}
	if f.Max != 0 {
		add(true, "montant <= "+q.arg(int64(f.Max)))
	}
	if f.Retard {
		add(true, q.retard(f)...)
	}
	return where
}

// Compte returns how many dossiers each pile of the person holds, but the
// decided ones, which ask for nothing. It reads no dossier.
func (tx *Tx) Compte(f Filtre) (map[Pile]int, error) {
	counted := slices.DeleteFunc(slices.Clone(Piles), func(p Pile) bool { return p == Decides })
	out, into := make(map[Pile]int), make([]any, len(counted))
	if len(f.Portees) == 0 {
		return out, nil
	}
	if err := tx.ajuste(); err != nil {
		return nil, err
	}
	q := &requete{}
	parts, counts := make([]string, len(counted)), make([]int, len(counted))
	for i, p := range counted {
		f.Pile, into[i] = p, &counts[i]
		parts[i] = "count(CASE WHEN " + strings.Join(q.pile(f), " AND ") + " THEN 1 END)"
	}
	scopes := make([]string, len(f.Portees))
	for i, p := range f.Portees {
		scopes[i] = q.couvre(p)
	}
	where := []string{enCours, "CASE WHEN " + strings.Join(scopes, " OR ") + " THEN 1 END = 1"} // one index for all the scopes
	if d := f.Portees[0].Departement; d != "" && !slices.ContainsFunc(f.Portees, func(p Portee) bool { return p.Departement != d }) {
		where = append(where, "departement = "+q.arg(d))
	}
	err := tx.queryRow(`SELECT `+strings.Join(parts, ", ")+` FROM dossier WHERE `+strings.Join(where, " AND "), q.args...).Scan(into...)
	for i, p := range counted {
		out[p] = counts[i]
	}
	return out, err
}

// ParNumero returns the dossier of that number in the scopes of f, nil for
// none.
func (tx *Tx) ParNumero(f Filtre, numero string) (*dossier.Dossier, error) {
	if len(f.Portees) == 0 {
		return nil, nil
	}
	q := &requete{}
	scopes := make([]string, len(f.Portees))
	for i, p := range f.Portees {
		scopes[i] = q.couvre(p)
	}
	found, err := tx.dossiers(`SELECT `+dossierColumns+` FROM dossier WHERE numero <> '' AND numero = `+q.arg(numero)+` AND (`+strings.Join(scopes, " OR ")+`)`, q.args...)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return found[0], nil
}

func (tx *Tx) dossiers(query string, args ...any) (all []*dossier.Dossier, err error) {
	rows, err := tx.query(query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		d, err := scanDossier(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, d)
	}
	return all, rows.Err()
}
