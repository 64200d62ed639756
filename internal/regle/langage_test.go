package regle

import (
	"strings"
	"testing"

	"guichet/internal/fault"
	"guichet/internal/jour"
)

const faitsLangage = `
faits:
  oui: {type: booleen, portee: dossier, libelle: O, question: "O ?"}
  n: {type: entier, portee: dossier, libelle: N, question: "N ?", unite: postes}
  m: {type: euro, portee: dossier, libelle: M, question: "M ?"}
  d: {type: decimal, portee: dossier, libelle: D, question: "D ?"}
  j: {type: date, portee: dossier, libelle: J, question: "J ?"}
  t: {type: texte, portee: dossier, libelle: T, question: "T ?", choix: [{vaut: a, libelle: premier}, {vaut: b, libelle: second}]}
  lt: {type: liste_texte, portee: dossier, libelle: LT, question: "LT ?"}
  le: {type: liste_euro, portee: dossier, min: "0", libelle: LE, question: "LE ?"}
`

// uneCondition compiles one expression.
func uneCondition(t testing.TB, d *Dictionnaire, si string) *Programme {
	t.Helper()
	p, err := Compile("d.yaml", d, &Regles{Conditions: []*Condition{{ID: "c", Objet: "o", Nature: "machine", Texte: "Vrai.", Cite: []string{"a"}, Si: si}}})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestLangage evaluates every function and operator of the rules.
func TestLangage(t *testing.T) {
	d, err := LoadDictionnaire("faits.yaml", []byte(faitsLangage))
	if err != nil {
		t.Fatal(err)
	}
	all := []string{"oui", "oui", "n", "3", "m", "9999.99", "d", "0.5", "j", "2003-02-28", "t", "a", "lt", "x;y;x", "le", "0.50;1;3;1"}
	for _, test := range []struct {
		si   string
		want Verdict
	}{
		{"m.pct(33) == euro('3299.99')", Oui},
		{"euro('0.01').pct(50) == euro('0')", Oui},
		{"m.pct(-1) > euro('0')", Erreur},
		{"m.pct(1001) > euro('0')", Erreur},
		{"m + euro('0.01') == euro('10000')", Oui},
		{"m - euro('10000') < euro('0')", Oui},
		{"m * n == euro('29999.97')", Oui},
		{"m * 9223372036854775807 > euro('1')", Erreur},
		{"euro('100000000000') * 900000 + euro('100000000000') * 900000 > m", Erreur},
		{"n * 9223372036854775807 > 1", Erreur},
		{"10 / (n - 3) > 1", Erreur},
		{"10 / (n - 3) > 1 || oui", Oui},
		{"m != euro('9999.99')", Non},
		{"d + decimal('0.25') == decimal('0.75') && d - decimal('1') == decimal('-0.5')", Oui},
		{"abs(d - decimal('1')) == decimal('0.5') && d >= decimal('0.5') && !(d > decimal('0.5'))", Oui},
		{"age(j, date('2021-02-28')) == 18", Oui},
		{"age(j, date('2021-02-27')) == 17", Oui},
		{"ajoute_mois(date('2021-01-31'), 1) == date('2021-02-28')", Oui},
		{"ajoute_mois(j, 5000) > j", Erreur},
		{"j < date('2003-03-01') && j >= date('2003-02-28')", Oui},
		{"somme(le) == euro('5.50')", Oui},
		{"minimum(le) == euro('0.50') && maximum(le) == euro('3')", Oui},
		{"distincts(le) == 3 && distincts(lt) == 2 && size(le) == 4", Oui},
		{"croissant(le)", Non},
		{"le.exists(x, x <= euro('1')) && !le.all(x, x <= euro('1'))", Oui},
		{"min(n, 5) == 3 && max(n, 5) == 5", Oui},
		{"min(m, euro('10')) == euro('10') && max(d, decimal('1')) == decimal('1')", Oui},
		{"'x' in lt && !('z' in lt)", Oui},
		{"t in ['a', 'b'] && t != 'b'", Oui},
		{"oui ? t == 'a' : n == 4", Oui},
	} {
		t.Run(test.si, func(t *testing.T) {
			c := uneCondition(t, d, test.si).Le(0).Eval(faits(t, d, all...)).Constats[0]
			if c.Verdict != test.want || (c.Err != nil) != (test.want == Erreur) {
				t.Errorf("verdict = %v (%v), want %v", c.Verdict, c.Err, test.want)
			}
		})
	}
}

// TestEmptyList checks what an empty list and an unknown one are.
func TestEmptyList(t *testing.T) {
	d, err := LoadDictionnaire("faits.yaml", []byte(faitsLangage))
	if err != nil {
		t.Fatal(err)
	}
	empty := NewFaits(d)
	empty.Set("le", Donnee{Valeur: ListeEuro()})
	for _, test := range []struct {
		name, si string
		facts    *Faits
		want     Verdict
	}{
		{"the least of nothing fails", "minimum(le) > euro('1')", empty, Erreur},
		{"nothing is increasing", "croissant(le)", empty, Oui},
		{"nothing exists in an empty list", "le.exists(x, x > euro('1'))", empty, Non},
		{"an unknown list is asked for", "le.exists(x, x > euro('1'))", NewFaits(d), ACompleter},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := uneCondition(t, d, test.si).Le(0).Eval(test.facts).Constats[0].Verdict; got != test.want {
				t.Errorf("verdict = %v, want %v", got, test.want)
			}
		})
	}
}

func TestParseAndAffiche(t *testing.T) {
	d, err := LoadDictionnaire("faits.yaml", []byte(faitsLangage+`
  classe: {type: entier, portee: dossier, min: "1", max: "6", invalide: CLASSE, libelle: Classe, question: "C ?"}
  cout: {type: euro, portee: dossier, min: "0.01", invalide: COUT, libelle: Coût, question: "C ?"}
`))
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ fait, text, canonical, shown, message string }{
		{"n", "3 500", "3500", "3\u202f500\u00a0postes", ""},
		{"n", "3,5", "", "", "« 3,5 » n’est pas un nombre entier : écrivez par exemple 3500."},
		{"m", "15 000,50 €", "15000.50", "15\u202f000,50\u00a0€", ""},
		{"m", "1e9", "", "", "« 1e9 » n’est pas un montant : écrivez par exemple 15000 ou 15000,50."},
		{"d", "0,6470", "0.647", "0,647", ""},
		{"d", "1/2", "", "", "« 1/2 » n’est pas un nombre : écrivez par exemple 250 ou 250,5."},
		{"d", "1e3", "", "", "« 1e3 » n’est pas un nombre : écrivez par exemple 250 ou 250,5."},
		{"d", "-0.000001", "-0.000001", "−0,000001", ""},
		{"j", "2021-07-01", "2021-07-01", "1er\u00a0juillet 2021", ""},
		{"oui", "Oui", "true", "oui", ""},
		{"oui", "peut-être", "", "", "« peut-être » : répondez oui ou non."},
		{"t", "a", "a", "premier", ""},
		{"t", "c", "", "", "« c » n’est pas un choix possible : a ou b."},
		{"lt", "x; y ;;", "x;y", "x et y", ""},
		{"le", "1;0,5", "1.00;0.50", "1\u00a0€ et 0,50\u00a0€", ""},
		{"le", "1;-0,5", "", "", "la valeur doit être d’au moins 0\u00a0€."},
		{"classe", "7", "", "", "la valeur doit être comprise entre 1 et 6."},
		{"cout", "0", "", "", "la valeur doit être d’au moins 0,01\u00a0€."},
		{"lt", strings.Repeat("x;", 201), "", "", "Cette liste est trop longue : 200 éléments au plus."},
	} {
		t.Run(test.fait+" "+test.text, func(t *testing.T) {
			f, _ := d.Fait(test.fait)
			v, err := f.Parse(test.text)
			if got := fault.Of(err); got != nil {
				if got.Fields[f.Nom] != test.message || got.Kind != fault.Invalid {
					t.Errorf("fault %v %q, want %q", got.Kind, got.Fields[f.Nom], test.message)
				}
				return
			}
			if v.String() != test.canonical || f.Affiche(v) != test.shown || test.message != "" {
				t.Errorf("%q shown %q, want %q shown %q (%s)", v, f.Affiche(v), test.canonical, test.shown, test.message)
			}
		})
	}
	classe, _ := d.Fait("classe")
	if err := fault.Of(classe.Check(Entier(0))); err == nil || len(err.Codes) != 1 || err.Codes[0] != "CLASSE" {
		t.Errorf("Check(0) = %v, want the code CLASSE", err)
	}
	if err := classe.Check(Texte("1")); err == nil {
		t.Error("a text is accepted for a number")
	}
}

// TestVersions checks that each day has its values, and that a day before the
// first value is for a person to judge.
func TestVersions(t *testing.T) {
	d, err := LoadDictionnaire("faits.yaml", []byte(faitsLangage))
	if err != nil {
		t.Fatal(err)
	}
	spring, summer := jour.Of(2021, 3, 10), jour.Of(2021, 7, 1)
	p, err := Compile("d.yaml", d, &Regles{
		Parametres: map[string]*Parametre{"seuil": {Type: TypeEntier, Valeurs: []*ValeurDatee{
			{Du: spring, Au: summer - 1, Vaut: "3", Cite: []string{"a"}}, {Du: summer, Vaut: "4", Cite: []string{"b"}}}}},
		Conditions: []*Condition{{ID: "c", Objet: "o", Nature: "machine", Texte: "Vrai.", Cite: []string{"a"}, Si: "n >= seuil", Raison: "SEUIL", RaisonApprecier: "VIDE"}},
		Resultats: []*Resultat{
			{ID: "reste", Type: TypeEntier, Vaut: "n - seuil", Cite: []string{"a"}},
			{ID: "deux", Type: TypeEntier, Vaut: "reste * 2", Cite: []string{"a"}}},
		Signaux: []*Signal{{ID: "s", Si: "deux < 0", Texte: "Trop peu.", Cite: []string{"a"}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name    string
		le      jour.Jour
		verdict Verdict
		raisons string
		seuil   string
		double  string
		etat    EtatIssue
		signaux int
	}{
		{"before the first value", spring - 1, AApprecier, "VIDE", "aucune valeur en vigueur", "", SansValeur, 0},
		{"the first day", spring, Oui, "", "3", "0", Connue, 0},
		{"the last day", summer - 1, Oui, "", "3", "0", Connue, 0},
		{"the day of the change", summer, Non, "SEUIL", "4", "-2", Connue, 1},
		{"for ever", summer + 10_000, Non, "SEUIL", "4", "-2", Connue, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			b := p.Le(test.le).Eval(faits(t, d, "n", "3"))
			c := b.Constats[0]
			if c.Verdict != test.verdict || strings.Join(c.Raisons, " ") != test.raisons {
				t.Errorf("verdict = %v %v, want %v %s", c.Verdict, c.Raisons, test.verdict, test.raisons)
			}
			if got := c.Parametres()[0].Affiche(); got != test.seuil {
				t.Errorf("threshold %q, want %q", got, test.seuil)
			}
			if got := b.Issues[1]; got.Etat != test.etat || got.Valeur.String() != test.double || len(b.Signaux) != test.signaux {
				t.Errorf("double = %v %q, %d signals; want %v %q, %d", got.Etat, got.Valeur, len(b.Signaux), test.etat, test.double, test.signaux)
			}
			if f := b.Issues[1].Faits(); len(f) != 1 || f[0].Nom != "n" || f[0].Donnee.Valeur.String() != "3" {
				t.Errorf("facts of the result = %v", f)
			}
		})
	}
	if got := p.Le(0).Eval(NewFaits(d)).Issues[1]; got.Etat != SansValeur || len(got.Manque) > 0 {
		t.Errorf("without a parameter and a fact: %v, asking %v; want no value and no question", got.Etat, nomsDe(got.Manque))
	}
	if got := p.Le(summer).Seuils("n"); len(got) != 1 || got[0].String() != "4" {
		t.Errorf("Seuils = %v, want 4", got)
	}
}
