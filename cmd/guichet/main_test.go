package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"guichet/internal/api"
)

// command runs one command line and returns its exit code and what it wrote.
func command(t *testing.T, args ...string) (int, string, string) {
	t.Helper()
	var out, errs bytes.Buffer
	code := run(t.Context(), args, &out, &errs)
	return code, plain.Replace(out.String()), plain.Replace(errs.String())
}

// plain makes every space an ordinary one.
var plain = strings.NewReplacer("\u202f", " ", "\u00a0", " ")

// TestVerbs runs each verb as a person types it.
func TestVerbs(t *testing.T) {
	for name, c := range map[string]struct {
		args string
		code int
		want string // in what is written
	}{
		"help lists the verbs":                 {"--help", 0, "eligibilite"},
		"a commune of the list has the VTA":    {"eligibilite 13006 --le 2021-07-01", 0, "15 000 €"},
		"an EPCI by its SIREN":                 {"eligibilite 200054807 --le 2021-07-01", 0, "Aix-Marseille"},
		"a fact given changes the amount":      {"eligibilite 13006 --le 2021-07-01 --fait cout=20000", 0, "20 000 €"},
		"the grid counts the list of the VTA":  {"grille 13 --le 2021-07-01", 0, "46 communes,  2 intercommunalités"},
		"the embedded data are in order":       {"verify", 0, "8 dispositifs"},
		"an unknown commune":                   {"eligibilite 99999", 1, "Aucune commune"},
		"a SIREN with a wrong key":             {"eligibilite 200042936", 1, "200042936"},
		"a day that does not exist":            {"eligibilite 13006 --le 2021-02-30", 1, "2021-02-30"},
		"a fact without a value":               {"eligibilite 13006 --fait cout", 1, "nom=valeur"},
		"a fact nobody knows":                  {"eligibilite 13006 --fait couleur=bleu", 1, "couleur"},
		"an absurd population":                 {"eligibilite 13006 --fait population=-5", 1, "population"},
		"a département that does not exist":    {"grille 999", 1, "999"},
		"no code":                              {"eligibilite", 2, "non comprise"},
		"a verb that does not exist":           {"danser", 2, "guichet --help"},
		"two forms at once":                    {"grille 13 --csv --json", 2, "non comprise"},
		"a folder that does not exist":         {"verify /nulle/part", 1, "nulle"},
		"an address where one may not listen":  {"serve --addr 256.0.0.1:1", 1, "256.0.0.1:1"},
		"an address that says no port at all":  {"serve --addr bonjour", 1, "bonjour"},
		"a flag that does not exist for serve": {"serve --couleur", 2, "couleur"},
	} {
		t.Run(name, func(t *testing.T) {
			code, out, errs := command(t, strings.Fields(c.args)...)
			if code != c.code || !strings.Contains(out+errs, c.want) {
				t.Errorf("exit %d, want %d; got %q %q, want %q in it", code, c.code, out, errs, c.want)
			}
			if c.code != 0 && errs == "" {
				t.Error("a failure says nothing on the error output")
			}
		})
	}
}

// TestJSON reads back what programs read.
func TestJSON(t *testing.T) {
	_, out, _ := command(t, "eligibilite", "13006", "--le", "2021-07-01", "--json")
	var e api.Eligibilite
	if err := json.Unmarshal([]byte(out), &e); err != nil || e.Territoire.Code != "13006" || len(e.Reponses) != 8 {
		t.Errorf("eligibilite: %v, %+v, %d answers", err, e.Territoire, len(e.Reponses))
	}
	_, out, _ = command(t, "grille", "13", "--le", "2021-07-01", "--json")
	var g api.Grille
	if err := json.Unmarshal([]byte(out), &g); err != nil || g.Departement != "13" || len(g.Lignes) < 119 {
		t.Errorf("grille: %v, %s, %d lines", err, g.Departement, len(g.Lignes))
	}
}

// TestCSV reads the grid as a spreadsheet does.
func TestCSV(t *testing.T) {
	_, out, _ := command(t, "grille", "13", "--le", "2021-07-01", "--csv")
	rows, err := csv.NewReader(strings.NewReader(out)).ReadAll()
	if err != nil || len(rows) < 120 || len(rows[0]) != 12 {
		t.Fatalf("%v, %d lines", err, len(rows))
	}
	for in, want := range map[string]string{"=1+1": "'=1+1", "@a": "'@a", "-3": "'-3", "Aureille": "Aureille", "": ""} {
		if got := neutral(in); got != want {
			t.Errorf("neutral(%q) = %q, want %q", in, got, want)
		}
	}
}

// TestVerifyBad gives verify a folder that is wrong: each problem names its
// file and the exit code says so.
func TestVerifyBad(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("../../dispositifs")); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "vta", "dispositif.yaml")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, append(text, "couleur: bleu\n"...), 0o600); err != nil {
		t.Fatal(err)
	}
	code, out, errs := command(t, "verify", dir)
	if code != 1 || !strings.Contains(out, "vta/dispositif.yaml") || !strings.Contains(out, "couleur") || !strings.Contains(errs, "problème") {
		t.Errorf("exit %d\n%s\n%s", code, out, errs)
	}
}
