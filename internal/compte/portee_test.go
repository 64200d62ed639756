package compte

import (
	"testing"

	"guichet/internal/siren"
)

// TestPortees compares, for every role and every small grant and object, what
// the scopes cover with what the table of rights admits one by one.
func TestPortees(t *testing.T) {
	p, err := LoadPolitique()
	if err != nil {
		t.Fatal(err)
	}
	count, admitted := 0, 0
	texts := []string{"", "x"}
	for role := range p.Roles {
		for _, d := range []Droit{"dossier.lire", "brouillon.lire", "message.lire"} {
			for i := range 16 {
				h := Habilitation{Role: role, Etat: Active, Organisation: siren.Siren(texts[i&1]), Departement: texts[i>>1&1], Service: texts[i>>2&1], Dispositif: texts[i>>3&1]}
				a := Acteur{Personne: Personne{ID: "p"}, Habilitations: []Habilitation{h}}
				for j := range 16 {
					o := Objet{Organisation: siren.Siren("xy"[j&1 : j&1+1]), Departement: "xy"[j>>1&1 : j>>1&1+1], Service: "xy"[j>>2&1 : j>>2&1+1], Dispositif: "xy"[j>>3&1 : j>>3&1+1]}
					_, err := p.Peut(a, d, o)
					covered := false
					for _, s := range p.Portees(a, d) {
						covered = covered || s.Contient(o)
					}
					if covered != (err == nil) {
						t.Errorf("%s with %+v on %+v: covered %t, admitted %t", d, h, o, covered, err == nil)
					}
					if count++; covered {
						admitted++
					}
				}
			}
		}
	}
	if admitted == 0 || (Portee{}).Contient(Objet{}) {
		t.Error("the test proves nothing")
	}
	t.Logf("%d cases, %d admitted", count, admitted)
}
