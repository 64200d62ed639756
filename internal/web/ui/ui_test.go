package ui

import (
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func render(t *testing.T, n Node) string {
	t.Helper()
	var b strings.Builder
	if err := n.Render(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestURL(t *testing.T) {
	for name, tt := range map[string]struct {
		got  URL
		want string
	}{
		"a page with a query":             {Path("/recherche", "q", "Mouriès & co"), "/recherche?q=Mouri%C3%A8s+%26+co"},
		"an empty value is left out":      {Path("/recherche", "q", ""), "/recherche"},
		"a path of another host":          {Path("//evil.example/"), ""},
		"a path with a backslash":         {Path(`/\evil.example`), ""},
		"not a path":                      {Path("javascript:alert(1)"), ""},
		"a place of a page":               {Path("/dispositifs/x").At("montant"), "/dispositifs/x#montant"},
		"another query":                   {Path("/a", "b", "1").With(url.Values{"c": {"2"}}), "/a?c=2"},
		"a site":                          {Web("https://www.anct.gouv.fr/a?b=c"), "https://www.anct.gouv.fr/a?b=c"},
		"a site without encryption":       {Web("http://www.anct.gouv.fr/"), ""},
		"a script":                        {Web("javascript:alert(1)"), ""},
		"a script with spaces":            {Web("  JavaScript:alert(1)"), ""},
		"a site with a user":              {Web("https://a:b@c.fr/"), ""},
		"data":                            {Web("data:text/html,x"), ""},
		"an address":                      {Mail("vta@anct.gouv.fr"), "mailto:vta@anct.gouv.fr"},
		"an address without domain":       {Mail("aide@asp"), ""},
		"an address with headers":         {Mail("a@b.fr?bcc=c@d.fr"), ""},
		"an address with two at signs":    {Mail("a@b@c.fr"), ""},
		"a number":                        {Phone("05 49 37 56 30"), "tel:+33549375630"},
		"a number with no-break spaces":   {Phone("05\u00a049\u202f37.56.30"), "tel:+33549375630"},
		"a number too short":              {Phone("05 49"), ""},
		"a number with letters":           {Phone("05 49 37 56 3O"), ""},
		"a place of the page, odd letter": {Here(`a"b`), "#a%22b"},
	} {
		if tt.got.String() != tt.want {
			t.Errorf("%s: got %q, want %q", name, tt.got, tt.want)
		}
	}
}

func TestLinkWithoutAddressIsText(t *testing.T) {
	got := render(t, Link{Text: "Espace privé", To: Web("javascript:alert(1)")})
	if want := "<span>Espace privé</span>"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

const attack = `"><script>alert(1)</script>`

func TestEveryComponentEscapes(t *testing.T) {
	for name, n := range map[string]Node{
		"text":    P(T(attack), B(attack), Code(attack)),
		"heading": Heading(2, attack, attack),
		"link":    Link{Text: attack, To: Path("/recherche", "q", attack), More: attack},
		"badge":   Badge{Neutral, attack},
		"card":    Card{ID: attack, Title: Link{Text: attack}, Big: attack, Small: attack},
		"details": Details{ID: attack, Summary: attack, Body: Nodes{T(attack)}},
		"terms":   Terms{{attack, Nodes{T(attack)}}},
		"table":   Table{ID: attack, Caption: attack, Scroll: attack, Columns: []Column{{Text: attack, Full: attack}}, Rows: [][]Node{{T(attack)}}},
		"form": Form{ID: attack, Name: attack, Submit: attack, Keep: url.Values{attack: {attack}}, Body: Nodes{
			Field{Name: attack, Label: attack, Hint: attack, Unit: attack, Values: []string{attack}, Error: attack},
			Field{Name: attack, Kind: Radio, Label: attack, Error: attack, Choice: []Option{{Value: attack, Label: attack}}}}},
		"search": SearchBox{ID: attack, Label: attack, Value: attack, Button: attack, Hint: attack},
		"layout": Layout{Title: attack, Summary: attack, Crumbs: Crumbs{{Text: attack}}, Body: Nodes{T(attack)}},
	} {
		if got := render(t, n); strings.Contains(got, "<script>alert") {
			t.Errorf("%s lets a script through: %s", name, got)
		}
	}
}

func TestFieldSaysItsHintAndItsError(t *testing.T) {
	got := render(t, Field{Name: "population", Kind: Integer, Label: "Population", Hint: "Un nombre.", Error: "Trop petit.", Values: []string{"-5"}})
	for _, want := range []string{`<label for="champ-population">`, `aria-describedby="champ-population-aide champ-population-erreur"`, `aria-invalid="true"`, `value="-5"`} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in %s", want, got)
		}
	}
}

func TestBadgeIsAShapeAndAWord(t *testing.T) {
	seen := make(map[string]Tone)
	for tone, shape := range shapes {
		if other, ok := seen[shape]; ok {
			t.Errorf("%s and %s have the same shape", tone, other)
		}
		seen[shape] = tone
		if got := render(t, Badge{tone, "Mot"}); !strings.Contains(got, "<svg") || !strings.Contains(got, "Mot") {
			t.Errorf("%s: %s", tone, got)
		}
	}
}

var class = regexp.MustCompile(`\.([a-z][a-z-]*)`)

// TestNothingOfTheState verifies that no class or font of the State's design
// system slips in.
func TestNothingOfTheState(t *testing.T) {
	files, err := filepath.Glob("../static/*.css")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(strings.ToLower(string(text)), "marianne") || strings.Contains(string(text), "@import") || strings.Contains(string(text), "url(") {
			t.Errorf("%s: a foreign font or file", f)
		}
		for _, m := range class.FindAllStringSubmatch(string(text), -1) {
			if strings.HasPrefix(m[1], "fr-") {
				t.Errorf("%s: class %s", f, m[1])
			}
		}
	}
}
