package lettre_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"guichet/internal/fault"
	"guichet/internal/jour"
	"guichet/internal/lettre"
)

// signesDuMarkdown and a few letters: what a value or a body may trip on.
var signesDuMarkdown = []rune("*_[]()<>#+-.!|\\`&;:/\"'~={}@^$%?,0123 \tabcéœ«»’€中😀\u00a0\u202f")

func echappe(s string) string {
	var b strings.Builder
	for _, r := range s {
		if r == '\\' {
			b.WriteString("&#92;") // three backslashes at the end of a line are read as two
			continue
		}
		if r > ' ' && r < 0x7f && !strings.ContainsRune("0123456789", r) && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// A redaction writes random markdown and the words that it shows.
type redaction struct {
	t     *rapid.T
	b     strings.Builder
	shown []string
}

func (r *redaction) phrase(most int) string {
	words := rapid.SliceOfN(rapid.StringOfN(rapid.RuneFrom([]rune("abcdéœŒÀ’«»€—.,;:!?*_[]<>#+-|\\`&~{}()0123456789中😀")), 1, 14, -1), 1, most).Draw(r.t, "phrase")
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = echappe(w)
		r.shown = append(r.shown, w)
	}
	s := strings.Join(out, " ")
	switch rapid.IntRange(0, 5).Draw(r.t, "look") {
	case 0:
		return s + "\\\n" + r.suite()
	case 1:
		return s + "\n" + r.suite()
	}
	return s
}

// suite is a last word in bold, in italics or in a link.
func (r *redaction) suite() string {
	w := rapid.StringMatching(`[a-zé]{1,30}`).Draw(r.t, "mot")
	r.shown = append(r.shown, w)
	return fmt.Sprintf(rapid.SampledFrom([]string{"**%s**", "*%s*", "***%s***", "[%s](https://exemple.fr)", "%s"}).Draw(r.t, "face"), w)
}

func (r *redaction) bloc() {
	switch rapid.IntRange(0, 4).Draw(r.t, "bloc") {
	case 0:
		r.b.WriteString("---\n\n")
	case 1:
		start := rapid.IntRange(0, 900).Draw(r.t, "start")
		for i := range rapid.IntRange(1, 5).Draw(r.t, "items") {
			r.shown = append(r.shown, fmt.Sprintf("%d.", start+i))
			fmt.Fprintf(&r.b, "%d. %s\n", start+i, strings.ReplaceAll(r.phrase(20), "\n", "\n     "))
			if rapid.Bool().Draw(r.t, "nested") {
				r.shown = append(r.shown, "•")
				fmt.Fprintf(&r.b, "     - %s\n", strings.ReplaceAll(r.phrase(9), "\n", "\n       "))
			}
		}
		r.b.WriteString("\n" + r.phrase(3) + "\n\n") // two lists would be one
	case 2:
		cols := rapid.IntRange(1, 5).Draw(r.t, "cols")
		for i := range rapid.IntRange(1, 6).Draw(r.t, "rows") {
			for range cols {
				r.b.WriteString("| " + strings.ReplaceAll(strings.ReplaceAll(r.phrase(6), "\\\n", " "), "\n", " ") + " ")
			}
			r.b.WriteString("|\n")
			if i == 0 {
				r.b.WriteString(strings.Repeat("|--:", cols) + "|\n")
			}
		}
		r.b.WriteString("\n")
	default:
		r.b.WriteString(r.phrase(80) + "\n\n")
	}
}

// TestEveryWord: whatever the body, each of its words is read back once, in
// order, inside the margins, in a file that the validator accepts.
func TestEveryWord(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := redaction{t: t}
		for range rapid.IntRange(0, 12).Draw(t, "blocs") {
			r.bloc()
		}
		var b bytes.Buffer
		if err := lettre.PDF(&b, lettre.Document{Titre: "Essai", Le: jour.Of(2026, 1, 1), Corps: r.b.String()}); err != nil {
			t.Fatal(err)
		}
		back, err := relit(b.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		verifie(t, back)
		if diff := cmp.Diff(r.shown, back.mots()); diff != "" {
			t.Fatalf("words (-want +got):\n%s", diff)
		}
	})
}

// FuzzCorps: a body is refused with a fault, or makes a sound file.
func FuzzCorps(f *testing.F) {
	for _, seed := range []string{courte().Corps, convention().Corps, "a\x00\u202eb", "- - - a", "|a|\n|-|\n|b|", "[a]: b\n\n[a]", "# a\n### b", "&#0;\\*", "1) a\n\n   b\n2) c"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, corps string) {
		var b bytes.Buffer
		if err := lettre.PDF(&b, lettre.Document{Titre: "Essai", Le: jour.Of(2026, 1, 1), Corps: corps}); err != nil {
			if !errors.Is(err, fault.Invalid) && !errors.Is(err, fault.TooLarge) {
				t.Fatal(err)
			}
			return
		}
		back, err := relit(b.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		verifie(t, back)
	})
}
