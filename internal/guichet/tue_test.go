package guichet_test

import (
	"bufio"
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"io/fs"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"guichet/dispositifs"
	"guichet/internal/compte"
	"guichet/internal/dispositif"
	"guichet/internal/dossier"
	"guichet/internal/fichier"
	"guichet/internal/guichet"
	"guichet/internal/store"
	"guichet/internal/store/storetest"
	"guichet/internal/territoire"
	"guichet/territoires"
)

// petitAtlas writes in a folder the territories of one département alone: the
// process that is killed two hundred times reads them in a tenth of the time.
// Everything else of it is what serves.
func petitAtlas(t *testing.T, folder string) {
	t.Helper()
	names, err := fs.Glob(territoires.FS, "*.gz")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		f, err := territoires.FS.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		z, err := gzip.NewReader(f)
		if err != nil {
			t.Fatal(err)
		}
		whole, err := io.ReadAll(z)
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		w, err := gzip.NewWriterLevel(&out, gzip.BestSpeed)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(whole)) {
			if kind, _, _ := strings.Cut(line, "\t"); garde(kind, line) {
				io.WriteString(w, line)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, name), out.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// petitCatalogue writes in a folder the catalogue without the schemes that the
// process does not use: their rules take longer to prepare than it lives.
func petitCatalogue(t *testing.T, folder string) {
	t.Helper()
	entries, err := fs.ReadDir(dispositifs.FS, ".")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(folder, dispositifs.FS); err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if _, err := fs.Stat(dispositifs.FS, e.Name()+"/dispositif.yaml"); err == nil && e.Name() != "anct-sur-mesure" && e.Name() != "fabriques" {
			if err := os.RemoveAll(filepath.Join(folder, e.Name())); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// garde keeps the communes of one département and the EPCI made of them alone.
func garde(kind, line string) bool {
	cells := strings.Split(strings.TrimSpace(line), "\t")
	switch kind {
	case "A", "C":
		return strings.HasPrefix(cells[1], "13")
	case "E":
		return !slices.ContainsFunc(strings.Fields(cells[4]), func(code string) bool { return !strings.HasPrefix(code, "13") })
	case "D", "R":
		return strings.HasPrefix(cells[1], "13") || strings.HasPrefix(cells[1], "93")
	}
	return true
}

// service opens what TestEnfant serves.
func service(t *testing.T, dsn string) scene {
	t.Helper()
	db, err := store.Open(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	depot, err := fichier.Ouvrir(os.Getenv("GUICHET_ENFANT_DOCUMENTS"), fichier.Acces{})
	if err != nil {
		t.Fatal(err)
	}
	c, err := dispositif.Load(os.DirFS(os.Getenv("GUICHET_ENFANT_CATALOGUE")))
	if err != nil {
		t.Fatal(err)
	}
	a, err := territoire.Load(os.DirFS(os.Getenv("GUICHET_ENFANT_TERRITOIRES")))
	if err != nil {
		t.Fatal(err)
	}
	o := guichet.Options{Catalogue: c, Atlas: a, Demonstration: true, Store: db,
		Now:    func() time.Time { return time.Date(2026, 11, 2, 23, 30, 0, 0, time.UTC) },
		Coffre: guichet.Coffre{Depot: depot, Sondeur: ici{}, Temporaire: os.Getenv("GUICHET_ENFANT_DOCUMENTS")}}
	return scene{guichet.New(o), dsn}
}

// TestEnfant is not a test: it is the process that TestKill kills. Eight
// clients make, file and instruct dossiers and join documents without end; two
// decide the opposite of each at once. Each act is written once it is
// acknowledged.
func TestEnfant(t *testing.T) {
	dsn := os.Getenv("GUICHET_ENFANT")
	if dsn == "" {
		return // this process is not the child
	}
	s := service(t, dsn)
	if err := s.PeupleDemonstration(t.Context(), demoIssuer); err != nil {
		t.Fatal(err)
	}
	maire, sciat, agence := s.acteur(t, "maire-aureille"), s.acteur(t, "sciat"), s.acteur(t, "anct")
	fmt.Println("PRET")
	for range 8 {
		go func() {
			for {
				if key := rand.Text(); os.Getenv("GUICHET_ENFANT_FAUX") != "" {
					fmt.Println("DEPOSE", key) // before: the fault of the negative control
					s.depose(t, maire, key, func(string, dossier.ID) {})
				} else {
					say := func(what string, id dossier.ID) { fmt.Println(what, id) }
					s.instruit(t, []compte.Acteur{sciat, agence}, s.depose(t, maire, key, say), say)
				}
			}
		}()
	}
	select {}
}

// depose makes, fills and files a dossier with a document, and says so after
// each answer.
func (s scene) depose(t *testing.T, maire compte.Acteur, key string, say func(string, dossier.ID)) dossier.ID {
	id, err := s.CreeDossier(context.Background(), maire, guichet.NouveauDossier{Dispositif: "anct-sur-mesure", Territoire: "13006", Cle: key, Faits: map[string]string{"cout": "20000"}})
	if err != nil {
		t.Error(err)
		return ""
	}
	say("CREE", id)
	s.remplit(t, maire, id, anct)
	if err := s.Agir(context.Background(), maire, guichet.Acte{Dossier: id, Acte: "deposer", Cle: "d" + key}); err != nil {
		t.Error(err)
		return ""
	}
	say("DEPOSE", id)
	return id
}

// instruit leads a dossier to its decision, for which two are rivals, and joins
// a document to another.
func (s scene) instruit(t *testing.T, services []compte.Acteur, id dossier.ID, say func(string, dossier.ID)) {
	for _, acte := range []string{"declarer_complet", "transmettre_anct"} {
		if err := s.agit(services[0], id, acte, ""); err != nil {
			t.Error(err)
			return
		}
		say("AGIT:"+acte, id)
	}
	var wg sync.WaitGroup
	for _, acte := range []string{"valider_offre", "refuser"} {
		wg.Go(func() {
			if err := s.agit(services[1], id, acte, "Raison"); err == nil {
				say("DECIDE:"+acte, id)
			}
		})
	}
	wg.Wait()
	maire := s.acteur(t, "maire-aureille")
	other, err := s.CreeDossier(context.Background(), maire, guichet.NouveauDossier{Dispositif: "fabriques", Territoire: "13006", Cle: "p" + string(id)})
	if err == nil {
		err = s.Joint(context.Background(), maire, guichet.Envoi{Dossier: other, Piece: "dossier", Nom: "x.pdf", Contenu: bytes.NewReader(pdf(1))})
	}
	if err != nil {
		t.Error(err)
		return
	}
	say("JOINT", other)
}

// kills is how many times TestKill kills, on each database.
func kills(t *testing.T) int {
	if n, err := strconv.Atoi(os.Getenv("GUICHET_TUERIES")); err == nil {
		return n
	}
	if testing.Short() {
		return 2
	}
	return 100
}

// A foyer is where the process lives again and again.
type foyer struct{ dsn, documents, territoires, catalogue string }

func newFoyer(t *testing.T, dsn string) foyer {
	t.Helper()
	f := foyer{dsn, t.TempDir(), t.TempDir(), t.TempDir()}
	petitAtlas(t, f.territoires)
	petitCatalogue(t, f.catalogue)
	return f
}

// life runs the child until it is killed, at a moment nobody chose, and
// returns what it acknowledged.
func (f foyer) life(t *testing.T, env ...string) (acks []string) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestEnfant$")
	cmd.Env = append(append(os.Environ(), "GUICHET_ENFANT="+f.dsn, "GUICHET_ENFANT_DOCUMENTS="+f.documents, "GUICHET_ENFANT_TERRITOIRES="+f.territoires, "GUICHET_ENFANT_CATALOGUE="+f.catalogue), env...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	// A machine may be slow: the moment is counted in answers, then blurred.
	left := alea(t, 12)
	if alea(t, 8) == 0 { // and sometimes a whole life
		left = alea(t, 60)
	}
	for lines := bufio.NewScanner(out); lines.Scan(); left-- {
		if lines.Text() != "PRET" {
			acks = append(acks, lines.Text())
		}
		if left == 0 {
			time.AfterFunc(time.Duration(alea(t, 5000))*time.Microsecond, func() { cmd.Process.Kill() })
		}
	}
	cmd.Wait() // it was killed
	return acks
}

// alea is a number nobody chose, below n.
func alea(t *testing.T, n int64) int64 {
	t.Helper()
	x, err := rand.Int(rand.Reader, big.NewInt(n))
	if err != nil {
		t.Fatal(err)
	}
	return x.Int64()
}

// TestKill kills the process again and again while eight clients use it: what it
// acknowledged is there, once, with its mails, its document and its place in
// the register.
func TestKill(t *testing.T) {
	storetest.EachAddress(t, func(t *testing.T, dsn string) {
		t.Parallel() // both bases at once
		home := newFoyer(t, dsn)
		var acks []string
		for range kills(t) {
			acks = append(acks, home.life(t)...)
		}
		db, err := store.Open(t.Context(), dsn)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		kinds := make(map[string]int)
		err = db.View(t.Context(), func(tx *store.Tx) error {
			for _, ack := range acks {
				what, id, ok := strings.Cut(ack, " ")
				if kind, _, _ := strings.Cut(what, ":"); ok && slices.Contains([]string{"CREE", "DEPOSE", "AGIT", "DECIDE", "JOINT"}, kind) {
					kinds[kind]++
					if wrong, err := checkAck(tx, what, dossier.ID(id), home.documents); err != nil || wrong != "" {
						t.Errorf("%s: %s %v", ack, wrong, err)
					}
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		o := options(t, dispositifs.FS)
		o.Store = db
		b, err := guichet.New(o).Audite(t.Context())
		if err != nil || len(b.Anomalies) > 0 {
			t.Errorf("the audit: %v %v", err, b.Anomalies)
		}
		for kind, from := range map[string]int{"DEPOSE": 20, "DECIDE": 100, "JOINT": 200} { // a few lives may end before
			if kinds[kind] == 0 && kills(t) >= from {
				t.Errorf("no %s: the test proves less than it says", kind)
			}
		}
		t.Logf("%d kills, acts acknowledged %v, %d dossiers kept, %d anomalies", kills(t), kinds, b.Dossiers, len(b.Anomalies))
	})
}

// checkAck says what is wrong with what an acknowledged act left: it must be
// there, whole and once.
func checkAck(tx *store.Tx, what string, id dossier.ID, documents string) (wrong string, err error) {
	d, err := tx.Dossier(id)
	if err != nil || what == "CREE" {
		return "", err
	}
	if what == "JOINT" {
		if len(d.Pieces) != 1 {
			return fmt.Sprintf("%d documents", len(d.Pieces)), nil
		}
		found := ""
		err := filepath.WalkDir(documents, func(path string, e os.DirEntry, err error) error {
			if err == nil && e.Name() == d.Pieces[0].Cle {
				found = path
			}
			return err
		})
		if found == "" {
			return "the document is not in the store", err
		}
		return "", err
	}
	events, err := tx.Evenements(id)
	if err != nil {
		return "", err
	}
	made, decisions := make(map[string]int), 0
	for _, ev := range events {
		made[ev.Acte]++
		if ev.Acte == "valider_offre" || ev.Acte == "refuser" {
			decisions++
		}
	}
	mails, err := tx.Courriels(id)
	receipts := 0
	for _, m := range mails {
		if m.Genre == "accuse" || m.Genre == "depot" {
			receipts++
		}
	}
	_, acte, _ := strings.Cut(what, ":")
	acte = cmp.Or(acte, "deposer")
	if d.Numero == "" || made[acte] != 1 || made["deposer"] != 1 || decisions > 1 || receipts != 5 {
		return fmt.Sprintf("number %q, acts %v, %d receipts", d.Numero, made, receipts), err
	}
	return "", err
}

// TestKillCanFail runs the fault that the test must catch: an answer given
// before the transaction ends.
func TestKillCanFail(t *testing.T) {
	storetest.EachAddress(t, func(t *testing.T, dsn string) {
		acks := newFoyer(t, dsn).life(t, "GUICHET_ENFANT_FAUX=1")
		db, err := store.Open(t.Context(), dsn)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		lost := 0
		for _, ack := range acks {
			what, key, _ := strings.Cut(ack, " ")
			if what != "DEPOSE" {
				continue
			}
			err := db.View(t.Context(), func(tx *store.Tx) error {
				if _, found, err := tx.EvenementDe("d" + key); err != nil || found {
					return err
				}
				lost++
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		if lost == 0 {
			t.Error("answers given too early are not missed")
		}
		t.Logf("%d of %d early answers lost", lost, len(acks))
	})
}
