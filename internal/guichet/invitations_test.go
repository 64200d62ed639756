package guichet_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"guichet/dispositifs"
	"guichet/internal/compte"
	"guichet/internal/courriel"
	"guichet/internal/fault"
	"guichet/internal/guichet"
	"guichet/internal/jour"
	"guichet/internal/siren"
	"guichet/internal/store/storetest"
)

// invite invites an address to Aureille as the mayor, and returns the secret of
// the link that the mail brings.
func (p *poste) invite(t *testing.T, role compte.Role, adresse string) string {
	t.Helper()
	if err := p.Invite(t.Context(), p.acteur(t, "maire-aureille"), aureille, role, adresse); err != nil {
		t.Fatal(err)
	}
	return p.lien(t, adresse)
}

// lien sends what waits and returns the secret of the last link to the address.
func (p *poste) lien(t *testing.T, adresse string) (secret string) {
	t.Helper()
	for _, x := range p.send(t) {
		if _, link, ok := strings.Cut(x.Texte, "https://guichet.example/invitations/"); ok && x.Adresse == adresse && x.Genre == courriel.Invitation {
			secret = strings.Fields(link)[0]
		}
	}
	if len(secret) != 26 {
		t.Fatalf("no link for %s", adresse)
	}
	return secret
}

// enAttente is the invitation of Aureille that waits at that address.
func (p *poste) enAttente(t *testing.T, adresse string) compte.InvitationID {
	t.Helper()
	v, err := p.Organisation(t.Context(), p.acteur(t, "maire-aureille"), aureille)
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range v.Invitations {
		if i.Adresse == adresse {
			return i.ID
		}
	}
	t.Fatalf("no invitation of %s", adresse)
	return ""
}

// TestInvitations: an invitation opens once, until the end of its last day, as
// long as it stands and who made it may invite; otherwise one answer, whatever
// the reason.
func TestInvitations(t *testing.T) {
	eachPoste(t, func(t *testing.T, p *poste) {
		maire := func() compte.Acteur { return p.acteur(t, "maire-aureille") } // a session does not last fourteen days
		start := p.now
		_, unknown := p.Invitation(t.Context(), "abcdefghijklmnopqrstuvwxyz")
		for i, c := range []struct {
			name string
			then func(secret, adresse string, who compte.Acteur) (using string)
			want bool // the secret opens
		}{
			{"sent just now", func(s, _ string, _ compte.Acteur) string { return s }, true},
			{"on the last second of its last day", func(s, _ string, _ compte.Acteur) string { p.now = jour.Of(2021, 7, 15).Fin(); return s }, true},
			{"one second after", func(s, _ string, _ compte.Acteur) string {
				p.now = jour.Of(2021, 7, 15).Fin().Add(time.Second)
				return s
			}, false},
			{"unknown", func(string, string, compte.Acteur) string { return "abcdefghijklmnopqrstuvwxyz" }, false},
			{"empty", func(string, string, compte.Acteur) string { return "" }, false},
			{"its digest", func(s, _ string, _ compte.Acteur) string { return empreinte(s) }, false},
			{"cancelled", func(s, to string, _ compte.Acteur) string {
				for range 2 {
					if err := p.AnnuleInvitation(t.Context(), maire(), aureille, p.enAttente(t, to)); err != nil {
						t.Fatal(err)
					}
					if err := p.Invite(t.Context(), maire(), aureille, "elu", to); err != nil {
						t.Fatal(err)
					}
				}
				return s
			}, false},
			{"sent again: the first link", func(s, to string, _ compte.Acteur) string {
				if err := p.RenvoieInvitation(t.Context(), maire(), aureille, p.enAttente(t, to)); err != nil {
					t.Fatal(err)
				}
				return s
			}, false},
			{"sent again: the second link", func(_, to string, _ compte.Acteur) string {
				if err := p.RenvoieInvitation(t.Context(), maire(), aureille, p.enAttente(t, to)); err != nil {
					t.Fatal(err)
				}
				return p.lien(t, to)
			}, true},
			{"asked twice: the first link stands", func(s, to string, _ compte.Acteur) string {
				if err := p.Invite(t.Context(), maire(), aureille, "agent_coll", " "+strings.ToUpper(to)+" "); err != nil {
					t.Fatal(err)
				}
				for _, x := range p.send(t) {
					t.Errorf("a second mail to %s", x.Adresse)
				}
				return s
			}, true},
			{"used by somebody else", func(s, _ string, who compte.Acteur) string {
				other := p.entre(t, "autre-"+who.Personne.Sub, "")
				if err := p.AccepteInvitation(t.Context(), other, s); err != nil {
					t.Fatal(err)
				}
				return s
			}, false},
			{"its author left", func(s, to string, who compte.Acteur) string {
				second := p.entre(t, "second-"+who.Personne.Sub, "")
				if err := p.AccepteInvitation(t.Context(), second, p.invite(t, "elu", "second@exemple.example")); err != nil {
					t.Fatal(err)
				}
				p.valide(t, second)
				second = p.entre(t, "second-"+who.Personne.Sub, "")
				if err := p.Invite(t.Context(), second, aureille, "agent_coll", "par-le-second@exemple.example"); err != nil {
					t.Fatal(err)
				}
				link := p.lien(t, "par-le-second@exemple.example")
				if err := p.Quitte(t.Context(), second, aureille); err != nil {
					t.Fatal(err)
				}
				for _, i := range p.vueOrganisation(t, maire()).Invitations {
					if i.Par == second.Personne.ID {
						t.Errorf("the invitation to %s waits after its author left", i.Adresse)
					}
				}
				return link
			}, false},
		} {
			p.now = start
			who := p.entre(t, fmt.Sprint("invite", i), "")
			to := fmt.Sprintf("invite%d@exemple.example", i)
			using := c.then(p.invite(t, "agent_coll", to), to, who)
			_, err := p.Invitation(t.Context(), using)
			accepted := p.AccepteInvitation(t.Context(), who, using)
			who = p.entre(t, fmt.Sprint("invite", i), "")
			if c.want {
				again := p.AccepteInvitation(t.Context(), who, using)
				if err != nil || accepted != nil || again != nil || tient(who, aureille)["agent_coll"] != compte.Active || len(who.Habilitations) != 1 {
					t.Errorf("%s: read %v, accepted %v, then again %v, %v", c.name, err, accepted, again, tient(who, aureille))
				}
				if _, used := p.Invitation(t.Context(), using); !errors.Is(used, fault.NotFound) || fault.Of(used).Message != fault.Of(unknown).Message {
					t.Errorf("%s: once used, %v", c.name, used)
				}
				continue
			}
			for _, e := range []error{err, accepted} {
				if !errors.Is(e, fault.NotFound) || fault.Of(e).Message != fault.Of(unknown).Message {
					t.Errorf("%s: %v, want %v", c.name, e, unknown)
				}
			}
			if len(who.Habilitations) != 0 {
				t.Errorf("%s: it gives %v", c.name, who.Habilitations)
			}
		}
		if rows := storetest.Lignes(t, p.dsn)(); strings.Contains(rows, "/invitations/") {
			t.Error("the base holds a link")
		}
	})
}

// TestOneAcceptance: eight persons accept one invitation at once; one joins.
func TestOneAcceptance(t *testing.T) {
	eachPoste(t, func(t *testing.T, p *poste) {
		secret := p.invite(t, "agent_coll", "a@exemple.example")
		who := make([]compte.Acteur, 8)
		for i := range who {
			who[i] = p.entre(t, fmt.Sprint("p", i), "")
		}
		errs := make([]error, len(who))
		var wg sync.WaitGroup
		for i := range who {
			node := []*guichet.Guichet{p.Guichet, p.other}[i%2]
			wg.Go(func() { errs[i] = node.AccepteInvitation(t.Context(), who[i], secret) })
		}
		wg.Wait()
		joined := 0
		for i, err := range errs {
			if err == nil {
				joined++
			} else if !errors.Is(err, fault.NotFound) {
				t.Error(err)
			}
			if got := len(p.entre(t, fmt.Sprint("p", i), "").Roles()); (got == 1) != (err == nil) {
				t.Errorf("person %d has %d roles after %v", i, got, err)
			}
		}
		if joined != 1 {
			t.Errorf("%d joined", joined)
		}
	})
}

// TestWhoInvites: who represents the organisation invites, with a second
// factor, and the administrator of the département; the others are refused, or
// do not learn that it exists.
func TestWhoInvites(t *testing.T) {
	eachPoste(t, func(t *testing.T, p *poste) {
		weak := p.identifie(t, guichet.Identite{Emetteur: demoIssuer, Sub: "maire-aureille", Prenoms: "M", Nom: "A", Courriel: "m@exemple.invalid", Niveau: compte.Simple})
		for name, c := range map[string]struct {
			who  compte.Acteur
			want error
		}{
			"the mayor":                 {p.acteur(t, "maire-aureille"), nil},
			"the administrator":         {p.acteur(t, "administrateur"), nil},
			"without a second factor":   {weak, fault.Forbidden},
			"the clerk, who prepares":   {p.acteur(t, "secretaire-aureille"), fault.Forbidden},
			"the agent, who reads":      {p.acteur(t, "sciat"), fault.Forbidden},
			"the auditor, who reads":    {p.acteur(t, "auditrice"), fault.Forbidden},
			"the mayor of another one":  {p.acteur(t, "maire-maillane"), fault.NotFound},
			"the operator of the State": {p.acteur(t, "anct"), fault.NotFound},
			"nobody":                    {compte.Acteur{Le: p.Aujourdhui()}, fault.NotFound},
		} {
			err := p.Invite(t.Context(), c.who, aureille, "agent_coll", "x@exemple.example")
			if !errors.Is(err, c.want) || c.want == nil && err != nil {
				t.Errorf("%s: %v, want %v", name, err, c.want)
			}
			v, err := p.Organisation(t.Context(), c.who, aureille)
			if (c.want == fault.NotFound) != errors.Is(err, fault.NotFound) || err == nil && (len(v.Invitations) > 0) != (c.want == nil) {
				t.Errorf("%s reads %v, %v", name, v.Invitations, err)
			}
			_, ghost := p.Organisation(t.Context(), c.who, "552100554")
			if err != nil && fault.Of(err).Message != fault.Of(ghost).Message {
				t.Errorf("%s: %v is not the answer of an unknown organisation, %v", name, err, ghost)
			}
			if c.want == nil {
				continue
			}
			id := p.enAttenteDe(t, "administrateur")
			for what, err := range map[string]error{"cancels": p.AnnuleInvitation(t.Context(), c.who, aureille, id), "sends again": p.RenvoieInvitation(t.Context(), c.who, aureille, id)} {
				if !errors.Is(err, c.want) {
					t.Errorf("%s %s: %v", name, what, err)
				}
			}
		}
		admin := p.acteur(t, "administrateur")
		if err := p.AccepteInvitation(t.Context(), admin, p.lienDe(t, admin, "admin@exemple.example")); !errors.Is(err, fault.Conflict) {
			t.Errorf("somebody accepts their own invitation: %v", err)
		}
		left := p.lienDe(t, admin, "trop-tard@exemple.example")
		if err := storetest.Exec(t, p.dsn, "UPDATE habilitation SET etat = 'retiree' WHERE id = 'demo-administrateur'"); err != nil {
			t.Fatal(err)
		}
		if _, err := p.Invitation(t.Context(), left); !errors.Is(err, fault.NotFound) {
			t.Errorf("an invitation of who may invite no more: %v", err)
		}
	})
}

// enAttenteDe makes sure that an invitation waits, and returns it.
func (p *poste) enAttenteDe(t *testing.T, sub string) compte.InvitationID {
	t.Helper()
	if err := p.Invite(t.Context(), p.acteur(t, sub), aureille, "agent_coll", "attend@exemple.example"); err != nil {
		t.Fatal(err)
	}
	return p.enAttente(t, "attend@exemple.example")
}

// lienDe is the secret of what somebody sends.
func (p *poste) lienDe(t *testing.T, a compte.Acteur, adresse string) string {
	t.Helper()
	if err := p.Invite(t.Context(), a, aureille, "agent_coll", adresse); err != nil {
		t.Fatal(err)
	}
	return p.lien(t, adresse)
}

// TestCancelledBeforeItLeaves: the mail of an invitation that was cancelled
// stays here; sent again, one leaves.
func TestCancelledBeforeItLeaves(t *testing.T) {
	eachPoste(t, func(t *testing.T, p *poste) {
		maire := p.acteur(t, "maire-aureille")
		for i, change := range []func(context.Context, compte.Acteur, siren.Siren, compte.InvitationID) error{p.AnnuleInvitation, p.RenvoieInvitation} {
			if err := p.Invite(t.Context(), maire, aureille, "elu", "a@exemple.example"); err != nil {
				t.Fatal(err)
			}
			id := p.enAttente(t, "a@exemple.example")
			if err := change(t.Context(), maire, aureille, id); err != nil {
				t.Fatal(err)
			}
			if plis := p.send(t); len(plis) != i {
				t.Errorf("%d mails leave, want %d", len(plis), i)
			}
			if err := p.RenvoieInvitation(t.Context(), maire, aureille, id); !errors.Is(err, fault.Conflict) {
				t.Errorf("sent again once cancelled: %v", err)
			}
			if err := p.AnnuleInvitation(t.Context(), p.acteur(t, "maire-maillane"), maillane, id); !errors.Is(err, fault.NotFound) {
				t.Errorf("the invitation of another organisation: %v", err)
			}
		}
	})
}

// TestInvitationBounds: what is not an address, a doubtful one, another role,
// one too many: refused at the field or told.
func TestInvitationBounds(t *testing.T) {
	eachPoste(t, func(t *testing.T, p *poste) {
		maire := p.acteur(t, "maire-aureille")
		for _, bad := range []string{"", "x", "x@", "@x.fr", "x@y", "a b@x.fr", "a@x.fr, b@x.fr", "Nom <a@x.fr>", "a@x.fr\r\nBcc: b@x.fr", "é@x.fr", `"a"@x.fr`, strings.Repeat("a", 65) + "@x.fr", "a@" + strings.Repeat("x.", 200) + "fr"} {
			if err := p.Invite(t.Context(), maire, aureille, "elu", bad); !errors.Is(err, fault.Invalid) || fault.Of(err).Fields["adresse"] == "" {
				t.Errorf("%q: %v", bad, err)
			}
		}
		for _, pref := range options(t, dispositifs.FS).Catalogue.Prefectures {
			for _, c := range pref.Contacts {
				if c.Type == "courriel" && c.Statut != "sur" {
					if err := p.Invite(t.Context(), maire, aureille, "elu", c.Brut); err == nil || fault.Of(err).Fields["adresse"] == "" {
						t.Errorf("a doubtful address, %s: %v", c.Brut, err)
					}
				}
			}
		}
		for _, role := range []compte.Role{"", "sciat", "admin", "decideur"} {
			if err := p.Invite(t.Context(), maire, aureille, role, "a@x.fr"); err == nil || fault.Of(err).Fields["role"] == "" {
				t.Errorf("%q: %v", role, err)
			}
		}
		to := func(i int) string { return fmt.Sprintf("p%d@exemple.example", i) }
		for i := range 20 {
			if err := p.Invite(t.Context(), maire, aureille, "agent_coll", to(i)); err != nil {
				t.Fatal(err)
			}
		}
		if err := p.Invite(t.Context(), maire, aureille, "agent_coll", to(20)); !errors.Is(err, fault.TooLarge) {
			t.Errorf("a twenty-first that waits: %v", err)
		}
		for i := range 30 { // each makes room, then takes it
			if err := p.RenvoieInvitation(t.Context(), maire, aureille, p.enAttente(t, to(i%20))); err != nil {
				t.Fatal(err)
			}
		}
		if err := p.RenvoieInvitation(t.Context(), maire, aureille, p.enAttente(t, to(0))); !errors.Is(err, fault.TooLarge) {
			t.Errorf("a fifty-first of the day: %v", err)
		}
		if err := p.Invite(t.Context(), p.acteur(t, "maire-maillane"), maillane, "agent_coll", to(0)); err != nil {
			t.Errorf("another organisation pays for it: %v", err)
		}
		p.now = p.now.Add(24 * time.Hour)
		if err := p.RenvoieInvitation(t.Context(), p.acteur(t, "maire-aureille"), aureille, p.enAttente(t, to(0))); err != nil {
			t.Errorf("the next day: %v", err)
		}
		p.now = p.now.Add(15 * 24 * time.Hour)
		if err := p.Invite(t.Context(), p.acteur(t, "maire-aureille"), aureille, "agent_coll", to(0)); err != nil {
			t.Errorf("once all expired: %v", err)
		}
	})
}

func empreinte(secret string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(secret))) }
