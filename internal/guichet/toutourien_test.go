package guichet_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"guichet/dispositifs"
	"guichet/internal/compte"
	"guichet/internal/dispositif"
	"guichet/internal/dossier"
	"guichet/internal/fichier"
	"guichet/internal/guichet"
	"guichet/internal/store"
	"guichet/internal/store/storetest"
)

// errPanne is the database that breaks.
var errPanne = errors.New("panne")

// A panne is a way in which a step of a command breaks.
type panne struct {
	nom  string
	fait func(cancel func()) error
}

var pannes = []panne{
	{"error", func(func()) error { return errPanne }},
	{"gone", func(cancel func()) error { cancel(); return nil }},
	{"panic", func(func()) error { panic(errPanne) }},
}

// A commande is something that a person asks and that writes.
type commande struct {
	nom  string
	fait func(ctx context.Context) error
}

// casse runs the command with its step number k broken that way, and reports
// whether it has such a step.
func casse(c commande, k int, p panne) (broken bool, err error) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	n := 0
	ctx = store.AvecPannes(ctx, func(string) error {
		if n++; n != k {
			return nil
		}
		broken = true
		return p.fait(cancel)
	})
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic: %v", v)
		}
	}()
	return broken, c.fait(ctx)
}

// morcele breaks the command at each of its steps in each way; after each, the
// base must be as before. Then it makes the command whole. It returns how many
// points it broke, and what was left behind.
func morcele(t *testing.T, c commande, lines func() string, ways []panne) (points int, partial []string) {
	t.Helper()
	before := lines()
	for k := 1; ; k++ {
		for _, p := range ways {
			broken, err := casse(c, k, p)
			if !broken { // it has fewer steps: this one was whole
				if err != nil {
					partial = append(partial, fmt.Sprintf("%s cannot be made again: %v", c.nom, err))
				}
				if lines() == before {
					partial = append(partial, c.nom+" writes nothing: the test proves nothing")
				}
				return points, partial
			}
			points++
			after := lines()
			switch {
			case err == nil && after == before:
				partial = append(partial, fmt.Sprintf("%s: broken at %d (%s), it says that it is done", c.nom, k, p.nom))
			case after != before:
				partial = append(partial, fmt.Sprintf("%s: broken at %d (%s), it leaves a part (error %v)", c.nom, k, p.nom, err))
				return points, partial
			}
		}
	}
}

// commandes are what writes: each kind of act that the data knows, and the
// rest. None is prepared twice.
func (b *banc) commandes(t *testing.T) (all []commande) {
	t.Helper()
	maire, sciat, key := b.agent("elu", ""), b.agent("sciat", "prefecture"), 0
	add := func(nom string, fait func(ctx context.Context) error) { all = append(all, commande{nom, fait}) }
	seen := make(map[string]bool)
	for _, s := range b.schemes {
		for _, x := range s.Transitions {
			kind := strings.Join([]string{x.Role, x.Phase, x.Issue}, "/")
			if seen[kind] {
				continue
			}
			seen[kind] = true
			d := b.plante(t, s, x.De[0])
			who, ok := b.who(x, d)
			if !ok {
				t.Errorf("nobody may make the acts of %s", x.Role)
				continue
			}
			key++
			act := guichet.Acte{Dossier: d.ID, Acte: x.Acte, Cle: fmt.Sprint("acte", key), Motif: "Raison"}
			add("act "+kind, func(ctx context.Context) error { return b.Agir(ctx, who, act) })
		}
	}
	s := b.schemes[0]
	add("create", func(ctx context.Context) error {
		_, err := b.CreeDossier(ctx, maire, guichet.NouveauDossier{Dispositif: s.Code, Volet: volet(s), Territoire: "13006", Cle: "neuf"})
		return err
	})
	draft, filed := b.plante(t, s, s.Initial()), b.plante(t, s, s.Transitions[0].Vers)
	add("save", func(ctx context.Context) error {
		_, err := b.Enregistre(ctx, maire, guichet.Saisie{Dossier: draft.ID, Version: draft.Version, Champs: map[string]string{s.Formulaire[0].ID: "Autre"}})
		return err
	})
	add("take", func(ctx context.Context) error {
		return b.Prend(ctx, b.agent("sciat", filed.Service), guichet.Geste{Dossier: filed.ID, Cle: "prise"})
	})
	with := b.schemeWith(t, "dossier")
	joining := b.plante(t, with, with.Initial())
	add("attach", func(ctx context.Context) error {
		return b.Joint(ctx, maire, guichet.Envoi{Dossier: joining.ID, Piece: "dossier", Nom: "x.pdf", Contenu: bytes.NewReader(pdf(2))})
	})
	removing := b.plante(t, with, with.Initial())
	if err := b.Joint(t.Context(), maire, guichet.Envoi{Dossier: removing.ID, Piece: "dossier", Nom: "y.pdf", Contenu: bytes.NewReader(pdf(1))}); err != nil {
		t.Fatal(err)
	}
	joined := b.vue(t, maire, removing.ID).Dossier.Pieces
	add("remove", func(ctx context.Context) error {
		return b.RetirePiece(ctx, maire, removing.ID, joined[len(joined)-1].ID)
	})
	identity := guichet.Identite{Emetteur: "e", Sub: "nouveau", Siret: "21130006600016", Niveau: compte.Fort}
	add("sign in", func(ctx context.Context) error { _, err := b.Connecte(ctx, identity); return err })
	clerk, asked := b.acteur(t, "secretaire-aureille"), b.mandat(t)
	add("ask a mandate", func(ctx context.Context) error { return b.DemandeMandat(ctx, clerk, aureille, "elu") })
	add("decide a mandate", func(ctx context.Context) error { return b.TrancheMandat(ctx, sciat, asked, compte.Active) })
	secret := b.acteur(t, "payeur")
	add("sign out", func(ctx context.Context) error { _, _, err := b.FinitSession(ctx, secret, secret.Session); return err })
	return all
}

func volet(s *dispositif.Dispositif) string {
	if len(s.Volets) == 0 {
		return ""
	}
	return s.Volets[0].Code
}

// who is somebody who may make the act of a dossier of the service.
func (b *banc) who(x dispositif.Transition, d *dossier.Dossier) (compte.Acteur, bool) {
	if x.Role == "operateur" {
		return b.agent("service", d.Operateur), d.Operateur != ""
	}
	for role := range b.droits.Droits[compte.Droit("acte."+x.Role)] {
		if b.peut(compte.Droit("acte."+x.Role), role, surPlace, d) && b.peut("dossier.lire", role, surPlace, d) {
			return b.agent(role, d.Service), true
		}
	}
	return compte.Acteur{}, false
}

// schemeWith is a scheme that asks for the document.
func (b *banc) schemeWith(t *testing.T, piece string) *dispositif.Dispositif {
	t.Helper()
	for _, s := range b.schemes {
		for _, p := range s.Pieces {
			if p.ID == piece {
				return s
			}
		}
	}
	t.Fatalf("no scheme asks for %s", piece)
	return nil
}

// mandat writes a role that waits for the prefecture.
func (b *banc) mandat(t *testing.T) string {
	t.Helper()
	h := compte.Habilitation{ID: "mandat-essai", Personne: b.acteur(t, "maire-maillane").Personne.ID, Role: "agent_coll", Organisation: aureille, Etat: compte.Demandee}
	if err := b.db.Write(t.Context(), func(tx *store.Tx) error { return tx.PoseHabilitation(h) }); err != nil {
		t.Fatal(err)
	}
	return h.ID
}

// TestAllOrNothing breaks every command at each of its steps, by an error, a
// reader who left, a panic: the base is exactly as before, no document stays,
// and the command can be made again.
func TestAllOrNothing(t *testing.T) {
	storetest.EachOpen(t, func(t *testing.T, db *store.DB, dsn string) {
		b, ways, folder := newBanc(t, db, dsn, dispositifs.FS), pannes, t.TempDir()
		depot, err := fichier.Ouvrir(filepath.Join(folder, "documents"), fichier.Acces{})
		if err != nil {
			t.Fatal(err)
		}
		o := options(t, dispositifs.FS)
		o.Store, o.Coffre = db, guichet.Coffre{Depot: depot, Sondeur: ici{}, Temporaire: t.TempDir()}
		b.Guichet = guichet.New(o)
		if strings.HasSuffix(t.Name(), "postgres") || os.Getenv("GUICHET_MACHINE") == "" {
			ways = pannes[:1]
		}
		lines, points := storetest.Lignes(t, dsn), 0
		all := b.commandes(t)
		for _, c := range all {
			n, partial := morcele(t, c, func() string { return fmt.Sprint(lines(), kept(t, folder)) }, ways)
			points += n
			for _, wrong := range partial {
				t.Error(wrong)
			}
		}
		t.Logf("%d commands, broken at %d points", len(all), points)
	})
}

// TestAllOrNothingCanFail breaks a command that writes in two transactions:
// the part that the first leaves is seen.
func TestAllOrNothingCanFail(t *testing.T) {
	eachBanc(t, func(t *testing.T, b *banc) {
		two := commande{"two transactions", func(ctx context.Context) error {
			for _, nom := range []string{"un", "deux"} {
				err := b.db.Write(ctx, func(tx *store.Tx) error { _, err := tx.Numero(nom); return err })
				if err != nil {
					return err
				}
			}
			return nil
		}}
		for _, p := range pannes {
			if _, partial := morcele(t, two, storetest.Lignes(t, b.dsn), []panne{p}); len(partial) == 0 {
				t.Errorf("%s: not seen", p.nom)
			}
		}
		deaf := commande{"an error that nobody looks at", func(ctx context.Context) error {
			b.db.Write(ctx, func(tx *store.Tx) error { _, err := tx.Numero("trois"); return err })
			return nil
		}}
		if _, partial := morcele(t, deaf, storetest.Lignes(t, b.dsn), pannes[:1]); len(partial) == 0 {
			t.Error("an ignored error is not seen")
		}
	})
}
