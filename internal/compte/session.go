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

// The limits of a session: unused, whatever the roles, and in all.
const (
	InactiviteMax = time.Hour
	DureeMax      = 12 * time.Hour
)

// Inactivite is how long a session of the person lives unused: the shortest
// time that one of their roles asks for.
func (p *Politique) Inactivite(a Acteur) time.Duration {
	limit := InactiviteMax
	for _, h := range a.Roles() {
		if m := p.Roles[h.Role].Inactivite; m > 0 {
			limit = min(limit, time.Duration(m)*time.Minute)
		}
	}
	return limit
}

// Finie reports whether the session is over at that instant, when it lives
// that long unused.
func (s Session) Finie(le time.Time, inactivite time.Duration) bool {
	return le.Sub(s.VueLe) >= inactivite || le.Sub(s.CreeeLe) >= DureeMax
}
