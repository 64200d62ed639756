package store

import (
	"time"

	"guichet/internal/compte"
	"guichet/internal/fault"
	"guichet/internal/siren"
)

// Employeur returns the establishment that the provider last vouched for as
// the employer of a person, "" for none yet. The error is a fault.NotFound.
func (tx *Tx) Employeur(p compte.PersonneID) (s siren.Siret, err error) {
	err = tx.queryRow(`SELECT siret FROM personne WHERE id = $1`, string(p)).Scan(&s)
	return s, absent(err, "Cette personne n’existe pas.")
}

// PoseEmployeur keeps what the provider vouches for.
func (tx *Tx) PoseEmployeur(p compte.PersonneID, s siren.Siret) error {
	_, err := tx.exec(`UPDATE personne SET siret = $1 WHERE id = $2`, string(s), string(p))
	return err
}

// TientOrganisation makes two changes of the members of one organisation wait
// for one another until the end of the transaction.
func (tx *Tx) TientOrganisation(o siren.Siren) error {
	_, err := tx.exec(`UPDATE organisation SET siren = siren WHERE siren = $1`, string(o))
	return err
}

// PersonnesDe returns whoever holds or held a grant in the organisation, or
// invited somebody there.
func (tx *Tx) PersonnesDe(o siren.Siren) (map[compte.PersonneID]compte.Personne, error) {
	found, err := tx.personnes(`id IN (SELECT personne FROM habilitation WHERE organisation = $1)
		OR id IN (SELECT par FROM invitation WHERE organisation = $1)`, string(o))
	all := make(map[compte.PersonneID]compte.Personne, len(found))
	for _, p := range found {
		all[p.ID] = p
	}
	return all, err
}

// Suspendues returns the suspended grants in the organisations of the
// département.
func (tx *Tx) Suspendues(departement string) ([]compte.Habilitation, error) {
	return tx.habilitations(`etat = 'suspendue' AND organisation IN (SELECT siren FROM organisation WHERE departement = $1)`, departement)
}

// RetientCourriels keeps on the site what a person was to receive about the
// dossiers of an organisation.
func (tx *Tx) RetientCourriels(p compte.PersonneID, o siren.Siren) error {
	_, err := tx.exec(`UPDATE courriel SET etat = 'lu_sur_le_site' WHERE personne = $1 AND personne <> '' AND etat IN ('a_regrouper', 'a_envoyer')
		AND dossier IN (SELECT id FROM dossier WHERE organisation = $2)`, string(p), string(o))
	return err
}

const invitationColumns = `id, organisation, role, adresse, par, cree_le, expire_le, etat, personne`

// PoseInvitation keeps a new invitation. Of one organisation, an address has
// one that waits for each role.
func (tx *Tx) PoseInvitation(i compte.Invitation) error {
	_, err := tx.exec(`INSERT INTO invitation (`+invitationColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		string(i.ID), string(i.Organisation), string(i.Role), i.Adresse, string(i.Par), instant(i.CreeLe), day(i.ExpireLe), string(i.Etat), string(i.Personne))
	return err
}

// FinitInvitation writes that an invitation was accepted or cancelled. A mail
// of it that did not leave stays here.
func (tx *Tx) FinitInvitation(i compte.Invitation) error {
	if _, err := tx.exec(`UPDATE invitation SET etat = $1, personne = $2 WHERE id = $3`, string(i.Etat), string(i.Personne), string(i.ID)); err != nil {
		return err
	}
	return tx.CourrielRefuse(string(i.ID), "L’invitation n’attend plus de réponse.", time.Time{})
}

// PoseSecretInvitation keeps the digest of one more secret that opens an
// invitation.
func (tx *Tx) PoseSecretInvitation(empreinte string, id compte.InvitationID) error {
	_, err := tx.exec(`INSERT INTO invitation_secret (empreinte, invitation) VALUES ($1, $2)`, empreinte, string(id))
	return err
}

// InvitationSecrete returns the invitation that a secret opens, whatever its
// state. The error is a fault.NotFound.
func (tx *Tx) InvitationSecrete(empreinte string) (compte.Invitation, error) {
	return tx.invitation(`id = (SELECT invitation FROM invitation_secret WHERE empreinte = $1)`, empreinte)
}

// Invitation returns the invitation of that organisation and ID. The error is
// a fault.NotFound.
func (tx *Tx) Invitation(o siren.Siren, id compte.InvitationID) (compte.Invitation, error) {
	return tx.invitation(`organisation = $1 AND id = $2`, string(o), string(id))
}

func (tx *Tx) invitation(where string, args ...any) (i compte.Invitation, err error) {
	found, err := tx.invitations(where, args...)
	if err != nil {
		return i, err
	}
	if len(found) == 0 {
		return i, fault.New(fault.NotFound, "Cette invitation n’existe pas.")
	}
	return found[0], nil
}

// InvitationsEnvoyees returns the invitations of an organisation that nobody
// accepted or cancelled, in order: those that expired are among them.
func (tx *Tx) InvitationsEnvoyees(o siren.Siren) ([]compte.Invitation, error) {
	return tx.invitations(`organisation = $1 AND etat = 'envoyee'`, string(o))
}

// CompteInvitations returns how many invitations an organisation made since
// that instant, whatever became of them.
func (tx *Tx) CompteInvitations(o siren.Siren, depuis time.Time) (n int, err error) {
	err = tx.queryRow(`SELECT COUNT(*) FROM invitation WHERE organisation = $1 AND cree_le >= $2`, string(o), instant(depuis)).Scan(&n)
	return n, err
}

func (tx *Tx) invitations(where string, args ...any) (all []compte.Invitation, err error) {
	rows, err := tx.query(`SELECT `+invitationColumns+` FROM invitation WHERE `+where+` ORDER BY cree_le, id`, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var i compte.Invitation
		var cree, expire string
		if err := rows.Scan(&i.ID, &i.Organisation, &i.Role, &i.Adresse, &i.Par, &cree, &expire, &i.Etat, &i.Personne); err != nil {
			return nil, err
		}
		if i.CreeLe, err = parseInstant(cree); err != nil {
			return nil, err
		}
		if i.ExpireLe, err = parseDay(expire); err != nil {
			return nil, err
		}
		all = append(all, i)
	}
	return all, rows.Err()
}
