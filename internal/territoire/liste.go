package territoire

import (
	"fmt"
	"slices"

	"guichet/internal/jour"
	"guichet/internal/lecture"
	"guichet/internal/siren"
)

// LoadListe reads the YAML text of an official list. The error is a
// [lecture.Problemes].
func LoadListe(name string, text []byte) (*Liste, error) {
	var file struct {
		Code         string         `yaml:"code"`
		Titre        string         `yaml:"titre"`
		Source       Source         `yaml:"source"`
		Du           jour.Jour      `yaml:"du"`
		Au           jour.Jour      `yaml:"au"`
		Departements []string       `yaml:"departements"`
		Annonce      map[string]int `yaml:"annonce"`
		Communes     []string       `yaml:"communes"`
		Epcis        []string       `yaml:"epcis"`
		Note         string         `yaml:"note"`
	}
	if err := lecture.Load(name, text, &file); err != nil {
		return nil, err
	}
	l := &Liste{Code: file.Code, Titre: file.Titre, Source: file.Source, Du: file.Du, Au: file.Au,
		Departements: file.Departements, Annonce: file.Annonce}
	var pp lecture.Problemes
	for i, s := range file.Epcis {
		number, err := siren.Parse(s)
		if err != nil {
			pp.Add(name, 0, fmt.Sprintf("epcis[%d]", i), "« %s » n’est pas un numéro SIREN valide.", s)
		}
		l.Epcis = append(l.Epcis, number)
	}
	for i, s := range file.Communes {
		if len(s) != 5 {
			pp.Add(name, 0, fmt.Sprintf("communes[%d]", i), "« %s » n’est pas un code de commune : cinq caractères, entre guillemets s’il commence par zéro.", s)
		}
		l.Communes = append(l.Communes, Insee(s))
	}
	l.check(name, &pp)
	return l, pp.Err()
}

// check sorts the codes and verifies that each is there once, and that the
// announced counts are kept.
func (l *Liste) check(name string, pp *lecture.Problemes) {
	slices.Sort(l.Communes)
	slices.Sort(l.Epcis)
	if l.Code == "" || l.Titre == "" || l.Source.Titre == "" || len(l.Departements) == 0 {
		pp.Add(name, 0, "", "une liste demande « code », « titre », « source » et « departements ».")
	}
	for i := 1; i < len(l.Communes); i++ {
		if l.Communes[i] == l.Communes[i-1] {
			pp.Add(name, 0, "communes", "%s est là deux fois.", l.Communes[i])
		}
	}
	for i := 1; i < len(l.Epcis); i++ {
		if l.Epcis[i] == l.Epcis[i-1] {
			pp.Add(name, 0, "epcis", "%s est là deux fois.", l.Epcis[i])
		}
	}
	for _, k := range []struct {
		key string
		got int
	}{{"communes", len(l.Communes)}, {"epci", len(l.Epcis)}} {
		if want, announced := l.Annonce[k.key]; announced && k.got != want {
			pp.Add(name, 0, "annonce."+k.key, "la liste annonce %d lignes et en contient %d.", want, k.got)
		}
	}
}
