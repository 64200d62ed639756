package compte

import "time"

// A Session is a person signed in on a device. The browser holds a secret; only
// its digest is kept.
type Session struct {
	Empreinte   string // SHA-256 of the secret, hexadecimal
	Personne    PersonneID
	Niveau      Niveau
	Fournisseur string // that vouched
	JetonID     string // for the provider's logout
	Appareil    string // as the browser calls itself
	CreeeLe     time.Time
	VueLe       time.Time
}

// The limits of a session: unused, and in all.
const (
	Inactivite = time.Hour
	DureeMax   = 12 * time.Hour
)

// Finie reports whether the session is over at that instant.
func (s Session) Finie(le time.Time) bool {
	return le.Sub(s.VueLe) >= Inactivite || le.Sub(s.CreeeLe) >= DureeMax
}
