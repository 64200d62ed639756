package guichet_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"guichet/internal/compte"
	"guichet/internal/courriel"
	"guichet/internal/dossier"
	"guichet/internal/fault"
	"guichet/internal/guichet"
	"guichet/internal/journal"
	"guichet/internal/store"
)

// base opens the base of the scene once more, to look at what it keeps.
func (s scene) base(t *testing.T) *store.DB {
	t.Helper()
	db, err := store.Open(t.Context(), s.dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// octroi gives, past every rule, a role to a person of the demonstration.
func (s scene) octroi(t *testing.T, sub string, h compte.Habilitation) {
	t.Helper()
	h.Personne, h.Etat = s.acteur(t, sub).Personne.ID, compte.Active
	if err := s.base(t).Write(t.Context(), func(tx *store.Tx) error { return tx.PoseHabilitation(h) }); err != nil {
		t.Fatal(err)
	}
}

// grant finds the grant of that role that the administrators of the
// département see for the person.
func (s scene) grant(t *testing.T, p compte.Personne, role compte.Role) guichet.DroitAgent {
	t.Helper()
	v, err := s.DroitsAgents(t.Context(), s.acteur(t, "administrateur"), "")
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range slices.Backward(v.Droits) {
		if x.Personne == p.ID && x.Role == role {
			return x
		}
	}
	t.Fatalf("%s has no grant of %s", p.NomComplet(), role)
	return guichet.DroitAgent{}
}

// TestGrants: an administrator grants a role in the département, for its dates,
// to somebody who signed in once; it counts at once, and so does its end. It
// is told to the person and to every administrator, and kept in the register.
func TestGrants(t *testing.T) {
	eachScene(t, func(t *testing.T, s scene) {
		s.octroi(t, "payeur", compte.Habilitation{ID: "second", Role: "admin", Departement: "13"})
		s.octroi(t, "prefet", compte.Habilitation{ID: "autre-departement", Role: "admin", Departement: "84"})
		admin, second, away, new := s.acteur(t, "administrateur"), s.acteur(t, "payeur"), s.acteur(t, "prefet"), s.acteur(t, "nouvelle")
		who := demoIssuer + " nouvelle"
		give := func(a compte.Acteur, n guichet.NouveauDroit) error { return s.AccordeDroit(t.Context(), a, n) }
		instructor := guichet.NouveauDroit{Cle: "1", Personne: "NOUVELLE@exemple.invalid", Role: "sciat", Departement: "13", Service: "prefecture"}
		for _, c := range []struct {
			when  string
			a     compte.Acteur
			n     guichet.NouveauDroit
			kind  fault.Kind
			field string
		}{
			{"a clerk grants", s.acteur(t, "secretaire-aureille"), instructor, fault.Forbidden, ""},
			{"an auditor grants", s.acteur(t, "auditrice"), instructor, fault.Forbidden, ""},
			{"an administrator of another département", away, instructor, fault.Forbidden, ""},
			{"to oneself", admin, guichet.NouveauDroit{Cle: "a", Personne: demoIssuer + " administrateur", Role: "pilote", Departement: "13"}, fault.Forbidden, ""},
			{"in another département", admin, guichet.NouveauDroit{Cle: "a", Personne: who, Role: "pilote", Departement: "84"}, fault.Forbidden, ""},
			{"in the whole country", admin, guichet.NouveauDroit{Cle: "a", Personne: who, Role: "service", Service: "anct"}, fault.Forbidden, ""},
			{"an address of nobody", admin, guichet.NouveauDroit{Cle: "a", Personne: "personne@exemple.invalid", Role: "pilote", Departement: "13"}, fault.Invalid, "personne"},
			{"part of an address", admin, guichet.NouveauDroit{Cle: "a", Personne: "nouvelle@", Role: "pilote", Departement: "13"}, fault.Invalid, "personne"},
			{"no address", admin, guichet.NouveauDroit{Cle: "a", Personne: " ", Role: "pilote", Departement: "13"}, fault.Invalid, "personne"},
			{"a role of an applicant", admin, guichet.NouveauDroit{Cle: "a", Personne: who, Role: "elu", Departement: "13"}, fault.Invalid, "role"},
			{"an auditor without dates", admin, guichet.NouveauDroit{Cle: "a", Personne: who, Role: "auditeur", Departement: "13"}, fault.Invalid, "au"},
			{"an instructor without a service", admin, guichet.NouveauDroit{Cle: "a", Personne: who, Role: "sciat", Departement: "13"}, fault.Invalid, "service"},
		} {
			f := fault.Of(give(c.a, c.n))
			if f == nil || f.Kind != c.kind || c.field != "" && f.Fields[c.field] == "" {
				t.Errorf("%s: %v, want %v at %q", c.when, f, c.kind, c.field)
			}
		}
		for range 2 { // the form sent twice
			if err := give(admin, instructor); err != nil {
				t.Fatal(err)
			}
		}
		instructor.Cle = "2"
		if err := give(second, instructor); !errors.Is(err, fault.Conflict) {
			t.Errorf("the same right granted twice: %v", err)
		}
		if roles := s.relit(t, new).Roles(); len(roles) != 1 || roles[0].Role != "sciat" || roles[0].Par != admin.Personne.ID {
			t.Errorf("the person holds %+v", roles)
		}
		if n := s.courriels(t, courriel.Droits); n != 3 {
			t.Errorf("%d mails tell of the grant, want one to the person and one to each administrator", n)
		}
		x := s.grant(t, new.Personne, "sciat")
		for _, a := range []compte.Acteur{s.acteur(t, "sciat"), s.acteur(t, "maire-aureille"), away} {
			if err := s.TrancheDroit(t.Context(), a, x.ID, compte.Retiree); !errors.Is(err, fault.NotFound) {
				t.Errorf("%s takes a right away: %v", a.Personne.Sub, err)
			}
		}
		if err := s.TrancheDroit(t.Context(), s.acteur(t, "auditrice"), x.ID, compte.Retiree); !errors.Is(err, fault.Forbidden) {
			t.Errorf("an auditor takes a right away: %v", err)
		}
		if err := s.TrancheDroit(t.Context(), admin, x.ID, compte.Retiree); err != nil {
			t.Fatal(err)
		}
		if err := s.TrancheDroit(t.Context(), second, x.ID, compte.Retiree); !errors.Is(err, fault.Conflict) {
			t.Errorf("taken away twice: %v", err)
		}
		if sessions, err := s.Sessions(t.Context(), new); err != nil || len(sessions) != 0 || len(s.acteur(t, "nouvelle").Roles()) != 0 {
			t.Errorf("after the end of the right: %d sessions, %v, roles %v", len(sessions), err, s.acteur(t, "nouvelle").Roles())
		}
		mandate := s.acteur(t, "maire-aureille").Habilitations[0]
		if err := s.TrancheDroit(t.Context(), admin, mandate.ID, compte.Retiree); !errors.Is(err, fault.NotFound) {
			t.Errorf("a mandate is taken away as a right of an agent: %v", err)
		}
	})
}

// relit is the person now, with the grants that the base holds.
func (s scene) relit(t *testing.T, a compte.Acteur) compte.Acteur {
	t.Helper()
	return s.acteur(t, a.Personne.Sub)
}

// courriels counts the mails of a kind that wait to leave.
func (s scene) courriels(t *testing.T, genre courriel.Genre) (n int) {
	t.Helper()
	for _, sub := range []string{"administrateur", "payeur", "nouvelle", "prefet", "sciat", "auditrice"} {
		v, err := s.Courriels(t.Context(), s.acteur(t, sub), "")
		if err != nil {
			t.Fatal(err)
		}
		n += len(slices.DeleteFunc(v.Courriels, func(c dossier.Courriel) bool { return c.Genre != genre || c.Etat != courriel.AEnvoyer }))
	}
	return n
}

// TestTwoAdministrators: a decider and a payer are granted by two persons. Who
// asked does not confirm, nor who would hold it; alone in the département, an
// administrator needs who runs the machine.
func TestTwoAdministrators(t *testing.T) {
	eachScene(t, func(t *testing.T, s scene) {
		admin, new := s.acteur(t, "administrateur"), s.acteur(t, "nouvelle")
		typed := guichet.NouveauDroit{Cle: "1", Personne: demoIssuer + " nouvelle", Role: "decideur", Departement: "13", Du: "2021-06-01", Au: "2021-12-31", Plafond: "20 000"}
		if err := s.AccordeDroit(t.Context(), admin, typed); err != nil {
			t.Fatal(err)
		}
		x := s.grant(t, new.Personne, "decideur")
		if x.Etat != compte.Demandee || x.Confirmable || x.Pourquoi == "" || len(s.relit(t, new).Roles()) != 0 {
			t.Fatalf("a decider by one administrator: %+v", x)
		}
		if err := s.TrancheDroit(t.Context(), admin, x.ID, compte.Active); err == nil || !slices.Contains(fault.Of(err).Codes, "SOD7") {
			t.Errorf("who asked confirms: %v", err)
		}
		said, err := s.Habilite(t.Context(), guichet.NouveauDroit{Personne: typed.Personne, Role: "decideur", Departement: "13", Du: "2021-06-01", Au: "2021-12-31"})
		if err != nil || !strings.HasPrefix(said, "Confirmé") || len(s.relit(t, new).Roles()) != 1 {
			t.Errorf("nobody else in the département, the machine says %q, %v", said, err)
		}
		s.octroi(t, "payeur", compte.Habilitation{ID: "second", Role: "admin", Departement: "13"})
		s.octroi(t, "sciat", compte.Habilitation{ID: "concernee", Role: "admin", Departement: "13"})
		typed = guichet.NouveauDroit{Cle: "2", Personne: demoIssuer + " sciat", Role: "payeur", Departement: "13"}
		if err := s.AccordeDroit(t.Context(), admin, typed); err != nil {
			t.Fatal(err)
		}
		y := s.grant(t, s.acteur(t, "sciat").Personne, "payeur")
		if err := s.TrancheDroit(t.Context(), s.acteur(t, "sciat"), y.ID, compte.Active); err == nil || !slices.Contains(fault.Of(err).Codes, "SOD7") {
			t.Errorf("who would hold it confirms: %v", err)
		}
		if _, err := s.Habilite(t.Context(), typed); !errors.Is(err, fault.Conflict) {
			t.Errorf("the machine takes the place of an administrator who could: %v", err)
		}
		if err := s.TrancheDroit(t.Context(), s.acteur(t, "payeur"), y.ID, compte.Active); err != nil {
			t.Fatal(err)
		}
		if y = s.grant(t, s.acteur(t, "sciat").Personne, "payeur"); y.Etat != compte.Active || y.Accorde == "" || y.Confirme == "" || y.Accorde == y.Confirme {
			t.Errorf("confirmed by another: %+v", y)
		}
		typed.Cle, typed.Role, typed.Du, typed.Au = "3", "decideur", "2021-06-01", "2021-12-31"
		if err := s.AccordeDroit(t.Context(), admin, typed); err != nil {
			t.Fatal(err)
		}
		z := s.grant(t, s.acteur(t, "sciat").Personne, "decideur")
		if err := s.TrancheDroit(t.Context(), s.acteur(t, "payeur"), z.ID, compte.Retiree); err != nil {
			t.Errorf("refused by another: %v", err)
		}
		if acts := s.registre(t); !slices.Equal(acts, []string{"demander_droit", "confirmer_droit", "demander_droit", "confirmer_droit", "demander_droit", "refuser_droit"}) {
			t.Errorf("the register says %v", acts)
		}
		if b, err := s.Audite(t.Context()); err != nil || len(b.Anomalies) > 0 {
			t.Errorf("the audit finds %v, %v", b.Anomalies, err)
		}
	})
}

// registre are the acts about rights, in order.
func (s scene) registre(t *testing.T) (acts []string) {
	t.Helper()
	for _, e := range s.entrees(t) {
		if strings.HasSuffix(e.Acte, "_droit") {
			acts = append(acts, e.Acte)
		}
	}
	return acts
}

// entrees is the whole register.
func (s scene) entrees(t *testing.T) (all []journal.Entree) {
	t.Helper()
	if err := s.base(t).View(t.Context(), func(tx *store.Tx) error {
		return tx.Journal(func(e journal.Entree) error { all = append(all, e); return nil })
	}); err != nil {
		t.Fatal(err)
	}
	return all
}

// TestSameAddress: an address that two persons have names neither, and gives
// no right to who comes with it by another provider.
func TestSameAddress(t *testing.T) {
	eachScene(t, func(t *testing.T, s scene) {
		admin := s.acteur(t, "administrateur")
		s.acteur(t, "nouvelle")
		if _, err := s.Connecte(t.Context(), guichet.Identite{Emetteur: "https://autre.exemple", Sub: "x", Nom: "Autre", Courriel: "nouvelle@exemple.invalid"}); err != nil {
			t.Fatal(err)
		}
		typed := guichet.NouveauDroit{Cle: "1", Personne: "nouvelle@exemple.invalid", Role: "pilote", Departement: "13"}
		if f := fault.Of(s.AccordeDroit(t.Context(), admin, typed)); f == nil || !strings.Contains(f.Fields["personne"], "Plusieurs") {
			t.Errorf("an address of two persons: %v", f)
		}
		v, err := s.DroitsAgents(t.Context(), admin, typed.Personne)
		if err != nil || len(v.Trouvees) != 2 {
			t.Errorf("%d persons found, %v; want both", len(v.Trouvees), err)
		}
		typed.Personne = demoIssuer + " nouvelle"
		if err := s.AccordeDroit(t.Context(), admin, typed); err != nil {
			t.Fatal(err)
		}
		for _, wanted := range []string{"nouvelle", "@", "%", "", " ", "exemple.invalid"} {
			if v, err := s.DroitsAgents(t.Context(), admin, wanted); err != nil || len(v.Trouvees) != 0 {
				t.Errorf("%q lists %d persons, %v", wanted, len(v.Trouvees), err)
			}
		}
		if v, err := s.DroitsAgents(t.Context(), s.acteur(t, "auditrice"), "nouvelle@exemple.invalid"); err != nil || len(v.Trouvees) != 0 || len(v.Droits) == 0 {
			t.Errorf("an auditor looks for a person: %v", err)
		}
		if _, err := s.DroitsAgents(t.Context(), s.acteur(t, "sciat"), ""); !errors.Is(err, fault.Forbidden) {
			t.Errorf("an instructor sees the rights of the agents: %v", err)
		}
	})
}
