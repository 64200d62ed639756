package compte

import "guichet/internal/jour"

// A Derogation exempts a département from a separation of duties for a time:
// a small service has one agent.
type Derogation struct {
	ID          string
	Departement string
	Separation  string // SOD1
	Motif       string
	Du, Au      jour.Jour // inclusive
	Par         PersonneID
	Etat        EtatHabilitation // Active or Retiree
}

// Vaut reports whether the exemption counts on the day.
func (d Derogation) Vaut(le jour.Jour) bool { return d.Etat == Active && d.Du <= le && le <= d.Au }
