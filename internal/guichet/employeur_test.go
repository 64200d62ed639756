package guichet_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"guichet/internal/compte"
	"guichet/internal/courriel"
	"guichet/internal/fault"
	"guichet/internal/guichet"
	"guichet/internal/siren"
)

// entre signs in somebody whose provider names that employer, "" for none.
func (s scene) entre(t *testing.T, sub string, siret siren.Siret) compte.Acteur {
	t.Helper()
	return s.identifie(t, guichet.Identite{Emetteur: "https://idp.example", Sub: sub, Prenoms: sub, Nom: "Entrant", Courriel: sub + "@entrant.example", Siret: string(siret), Niveau: compte.Fort})
}

func (s scene) identifie(t *testing.T, i guichet.Identite) compte.Acteur {
	t.Helper()
	secret, err := s.Connecte(t.Context(), i)
	if err != nil {
		t.Fatal(err)
	}
	a, err := s.Acteur(t.Context(), secret)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// siretDe is the number of an establishment of the organisation.
func siretDe(t *testing.T, o siren.Siren, nic int) siren.Siret {
	t.Helper()
	for key := range 10 {
		if n, err := siren.ParseSiret(fmt.Sprintf("%s%04d%d", o, nic, key)); err == nil {
			return n
		}
	}
	t.Fatalf("no establishment %d of %s", nic, o)
	return ""
}

// TestEmployer: an identity is the provider and its subject. Another employer
// suspends what was held at the former one, and nothing else, until somebody
// else confirms it.
func TestEmployer(t *testing.T) {
	eachPoste(t, func(t *testing.T, p *poste) {
		maire, sciat := p.acteur(t, "maire-aureille"), p.acteur(t, "sciat")
		home, away := siretDe(t, aureille, 1), siretDe(t, "200035087", 1)
		me := func(siret siren.Siret) compte.Acteur { return p.entre(t, "agente", siret) }
		me(home)
		p.valide(t, me(home))
		if err := p.Invite(t.Context(), p.acteur(t, "maire-maillane"), maillane, "agent_coll", "a@exemple.example"); err != nil {
			t.Fatal(err)
		}
		if err := p.AccepteInvitation(t.Context(), me(home), p.lien(t, "a@exemple.example")); err != nil {
			t.Fatal(err)
		}
		p.send(t)
		for _, c := range []struct {
			name  string
			siret siren.Siret
			want  compte.EtatHabilitation
			mails int
		}{
			{"no employer this time", "", compte.Active, 0},
			{"the same", home, compte.Active, 0},
			{"another establishment of the same organisation", siretDe(t, aureille, 2), compte.Active, 0},
			{"what is no number", "12345678901234", compte.Active, 0},
			{"another organisation", away, compte.Suspendue, 2},
			{"the other one again", away, compte.Suspendue, 0},
			{"none", "", compte.Suspendue, 0},
			{"back to the first", home, compte.Suspendue, 0},
		} {
			a := me(c.siret)
			if tient(a, aureille)["agent_coll"] != c.want || tient(a, maillane)["agent_coll"] != compte.Active {
				t.Errorf("%s: at the employer %v, elsewhere %v; want %s and active", c.name, tient(a, aureille), tient(a, maillane), c.want)
			}
			plis := p.send(t)
			if len(plis) != c.mails {
				t.Errorf("%s: %d mails, want %d", c.name, len(plis), c.mails)
			}
			for _, x := range plis {
				if x.Genre != courriel.Membre || x.Personne != a.Personne.ID && x.Personne != maire.Personne.ID || strings.Contains(x.Texte, string(away[:9])) {
					t.Errorf("%s: %s to %s: %s", c.name, x.Genre, x.Adresse, x.Texte)
				}
			}
		}
		if tient(me(home), "200035087")["agent_coll"] != compte.Demandee {
			t.Errorf("the new employer: %v", me(home).Habilitations)
		}
		p.confirmations(t, me(home))
		if a := me(away); tient(a, aureille)["agent_coll"] != compte.Suspendue {
			t.Errorf("a second change: %v", a.Habilitations)
		}
		if v, err := p.Bureau(t.Context(), sciat); err != nil || len(v.Suspendus) != 1 {
			t.Errorf("%d roles to confirm on the desk, %v", len(v.Suspendus), err)
		}
		if err := p.RetireMembre(t.Context(), sciat, maillane, me(away).Personne.ID); !errors.Is(err, fault.Forbidden) {
			t.Errorf("the prefecture withdraws a role that is not suspended: %v", err)
		}
		if err := p.RetireMembre(t.Context(), sciat, aureille, me(away).Personne.ID); err != nil {
			t.Errorf("the prefecture withdraws a suspended role: %v", err)
		}
		if a := me(away); tient(a, aureille)["agent_coll"] != compte.Retiree || tient(a, maillane)["agent_coll"] != compte.Active {
			t.Errorf("withdrawn: %v", a.Habilitations)
		}
		known := guichet.Identite{Emetteur: "https://idp.example", Sub: "agente", Prenoms: "agente", Nom: "Entrant", Courriel: "agente@entrant.example", Niveau: compte.Fort}
		for name, change := range map[string]func(*guichet.Identite){
			"the same address at another provider": func(i *guichet.Identite) { i.Emetteur, i.Sub = "https://autre.example", "x" },
			"a recycled address":                   func(i *guichet.Identite) { i.Sub = "successeur" },
			"the same subject at another provider": func(i *guichet.Identite) { i.Emetteur = "https://autre.example" },
		} {
			i := known
			change(&i)
			if a := p.identifie(t, i); len(a.Habilitations) != 0 || a.Personne.ID == me(away).Personne.ID {
				t.Errorf("%s is silently the same person: %+v", name, a)
			}
		}
	})
}

// confirmations: nobody but who may confirms the suspended role of a, not even
// by an invitation; once confirmed, it counts.
func (p *poste) confirmations(t *testing.T, a compte.Acteur) {
	t.Helper()
	maire := p.acteur(t, "maire-aureille")
	for sub, want := range map[string]error{"secretaire-aureille": fault.Forbidden, "auditrice": fault.Forbidden, "maire-maillane": fault.NotFound, "anct": fault.NotFound} {
		if err := p.ConfirmeMembre(t.Context(), p.acteur(t, sub), aureille, a.Personne.ID); !errors.Is(err, want) {
			t.Errorf("%s confirms: %v, want %v", sub, err, want)
		}
	}
	if err := p.ConfirmeMembre(t.Context(), a, aureille, a.Personne.ID); !errors.Is(err, fault.NotFound) {
		t.Errorf("somebody confirms their own role: %v", err)
	}
	if err := p.ConfirmeMembre(t.Context(), maire, aureille, maire.Personne.ID); !errors.Is(err, fault.Forbidden) {
		t.Errorf("the mayor confirms their own role: %v", err)
	}
	if err := p.DemandeMandat(t.Context(), a, aureille, "elu"); !errors.Is(err, fault.Invalid) {
		t.Errorf("who is suspended asks for another role: %v", err)
	}
	if err := p.AccepteInvitation(t.Context(), a, p.invite(t, "agent_coll", "retour@exemple.example")); !errors.Is(err, fault.Conflict) {
		t.Errorf("who is suspended comes back by an invitation: %v", err)
	}
	for range 2 {
		if err := p.ConfirmeMembre(t.Context(), maire, aureille, a.Personne.ID); err != nil {
			t.Fatal(err)
		}
	}
	if plis := p.send(t); len(plis) != 1 || plis[0].Personne != a.Personne.ID || plis[0].Genre != courriel.Membre {
		t.Errorf("confirmed twice: %+v", plis)
	}
	if b := p.entre(t, a.Personne.Sub, ""); tient(b, aureille)["agent_coll"] != compte.Active {
		t.Errorf("confirmed: %v", b.Habilitations)
	}
}
