// Package regle evaluates rules that are data: typed facts, dated parameters,
// conditions and results written in CEL. A missing fact stays missing: the
// answer says which question to ask, never "no".
//
// It knows no territory and no scheme.
package regle

import "slices"

// A Verdict is the answer of one condition, or of several together.
type Verdict uint8

// The five verdicts. The zero Verdict is none.
const (
	Oui        Verdict = iota + 1 // known true
	AApprecier                    // a person of the service must decide
	ACompleter                    // facts are missing
	Non                           // known false, whatever the missing facts
	Erreur                        // the rule failed: an alert, never a no
)

var verdicts = [...]string{"", "oui", "a_apprecier", "a_completer", "non", "erreur"}

// String gives the machine name: oui, non, a_completer, a_apprecier, erreur.
func (v Verdict) String() string { return verdicts[v] }

// MarshalText gives the machine name.
func (v Verdict) MarshalText() ([]byte, error) { return []byte(v.String()), nil }

// ParseVerdict reads a machine name.
func ParseVerdict(s string) (Verdict, bool) {
	i := slices.Index(verdicts[1:], s)
	return Verdict(i + 1), i >= 0
}

// UnmarshalText reads a machine name.
func (v *Verdict) UnmarshalText(text []byte) error {
	got, ok := ParseVerdict(string(text))
	if !ok {
		return invalid("« %s » n’est pas un verdict : écrivez oui, non, a_completer, a_apprecier ou erreur.", text)
	}
	*v = got
	return nil
}

// Et joins verdicts that must all hold; the gravest wins: erreur, non,
// a_completer, a_apprecier, oui. Et of nothing is Oui.
func Et(vv ...Verdict) Verdict {
	worst := Oui
	for _, v := range vv {
		worst = max(worst, v)
	}
	return worst
}

// A Portee says who can make a fact known.
type Portee uint8

// The scopes, from the narrowest to the widest.
const (
	Entite  Portee = iota // the territory itself: public data
	Dossier               // the applicant, in the file
	Agent                 // a person of the service, by judgement
)

var portees = [...]string{"entite", "dossier", "agent"}

// String gives the machine name: entite, dossier, agent.
func (p Portee) String() string { return portees[p] }

// MarshalText gives the machine name.
func (p Portee) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText reads a machine name.
func (p *Portee) UnmarshalText(text []byte) error {
	i := slices.Index(portees[:], string(text))
	if i < 0 {
		return invalid("« %s » n’est pas une portée : écrivez entite, dossier ou agent.", text)
	}
	*p = Portee(i)
	return nil
}
