package lettre_test

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"guichet/internal/fault"
	"guichet/internal/jour"
	"guichet/internal/lettre"
)

// breve is a letter of a few lines.
func breve() lettre.Document {
	d := courte()
	d.Corps = "Madame la maire,\n\nVotre dossier est complet : son instruction commence.\n\nJe vous prie d’agréer, Madame la maire, l’expression de ma considération distinguée."
	return d
}

// courte is a letter with one of everything.
func courte() lettre.Document {
	return lettre.Document{
		Auteur: "Préfecture des Bouches-du-Rhône", Sujet: "Dossier 2026-VTA-0012",
		Emetteur:     []string{"Préfecture des Bouches-du-Rhône", "Service de la coordination et de l’appui territorial", "Place Félix-Baret", "13282 Marseille Cedex 06"},
		Destinataire: []string{"Madame la maire", "Commune de Saint-Rémy-de-Provence", "Place Jules-Pelissier", "13210 SAINT-RÉMY-DE-PROVENCE"},
		Lieu:         "Marseille", Le: jour.Of(2026, 3, 3), Reference: "2026-VTA-0012", Objet: "Volontariat territorial : pièces à fournir",
		Corps: "Madame la maire,\n\nVous demandez **15 000 €**. Que manque-t-il ? « Peu » : une *délibération*.\n\n" +
			"- la délibération ;\n- la fiche de poste, avec\n  1. les missions ;\n  2. le calendrier.\n\n# Ce que dit la loi\n\n" +
			"Voyez [le site](https://exemple.fr/a?b=(c)) ou <https://exemple.fr/une/adresse/si/longue/qu’elle/passe/a/la/ligne/et/continue>.\n\n" +
			"| Poste | Montant |\n|---|---:|\n| Salaire | 15 000 € |\n| Frais, avec [un lien](mailto:a@exemple.fr) | 350,50 € |\n\n## Un détail\n\nUne ligne\\\nune autre.\n\n---\n\nVeuillez agréer mes salutations.",
		Signataires: [][]string{{"Pour le préfet,", "Camille Dupont"}},
		PiedDePage:  "Préfecture des Bouches-du-Rhône, 13282 Marseille Cedex 06",
	}
}

// convention is an agreement of two pages with a table.
func convention() lettre.Document {
	var b strings.Builder
	b.WriteString("# Convention de volontariat territorial\n\nEntre l’État et la commune de Saint-Rémy-de-Provence, il est convenu ce qui suit.\n\n")
	for i := 1; i <= 6; i++ {
		fmt.Fprintf(&b, "## Article %d\n\n%s\n\n", i, strings.Repeat("La commune s’engage à mener le projet décrit dans sa demande et à en rendre compte au préfet. ", 3))
	}
	b.WriteString("| Étape | Échéance | Montant |\n|---|---|---:|\n")
	for i := 1; i <= 8; i++ {
		fmt.Fprintf(&b, "| Versement n° %d, sur présentation des justificatifs | 1er juillet %d | %d 000 € |\n", i, 2026+i, i)
	}
	return lettre.Document{Titre: "Convention", Le: jour.Of(2026, 3, 3), Corps: b.String(),
		Signataires: [][]string{{"Pour l’État,", "Camille Dupont"}, {"Pour la commune,", "Dominique Martin"}}, PiedDePage: "Convention 2026-VTA-0012"}
}

// longue is a letter whose table takes pages.
func longue() lettre.Document {
	d := courte()
	var b strings.Builder
	b.WriteString(d.Corps + "\n\n# Annexe\n\n| Commune | Habitants | Observation |\n|---|--:|---|\n")
	for i := range 120 {
		fmt.Fprintf(&b, "| Commune numéro %d | %d | %s |\n", i, 1000+i, strings.Repeat("observation ", i%9))
	}
	d.Corps = b.String()
	return d
}

func ecrit(t testing.TB, d lettre.Document) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := lettre.PDF(&b, d); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func lis(t *testing.T, d lettre.Document) *relecture {
	t.Helper()
	r, err := relit(ecrit(t, d))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestPages reads three letters back and counts their pages.
func TestPages(t *testing.T) {
	for _, test := range []struct {
		name string
		d    lettre.Document
		want int
	}{
		{"a letter of a few lines", breve(), 1},
		{"a letter with one of everything", courte(), 2},
		{"an agreement with its table", convention(), 2},
		{"a letter with a long table", longue(), 7},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := lis(t, test.d)
			if r.pages != test.want {
				t.Errorf("pages: got %d, want %d", r.pages, test.want)
			}
			verifie(t, r)
		})
	}
}

const mm = 72 / 25.4

// verifie checks what every document promises.
func verifie(t interface{ Errorf(string, ...any) }, r *relecture) {
	for _, f := range r.fautes {
		t.Errorf("%s", f)
	}
	niveau := 0
	for _, e := range r.elements {
		if e.niveau > niveau+1 {
			t.Errorf("the heading %q has level %d after %d", e.texte, e.niveau, niveau)
		}
		if e.niveau > 0 {
			niveau = e.niveau
		}
		if e.role == "TH" && e.scope != "Column" {
			t.Errorf("the head of column %q has scope %q", e.texte, e.scope)
		}
		if (e.role == "Link") != (e.annots > 0) {
			t.Errorf("%s %q has %d places to click", e.role, e.texte, e.annots)
		}
	}
	const left, right, top, bottom = 25 * mm, 595.28 - 25*mm, 841.89 - 15*mm, 10 * mm
	for _, s := range r.signes {
		if !unicode.IsSpace(s.r) && (s.x < left-0.01 || s.x+s.w > right+0.02 || s.y > top || s.y < bottom) {
			t.Errorf("page %d: %q at %.1f, %.1f leaves the margins", s.page, s.r, s.x, s.y)
			return
		}
	}
	for i, a := range r.artefacts {
		if want := fmt.Sprintf("page %d/%d", i+1, r.pages); !strings.Contains(a, want) {
			t.Errorf("the foot of page %d is %q, without %q", i+1, a, want)
		}
	}
}

// TestStructure reads the short letter as a screen reader does.
func TestStructure(t *testing.T) {
	r := lis(t, courte())
	var got []string
	for _, e := range r.elements {
		got = append(got, strings.TrimSpace(e.role+" "+strings.Join(mots(e.texte), " ")))
	}
	want := []string{
		"Document",
		"P Préfecture des Bouches-du-Rhône Service de la coordination et de l’appui territorial Place Félix-Baret 13282 Marseille Cedex 06",
		"P Madame la maire Commune de Saint-Rémy-de-Provence Place Jules-Pelissier 13210 SAINT-RÉMY-DE-PROVENCE",
		"P Réf. : 2026-VTA-0012", "P Marseille, le 3 mars 2026", "H1 Objet : Volontariat territorial : pièces à fournir",
		"P Madame la maire,", "P Vous demandez 15 000 €. Que manque-t-il ? « Peu » : une délibération.",
		"L", "LI", "Lbl •", "LBody", "P la délibération ;", "LI", "Lbl •", "LBody", "P la fiche de poste, avec",
		"L", "LI", "Lbl 1.", "LBody", "P les missions ;", "LI", "Lbl 2.", "LBody", "P le calendrier.",
		"H2 Ce que dit la loi",
		"P Voyez le site ou https://exemple.fr/une/adresse/si/longue/qu’elle/passe/a/la/ligne/et/continue.", "Link", "Link",
		"Table", "THead", "TR", "TH Poste", "TH Montant", "TBody", "TR", "TD Salaire", "TD 15 000 €", "TR", "TD Frais, avec un lien", "Link", "TD 350,50 €",
		"H3 Un détail", "P Une ligne une autre.", "P Veuillez agréer mes salutations.", "P Pour le préfet,", "P Camille Dupont",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("reading order (-want +got):\n%s", diff)
	}
}

// TestCatalogue reads what the file says of itself.
func TestCatalogue(t *testing.T) {
	file := string(ecrit(t, courte()))
	for _, want := range []string{"/MarkInfo << /Marked true >>", "/DisplayDocTitle true", "/Lang <FEFF00660072002D00460052>", "<rdf:li xml:lang=\"x-default\">Volontariat territorial : pièces à fournir</rdf:li>",
		"(D:20260303120000+01'00')", "/URI (https://exemple.fr/a?b=\\(c\\))"} {
		if !strings.Contains(file, want) {
			t.Errorf("the file does not hold %s", want)
		}
	}
	for _, refused := range []string{"pdfuaid", "/JavaScript", "/EmbeddedFile"} {
		if strings.Contains(file, refused) {
			t.Errorf("the file holds %s", refused)
		}
	}
}

// TestTheWindow: the address stands where a window envelope shows it.
func TestTheWindow(t *testing.T) {
	r := lis(t, courte())
	for _, s := range r.signes {
		if s.page == 1 && s.y > 841.89-45*mm && s.x+s.w > 100*mm {
			t.Fatalf("%q is printed over the window", s.r)
		}
	}
	text := ""
	for _, s := range r.signes {
		if s.page == 1 && s.x > 100*mm && s.x+s.w < 190*mm && s.y < 841.89-45*mm && s.y > 841.89-79*mm {
			text += string(s.r)
		}
	}
	if want := strings.Join(courte().Destinataire, " "); text != want {
		t.Errorf("the window shows %q, want %q", text, want)
	}
}

// TestDeterminism: equal documents, equal bytes, several at once too; another
// word, other bytes.
func TestDeterminism(t *testing.T) {
	one := ecrit(t, longue())
	files := make(chan []byte)
	for range 4 {
		go func() {
			var b bytes.Buffer
			_ = lettre.PDF(&b, longue()) // a failure gives other bytes
			files <- b.Bytes()
		}()
	}
	for range 4 {
		if !bytes.Equal(one, <-files) {
			t.Error("two equal documents give two files")
		}
	}
	d := longue()
	d.Corps += "\n\nUn mot."
	if bytes.Equal(one, ecrit(t, d)) {
		t.Error("a longer document gives the same file")
	}
}

// TestBreaks: two lines at least on each side of a page, a heading with its
// text, the heads of columns on each page, the signature never alone.
func TestBreaks(t *testing.T) {
	for n := 20; n < 60; n++ {
		d := lettre.Document{Titre: "Essai", Le: jour.Of(2026, 1, 1), Signataires: [][]string{{"Le maire,", "Claude"}}}
		d.Corps = strings.Repeat("x\n\n", n) + "# Titre\n\n" + strings.Repeat("mot ", 45) + "\n\n" + strings.Repeat("fin ", 120)
		r := lis(t, d)
		lines := make(map[string]map[int]map[float64]bool) // word → page → lines
		for _, s := range r.signes {
			for _, letter := range []string{"T", "o", "f"} { // one letter of the heading, of each text
				if string(s.r) == letter && s.y < 841.89-20*mm && s.y > 20*mm {
					if lines[letter] == nil {
						lines[letter] = make(map[int]map[float64]bool)
					}
					if lines[letter][s.page] == nil {
						lines[letter][s.page] = make(map[float64]bool)
					}
					lines[letter][s.page][s.y] = true
				}
			}
		}
		for _, letter := range []string{"o", "f"} {
			for page, ys := range lines[letter] {
				if letter == "o" && len(ys) == 1 && len(lines[letter]) > 1 || letter == "f" && len(ys) == 1 {
					t.Errorf("%d lines before: a line alone on page %d", n, page)
				}
			}
		}
		for page := range lines["T"] {
			if len(lines["o"][page]) == 0 {
				t.Errorf("%d lines before: the heading is alone on page %d", n, page)
			}
		}
		if len(lines["f"][r.pages]) < 2 {
			t.Errorf("%d lines before: the signature is alone on page %d", n, r.pages)
		}
	}
	r := lis(t, longue())
	for page := 3; page < r.pages; page++ {
		if got := strings.Count(r.artefacts[page-1], "Habitants"); got != 1 {
			t.Errorf("page %d has the heads of columns %d times", page, got)
		}
	}
}

// TestRefusals: what cannot be printed is told to the person.
func TestRefusals(t *testing.T) {
	for _, test := range []struct {
		name  string
		d     func(*lettre.Document)
		kind  fault.Kind
		field string
		want  string
	}{
		{"a body of 1 MB", func(d *lettre.Document) { d.Corps = strings.Repeat("mot ", 1<<18) }, fault.TooLarge, "", "128 Ko"},
		{"a thousand pages", func(d *lettre.Document) { d.Corps = strings.Repeat("- a\n", 30000) }, fault.TooLarge, "corps", "100 pages"},
		{"no day", func(d *lettre.Document) { d.Le = 0 }, fault.Invalid, "le", "date"},
		{"neither title nor subject", func(d *lettre.Document) { d.Objet = "" }, fault.Invalid, "titre", "titre"},
		{"an address of thirty lines", func(d *lettre.Document) { d.Destinataire = slices.Repeat([]string{"ligne"}, 30) }, fault.TooLarge, "destinataire", "Douze lignes"},
		{"an address of one endless line", func(d *lettre.Document) { d.Emetteur = []string{strings.Repeat("a", 999)} }, fault.TooLarge, "emetteur", "Douze lignes"},
		{"a subject of two thousand letters", func(d *lettre.Document) { d.Objet = strings.Repeat("a", 2000) }, fault.TooLarge, "objet", "Mille"},
		{"five signatures", func(d *lettre.Document) { d.Signataires = slices.Repeat([][]string{{"a"}}, 5) }, fault.TooLarge, "signataires", "Quatre"},
		{"a foot of four lines", func(d *lettre.Document) { d.PiedDePage = strings.Repeat("pied ", 100) }, fault.TooLarge, "pied_de_page", "Trois lignes"},
		{"HTML", func(d *lettre.Document) { d.Corps = "a\n\n<b>b</b>" }, fault.Invalid, "corps", "Ligne 3"},
		{"a block of HTML", func(d *lettre.Document) { d.Corps = "<div>\nb\n</div>" }, fault.Invalid, "corps", "HTML"},
		{"an image", func(d *lettre.Document) { d.Corps = "a ![b](c.png)" }, fault.Invalid, "corps", "image"},
		{"a quotation", func(d *lettre.Document) { d.Corps = "> a" }, fault.Invalid, "corps", "citation"},
		{"an empty quotation", func(d *lettre.Document) { d.Corps = ">" }, fault.Invalid, "corps", "une citation"},
		{"code", func(d *lettre.Document) { d.Corps = "un `mot`" }, fault.Invalid, "corps", "code"},
		{"a block of code", func(d *lettre.Document) { d.Corps = "```\na\n```" }, fault.Invalid, "corps", "code"},
		{"four spaces", func(d *lettre.Document) { d.Corps = "a\n\n    b" }, fault.Invalid, "corps", "quatre espaces"},
		{"a script in a link", func(d *lettre.Document) { d.Corps = "[a](javascript:alert)" }, fault.Invalid, "corps", "https://"},
		{"a heading that jumps a level", func(d *lettre.Document) { d.Corps = "# a\n\n### b" }, fault.Invalid, "corps", "écrivez ##"},
		{"a heading in a list", func(d *lettre.Document) { d.Corps = "- # a" }, fault.Invalid, "corps", "liste"},
		{"a table without heads of columns", func(d *lettre.Document) { d.Corps = "| a | |\n|---|---|\n| b | c |" }, fault.Invalid, "corps", "colonne"},
		{"a table of nine columns", func(d *lettre.Document) {
			d.Corps = strings.Repeat("|a", 9) + "|\n" + strings.Repeat("|-", 9) + "|\n"
		}, fault.Invalid, "corps", "huit colonnes"},
		{"lists in lists in lists", func(d *lettre.Document) { d.Corps = strings.Repeat("- ", 40) + "a" }, fault.Invalid, "corps", "imbriquées"},
		{"five levels of lists", func(d *lettre.Document) { d.Corps = "- - - - - a" }, fault.Invalid, "corps", "imbriquées"},
		{"ten thousand quotations", func(d *lettre.Document) { d.Corps = strings.Repeat(">", 10000) }, fault.Invalid, "corps", "mise en forme"},
		{"a definition that would not be seen", func(d *lettre.Document) { d.Corps = "[a]: https://exemple.fr" }, fault.Invalid, "corps", "définition"},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := courte()
			test.d(&d)
			var b bytes.Buffer
			err := lettre.PDF(&b, d)
			f := fault.Of(err)
			if !errors.Is(err, test.kind) || b.Len() > 0 {
				t.Fatalf("error: %v, %d bytes written", err, b.Len())
			}
			if got := f.Message + f.Fields[test.field]; !strings.Contains(got, test.want) {
				t.Errorf("message: %q, want %q", got, test.want)
			}
			if test.field != "" && f.Fields[test.field] == "" {
				t.Errorf("fields: %v, want %s", f.Fields, test.field)
			}
		})
	}
}

// TestHostile: what may be typed, however odd, is printed and read back.
func TestHostile(t *testing.T) {
	for _, test := range []struct{ name, corps, want string }{
		{"a word of 100 kB", strings.Repeat("abcdefghij", 10240), strings.Repeat("abcdefghij", 10240)},
		{"a NUL and other controls", "a\x00b\x07c\x1bd", "abcd"},
		{"marks that turn the text round", "fin\u202e.fdp\u202c \u2066x\u2069 \u200fy", "fin.fdp x y"},
		{"bytes that are not a text", "a\xff\xfeb", "a\ufffdb"},
		{"an accent typed apart", "e\u0301te\u0301", "été"},
		{"letters that the font lacks", "中文 \U0001F600 ễ א", "中文 \U0001F600 ễ א"},
		{"spaces of every kind", "15\u202f000\u00a0€\u2009a\u3000b", "15 000 € a b"},
		{"a cell of 1 000 words", "|a|b|\n|-|-|\n|" + strings.Repeat("mot ", 1000) + "|c|", "a b " + strings.Repeat("mot ", 1000) + "c"},
		{"a head of column of 1 000 words", "|" + strings.Repeat("mot ", 1000) + "|b|\n|-|-|\n|c|d|", strings.Repeat("mot ", 1000) + "b c d"},
		{"escapes and named characters", `\*a\* &amp; \&amp; &eacute; & b;`, "*a* & &amp; é & b;"},
		{"a named control", "a&#0;&#8238;b", "a\ufffdb"},
		{"an empty item", "- a\n-\n- b", "• a • • b"},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := lis(t, lettre.Document{Titre: "Essai", Le: jour.Of(2026, 1, 1), Corps: test.corps})
			verifie(t, r)
			if diff := cmp.Diff(mots(test.want), r.mots()); diff != "" {
				t.Errorf("words (-want +got):\n%.2000s", diff)
			}
		})
	}
}

// TestWordsStayExact: a no-break space is read back as one.
func TestWordsStayExact(t *testing.T) {
	r := lis(t, lettre.Document{Titre: "Essai", Le: jour.Of(2026, 1, 1), Corps: "15\u202f000\u00a0€ : oui ; non"})
	if got, want := r.elements[1].texte, "15\u202f000\u00a0€\u00a0: oui\u202f; non"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if w := r.fontes["F0"]; math.Abs(w.largeurs[3]-200) > 1 {
		t.Errorf("the narrow space is %v wide", w.largeurs[3])
	}
}

// BenchmarkConvention prints what an agreement of two pages takes.
func BenchmarkConvention(b *testing.B) {
	d, size := convention(), 0
	for b.Loop() {
		var out bytes.Buffer
		if err := lettre.PDF(&out, d); err != nil {
			b.Fatal(err)
		}
		size = out.Len()
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/1000/float64(b.N), "ms/convention")
	b.ReportMetric(float64(size)/1024, "KB")
}
