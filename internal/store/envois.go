package store

import (
	"guichet/internal/compte"
	"guichet/internal/courriel"
	"guichet/internal/dossier"
	"guichet/internal/fault"
	"guichet/internal/jour"
)

// Courriel returns one mail of a person. The error is a fault.NotFound, also
// when the mail is somebody else's.
func (tx *Tx) Courriel(p compte.PersonneID, id string) (c dossier.Courriel, err error) {
	found, err := tx.courriels(`SELECT `+courrielColumns+` FROM courriel WHERE id = $1 AND personne = $2 AND personne <> ''`, id, string(p))
	if err != nil {
		return c, err
	}
	if len(found) == 0 {
		return c, fault.New(fault.NotFound, "Ce courriel n’existe pas, ou il n’est pas pour vous.")
	}
	return found[0], nil
}

// CourrielsDe returns at most n mails of a person, the last first, older than
// the mail avant when it is not "".
func (tx *Tx) CourrielsDe(p compte.PersonneID, avant string, n int) ([]dossier.Courriel, error) {
	if avant == "" {
		return tx.courriels(`SELECT `+courrielColumns+` FROM courriel WHERE personne = $1 AND personne <> '' ORDER BY cree_le DESC, id DESC LIMIT $2`, string(p), n)
	}
	return tx.courriels(`SELECT `+courrielColumns+` FROM courriel WHERE personne = $1 AND personne <> ''
		AND (cree_le, id) < (SELECT cree_le, id FROM courriel WHERE id = $3 AND personne = $1) ORDER BY cree_le DESC, id DESC LIMIT $2`, string(p), n, avant)
}

// Racontes returns the mails that a digest tells, in order.
func (tx *Tx) Racontes(recapitulatif string) ([]dossier.Courriel, error) {
	return tx.courriels(`SELECT `+courrielColumns+` FROM courriel WHERE recapitulatif = $1 AND recapitulatif <> '' ORDER BY cree_le, id`, recapitulatif)
}

// Attentes returns the news that waits for a digest, of one person or, when
// p is "", of everybody.
func (tx *Tx) Attentes(p compte.PersonneID) (all []courriel.Attente, err error) {
	rows, err := tx.query(`SELECT id, personne, cree_le FROM courriel WHERE etat = 'a_regrouper' AND (personne = $1 OR $1 = '') ORDER BY personne, cree_le, id`, string(p))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var a courriel.Attente
		var personne, le string
		if err := rows.Scan(&a.Courriel, &personne, &le); err != nil {
			return nil, err
		}
		a.Personne = compte.PersonneID(personne)
		if a.Le, err = parseInstant(le); err != nil {
			return nil, err
		}
		all = append(all, a)
	}
	return all, rows.Err()
}

// DernierRecapitulatif returns the day of the last digest of a person, zero for
// none.
func (tx *Tx) DernierRecapitulatif(p compte.PersonneID) (jour.Jour, error) {
	var text string
	if err := tx.queryRow(`SELECT COALESCE(MAX(cree_le), '') FROM courriel WHERE personne = $1 AND genre = 'recapitulatif'`, string(p)).Scan(&text); err != nil || text == "" {
		return 0, err
	}
	le, err := parseInstant(text)
	return jour.DeTemps(le), err
}

// PoseRecapitulatif keeps a digest unless one of that ID exists, and reports
// whether it did: of two that come together, one waits, then knows.
func (tx *Tx) PoseRecapitulatif(c dossier.Courriel) (bool, error) {
	r, err := tx.exec(`INSERT INTO courriel (`+courrielColumns+`) VALUES ($1, '', $2, $3, 'recapitulatif', $4, $5, 'a_envoyer', 0, $6, $6, '', '', '') ON CONFLICT (id) DO NOTHING`,
		c.ID, string(c.Personne), c.Adresse, c.Objet, c.Texte, instant(c.CreeLe))
	if err != nil {
		return false, err
	}
	n, err := r.RowsAffected()
	return n == 1, err
}

// Raconte writes that a digest tells a mail; not when the mail waits no more.
func (tx *Tx) Raconte(id, recapitulatif string) (bool, error) {
	r, err := tx.exec(`UPDATE courriel SET etat = 'regroupe', recapitulatif = $2 WHERE id = $1 AND etat = 'a_regrouper'`, id, recapitulatif)
	if err != nil {
		return false, err
	}
	n, err := r.RowsAffected()
	return n == 1, err
}

// A ChoixCourriel is what a person chose of a kind of mail, and the secret that
// switches it off.
type ChoixCourriel struct {
	Personne compte.PersonneID
	Genre    courriel.Genre
	Choix    courriel.Choix
	Secret   string
}

// ChoixCourriels returns what the person chose, kind by kind.
func (tx *Tx) ChoixCourriels(p compte.PersonneID) (all []ChoixCourriel, err error) {
	rows, err := tx.query(`SELECT personne, genre, choix, secret FROM choix_courriel WHERE personne = $1 ORDER BY genre`, string(p))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var c ChoixCourriel
		if err := rows.Scan(&c.Personne, &c.Genre, &c.Choix, &c.Secret); err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	return all, rows.Err()
}

// PoseSecretCourriel keeps the secret unless the person has one for the kind,
// and returns the one that stands.
func (tx *Tx) PoseSecretCourriel(c ChoixCourriel) (secret string, err error) {
	err = tx.queryRow(`INSERT INTO choix_courriel (personne, genre, choix, secret) VALUES ($1, $2, '', $3)
		ON CONFLICT (personne, genre) DO UPDATE SET secret = choix_courriel.secret RETURNING secret`, string(c.Personne), string(c.Genre), c.Secret).Scan(&secret)
	return secret, err
}

// PoseChoixCourriel keeps what a person wants of a kind; a secret that stands
// stays. News of the kind that waits goes where the choice says.
func (tx *Tx) PoseChoixCourriel(c ChoixCourriel) error {
	if _, err := tx.exec(`INSERT INTO choix_courriel (personne, genre, choix, secret) VALUES ($1, $2, $3, $4)
		ON CONFLICT (personne, genre) DO UPDATE SET choix = excluded.choix`, string(c.Personne), string(c.Genre), string(c.Choix), c.Secret); err != nil {
		return err
	}
	_, err := tx.exec(`UPDATE courriel SET etat = $3 WHERE personne = $1 AND genre = $2
		AND (etat = 'a_regrouper' OR etat = 'a_envoyer' AND $3 = 'lu_sur_le_site')`, string(c.Personne), string(c.Genre), string(courriel.Sort(c.Genre, c.Choix)))
	return err
}

// SecretCourriel returns whose and of what kind a secret is. The error is a
// fault.NotFound.
func (tx *Tx) SecretCourriel(secret string) (c ChoixCourriel, err error) {
	err = tx.queryRow(`SELECT personne, genre, choix, secret FROM choix_courriel WHERE secret = $1 AND secret <> ''`, secret).Scan(&c.Personne, &c.Genre, &c.Choix, &c.Secret)
	return c, absent(err, "Cette adresse n’existe pas.")
}
