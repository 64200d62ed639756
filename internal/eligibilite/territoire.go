package eligibilite

import (
	"cmp"
	"slices"
	"strings"

	"guichet/internal/dispositif"
	"guichet/internal/francais"
	"guichet/internal/regle"
	"guichet/internal/territoire"
)

// Toutes answers for every scheme of the catalogue, in the order of the table,
// annexed aids inside their main scheme. The error is a fault.Invalid.
func Toutes(c *dispositif.Catalogue, carte *territoire.Carte, s Situation) ([]Reponse, error) {
	c = c.Pour(s.Demandeur.Departement(carte))
	f, err := Faits(c.Dictionnaire, carte, s)
	if err != nil {
		return nil, err
	}
	var out []Reponse
	for _, d := range c.Principaux() {
		r, err := Evalue(d, f, s.Le)
		if err != nil {
			return nil, err
		}
		for _, a := range c.Annexes(d.Code) {
			small, err := Evalue(a, f, s.Le)
			if err != nil {
				return nil, err
			}
			r.Aides = append(r.Aides, small)
		}
		out = append(out, r)
	}
	return out, nil
}

// Bascules says in French what would change the answer. It costs more than the
// answer itself: for a page, not for a grid.
func (r Reponse) Bascules() []string {
	var out []string
	for _, b := range r.Dispositif.Programme.Le(r.Le).Bascules(r.faits) {
		out = append(out, r.bascule(b))
	}
	return out
}

// bascule says in a sentence what changes at a threshold.
func (r Reponse) bascule(b regle.Bascule) string {
	after := r.suite(b)
	at := "À " + b.Fait.Affiche(b.Seuil)
	if !b.Hausse {
		at = "À " + b.Fait.Affiche(b.Seuil) + " ou moins"
	}
	if b.Fait.Unite == "" {
		at = b.Fait.Libelle + " " + b.Fait.Affiche(b.Seuil)
	}
	switch {
	case after.Verdict == regle.ACompleter:
		names := make([]string, len(after.Manque))
		for i, f := range after.Manque {
			names[i] = minuscule(f.Libelle)
		}
		return at + ", " + francais.Liste(names...) + " décide."
	case after.Verdict != r.Verdict:
		return at + ", la réponse devient : " + strings.ReplaceAll(after.Verdict.String(), "_", " ") + "."
	}
	if pct, ok := after.Taux(); ok {
		return at + ", le taux passe à " + francais.Entier(pct) + francais.Insecable + "%."
	}
	return at + ", le résultat change."
}

// suite is the answer after a tipping point.
func (r Reponse) suite(b regle.Bascule) Reponse {
	after := Reponse{Dispositif: r.Dispositif, Le: r.Le, Verdict: regle.Oui, Issues: b.Apres.Issues, Ouverture: r.Ouverture, bilan: b.Apres}
	after.ouverture()
	for _, c := range b.Apres.Constats {
		if !dansLeReste(c) {
			after.Verdict = regle.Et(after.Verdict, c.Verdict)
			after.raisons(r.Dispositif, c)
		}
	}
	after.issues(r.Dispositif)
	return after
}

// A Ligne is one territory of a grid, with its answers in the order of the
// table.
type Ligne struct {
	Demandeur Demandeur
	Code, Nom string
	Reponses  []Reponse
}

// Grille answers for every commune, then every EPCI, of a département: an EPCI
// belongs to the grid of each département where it has a member.
func Grille(c *dispositif.Catalogue, carte *territoire.Carte, departement string, s Situation) ([]Ligne, error) {
	var out []Ligne
	for _, k := range carte.Communes(departement) {
		out = append(out, Ligne{Demandeur: Demandeur{Type: "commune", Insee: k.Insee}, Code: string(k.Insee), Nom: k.Nom})
	}
	for _, e := range carte.Epcis(departement) {
		out = append(out, Ligne{Demandeur: Demandeur{Type: "epci", Siren: e.Siren}, Code: string(e.Siren), Nom: e.Nom})
	}
	for i := range out {
		s.Demandeur = out[i].Demandeur
		rr, err := Toutes(c, carte, s)
		if err != nil {
			return nil, err
		}
		out[i].Reponses = rr
	}
	return out, nil
}

// Trie orders answers by what can be had, then as in the table.
func Trie(rr []Reponse) {
	slices.SortStableFunc(rr, func(a, b Reponse) int {
		return cmp.Or(cmp.Compare(a.Rang(), b.Rang()), cmp.Compare(a.Dispositif.Ordre, b.Dispositif.Ordre))
	})
}
