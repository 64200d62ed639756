package dossier_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"guichet/dispositifs"
	"guichet/internal/dispositif"
	"guichet/internal/dossier"
	"guichet/internal/jour"
)

func day(t interface{ Fatal(...any) }, text string) jour.Jour {
	j, err := jour.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return j
}

func catalogue(t *testing.T) *dispositif.Catalogue {
	t.Helper()
	c, err := dispositif.Load(dispositifs.FS)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func scheme(t *testing.T, c *dispositif.Catalogue, code string) *dispositif.Dispositif {
	t.Helper()
	s, err := c.Dispositif(code)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// play makes the acts « act day » from the draft, and returns the events.
func play(t interface{ Fatal(...any) }, s *dispositif.Dispositif, acts ...string) (*dossier.Dossier, []dossier.Evenement) {
	d := &dossier.Dossier{Etat: s.Initial(), Dispositif: s.Code}
	var events []dossier.Evenement
	for _, x := range acts {
		act, on, _ := strings.Cut(x, " ")
		at := day(t, on).Debut().Add(12 * time.Hour)
		ev, tr, err := d.Jouer(s, act, dossier.Auteur{Le: at})
		if err != nil {
			t.Fatal(x, err)
		}
		if tr.Phase != "" {
			d.DeposeLe = at
		}
		events = append(events, ev)
	}
	return d, events
}

// brief is a delay in a line.
func brief(e dossier.Echeance) string {
	out := e.ID + " " + string(e.Situation) + " " + e.Le.String()
	if e.Reste > 0 {
		out += " reste " + jour.Delai{N: e.Reste, Unite: jour.Jours}.String()
	}
	if e.Retard > 0 {
		out += " retard " + jour.Delai{N: e.Retard, Unite: jour.Jours}.String()
	}
	return strings.ReplaceAll(out, "\u00a0", " ")
}

// TestEcheances follows the delays of the table through the acts of a dossier.
func TestEcheances(t *testing.T) {
	c := catalogue(t)
	for _, test := range []struct {
		situation, scheme string
		acts              string
		le                string
		want              []string
	}{
		{"a candidate to choose within a month of the decision", "conseillers-numeriques", "deposer 2021-07-01,avis_favorable 2021-07-05,decider_favorable 2021-07-31", "2021-08-10",
			[]string{"selection à venir 2021-08-31 reste 21 jours", "silence tenue 2021-09-01"}},
		{"a week before the last day", "conseillers-numeriques", "deposer 2021-07-01,avis_favorable 2021-07-05,decider_favorable 2021-07-31", "2021-08-24",
			[]string{"selection proche 2021-08-31 reste 7 jours", "silence tenue 2021-09-01"}},
		{"the last day", "conseillers-numeriques", "deposer 2021-07-01,avis_favorable 2021-07-05,decider_favorable 2021-07-31", "2021-08-31",
			[]string{"selection due 2021-08-31", "silence tenue 2021-09-01"}},
		{"the day after", "conseillers-numeriques", "deposer 2021-07-01,avis_favorable 2021-07-05,decider_favorable 2021-07-31", "2021-09-01",
			[]string{"selection dépassée 2021-08-31 retard 1 jour", "silence tenue 2021-09-01"}},
		{"a contract signed two days late", "conseillers-numeriques", "deposer 2021-07-01,avis_favorable 2021-07-05,decider_favorable 2021-07-31,signer_convention 2021-08-01,selectionner_candidat 2021-08-02,signer_contrat 2021-08-19", "2021-09-01",
			[]string{"contrat tenue 2021-08-17 retard 2 jours", "selection tenue 2021-08-31", "silence tenue 2021-09-01"}},
		{"a second candidate after a contract was broken: the fifteen days run again", "conseillers-numeriques",
			"deposer 2021-07-01,avis_favorable 2021-07-05,decider_favorable 2021-07-31,signer_convention 2021-08-01,selectionner_candidat 2021-08-02,signer_contrat 2021-08-10,rompre 2021-09-01,selectionner_candidat 2021-09-10", "2021-09-11",
			[]string{"contrat à venir 2021-09-25 reste 14 jours", "contrat tenue 2021-08-17", "selection tenue 2021-08-31", "silence tenue 2021-09-01"}},
		{"no answer for two months", "anct-sur-mesure", "deposer 2021-07-01", "2021-09-02", []string{"silence dépassée 2021-09-01 retard 1 jour"}},
		{"an incomplete file stops the two months: nobody knows the last day", "anct-sur-mesure", "deposer 2021-07-01,declarer_incomplet 2021-07-11", "2021-08-01",
			[]string{"silence suspendue  reste 53 jours"}},
		{"completed after ten days, they end ten days later", "anct-sur-mesure", "deposer 2021-07-01,declarer_incomplet 2021-07-11,completer 2021-07-21", "2021-07-21",
			[]string{"silence à venir 2021-09-11 reste 52 jours"}},
		{"filed again with what was asked: the delay goes on and does not begin again", "aidants-connect", "deposer 2021-07-01,demander_modifications 2021-07-11,deposer 2021-07-21", "2021-07-21",
			[]string{"silence à venir 2021-09-11 reste 52 jours"}},
		{"training within two months, end of a short month", "aidants-connect", "deposer 2020-12-01,valider 2020-12-31", "2021-03-01",
			[]string{"formation dépassée 2021-02-28 retard 1 jour", "silence tenue 2021-02-01"}},
		{"paid on the last of three months", "vta", "deposer_fiche 2021-05-01,diffuser_offre 2021-05-05,confirmer 2021-05-10,retenir_candidat 2021-05-20,deposer_demande 2021-06-01,declarer_complet 2021-06-15,payer 2021-09-15", "2021-12-01",
			[]string{"silence tenue 2021-07-01", "versement tenue 2021-09-15"}},
		{"broken before it was paid: the payment is not late", "vta", "deposer_fiche 2021-05-01,diffuser_offre 2021-05-05,confirmer 2021-05-10,retenir_candidat 2021-05-20,deposer_demande 2021-06-01,declarer_complet 2021-06-15,rompre 2021-07-01", "2022-12-01",
			[]string{"silence tenue 2021-07-01", "versement sans objet 2021-09-15"}},
		{"delivered by the end of 2022, whatever the day of the grant", "fitn", "deposer 2021-07-01,instruire 2021-07-02,accorder 2021-08-01", "2022-12-31",
			[]string{"reception due 2022-12-31", "silence tenue 2021-09-01"}},
		{"a draft on the last day of the second wave", "fitn", "", "2021-08-15", []string{"fenetre-2021-08-15 due 2021-08-15", "fenetre-2021-10-15 à venir 2021-10-15 reste 61 jours"}},
		{"a draft the day after", "fitn", "", "2021-08-16", []string{"fenetre-2021-10-15 à venir 2021-10-15 reste 60 jours"}},
		{"refused, then filed again: two months run again", "fabriques", "deposer 2021-07-01,instruire 2021-07-02,refuser 2021-07-10,redeposer 2021-08-01", "2021-08-02",
			[]string{"silence à venir 2021-10-01 reste 60 jours", "silence tenue 2021-09-01"}},
		{"a grid is answered by a convention", "cantine", "declarer_grille 2021-07-01", "2021-07-02", []string{"silence à venir 2021-09-01 reste 61 jours"}},
	} {
		s := scheme(t, c, test.scheme)
		var acts []string
		if test.acts != "" {
			acts = strings.Split(test.acts, ",")
		}
		d, events := play(t, s, acts...)
		var got []string
		for _, e := range dossier.Echeances(s, d, events, day(t, test.le)) {
			got = append(got, brief(e))
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.situation, diff)
		}
	}
}

// TestAttendue: the delay that is awaited is that of whoever has the turn.
func TestAttendue(t *testing.T) {
	s := scheme(t, catalogue(t), "anct-sur-mesure")
	d, events := play(t, s, "deposer 2021-07-01")
	ee := dossier.Echeances(s, d, events, day(t, "2021-07-02"))
	for role, want := range map[string]string{"instructeur": "2021-09-01", "operateur": "2021-09-01", "porteur": "", "preparateur": "", "": ""} {
		if e, _ := dossier.Attendue(ee, role); e.Le.String() != want {
			t.Errorf("%q is awaited by %q, want %q", role, e.Le, want)
		}
	}
}

// TestDus: of the reminders missed, the last one alone leaves; none leaves for
// what is met or suspended; a suspension moves them.
func TestDus(t *testing.T) {
	s := scheme(t, catalogue(t), "anct-sur-mesure") // two months, reminders 15 and 7 days before and the day after
	for _, test := range []struct {
		situation, acts, le string
		dus                 string
		prochain            string
	}{
		{"before any", "deposer 2021-07-01", "2021-08-16", "", "2021-08-17"},
		{"the first", "deposer 2021-07-01", "2021-08-17", "2021-08-17", "2021-08-25"},
		{"the second, the service having been stopped for the first", "deposer 2021-07-01", "2021-08-26", "2021-08-25", "2021-09-02"},
		{"stopped for a year: one reminder", "deposer 2021-07-01", "2022-07-01", "2021-09-02", ""},
		{"suspended: none", "deposer 2021-07-01,declarer_incomplet 2021-07-11", "2021-08-20", "", ""},
		{"resumed: ten days later", "deposer 2021-07-01,declarer_incomplet 2021-07-11,completer 2021-07-21", "2021-08-20", "", "2021-08-27"},
		{"answered: none", "deposer 2021-07-01,declarer_complet 2021-07-02,transmettre_anct 2021-07-03,valider_offre 2021-08-16", "2021-08-20", "", ""},
	} {
		d, events := play(t, s, strings.Split(test.acts, ",")...)
		le := day(t, test.le)
		ee := dossier.Echeances(s, d, events, le)
		var got []string
		for _, r := range dossier.Dus(dossier.Rappels(ee), le) {
			got = append(got, r.Jour.String())
		}
		if s := strings.Join(got, " "); s != test.dus || dossier.Prochain(ee, le).String() != test.prochain {
			t.Errorf("%s: due %q then %v, want %q then %q", test.situation, s, dossier.Prochain(ee, le), test.dus, test.prochain)
		}
	}
}

// TestDayByDay asks every day, as the job does: each reminder comes on its
// day, or on the day the delay runs again when its day was a suspended one.
func TestDayByDay(t *testing.T) {
	s := scheme(t, catalogue(t), "anct-sur-mesure")
	rapid.Check(t, func(r *rapid.T) {
		start := day(r, "2021-07-01")
		d, events := play(r, s, "deposer "+start.String())
		var stop, again jour.Jour
		if rapid.Bool().Draw(r, "incomplete") {
			stop = start.AddJours(rapid.IntRange(0, 70).Draw(r, "stop"))
			again = stop.AddJours(rapid.IntRange(0, 60).Draw(r, "again"))
			d, events = play(r, s, "deposer "+start.String(), "declarer_incomplet "+stop.String(), "completer "+again.String())
		}
		last := start.AddJours(200)
		planned := dossier.Rappels(dossier.Echeances(s, d, events, last))
		sent := make(map[jour.Jour]bool)
		for le := start; le < last; le++ {
			for _, x := range dossier.Dus(dossier.Rappels(dossier.Echeances(s, d, events, le)), le) {
				if !sent[x.Jour] && x.Jour < le && le != again {
					r.Errorf("the reminder of %v comes on %v", x.Jour, le)
				}
				sent[x.Jour] = true
			}
		}
		for _, p := range planned {
			if !sent[p.Jour] && (p.Jour < stop || p.Jour >= again) {
				r.Errorf("the reminder of %v never came", p.Jour)
			}
			delete(sent, p.Jour)
		}
		if len(sent) > 0 {
			r.Errorf("reminders that were not planned: %v", sent)
		}
	})
}

// TestClockBack: acts keep the order of their numbers when the clock of the
// machine goes back between two of them.
func TestClockBack(t *testing.T) {
	s := scheme(t, catalogue(t), "conseillers-numeriques")
	d, events := play(t, s, "deposer 2021-07-01", "avis_favorable 2021-06-30", "decider_favorable 2021-06-30", "signer_convention 2030-01-01", "selectionner_candidat 2021-07-02")
	for i, ev := range events {
		if ev.Numero != i+1 {
			t.Errorf("act %d has the number %d", i+1, ev.Numero)
		}
	}
	for _, e := range dossier.Echeances(s, d, events, day(t, "2021-07-03")) {
		if e.ID != "contrat" && e.Situation != dossier.Tenue {
			t.Errorf("%s is %s, though its act was made", e.ID, e.Situation)
		}
	}
}
