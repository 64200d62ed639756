package dossier_test

import (
	"strings"
	"testing"

	"guichet/dispositifs"
	"guichet/internal/dispositif"
	"guichet/internal/dossier"
)

// TestGardeLesAges keeps the age of each birth date, the same when asked twice,
// and forgets it when the day for which it was kept changes.
func TestGardeLesAges(t *testing.T) {
	c, err := dispositif.Load(dispositifs.FS)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct{ name, born, on, then, kept, age string }{
		{"an ordinary day, twice", "1998-03-17", "2021-09-01", "2021-09-01", "1998-09-01", "23"},
		{"the eve of a birthday", "1990-09-02", "2021-09-01", "2021-09-01", "1991-09-01", "30"},
		{"the birthday", "1990-09-01", "2021-09-01", "2021-09-01", "1990-09-01", "31"},
		{"a leap day, twice", "2001-01-05", "2024-02-29", "2024-02-29", "2001-02-28", "23"},
		{"another day since", "1998-03-17", "2021-09-01", "2022-05-02", "", ""},
		{"no other day yet", "1998-03-17", "", "", "1998-03-17", ""},
	} {
		t.Run(x.name, func(t *testing.T) {
			d := &dossier.Dossier{Reponses: dossier.Reponses{"candidat_naissance": {Texte: x.born, Origine: "réponse donnée sur la page de la collectivité"}}}
			for _, on := range []string{x.on, x.then} {
				d.Reponses["contrat_debut"] = dossier.Reponse{Texte: on}
				d.GardeLesAges(c.Dictionnaire)
			}
			got := d.Reponses["candidat_naissance"]
			if got.Texte != x.kept || x.age != "" && !strings.Contains(got.Origine, x.age) {
				t.Errorf("got %+v, want %s and %s", got, x.kept, x.age)
			}
		})
	}
}
