package dispositif

import (
	"slices"

	"guichet/internal/fault"
	"guichet/internal/jour"
	"guichet/internal/lecture"
)

// Communs are the states and the acts that every scheme knows besides its own:
// to withdraw, to close without action, to adjourn, to reopen. A scheme's own
// table stays what its text says.
type Communs struct {
	Etats []Etat       `yaml:"etats"`
	Actes []Transition `yaml:"actes"`
}

// The words of communs.yaml that each scheme gives a meaning to.
const (
	avantDecision = "avant_decision" // states of a filed request that nobody decided
	apresRefus    = "refus"          // states to which a refusal leads
	depart        = "depart"         // the state where a file begins
	Retour        = "retour"         // the state that the dossier had left
	roleSaisi     = "saisi"          // who has the dossier in the state: the service, or the national one
	roleDecision  = "decision"       // who signs, when somebody does; otherwise who has the dossier
)

func (l *loader) actesCommuns() {
	const file = "communs.yaml"
	if text, ok := l.read(file); ok {
		l.keep(lecture.Load(file, text, &l.communes))
	}
}

// adopte gives d the common states and acts, in its own words.
func (d *Dispositif) adopte(c Communs) {
	if len(d.Etats) == 0 {
		return
	}
	meaning := map[string][]string{avantDecision: d.avantDecision(), apresRefus: nil, depart: {d.Initial()}}
	for _, t := range d.Transitions {
		if t.Issue == "refus" && !slices.Contains(meaning[apresRefus], t.Vers) {
			meaning[apresRefus] = append(meaning[apresRefus], t.Vers)
		}
	}
	d.Communs = Communs{Etats: c.Etats}
	for _, t := range c.Actes {
		var from []string
		for _, s := range t.De {
			if states, word := meaning[s]; word {
				from = append(from, states...)
			} else {
				from = append(from, s)
			}
		}
		d.partage(t, from)
	}
}

// partage adds the common act from the states, one transition for each role
// that makes it.
func (d *Dispositif) partage(t Transition, states []string) {
	role := t.Role
	for _, r := range roles {
		t.Role, t.De = r, nil
		for _, s := range states {
			if d.roleCommun(role, s) == r {
				t.De = append(t.De, s)
			}
		}
		if len(t.De) > 0 {
			d.Communs.Actes = append(d.Communs.Actes, t)
		}
	}
}

// roleCommun is who makes a common act in the state.
func (d *Dispositif) roleCommun(role, etat string) string {
	signs := func(t Transition) bool { return t.Issue != "" && t.Role == "signataire" }
	refused := func(t Transition) bool { return t.Issue == "refus" && t.Role == "operateur" && t.Vers == etat }
	switch {
	case role != roleSaisi && role != roleDecision:
		return role
	case role == roleDecision && slices.ContainsFunc(d.Transitions, signs):
		return "signataire"
	case slices.ContainsFunc(d.Transitions, refused), len(d.Possibles(etat, "instructeur")) == 0 && len(d.Possibles(etat, "operateur")) > 0:
		return "operateur"
	}
	return "instructeur"
}

// avantDecision returns the states of a filed request that waits for its
// decision: those that lead to a deciding act and that no deciding act leads
// to. A scheme where nobody decides names them.
func (d *Dispositif) avantDecision() []string {
	if len(d.AvantDecision) > 0 {
		return d.AvantDecision
	}
	before, leads := map[string]bool{d.Initial(): true}, make(map[string]bool)
	for range d.Etats {
		for _, t := range d.Transitions {
			if t.Issue == "" && slices.ContainsFunc(t.De, func(s string) bool { return before[s] }) {
				before[t.Vers] = true
			}
			if t.Issue != "" || leads[t.Vers] {
				for _, s := range t.De {
					leads[s] = true
				}
			}
		}
	}
	var out []string
	for _, e := range d.Etats {
		if before[e.Code] && leads[e.Code] && !e.Initial {
			out = append(out, e.Code)
		}
	}
	return out
}

// Exceptionnelles returns the common acts from the state.
func (d *Dispositif) Exceptionnelles(etat string) []Transition {
	return from(d.Communs.Actes, etat)
}

// Ordinaires returns the acts of the scheme's own table from the state.
func (d *Dispositif) Ordinaires(etat string) []Transition { return from(d.Transitions, etat) }

func from(all []Transition, etat string) []Transition {
	var out []Transition
	for _, t := range all {
		if slices.Contains(t.De, etat) {
			out = append(out, t)
		}
	}
	return out
}

// lintActesCommuns checks the common acts as d takes them, and what d says of visas
// and opinions.
func (l *loader) lintActesCommuns(d *Dispositif, known map[string]bool) {
	fail := func(key, format string, args ...any) { l.pp.Add(d.fichier, int(d.Ligne), key, format, args...) }
	common := map[string]bool{Retour: true}
	for _, e := range d.Communs.Etats {
		common[e.Code] = true
		if known[e.Code] {
			fail("etats", "l’état « %s » a le nom d’un état que tous les dispositifs connaissent : changez-le.", e.Code)
		}
	}
	for _, t := range d.Communs.Actes {
		for _, s := range append([]string{t.Vers}, t.De...) {
			if !known[s] && !common[s] {
				fail("avant_decision", "l’acte « %s » nomme l’état « %s », qui n’existe pas.", t.Acte, s)
			}
		}
		if !slices.Contains(roles, t.Role) || t.Issue != "" && !slices.Contains(issues, t.Issue) {
			l.pp.Add("communs.yaml", int(t.Ligne), "actes."+t.Acte, "son rôle ou son issue n’existe pas.")
		}
	}
	needs := slices.ContainsFunc(d.Transitions, func(t Transition) bool { return t.Role == "operateur" })
	if known := l.c.Services[d.Operateur] != nil; needs != (d.Operateur != "") || d.Operateur != "" && !known {
		fail("operateur", "nommez le service, de catalogue.yaml, qui fait les actes du rôle « operateur » ; aucun quand il n’y en a pas.")
	}
	if len(d.Visas) > maxVisas {
		fail("visas", "trois visas au plus.")
	}
	if d.Avis.Tacite != "" && !slices.Contains(sens, d.Avis.Tacite) {
		fail("avis.tacite", "écrivez favorable, reserve ou defavorable.")
	}
	if _, err := jour.ParseDelai(d.Avis.Delai); d.Avis.Delai != "" && err != nil {
		fail("avis.delai", "%s", fault.Of(err).Message)
	}
}

// maxVisas bounds the levels of approval of a proposed decision.
const maxVisas = 3
