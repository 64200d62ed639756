package lettre_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"guichet/internal/fault"
	"guichet/internal/jour"
	"guichet/internal/lettre"
)

const tete = "---\ncode: essai\npour: refuser\ndestinataire: porteur\nobjet: \"Demande {{dossier_numero}}\"\n---\n"

func modele(t *testing.T, corps string) *lettre.Modele {
	t.Helper()
	m, err := lettre.LoadModele("essai.md", []byte(tete+corps))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// TestLoadModele reads what the author of a letter is told.
func TestLoadModele(t *testing.T) {
	m := modele(t, "\n{{civilite}}, {{ montant }} et {{civilite}}\n")
	if diff := cmp.Diff([]string{"dossier_numero", "civilite", "montant"}, m.Champs()); diff != "" {
		t.Errorf("fields (-want +got):\n%s", diff)
	}
	if m.Code != "essai" || m.Pour != "refuser" || m.Destinataire != "porteur" {
		t.Errorf("heading: %+v", m)
	}
	for _, test := range []struct{ name, texte, want string }{
		{"no heading", "Bonjour", "essai.md:1: le fichier commence par un en-tête"},
		{"a heading that does not end", "---\ncode: essai\n", "essai.md:1: le fichier commence par un en-tête"},
		{"an unknown key", strings.Replace(tete, "pour:", "pourquoi:", 1), "essai.md:3: pourquoi"},
		{"another name", strings.Replace(tete, "code: essai", "code: autre", 1), "doit être le nom du fichier, « essai »"},
		{"no act", strings.Replace(tete, "refuser", "\"\"", 1), "pour: écrivez l’acte"},
		{"no recipient", strings.Replace(tete, "destinataire: porteur\n", "", 1), "destinataire: écrivez qui"},
		{"an unknown recipient", strings.Replace(tete, "porteur", "voisin", 1), "essai.md:4: destinataire: « voisin »"},
		{"no subject", strings.Replace(tete, "\"Demande {{dossier_numero}}\"", "\"\"", 1), "objet: écrivez"},
		{"an unknown field, with a near one", tete + "\na\n{{motif}} {{montants_x}}", "essai.md:9: « {{montants_x}} » n’est pas un champ connu"},
		{"a near field", tete + "{{service_mail}}", "écrivez {{service_adresse}}, {{service_courriel}}, {{service_nom}} ou {{service_telephone}}."},
		{"braces not closed", tete + "\na\n\n{{montant et", "essai.md:10: « {{ »"},
		{"braces on two lines", tete + "{{montant\n}}", "essai.md:7: « {{ »"},
		{"braces not opened", tete + "montant}}", "essai.md:7: « }} »"},
		{"a field in a field", tete + "{{mon{{montant}}", "essai.md:7: « {{ »"},
		{"an unknown field in the subject", strings.Replace(tete, "dossier_numero", "numero", 1), "« {{numero}} »"},
		{"an image", tete + "\n\n![a](b)", "essai.md:9: une image n’est pas acceptée"},
		{"HTML", tete + "a <br> b", "essai.md:7: le HTML n’est pas accepté"},
		{"a link that a value would choose", tete + "[a]({{dossier_adresse}})", "essai.md:7: l’adresse d’un lien"},
		{"a heading that jumps a level", tete + "## a", "essai.md:7: ce titre saute un niveau"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := lettre.LoadModele("essai.md", []byte(test.texte))
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error: %v\nwant: %s", err, test.want)
			}
		})
	}
}

// TestRemplit fills blanks alone and in a sentence.
func TestRemplit(t *testing.T) {
	valeurs := map[string]string{"dossier_numero": "12\n", "motifs": "un\n\n deux \ntrois", "montant": "1\n2\n3", "taux": "50 %", "civilite": "Madame"}
	for _, test := range []struct{ name, corps, want string }{
		{"in a sentence, lines are joined", "Car {{motifs}}.", "Car un deux trois."},
		{"alone in an item, an item a line", "- {{motifs}}\n", "- un\n- deux\n- trois\n"},
		{"alone in a numbered item", "1. {{motifs}}\n\nfin", "1. un\n1. deux\n1. trois\n\nfin"},
		{"alone in a paragraph, a paragraph a line", "a\n\n{{motifs}}\n\nb", "a\n\nun\n\ndeux\n\ntrois\n\nb"},
		{"in a row, a row a line", "| {{motifs}} | {{montant}} | {{taux}} |\n", "| un | 1 | 50 % |\n| deux | 2 | 50 % |\n| trois | 3 | 50 % |\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			objet, corps, err := modele(t, test.corps).Remplit(valeurs)
			if err != nil || objet != "Demande 12" {
				t.Fatalf("subject %q, error %v", objet, err)
			}
			if diff := cmp.Diff(test.want, corps); diff != "" {
				t.Errorf("body (-want +got):\n%s", diff)
			}
		})
	}
	_, _, err := modele(t, "{{civilite}} {{motifs}} {{montant}}").Remplit(map[string]string{"dossier_numero": "1", "civilite": " \u202e\n\u00a0", "montant": "2"})
	f := fault.Of(err)
	if !errors.Is(err, fault.Invalid) || len(f.Fields) != 2 || f.Fields["motifs"] == "" || f.Fields["civilite"] == "" || !strings.Contains(f.Message, "(motifs)") {
		t.Errorf("missing values: %v %v", err, f.Fields)
	}
	if _, _, err = modele(t, "| {{motifs}} | {{montant}} |").Remplit(map[string]string{"dossier_numero": "1", "motifs": "a\nb", "montant": "1\n2\n3"}); !errors.Is(err, fault.Invalid) {
		t.Errorf("a row of two and three lines: %v", err)
	}
}

// TestValuesAreText: nothing typed in a value becomes markup. The document
// has the structure it has with a plain word, and shows what was typed.
func TestValuesAreText(t *testing.T) {
	corps := "{{motifs}}\n\n- {{motifs}}\n\n# Titre {{motifs}}\n\nDu **{{motifs}}** et *{{motifs}}*, [{{motifs}}](https://exemple.fr).\n\n| a | b |\n|---|---|\n| {{motifs}} | x |\n\nfin {{motifs}}\nsuite\n"
	m := modele(t, corps)
	roles := func(t rapid.TB, v string) (out, words []string) {
		objet, corps, err := m.Remplit(map[string]string{"dossier_numero": v, "motifs": v})
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if err := lettre.PDF(&b, lettre.Document{Objet: objet, Le: jour.Of(2026, 1, 1), Corps: corps}); err != nil {
			t.Fatal(err)
		}
		back, err := relit(b.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range back.elements {
			out = append(out, e.role)
		}
		return out, back.mots()
	}
	wantRoles, plain := roles(t, "MOT")
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.StringOfN(rapid.RuneFrom(signesDuMarkdown), 1, 30, -1).Filter(func(s string) bool { return strings.TrimSpace(s) != "" }).Draw(t, "value")
		gotRoles, got := roles(t, v)
		if diff := cmp.Diff(wantRoles, gotRoles); diff != "" {
			t.Fatalf("structure with %q (-want +got):\n%s", v, diff)
		}
		want := mots(strings.ReplaceAll(strings.Join(plain, " "), "MOT", strings.TrimSpace(v)))
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("words with %q (-want +got):\n%s", v, diff)
		}
	})
}
