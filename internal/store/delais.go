package store

import (
	"time"

	"guichet/internal/compte"
	"guichet/internal/dossier"
	"guichet/internal/jour"
	"guichet/internal/siren"
)

// A FiltreDelais restricts DossiersSuivis. Empty fields restrict nothing.
type FiltreDelais struct {
	Organisation siren.Siren
	Departement  string
	Service      string
	Deposes      bool      // without the drafts
	Avant        jour.Jour // with a reminder on that day or before
	Limite       int
}

// A DossierSuivi is a dossier with its acts, in order.
type DossierSuivi struct {
	*dossier.Dossier
	Evenements []dossier.Evenement
	partis     map[string]bool
}

// Parti reports whether the reminder left.
func (d DossierSuivi) Parti(r dossier.Rappel) bool {
	return d.partis[cleRappel(r.Echeance.ID, day(r.Jour))]
}

func cleRappel(delai, jour string) string { return delai + " " + jour }

// DossiersSuivis returns the dossiers that f admits with their acts and the
// reminders that left, those to be reminded of first, in three queries.
func (tx *Tx) DossiersSuivis(f FiltreDelais) ([]DossierSuivi, error) {
	due := `$5 = ''`
	if f.Avant != 0 {
		due = `rappel_le <> '' AND rappel_le <= $5` // written so that both bases use the index of rappel_le
	}
	where := `FROM dossier WHERE ` + due + ` AND ($1 = '' OR organisation = $1) AND ($2 = '' OR departement = $2) AND ($3 = '' OR service = $3)
		AND ($4 = 0 OR depose_le <> '') ORDER BY rappel_le, id LIMIT $6`
	args := []any{string(f.Organisation), f.Departement, f.Service, boolean(f.Deposes), day(f.Avant), f.Limite}
	rows, err := tx.query(`SELECT `+dossierColumns+` `+where, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []DossierSuivi
	at := make(map[dossier.ID]int)
	for rows.Next() {
		d, err := scanDossier(rows)
		if err != nil {
			return nil, err
		}
		at[d.ID] = len(all)
		all = append(all, DossierSuivi{Dossier: d, partis: make(map[string]bool)})
	}
	if err := rows.Err(); err != nil || len(all) == 0 {
		return nil, err
	}
	events, err := tx.query(`SELECT `+evenementColumns+` FROM evenement WHERE dossier IN (SELECT id `+where+`) ORDER BY dossier, numero`, args...)
	if err != nil {
		return nil, err
	}
	defer events.Close()
	for events.Next() {
		ev, err := scanEvenement(events)
		if err != nil {
			return nil, err
		}
		if i, known := at[ev.Dossier]; known { // a dossier that appeared meanwhile waits for the next time
			all[i].Evenements = append(all[i].Evenements, ev)
		}
	}
	if err := events.Err(); err != nil {
		return nil, err
	}
	sent, err := tx.query(`SELECT dossier, delai, jour FROM rappel WHERE dossier IN (SELECT id `+where+`)`, args...)
	if err != nil {
		return nil, err
	}
	defer sent.Close()
	for sent.Next() {
		var id dossier.ID
		var delai, jour string
		if err := sent.Scan(&id, &delai, &jour); err != nil {
			return nil, err
		}
		if i, known := at[id]; known {
			all[i].partis[cleRappel(delai, jour)] = true
		}
	}
	return all, sent.Err()
}

// SuitDossier writes when d is to be looked at, without making a version, and
// reports whether d is still the one that was read. Whoever changes d at the
// same time waits.
func (tx *Tx) SuitDossier(d *dossier.Dossier) (bool, error) {
	res, err := tx.exec(`UPDATE dossier SET echeance = $1, rappel_le = $2 WHERE id = $3 AND version = $4`,
		day(d.Echeance), day(d.RappelLe), string(d.ID), d.Version)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n == 1, err
}

// PoseRappel writes that a reminder leaves, and reports whether it is the
// first time: of two nodes, one is told so.
func (tx *Tx) PoseRappel(d dossier.ID, r dossier.Rappel, le time.Time) (bool, error) {
	res, err := tx.exec(`INSERT INTO rappel (dossier, delai, jour, envoye_le) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
		string(d), r.Echeance.ID, day(r.Jour), instant(le))
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n == 1, err
}

// A Flux is a calendar feed: all that the person may read, or what they may
// read of one service.
type Flux struct {
	Empreinte string // of the secret in its address
	Personne  compte.PersonneID
	Service   string
	CreeLe    time.Time
}

const fluxColumns = `empreinte, personne, service, cree_le`

// PoseFlux keeps a feed; the one that the person had for the same service
// stops.
func (tx *Tx) PoseFlux(f Flux) error {
	_, err := tx.exec(`INSERT INTO flux (`+fluxColumns+`) VALUES ($1, $2, $3, $4)
		ON CONFLICT (personne, service) DO UPDATE SET empreinte = excluded.empreinte, cree_le = excluded.cree_le`,
		f.Empreinte, string(f.Personne), f.Service, instant(f.CreeLe))
	return err
}

// RetireFlux stops a feed, and reports whether there was one.
func (tx *Tx) RetireFlux(p compte.PersonneID, service string) (bool, error) {
	res, err := tx.exec(`DELETE FROM flux WHERE personne = $1 AND service = $2`, string(p), service)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n == 1, err
}

// Flux returns the feed of that digest. The error is a fault.NotFound.
func (tx *Tx) Flux(empreinte string) (Flux, error) {
	f, err := scanFlux(tx.queryRow(`SELECT `+fluxColumns+` FROM flux WHERE empreinte = $1`, empreinte))
	return f, absent(err, "Ce flux n’existe pas.")
}

// FluxDe returns the feeds of a person.
func (tx *Tx) FluxDe(p compte.PersonneID) (all []Flux, err error) {
	rows, err := tx.query(`SELECT `+fluxColumns+` FROM flux WHERE personne = $1 ORDER BY service`, string(p))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		f, err := scanFlux(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, f)
	}
	return all, rows.Err()
}

func scanFlux(row interface{ Scan(...any) error }) (f Flux, err error) {
	var cree string
	if err = row.Scan(&f.Empreinte, &f.Personne, &f.Service, &cree); err != nil {
		return f, err
	}
	f.CreeLe, err = parseInstant(cree)
	return f, err
}
