package guichet_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"guichet/internal/compte"
	"guichet/internal/dispositif"
	"guichet/internal/dossier"
	"guichet/internal/euro"
	"guichet/internal/fault"
	"guichet/internal/guichet"
	"guichet/internal/jour"
	"guichet/internal/store"
)

// fonds is a scheme that the prefecture instructs and its delegate decides.
func (b *banc) fonds(t *testing.T) (s *dispositif.Dispositif, etat string) {
	t.Helper()
	for _, s := range b.schemes {
		if etat, pair := rivales(s); s.Service == "prefecture" && pair != nil && pair[0].Role == "signataire" && len(s.Visas) == 0 {
			return s, etat
		}
	}
	t.Fatal("no scheme is decided in the prefecture")
	return nil, ""
}

// decide grants the dossier, or refuses it.
func (b *banc) decide(t *testing.T, a compte.Acteur, d *dossier.Dossier, issue, montant string) error {
	t.Helper()
	_, pair := rivales(b.schemeOf(d))
	x := pair[0]
	if issue == "refus" {
		x = pair[1]
	}
	b.count++
	return b.Agir(t.Context(), a, guichet.Acte{Dossier: d.ID, Acte: x.Acte, Cle: fmt.Sprint("decide", b.count), Motif: "Raison", Montant: montant})
}

func (b *banc) schemeOf(d *dossier.Dossier) *dispositif.Dispositif {
	return b.schemes[slices.IndexFunc(b.schemes, func(s *dispositif.Dispositif) bool { return s.Code == d.Dispositif })]
}

// code reports whether the refusal names the separation; "" wants none.
func code(err error, want string) bool {
	if want == "" {
		return err == nil
	}
	return err != nil && slices.Contains(fault.Of(err).Codes, want)
}

// TestSeparationsOfDuties breaks each separation that concerns acts that exist,
// by persons who hold two roles, then makes the same act without the reason to
// forbid it.
func TestSeparationsOfDuties(t *testing.T) {
	eachBanc(t, func(t *testing.T, b *banc) {
		s, etat := b.fonds(t)
		for _, c := range []struct {
			name  string
			prove func(t *testing.T, s *dispositif.Dispositif, etat string)
		}{
			{"SOD1, who instructed does not decide", b.sod1}, {"SOD4, a member neither instructs nor decides", b.sod4}, {"SOD7, nobody grants to oneself, nor twice", b.sod7},
			{"SOD8, an auditor writes nothing", b.sod8}, {"SOD9, a decision stays inside its delegation", b.sod9}, {"an exemption, for its département and its days", b.derogation},
		} {
			t.Run(c.name, func(t *testing.T) { c.prove(t, s, etat) })
		}
	})
}

func (b *banc) sod1(t *testing.T, s *dispositif.Dispositif, etat string) {
	b.octroi(t, "sciat", compte.Habilitation{ID: "sod1", Role: "decideur", Departement: "13"})
	nadia, prefet := b.acteur(t, "sciat"), b.acteur(t, "prefet")
	for _, gesture := range []func(d *dossier.Dossier) error{
		func(d *dossier.Dossier) error {
			return b.Prend(t.Context(), nadia, guichet.Geste{Dossier: d.ID, Cle: "p" + string(d.ID)})
		},
		func(d *dossier.Dossier) error {
			_, pair := rivales(s)
			return b.Propose(t.Context(), nadia, guichet.Geste{Dossier: d.ID, Cle: "p" + string(d.ID), Motif: "Raison"}, pair[1].Acte, "")
		},
	} {
		d, alone := b.plante(t, s, etat), b.plante(t, s, etat)
		if err := gesture(d); err != nil {
			t.Fatal(err)
		}
		if err := b.decide(t, nadia, d, "refus", ""); !code(err, "SOD1") {
			t.Errorf("who instructed decides: %v", err)
		}
		if err := b.decide(t, prefet, d, "refus", ""); err != nil {
			t.Errorf("another decides: %v", err)
		}
		if err := b.decide(t, nadia, alone, "refus", ""); err != nil {
			t.Errorf("who did not instruct this dossier decides it: %v", err)
		}
	}
}

func (b *banc) sod4(t *testing.T, s *dispositif.Dispositif, etat string) {
	for name, c := range map[string]struct {
		member compte.Habilitation
		want   string
	}{
		"a member":                      {compte.Habilitation{ID: "sod4-a", Role: "agent_coll", Organisation: aureille}, "SOD4"},
		"a member until four years ago": {compte.Habilitation{ID: "sod4-b", Role: "agent_coll", Organisation: aureille, Au: b.Aujourdhui().AddAns(-4)}, "SOD4"},
		"a member until six years ago":  {compte.Habilitation{ID: "sod4-c", Role: "agent_coll", Organisation: aureille, Au: b.Aujourdhui().AddAns(-6)}, ""},
		"a member of another commune":   {compte.Habilitation{ID: "sod4-d", Role: "agent_coll", Organisation: maillane}, ""},
	} {
		for sub, try := range map[string]func(a compte.Acteur, d *dossier.Dossier) error{
			"sciat": func(a compte.Acteur, d *dossier.Dossier) error {
				return b.Prend(t.Context(), a, guichet.Geste{Dossier: d.ID, Cle: "s" + string(d.ID)})
			},
			"prefet": func(a compte.Acteur, d *dossier.Dossier) error { return b.decide(t, a, d, "refus", "") },
		} {
			d := b.plante(t, s, etat)
			h := c.member
			h.ID += sub
			b.octroi(t, sub, h)
			if err := try(b.acteur(t, sub), d); !code(err, c.want) {
				t.Errorf("%s, %s: %v, want %q", sub, name, err, c.want)
			}
			h.Personne, h.Etat, h.Au = b.acteur(t, sub).Personne.ID, compte.Retiree, b.Aujourdhui().AddAns(-6) // for those who follow
			if err := b.db.Write(t.Context(), func(tx *store.Tx) error { return tx.PoseHabilitation(h) }); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func (b *banc) sod7(t *testing.T, _ *dispositif.Dispositif, _ string) {
	b.octroi(t, "administrateur", compte.Habilitation{ID: "sod7", Role: "sciat", Departement: "13", Service: "prefecture"})
	admin := b.acteur(t, "administrateur")
	typed := guichet.NouveauDroit{Cle: "sod7", Personne: demoIssuer + " administrateur", Role: "decideur", Departement: "13", Du: "2021-07-01", Au: "2021-08-01"}
	if err := b.AccordeDroit(t.Context(), admin, typed); !code(err, "SOD7") {
		t.Errorf("to oneself: %v", err)
	}
	typed.Personne = demoIssuer + " nouvelle"
	new := b.acteur(t, "nouvelle").Personne
	if err := b.AccordeDroit(t.Context(), admin, typed); err != nil {
		t.Fatal(err)
	}
	x := b.grant(t, new, "decideur")
	if err := b.TrancheDroit(t.Context(), admin, x.ID, compte.Active); !code(err, "SOD7") {
		t.Errorf("twice by one person: %v", err)
	}
	b.octroi(t, "payeur", compte.Habilitation{ID: "sod7-second", Role: "admin", Departement: "13"})
	if err := b.TrancheDroit(t.Context(), b.acteur(t, "payeur"), x.ID, compte.Active); err != nil {
		t.Errorf("by a second one: %v", err)
	}
}

func (b *banc) sod8(t *testing.T, s *dispositif.Dispositif, etat string) {
	for d, roles := range b.droits.Droits {
		if _, held := roles["auditeur"]; held && !d.Lecture() {
			t.Errorf("an auditor may %s", d)
		}
	}
	d := b.plante(t, s, etat)
	auditor := b.acteur(t, "auditrice")
	for name, err := range map[string]error{
		"takes":   b.Prend(t.Context(), auditor, guichet.Geste{Dossier: d.ID, Cle: "sod8"}),
		"decides": b.decide(t, auditor, d, "refus", ""),
		"writes":  b.Ecrit(t.Context(), auditor, guichet.Geste{Dossier: d.ID, Cle: "sod8"}, guichet.NouveauMessage{Genre: dossier.Note, Texte: "x"}),
		"grants":  b.AccordeDroit(t.Context(), auditor, guichet.NouveauDroit{Cle: "sod8", Personne: demoIssuer + " sciat", Role: "pilote", Departement: "13"}),
	} {
		if !errors.Is(err, fault.Forbidden) {
			t.Errorf("an auditor %s: %v", name, err)
		}
	}
	if _, err := b.Dossier(t.Context(), auditor, d.ID); err != nil {
		t.Errorf("an auditor reads: %v", err)
	}
}

func (b *banc) sod9(t *testing.T, s *dispositif.Dispositif, etat string) {
	today := b.Aujourdhui()
	for name, c := range map[string]struct {
		du, au  jour.Jour
		montant string
		want    string
	}{
		"inside the dates, at the ceiling": {today, today, "1000", ""},
		"one cent above the ceiling":       {today, today, "1000,01", "SOD9"},
		"the day before its first":         {today + 1, today + 9, "1000", "DROIT_ABSENT"},
		"the day after its last":           {today - 9, today - 1, "1000", "DROIT_ABSENT"},
		"a scheme that is not its own":     {today, today, "scheme", "DROIT_ABSENT"},
	} {
		d := b.plante(t, s, etat)
		h := compte.Habilitation{ID: "demo-prefet", Role: "decideur", Departement: "13", Du: c.du, Au: c.au, Plafond: euro.Of(1000)}
		a := b.acteur(t, "prefet")
		if c.montant == "scheme" {
			b.octroi(t, "payeur", compte.Habilitation{ID: "sod9", Role: "decideur", Departement: "13", Dispositif: "aidants-connect"})
			a, c.montant = b.acteur(t, "payeur"), "1000"
		} else {
			b.octroi(t, "prefet", h)
		}
		if err := b.decide(t, a, d, "accord", c.montant); !code(err, c.want) && !(c.want == "DROIT_ABSENT" && errors.Is(err, fault.NotFound)) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	b.octroi(t, "prefet", compte.Habilitation{ID: "demo-prefet", Role: "decideur", Departement: "13"})
}

func (b *banc) derogation(t *testing.T, s *dispositif.Dispositif, etat string) {
	b.octroi(t, "sciat", compte.Habilitation{ID: "sod1", Role: "decideur", Departement: "13"})
	nadia, admin := b.acteur(t, "sciat"), b.acteur(t, "administrateur")
	instructed := func() *dossier.Dossier {
		d := b.plante(t, s, etat)
		if err := b.Prend(t.Context(), nadia, guichet.Geste{Dossier: d.ID, Cle: "d" + string(d.ID)}); err != nil {
			t.Fatal(err)
		}
		return d
	}
	typed := guichet.NouvelleDerogation{Cle: "d1", Departement: "13", Separation: "SOD1", Motif: "Un seul agent", Du: "2021-07-01", Au: "2021-12-31"}
	for name, c := range map[string]struct {
		a      compte.Acteur
		change func(*guichet.NouvelleDerogation)
		kind   fault.Kind
		field  string
	}{
		"by who instructs":       {nadia, func(*guichet.NouvelleDerogation) {}, fault.Forbidden, ""},
		"in another département": {admin, func(n *guichet.NouvelleDerogation) { n.Departement = "84" }, fault.Forbidden, ""},
		"from another rule":      {admin, func(n *guichet.NouvelleDerogation) { n.Separation = "SOD4" }, fault.Invalid, "separation"},
		"without a reason":       {admin, func(n *guichet.NouvelleDerogation) { n.Motif = " " }, fault.Invalid, "motif"},
		"without an end":         {admin, func(n *guichet.NouvelleDerogation) { n.Au = "" }, fault.Invalid, "au"},
		"for more than a year":   {admin, func(n *guichet.NouvelleDerogation) { n.Au = "2022-07-02" }, fault.Invalid, "au"},
		"from yesterday":         {admin, func(n *guichet.NouvelleDerogation) { n.Du = "2021-06-30" }, fault.Invalid, "du"},
	} {
		n := typed
		c.change(&n)
		if f := fault.Of(b.AccordeDerogation(t.Context(), c.a, n)); f == nil || f.Kind != c.kind || c.field != "" && f.Fields[c.field] == "" {
			t.Errorf("%s: %v, want %v at %q", name, f, c.kind, c.field)
		}
	}
	b.octroi(t, "sciat", compte.Habilitation{ID: "d-admin", Role: "admin", Departement: "13"})
	if err := b.AccordeDerogation(t.Context(), b.acteur(t, "sciat"), typed); !code(err, "SOD7") {
		t.Errorf("by who would profit from it: %v", err)
	}
	before := instructed()
	for range 2 { // the form sent twice
		if err := b.AccordeDerogation(t.Context(), admin, typed); err != nil {
			t.Fatal(err)
		}
	}
	typed.Cle = "d2"
	if err := b.AccordeDerogation(t.Context(), admin, typed); !errors.Is(err, fault.Conflict) {
		t.Errorf("two at a time: %v", err)
	}
	if err := b.decide(t, nadia, before, "refus", ""); err != nil {
		t.Errorf("with the exemption: %v", err)
	}
	v := b.vue(t, nadia, before.ID)
	if last := v.Evenements[len(v.Evenements)-1]; last.Derogation != "SOD1" {
		t.Errorf("the event says %+v", last)
	}
	if err := b.decide(t, b.acteur(t, "prefet"), instructed(), "refus", ""); err != nil {
		t.Fatal(err)
	}
	if acts := b.parDerogation(t); len(acts) != 1 {
		t.Errorf("the register says by exemption of %v, want the one act that needed it", acts)
	}
	desk, err := b.Bureau(t.Context(), b.acteur(t, "prefet"))
	if err != nil || len(desk.Derogations) != 1 || desk.Derogations[0].Motif != "Un seul agent" {
		t.Errorf("the desk of an agent shows %+v, %v", desk.Derogations, err)
	}
	if desk, err := b.Bureau(t.Context(), b.acteur(t, "maire-aureille")); err != nil || len(desk.Derogations) != 0 {
		t.Errorf("the desk of a mayor shows %+v, %v", desk.Derogations, err)
	}
	id := desk.Derogations[0].ID
	if err := b.RetireDerogation(t.Context(), b.acteur(t, "prefet"), id); !errors.Is(err, fault.NotFound) {
		t.Errorf("withdrawn by a delegate: %v", err)
	}
	if err := b.RetireDerogation(t.Context(), admin, id); err != nil {
		t.Fatal(err)
	}
	if err := b.RetireDerogation(t.Context(), admin, id); !errors.Is(err, fault.Conflict) {
		t.Errorf("withdrawn twice: %v", err)
	}
	if err := b.decide(t, nadia, instructed(), "refus", ""); !code(err, "SOD1") {
		t.Errorf("after its end: %v", err)
	}
}

// parDerogation are the acts of the register made thanks to an exemption.
func (b *banc) parDerogation(t *testing.T) (acts []string) {
	t.Helper()
	for _, e := range b.entrees(t) {
		if strings.Contains(e.Acte, "par dérogation SOD1") {
			acts = append(acts, e.Acte)
		}
	}
	return acts
}
