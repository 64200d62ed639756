package guichet

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"guichet/internal/dispositif"
	"guichet/internal/eligibilite"
	"guichet/internal/fault"
	"guichet/internal/francais"
	"guichet/internal/jour"
	"guichet/internal/regle"
)

// A Filtre restricts the catalogue; an empty field restricts nothing.
type Filtre struct {
	Q          string // words of the texts
	Pour       string // type of applicant
	Aide       string // kind of aid
	Ouvert     string // "oui": open on the day
	Territoire string // INSEE code or SIREN: only what it can have
	Le         jour.Jour
}

// A Fiche is a scheme in a list.
type Fiche struct {
	*dispositif.Dispositif
	Ouverture dispositif.Ouverture
	Service   *dispositif.Service
	Verdict   regle.Verdict // for the territory of the filter; zero without one
}

// A Facette is a value of a filter, with the number of schemes it leaves.
type Facette struct {
	Code, Libelle string
	Nombre        int
}

// A VueCatalogue is the list of schemes.
type VueCatalogue struct {
	Contexte
	Le          jour.Jour
	Filtre      Filtre
	Dispositifs []Fiche
	Pour, Aides []Facette
	Nom         string // of the territory
}

// Dispositifs lists the schemes that f leaves. The error is a fault.NotFound
// or fault.Invalid about the territory.
func (g *Guichet) Dispositifs(f Filtre) (*VueCatalogue, error) {
	v := &VueCatalogue{Contexte: g.Contexte(f.Le), Filtre: f}
	v.Le = v.Contexte.Jour
	rights := make(map[string]regle.Verdict)
	local := g.catalogue.Pour(v.Contexte.Departement)
	if f.Territoire != "" {
		t, err := g.Territoire(Consultation{Code: f.Territoire, Le: v.Le})
		if err != nil {
			return nil, err
		}
		v.Nom, local = t.Nom, g.catalogue.Pour(t.departement())
		for _, r := range t.Reponses {
			rights[r.Dispositif.Code] = r.Verdict
		}
	}
	types, aides := make(map[string]int), make(map[string]int)
	for _, d := range local.Principaux() {
		card := Fiche{d, d.Ouverture(v.Le), local.Service(d, ""), rights[d.Code]}
		if !trouve(d, f.Q) || f.Ouvert == "oui" && card.Ouverture.Etat != "ouvert" || f.Territoire != "" && card.Verdict == regle.Non {
			continue
		}
		pour, aide := f.Pour == "" || slices.Contains(d.Beneficiaires.Types, f.Pour), f.Aide == "" || slices.Contains(d.Aides, f.Aide)
		if aide {
			count(types, d.Beneficiaires.Types)
		}
		if pour {
			count(aides, d.Aides)
		}
		if pour && aide {
			v.Dispositifs = append(v.Dispositifs, card)
		}
	}
	who, _ := g.catalogue.Dictionnaire.Fait("demandeur")
	v.Pour, v.Aides = facettes(types, who.Choix), facettes(aides, nil)
	return v, nil
}

func count(into map[string]int, keys []string) {
	for _, k := range keys {
		into[k]++
	}
}

func facettes(counts map[string]int, labels []regle.Choix) []Facette {
	var out []Facette
	for _, code := range slices.Sorted(maps.Keys(counts)) {
		f := Facette{code, code, counts[code]}
		for _, c := range labels {
			if c.Vaut == code {
				f.Libelle = c.Libelle
			}
		}
		out = append(out, f)
	}
	slices.SortStableFunc(out, func(a, b Facette) int { return cmp.Compare(b.Nombre, a.Nombre) })
	return out
}

// trouve reports whether every word of q begins a word of the scheme's texts.
func trouve(d *dispositif.Dispositif, q string) bool {
	texts := []string{d.Nom, d.Sigle, d.Promesse, d.Description, d.Beneficiaires.Texte}
	for _, c := range d.Conditions {
		texts = append(texts, c.Texte)
	}
	for _, e := range d.Etapes {
		texts = append(texts, e.Action)
	}
	words := strings.Fields(francais.Plie(strings.Join(texts, " ")))
	for _, w := range strings.Fields(francais.Plie(q)) {
		stem := strings.TrimRight(w, "sx")
		if !slices.ContainsFunc(words, func(x string) bool { return strings.HasPrefix(x, stem) }) {
			return false
		}
	}
	return true
}

// A VueDispositif is the sheet of a scheme.
type VueDispositif struct {
	Contexte
	*dispositif.Dispositif
	Le         jour.Jour
	Ouverture  dispositif.Ouverture
	Annexes    []*dispositif.Dispositif
	Principal  *dispositif.Dispositif // of an annexed aid
	Service    *dispositif.Service
	Contacts   []*dispositif.Contact
	Liens      []*dispositif.Lien
	Catalogue  *dispositif.Catalogue
	Prefecture *dispositif.Prefecture
	Version    *regle.Version // the rules in force on the day
}

// Dispositif returns the sheet of the scheme code, as the prefecture of the
// département changes it. The error is a fault.NotFound.
func (g *Guichet) Dispositif(code, departement string, le jour.Jour) (*VueDispositif, error) {
	c := g.Contexte(le)
	local := g.catalogue.Pour(cmp.Or(departement, c.Departement))
	d, err := local.Dispositif(code)
	if err != nil {
		return nil, err
	}
	return g.fiche(local, d, c), nil
}

func (g *Guichet) fiche(local *dispositif.Catalogue, d *dispositif.Dispositif, c Contexte) *VueDispositif {
	v := &VueDispositif{Contexte: c, Dispositif: d, Le: c.Jour, Ouverture: d.Ouverture(c.Jour), Annexes: local.Annexes(d.Code),
		Service: local.Service(d, ""), Contacts: local.ContactsDe(d), Catalogue: local, Version: d.Programme.Le(c.Jour)}
	v.Principal, _ = local.Dispositif(d.RattacheA)
	v.Prefecture, _ = local.Prefecture(c.Departement)
	for _, id := range d.Liens {
		v.Liens = append(v.Liens, local.Liens[id])
	}
	return v
}

// A VueAccueil is the first page: the schemes, and territories to try.
type VueAccueil struct {
	*VueTableau
	Exemples []Trouvaille
}

// Accueil returns the first page of the day.
func (g *Guichet) Accueil(le jour.Jour) *VueAccueil {
	v := &VueAccueil{VueTableau: g.Tableau("", le)}
	if v.Prefecture != nil {
		for _, code := range v.Prefecture.Exemples {
			v.Exemples = append(v.Exemples, g.Rechercher(code, v.Le, 1)...)
		}
	}
	return v
}

// A VueTableau is the synthesis table.
type VueTableau struct {
	Contexte
	Le         jour.Jour
	Lignes     []*VueDispositif
	Prefecture *dispositif.Prefecture
}

// Tableau returns the synthesis table of a département's prefecture.
func (g *Guichet) Tableau(departement string, le jour.Jour) *VueTableau {
	c := g.Contexte(le)
	departement = cmp.Or(departement, c.Departement)
	local := g.catalogue.Pour(departement)
	v := &VueTableau{Contexte: c, Le: c.Jour}
	v.Prefecture, _ = local.Prefecture(departement)
	for _, d := range local.Principaux() {
		v.Lignes = append(v.Lignes, g.fiche(local, d, c))
	}
	return v
}

// A LigneGrille is one territory of a grid.
type LigneGrille struct {
	Type, Code, Nom string
	Population      int32
	Reponses        []eligibilite.Reponse
}

// A Total counts the verdicts of one scheme.
type Total struct {
	Communes, Epci map[regle.Verdict]int
}

// A VueGrille is a département: its territories and the schemes.
type VueGrille struct {
	Contexte
	Le          jour.Jour
	Code, Nom   string
	Dispositifs []*dispositif.Dispositif
	Lignes      []LigneGrille
	Totaux      []Total // one per scheme
}

// Grille returns the grid of a département. The error is a fault.NotFound.
func (g *Guichet) Grille(departement string, le jour.Jour) (*VueGrille, error) {
	c := g.Contexte(le)
	carte := g.carte(c.Jour)
	d, ok := carte.Departement(strings.ToUpper(departement))
	if !ok {
		return nil, fault.New(fault.NotFound, "Aucun département n’a le code « %s ».", abrege(departement))
	}
	rows, err := eligibilite.Grille(g.catalogue, carte, d.Code, eligibilite.Situation{Le: c.Jour})
	if err != nil {
		return nil, err
	}
	v := &VueGrille{Contexte: c, Le: c.Jour, Code: d.Code, Nom: d.Nom, Dispositifs: g.catalogue.Pour(d.Code).Principaux()}
	v.Totaux = make([]Total, len(v.Dispositifs))
	for i := range v.Totaux {
		v.Totaux[i] = Total{map[regle.Verdict]int{}, map[regle.Verdict]int{}}
	}
	for _, row := range rows {
		line := LigneGrille{Type: row.Demandeur.Type, Code: row.Code, Nom: row.Nom, Reponses: row.Reponses}
		if k, ok := carte.Commune(row.Demandeur.Insee); ok {
			line.Population = k.Population.Municipale
		} else if e, ok := carte.Epci(row.Demandeur.Siren); ok {
			line.Population = e.Population.Municipale
		}
		for i, r := range row.Reponses {
			g.signale(r)
			if row.Demandeur.Type == "epci" {
				v.Totaux[i].Epci[r.Verdict]++
			} else {
				v.Totaux[i].Communes[r.Verdict]++
			}
		}
		v.Lignes = append(v.Lignes, line)
	}
	return v, nil
}
