package journal

import (
	"slices"
	"strconv"
	"testing"
	"time"
)

// chain makes n entries.
func chain(n int) []Entree {
	var out []Entree
	var numero int64
	var head string
	for i := range n {
		e := Suit(Entree{Le: time.Date(2021, 7, 1, 8, 0, i, 123456789, time.UTC), Acteur: "p" + strconv.Itoa(i%7), Acte: "deposer",
			Objet: "dossier/" + strconv.Itoa(i), Avant: "ab", Apres: "cd"}, numero, head)
		out, numero, head = append(out, e), e.Numero, e.Empreinte
	}
	return out
}

// check reports whether the entries are sound from the one at index from, those
// before it being so, and end on the anchored head.
func check(entries []Entree, from int, head string) bool {
	var v Verificateur
	if from > 0 {
		v = Verificateur{entries[from-1].Numero, entries[from-1].Empreinte}
	}
	for _, e := range entries[from:] {
		if v.Suivante(e) != nil {
			return false
		}
	}
	_, got := v.Tete()
	return got == head
}

// TestTampering changes one bit of each text and number of 200 entries, then
// removes, swaps, cuts and rewrites: all of it shows.
func TestTampering(t *testing.T) {
	whole := chain(200)
	head := whole[199].Empreinte
	if !check(whole, 0, head) {
		t.Fatal("a sound register is refused")
	}
	changes, missed, from := 0, 0, 0
	try := func(changed []Entree) {
		changes++
		if check(changed, from, head) {
			missed++
		}
	}
	for i := range whole {
		from = max(0, i-1)
		sound := whole[i]
		for _, field := range []func(*Entree) *string{
			func(e *Entree) *string { return &e.Acteur }, func(e *Entree) *string { return &e.Acte }, func(e *Entree) *string { return &e.Objet },
			func(e *Entree) *string { return &e.Avant }, func(e *Entree) *string { return &e.Apres },
			func(e *Entree) *string { return &e.Precedent }, func(e *Entree) *string { return &e.Empreinte },
		} {
			text := []byte(*field(&whole[i]))
			for bit := range len(text) * 8 {
				flipped := slices.Clone(text)
				flipped[bit/8] ^= 1 << (bit % 8)
				*field(&whole[i]) = string(flipped)
				try(whole)
				whole[i] = sound
			}
		}
		for bit := range 50 {
			whole[i].Numero ^= 1 << bit
			try(whole)
			whole[i] = sound
			whole[i].Le = whole[i].Le.Add(time.Duration(1<<bit) * time.Microsecond)
			try(whole)
			whole[i] = sound
		}
		try(slices.Delete(slices.Clone(whole), i, i+1))
		try(whole[:i])
		if i > 0 {
			changed := slices.Clone(whole)
			changed[i], changed[i-1] = changed[i-1], changed[i]
			try(changed)
		}
	}
	// Who rewrites one entry and chains all that follow anew is betrayed by the
	// head alone, which is why it is printed on every acknowledgement.
	from = 0
	rewritten := slices.Clone(whole)
	rewritten[50].Acte = "refuser"
	for i := 50; i < len(rewritten); i++ {
		rewritten[i] = Suit(rewritten[i], rewritten[i-1].Numero, rewritten[i-1].Empreinte)
	}
	try(rewritten)
	if !check(rewritten, 0, rewritten[199].Empreinte) {
		t.Error("a register chained anew must be sound but for its head")
	}
	t.Logf("%d changes, %d missed", changes, missed)
	if missed > 0 || changes < 100_000 {
		t.Errorf("%d of %d changes missed", missed, changes)
	}
}
