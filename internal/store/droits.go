package store

import (
	"slices"
	"strings"

	"guichet/internal/compte"
)

// Verrouille makes every other transaction that locks one of the persons wait
// for the end of this one: what they may do does not change meanwhile. Locking
// in one order, two transactions never wait for one another.
func (tx *Tx) Verrouille(ids ...compte.PersonneID) error {
	slices.Sort(ids)
	for _, id := range slices.Compact(ids) {
		if _, err := tx.exec(`UPDATE personne SET vue_le = vue_le WHERE id = $1`, string(id)); err != nil {
			return err
		}
	}
	return nil
}

// HabilitationsAgents returns every grant of an agent of the département,
// whatever its state.
func (tx *Tx) HabilitationsAgents(departement string) ([]compte.Habilitation, error) {
	return tx.habilitations(`departement = $1 AND departement <> '' AND organisation = ''`, departement)
}

// PersonneDe returns the person whom the provider knows by that sub. The error
// is a fault.NotFound.
func (tx *Tx) PersonneDe(emetteur, sub string) (p compte.Personne, err error) {
	err = tx.queryRow(`SELECT `+personneColumns+` FROM personne WHERE emetteur = $1 AND sub = $2`, emetteur, sub).
		Scan(&p.ID, &p.Emetteur, &p.Sub, &p.Prenoms, &p.Nom, &p.Courriel)
	return p, absent(err, "Cette personne ne s’est jamais connectée.")
}

// PersonnesA returns the persons who sign in with exactly that address, but
// for capital letters: it identifies nobody.
func (tx *Tx) PersonnesA(courriel string) ([]compte.Personne, error) {
	return tx.personnes(`lower(courriel) = $1 ORDER BY emetteur, sub`, strings.ToLower(courriel))
}

// OublieSession ends the session of that digest, whoever had it: the browser
// that held it comes in again.
func (tx *Tx) OublieSession(empreinte string) error {
	_, err := tx.exec(`DELETE FROM session WHERE empreinte = $1`, empreinte)
	return err
}

// FinitSessions ends every session of a person.
func (tx *Tx) FinitSessions(p compte.PersonneID) error {
	_, err := tx.exec(`DELETE FROM session WHERE personne = $1`, string(p))
	return err
}

// HabilitationsEtat returns every grant of an agent of the State, whatever its
// state.
func (tx *Tx) HabilitationsEtat() ([]compte.Habilitation, error) {
	return tx.habilitations(`organisation = ''`)
}
