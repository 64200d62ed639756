package guichet_test

import (
	"cmp"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"testing"
	"time"

	"guichet/dispositifs"
	"guichet/internal/compte"
	"guichet/internal/dispositif"
	"guichet/internal/dossier"
	"guichet/internal/eligibilite"
	"guichet/internal/guichet"
	"guichet/internal/regle"
	"guichet/internal/siren"
	"guichet/internal/store"
	"guichet/internal/store/storetest"
	"guichet/internal/territoire"
)

const (
	aureille siren.Siren = "211300066"
	maillane siren.Siren = "211300520"
)

// A banc is a counter whose dossiers are put in any state at once, by writing
// rows: the proofs over every scheme and state are made on it.
type banc struct {
	scene
	db      *store.DB
	dict    *regle.Dictionnaire
	schemes []*dispositif.Dispositif // those with states, as the data writes them
	droits  *compte.Politique        // the table, apart from that of the counter
	count   int
}

// newBanc makes the counter on the data of fsys; what the proofs expect always
// comes from the project's own data.
func newBanc(t *testing.T, db *store.DB, dsn string, fsys fs.FS) *banc {
	t.Helper()
	o := options(t, fsys)
	o.Store = db
	b := &banc{scene: scene{guichet.New(o), dsn}, db: db}
	if err := b.PeupleDemonstration(t.Context(), demoIssuer); err != nil {
		t.Fatal(err)
	}
	c := options(t, dispositifs.FS).Catalogue.Pour("13")
	b.dict = c.Dictionnaire
	for _, s := range c.All() {
		if len(s.Etats) > 0 {
			b.schemes = append(b.schemes, s)
		}
	}
	var err error
	if b.droits, err = compte.LoadPolitique(); err != nil {
		t.Fatal(err)
	}
	return b
}

// eachBanc runs f on both databases.
func eachBanc(t *testing.T, f func(t *testing.T, b *banc)) {
	t.Helper()
	storetest.EachOpen(t, func(t *testing.T, db *store.DB, dsn string) { f(t, newBanc(t, db, dsn, dispositifs.FS)) })
}

// agent is somebody with one role, who holds it where a dossier of Aureille
// instructed by the service is.
func (b *banc) agent(role compte.Role, service string) compte.Acteur {
	h := compte.Habilitation{ID: "h-" + string(role), Personne: compte.PersonneID("p-" + string(role)), Role: role, Etat: compte.Active}
	if b.droits.Roles[role].Portee == "organisation" {
		h.Organisation = aureille
	} else {
		h.Departement, h.Service = "13", service
	}
	p := compte.Personne{ID: h.Personne, Emetteur: "essai", Sub: string(role), Prenoms: "Agent", Nom: string(role), Courriel: string(role) + "@exemple.invalid"}
	return compte.Acteur{Personne: p, Habilitations: []compte.Habilitation{h}, Niveau: compte.Fort, Le: b.Aujourdhui()}
}

// route is the acts from the initial state to the state, the shortest way;
// false when none leads there.
func route(s *dispositif.Dispositif, etat string) (way []dispositif.Transition, ok bool) {
	ways := map[string][]dispositif.Transition{s.Initial(): {}}
	for queue := []string{s.Initial()}; len(queue) > 0; queue = queue[1:] {
		for _, t := range s.Transitions {
			if _, seen := ways[t.Vers]; seen || !slices.Contains(t.De, queue[0]) {
				continue
			}
			ways[t.Vers] = append(slices.Clone(ways[queue[0]]), t)
			queue = append(queue, t.Vers)
		}
	}
	way, ok = ways[etat]
	return way, ok
}

// valeur is a text that the fact reads.
func valeur(f *regle.Fait) string {
	for _, c := range append(slices.Clone(f.Choix), f.Propose...) {
		return c.Vaut
	}
	switch f.Type {
	case regle.TypeBooleen:
		return "oui"
	case regle.TypeDate:
		return "2021-09-01"
	case regle.TypeTexte, regle.TypeListeTexte:
		return "Texte"
	}
	return cmp.Or(f.Min, "2")
}

// reponses answer every question of the form.
func (b *banc) reponses(s *dispositif.Dispositif) dossier.Reponses {
	out := make(dossier.Reponses)
	for i := range s.Formulaire {
		c := &s.Formulaire[i]
		text := ecrit(c.Type, c.ID)
		f, ok := b.dict.Fait(c.Fait)
		switch {
		case ok && (dossier.Ecrit(c, f) || c.Type == dispositif.TypeCommunes):
			text = valeur(f)
		case len(c.Choix) > 0:
			text = c.Choix[0].Vaut
		case c.Type == dispositif.TypeBloc:
			line := make(dossier.Cellules)
			for _, col := range c.Colonnes {
				line[col.ID] = ecrit(col.Type, col.ID)
			}
			text = dossier.EcritLignes(c, []dossier.Cellules{line})
		}
		out[c.ID] = dossier.Reponse{Texte: text}
	}
	return out
}

// ecrit is a text that the type reads.
func ecrit(t dispositif.TypeChamp, id string) string {
	switch t {
	case dispositif.TypeSiret:
		return "73282932000074"
	case dispositif.TypeEntier, dispositif.TypeEuro, dispositif.TypeDecimal:
		return "2"
	case dispositif.TypeDate:
		return "2021-09-01"
	}
	return "Texte de " + id
}

// plante writes a complete dossier of Aureille in the state, as its acts would
// have left it.
func (b *banc) plante(t *testing.T, s *dispositif.Dispositif, etat string) *dossier.Dossier {
	t.Helper()
	b.count++
	id := fmt.Sprintf("%s-%s-%d", s.Code, etat, b.count)
	now := time.Date(2021, 6, 1, 8, 0, 0, 0, time.UTC)
	d := &dossier.Dossier{ID: dossier.ID(id), Dispositif: s.Code, Organisation: aureille, Nom: "Aureille", Departement: "13", Service: s.Service,
		Etat: etat, CreeLe: now, Demandeur: eligibilite.Demandeur{Type: "commune", Insee: territoire.Insee("13006")}, Reponses: b.reponses(s)}
	if len(s.Volets) > 0 {
		d.Volet, d.Service = s.Volets[0].Code, s.Volets[0].Service
	}
	for _, p := range s.Pieces {
		d.Pieces = append(d.Pieces, dossier.Piece{ID: id + p.ID, Piece: p.ID, Nom: p.ID + ".pdf", Type: "application/pdf", Octets: 1, Pages: 1, Etat: "saine", Le: now})
	}
	for _, e := range s.Exigences {
		for _, i := range e.Items {
			if e.Nature == "engagement" {
				d.Engagements = append(d.Engagements, i.ID)
			}
		}
	}
	way, _ := route(s, etat)
	for i, step := range way {
		if step.Issue == "refus" {
			d.Quitte = s.Initial()
			if i > 0 {
				d.Quitte = way[i-1].Vers
			}
		}
		if step.Phase != "" {
			d.DeposeLe, d.Numero = now, "T-"+id
			d.Gel = &dossier.Gel{Le: b.Aujourdhui(), Verdict: "oui"}
		}
		if step.Issue != "" {
			d.Decision = &dossier.Decision{Issue: step.Issue, Motif: "Planté", Par: "p-autre", Le: now}
		}
	}
	for _, at := range append([]string{etat}, etats(way)...) {
		if len(s.Possibles(at, "operateur")) > 0 && len(s.Possibles(at, "preparateur")) == 0 && len(s.Possibles(at, "instructeur")) == 0 {
			d.Operateur = s.Operateur // its turn came
		}
	}
	ev := d.Noter("creer", "Dossier commencé", dossier.Auteur{Personne: compte.Personne{ID: "p-auteur"}, Role: "elu", Le: now, Cle: "creer-" + id})
	if err := b.db.Write(t.Context(), func(tx *store.Tx) error { _, err := tx.InsereDossier(d, ev); return err }); err != nil {
		t.Fatal(err)
	}
	return d
}

// etats are the states on the way.
func etats(way []dispositif.Transition) (out []string) {
	for _, t := range way {
		out = append(out, t.Vers)
	}
	return out
}

// actes are the acts of the scheme, those of every scheme, and two that no
// scheme has.
func actes(s *dispositif.Dispositif) []string {
	all := map[string]bool{"": true, "creer": true}
	for _, t := range slices.Concat(s.Transitions, s.Communs.Actes) {
		all[t.Acte] = true
	}
	return slices.Sorted(maps.Keys(all))
}
