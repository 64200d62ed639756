package guichet_test

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"guichet/dispositifs"
	"guichet/internal/compte"
	"guichet/internal/courriel"
	"guichet/internal/dossier"
	"guichet/internal/fault"
	"guichet/internal/guichet"
	"guichet/internal/store"
	"guichet/internal/store/storetest"
)

// A casier is a server that takes everything.
type casier struct {
	mu   sync.Mutex
	plis []guichet.Pli
}

func (c *casier) Envoie(_ context.Context, p guichet.Pli) guichet.Remise {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.plis = append(c.plis, p)
	return guichet.Remise{Faite: true}
}

// A poste is a scene whose clock is set by hand, and another node of it.
type poste struct {
	scene
	other *guichet.Guichet
	now   time.Time
	casier
}

// eachPoste runs f on both databases, on Thursday 1 July 2021 at ten in Paris.
func eachPoste(t *testing.T, f func(t *testing.T, p *poste)) {
	t.Helper()
	storetest.EachOpen(t, func(t *testing.T, db *store.DB, dsn string) {
		p := &poste{now: time.Date(2021, 7, 1, 8, 0, 0, 0, time.UTC)}
		second, err := store.Open(t.Context(), dsn)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { second.Close() })
		o := options(t, dispositifs.FS)
		o.Now, o.Demonstration, o.Adresse = func() time.Time { return p.now }, true, "https://guichet.example"
		o.Store = db
		p.scene = scene{guichet.New(o), dsn}
		o.Store = second
		p.other = guichet.New(o)
		if err := p.PeupleDemonstration(t.Context(), demoIssuer); err != nil {
			t.Fatal(err)
		}
		f(t, p)
	})
}

// filed makes a filed dossier of Aureille.
func (p *poste) filed(t *testing.T, key string) dossier.ID {
	t.Helper()
	maire := p.acteur(t, "maire-aureille")
	id := p.cree(t, maire, "anct-sur-mesure", key)
	p.remplit(t, maire, id, anct)
	if err := p.agit(maire, id, "deposer", ""); err != nil {
		t.Fatal(err)
	}
	return id
}

// send makes the digests and sends what is due, and returns what left.
func (p *poste) send(t *testing.T) []guichet.Pli {
	t.Helper()
	p.plis = nil
	if _, err := p.Recapitule(t.Context()); err != nil {
		t.Fatal(err)
	}
	for {
		n, err := p.EnvoieCourriels(t.Context(), &p.casier)
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			return p.plis
		}
	}
}

func (p *poste) mails(t *testing.T, a compte.Acteur) *guichet.VueCourriels {
	t.Helper()
	v, err := p.Courriels(t.Context(), a, "")
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// TestRecapitule: news waits for eight o'clock of the next working day and is
// told once, by one digest, though two nodes make it at the same time.
func TestRecapitule(t *testing.T) {
	eachPoste(t, func(t *testing.T, p *poste) {
		sciat := p.acteur(t, "sciat")
		if n := len(p.send(t)); n != 0 {
			t.Errorf("%d mails before anything happens", n)
		}
		p.now = p.now.Add(-3 * time.Hour) // seven
		sciat.Le = p.Aujourdhui()
		ids := []dossier.ID{p.filed(t, "a"), p.filed(t, "b")}
		for _, x := range p.send(t) {
			if x.Genre != courriel.Accuse && x.Personne != "" {
				t.Errorf("%s leaves before eight", x.Genre)
			}
		}
		if v := p.mails(t, sciat); v.Attendent != 2 || !v.Prochain.Equal(time.Date(2021, 7, 1, 6, 0, 0, 0, time.UTC)) {
			t.Errorf("foreseen: %d for %v, want 2 for eight in Paris", v.Attendent, v.Prochain)
		}
		p.now = time.Date(2021, 7, 1, 6, 0, 0, 0, time.UTC)
		var wg sync.WaitGroup
		made := make([]int, 8)
		for i := range made {
			node := []*guichet.Guichet{p.Guichet, p.other}[i%2]
			wg.Go(func() {
				var err error
				if made[i], err = node.Recapitule(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		total := 0
		for _, n := range made {
			total += n
		}
		plis := p.send(t)
		if total != 2 || len(plis) != 2 || plis[0].Personne == plis[1].Personne {
			t.Fatalf("%d digests made by %v, %d mails left; want one to each of the two agents", total, made, len(plis))
		}
		for _, id := range ids {
			link := "https://guichet.example/dossiers/" + string(id)
			if !strings.Contains(plis[0].Texte, link) || !strings.Contains(plis[0].HTML, `href="`+link+`"`) {
				t.Errorf("no link to %s in %s", id, plis[0].Texte)
			}
		}
		p.now = p.now.Add(time.Hour)
		p.filed(t, "c")
		for _, x := range p.send(t) {
			if x.Genre == courriel.Recapitulatif {
				t.Error("two digests in a day")
			}
		}
		p.now = p.now.AddDate(0, 0, 1)
		if plis := p.send(t); len(plis) != 2 || strings.Contains(plis[0].Texte, string(ids[0])) {
			t.Errorf("the next day: %d mails; want one to each agent, without what was told", len(plis))
		}
	})
}

var keyPattern = regexp.MustCompile(`/courriels/arret\?cle=([A-Z2-7]+)$`)

// TestChoix: each kind of news follows what its reader chose; what is turned
// down is kept on the site; the acknowledgement always leaves.
func TestChoix(t *testing.T) {
	eachPoste(t, func(t *testing.T, p *poste) {
		maire, sciat := p.acteur(t, "maire-aureille"), p.acteur(t, "sciat")
		all := func(c courriel.Choix) map[courriel.Genre]courriel.Choix {
			m := make(map[courriel.Genre]courriel.Choix)
			for _, n := range courriel.Nouvelles() {
				m[n] = c
			}
			return m
		}
		if err := p.ChoisitCourriels(t.Context(), sciat, map[courriel.Genre]courriel.Choix{courriel.Depot: "x"}); !errors.Is(err, fault.Invalid) || fault.Of(err).Fields["depot"] == "" {
			t.Errorf("a choice that does not exist: %v", err)
		}
		for _, who := range []compte.Acteur{maire, sciat} {
			if err := p.ChoisitCourriels(t.Context(), who, all(courriel.Immediat)); err != nil {
				t.Fatal(err)
			}
		}
		id := p.filed(t, "a")
		var secret string
		for _, x := range p.send(t) {
			if x.Personne == sciat.Personne.ID {
				secret = keyPattern.FindStringSubmatch(x.Desabonnement)[1]
				if !strings.Contains(x.Texte, x.Desabonnement) || !strings.Contains(x.HTML, x.Desabonnement) {
					t.Error("the way to switch it off is not in the mail")
				}
			} else if x.Desabonnement != "" && x.Genre != courriel.Recapitulatif {
				t.Errorf("%s to %s can be switched off", x.Genre, x.Adresse)
			}
		}
		if _, err := p.Desabonne(t.Context(), "INVENTE"); !errors.Is(err, fault.NotFound) {
			t.Errorf("an invented secret: %v", err)
		}
		for range 2 {
			if genre, err := p.Desabonne(t.Context(), secret); err != nil || genre != courriel.Depot {
				t.Fatalf("%s, %v", genre, err)
			}
		}
		if err := p.ChoisitCourriels(t.Context(), maire, all(courriel.Aucun)); err != nil {
			t.Fatal(err)
		}
		p.now = p.now.Add(time.Minute)
		p.filed(t, "b")
		if err := p.agit(sciat, id, "declarer_complet", ""); err != nil {
			t.Fatal(err)
		}
		count := map[courriel.Genre]int{}
		for _, x := range p.send(t) {
			if x.Personne == sciat.Personne.ID {
				t.Errorf("%s to who switched it off", x.Genre)
			}
			if x.Personne == maire.Personne.ID {
				count[x.Genre]++
			}
		}
		if count[courriel.Accuse] != 1 || count[courriel.Suite] != 0 {
			t.Errorf("the mayor, who wants no news, got %v; want the acknowledgement alone", count)
		}
		if v := p.mails(t, sciat); len(v.Courriels) != 2 || v.Courriels[0].Etat != courriel.LuSurLeSite {
			t.Errorf("on the site: %+v", v.Courriels)
		}
		for _, r := range p.mails(t, sciat).Reglages {
			if (r.Choix == courriel.Aucun) != (r.Genre == courriel.Depot) {
				t.Errorf("%s is now %s", r.Genre, r.Choix)
			}
		}
	})
}

// TestReaders: a mail is for its reader alone, and the list is read by pages
// without one lost or shown twice.
func TestReaders(t *testing.T) {
	eachPoste(t, func(t *testing.T, p *poste) {
		for i := range 16 {
			p.filed(t, fmt.Sprint("d", i))
		}
		maire := p.acteur(t, "maire-aureille")
		if err := p.agit(p.acteur(t, "sciat"), p.filed(t, "z"), "declarer_incomplet", "Il manque le plan"); err != nil {
			t.Fatal(err)
		}
		for i := range 16 {
			p.filed(t, fmt.Sprint("e", i))
		}
		seen := make(map[string]bool)
		pages := 0
		for before := ""; pages == 0 || before != ""; pages++ {
			v, err := p.Courriels(t.Context(), maire, before)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range v.Courriels {
				if seen[c.ID] {
					t.Errorf("%s is shown twice", c.ID)
				}
				seen[c.ID] = true
			}
			before = v.Suivante
		}
		if len(seen) != 34 || pages != 2 {
			t.Errorf("%d mails on %d pages, want 34 on 2", len(seen), pages)
		}
		_, unknown := p.Courriel(t.Context(), maire, "inconnu")
		for id := range seen {
			if _, err := p.Courriel(t.Context(), maire, id); err != nil {
				t.Errorf("their own mail: %v", err)
			}
			for _, sub := range []string{"secretaire-aureille", "sciat", "maire-maillane"} {
				if _, err := p.Courriel(t.Context(), p.acteur(t, sub), id); !errors.Is(err, fault.NotFound) || fault.Of(err).Message != fault.Of(unknown).Message {
					t.Fatalf("%s reads the mail of the mayor: %v", sub, err)
				}
			}
			break
		}
	})
}

// TestDoubtful writes to every doubtful address of the catalogue, as it was
// written and as it was corrected, as if something had composed it: none leaves.
func TestDoubtful(t *testing.T) {
	eachPoste(t, func(t *testing.T, p *poste) {
		o := options(t, dispositifs.FS)
		var addresses []string
		for _, pref := range o.Catalogue.Prefectures {
			for _, c := range pref.Contacts {
				if c.Type == "courriel" && c.Statut != "sur" {
					addresses = append(addresses, c.Brut, c.Adresse(), strings.ToUpper(c.Brut))
				}
			}
		}
		if len(addresses) == 0 {
			t.Fatal("no doubtful address: the test proves nothing")
		}
		db, err := store.Open(t.Context(), p.dsn)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		for i, a := range append(addresses, "mairie@sure.example") {
			c := dossier.Courriel{ID: fmt.Sprint("c", i), Adresse: a, Genre: courriel.Accuse, Objet: "o", Texte: "t", CreeLe: p.now}
			if err := db.Write(t.Context(), func(tx *store.Tx) error { return tx.PoseCourriel(c) }); err != nil {
				t.Fatal(err)
			}
		}
		if plis := p.send(t); len(plis) != 1 || plis[0].Adresse != "mairie@sure.example" {
			t.Errorf("%d mails left, want the sure one alone", len(plis))
		}
		// Somebody whose own address is a doubtful one reads on the site.
		secret, err := p.Connecte(t.Context(), guichet.Identite{Fournisseur: "essai", Emetteur: demoIssuer, Sub: "secretaire-aureille", Prenoms: "S", Nom: "A", Courriel: addresses[0], Niveau: compte.Fort})
		if err != nil {
			t.Fatal(err)
		}
		a, err := p.Acteur(t.Context(), secret)
		if err != nil {
			t.Fatal(err)
		}
		p.filed(t, "a")
		for _, x := range p.send(t) {
			if x.Personne == a.Personne.ID {
				t.Errorf("%s is sent to %s", x.Genre, x.Adresse)
			}
		}
		if v := p.mails(t, a); len(v.Courriels) != 1 || v.Courriels[0].Etat != courriel.LuSurLeSite {
			t.Errorf("on the site: %+v", v.Courriels)
		}
		t.Logf("%d doubtful addresses, 0 mails", len(addresses))
	})
}
