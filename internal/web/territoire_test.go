package web

import (
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
)

var (
	cardStart = regexp.MustCompile(`<article class="card [^"]*" id="dispositif-([a-z-]+)">`)
	tags      = regexp.MustCompile(`<[^>]*>`)
	blanks    = regexp.MustCompile(`\s+`)
)

// cards cuts a page into its cards, in order: the code of the scheme, then its
// text without marks.
func cards(body string) (codes []string, texts map[string]string) {
	texts = make(map[string]string)
	at := cardStart.FindAllStringSubmatchIndex(body, -1)
	for i, m := range at {
		end := len(body)
		if i+1 < len(at) {
			end = at[i+1][0]
		}
		code := body[m[2]:m[3]]
		codes = append(codes, code)
		texts[code] = text(body[m[1]:end])
	}
	return codes, texts
}

// text is what a page says.
func text(html string) string {
	return strings.TrimSpace(blanks.ReplaceAllString(spaces.Replace(tags.ReplaceAllString(html, " ")), " "))
}

func page(t *testing.T, target string) string {
	t.Helper()
	w := get(newSite(t, io.Discard), target)
	if w.Code != 200 {
		t.Fatalf("%s: %d", target, w.Code)
	}
	return w.Body.String()
}

func TestTerritories(t *testing.T) {
	for target, want := range map[string]struct {
		says  []string          // anywhere
		cards map[string]string // beginning of the text of a card, after its title
	}{
		"/communes/13006": {
			says: []string{"Aureille", "1 522 habitants", "recensement de 2018, en vigueur en 2021", "CC Vallée des Baux-Alpilles", "Bouches-du-Rhône"},
			cards: map[string]string{
				"anct-sur-mesure": "Oui 100 %", "vta": "Oui 15 000 €", "fitn": "Oui jusqu’à 30 000 €", "pass-numerique": "À compléter", "cantine": "À compléter",
				"fabriques": "Oui de 75 000 à 150 000 €", "bouton-franceconnect": "Oui 5 000 €",
			}},
		"/communes/13055": {
			says:  []string{"Marseille", "868 277 habitants", "13001 à 13016"},
			cards: map[string]string{"anct-sur-mesure": "À compléter de 33 à 80 %", "vta": "Non", "fabriques": "À compléter"}},
		"/communes/13065": {
			says:  []string{"Mouriès", "3 400 habitants"},
			cards: map[string]string{"anct-sur-mesure": "Oui 100 %", "vta": "Oui 15 000 €"}},
		"/epci/241300375": {
			says:  []string{"Communauté de communes", "Communes membres 10"},
			cards: map[string]string{"vta": "Oui 15 000 €", "anct-sur-mesure": "À compléter de 33 à 80 %"}},
		"/epci/200054807": {
			says:  []string{"Métropole", "Communes membres 92"},
			cards: map[string]string{"vta": "Non", "anct-sur-mesure": "À compléter", "fabriques": "À compléter"}},
		"/communes/13055?classe_fragilite=2&cout=10000": {
			cards: map[string]string{"anct-sur-mesure": "Oui 8 000 €"}},
		"/communes/13006?le=2026-03-02": {
			says:  []string{"Démonstration : situation au 2 mars 2026", "Revenir au 1er juillet 2021"},
			cards: map[string]string{"fitn": "Non"}},
	} {
		t.Run(target, func(t *testing.T) {
			body := page(t, target)
			all := text(body)
			for _, s := range want.says {
				if !strings.Contains(all, s) {
					t.Errorf("the page does not say %q", s)
				}
			}
			_, texts := cards(body)
			for code, begin := range want.cards {
				if !strings.Contains(cut(texts[code], 160), begin) {
					t.Errorf("%s: %q, want %q near the beginning", code, cut(texts[code], 160), begin)
				}
			}
		})
	}
}

// TestCardsOrder verifies that what can be had comes before what cannot.
func TestCardsOrder(t *testing.T) {
	codes, texts := cards(page(t, "/communes/13055"))
	if len(codes) != 10 {
		t.Fatalf("%d cards, want 8 schemes and 2 small aids: %v", len(codes), codes)
	}
	if last := codes[len(codes)-1]; !strings.Contains(texts[last], "Non") {
		t.Errorf("the last card is %s: %s", last, cut(texts[last], 200))
	}
	if strings.Contains(texts[codes[0]], "Non ") {
		t.Errorf("the first card is %s: %s", codes[0], cut(texts[codes[0]], 200))
	}
}

func TestWhy(t *testing.T) {
	_, texts := cards(page(t, "/communes/13006"))
	for _, want := range []string{"Pourquoi ?", "population municipale, recensement 2018, en vigueur en 2021", "Seuil de population d’une commune : 3 500 habitants", "Source : Tableau de 2021, lignes"} {
		if !strings.Contains(strings.Join([]string{texts["anct-sur-mesure"], texts["vta"]}, " "), want) {
			t.Errorf("no %q in %s", want, texts["anct-sur-mesure"])
		}
	}
}

// TestDoubtfulAddress verifies that a doubtful address is shown but leads
// nowhere.
func TestDoubtfulAddress(t *testing.T) {
	for _, target := range []string{"/communes/13006", "/dispositifs/cantine", "/tableau"} {
		body := page(t, target)
		if !strings.Contains(body, "aidecantinescolaire@asp-public.fr") || !strings.Contains(body, "Adresse à vérifier") {
			t.Errorf("%s: the address or its warning is not shown", target)
		}
		if strings.Contains(body, "mailto:aidecantine") {
			t.Errorf("%s: the doubtful address is a link", target)
		}
		if strings.Contains(body, "04 84 35") || strings.Contains(body, "seghier") {
			t.Errorf("%s: an agent's own contact is public", target)
		}
	}
}

// TestPrivateLinks verifies that the two private links are not republished.
func TestPrivateLinks(t *testing.T) {
	for _, target := range []string{"/dispositifs/fitn", "/dispositifs/fabriques", "/tableau"} {
		body := page(t, target)
		for _, secret := range []string{"cle_url", "IDprojet", "1820951374"} {
			if strings.Contains(body, secret) {
				t.Errorf("%s republishes %s", target, secret)
			}
		}
	}
}

func TestErrorsKeepWhatWasTyped(t *testing.T) {
	w := get(newSite(t, io.Discard), "/communes/13055?cout=12,345,6&classe_fragilite=9&pic_pct=50&precarite_pct=20")
	if w.Code != http.StatusUnprocessableEntity {
		t.Fatalf("status %d", w.Code)
	}
	body := w.Body.String()
	for _, want := range []string{`value="12,345,6"`, `value="9"`, `href="#champ-cout"`, `id="champ-cout-erreur"`, `href="#champ-classe_fragilite"`, `aria-invalid="true"`} {
		if !strings.Contains(body, want) {
			t.Errorf("no %s", want)
		}
	}
}

func TestGrid(t *testing.T) {
	all := text(page(t, "/departements/13/grille"))
	if !regexp.MustCompile(`Communes : « oui » \d+ 46 `).MatchString(all) || !regexp.MustCompile(`Intercommunalités : « oui » \d+ 2 `).MatchString(all) {
		t.Errorf("the totals are not 46 and 2: %s", all[strings.Index(all, "« oui »")-20:])
	}
	for target, want := range map[string]string{
		"/departements/13/grille?verdict=oui&dispositif=vta": "48 territoires affichés sur 123",
		"/departements/13/grille?type=epci":                  "4 territoires affichés sur 123",
		"/departements/13/grille?nom=eygalieres":             "1 territoire affiché sur 123",
		"/departements/13/grille?nom=13055":                  "1 territoire affiché sur 123",
	} {
		if got := text(page(t, target)); !strings.Contains(got, want) {
			t.Errorf("%s: no %q", target, want)
		}
	}
	sorted := page(t, "/departements/13/grille?tri=population&sens=desc")
	if a, b := strings.Index(sorted, ">Métropole"), strings.Index(sorted, ">Aureille<"); a < 0 || a > b || !strings.Contains(sorted, `aria-sort="descending"`) {
		t.Error("the grid is not sorted by population")
	}
}

func TestCSV(t *testing.T) {
	w := get(newSite(t, io.Discard), "/departements/13/grille.csv?type=epci")
	lines := strings.Split(strings.TrimSpace(w.Body.String()), "\r\n")
	if w.Code != 200 || len(lines) != 5 || !strings.HasPrefix(lines[0], "\ufefftype;code;nom;") {
		t.Errorf("%d, %d lines: %s", w.Code, len(lines), w.Body)
	}
	for in, want := range map[string]string{"=1+1": "'=1+1", "-2": "'-2", "@x": "'@x", "Aureille": "Aureille", "": ""} {
		if got := inert(in); got != want {
			t.Errorf("inert(%q) = %q, want %q", in, got, want)
		}
	}
}

// TestTable verifies the columns of the document of 2021 and its eight rows.
func TestTable(t *testing.T) {
	body := page(t, "/tableau")
	var got []string
	for _, m := range regexp.MustCompile(`<th scope="col">([^<]*)</th>`).FindAllStringSubmatch(body, -1) {
		got = append(got, m[1])
	}
	if want := "Dispositif|Description de la prestation|Conditions|Procédure demande|Service instructeur|Contact"; strings.Join(got, "|") != want {
		t.Errorf("columns %v", got)
	}
	if n := strings.Count(body, `<th scope="row">`); n != 8 {
		t.Errorf("%d rows, want 8", n)
	}
}

// TestEverySheet opens the sheet of each scheme of the catalogue.
func TestEverySheet(t *testing.T) {
	h := newSite(t, io.Discard)
	for _, d := range open(t).Tableau("", 0).Lignes {
		w := get(h, "/dispositifs/"+d.Code)
		for _, want := range []string{"<h1", "Les conditions", "Les étapes", "Comment nous avons lu", d.Nom} {
			if !strings.Contains(w.Body.String(), strings.ReplaceAll(want, "&", "&amp;")) {
				t.Errorf("%s: no %q", d.Code, want)
			}
		}
	}
}
