package importer_test

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"guichet/internal/fault"
	"guichet/internal/importer"
	"guichet/internal/jour"
	"guichet/internal/territoire"
)

// entete is enough for every kind of file.
var entete = importer.Entete{Code: "vta", Source: territoire.Source{Titre: "Essai", Date: jour.Of(2021, time.July, 28)}}

func lire(t testing.TB, g importer.Genre, text string) (*importer.Import, error) {
	t.Helper()
	return importer.Lire(g, importer.Fichier{Nom: "essai", Contenu: strings.NewReader(text)}, entete, atlas(t))
}

// carre is the GeoJSON of a small square near Marseille.
const carre = `[[[5.3,43.3],[5.31,43.3],[5.31,43.31],[5.3,43.31],[5.3,43.3]]]`

func collection(features ...string) string {
	return `{"type":"FeatureCollection","features":[` + strings.Join(features, ",") + `]}`
}

func feature(properties, kind, coordinates string) string {
	return fmt.Sprintf(`{"type":"Feature","properties":{%s},"geometry":{"type":%q,"coordinates":%s}}`, properties, kind, coordinates)
}

// TestErrors gives each wrong file its message: the place, what is wrong, what
// to write.
func TestErrors(t *testing.T) {
	for _, test := range []struct {
		name  string
		genre importer.Genre
		text  string
		want  string
	}{
		{"an empty file", importer.Densite, "", "le fichier est vide"},
		{"headings alone", importer.Densite, "insee,densite\n", "au moins une ligne"},
		{"no column of codes", importer.Densite, "nom,densite\nAureille,3\n", "la colonne « insee » ou « code » manque ; la première ligne donne : nom, densite"},
		{"no column of levels", importer.Densite, "insee,nom\n13006,Aureille\n", "la colonne « densite » ou « densite7 » manque"},
		{"both grids", importer.Densite, "insee,densite,densite7\n13006,3,5\n", "gardez une seule colonne"},
		{"a column twice", importer.Densite, "insee,code insee,densite\n13006,13006,3\n", "ligne 1, colonne 2 : la colonne « insee » est là deux fois"},
		{"a level out of the grid", importer.Densite, "insee;densite\n13006;3\n13008;5\n", "ligne 3, colonne 2 : « 5 » n’est pas une valeur de la colonne « densite » : écrivez un nombre de 1 à 4."},
		{"a level that is no number", importer.Densite, "insee;densite\n13006;rural\n", "ligne 2, colonne 2 : « rural » n’est pas"},
		{"a level missing", importer.Densite, "insee;densite\n13006;\n", "ligne 2, colonne 2 : la valeur de la colonne « densite » manque"},
		{"a short row", importer.Densite, "insee;densite\n13006\n", "ligne 2, colonne 2 : la valeur"},
		{"a code that is none", importer.Densite, "insee;densite\nABCDE;3\n", "ligne 2, colonne 1 : « ABCDE » n’est pas un code de commune : écrivez ses cinq caractères"},
		{"a code missing", importer.Densite, "insee;densite\n;3\n", "ligne 2, colonne 1 : le code de la commune manque"},
		{"a code twice", importer.Densite, "insee;densite\n13006;3\n13008;3\n13006;4\n", "ligne 4 : 13006 est déjà à la ligne 2"},
		{"a SIREN in a grid", importer.Densite, "code;densite\n200035087;3\n", "une grille de densité donne le niveau des communes"},
		{"a quote out of place", importer.Densite, "insee,densite\n13\"006,3\n", "ligne 2, colonne 3 : un guillemet est mal placé"},
		{"UTF-16", importer.Densite, "\xff\xfei\x00", "UTF-16"},
		{"a wrong vintage", importer.Densite, "# millésime : 20021\ninsee,densite\n13006,3\n", "« 20021 » n’est pas un millésime"},
		{"a wrong date in the head", importer.Densite, "# du : hier\ninsee,densite\n13006,3\n", "ligne 1 : « hier » ne convient pas à « du »"},
		{"a broken gzip", importer.Densite, "\x1f\x8bxxxx", "compressé est abîmé"},
		{"a broken workbook", importer.Densite, "PK\x03\x04xxxx", "n’est pas un fichier XLSX lisible"},
		{"a class out of range", importer.Classes, "insee;classe\n13006;7\n", "écrivez un nombre de 1 à 6"},
		{"a SIREN with a wrong key", importer.Classes, "siren;classe\n200035088;3\n", "ligne 2, colonne 1 : « 200035088 » n’est pas un numéro SIREN valide"},
		{"a commune and an EPCI on a line", importer.Liste, "insee;siren\n13006;200035087\n", "ligne 2, colonne 2 : la ligne donne une commune et une intercommunalité"},
		{"a département that is none", importer.Liste, "# départements : 13, 99\ninsee\n13006\n", "« 99 » n’est pas un département"},
		{"a commune elsewhere", importer.Liste, "# départements : 84\ninsee\n13006\n", "la commune 13006 n’est pas dans les départements"},
		{"a list of EPCI without département", importer.Liste, "siren\n200035087\n", "ne dit pas pour quels départements"},
		{"not JSON", importer.Qpv, "code;nom", "le JSON est mal écrit après le contour 0"},
		{"not a collection", importer.Qpv, `[1,2]`, "n’est pas une FeatureCollection"},
		{"another object", importer.Qpv, `{"type":"Feature"}`, "n’est pas une FeatureCollection"},
		{"no outline", importer.Qpv, collection(), "aucun contour"},
		{"a file cut short", importer.Qpv, collection(feature(`"code_qp":"A"`, "Polygon", carre))[:150], "s’arrête trop tôt"},
		{"another reference system", importer.Qpv, `{"type":"FeatureCollection","crs":{"properties":{"name":"urn:ogc:def:crs:EPSG::2154"}},"features":[]}`, "EPSG:4326"},
		{"no code", importer.Qpv, collection(feature(`"nom":"A"`, "Polygon", carre)), "le contour 1 n’a pas de code"},
		{"a code twice", importer.Qpv, collection(feature(`"code_qp":"A"`, "Polygon", carre), feature(`"code_qp":"A"`, "Polygon", carre)), "le contour 2 (A) a le même code que le contour 1"},
		{"a point for an outline", importer.Qpv, collection(feature(`"code_qp":"A"`, "Point", `[5,43]`)), "le contour 1 (A) est un « Point »"},
		{"no geometry", importer.Qpv, collection(`{"properties":{"code":"A"},"geometry":null}`), "le contour 1 (A) n’a pas de contour"},
		{"an open ring", importer.Qpv, collection(feature(`"code_qp":"A"`, "Polygon", `[[[5.3,43.3],[5.31,43.3],[5.31,43.31],[5.3,43.31]]]`)), "le contour 1 (A), anneau 1 : l’anneau n’est pas fermé"},
		{"a ring that crosses itself", importer.Qpv, collection(feature(`"code_qp":"A"`, "Polygon", `[[[5,43],[5.1,43.1],[5.1,43],[5,43.1],[5,43]]]`)), "anneau 1 : l’anneau se croise"},
		{"metres for degrees", importer.Qpv, collection(feature(`"code_qp":"A"`, "Polygon", `[[[893000,6247000],[893100,6247000],[893100,6247100],[893000,6247000]]]`)), "est hors de France : les coordonnées attendues sont la longitude puis la latitude"},
		{"letters for coordinates", importer.Qpv, collection(feature(`"code_qp":"A"`, "Polygon", `"ici"`)), "des coordonnées mal écrites"},
		{"one number for a point", importer.Qpv, collection(feature(`"code_qp":"A"`, "Polygon", `[[[5],[5],[5],[5]]]`)), "n’est pas un couple"},
		{"too many flat outlines", importer.Contours, collection(feature(`"insee":"13006"`, "Polygon", `[[[5,43],[5.1,43],[5.2,43],[5,43]]]`)), "contours inutilisables : 1 sur 1"},
		{"an outline of no commune", importer.Contours, collection(feature(`"nom":"Aureille"`, "Polygon", carre)), "le code de la commune manque"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := lire(t, test.genre, test.text)
			if err == nil {
				t.Fatalf("no error, but %+v", got)
			}
			if !errors.Is(err, fault.Invalid) || !strings.Contains(fault.Of(err).Message, test.want) {
				t.Errorf("got %v, want « %s »", err, test.want)
			}
			if ee, ok := errors.AsType[importer.Erreurs](err); !ok || len(ee) == 0 {
				t.Errorf("no list of errors in %#v", err)
			}
			if got != nil {
				t.Errorf("a faulty file gives %+v", got)
			}
		})
	}
}

// TestTolerated reads what spreadsheets do to files, and says so.
func TestTolerated(t *testing.T) {
	for _, test := range []struct {
		name, text, remark string
	}{
		{"comma, LF", "insee,densite\n01001,3\n13006,4\n", ""},
		{"semicolon, CRLF, BOM", "\ufeffinsee;densite\r\n01001;3\r\n13006;4\r\n", ""},
		{"tab", "insee\tdensite\n01001\t3\n13006\t4\n", ""},
		{"blank lines and spaces", "\n insee ; densite \n\n 01001 ; 3\n;\n13006;4\n", ""},
		{"a zero lost", "insee;densite\n1001;3\n13006;4\n", "ligne 2, colonne 1 : « 1001 » a perdu son zéro dans un tableur : lu « 01001 »."},
		{"unknown columns", "nom;insee;densite;région\nx;01001;3;84\ny;13006;4;93\n", "ligne 1 : colonnes non lues : « nom » et « région »."},
		{"other headings", "CODGEO,Degré de densité\n01001,3\n13006,4\n", ""},
		{"quoted cells", "\"insee\";\"densite\"\n\"01001\";\"3\"\n\"13006\";\"4\"\n", ""},
		{"a Windows file", "insee;densit\xe9\n01001;3\n13006;4\n", "le texte n’est pas en UTF-8 : il a été lu comme un fichier d’Excel en français (Windows)."},
		{"a code that no year knows", "insee;densite\n01001;3\n13006;4\n13999;2\n", "ligne 4 : 13999 n’est le code d’aucune commune ni intercommunalité connue."},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := lire(t, importer.Densite, test.text)
			if err != nil {
				t.Fatal(err)
			}
			if z := got.Couches.Zonages[0]; z.Communes["01001"] != 3 || z.Communes["13006"] != 4 {
				t.Errorf("got %v", z.Communes)
			}
			var remarks []string
			for _, r := range got.Remarques {
				remarks = append(remarks, r.String())
			}
			if got := strings.Join(remarks, "\n"); got != test.remark {
				t.Errorf("remarks %q, want %q", got, test.remark)
			}
		})
	}
}

// TestEntete fills what the person did not say from the head of the file.
func TestEntete(t *testing.T) {
	text := "# code : cantine\n# titre : Communes éligibles\n# source : Préfecture\n# éditeur : DSDEN\n# date : 2021-04-01\n# licence : LO\n" +
		"# url : https://exemple.fr/liste\n# du : 2021-04-01\n# au : 2022-03-31\n# départements : 13\n# annonce communes : 3\n# couleur : bleu\ninsee\n13006\n13203\n"
	l, read, err := first(liste)(importer.Lire(importer.Liste, importer.Fichier{Contenu: strings.NewReader(text)}, importer.Entete{Titre: "Le titre dit"}, atlas(t)))
	if err != nil {
		t.Fatal(err)
	}
	want := &territoire.Liste{
		Code: "cantine", Titre: "Le titre dit", Du: jour.Of(2021, time.April, 1), Au: jour.Of(2022, time.March, 31),
		Source:       territoire.Source{Titre: "Préfecture", Editeur: "DSDEN", URL: "https://exemple.fr/liste", Date: jour.Of(2021, time.April, 1), Licence: "LO"},
		Departements: []string{"13"}, Annonce: map[string]int{"communes": 3}, Communes: []territoire.Insee{"13006", "13055"},
	}
	if diff := cmp.Diff(want, l); diff != "" {
		t.Errorf("list (-want +got):\n%s", diff)
	}
	if a := read.Difference.Annonces; len(a) != 1 || a[0].Tenue() || a[0].Compte != 2 {
		t.Errorf("three communes announced, two found: %+v", a)
	}
	if len(read.Remarques) != 2 { // the unknown key, the arrondissement
		t.Errorf("remarks %v", read.Remarques)
	}
	if _, err := importer.Lire(importer.Liste, importer.Fichier{Contenu: strings.NewReader("insee\n13006\n")}, importer.Entete{}, atlas(t)); err == nil ||
		!strings.Contains(fault.Of(err).Message, "la source manque") || !strings.Contains(fault.Of(err).Message, "la date de la source manque") {
		t.Errorf("a list without source: %v", err)
	}
}

// TestDifference shows what a second file changes to the first.
func TestDifference(t *testing.T) {
	a := atlas(t)
	old, err := lire(t, importer.Classes, "code;classe\n13006;1\n13008;2\n13010;3\n200035087;4\n")
	if err != nil {
		t.Fatal(err)
	}
	text := "code;classe\n13006;1\n13008;5\n13011;3\n200035087;4\n"
	read, err := importer.Lire(importer.Classes, importer.Fichier{Contenu: strings.NewReader(text)}, entete, a.Avec(old.Couches))
	if err != nil {
		t.Fatal(err)
	}
	want := importer.Difference{
		Remplace: "Classes de fragilité socio-économique",
		Gagnes:   []importer.Element{{Code: "13011", Nom: "Les Baux-de-Provence"}}, Perdus: []importer.Element{{Code: "13010", Nom: "Barbentane"}},
		Changes:    []importer.Changement{{Element: importer.Element{Code: "13008", Nom: "Aurons"}, Avant: "2", Apres: "5"}},
		Identiques: 2,
	}
	if diff := cmp.Diff(want, read.Difference); diff != "" {
		t.Errorf("difference (-want +got):\n%s", diff)
	}
	list, err := lire(t, importer.Liste, "code\n13006\n200035087\n")
	if err != nil {
		t.Fatal(err)
	}
	again, err := importer.Lire(importer.Liste, importer.Fichier{Contenu: strings.NewReader("code\n13006\n200035087\n")}, entete, a.Avec(list.Couches))
	if err != nil || !again.Difference.Aucune() || again.Difference.Identiques != 2 {
		t.Errorf("the same list again: %+v, %v", again, err)
	}
	shape, err := lire(t, importer.Qpv, collection(feature(`"code_qp":"A"`, "Polygon", carre)))
	if err != nil {
		t.Fatal(err)
	}
	moved := strings.ReplaceAll(carre, "43.31", "43.32")
	next, err := importer.Lire(importer.Qpv, importer.Fichier{Contenu: strings.NewReader(collection(feature(`"code_qp":"A"`, "MultiPolygon", "["+moved+"]")))}, entete, a.Avec(shape.Couches))
	if err != nil || len(next.Difference.Changes) != 1 {
		t.Errorf("an outline that moved: %+v, %v", next, err)
	}
}

// TestXlsx reads a workbook whose codes are text or numbers.
func TestXlsx(t *testing.T) {
	book := excelize.NewFile()
	for i, row := range [][]any{{"# date : 2021-07-28"}, {"insee", "densite"}, {"13006", 3}, {1001, "4"}, {}, {13008, 2}} {
		if err := book.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &row); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := book.Write(&b); err != nil {
		t.Fatal(err)
	}
	got, err := lire(t, importer.Densite, b.String())
	if err != nil {
		t.Fatal(err)
	}
	want := map[territoire.Insee]int32{"13006": 3, "01001": 4, "13008": 2}
	if diff := cmp.Diff(want, got.Couches.Zonages[0].Communes); diff != "" {
		t.Errorf("levels (-want +got):\n%s", diff)
	}
	if len(got.Remarques) != 1 || got.Remarques[0].Ligne != 4 {
		t.Errorf("remarks %v, want the zero lost at line 4", got.Remarques)
	}
}

// TestLimits refuses what would fill the memory.
func TestLimits(t *testing.T) {
	var bomb bytes.Buffer
	z := gzip.NewWriter(&bomb)
	chunk := bytes.Repeat([]byte("a"), 1<<20)
	for range 66 {
		if _, err := z.Write(chunk); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	var book bytes.Buffer
	w := zip.NewWriter(&book)
	sheet, err := w.Create("xl/worksheets/sheet1.xml")
	if err != nil {
		t.Fatal(err)
	}
	for range 66 {
		if _, err := sheet.Write(chunk); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"a compressed bomb": bomb.String(),
		"a workbook bomb":   book.String(),
		"too many rows":     strings.Repeat("# note : x\n", 200_001),
	} {
		if _, err := lire(t, importer.Densite, text); !errors.Is(err, fault.TooLarge) {
			t.Errorf("%s: %v, want too large", name, err)
		}
	}
}

// TestProgress tells how far a long file is.
func TestProgress(t *testing.T) {
	var told []int64
	text := "insee;densite\n" + strings.Repeat(" ;\n", 100_000) + "13006;3\n"
	_, err := importer.Lire(importer.Densite, importer.Fichier{
		Contenu: strings.NewReader(text), Taille: int64(len(text)),
		Progres: func(fait, total int64) { told = append(told, fait) },
	}, entete, atlas(t))
	if err != nil || len(told) < 2 || told[len(told)-1] != int64(len(text)) {
		t.Errorf("told %v, %v; want several times, the last %d", told, err, len(text))
	}
}

func TestParseGenre(t *testing.T) {
	for _, g := range importer.Genres() {
		if got, err := importer.ParseGenre(string(g)); err != nil || got != g {
			t.Errorf("ParseGenre(%q) = %q, %v", g, got, err)
		}
	}
	if _, err := importer.ParseGenre("cadastre"); !errors.Is(err, fault.Invalid) || !strings.Contains(fault.Of(err).Message, "densite, liste, classes, qpv ou contours") {
		t.Errorf("an unknown kind: %v", err)
	}
}

// FuzzLire reads anything as anything: never a panic, and either errors or a
// layer.
func FuzzLire(f *testing.F) {
	for i, text := range []string{
		"insee;densite\n13006;3\n1001;4\n", "# code : x\ncode\n13006\n200035087\n", "siren,classe\n200035087,6\n",
		collection(feature(`"code_qp":"A","nom_qp":"Été"`, "Polygon", carre)), collection(feature(`"c":"13055"`, "MultiPolygon", "["+carre+"]")),
		"PK\x03\x04", "\x1f\x8b\x08", "\ufeff", "#", "\"", `{"features":[{"geometry":{"type":"Polygon","coordinates":[[[1e999,0]]]}}]}`,
	} {
		f.Add(uint8(i), []byte(text))
	}
	a := atlas(f)
	f.Fuzz(func(t *testing.T, kind uint8, text []byte) {
		g := importer.Genres()[int(kind)%len(importer.Genres())]
		got, err := importer.Lire(g, importer.Fichier{Contenu: bytes.NewReader(text)}, entete, a)
		if (err == nil) == (got == nil) {
			t.Errorf("%s: %+v and %v", g, got, err)
		}
		if err != nil && (!errors.Is(err, fault.Invalid) && !errors.Is(err, fault.TooLarge) || fault.Of(err).Message == "") {
			t.Errorf("%s: the error is not for a person: %v", g, err)
		}
	})
}
