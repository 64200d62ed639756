package dossier

import (
	"time"

	"guichet/internal/compte"
)

// A Message is what somebody says about a dossier. It never changes.
type Message struct {
	ID      string
	Dossier ID
	Genre   GenreMessage
	Cle     string // of the form that sent it, used once
	Par     compte.PersonneID
	Nom     string
	Role    compte.Role
	Texte   string
	Piece   *Piece // joined; nil for none
	Le      time.Time
}

// Empreinte digests the message, for the register.
func (m Message) Empreinte() string { return empreinte(m) }

// A GenreMessage says who reads a message.
type GenreMessage string

// The kinds of message.
const (
	Echange GenreMessage = "message" // the applicant and the service
	Note    GenreMessage = "note"    // the services alone
)

// A Lot is one act to make on many dossiers.
type Lot struct {
	ID       string
	Cle      string // of the form that asked, used once
	Personne compte.PersonneID
	Niveau   compte.Niveau // of the session that asked
	Acte     string        // prendre, etiqueter, or an act of the schemes
	Texte    string        // the labels of etiqueter
	CreeLe   time.Time
	Lignes   []Ligne
}

// A Ligne is one dossier of a Lot, and how it went.
type Ligne struct {
	Rang    int
	Dossier ID
	Etat    string // a_faire, fait, refuse
	Raison  string // of the refusal, in French
	Numero  string // of the dossier; "" when it does not exist
}

// Reste counts the dossiers that wait for their turn.
func (l *Lot) Reste() int {
	n := 0
	for _, x := range l.Lignes {
		if x.Etat == "a_faire" {
			n++
		}
	}
	return n
}
