package lettre_test

import (
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"guichet/dispositifs"
	"guichet/internal/lettre"
)

var maj = flag.Bool("maj", false, "write the expected texts of the letters")

// valeurs is a value for each field.
func valeurs() map[string]string {
	return map[string]string{
		"autorite": "préfet des Bouches-du-Rhône", "civilite": "Madame la maire",
		"conditions":     "recruter le volontaire avant le 1er septembre 2026\nrendre compte de la mission à la préfecture",
		"dispositif_nom": "Volontariat territorial en administration", "dossier_adresse": "https://guichet.exemple.fr/dossiers/2026-VTA-0012",
		"dossier_numero": "2026-VTA-0012", "depense_retenue": "30 000 €", "elements_attendus": "le budget voté pour 2027",
		"fondement":    "le tableau des dispositifs d’ingénierie territoriale, édition de juillet 2021\nl’article 9-1 de la loi du 12 avril 2000",
		"implicite_le": "3 mai 2026", "implicite_fondement": "article L. 231-4 du code des relations entre le public et l’administration",
		"ministre": "ministre de l’aménagement du territoire, 20 avenue de Ségur, 75007 Paris",
		"montant":  "15 000 €", "montant_demande": "20 000 €",
		"motifs": "le contrat dure dix mois, et non de douze à dix-huit mois\nla délibération n’est pas jointe", "pieces_manquantes": "la délibération du conseil municipal\nla fiche de poste",
		"porteur_nom": "la commune de Saint-Rémy-de-Provence", "projet": "recrutement d’un volontaire pour le plan de revitalisation",
		"recu_le": "3 mars 2026", "recu_heure": "9 h 12 min 05 s", "registre_tete": "entrée 41, 5f2c",
		"pieces_recues": "fiche.pdf, empreinte SHA-256 9b74", "reexamen_le": "1er octobre 2026", "repondre_avant_le": "3 avril 2026",
		"service_adresse": "place Félix-Baret, 13282 Marseille Cedex 06", "service_courriel": "ingenierie@exemple.fr", "service_nom": "Bureau de l’appui territorial",
		"service_telephone": "04 00 00 00 00", "taux": "50 %", "tribunal_nom": "tribunal administratif de Marseille", "tribunal_adresse": "31 rue Jean-François-Leca, 13002 Marseille",
		"versement": "70 % à la signature de la convention\nle solde sur présentation du bilan",
	}
}

func courriers(t *testing.T) map[string]*lettre.Modele {
	t.Helper()
	out, err := lettre.LoadModeles(dispositifs.FS, "courriers")
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestCourriers fills each letter, compares it with what is expected, and
// makes its file.
func TestCourriers(t *testing.T) {
	all := courriers(t)
	for code, pages := range map[string]int{"accuse-reception": 2, "demande-pieces": 2, "decision-accord": 2, "decision-accord-partiel": 2,
		"decision-refus": 2, "decision-ajournement": 2, "sans-suite": 2, "irrecevable": 2} {
		t.Run(code, func(t *testing.T) {
			m := all[code]
			if m == nil {
				t.Fatal("no such letter")
			}
			objet, corps, err := m.Remplit(valeurs())
			if err != nil {
				t.Fatal(err)
			}
			d := courte()
			d.Objet, d.Corps, d.Titre = objet, corps, ""
			path := filepath.Join("testdata", code+".txt")
			got := lettre.Texte(d)
			if *maj {
				if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("text (-want +got):\n%s", diff)
			}
			r := lis(t, d)
			verifie(t, r)
			if r.pages != pages {
				t.Errorf("pages: got %d, want %d", r.pages, pages)
			}
		})
	}
	if len(all) != 8 {
		t.Errorf("%d letters, want 8", len(all))
	}
}

// TestWhatTheLawAsks: each kind of letter says what the code of relations
// between the public and the administration wants it to say.
func TestWhatTheLawAsks(t *testing.T) {
	all := courriers(t)
	remedies := []string{"{{tribunal_nom}}", "{{tribunal_adresse}}", "deux mois", "recours gracieux", "recours hiérarchique", "https://www.telerecours.fr", "{{ministre}}"}
	service := []string{"{{service_nom}}", "{{service_adresse}}", "{{service_telephone}}", "{{service_courriel}}"}
	reasons := []string{"{{fondement}}", "{{motifs}}"}
	for _, test := range []struct {
		codes []string
		want  [][]string
	}{
		{[]string{"accuse-reception"}, [][]string{remedies, service, {"{{recu_le}}", "{{implicite_le}}", "décision implicite de rejet"}}},
		{[]string{"demande-pieces"}, [][]string{service, {"{{pieces_manquantes}}", "{{repondre_avant_le}}", "L.\u00a0114-5"}}},
		{[]string{"decision-refus", "decision-accord-partiel", "irrecevable", "sans-suite", "decision-ajournement"}, [][]string{remedies, service, reasons}},
		{[]string{"decision-refus", "irrecevable"}, [][]string{{"L.\u00a0211-2"}}},
		{[]string{"decision-accord"}, [][]string{remedies, service, {"{{montant}}", "{{conditions}}", "{{fondement}}"}}},
	} {
		for _, code := range test.codes {
			text, err := fs.ReadFile(dispositifs.FS, "courriers/"+code+".md")
			if err != nil || all[code] == nil {
				t.Fatal(code, err)
			}
			for _, group := range test.want {
				for _, want := range group {
					if !strings.Contains(string(text), want) {
						t.Errorf("%s does not say %s", code, want)
					}
				}
			}
		}
	}
}

// TestEveryFieldIsTold: the table of docs/courriers.md is the dictionary, and
// each field is in a letter.
func TestEveryFieldIsTold(t *testing.T) {
	text, err := os.ReadFile("../../docs/courriers.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(text), "## Les champs")
	told := make(map[string]string)
	for _, m := range regexp.MustCompile("(?m)^\\| `([a-z_]+)` \\| (.+) \\|$").FindAllStringSubmatch(table, -1) {
		told[m[1]] = m[2]
	}
	if diff := cmp.Diff(lettre.Dictionnaire, told); diff != "" {
		t.Errorf("docs/courriers.md (-dictionary +page):\n%s", diff)
	}
	used := make(map[string]bool)
	for _, m := range courriers(t) {
		for _, c := range m.Champs() {
			used[c] = true
		}
	}
	for c := range lettre.Dictionnaire {
		if !used[c] {
			t.Errorf("no letter names %s", c)
		}
	}
}

// TestTexte reads the letter as a mail shows it.
func TestTexte(t *testing.T) {
	got := lettre.Texte(courte())
	for _, want := range []string{
		"Marseille, le 3\u00a0mars 2026\n", "Objet : Volontariat territorial : pièces à fournir\n\nMadame la maire,", "Vous demandez 15 000 €.",
		"• la fiche de poste, avec\n  1. les missions ;\n  2. le calendrier.\n", "Voyez le site (https://exemple.fr/a?b=(c)) ou https://exemple.fr/une",
		"• Poste : Frais, avec un lien (a@exemple.fr) ; Montant : 350,50 €\n", "Une ligne\nune autre.", "\n\n* * *\n\n", "\n\nPour le préfet,\nCamille Dupont\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the text does not hold %q:\n%s", want, got)
		}
	}
	d := courte()
	d.Corps = "> cité"
	if got := lettre.Texte(d); !strings.Contains(got, "\n\n> cité\n\n") {
		t.Errorf("a body that cannot be printed: %s", got)
	}
}
