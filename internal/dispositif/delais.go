package dispositif

import (
	"cmp"
	"slices"
	"strings"

	"guichet/internal/fault"
	"guichet/internal/jour"
	"guichet/internal/lecture"
)

// A Delai is a delay of the procedure: what starts it, what meets it, who must
// act meanwhile.
type Delai struct {
	ID           string       `yaml:"id"`
	Libelle      string       `yaml:"libelle"` // what is to be done, in the infinitive
	Depuis       []string     `yaml:"depuis"`  // acts that start it
	Jusque       []string     `yaml:"jusque"`  // acts or states that meet it
	Delai        string       `yaml:"delai"`   // "3 mois", "15 jours", "5 jours ouvrés"
	Date         jour.Jour    `yaml:"date"`    // the last day, when it is the same for everybody
	Rigueur      jour.Rigueur `yaml:"rigueur"`
	Pour         string       `yaml:"pour"`          // role that must act; see EtatAgit
	SuspenduDans []string     `yaml:"suspendu_dans"` // states during which it stands still
	Rappels      []int        `yaml:"rappels"`       // days from the last day: -7 is a week before
	Effet        string       `yaml:"effet"`         // what the end of the delay does, in a sentence
	Cite         []string     `yaml:"cite"`
	Ligne        lecture.Ligne
}

// EtatAgit is whom a delay is for when any service of the State may answer.
const EtatAgit = "etat"

// Silence is the ID of the delay after which no answer is an answer.
const Silence = "silence"

// The words by which a common delay names the acts and the states of every
// scheme.
const (
	actesDepot    = "depot"    // acts that file the first part of the form
	actesDecision = "decision" // acts that decide
	etatsPorteur  = "porteur"  // states, after the first, where only the applicant acts
)

// Porteur reports whether the role is that of the applicant.
func Porteur(role string) bool { return role == "porteur" || role == "preparateur" }

// Duree returns the length of the delay; none for a fixed date.
func (d Delai) Duree() jour.Delai {
	n, _ := jour.ParseDelai(d.Delai) // checked when it was loaded
	return n
}

// Delai returns the delay of that ID, and whether the scheme has one.
func (d *Dispositif) Delai(id string) (Delai, bool) {
	i := slices.IndexFunc(d.Delais, func(x Delai) bool { return x.ID == id })
	if i < 0 {
		return Delai{}, false
	}
	return d.Delais[i], true
}

// communs adds to the scheme the delays of every scheme, in its own words,
// but those that it writes itself.
func (l *loader) communs(d *Dispositif) {
	if len(d.Etats) == 0 {
		return
	}
	for _, c := range l.c.delais {
		if _, own := d.Delai(c.ID); own {
			continue
		}
		c.Depuis = d.actes(func(t Transition) bool { return t.Phase == actesDepot })
		c.Jusque = d.actes(func(t Transition) bool { return t.Issue != "" })
		if len(c.SuspenduDans) > 0 {
			c.SuspenduDans = d.etatsDuPorteur()
		}
		if len(c.Jusque) == 0 {
			l.pp.Add(d.fichier, int(d.Ligne), "delais", "aucun acte ne décide : dites dans « delais » ce qui met fin au délai « %s ».", c.ID)
			continue
		}
		d.Delais = append(d.Delais, c)
	}
}

func (d *Dispositif) actes(keep func(Transition) bool) []string {
	var out []string
	for _, t := range d.Transitions {
		if keep(t) && !slices.Contains(out, t.Acte) {
			out = append(out, t.Acte)
		}
	}
	return out
}

// etatsDuPorteur are the states, after the first, where only the applicant
// acts.
func (d *Dispositif) etatsDuPorteur() []string {
	var out []string
	for _, e := range d.Etats {
		leaves := filterTransitions(d.Transitions, e.Code)
		if !e.Initial && len(leaves) > 0 && !slices.ContainsFunc(leaves, func(t Transition) bool { return !Porteur(t.Role) }) {
			out = append(out, e.Code)
		}
	}
	return out
}

func filterTransitions(all []Transition, etat string) []Transition {
	var out []Transition
	for _, t := range all {
		if slices.Contains(t.De, etat) {
			out = append(out, t)
		}
	}
	return out
}

// lintCommuns checks the delays of catalogue.yaml.
func (l *loader) lintCommuns() {
	for _, x := range l.c.delais {
		fail := l.lintDelai("catalogue.yaml", x)
		for _, list := range []struct {
			key, only string
			got       []string
		}{{"depuis", actesDepot, x.Depuis}, {"jusque", actesDecision, x.Jusque}, {"suspendu_dans", etatsPorteur, x.SuspenduDans}} {
			if len(list.got) > 1 || len(list.got) == 1 && list.got[0] != list.only {
				fail(list.key, "un délai commun ne connaît que « %s ».", list.only)
			}
		}
	}
}

// lintDelais checks the delays of a scheme against its acts and its states.
func (l *loader) lintDelais(d *Dispositif) {
	seen := make(map[string]bool)
	actes := d.actes(func(Transition) bool { return true })
	var etats []string
	for _, e := range d.Etats {
		etats = append(etats, e.Code)
	}
	for _, x := range d.Delais {
		fail := l.lintDelai(d.fichier, x)
		if seen[x.ID] {
			fail("id", "deux délais ont ce nom.")
		}
		seen[x.ID] = true
		for _, a := range x.Depuis {
			if !slices.Contains(actes, a) {
				fail("depuis", "le dispositif n’a pas d’acte « %s ».", a)
			}
		}
		for _, a := range x.Jusque {
			if !slices.Contains(actes, a) && !slices.Contains(etats, a) {
				fail("jusque", "le dispositif n’a ni acte ni état « %s ».", a)
			}
		}
		for _, e := range x.SuspenduDans {
			if !slices.Contains(etats, e) {
				fail("suspendu_dans", "le dispositif n’a pas d’état « %s ».", e)
			}
		}
	}
}

// lintDelai checks what a delay says by itself, and returns how to tell more.
func (l *loader) lintDelai(file string, x Delai) func(key, format string, args ...any) {
	fail := func(key, format string, args ...any) {
		l.pp.Add(file, int(x.Ligne), strings.Join([]string{"delais", cmp.Or(x.ID, "?"), key}, "."), format, args...)
	}
	l.cites(file, "delais."+x.ID, x.Cite)
	if x.ID == "" || x.Libelle == "" || len(x.Depuis) == 0 || len(x.Jusque) == 0 || len(x.Cite) == 0 {
		fail("", "un délai demande « id », « libelle », « depuis », « jusque » et « cite ».")
	}
	if _, err := jour.ParseDelai(x.Delai); x.Delai != "" && err != nil {
		fail("delai", "%s", fault.Of(err).Message)
	}
	if (x.Delai == "") == (x.Date == 0) {
		fail("delai", "donnez « delai » ou « date », et un seul des deux.")
	}
	if x.Date != 0 && len(x.SuspenduDans) > 0 {
		fail("suspendu_dans", "une date ne se suspend pas.")
	}
	if x.Rigueur != jour.Ferme && x.Rigueur != jour.Indicatif {
		fail("rigueur", "« %s » : écrivez ferme ou indicatif.", x.Rigueur)
	}
	if x.Pour != EtatAgit && !slices.Contains(roles, x.Pour) {
		fail("pour", "« %s » n’est pas un rôle : écrivez %s ou %s.", x.Pour, strings.Join(roles, ", "), EtatAgit)
	}
	return fail
}
