// Package jour holds civil days, delays and filing windows. A day is the day
// in Paris: no clock, no hour, no time zone reaches the rules.
package jour

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // Europe/Paris without the machine's own tables

	"guichet/internal/fault"
	"guichet/internal/francais"
)

// A Jour is a civil day of the Gregorian calendar, between 1 January 1 and
// 31 December 9999. The zero Jour is "no day". Jours compare with < and ==.
type Jour int32

// paris is the only time zone of guichet.
var paris = func() *time.Location {
	l, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		panic(err) // the tables are embedded: cannot happen
	}
	return l
}()

const secondsPerDay = 24 * 60 * 60

// epoch is the Unix second of 31 December of the year 0, the day before 1.
var epoch = time.Date(0, time.December, 31, 0, 0, 0, 0, time.UTC).Unix()

// Of returns the day of that date. A day or a month out of range is carried
// over, as time.Date does.
func Of(an int, mois time.Month, j int) Jour {
	return Jour((time.Date(an, mois, j, 0, 0, 0, 0, time.UTC).Unix() - epoch) / secondsPerDay)
}

// DeTemps returns the day it is in Paris at the instant t.
func DeTemps(t time.Time) Jour {
	return Of(t.In(paris).Date())
}

// Parse reads an ISO date, "2021-07-01". The error is a fault.Invalid that
// says what to write.
func Parse(s string) (Jour, error) {
	t, err := time.Parse(time.DateOnly, strings.TrimSpace(s))
	if err != nil || t.Year() < 1 {
		if r := []rune(s); len(r) > 40 {
			s = string(r[:40]) + "…"
		}
		return 0, fault.New(fault.Invalid, "« %s » n’est pas une date : écrivez année-mois-jour, par exemple 2021-07-01.", s).Because(err)
	}
	return Of(t.Date()), nil
}

// Date returns the year, the month and the day of the month.
func (j Jour) Date() (an int, mois time.Month, jour int) {
	return j.utc().Date()
}

// An returns the year.
func (j Jour) An() int { return j.utc().Year() }

func (j Jour) utc() time.Time {
	return time.Unix(epoch+int64(j)*secondsPerDay, 0).UTC()
}

// String writes the ISO date, or "" for no day.
func (j Jour) String() string {
	if j == 0 {
		return ""
	}
	return j.utc().Format(time.DateOnly)
}

// MarshalText writes the ISO date.
func (j Jour) MarshalText() ([]byte, error) { return []byte(j.String()), nil }

// UnmarshalText reads an ISO date; an empty text is no day.
func (j *Jour) UnmarshalText(text []byte) (err error) {
	*j = 0
	if len(text) > 0 {
		*j, err = Parse(string(text))
	}
	return err
}

var mois = [...]string{"janvier", "février", "mars", "avril", "mai", "juin",
	"juillet", "août", "septembre", "octobre", "novembre", "décembre"}

// Long writes the day as a person reads it: "1er juillet 2021".
func (j Jour) Long() string {
	if j == 0 {
		return ""
	}
	an, m, d := j.Date()
	day := strconv.Itoa(d)
	if d == 1 {
		day = "1er"
	}
	return day + francais.Insecable + mois[m-1] + " " + strconv.Itoa(an)
}

// AddJours returns the day n days later.
func (j Jour) AddJours(n int) Jour { return j + Jour(n) }

// AddMois returns the same day n months later, or the last day of that month
// when it is shorter: 31 January + 1 month is 28 or 29 February.
func (j Jour) AddMois(n int) Jour {
	an, m, d := j.Date()
	first := Of(an, m+time.Month(n), 1)
	y, mm, _ := first.Date()
	last := int(Of(y, mm+1, 1) - first)
	return first + Jour(min(d, last)-1)
}

// AddAns returns the same day n years later; 29 February becomes 28.
func (j Jour) AddAns(n int) Jour { return j.AddMois(12 * n) }

// Debut returns the first instant of the day in Paris.
func (j Jour) Debut() time.Time {
	an, m, d := j.Date()
	return time.Date(an, m, d, 0, 0, 0, 0, paris)
}

// Fin returns the last second of the day in Paris.
func (j Jour) Fin() time.Time { return (j + 1).Debut().Add(-time.Second) }

// Age returns the number of completed years on le of a person born on
// naissance. Somebody born on 29 February has a birthday on 1 March in the
// other years.
func Age(naissance, le Jour) int {
	y0, m0, d0 := naissance.Date()
	y1, m1, d1 := le.Date()
	age := y1 - y0
	if m1 < m0 || m1 == m0 && d1 < d0 {
		age--
	}
	return age
}

// Semaine returns the day of the week.
func (j Jour) Semaine() time.Weekday { return j.utc().Weekday() }

// Ferie reports whether j is a public holiday of metropolitan France.
func (j Jour) Ferie() bool {
	an, m, d := j.Date()
	switch fmt.Sprintf("%02d-%02d", int(m), d) {
	case "01-01", "05-01", "05-08", "07-14", "08-15", "11-01", "11-11", "12-25":
		return true
	}
	p := paques(an)
	return j == p+1 || j == p+39 || j == p+50
}

// Ouvre reports whether j is a working day: neither a week-end nor a holiday.
func (j Jour) Ouvre() bool {
	w := j.Semaine()
	return w != time.Saturday && w != time.Sunday && !j.Ferie()
}

// paques returns Easter Sunday (Meeus, Jones and Butcher's rule).
func paques(an int) Jour {
	a, b, c := an%19, an/100, an%100
	d, e, f := b/4, b%4, (b+8)/25
	g := (b - f + 1) / 3
	h := (19*a + b - d - g + 15) % 30
	i, k := c/4, c%4
	l := (32 + 2*e + 2*i - h - k) % 7
	m := (a + 11*h + 22*l) / 451
	n := h + l - 7*m + 114
	return Of(an, time.Month(n/31), n%31+1)
}

// Heure returns the time of day in Paris, to the second: « 14 h 05 min 09 s ».
func Heure(t time.Time) string {
	return t.In(paris).Format("15 h 04 min 05 s")
}
