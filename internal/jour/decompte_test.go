package jour_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"guichet/internal/jour"
)

// day reads an ISO date of a table; "" is no day.
func day(t *testing.T, text string) jour.Jour {
	t.Helper()
	var j jour.Jour
	if err := j.UnmarshalText([]byte(text)); err != nil {
		t.Fatal(err)
	}
	return j
}

func TestDecompteEcheance(t *testing.T) {
	type arret = [2]string
	for _, test := range []struct {
		situation, delai, depuis string
		arrets                   []arret
		want                     string
	}{
		{"no suspension", "3 mois", "2021-07-01", nil, "2021-10-01"},
		{"a month has no 31st", "1 mois", "2021-01-31", nil, "2021-02-28"},
		{"ten days to answer push a month back by ten days", "1 mois", "2021-07-01", []arret{{"2021-07-10", "2021-07-20"}}, "2021-08-11"},
		{"two suspensions add up", "15 jours", "2021-07-01", []arret{{"2021-07-05", "2021-07-07"}, {"2021-07-10", "2021-07-13"}}, "2021-07-21"},
		{"in any order", "15 jours", "2021-07-01", []arret{{"2021-07-10", "2021-07-13"}, {"2021-07-05", "2021-07-07"}}, "2021-07-21"},
		{"days shared by two suspensions stand still once", "15 jours", "2021-07-01", []arret{{"2021-07-05", "2021-07-10"}, {"2021-07-08", "2021-07-12"}}, "2021-07-23"},
		{"one inside the other", "15 jours", "2021-07-01", []arret{{"2021-07-06", "2021-07-07"}, {"2021-07-05", "2021-07-10"}}, "2021-07-21"},
		{"a suspension on the last day moves it", "15 jours", "2021-07-01", []arret{{"2021-07-16", "2021-07-17"}}, "2021-07-17"},
		{"the day after the last day it is too late to suspend", "15 jours", "2021-07-01", []arret{{"2021-07-17", "2021-07-27"}}, "2021-07-16"},
		{"a suspension reached only because of another one", "15 jours", "2021-07-01", []arret{{"2021-07-10", "2021-07-12"}, {"2021-07-18", "2021-07-28"}}, "2021-07-28"},
		{"before the event nothing counts yet", "15 jours", "2021-07-01", []arret{{"2021-06-01", "2021-06-15"}}, "2021-07-16"},
		{"suspended since before the event", "15 jours", "2021-07-01", []arret{{"2021-06-20", "2021-07-04"}}, "2021-07-18"},
		{"not resumed: nobody knows the last day", "15 jours", "2021-07-01", []arret{{"2021-07-10", ""}}, ""},
		{"open, but after the end: it changes nothing", "15 jours", "2021-07-01", []arret{{"2021-07-20", ""}}, "2021-07-16"},
		{"resumed the day it stopped", "15 jours", "2021-07-01", []arret{{"2021-07-10", "2021-07-10"}}, "2021-07-16"},
		{"resumed before it stopped", "15 jours", "2021-07-01", []arret{{"2021-07-10", "2021-07-05"}}, "2021-07-16"},
		{"working days over 14 July and two week-ends", "10 jours ouvrés", "2021-07-01", nil, "2021-07-16"},
		{"working days: a suspended week-end costs nothing", "5 jours ouvrés", "2021-07-01", []arret{{"2021-07-03", "2021-07-05"}}, "2021-07-08"},
		{"working days: a suspended Monday costs one day", "5 jours ouvrés", "2021-07-01", []arret{{"2021-07-03", "2021-07-06"}}, "2021-07-09"},
		{"no delay at all", "0 jours", "2021-07-01", []arret{{"2021-06-01", ""}}, "2021-07-01"},
		{"a suspension of a thousand years", "1 ans", "2021-07-01", []arret{{"2021-08-01", "3021-08-01"}}, "3022-07-01"},
	} {
		d := decompte(t, test.delai, test.depuis)
		for _, a := range test.arrets {
			d.Suspensions = append(d.Suspensions, jour.Suspension{Du: day(t, a[0]), Au: day(t, a[1])})
		}
		if got := d.Echeance().String(); got != test.want {
			t.Errorf("%s: the last day is %q, want %q", test.situation, got, test.want)
		}
	}
}

func decompte(t *testing.T, delai, depuis string) jour.Decompte {
	t.Helper()
	n, err := jour.ParseDelai(delai)
	if err != nil {
		t.Fatal(err)
	}
	return jour.Decompte{Depuis: day(t, depuis), Delai: n, Rigueur: jour.Ferme}
}

func TestDecompteLe(t *testing.T) {
	plain := decompte(t, "15 jours", "2021-07-01") // last day 16 July
	arrete := plain
	arrete.Suspensions = []jour.Suspension{{Du: day(t, "2021-07-10"), Au: day(t, "2021-07-20")}} // last day 26 July
	ouvert := plain
	ouvert.Suspensions = []jour.Suspension{{Du: day(t, "2021-07-10")}}
	souple := plain
	souple.Rigueur = jour.Indicatif
	travail := decompte(t, "5 jours ouvrés", "2021-07-01") // last day 8 July
	for _, test := range []struct {
		situation string
		d         jour.Decompte
		on        string
		want      jour.Situation
	}{
		{"the day before the event", plain, "2021-06-30", jour.Situation{Avancement: jour.AVenir, Echeance: day(t, "2021-07-16"), Reste: 15}},
		{"the day of the event", plain, "2021-07-01", jour.Situation{Avancement: jour.EnCours, Echeance: day(t, "2021-07-16"), Reste: 15}},
		{"the day before the last", plain, "2021-07-15", jour.Situation{Avancement: jour.EnCours, Echeance: day(t, "2021-07-16"), Reste: 1}},
		{"the last day", plain, "2021-07-16", jour.Situation{Avancement: jour.EnCours, Echeance: day(t, "2021-07-16")}},
		{"a firm delay the day after", plain, "2021-07-17", jour.Situation{Avancement: jour.Forclos, Echeance: day(t, "2021-07-16"), Retard: 1}},
		{"an indicative delay the day after", souple, "2021-07-17", jour.Situation{Avancement: jour.EnRetard, Echeance: day(t, "2021-07-16"), Retard: 1}},
		{"the day before a suspension", arrete, "2021-07-09", jour.Situation{Avancement: jour.EnCours, Echeance: day(t, "2021-07-26"), Reste: 7}},
		{"its first day", arrete, "2021-07-10", jour.Situation{Avancement: jour.Suspendu, Echeance: day(t, "2021-07-26"), Reste: 7}},
		{"its last day", arrete, "2021-07-19", jour.Situation{Avancement: jour.Suspendu, Echeance: day(t, "2021-07-26"), Reste: 7}},
		{"the day it runs again", arrete, "2021-07-20", jour.Situation{Avancement: jour.EnCours, Echeance: day(t, "2021-07-26"), Reste: 6}},
		{"before a suspension without end", ouvert, "2021-07-05", jour.Situation{Avancement: jour.EnCours, Reste: 11}},
		{"a year into a suspension without end", ouvert, "2022-07-10", jour.Situation{Avancement: jour.Suspendu, Reste: 7}},
		{"working days left on a Friday", travail, "2021-07-02", jour.Situation{Avancement: jour.EnCours, Echeance: day(t, "2021-07-08"), Reste: 4}},
		{"the Sunday changes nothing", travail, "2021-07-04", jour.Situation{Avancement: jour.EnCours, Echeance: day(t, "2021-07-08"), Reste: 4}},
	} {
		if diff := cmp.Diff(test.want, test.d.Le(day(t, test.on))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.situation, diff)
		}
	}
}

// TestDecompteAgainstCalendar strikes the days one by one on a paper calendar:
// a day is struck when it is after the event, worked if need be, and in no
// suspension; the last day is the one that strikes the last one.
func TestDecompteAgainstCalendar(t *testing.T) {
	const end = 4000 // days: longer than any delay and its suspensions
	cases, open := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		start := jour.Of(2021, 1, 1) + jour.Jour(rapid.IntRange(0, 5478).Draw(t, "start"))
		d := jour.Decompte{Depuis: start, Delai: jour.Delai{
			N:     rapid.IntRange(0, 36).Draw(t, "n"),
			Unite: rapid.SampledFrom([]jour.Unite{jour.Jours, jour.JoursOuvres, jour.UniteMois}).Draw(t, "unit"),
		}}
		still := map[jour.Jour]bool{}
		for range rapid.IntRange(0, 4).Draw(t, "suspensions") {
			du := start + jour.Jour(rapid.IntRange(-30, 300).Draw(t, "from"))
			au := du + jour.Jour(rapid.IntRange(0, 90).Draw(t, "length"))
			for j := du; j < au; j++ {
				still[j] = true
			}
			if rapid.IntRange(0, 9).Draw(t, "open") == 0 {
				for j := du; j < start+end; j++ {
					still[j] = true
				}
				au = 0
			}
			d.Suspensions = append(d.Suspensions, jour.Suspension{Du: du, Au: au})
		}
		left := d.Delai.N
		if d.Delai.Unite == jour.UniteMois {
			left = int(start.AddMois(left) - start)
		}
		want, on := start, start+jour.Jour(rapid.IntRange(0, 400).Draw(t, "on"))
		onLeft := left
		for j := start + 1; left > 0; j++ {
			if j == start+end {
				want = 0
				open++
				break
			}
			if !still[j] && (d.Delai.Unite != jour.JoursOuvres || j.Ouvre()) {
				left--
			}
			if j <= on {
				onLeft = left
			}
			want = j
		}
		cases++
		if got := d.Echeance(); got != want {
			t.Fatalf("%+v: the last day is %v, want %v", d, got, want)
		}
		s := d.Le(on)
		if late := want != 0 && on > want; !late && s.Reste != onLeft || late && s.Retard != int(on-want) || s.Reste != 0 && s.Retard != 0 {
			t.Fatalf("%+v on %v: %+v, want %d days left or late since %v", d, on, s, onLeft, want)
		}
	})
	t.Logf("%d delays with suspensions, %d of them without end, 0 differences", cases, open)
}

func TestRappels(t *testing.T) {
	for _, test := range []struct {
		situation, start, due string
		ecarts                []int
		report                jour.Report
		want                  []string
	}{
		{"a week before, the day before, the day after", "2021-07-01", "2021-07-30", []int{-7, -1, 1}, jour.SansReport, []string{"2021-07-23", "2021-07-29", "2021-07-31"}},
		{"in the order of the days", "2021-07-01", "2021-07-30", []int{1, -1, -7}, jour.SansReport, []string{"2021-07-23", "2021-07-29", "2021-07-31"}},
		{"a day asked twice is one reminder", "2021-07-01", "2021-07-30", []int{-7, -7}, jour.SansReport, []string{"2021-07-23"}},
		{"nothing before the start", "2021-07-01", "2021-07-06", []int{-7, -1}, jour.SansReport, []string{"2021-07-05"}},
		{"the day of the start is allowed", "2021-07-01", "2021-07-08", []int{-7}, jour.SansReport, []string{"2021-07-01"}},
		{"the last day itself", "2021-07-01", "2021-07-30", []int{0}, jour.SansReport, []string{"2021-07-30"}},
		{"Sunday 18 July goes back to Friday, Saturday 31 goes on to Monday", "2021-07-01", "2021-07-19", []int{-1, 12}, jour.JourOuvre, []string{"2021-07-16", "2021-08-02"}},
		{"14 July goes back to the 13th", "2021-07-01", "2021-07-15", []int{-1}, jour.JourOuvre, []string{"2021-07-13"}},
		{"two reminders moved to the same day are one", "2021-07-01", "2021-07-19", []int{-3, -2, -1}, jour.JourOuvre, []string{"2021-07-16"}},
		{"moved before the start: left out", "2021-07-17", "2021-07-19", []int{-1}, jour.JourOuvre, nil},
		{"a last day on a Sunday is told before it", "2021-07-01", "2021-07-18", []int{0}, jour.JourOuvre, []string{"2021-07-16"}},
		{"no last day yet", "2021-07-01", "", []int{-7, 1}, jour.SansReport, nil},
	} {
		var got []string
		for _, j := range jour.Rappels(day(t, test.start), day(t, test.due), test.ecarts, test.report) {
			got = append(got, j.String())
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.situation, diff)
		}
	}
}

// TestATemps looks one second and one nanosecond around the end of days whose
// length is not 24 hours.
func TestATemps(t *testing.T) {
	for _, test := range []struct{ day, last string }{
		{"2021-03-28", "2021-03-28T21:59:59.999999999Z"}, // 23 hours
		{"2021-10-31", "2021-10-31T22:59:59.999999999Z"}, // 25 hours
		{"2021-08-15", "2021-08-15T21:59:59.999999999Z"},
		{"2021-12-31", "2021-12-31T22:59:59.999999999Z"},
	} {
		last, err := time.Parse(time.RFC3339Nano, test.last)
		if err != nil {
			t.Fatal(err)
		}
		j := day(t, test.day)
		for offset, want := range map[time.Duration]bool{-time.Second: true, 0: true, 1: false, time.Second: false} {
			if got := j.ATemps(last.Add(offset)); got != want {
				t.Errorf("%s, %v after the last instant: in time is %t", test.day, offset, got)
			}
		}
	}
}
