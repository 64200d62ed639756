// Package agenda writes calendars in the iCalendar format (RFC 5545), which
// calendar programs read again by themselves. It knows days and texts; it does
// not know what happens on those days.
package agenda

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode"

	"guichet/internal/jour"
)

// A Uid names one event for ever: the same event keeps it when its day
// changes. It is unique among all calendars: "dossier-42-depot@guichet.example.fr".
type Uid string

// An Evenement is something that lasts the whole of one day.
type Evenement struct {
	Uid       Uid
	Le        jour.Jour
	Titre     string
	Texte     string    // optional; may have several lines
	URL       string    // optional; the page that says more
	ModifieLe time.Time // the last change: a program replaces an older event by it
}

// The folding of RFC 5545, section 3.1: a line has at most 75 octets without
// its end.
const (
	maxLine = 75
	eol     = "\r\n"
)

// refresh is how long a program may keep a calendar before it asks again.
const refresh = "PT6H"

// Ecrire writes the calendar called nom. The same events give the same octets,
// in whatever order they come. It refuses an event without a Uid, a day or a
// date of change, and two events with one Uid, before it writes anything: a
// program would mix them up or drop them.
func Ecrire(w io.Writer, nom string, evenements []Evenement) error {
	evenements = slices.SortedFunc(slices.Values(evenements), func(a, b Evenement) int {
		return strings.Compare(string(a.Uid), string(b.Uid))
	})
	if err := check(evenements); err != nil {
		return fmt.Errorf("agenda %q: %w", nom, err)
	}
	var f feed
	f.line("BEGIN", "VCALENDAR")
	f.line("VERSION", "2.0")
	f.line("PRODID", "-//guichet//agenda//FR")
	f.line("CALSCALE", "GREGORIAN")
	f.line("METHOD", "PUBLISH")
	f.line("NAME", escape(nom))
	f.line("X-WR-CALNAME", escape(nom)) // the older name of NAME, which most programs read
	f.line("REFRESH-INTERVAL;VALUE=DURATION", refresh)
	f.line("X-PUBLISHED-TTL", refresh)
	for _, e := range evenements {
		f.event(e)
	}
	f.line("END", "VCALENDAR")
	if _, err := io.WriteString(w, f.String()); err != nil {
		return fmt.Errorf("agenda %q: %w", nom, err)
	}
	return nil
}

func check(evenements []Evenement) error {
	for i, e := range evenements {
		switch {
		case e.Uid == "" || clean(string(e.Uid)) != string(e.Uid) || strings.Contains(string(e.Uid), "\n"):
			return fmt.Errorf("%q is not a uid", e.Uid)
		case i > 0 && e.Uid == evenements[i-1].Uid:
			return fmt.Errorf("two events have the uid %q", e.Uid)
		case e.Le == 0:
			return fmt.Errorf("the event %q has no day", e.Uid)
		case e.ModifieLe.Before(premier):
			return fmt.Errorf("the event %q has no date of change", e.Uid)
		case strings.ContainsFunc(e.URL, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }):
			return errors.New("the address of the event " + string(e.Uid) + " has blanks")
		}
	}
	return nil
}

// premier is before any event: the sequence of a change counts from it, so
// that it stays in 31 bits until 2088.
var premier = time.Date(2020, time.January, 1, 0, 0, 0, 0, time.UTC)

// feed is the text of a calendar being written.
type feed struct{ strings.Builder }

func (f *feed) event(e Evenement) {
	const stamp, date = "20060102T150405Z", "20060102"
	changed := e.ModifieLe.UTC()
	f.line("BEGIN", "VEVENT")
	f.line("UID", escape(string(e.Uid)))
	f.line("DTSTAMP", changed.Format(stamp))
	f.line("LAST-MODIFIED", changed.Format(stamp))
	f.line("SEQUENCE", fmt.Sprint(int64(changed.Sub(premier)/time.Second)))
	f.line("DTSTART;VALUE=DATE", strings.ReplaceAll(e.Le.String(), "-", ""))
	f.line("DTEND;VALUE=DATE", strings.ReplaceAll((e.Le+1).String(), "-", "")) // the first day after
	f.line("SUMMARY", escape(e.Titre))
	if e.Texte != "" {
		f.line("DESCRIPTION", escape(e.Texte))
	}
	if e.URL != "" {
		f.line("URL", strings.ToValidUTF8(e.URL, "\uFFFD"))
	}
	f.line("TRANSP", "TRANSPARENT") // a deadline does not make its reader busy
	f.line("END", "VEVENT")
}

// line writes one content line, folded between two characters.
func (f *feed) line(name, value string) {
	room := maxLine
	for _, r := range name + ":" + value {
		n := len(string(r))
		if n > room {
			f.WriteString(eol + " ")
			room = maxLine - 1
		}
		f.WriteRune(r)
		room -= n
	}
	f.WriteString(eol)
}

var escaper = strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\n", `\n`)

// escape writes a text value (section 3.3.11): any end of line becomes \n.
func escape(s string) string { return escaper.Replace(clean(s)) }

// clean removes what a text may not hold: control characters but the tab and
// the end of line, and octets that are no character.
func clean(s string) string {
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(strings.ToValidUTF8(s, "\uFFFD"))
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\t' && r != '\n' {
			return -1
		}
		return r
	}, s)
}
