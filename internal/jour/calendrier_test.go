package jour_test

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"guichet/internal/jour"
)

// A paper is a date of a paper calendar: no package time, no day number.
type paper struct{ y, m, d int }

func (p paper) String() string { return fmt.Sprintf("%04d-%02d-%02d", p.y, p.m, p.d) }

func leap(y int) bool { return y%400 == 0 || y%4 == 0 && y%100 != 0 }

func length(y, m int) int {
	switch m {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if leap(y) {
			return 29
		}
		return 28
	}
	return 31
}

func (p paper) tomorrow() paper {
	if p.d++; p.d > length(p.y, p.m) {
		p.d = 1
		if p.m++; p.m > 12 {
			p.m = 1
			p.y++
		}
	}
	return p
}

// months turns n pages, and stays on the last day of a shorter page.
func (p paper) months(n int) paper {
	for range n {
		if p.m++; p.m > 12 {
			p.m = 1
			p.y++
		}
	}
	p.d = min(p.d, length(p.y, p.m))
	return p
}

// weekday counts from a day known to be a Friday: 1 January 2021.
func (p paper) weekday() int {
	const friday = 5
	n := p.d - 1
	for y := 2021; y < p.y; y++ {
		n += 365
		if leap(y) {
			n++
		}
	}
	for m := 1; m < p.m; m++ {
		n += length(p.y, m)
	}
	return (friday + n) % 7
}

// lastSunday returns the last Sunday of a month.
func lastSunday(y, m int) paper {
	p := paper{y, m, length(y, m)}
	p.d -= p.weekday()
	return p
}

// midnight returns the hour, UTC, at which the night after p falls in Paris:
// 22 h in summer, 23 h in winter. Clocks change on the last Sundays of March
// and October, at 1 h UTC: long before that night.
func (p paper) midnight() int {
	spring, autumn := lastSunday(p.y, 3).String(), lastSunday(p.y, 10).String()
	if p.String() >= spring && p.String() < autumn {
		return 22
	}
	return 23
}

const serverZone = "GUICHET_TEST_FUSEAU"

// TestDeadlines compares every deadline of fifteen years, and the second it
// ends, with the paper calendar, on servers that live in three time zones.
func TestDeadlines(t *testing.T) {
	if os.Getenv(serverZone) != "" {
		deadlines(t)
		return
	}
	for _, zone := range []string{"UTC", "Europe/Paris", "Pacific/Noumea"} {
		cmd := exec.Command(os.Args[0], "-test.run=^TestDeadlines$", "-test.v")
		cmd.Env = append(os.Environ(), "TZ="+zone, serverZone+"="+zone)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Errorf("server in %s: %v\n%s", zone, err, out)
		}
		for line := range strings.Lines(string(out)) {
			if strings.Contains(line, zone) {
				t.Log(strings.TrimSpace(line))
			}
		}
	}
}

func deadlines(t *testing.T) {
	zone := os.Getenv(serverZone)
	there, err := time.LoadLocation(zone)
	if err != nil || time.Date(2021, 7, 1, 0, 0, 0, 0, time.Local).Unix() != time.Date(2021, 7, 1, 0, 0, 0, 0, there).Unix() {
		t.Fatalf("the server does not live in %s: %v", zone, err)
	}
	clockChanges(t)
	delays := []string{"15 jours", "1 mois", "2 mois", "3 mois", "12 mois", "18 mois", "3 ans"}
	var cases, instants, addDate, hours int
	for p := (paper{2021, 1, 1}); p.y <= 2035; p = p.tomorrow() {
		start := jour.Of(p.y, time.Month(p.m), p.d)
		for _, text := range delays {
			delay, err := jour.ParseDelai(text)
			if err != nil {
				t.Fatal(err)
			}
			want := onPaper(p, delay)
			due := jour.Decompte{Depuis: start, Delai: delay, Rigueur: jour.Ferme}.Echeance()
			if due.String() != want.String() || delay.Echeance(start) != due {
				t.Fatalf("%s from %v ends on %v and %v, want %v", text, p, due, delay.Echeance(start), want)
			}
			cases++
			instants += lastSecond(t, want, due)
			addDate += differs(want, naiveDate(p, delay))
			hours += differs(want, naiveHours(start, delay))
		}
	}
	t.Logf("%s: %d deadlines and %d instants, 0 differences; time.AddDate is wrong on %d deadlines, 24-hour days in local time on %d", zone, cases, instants, addDate, hours)
	if addDate == 0 {
		t.Error("time.AddDate agrees with every deadline: this test cannot fail")
	}
}

// clockChanges looks at the second before, at and after each change of the
// clocks: they are in the Sunday of the change.
func clockChanges(t *testing.T) {
	for y := 2021; y <= 2038; y++ {
		for _, sunday := range []paper{lastSunday(y, 3), lastSunday(y, 10)} {
			change, err := time.Parse(time.RFC3339, sunday.String()+"T01:00:00Z")
			if err != nil {
				t.Fatal(err)
			}
			for _, at := range []time.Time{change.Add(-time.Second), change, change.Add(time.Second)} {
				j := jour.DeTemps(at.In(time.Local))
				if j.String() != sunday.String() || !j.ATemps(at) || (j - 1).ATemps(at) {
					t.Fatalf("%v is in %v, want %v", at, j, sunday)
				}
			}
		}
	}
}

func onPaper(p paper, d jour.Delai) paper {
	switch d.Unite {
	case jour.UniteMois:
		return p.months(d.N)
	case jour.UniteAnnees:
		return p.months(12 * d.N)
	}
	for range d.N {
		p = p.tomorrow()
	}
	return p
}

// lastSecond checks the second before and after the end of the day.
func lastSecond(t *testing.T, want paper, due jour.Jour) int {
	end, err := time.Parse(time.RFC3339, fmt.Sprintf("%vT%02d:00:00Z", want, want.midnight()))
	if err != nil {
		t.Fatal(err)
	}
	before, after := end.Add(-time.Second), end
	if !due.ATemps(before) || due.ATemps(after) || due.ATemps(after.Add(time.Second)) {
		t.Fatalf("%v does not end at %v", due, end)
	}
	if !due.ATemps(before.In(time.Local)) || due.ATemps(after.In(time.Local)) || !due.Fin().Equal(before) {
		t.Fatalf("%v does not end at %v seen from this server", due, end)
	}
	return 3
}

func differs(want paper, got string) int {
	if got != want.String() {
		return 1
	}
	return 0
}

// naiveDate is the broken variant: it leaves the target month.
func naiveDate(p paper, d jour.Delai) string {
	start := time.Date(p.y, time.Month(p.m), p.d, 0, 0, 0, 0, time.UTC)
	switch d.Unite {
	case jour.UniteMois:
		return start.AddDate(0, d.N, 0).Format(time.DateOnly)
	case jour.UniteAnnees:
		return start.AddDate(d.N, 0, 0).Format(time.DateOnly)
	}
	return start.AddDate(0, 0, d.N).Format(time.DateOnly)
}

// naiveHours is the other broken variant: days of 24 hours from midnight in
// Paris, and months as they are.
func naiveHours(start jour.Jour, d jour.Delai) string {
	n := int(d.Echeance(start) - start)
	return start.Debut().Add(time.Duration(n) * 24 * time.Hour).Format(time.DateOnly)
}
