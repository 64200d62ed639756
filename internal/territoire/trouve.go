package territoire

// A Trouve is one answer to a search.
type Trouve struct {
	Type        string // commune, epci, departement or region
	Code        string // INSEE code, SIREN, or code of the département or région
	Nom         string
	Departement string // code; of an EPCI the most populated; empty for a région
	Population  int32  // municipale, -1 when not published
	Exact       bool   // the whole name or code was typed
	Par         Par    // what in the query found it
	Alias       string // the former name or arrondissement that was found, if any
}

// A Par says what a search matched.
type Par string

// What a search may match.
const (
	ParNom        Par = "nom"
	ParInsee      Par = "insee"
	ParSiren      Par = "siren"
	ParSiret      Par = "siret"
	ParCodePostal Par = "code_postal"
	ParAncien     Par = "ancien"   // a former code or a former name
	ParApproche   Par = "approche" // one typing mistake away
)

// code reports whether a code was typed in full.
func (p Par) code() bool { return p != ParNom && p != ParApproche }
