package guichet_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"guichet/internal/fault"
)

// TestWindowZones files around the end of each wave on servers that live in
// three time zones: what decides is the second, in Paris.
func TestWindowZones(t *testing.T) {
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	home := time.Local
	t.Cleanup(func() { time.Local = home })
	eachTimed(t, func(t *testing.T, s scene, c *clock) {
		// The demonstration opened on 1 July 2021 when its clock said start.
		shift := c.start.Sub(time.Date(2021, 7, 1, c.start.In(paris).Hour(), 0, 0, 0, paris))
		maire := s.acteur(t, "maire-aureille")
		count := 0
		for _, zone := range []string{"UTC", "Europe/Paris", "Pacific/Noumea"} {
			if time.Local, err = time.LoadLocation(zone); err != nil {
				t.Fatal(err)
			}
			for _, end := range []time.Time{time.Date(2021, 5, 31, 0, 0, 0, 0, paris), time.Date(2021, 8, 16, 0, 0, 0, 0, paris), time.Date(2021, 10, 16, 0, 0, 0, 0, paris)} {
				for _, seconds := range []int{-1, 0, 1} {
					count++
					at := end.Add(time.Duration(seconds) * time.Second).Add(shift).In(time.Local)
					c.now = end.Add(-time.Hour).Add(shift)
					id := s.cree2(t, maire, "fitn", "projet", fmt.Sprint(zone, end, seconds))
					s.remplit(t, maire, id, map[string]string{"formulaire": "Le projet", "finalites": "innovation"})
					c.now = at
					err := s.agit(maire, id, "deposer", "")
					last := end.Month() == time.October
					if open := seconds < 0 || !last; open != (err == nil) || !open && !errors.Is(err, fault.Closed) {
						t.Errorf("server in %s, %+d s around %v: %v", zone, seconds, end, err)
					}
				}
			}
		}
		t.Logf("%d filings around the ends of three waves, in three time zones", count)
	})
}
