package store

import (
	"database/sql"
	"errors"
	"time"

	"guichet/internal/compte"
	"guichet/internal/euro"
	"guichet/internal/fault"
	"guichet/internal/jour"
	"guichet/internal/siren"
)

// PosePersonne keeps p: a new person, or the present name and address of a
// known one. It returns the person with the ID that stays theirs: identity is
// the provider and its sub, never the address.
func (tx *Tx) PosePersonne(p compte.Personne, le time.Time) (compte.Personne, error) {
	err := tx.queryRow(`
		INSERT INTO personne (id, emetteur, sub, prenoms, nom, courriel, vue_le) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (emetteur, sub) DO UPDATE SET prenoms = excluded.prenoms, nom = excluded.nom, courriel = excluded.courriel, vue_le = excluded.vue_le
		RETURNING id`,
		string(p.ID), p.Emetteur, p.Sub, p.Prenoms, p.Nom, p.Courriel, instant(le)).Scan(&p.ID)
	return p, err
}

const personneColumns = `id, emetteur, sub, prenoms, nom, courriel`

// Personne returns the person of that ID. The error is a fault.NotFound.
func (tx *Tx) Personne(id compte.PersonneID) (p compte.Personne, err error) {
	err = tx.queryRow(`SELECT `+personneColumns+` FROM personne WHERE id = $1`, string(id)).
		Scan(&p.ID, &p.Emetteur, &p.Sub, &p.Prenoms, &p.Nom, &p.Courriel)
	return p, absent(err, "Cette personne n’existe pas.")
}

// personnes reads the persons of a condition, in its order.
func (tx *Tx) personnes(where string, args ...any) (all []compte.Personne, err error) {
	rows, err := tx.query(`SELECT `+personneColumns+` FROM personne WHERE `+where, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var p compte.Personne
		if err := rows.Scan(&p.ID, &p.Emetteur, &p.Sub, &p.Prenoms, &p.Nom, &p.Courriel); err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	return all, rows.Err()
}

// absent turns the absence of a line into a fault.NotFound.
func absent(err error, message string) error {
	if errors.Is(err, sql.ErrNoRows) {
		return fault.New(fault.NotFound, "%s", message)
	}
	return err
}

// PoseOrganisation keeps o, or its present name.
func (tx *Tx) PoseOrganisation(o compte.Organisation) error {
	_, err := tx.exec(`
		INSERT INTO organisation (siren, nom, type, insee, departement) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (siren) DO UPDATE SET nom = excluded.nom, type = excluded.type, insee = excluded.insee, departement = excluded.departement`,
		string(o.Siren), o.Nom, o.Type, o.Insee, o.Departement)
	return err
}

// Organisation returns the organisation of that SIREN. The error is a
// fault.NotFound.
func (tx *Tx) Organisation(number siren.Siren) (o compte.Organisation, err error) {
	err = tx.queryRow(`SELECT siren, nom, type, insee, departement FROM organisation WHERE siren = $1`, string(number)).
		Scan(&o.Siren, &o.Nom, &o.Type, &o.Insee, &o.Departement)
	return o, absent(err, "Cette organisation n’est pas connue du guichet.")
}

const habilitationColumns = `id, personne, role, organisation, departement, service, dispositif, du, au, plafond, etat, par, confirme_par`

// PoseHabilitation keeps h, new or changed.
func (tx *Tx) PoseHabilitation(h compte.Habilitation) error {
	_, err := tx.exec(`
		INSERT INTO habilitation (`+habilitationColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
		ON CONFLICT (id) DO UPDATE SET du = excluded.du, au = excluded.au, plafond = excluded.plafond, etat = excluded.etat, confirme_par = excluded.confirme_par`,
		h.ID, string(h.Personne), string(h.Role), string(h.Organisation), h.Departement, h.Service, h.Dispositif,
		day(h.Du), day(h.Au), int64(h.Plafond), string(h.Etat), string(h.Par), string(h.ConfirmePar))
	return err
}

// Habilitation returns the grant of that ID. The error is a fault.NotFound.
func (tx *Tx) Habilitation(id string) (h compte.Habilitation, err error) {
	found, err := tx.habilitations(`id = $1`, id)
	if err != nil {
		return h, err
	}
	if len(found) == 0 {
		return h, fault.New(fault.NotFound, "Ce droit n’existe pas.")
	}
	return found[0], nil
}

// Habilitations returns every grant of a person, whatever its state.
func (tx *Tx) Habilitations(p compte.PersonneID) ([]compte.Habilitation, error) {
	return tx.habilitations(`personne = $1`, string(p))
}

// Agents returns every grant on the dossiers of a service, whatever its state.
func (tx *Tx) Agents(service string) ([]compte.Habilitation, error) {
	return tx.habilitations(`service = $1 AND service <> ''`, service)
}

// Membres returns every grant in an organisation, whatever its state.
func (tx *Tx) Membres(o siren.Siren) ([]compte.Habilitation, error) {
	return tx.habilitations(`organisation = $1 AND organisation <> ''`, string(o))
}

// MandatsDemandes returns the proposed grants in the organisations of the
// département.
func (tx *Tx) MandatsDemandes(departement string) ([]compte.Habilitation, error) {
	return tx.habilitations(`etat = 'demandee' AND organisation IN (SELECT siren FROM organisation WHERE departement = $1)`, departement)
}

func (tx *Tx) habilitations(where string, args ...any) (all []compte.Habilitation, err error) {
	rows, err := tx.query(`SELECT `+habilitationColumns+` FROM habilitation WHERE `+where+` ORDER BY id`, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var h compte.Habilitation
		var du, au string
		var plafond int64
		if err := rows.Scan(&h.ID, &h.Personne, &h.Role, &h.Organisation, &h.Departement, &h.Service, &h.Dispositif, &du, &au, &plafond, &h.Etat, &h.Par, &h.ConfirmePar); err != nil {
			return nil, err
		}
		if h.Du, err = parseDay(du); err != nil {
			return nil, err
		}
		if h.Au, err = parseDay(au); err != nil {
			return nil, err
		}
		h.Plafond = euro.Montant(plafond)
		all = append(all, h)
	}
	return all, rows.Err()
}

func day(j jour.Jour) string {
	if j == 0 {
		return ""
	}
	return j.String()
}

func parseDay(s string) (jour.Jour, error) {
	if s == "" {
		return 0, nil
	}
	return jour.Parse(s)
}
