package regle

// A Donnee is what is known of a fact, and where it comes from.
type Donnee struct {
	Valeur  Valeur
	Source  string // with its vintage; "" when the dictionary says enough
	Declare bool   // given by a person, not by public data
}

// Faits are the facts known of one applicant: one slot per fact of a
// dictionary. Several schemes share the same Faits.
type Faits struct {
	dict  *Dictionnaire
	slots []Donnee
}

// NewFaits returns Faits of which nothing is known but the defaults.
func NewFaits(d *Dictionnaire) *Faits {
	f := &Faits{d, make([]Donnee, len(d.faits))}
	for i, fait := range d.faits {
		if !fait.defaut.Zero() {
			f.slots[i] = Donnee{Valeur: fait.defaut, Source: "valeur par défaut"}
		}
	}
	return f
}

// Set records what is known of the fact nom. A zero value makes it unknown. It
// reports false when the dictionary has no such fact.
func (f *Faits) Set(nom string, d Donnee) bool {
	fait, ok := f.dict.parNom[nom]
	if ok {
		f.slots[fait.index] = d
	}
	return ok
}

// Get returns what is known of the fact nom.
func (f *Faits) Get(nom string) (Donnee, bool) {
	fait, ok := f.dict.parNom[nom]
	if !ok || f.slots[fait.index].Valeur.Zero() {
		return Donnee{}, false
	}
	return f.slots[fait.index], true
}

// Clone returns a copy that can be changed apart.
func (f *Faits) Clone() *Faits {
	return &Faits{f.dict, append([]Donnee(nil), f.slots...)}
}
