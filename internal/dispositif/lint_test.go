package dispositif_test

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"guichet/dispositifs"
	"guichet/internal/dispositif"
)

// folder copies the project's data, so that a test may break one file.
func folder(t *testing.T) fstest.MapFS {
	t.Helper()
	out := make(fstest.MapFS)
	err := fs.WalkDir(dispositifs.FS, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(dispositifs.FS, name)
		out[name] = &fstest.MapFile{Data: text}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestLint breaks one thing at a time and reads what a person is told.
func TestLint(t *testing.T) {
	for _, test := range []struct{ name, file, old, new, want string }{
		{"a promise too long", "vta/dispositif.yaml", "promesse: ", "promesse: " + strings.Repeat("longue ", 30), "180 au plus"},
		{"an unknown source", "vta/dispositif.yaml", "\"tableau-2021:64\"", "\"tablo-2021:64\"", "la source « tablo-2021 » n’existe pas"},
		{"a line beyond the source", "vta/dispositif.yaml", "\"tableau-2021:64\"", "\"tableau-2021:640\"", "ces lignes n’existent pas, la source en compte 293"},
		{"an unknown service", "vta/dispositif.yaml", "service: prefecture", "service: mairie", "le service « mairie » n’existe pas"},
		{"a state that nothing reaches", "vta/dispositif.yaml", "{code: payee,", "{code: oubliee, libelle: Oubliée}\n  - {code: payee,", "l’état « oubliee » ne peut jamais être atteint"},
		{"a transition without a role", "vta/dispositif.yaml", "vers: payee, role: payeur", "vers: payee, role: voisin", "l’acte « payer » n’a pas de rôle connu"},
		{"an act that files nothing known", "vta/dispositif.yaml", "phase: demande}", "phase: plus_tard}", "dépose une phase inconnue"},
		{"no act that files", "vta/dispositif.yaml", "Déposer la fiche de poste, phase: depot}", "Déposer la fiche de poste}", "aucun acte ne dépose le dossier"},
		{"a decision of no kind", "vta/dispositif.yaml", "issue: refus", "issue: peut-être", "a une issue inconnue"},
		{"a requirement of no kind", "vta/dispositif.yaml", "nature: destinataire", "nature: voisin", "la nature « voisin » n’existe pas"},
		{"a measure of no fact", "fabriques/dispositif.yaml", "mesures: {pages: pages}", "mesures: {pages: feuilles}", "« feuilles » n’est pas un fait"},
		{"a field that takes the name of a fact", "conseillers-numeriques/dispositif.yaml", "fait: postes, ", "", "ce champ a le nom d’un fait"},
		{"a question of no type", "cantine/dispositif.yaml", "type: bloc", "type: tableau", "« tableau » n’est pas un type de question"},
		{"lines without columns", "fabriques/dispositif.yaml", "type: bloc", "type: texte_court", "ne vont qu’avec « type: bloc »"},
		{"a column of no type", "cantine/dispositif.yaml", "type: euro, requis", "type: siret, requis", "une colonne demande"},
		{"lines whose value is no column", "cantine/dispositif.yaml", "valeur: tarif", "valeur: prix", "« valeur » nomme la colonne"},
		{"lines that make no list", "fabriques/dispositif.yaml", "fait: annees_financement", "fait: cout", "il faut un fait qui en soit une"},
		{"lines that count for an amount", "fabriques/dispositif.yaml", "    valeur: montant\n", "", "il faut un fait entier"},
		{"boxes without answers", "cantine/dispositif.yaml", "choix: [{vaut: maternelle, libelle: maternelle}, {vaut: elementaire, libelle: élémentaire}], ", "", "un choix donne ses réponses"},
		{"a thing that nobody knows", "cantine/dispositif.yaml", "type: cases,", "connu: avenir, type: cases,", "« avenir » n’est pas une chose connue"},
		{"two initial states", "vta/dispositif.yaml", "libelle: Payée}", "libelle: Payée, initial: true}", "exactement un état initial"},
		{"a delay that is not one", "vta/dispositif.yaml", "delai: 3 mois", "delai: bientôt", "« bientôt » n’est pas un délai"},
		{"a delay that starts with no act", "vta/dispositif.yaml", "depuis: [declarer_complet]", "depuis: [declarer]", "delais.versement.depuis: le dispositif n’a pas d’acte « declarer »"},
		{"a delay that nothing meets", "vta/dispositif.yaml", "jusque: [payer]", "jusque: [solder]", "ni acte ni état « solder »"},
		{"a delay for nobody", "vta/dispositif.yaml", "pour: payeur, rappels", "pour: voisin, rappels", "« voisin » n’est pas un rôle"},
		{"a delay neither firm nor indicative", "vta/dispositif.yaml", "rigueur: indicatif", "rigueur: molle", "écrivez ferme ou indicatif"},
		{"a length and a date", "vta/dispositif.yaml", "delai: 3 mois, rigueur", "delai: 3 mois, date: 2022-01-01, rigueur", "un seul des deux"},
		{"a date that stops", "fitn/dispositif.yaml", "date: 2022-12-31,", "date: 2022-12-31, suspendu_dans: [depose],", "une date ne se suspend pas"},
		{"a delay that stops in no state", "vta/dispositif.yaml", "delai: 3 mois, rigueur", "delai: 3 mois, suspendu_dans: [oubli], rigueur", "n’a pas d’état « oubli »"},
		{"a key that does not exist", "vta/dispositif.yaml", "pour: payeur, rappels", "pour: payeur, rapels", "rapels"},
		{"a common delay that names an act", "catalogue.yaml", "depuis: [depot]", "depuis: [deposer]", "un délai commun ne connaît que « depot »"},
		{"a request that nothing answers", "cantine/dispositif.yaml", "id: silence", "id: muet", "dites dans « delais » ce qui met fin au délai « silence »"},
		{"waves that overlap", "fitn/dispositif.yaml", "ouvre: 2021-05-31", "ouvre: 2021-05-30", "La vague 2 ouvre avant la fin de la vague 1"},
		{"an address that is not one", "catalogue.yaml", "brut: vta@anct.gouv.fr", "brut: vta@anct", "n’est pas une adresse"},
		{"a private link with its key", "catalogue.yaml", "brut: \"https://resana.numerique.gouv.fr\"", "brut: \"https://resana.numerique.gouv.fr/?cle=1\"", "un lien privé ne se recopie pas"},
		{"a folder that is not its code", "vta/dispositif.yaml", "code: vta", "code: vtb", "doit être le nom du dossier"},
		{"an announced count not kept", "bouches-du-rhone/listes/vta-2021.yaml", "communes: 46", "communes: 47", "la liste annonce 47 lignes et en contient 46"},
	} {
		t.Run(test.name, func(t *testing.T) {
			fsys := folder(t)
			text := string(fsys[test.file].Data)
			if !strings.Contains(text, test.old) {
				t.Fatalf("%s does not hold %q", test.file, test.old)
			}
			fsys[test.file] = &fstest.MapFile{Data: []byte(strings.Replace(text, test.old, test.new, 1))}
			_, err := dispositif.Load(fsys)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error:\n%v\nwant: %s", err, test.want)
			}
		})
	}
}

// TestDoubtful checks that nothing is ever sent to a doubtful address, and
// that no named agent is public.
func TestDoubtful(t *testing.T) {
	c, err := dispositif.Load(dispositifs.FS)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range c.Prefectures {
		for id, k := range p.Contacts {
			if k.Statut != "sur" && k.Envoyable() {
				t.Errorf("%s is doubtful and can be written to", id)
			}
		}
		for _, a := range p.Agents {
			if a.Public {
				t.Errorf("%s is public", a.Nom)
			}
		}
	}
	for id, l := range c.Liens {
		if l.Statut == "prive" && l.URL() != "" {
			t.Errorf("the private link %s is offered", id)
		}
	}
}

// TestSignatures signs a convention in both orders.
func TestSignatures(t *testing.T) {
	c, err := dispositif.Load(dispositifs.FS)
	if err != nil {
		t.Fatal(err)
	}
	d := c.Principaux()[0]
	before := []string{"deposer", "declarer_complet", "transmettre_anct", "valider_offre", "notifier_prefet"}
	for _, order := range [][]string{{"signer_porteur", "signer_prefet"}, {"signer_prefet", "signer_porteur"}} {
		if state, err := d.Jouer(append(before[:5:5], order...)...); err != nil || state != "conventionne" {
			t.Errorf("%v leads to %s, %v", order, state, err)
		}
	}
	if state, err := d.Jouer(append(before[:5:5], "signer_prefet", "signer_prefet")...); err == nil {
		t.Errorf("the same signature twice leads to %s", state)
	}
}
