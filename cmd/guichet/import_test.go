package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"guichet/internal/store/storetest"
)

// donnees is the path of a file of real data, which is beside the project and
// never part of it. Under CI its absence is a failure.
func donnees(t *testing.T, name string) string {
	t.Helper()
	folder := os.Getenv("GUICHET_DONNEES")
	if folder == "" {
		folder = filepath.Join("..", "..", "..", "shared", "donnees")
	}
	path, err := filepath.Abs(filepath.Join(folder, name))
	if err == nil {
		_, err = os.Stat(path)
	}
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("the real data are missing: %v", err)
		}
		t.Skipf("the real data are not on this machine (GUICHET_DONNEES names their folder): %v", err)
	}
	return path
}

// ok runs a command that must succeed and returns what it wrote.
func ok(t *testing.T, args ...string) string {
	t.Helper()
	code, out, errs := command(t, args...)
	if code != 0 {
		t.Fatalf("guichet %s: exit %d\n%s%s", strings.Join(args, " "), code, out, errs)
	}
	return out
}

// sansListe is the folder of rules without the list of the rural collectivities.
func sansListe(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("../../dispositifs")); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, "bouches-du-rhone", "listes", "vta-2021.yaml")); err != nil {
		t.Fatal(err)
	}
	return dir
}

// TestComputedRule imports INSEE's density grid into both databases and asks
// the rule of the VTA without the list of the prefecture: it gives the 46
// communes and 2 EPCI that the table announces (tableau-2021:68), code by code.
func TestComputedRule(t *testing.T) {
	rules, grid := sansListe(t), donnees(t, "densite4_2021_insee.csv")
	listed := vta(ok(t, "grille", "13", "--le", "2021-07-01", "--csv", "--donnees", t.TempDir()))
	if n := strings.Count(listed, "\n"); n != 48 {
		t.Fatalf("%d territories on the list, want 48", n)
	}
	storetest.EachAddress(t, func(t *testing.T, dsn string) {
		base := []string{"--donnees", filepath.Dir(dsn), "--dispositifs", rules}
		if strings.HasPrefix(dsn, "postgres") {
			base = []string{"--base", dsn, "--dispositifs", rules}
		}
		ask := append([]string{"grille", "13", "--le", "2021-07-01", "--csv"}, base...)
		if before := vta(ok(t, ask...)); before != "" {
			t.Errorf("without list nor grid, the rule says yes to:\n%s", before)
		}
		ok(t, append([]string{"import", "densite", grid, "--source", "Grille communale de densité", "--date", "2021-07-28"}, base...)...)
		if got := vta(ok(t, ask...)); got != listed {
			t.Errorf("the grid gives:\n%s\nthe list gives:\n%s", got, listed)
		}
	})
}

// vta keeps, of a grid in CSV, the codes to which the VTA says yes.
func vta(grid string) string {
	lines := strings.Split(strings.TrimSpace(grid), "\n")
	column := -1
	for i, head := range strings.Split(lines[0], ",") {
		if head == "vta" {
			column = i
		}
	}
	var out strings.Builder
	for _, line := range lines[1:] {
		if cells := strings.Split(line, ","); cells[column] == "oui" {
			out.WriteString(cells[1] + "\n")
		}
	}
	return out.String()
}

// TestDistance imports the priority neighbourhoods: a latitude and a longitude
// are then enough to know whether a place of Marseille is near one.
func TestDistance(t *testing.T) {
	dir := t.TempDir()
	far := []string{"eligibilite", "13055", "--le", "2021-07-01", "--donnees", dir, "--json", "--fait", "lieu_latitude=43.2100", "--fait", "lieu_longitude=5.3300"}
	near := []string{"eligibilite", "13055", "--le", "2021-07-01", "--donnees", dir, "--json", "--fait", "lieu_latitude=43.3365", "--fait", "lieu_longitude=5.3698"}
	if out := ok(t, near...); strings.Contains(out, "S8_MARSEILLE_HORS_QPV") || !strings.Contains(out, "distance_qpv_m") {
		t.Error("without outlines, the distance must stay a question")
	}
	ok(t, "import", "qpv", donnees(t, "qpv_2014_marseille.geojson"), "--source", "Quartiers prioritaires", "--date", "2015-01-01", "--donnees", dir)
	if out := ok(t, far...); !strings.Contains(out, "S8_MARSEILLE_HORS_QPV") {
		t.Error("a place in the Calanques is taken for near a neighbourhood")
	}
	if out := ok(t, near...); strings.Contains(out, "S8_MARSEILLE_HORS_QPV") || !strings.Contains(out, "quartier « ") {
		t.Error("a place in the northern districts is not near a neighbourhood, or the neighbourhood is not named")
	}
}

// listeCantine is a small list as a prefecture would send it.
const listeCantine = "# code : cantine\n# source : Préfecture\n# date : 2021-04-01\n# annonce communes : 2\ninsee\n13006\n13008\n"

// TestImportLife goes through the life of a layer: tried, refused, imported,
// replaced, removed.
func TestImportLife(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "cantine.csv")
	put := func(text string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	data := filepath.Join(dir, "neuf", "donnees")
	put(listeCantine)
	if out := ok(t, "import", "liste", file, "--a-blanc", "--donnees", data); !strings.Contains(out, "nombre annoncé tenu") || !strings.Contains(out, "rien n’a changé") {
		t.Errorf("dry run: %s", out)
	}
	if _, err := os.Stat(data); err == nil {
		t.Error("a dry run made a folder")
	}
	if out := ok(t, "couches", "--donnees", data); !strings.Contains(out, "Aucune couche") {
		t.Errorf("register before any import: %s", out)
	}
	ok(t, "import", "liste", file, "--donnees", data)
	if out := ok(t, "eligibilite", "13006", "--le", "2021-07-01", "--donnees", data, "--json"); strings.Contains(out, `"fait": "sur_liste_cantine"`) {
		t.Error("the imported list is still asked for")
	}
	put(strings.Replace(listeCantine, "13008\n", "13008\n13009\n", 1))
	if code, _, errs := command(t, "import", "liste", file, "--donnees", data); code != 1 || !strings.Contains(errs, "annonce 2 communes et en contient 3") {
		t.Errorf("a list that is not what it says: exit %d, %s", code, errs)
	}
	put(strings.Replace(listeCantine, "13008", "pas un code", 1))
	if code, _, errs := command(t, "import", "liste", file, "--donnees", data); code != 1 || !strings.Contains(errs, "ligne 7, colonne 1") {
		t.Errorf("a bad line: exit %d, %s", code, errs)
	}
	put(strings.Replace(listeCantine, "13008", "13009", 1))
	if out := ok(t, "import", "liste", file, "--donnees", data); !strings.Contains(out, "gagnés : 1") || !strings.Contains(out, "perdus : 1") {
		t.Errorf("replacing: %s", out)
	}
	out := ok(t, "couches", "--donnees", data)
	if strings.Count(out, "liste/cantine/13") != 2 || strings.Count(out, "hors d’usage") != 1 {
		t.Errorf("register: %s", out)
	}
	ok(t, "couches", "--retirer", "liste/cantine/13", "--donnees", data)
	if code, _, errs := command(t, "couches", "--retirer", "liste/cantine/13", "--donnees", data); code != 1 || !strings.Contains(errs, "Aucune couche en usage") {
		t.Errorf("removed twice: exit %d, %s", code, errs)
	}
	if out := ok(t, "eligibilite", "13006", "--le", "2021-07-01", "--donnees", data, "--json"); !strings.Contains(out, `"fait": "sur_liste_cantine"`) {
		t.Error("the removed list still answers")
	}
}

// TestImportRefuses gives the verb what a clumsy person would.
func TestImportRefuses(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "x.csv")
	if err := os.WriteFile(file, []byte("insee;densite\n13001;2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		args string
		want string
	}{
		"an unknown kind":      {"import carottes " + file, "carottes"},
		"a missing file":       {"import densite /nulle/part.csv", "/nulle/part.csv"},
		"no source":            {"import densite " + file, "source"},
		"an impossible date":   {"import densite " + file + " --source x --date 2021-02-30", "--date"},
		"a year in words":      {"import densite " + file + " --source x --date 2021-02-01 --millesime mil", "--millesime"},
		"a count of nothing":   {"import liste " + file + " --annonce 46", "communes=46"},
		"a folder as a file":   {"import densite " + dir + " --source x --date 2021-02-01", "import"},
		"a bad base":           {"import densite " + file + " --base mysql://a/b", "postgres://"},
		"a folder that is not": {"import densite " + file + " --donnees " + file + "/x", "--donnees"},
		"rules that are not":   {"import densite " + file + " --dispositifs /nulle/part", "/nulle/part"},
	} {
		t.Run(name, func(t *testing.T) {
			args := strings.Fields(c.args)
			if !strings.Contains(c.args, "--donnees") && !strings.Contains(c.args, "--base") {
				args = append(args, "--donnees", filepath.Join(dir, "d"))
			}
			code, out, errs := command(t, args...)
			if code != 1 || !strings.Contains(errs, c.want) {
				t.Errorf("exit %d, %q %q; want 1 and %q", code, out, errs, c.want)
			}
		})
	}
}
