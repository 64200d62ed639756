package jour_test

import (
	"errors"
	"testing"
	"time"

	"guichet/internal/fault"
	"guichet/internal/jour"
)

// TestAddMois compares with a slow, independent rule on every day of fifteen
// years: the same day of the target month, or its last day.
func TestAddMois(t *testing.T) {
	for j := jour.Of(2021, 1, 1); j <= jour.Of(2035, 12, 31); j++ {
		y, m, d := j.Date()
		for _, n := range []int{1, 2, 3, 12, 18, 36} {
			target := time.Date(y, m, 1, 0, 0, 0, 0, time.UTC).AddDate(0, n, 0)
			want := time.Date(target.Year(), target.Month(), d, 0, 0, 0, 0, time.UTC)
			for want.Month() != target.Month() {
				want = want.AddDate(0, 0, -1)
			}
			if got := j.AddMois(n).String(); got != want.Format(time.DateOnly) {
				t.Fatalf("%v + %d months = %s, want %s", j, n, got, want.Format(time.DateOnly))
			}
		}
	}
}

func TestDeTemps(t *testing.T) {
	for text, want := range map[string]string{
		"2021-08-15T21:59:59Z": "2021-08-15", "2021-08-15T22:00:00Z": "2021-08-16", // summer time
		"2021-10-15T23:59:59+02:00": "2021-10-15", "2021-10-16T00:00:00+02:00": "2021-10-16",
		"2021-12-31T22:59:59Z": "2021-12-31", "2021-12-31T23:00:00Z": "2022-01-01", // winter time
		"2021-03-28T00:59:59Z": "2021-03-28", "2021-10-31T00:00:00Z": "2021-10-31",
	} {
		at, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		if got := jour.DeTemps(at).String(); got != want {
			t.Errorf("DeTemps(%s) = %s, want %s", text, got, want)
		}
	}
}

func TestFin(t *testing.T) {
	for j := jour.Of(2021, 1, 1); j <= jour.Of(2026, 12, 31); j++ {
		if jour.DeTemps(j.Fin()) != j || jour.DeTemps(j.Fin().Add(time.Second)) != j+1 {
			t.Fatalf("the end of %v is %v", j, j.Fin())
		}
	}
}

func TestFerie(t *testing.T) {
	got := 0
	for j := jour.Of(2021, 1, 1); j <= jour.Of(2021, 12, 31); j++ {
		if j.Ferie() {
			got++
		}
	}
	if got != 11 {
		t.Errorf("%d holidays in 2021, want 11", got)
	}
	for _, text := range []string{"2021-04-05", "2021-05-13", "2021-05-24", "2026-04-06", "2026-05-14", "2026-05-25"} {
		if j, _ := jour.Parse(text); !j.Ferie() {
			t.Errorf("%s is a holiday", text)
		}
	}
}

func TestParse(t *testing.T) {
	for _, text := range []string{"", "demain", "2021-02-29", "2021-13-01", "01/07/2021", "2021-7-1", "0000-01-01"} {
		if _, err := jour.Parse(text); !errors.Is(err, fault.Invalid) {
			t.Errorf("Parse(%q) error = %v, want a fault.Invalid", text, err)
		}
	}
	j, err := jour.Parse("2021-07-01")
	if err != nil || j.Long() != "1er\u00a0juillet 2021" || j.String() != "2021-07-01" {
		t.Errorf("Parse gives %q, %v", j.Long(), err)
	}
}

func TestAge(t *testing.T) {
	for _, test := range []struct {
		born, on string
		want     int
	}{
		{"2003-09-02", "2021-09-01", 17}, {"2003-09-02", "2021-09-02", 18},
		{"2004-02-29", "2021-02-28", 16}, {"2004-02-29", "2021-03-01", 17},
	} {
		born, _ := jour.Parse(test.born)
		on, _ := jour.Parse(test.on)
		if got := jour.Age(born, on); got != test.want {
			t.Errorf("born %s, on %s: %d, want %d", test.born, test.on, got, test.want)
		}
	}
}

func TestDelai(t *testing.T) {
	for text, want := range map[string]string{"15 jours": "2021-07-16", "3 mois": "2021-10-01", "2 ans": "2023-07-01", "10 jours ouvrés": "2021-07-16"} {
		d, err := jour.ParseDelai(text)
		if got := d.Echeance(jour.Of(2021, 7, 1)).String(); err != nil || got != want {
			t.Errorf("%s from 2021-07-01 = %s, %v; want %s", text, got, err, want)
		}
	}
	for _, text := range []string{"", "3", "trois mois", "3 semaines", "-1 jours", "999999999 ans"} {
		if _, err := jour.ParseDelai(text); !errors.Is(err, fault.Invalid) {
			t.Errorf("ParseDelai(%q) error = %v, want a fault.Invalid", text, err)
		}
	}
}

func TestVagues(t *testing.T) {
	a, b := jour.Of(2021, 5, 30), jour.Of(2021, 8, 15)
	good := jour.Vagues{{N: 1, Fenetre: jour.Fenetre{Ferme: a}}, {N: 2, Fenetre: jour.Fenetre{Ouvre: a + 1, Ferme: b}}}
	if err := good.Check(); err != nil {
		t.Error(err)
	}
	if v, ok := good.At(a); !ok || v.N != 1 {
		t.Errorf("the closing day is in wave %d, %t; want 1", v.N, ok)
	}
	if _, ok := good.At(b + 1); ok {
		t.Error("the day after the last closing is in a wave")
	}
	overlap := jour.Vagues{good[0], {N: 2, Fenetre: jour.Fenetre{Ouvre: a, Ferme: b}}}
	if overlap.Check() == nil {
		t.Error("two waves that share a day are accepted")
	}
}
