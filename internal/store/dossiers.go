package store

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"guichet/internal/compte"
	"guichet/internal/dossier"
	"guichet/internal/fault"
	"guichet/internal/siren"
)

// contenu is the part of a dossier that is read and written as a whole.
type contenu struct {
	Volet       string            `json:"volet,omitempty"`
	Demandeur   any               `json:"demandeur"`
	Nom         string            `json:"nom"`
	Reponses    dossier.Reponses  `json:"reponses"`
	Engagements []string          `json:"engagements,omitempty"`
	Pieces      []dossier.Piece   `json:"pieces,omitempty"`
	Gel         *dossier.Gel      `json:"gel,omitempty"`
	Decision    *dossier.Decision `json:"decision,omitempty"`

	Anciennes   []dossier.Decision  `json:"anciennes,omitempty"`
	Quitte      string              `json:"quitte,omitempty"`
	Instruction dossier.Instruction `json:"instruction"`
	Lettres     []dossier.Lettre    `json:"lettres,omitempty"`
}

const dossierColumns = `id, numero, dispositif, organisation, departement, service, etat, version, instructeur, contenu, cree_le, modifie_le, depose_le, tour, echeance, operateur, rappel_le, rang, avis_attendus, issue, montant`

func body(d *dossier.Dossier) (string, error) {
	text, err := json.Marshal(contenu{d.Volet, d.Demandeur, d.Nom, d.Reponses, d.Engagements, d.Pieces, d.Gel, d.Decision, d.Anciennes, d.Quitte, d.Instruction, d.Lettres})
	return string(text), err
}

// InsereDossier adds a new dossier and its first event. A dossier that the
// same form already made comes back instead, so that asking twice makes one.
func (tx *Tx) InsereDossier(d *dossier.Dossier, ev dossier.Evenement) (*dossier.Dossier, error) {
	text, err := body(d)
	if err != nil {
		return nil, err
	}
	n, err := tx.Numero(serieRang)
	if err != nil {
		return nil, err
	}
	if d.Rang, err = strconv.ParseInt(n, 10, 64); err != nil {
		return nil, err
	}
	issue, montant := decision(d)
	res, err := tx.exec(`INSERT INTO dossier (cle, `+dossierColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)
		ON CONFLICT (cle) DO NOTHING`,
		ev.Cle, string(d.ID), d.Numero, d.Dispositif, string(d.Organisation), d.Departement, d.Service, d.Etat, d.Version, string(d.Instructeur),
		text, instant(d.CreeLe), instant(d.ModifieLe), instant(d.DeposeLe), d.Tour, day(d.Echeance), d.Operateur, day(d.RappelLe), d.Rang, d.AvisAttendus, issue, montant)
	if err != nil {
		return nil, err
	}
	if n, err := res.RowsAffected(); err != nil {
		return nil, err
	} else if n == 0 {
		return scanDossier(tx.queryRow(`SELECT `+dossierColumns+` FROM dossier WHERE cle = $1 AND organisation = $2`, ev.Cle, string(d.Organisation)))
	}
	return d, tx.insereEvenement(ev)
}

// SauveDossier writes d and the event that changed it, together. The error is
// a fault.Conflict when somebody changed d since it was read.
func (tx *Tx) SauveDossier(d *dossier.Dossier, ev dossier.Evenement) error {
	text, err := body(d)
	if err != nil {
		return err
	}
	issue, montant := decision(d)
	res, err := tx.exec(`
		UPDATE dossier SET numero = $1, etat = $2, version = $3, instructeur = $4, contenu = $5, modifie_le = $6, depose_le = $7, service = $8,
			tour = $9, echeance = $10, operateur = $11, rappel_le = $12, avis_attendus = $13, issue = $14, montant = $15
		WHERE id = $16 AND version = $17`,
		d.Numero, d.Etat, d.Version, string(d.Instructeur), text, instant(d.ModifieLe), instant(d.DeposeLe), d.Service, d.Tour, day(d.Echeance), d.Operateur, day(d.RappelLe),
		d.AvisAttendus, issue, montant, string(d.ID), ev.Numero-1)
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil {
		return err
	} else if n != 1 {
		return fault.New(fault.Conflict, "Ce dossier vient d’être modifié par une autre personne.")
	}
	if err := tx.saisit(d); err != nil {
		return err
	}
	return tx.insereEvenement(ev)
}

// saisit writes which services are asked for an opinion on d.
func (tx *Tx) saisit(d *dossier.Dossier) error {
	due := make(map[string]string)
	for _, a := range d.Instruction.Avis {
		if a.Sens == "" {
			due[a.Service] = day(a.Pour)
		} else if _, known := due[a.Service]; !known {
			due[a.Service] = ""
		}
	}
	for service, by := range due {
		if _, err := tx.exec(`INSERT INTO saisine (service, dossier, pour) VALUES ($1, $2, $3)
			ON CONFLICT (service, dossier) DO UPDATE SET pour = excluded.pour`, service, string(d.ID), by); err != nil {
			return err
		}
	}
	return nil
}

func (tx *Tx) insereEvenement(ev dossier.Evenement) error {
	_, err := tx.exec(`INSERT INTO evenement (`+evenementColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
		string(ev.Dossier), ev.Numero, ev.Cle, ev.Acte, ev.Libelle, ev.De, ev.Vers, ev.Motif, string(ev.Par), ev.Nom, string(ev.Role), instant(ev.Le), ev.Derogation)
	return err
}

// TientDossier makes whoever writes about one dossier wait for one another until
// the end of the transaction: each then indexes what the others wrote. It comes
// before the dossier is read.
func (tx *Tx) TientDossier(id dossier.ID) error {
	_, err := tx.exec(`UPDATE dossier SET rang = rang WHERE id = $1`, string(id))
	return err
}

// Dossier returns the dossier of that ID. The error is a fault.NotFound.
func (tx *Tx) Dossier(id dossier.ID) (*dossier.Dossier, error) {
	d, err := scanDossier(tx.queryRow(`SELECT `+dossierColumns+` FROM dossier WHERE id = $1`, string(id)))
	return d, absent(err, "Ce dossier n’existe pas.")
}

func scanDossier(row interface{ Scan(...any) error }) (*dossier.Dossier, error) {
	var d dossier.Dossier
	var text, cree, modifie, depose, echeance, rappel, issue string
	var montant int64 // the decision is in the content
	err := row.Scan(&d.ID, &d.Numero, &d.Dispositif, &d.Organisation, &d.Departement, &d.Service, &d.Etat, &d.Version, &d.Instructeur,
		&text, &cree, &modifie, &depose, &d.Tour, &echeance, &d.Operateur, &rappel, &d.Rang, &d.AvisAttendus, &issue, &montant)
	if err != nil {
		return nil, err
	}
	c := contenu{Demandeur: &d.Demandeur}
	if err := json.Unmarshal([]byte(text), &c); err != nil {
		return nil, fmt.Errorf("dossier %s: %w", d.ID, err)
	}
	d.Volet, d.Nom, d.Reponses, d.Engagements, d.Pieces, d.Gel, d.Decision = c.Volet, c.Nom, c.Reponses, c.Engagements, c.Pieces, c.Gel, c.Decision
	d.Anciennes, d.Quitte, d.Instruction, d.Lettres = c.Anciennes, c.Quitte, c.Instruction, c.Lettres
	for _, at := range []struct {
		text string
		into *time.Time
	}{{cree, &d.CreeLe}, {modifie, &d.ModifieLe}, {depose, &d.DeposeLe}} {
		if *at.into, err = parseInstant(at.text); err != nil {
			return nil, fmt.Errorf("dossier %s: %w", d.ID, err)
		}
	}
	if d.Echeance, err = parseDay(echeance); err != nil {
		return nil, fmt.Errorf("dossier %s: %w", d.ID, err)
	}
	d.RappelLe, err = parseDay(rappel)
	return &d, err
}

// A FiltreDossiers restricts Dossiers. Empty fields restrict nothing.
type FiltreDossiers struct {
	Organisation siren.Siren
	Departement  string
	Service      string
	Deposes      bool   // without the drafts
	Effaces      bool   // with the drafts that were erased
	Apres        string // ModifieLe and ID of the last one of the page before, from Suite
	Limite       int
}

// Dossiers returns the dossiers that f admits, the last changed first, and
// what to give as Apres for the following ones, "" at the end.
func (tx *Tx) Dossiers(f FiltreDossiers) (all []*dossier.Dossier, suite string, err error) {
	rows, err := tx.query(`
		SELECT `+dossierColumns+` FROM dossier
		WHERE ($1 = '' OR organisation = $1) AND ($2 = '' OR departement = $2) AND ($3 = '' OR service = $3)
		  AND ($4 = 0 OR depose_le <> '') AND ($7 = 1 OR etat <> $8) AND ($5 = '' OR modifie_le || ' ' || id < $5)
		ORDER BY modifie_le || ' ' || id DESC
		LIMIT $6`,
		string(f.Organisation), f.Departement, f.Service, boolean(f.Deposes), f.Apres, f.Limite, boolean(f.Effaces), dossier.Supprime)
	if err != nil {
		return nil, "", err
	}
	defer rows.Close()
	for rows.Next() {
		d, err := scanDossier(rows)
		if err != nil {
			return nil, "", err
		}
		all = append(all, d)
	}
	if len(all) == f.Limite && f.Limite > 0 {
		last := all[len(all)-1]
		suite = instant(last.ModifieLe) + " " + string(last.ID)
	}
	return all, suite, rows.Err()
}

func boolean(b bool) int {
	if b {
		return 1
	}
	return 0
}

const evenementColumns = `dossier, numero, cle, acte, libelle, de, vers, motif, par, nom, role, le, derogation`

// Evenements returns the acts on a dossier, in order.
func (tx *Tx) Evenements(id dossier.ID) (all []dossier.Evenement, err error) {
	rows, err := tx.query(`SELECT `+evenementColumns+` FROM evenement WHERE dossier = $1 ORDER BY numero`, string(id))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		ev, err := scanEvenement(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, ev)
	}
	return all, rows.Err()
}

// EvenementDe returns the act that a form already made, and whether there is
// one.
func (tx *Tx) EvenementDe(cle string) (ev dossier.Evenement, found bool, err error) {
	if cle == "" {
		return ev, false, nil
	}
	ev, err = scanEvenement(tx.queryRow(`SELECT `+evenementColumns+` FROM evenement WHERE cle = $1`, cle))
	if f := fault.Of(absent(err, "")); f != nil && f.Kind == fault.NotFound {
		return ev, false, nil
	}
	return ev, err == nil, err
}

func scanEvenement(row interface{ Scan(...any) error }) (ev dossier.Evenement, err error) {
	var le string
	var par, role string
	if err = row.Scan(&ev.Dossier, &ev.Numero, &ev.Cle, &ev.Acte, &ev.Libelle, &ev.De, &ev.Vers, &ev.Motif, &par, &ev.Nom, &role, &le, &ev.Derogation); err != nil {
		return ev, err
	}
	ev.Par, ev.Role = compte.PersonneID(par), compte.Role(role)
	ev.Le, err = parseInstant(le)
	return ev, err
}

// Numero takes the next number of a series, from 1. Nobody else gets it, even
// if the transaction fails to end well.
func (tx *Tx) Numero(serie string) (string, error) {
	var n int64
	err := tx.queryRow(`INSERT INTO compteur (nom, valeur) VALUES ($1, 1)
		ON CONFLICT (nom) DO UPDATE SET valeur = compteur.valeur + 1 RETURNING valeur`, serie).Scan(&n)
	return strconv.FormatInt(n, 10), err
}
