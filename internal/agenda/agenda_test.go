package agenda_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"guichet/internal/agenda"
	"guichet/internal/jour"
)

var changed = time.Date(2021, 7, 1, 12, 30, 15, 0, time.FixedZone("Paris", 2*60*60))

func depot() agenda.Evenement {
	return agenda.Evenement{Uid: "vague-2@guichet.example.fr", Le: jour.Of(2021, 8, 15), Titre: "Dernier jour de dépôt : vague 2",
		Texte: "Le dossier se dépose jusqu’à minuit,\nheure de Paris ; après, il attend la vague 3.", URL: "https://guichet.example.fr/dossiers/42", ModifieLe: changed}
}

func write(t testing.TB, nom string, events ...agenda.Evenement) string {
	t.Helper()
	var b strings.Builder
	if err := agenda.Ecrire(&b, nom, events); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestEcrire(t *testing.T) {
	want := strings.Join([]string{
		"BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//guichet//agenda//FR", "CALSCALE:GREGORIAN", "METHOD:PUBLISH",
		"NAME:Échéances de Marseille", "X-WR-CALNAME:Échéances de Marseille", "REFRESH-INTERVAL;VALUE=DURATION:PT6H", "X-PUBLISHED-TTL:PT6H",
		"BEGIN:VEVENT", "UID:vague-2@guichet.example.fr", "DTSTAMP:20210701T103015Z", "LAST-MODIFIED:20210701T103015Z", "SEQUENCE:47298615",
		"DTSTART;VALUE=DATE:20210815", "DTEND;VALUE=DATE:20210816", "SUMMARY:Dernier jour de dépôt : vague 2",
		`DESCRIPTION:Le dossier se dépose jusqu’à minuit\,\nheure de Paris \; ap`, ` rès\, il attend la vague 3.`,
		"URL:https://guichet.example.fr/dossiers/42", "TRANSP:TRANSPARENT", "END:VEVENT", "END:VCALENDAR", "",
	}, "\r\n")
	if diff := cmp.Diff(want, write(t, "Échéances de Marseille", depot())); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestNoEvents(t *testing.T) {
	if _, events := read(t, write(t, "Rien")); len(events) != 0 {
		t.Errorf("%d events", len(events))
	}
}

// TestSameOctets gives the same events in another order.
func TestSameOctets(t *testing.T) {
	a, b := depot(), depot()
	b.Uid = "vague-3@guichet.example.fr"
	given := []agenda.Evenement{b, a}
	if write(t, "x", a, b) != write(t, "x", given...) {
		t.Error("the order of the events changes the calendar")
	}
	if given[0].Uid != b.Uid {
		t.Error("the events of the caller were moved")
	}
}

// TestSequence grows with each change, and a calendar written twice is the same.
func TestSequence(t *testing.T) {
	old, e := -1, depot()
	for _, at := range []time.Time{changed, changed.Add(time.Second), changed.AddDate(1, 0, 0), changed.AddDate(60, 0, 0)} {
		e.ModifieLe = at
		_, events := read(t, write(t, "x", e))
		got := 0
		if _, err := fmt.Sscan(events[0]["SEQUENCE"], &got); err != nil || got <= old || got > 1<<31-1 {
			t.Errorf("changed on %v: the sequence is %d after %d, %v", at, got, old, err)
		}
		old = got
	}
}

func TestRefused(t *testing.T) {
	for situation, spoil := range map[string]func(*agenda.Evenement){
		"no uid":                    func(e *agenda.Evenement) { e.Uid = "" },
		"a uid with a line":         func(e *agenda.Evenement) { e.Uid = "a\r\nATTENDEE:b" },
		"a uid with an end of line": func(e *agenda.Evenement) { e.Uid = "a\n" },
		"no day":                    func(e *agenda.Evenement) { e.Le = 0 },
		"no date of change":         func(e *agenda.Evenement) { e.ModifieLe = time.Time{} },
		"an address with a line":    func(e *agenda.Evenement) { e.URL = "https://x/\r\nATTENDEE:b" },
		"an address with a blank":   func(e *agenda.Evenement) { e.URL = "https://x/ y" },
	} {
		e := depot()
		spoil(&e)
		var b strings.Builder
		if err := agenda.Ecrire(&b, "x", []agenda.Evenement{e}); err == nil || b.Len() != 0 {
			t.Errorf("%s: error %v, %d octets written", situation, err, b.Len())
		}
	}
	if err := agenda.Ecrire(&strings.Builder{}, "x", []agenda.Evenement{depot(), depot()}); err == nil {
		t.Error("two events with one uid are accepted")
	}
	if err := agenda.Ecrire(broken{}, "x", nil); !errors.Is(err, errBroken) {
		t.Errorf("a writer that fails gives %v", err)
	}
}

var errBroken = errors.New("broken")

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errBroken }

// anyText draws text that hurts: separators, ends of lines, wide characters,
// octets that are no character.
var anyText = rapid.Map(rapid.SliceOfN(rapid.OneOf(
	rapid.SampledFrom([]string{"é", "’", "日本", "😀", `\`, `\n`, ";", ",", ":", "\"", "\n", "\r\n", "\r", "\t", " ", "\x00", "\x7f", "\u0085", "\xff", "END:VEVENT", "\r\nATTENDEE:mailto:x@example.fr"}),
	rapid.StringN(0, 30, 90)), 0, 30), func(parts []string) string { return strings.Join(parts, "") })

// TestReadBack writes any text and reads it back: nothing is lost but control
// characters, no property is added, no line is too long or cut in a character.
func TestReadBack(t *testing.T) {
	cases, folds := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		e := depot()
		e.Titre, e.Texte = anyText.Draw(t, "title"), anyText.Draw(t, "text")
		nom := anyText.Draw(t, "name")
		var b strings.Builder
		if err := agenda.Ecrire(&b, nom, []agenda.Evenement{e}); err != nil {
			t.Fatal(err)
		}
		for line := range strings.SplitSeq(strings.TrimSuffix(b.String(), "\r\n"), "\r\n") {
			if len(line) > 75 || line == "" || !utf8.ValidString(line) || strings.ContainsAny(line, "\r\n") {
				t.Fatalf("the line %q has %d octets", line, len(line))
			}
			if line[0] == ' ' {
				folds++
			}
		}
		calendar, events := read(t, b.String())
		for _, text := range []struct{ what, want, got string }{
			{"name", nom, calendar["NAME"]}, {"title", e.Titre, events[0]["SUMMARY"]}, {"text", e.Texte, events[0]["DESCRIPTION"]},
		} {
			if want := expected(text.want); text.got != want {
				t.Fatalf("%s\n got %q\nwant %q", text.what, text.got, want)
			}
		}
		keys := []string{"DTEND;VALUE=DATE", "DTSTAMP", "DTSTART;VALUE=DATE", "LAST-MODIFIED", "SEQUENCE", "SUMMARY", "TRANSP", "UID", "URL"}
		for key := range events[0] {
			if !slices.Contains(keys, key) && key != "DESCRIPTION" {
				t.Fatalf("the property %q was added", key)
			}
		}
		cases++
	})
	t.Logf("%d calendars read back, %d folds, 0 differences", cases, folds)
}

// expected is what a text becomes: one kind of end of line, no control
// character, no octet that is no character.
func expected(s string) string {
	s = strings.ReplaceAll(strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\r\n", "\n"), "\r", "\n")
	var b strings.Builder
	for _, r := range s {
		if r == '\n' || r == '\t' || r >= 0x20 && (r < 0x7f || r > 0x9f) {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// TestNaiveFoldFails folds every 75 octets, as programs often do: it cuts
// characters, and the check of TestReadBack sees it.
func TestNaiveFoldFails(t *testing.T) {
	line, cut := "SUMMARY:"+strings.Repeat("éà", 60), 0
	for len(line) > 75 {
		if !utf8.ValidString(line[:75]) {
			cut++
		}
		line = " " + line[75:]
	}
	if cut == 0 {
		t.Error("folding at 75 octets cuts no character: the check cannot fail")
	}
}

// read is a small reader of calendars: it unfolds, unescapes, and fails on a
// line that is no property or a component out of place.
func read(t interface {
	Helper()
	Fatalf(string, ...any)
}, text string) (calendar map[string]string, events []map[string]string) {
	t.Helper()
	calendar = map[string]string{}
	if !strings.HasSuffix(text, "\r\n") {
		t.Fatalf("the calendar does not end with a line")
	}
	var stack []string
	unfolded := strings.ReplaceAll(strings.TrimSuffix(text, "\r\n"), "\r\n ", "")
	for line := range strings.SplitSeq(unfolded, "\r\n") {
		name, value, ok := strings.Cut(line, ":")
		if !ok {
			t.Fatalf("%q is no property", line)
		}
		in := calendar
		switch {
		case name == "BEGIN":
			stack = append(stack, value)
			if value == "VEVENT" {
				events = append(events, map[string]string{})
			}
			continue
		case len(stack) == 0:
			t.Fatalf("%q is outside of the calendar", line)
		case name == "END":
			if stack[len(stack)-1] != value {
				t.Fatalf("%q ends %q", line, stack[len(stack)-1])
			}
			stack = stack[:len(stack)-1]
			continue
		case stack[len(stack)-1] == "VEVENT":
			in = events[len(events)-1]
		}
		if _, twice := in[name]; twice {
			t.Fatalf("%q is there twice", name)
		}
		in[name] = unescape(value)
	}
	if len(stack) != 0 {
		t.Fatalf("%q does not end", stack)
	}
	return calendar, events
}

func unescape(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			if i++; s[i] == 'n' || s[i] == 'N' {
				b.WriteByte('\n')
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
