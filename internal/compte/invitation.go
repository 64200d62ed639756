package compte

import (
	"time"

	"guichet/internal/jour"
	"guichet/internal/siren"
)

// An InvitationID names an invitation, and its mail.
type InvitationID string

// An Invitation lets whoever holds its secret join an organisation, once.
type Invitation struct {
	ID           InvitationID
	Organisation siren.Siren
	Role         Role
	Adresse      string // where its mail went
	Par          PersonneID
	CreeLe       time.Time
	ExpireLe     jour.Jour // last day on which it can be accepted
	Etat         EtatInvitation
	Personne     PersonneID // who accepted, "" for nobody
}

// An EtatInvitation is the life of an invitation.
type EtatInvitation string

// The states of an invitation. Expiree is not kept: it is what the days make
// of Envoyee.
const (
	Envoyee  EtatInvitation = "envoyee"
	Acceptee EtatInvitation = "acceptee"
	Annulee  EtatInvitation = "annulee"
	Expiree  EtatInvitation = "expiree"
)

// EtatAu returns the state of the invitation on that day.
func (i Invitation) EtatAu(le jour.Jour) EtatInvitation {
	if i.Etat == Envoyee && le > i.ExpireLe {
		return Expiree
	}
	return i.Etat
}
