package regle

import (
	"testing"

	"guichet/internal/lecture"
)

const faitsTest = `
faits:
  demandeur: {type: texte, portee: entite, libelle: Type, question: "Qui ?", choix: [{vaut: commune, libelle: commune}, {vaut: epci, libelle: EPCI}, {vaut: departement, libelle: département}]}
  population: {type: entier, portee: entite, min: "0", invalide: POPULATION_NEGATIVE, unite: habitants, libelle: Population, question: "Combien ?"}
  classe: {type: entier, portee: entite, min: "1", max: "6", invalide: CLASSE_HORS_1_6, libelle: Classe, question: "Classe ?"}
  cout: {type: euro, portee: dossier, min: "0.01", libelle: Coût, question: "Coût ?"}
  tarifs: {type: liste_euro, portee: dossier, min: "0", libelle: Tarifs, question: "Tarifs ?"}
  naissance: {type: date, portee: dossier, libelle: Naissance, question: "Naissance ?"}
  exception: {type: booleen, portee: agent, libelle: Exception, question: "Exception ?"}
`
const reglesTest = `
parametres:
  seuil: {type: entier, libelle: Seuil, unite: habitants, valeurs: [{vaut: "3500", cite: [a]}]}
  avec_taux: {type: liste_texte, libelle: Types, valeurs: [{vaut: "commune;epci", cite: [a]}]}
conditions:
  - {id: taux_defini, objet: demandeur, nature: machine, texte: "Un taux est écrit.", si: "demandeur in avec_taux || exception", raison_apprecier: TAUX, cite: [a]}
resultats:
  - id: taux
    type: entier
    libelle: Taux
    selon:
      - {si: "!(demandeur in avec_taux)", sans_valeur: true, cite: [a]}
      - {si: "demandeur == 'commune' && population < seuil", vaut: "100", raison: PETITE, cite: [a]}
      - {si: "classe in [1, 2]", vaut: "80", cite: [a]}
      - {si: "classe in [3, 4]", vaut: "50", cite: [a]}
      - {si: "classe in [5, 6]", vaut: "33", cite: [a]}
  - {id: montant, type: euro, libelle: Montant, vaut: "cout.pct(taux)", cite: [a]}
`

func programme(t testing.TB) (*Dictionnaire, *Programme) {
	t.Helper()
	d, err := LoadDictionnaire("faits.yaml", []byte(faitsTest))
	if err != nil {
		t.Fatal(err)
	}
	var r Regles
	if err := lecture.Load("d.yaml", []byte(reglesTest), &r); err != nil {
		t.Fatal(err)
	}
	p, err := Compile("d.yaml", d, &r)
	if err != nil {
		t.Fatal(err)
	}
	return d, p
}

func faits(t testing.TB, d *Dictionnaire, pairs ...string) *Faits {
	t.Helper()
	f := NewFaits(d)
	for i := 0; i < len(pairs); i += 2 {
		fait, _ := d.Fait(pairs[i])
		v, err := fait.Parse(pairs[i+1])
		if err != nil {
			t.Fatal(err)
		}
		f.Set(pairs[i], Donnee{Valeur: v})
	}
	return f
}

func TestEval(t *testing.T) {
	d, p := programme(t)
	v := p.Le(0)
	for _, test := range []struct {
		name    string
		facts   []string
		verdict Verdict
		etat    EtatIssue
		taux    string
		montant string
		min     string
		max     string
	}{
		{"a small commune needs no class", []string{"demandeur", "commune", "population", "3499", "cout", "20000"}, Oui, Connue, "100", "20000.00", "", ""},
		{"at the threshold the class decides", []string{"demandeur", "commune", "population", "3500", "classe", "6", "cout", "20000"}, Oui, Connue, "33", "6600.00", "", ""},
		{"an unknown class leaves three rates", []string{"demandeur", "commune", "population", "8000", "cout", "10000"}, Oui, Ouverte, "", "", "3300.00", "8000.00"},
		{"an unknown population with a class leaves two", []string{"demandeur", "commune", "classe", "5", "cout", "10000"}, Oui, Ouverte, "", "", "3300.00", "10000.00"},
		{"a département has no written rate", []string{"demandeur", "departement", "cout", "10000"}, AApprecier, SansValeur, "", "", "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			b := v.Eval(faits(t, d, test.facts...))
			if got := b.Constats[0].Verdict; got != test.verdict {
				t.Errorf("verdict = %v, want %v (%v)", got, test.verdict, b.Constats[0].Err)
			}
			taux, montant := b.Issues[0], b.Issues[1]
			if taux.Etat != test.etat || taux.Valeur.String() != test.taux || montant.Valeur.String() != test.montant {
				t.Errorf("taux = %v %q, montant = %q; want %v %q %q", taux.Etat, taux.Valeur, montant.Valeur, test.etat, test.taux, test.montant)
			}
			if montant.Min.String() != test.min || montant.Max.String() != test.max {
				t.Errorf("montant between %q and %q, want %q and %q", montant.Min, montant.Max, test.min, test.max)
			}
		})
	}
}

func BenchmarkEval(b *testing.B) {
	d, p := programme(b)
	f := faits(b, d, "demandeur", "commune", "population", "3500", "classe", "6", "cout", "20000")
	for b.Loop() {
		p.Le(0).Eval(f)
	}
}
