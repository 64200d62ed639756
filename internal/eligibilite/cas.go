package eligibilite

import (
	"fmt"
	"io/fs"
	"path"
	"slices"

	"guichet/internal/dispositif"
	"guichet/internal/euro"
	"guichet/internal/fault"
	"guichet/internal/jour"
	"guichet/internal/lecture"
	"guichet/internal/regle"
	"guichet/internal/siren"
	"guichet/internal/territoire"
)

// A Cas is one example written beside a scheme: a situation and the answer it
// must get.
type Cas struct {
	Nom       string    `yaml:"nom"`
	Le        jour.Jour `yaml:"le"`
	Demandeur struct {
		Type    string   `yaml:"type"`
		Insee   string   `yaml:"insee"`
		Siren   string   `yaml:"siren"`
		Code    string   `yaml:"code"`
		Membres []string `yaml:"membres"`
	} `yaml:"demandeur"`
	Faits      map[string]string `yaml:"faits"`
	Objet      string            `yaml:"objet"` // only the conditions about it
	Verdict    regle.Verdict     `yaml:"verdict"`
	Montant    string            `yaml:"montant"`
	MontantMin string            `yaml:"montant_min"`
	MontantMax string            `yaml:"montant_max"`
	PartLocale string            `yaml:"part_locale"`
	Plafond    string            `yaml:"plafond"`
	Taux       int64             `yaml:"taux"`
	Raisons    []string          `yaml:"raisons"`
	Invalide   bool              `yaml:"invalide"` // the input itself must be refused
	Ligne      lecture.Ligne
}

// VerifieCas runs the examples of every scheme of fsys and returns how many
// ran. The error is a [lecture.Problemes]: a missing file, an example that
// gets another answer.
func VerifieCas(fsys fs.FS, c *dispositif.Catalogue, a *territoire.Atlas) (ran int, err error) {
	var pp lecture.Problemes
	for _, f := range c.Dictionnaire.All() {
		if f.Calcul != "" && !calcule(f.Calcul) {
			pp.Add("faits.yaml", int(f.Ligne), "faits."+f.Nom+".calcul", "« %s » n’est pas un calcul que guichet connaît.", f.Calcul)
		}
	}
	for _, d := range c.All() {
		name := path.Join(d.Code, "cas.yaml")
		text, err := fs.ReadFile(fsys, name)
		if err != nil {
			pp.Add(name, 0, "", "ce fichier manque : chaque dispositif a ses exemples, au moins un oui et un non.")
			continue
		}
		var file struct {
			Cas []Cas `yaml:"cas"`
		}
		if err := lecture.Load(name, text, &file); err != nil {
			pp = append(pp, err.(lecture.Problemes)...)
			continue
		}
		for i, k := range file.Cas {
			ran++
			for _, wrong := range k.verifie(c, a, d.Code) {
				pp.Add(name, int(k.Ligne), fmt.Sprintf("cas[%d]", i), "« %s » : %s", k.Nom, wrong)
			}
		}
	}
	return ran, pp.Err()
}

// situation reads the question of the example.
func (k Cas) situation(d *regle.Dictionnaire) (Situation, error) {
	s := Situation{Le: k.Le, Faits: make(map[string]regle.Valeur)}
	s.Demandeur = Demandeur{Type: k.Demandeur.Type, Insee: territoire.Insee(k.Demandeur.Insee), Siren: siren.Siren(k.Demandeur.Siren), Code: k.Demandeur.Code}
	for _, m := range k.Demandeur.Membres {
		s.Demandeur.Membres = append(s.Demandeur.Membres, territoire.Insee(m))
	}
	for nom, text := range k.Faits {
		f, ok := d.Fait(nom)
		if !ok {
			return s, fault.New(fault.Internal, "le fait « %s » n’existe pas", nom)
		}
		v, err := f.Parse(text)
		if err != nil {
			return s, err
		}
		s.Faits[nom] = v
	}
	return s, nil
}

// verifie returns what differs from the expected answer.
func (k Cas) verifie(c *dispositif.Catalogue, a *territoire.Atlas, code string) (wrong []string) {
	s, err := k.situation(c.Dictionnaire)
	var r Reponse
	if err == nil {
		carte := a.Le(k.Le)
		var d *dispositif.Dispositif
		if d, err = c.Pour(s.Demandeur.Departement(carte)).Dispositif(code); err == nil {
			r, err = Of(d, c.Dictionnaire, carte, s)
		}
	}
	if err != nil {
		if f := fault.Of(err); k.Invalide && f.Kind == fault.Invalid {
			return missing(k.Raisons, f.Codes)
		}
		return []string{"la réponse est une erreur : " + err.Error()}
	}
	verdict, codes := r.Verdict, r.Raisons
	if k.Objet != "" {
		verdict, codes = r.Objet(k.Objet), r.RaisonsDe(k.Objet)
	}
	if verdict != k.Verdict {
		wrong = append(wrong, fmt.Sprintf("la réponse est %s, l’exemple attend %s.", verdict, k.Verdict))
	}
	return append(append(wrong, missing(k.Raisons, codes)...), k.montants(r)...)
}

func missing(want, got []string) (wrong []string) {
	for _, code := range want {
		if !slices.Contains(got, code) {
			wrong = append(wrong, fmt.Sprintf("la raison %s manque parmi %v.", code, got))
		}
	}
	return wrong
}

// montants compares the amounts and the rate.
func (k Cas) montants(r Reponse) (wrong []string) {
	check := func(what, want string, got euro.Montant, ok bool) {
		if want != "" && (!ok || got.Decimal() != want) {
			wrong = append(wrong, fmt.Sprintf("%s est %s, l’exemple attend %s.", what, got.Decimal(), want))
		}
	}
	for id, want := range map[string]string{"montant": k.Montant, "part_locale": k.PartLocale, "plafond": k.Plafond} {
		got, ok := r.Montant(id)
		check(id, want, got, ok)
	}
	low, high, ok := r.Bornes()
	check("montant_min", k.MontantMin, low, ok)
	check("montant_max", k.MontantMax, high, ok)
	if pct, _ := r.Taux(); k.Taux != 0 && pct != k.Taux {
		wrong = append(wrong, fmt.Sprintf("taux est %d, l’exemple attend %d.", pct, k.Taux))
	}
	return wrong
}
