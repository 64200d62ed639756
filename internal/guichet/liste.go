package guichet

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"guichet/internal/compte"
	"guichet/internal/dossier"
	"guichet/internal/euro"
	"guichet/internal/fault"
	"guichet/internal/jour"
	"guichet/internal/mots"
	"guichet/internal/siren"
	"guichet/internal/store"
)

// Criteres are what a person asks of a list of dossiers, as typed. An empty
// field restricts nothing.
type Criteres struct {
	Pile        string
	Q           string // words, a number or a SIREN
	Dispositif  string
	Etat        string
	Tour        string
	Service     string
	Instructeur string // an ID, « moi » or « personne »
	Porteur     string // words of its name, or its SIREN
	Numero      string // or how it begins
	Du, Au      string // days of filing
	Min, Max    string // granted, in euros
	Retard      string // « oui »
	Champ       string // key of an answer
	Contient    string // words of that answer
	Egal        string // that answer, whole
	Apres       string // from Suite
}

// A VueListe is a page of dossiers.
type VueListe struct {
	Contexte
	Acteur   compte.Acteur
	Criteres Criteres
	Erreurs  map[string]string // by criterion
	Titre    string
	Direct   dossier.ID // the dossier whose very number was asked, "" for none
	Dossiers []Trouve
	Suite    string // Apres of the following page, "" at the end
	Choix    Choix
	Vues     []Vue
	SansMots bool // what was searched holds no word that counts
}

// A Trouve is a dossier of a list, with what the words searched are found in.
type Trouve struct {
	Resume
	Extraits []Extrait
}

// An Extrait is where words were found.
type Extrait struct {
	Libelle   string
	Fragments []mots.Fragment
}

// Choix are what the filters offer.
type Choix struct {
	Dispositifs, Etats, Tours, Services, Champs []Option
	Instructeurs                                []Option
}

// An Option is a value and its name.
type Option struct{ Valeur, Nom string }

// pageListe is how many dossiers a page of a list shows.
const pageListe = 25

// maxExtraits bounds the extracts of a dossier found.
const maxExtraits = 2

// Liste returns a page of the dossiers that the services of the person may
// read. A criterion that cannot be read is said in Erreurs and restricts
// nothing.
func (g *Guichet) Liste(ctx context.Context, a compte.Acteur, c Criteres) (*VueListe, error) {
	v := &VueListe{Contexte: g.Contexte(0), Acteur: a, Criteres: c, Titre: "Tous les dossiers"}
	if p, ok := pilesTexte[store.Pile(c.Pile)]; ok {
		v.Titre = p.Titre
	}
	f := g.filtre(a, g.porteesService(a))
	err := g.view(ctx, func(tx *store.Tx) (err error) {
		if err := g.cherche(tx, v, f); err != nil {
			return err
		}
		if v.Vues, err = tx.Vues(a.Personne.ID); err != nil {
			return err
		}
		v.Choix, err = g.choix(tx, f)
		return err
	})
	return v, err
}

// ListePorteur is Liste among the dossiers of the organisations of the person,
// drafts included.
func (g *Guichet) ListePorteur(ctx context.Context, a compte.Acteur, c Criteres) (*VueListe, error) {
	v := &VueListe{Contexte: g.Contexte(0), Acteur: a, Criteres: c}
	f := g.filtre(a, g.porteesPorteur(a))
	return v, g.view(ctx, func(tx *store.Tx) error { return g.cherche(tx, v, f) })
}

// numeroEntier is the number of a dossier, whole.
var numeroEntier = regexp.MustCompile(`^\d{4}-\w{2,3}-\d{5,}$`)

// cherche fills the page with what the criteria admit in the scopes of f.
func (g *Guichet) cherche(tx *store.Tx, v *VueListe, f store.Filtre) error {
	q := strings.TrimSpace(v.Criteres.Q)
	if numeroEntier.MatchString(q) {
		d, err := tx.ParNumero(f, strings.ToUpper(q))
		if err != nil {
			return err
		}
		if d != nil {
			v.Direct = d.ID
			return nil
		}
	}
	f, v.Erreurs = criteres(f, v.Criteres)
	f.Mots, f.Limite = mots.Requete(borne(q, 200)), pageListe
	if v.SansMots = q != "" && len(f.Mots) == 0; v.SansMots {
		return nil
	}
	list, suite, err := g.lisibles(tx, v.Acteur, f)
	if err != nil {
		return err
	}
	if suite != 0 {
		v.Suite = strconv.FormatInt(suite, 10)
	}
	for _, r := range list {
		v.Dossiers = append(v.Dossiers, Trouve{Resume: r})
	}
	return g.extrait(tx, v, f.Mots)
}

// extrait shows, for each dossier found, where the words are. The messages are
// only looked at for those who may read them.
func (g *Guichet) extrait(tx *store.Tx, v *VueListe, roots []string) error {
	if len(roots) == 0 || len(v.Dossiers) == 0 {
		return nil
	}
	var ids []dossier.ID
	for _, d := range v.Dossiers {
		if _, err := g.politique.Peut(v.Acteur, "message.lire", d.Objet()); err == nil {
			ids = append(ids, d.ID)
		}
	}
	said, err := tx.Motifs(ids)
	if err != nil {
		return err
	}
	for i := range v.Dossiers {
		d := &v.Dossiers[i]
		all := g.passages(d.Dossier)
		for _, text := range said[d.ID] {
			all = append(all, passage{"Message", text})
		}
		d.Extraits = extraits(all, roots)
	}
	return nil
}

// extraits are the passages that have the most of the roots, at most
// maxExtraits.
func extraits(all []passage, roots []string) []Extrait {
	type scored struct {
		Extrait
		n int
	}
	var found []scored
	for _, p := range all {
		if fragments, n := mots.Extrait(p.texte, roots); n > 0 {
			found = append(found, scored{Extrait{p.libelle, fragments}, n})
		}
	}
	slices.SortStableFunc(found, func(x, y scored) int { return y.n - x.n })
	var out []Extrait
	for _, x := range found[:min(len(found), maxExtraits)] {
		out = append(out, x.Extrait)
	}
	return out
}

// criteres reads what was typed; what cannot be read is told by criterion.
func criteres(f store.Filtre, c Criteres) (store.Filtre, map[string]string) {
	wrong := make(map[string]string)
	note := func(cle string, err error) {
		if x := fault.Of(err); x != nil {
			wrong[cle] = x.Message
		}
	}
	day := func(cle, text string) (j jour.Jour) {
		if text != "" {
			var err error
			j, err = jour.Parse(text)
			note(cle, err)
		}
		return j
	}
	amount := func(cle, text string) (m euro.Montant) {
		if text != "" {
			var err error
			m, err = euro.Parse(text)
			note(cle, err)
		}
		return m
	}
	if slices.Contains(store.Piles, store.Pile(c.Pile)) {
		f.Pile = store.Pile(c.Pile)
	}
	f.Dispositif, f.Etat, f.Tour, f.Service, f.Numero = c.Dispositif, c.Etat, c.Tour, c.Service, strings.ToUpper(strings.TrimSpace(c.Numero))
	switch c.Instructeur {
	case "moi":
		f.Instructeur = f.Personne
	case "personne":
		f.Libres = true
	default:
		f.Instructeur = compte.PersonneID(c.Instructeur)
	}
	f.DeposeDu, f.DeposeAu, f.Min, f.Max = day("du", c.Du), day("au", c.Au), amount("min", c.Min), amount("max", c.Max)
	f.Retard = c.Retard == "oui"
	if n, err := siren.Parse(c.Porteur); err == nil {
		f.Organisation = n
	} else if c.Porteur != "" {
		f.Champs = append(f.Champs, mots.ChampContient(champPorteur, borne(c.Porteur, 200))...)
	}
	if c.Champ != "" && c.Contient != "" {
		f.Champs = append(f.Champs, mots.ChampContient(c.Champ, borne(c.Contient, 200))...)
	}
	if c.Champ != "" && c.Egal != "" {
		f.Champs = append(f.Champs, mots.ChampEgal(c.Champ, borne(c.Egal, maxTexte))...)
	}
	for cle, text := range map[string]string{"contient": c.Contient, "egal": c.Egal} {
		if text != "" && c.Champ == "" {
			wrong[cle] = "Choisissez aussi la question du formulaire."
		}
	}
	for cle, text := range map[string]string{"contient": c.Contient, "porteur": c.Porteur} {
		if text != "" && len(mots.Racines(text)) == 0 {
			wrong[cle] = "Écrivez un mot qui compte : « le » ou « de » sont partout."
		}
	}
	f.Apres, _ = strconv.ParseInt(c.Apres, 10, 64) // not a number: the first page
	return f, wrong
}

// choix are what the filters offer to the person.
func (g *Guichet) choix(tx *store.Tx, f store.Filtre) (c Choix, err error) {
	for _, t := range tours {
		if t.role != "porteur" {
			c.Tours = append(c.Tours, Option{t.role, t.texte})
		}
	}
	add := func(list *[]Option, value, name string) {
		if value != "" && !slices.ContainsFunc(*list, func(o Option) bool { return o.Valeur == value }) {
			*list = append(*list, Option{value, name})
		}
	}
	for _, s := range g.catalogue.All() {
		if len(s.Etats) == 0 {
			continue
		}
		add(&c.Dispositifs, s.Code, s.Nom)
		for _, e := range s.Etats {
			add(&c.Etats, e.Code, e.Libelle)
		}
		for _, x := range s.Formulaire {
			add(&c.Champs, x.ID, x.Libelle)
		}
		for _, x := range s.Volets {
			add(&c.Services, x.Service, g.nomService(x.Service))
		}
		add(&c.Services, s.Service, g.nomService(s.Service))
	}
	var takers []compte.Role
	for r := range g.politique.Droits["dossier.prendre"] {
		takers = append(takers, r)
	}
	slices.Sort(takers)
	people, err := tx.Instructeurs(takers, f.Portees)
	for _, p := range people {
		add(&c.Instructeurs, string(p.ID), p.NomComplet())
	}
	return c, err
}

func (g *Guichet) nomService(code string) string {
	for _, p := range g.catalogue.Prefectures {
		if s := p.Services[code]; s != nil {
			return s.Nom
		}
	}
	if s := g.catalogue.Services[code]; s != nil {
		return s.Nom
	}
	return fmt.Sprintf("service « %s »", code)
}
