package importer

import (
	"io"
	"maps"
	"slices"

	"guichet/internal/territoire"
)

// liste reads an official list.
func (l *lecteur) liste(r io.Reader) territoire.Couches {
	t := &table{lecteur: l, titre: "Liste officielle", colonnes: []colonne{colInsee, colSiren, colCode}}
	t.exige = func(t *table) { t.demande("insee", "siren", "code") }
	x := &territoire.Liste{}
	seen := make(map[membre]int)
	departements := make(map[string]bool)
	t.lire(r, func(r rangee) {
		m, ok := t.membre(r)
		if m.insee != "" {
			m.insee = t.actuelle(m.insee, r.ligne)
		}
		if !ok || t.double(seen, m, r.ligne) {
			return
		}
		t.connu(m, r.ligne)
		if m.siren != "" {
			x.Epcis = append(x.Epcis, m.siren)
		} else {
			x.Communes = append(x.Communes, m.insee)
			departements[m.insee.Departement()] = true
		}
		t.lignes++
	})
	slices.Sort(x.Communes)
	slices.Sort(x.Epcis)
	e := &l.entete
	if e.Code == "" && len(l.erreurs) == 0 {
		l.erreur(0, 0, "le code de la liste manque : donnez-le, ou écrivez « # code : vta » en tête du fichier.")
	}
	if len(e.Departements) == 0 {
		e.Departements = slices.Sorted(maps.Keys(departements))
	}
	t.departements(x)
	x.Code, x.Titre, x.Source, x.Du, x.Au, x.Annonce = e.Code, e.Titre, e.Source, e.Du, e.Au, e.Annonce
	return territoire.Couches{Listes: []*territoire.Liste{x}}
}

// departements checks whom the list speaks for: it must know them, and no
// commune may be elsewhere.
func (t *table) departements(x *territoire.Liste) {
	x.Departements = t.entete.Departements
	if t.carte == nil || len(t.erreurs) > 0 {
		return
	}
	if len(x.Departements) == 0 {
		t.erreur(0, 0, "la liste ne dit pas pour quels départements elle parle : donnez-les, ou écrivez « # départements : 13 » en tête du fichier.")
	}
	for _, d := range x.Departements {
		if _, ok := t.carte.Departement(d); !ok {
			t.erreur(0, 0, "« %s » n’est pas un département : écrivez son code, comme 13, 2A ou 974.", short(d))
		}
	}
	for _, i := range x.Communes {
		if !slices.Contains(x.Departements, i.Departement()) {
			t.erreur(0, 0, "la commune %s n’est pas dans les départements de la liste.", i)
		}
	}
}

// actuelle returns the present commune of a former code or an arrondissement,
// and remarks it.
func (t *table) actuelle(i territoire.Insee, ligne int) territoire.Insee {
	c, ok := t.carte.Commune(i)
	if !ok || c.Insee == i {
		return i
	}
	t.remarque(ligne, 0, "%s n’est plus le code d’une commune en %d : lu %s (%s).", i, t.carte.Millesime().Cog, c.Insee, c.Nom)
	return c.Insee
}
