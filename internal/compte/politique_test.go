package compte

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"guichet/internal/euro"
	"guichet/internal/fault"
	"guichet/internal/jour"
	"guichet/internal/siren"
)

var (
	aujourdhui = jour.Of(2021, 7, 1)
	ici        = Objet{Organisation: "211300065", Departement: "13", Dispositif: "vta", Service: "prefecture", Consultes: []string{"anct"}}
)

func politique(t *testing.T) *Politique {
	t.Helper()
	p, err := LoadPolitique()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// titulaire holds the role where it has the relation with the object.
func titulaire(r Role, rel Relation, o Objet) Acteur {
	h := Habilitation{ID: "h", Personne: "p", Role: r, Etat: Active}
	switch rel {
	case org:
		h.Organisation = o.Organisation
	case dept:
		h.Departement = o.Departement
	case groupe:
		h.Departement, h.Service = o.Departement, o.Service
	case consulte:
		h.Departement, h.Service = o.Departement, o.Consultes[0]
	}
	return Acteur{Personne: Personne{ID: "p"}, Habilitations: []Habilitation{h}, Niveau: Fort, Le: aujourdhui}
}

// TestMatrice asks every right with every role, where the role has the
// relation of the table and where it has not: another organisation, another
// département, another service, another scheme, before and after its dates.
func TestMatrice(t *testing.T) {
	p := politique(t)
	ailleurs := map[string]func(*Habilitation){
		"another organisation": func(h *Habilitation) { h.Organisation = "211300081" },
		"another département":  func(h *Habilitation) { h.Organisation, h.Departement = "", "84" },
		"another service":      func(h *Habilitation) { h.Organisation, h.Service, h.Departement = "", "asp", "84" },
		"another scheme": func(h *Habilitation) {
			h.Dispositif = "fitn"
			if h.Organisation != "" {
				h.Organisation = "211300081"
			}
		},
		"before its dates": func(h *Habilitation) { h.Du = aujourdhui + 1 },
		"after its dates":  func(h *Habilitation) { h.Au = aujourdhui - 1 },
		"only proposed":    func(h *Habilitation) { h.Etat = Demandee },
		"taken away":       func(h *Habilitation) { h.Etat = Retiree },
		"suspended":        func(h *Habilitation) { h.Etat = Suspendue },
	}
	probes, unintended := 0, 0
	for d, roles := range p.Droits {
		for r := range p.Roles {
			for _, rel := range []Relation{org, dept, groupe, consulte} {
				probes++
				_, err := p.Peut(titulaire(r, rel, ici), d, ici)
				granted, want := err == nil, couvre(roles[r], rel)
				if granted != want {
					unintended++
					t.Errorf("%s to %s with the relation %s: granted %v, want %v", d, r, rel, granted, want)
				}
				for name, change := range ailleurs {
					probes++
					a := titulaire(r, rel, ici)
					change(&a.Habilitations[0])
					if _, err := p.Peut(a, d, ici); err == nil {
						unintended++
						t.Errorf("%s to %s with the relation %s, %s: granted", d, r, rel, name)
					}
				}
			}
		}
		probes++
		if _, err := p.Peut(Acteur{Le: aujourdhui}, d, ici); !errors.Is(err, fault.Forbidden) {
			unintended++
			t.Errorf("%s to nobody: %v", d, err)
		}
	}
	t.Logf("%d probes of the table of rights, %d unintended", probes, unintended)
}

// couvre is, written apart, which relation is enough for another.
func couvre(asked, held Relation) bool {
	switch asked {
	case org:
		return held == org
	case dept:
		return held != org // every grant of the département is inside it
	case groupe:
		return held == groupe
	case consulte:
		return held == groupe || held == consulte
	case saisi:
		return held == consulte
	case operateur:
		return false // nobody of these grants is of the national service
	}
	return false
}

// TestSeparations gives each separation what it forbids, then the same without
// the reason to forbid.
func TestSeparations(t *testing.T) {
	p := politique(t)
	member := func(o siren.Siren, until jour.Jour) Habilitation {
		return Habilitation{Personne: "p", Role: "elu", Organisation: o, Au: until, Etat: Active}
	}
	for name, c := range map[string]struct {
		role   Role
		rel    Relation
		droit  Droit
		change func(*Acteur, *Objet)
		want   string
	}{
		"SOD1: who instructed does not decide": {"decideur", dept, "acte.signataire", func(_ *Acteur, o *Objet) { o.Instructeurs = []PersonneID{"p"} }, "SOD1"},
		"another person instructed":            {"decideur", dept, "acte.signataire", func(_ *Acteur, o *Objet) { o.Instructeurs = []PersonneID{"q"} }, ""},
		"SOD4: a member does not instruct":     {"sciat", groupe, "acte.instructeur", func(a *Acteur, o *Objet) { a.Habilitations = append(a.Habilitations, member(o.Organisation, 0)) }, "SOD4"},
		"SOD4: nor a member of four years ago": {"sciat", groupe, "dossier.prendre", func(a *Acteur, o *Objet) {
			a.Habilitations = append(a.Habilitations, member(o.Organisation, aujourdhui.AddAns(-4)))
		}, "SOD4"},
		"SOD4: nor a member whose role is suspended": {"sciat", groupe, "dossier.prendre", func(a *Acteur, o *Objet) {
			m := member(o.Organisation, 0)
			m.Etat = Suspendue
			a.Habilitations = append(a.Habilitations, m)
		}, "SOD4"},
		"SOD4: nor one who left yesterday": {"sciat", groupe, "dossier.prendre", func(a *Acteur, o *Objet) {
			m := member(o.Organisation, aujourdhui-1)
			m.Etat = Retiree
			a.Habilitations = append(a.Habilitations, m)
		}, "SOD4"},
		"a member of six years ago": {"sciat", groupe, "dossier.prendre", func(a *Acteur, o *Objet) {
			a.Habilitations = append(a.Habilitations, member(o.Organisation, aujourdhui.AddAns(-6)))
		}, ""},
		"a member of another organisation":         {"sciat", groupe, "acte.instructeur", func(a *Acteur, _ *Objet) { a.Habilitations = append(a.Habilitations, member("211300081", 0)) }, ""},
		"SOD9: above the ceiling":                  {"decideur", dept, "acte.signataire", func(a *Acteur, o *Objet) { a.Habilitations[0].Plafond, o.Montant = euro.Of(10_000), euro.Of(10_001) }, "SOD9"},
		"at the ceiling":                           {"decideur", dept, "acte.signataire", func(a *Acteur, o *Objet) { a.Habilitations[0].Plafond, o.Montant = euro.Of(10_000), euro.Of(10_000) }, ""},
		"an act asks for a second factor":          {"elu", org, "acte.porteur", func(a *Acteur, _ *Objet) { a.Niveau = Simple }, "NIVEAU_FAIBLE"},
		"reading does not":                         {"elu", org, "dossier.lire", func(a *Acteur, _ *Objet) { a.Niveau = Simple }, ""},
		"preparing does not, for a clerk":          {"agent_coll", org, "brouillon.modifier", func(a *Acteur, _ *Objet) { a.Niveau = Simple }, ""},
		"a right that nobody wrote is refused":     {"admin", dept, "tout.effacer", func(*Acteur, *Objet) {}, "DROIT_INCONNU"},
		"a clerk does not sign for the commune":    {"agent_coll", org, "acte.porteur", func(*Acteur, *Objet) {}, "DROIT_ABSENT"},
		"a decision needs a grant in its own name": {"sciat", groupe, "acte.signataire", func(*Acteur, *Objet) {}, "DROIT_ABSENT"},
	} {
		t.Run(name, func(t *testing.T) {
			o := ici
			a := titulaire(c.role, c.rel, o)
			c.change(&a, &o)
			_, err := p.Peut(a, c.droit, o)
			if c.want == "" && err != nil {
				t.Errorf("refused: %v", err)
			}
			if c.want != "" && (err == nil || !slices.Contains(fault.Of(err).Codes, c.want)) {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

// TestTableCanFail breaks the table: each fault is found when it is read.
func TestTableCanFail(t *testing.T) {
	for name, c := range map[string][2]string{
		"a role nobody describes":        {"creer: {agent_coll: org", "creer: {maire: org"},
		"a relation that does not exist": {"creer: {agent_coll: org", "creer: {agent_coll: partout"},
		"an auditor who writes":          {"prendre: {sciat: groupe", "prendre: {auditeur: dept"},
		"a separation of nothing":        {"droits: [acte.signataire]", "droits: [acte.danser]"},
		"a key that does not exist":      {"separations:", "couleur: bleu\nseparations:"},
	} {
		text := strings.Replace(string(droits), c[0], c[1], 1)
		if text == string(droits) {
			t.Fatalf("%s: the table has no %q", name, c[0])
		}
		if _, err := load([]byte(text)); err == nil {
			t.Errorf("%s: the table loads", name)
		}
	}
}
