package guichet_test

import (
	"bufio"
	"context"
	"crypto/rand"
	"fmt"
	"math/big"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"guichet/dispositifs"
	"guichet/internal/dossier"
	"guichet/internal/guichet"
	"guichet/internal/store"
	"guichet/internal/store/storetest"
)

// TestEnfant is not a test: it is the process that TestKill kills. It makes
// and files dossiers without end, and writes each act once it is acknowledged.
func TestEnfant(t *testing.T) {
	dsn := os.Getenv("GUICHET_ENFANT")
	if dsn == "" {
		return // this process is not the child
	}
	db, err := store.Open(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	o := options(t, dispositifs.FS)
	o.Store = db
	s := scene{guichet.New(o), dsn}
	if err := s.PeupleDemonstration(t.Context(), demoIssuer); err != nil {
		t.Fatal(err)
	}
	fmt.Println("PRET")
	for i := range 4 {
		go func() {
			for n := 0; ; n++ {
				s.depose(t, fmt.Sprintf("%s-%d-%d", rand.Text(), i, n))
			}
		}()
	}
	select {}
}

// depose makes, fills and files a dossier, and says so after each answer; with
// the fault of the negative control, before.
func (s scene) depose(t *testing.T, key string) {
	early := os.Getenv("GUICHET_ENFANT_FAUX") != ""
	maire := s.acteur(t, "maire-aureille")
	if early {
		fmt.Println("DEPOSE", key)
	}
	id, err := s.CreeDossier(context.Background(), maire, guichet.NouveauDossier{Dispositif: "anct-sur-mesure", Territoire: "13006", Cle: key, Faits: map[string]string{"cout": "20000"}})
	if err != nil {
		t.Error(err)
		return
	}
	if !early {
		fmt.Println("CREE", id)
	}
	s.remplit(t, maire, id, anct)
	if err := s.Agir(context.Background(), maire, guichet.Acte{Dossier: id, Acte: "deposer", Cle: "d" + key}); err != nil {
		t.Error(err)
		return
	}
	if !early {
		fmt.Println("DEPOSE", id)
	}
}

// kills is how many times TestKill kills, on each database.
func kills(t *testing.T) int {
	if n, err := strconv.Atoi(os.Getenv("GUICHET_TUERIES")); err == nil {
		return n
	}
	if testing.Short() {
		return 2
	}
	return 8
}

// life runs the child until it is killed, at a moment nobody chose, and
// returns what it acknowledged.
func life(t *testing.T, dsn string, env ...string) (acks []string) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestEnfant$")
	cmd.Env = append(append(os.Environ(), "GUICHET_ENFANT="+dsn), env...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if lines.Text() == "PRET" {
			n, err := rand.Int(rand.Reader, big.NewInt(400))
			if err != nil {
				t.Fatal(err)
			}
			time.AfterFunc(time.Duration(50+n.Int64())*time.Millisecond, func() { cmd.Process.Kill() })
			continue
		}
		acks = append(acks, lines.Text())
	}
	cmd.Wait() // it was killed
	return acks
}

// TestKill kills the process again and again while it files dossiers: what it
// acknowledged is there, once, with its acknowledgement of receipt and its
// place in the register.
func TestKill(t *testing.T) {
	storetest.EachAddress(t, func(t *testing.T, dsn string) {
		var acks []string
		for range kills(t) {
			acks = append(acks, life(t, dsn)...)
		}
		db, err := store.Open(t.Context(), dsn)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		filed := 0
		for _, ack := range acks {
			what, id, _ := strings.Cut(ack, " ")
			if what != "CREE" && what != "DEPOSE" {
				continue
			}
			err := db.View(t.Context(), func(tx *store.Tx) error { return checkAck(t, tx, what, dossier.ID(id)) })
			if err != nil {
				t.Errorf("%s: %v", ack, err)
			}
			if what == "DEPOSE" {
				filed++
			}
		}
		o := options(t, dispositifs.FS)
		o.Store = db
		b, err := guichet.New(o).Audite(t.Context())
		if err != nil || len(b.Anomalies) > 0 {
			t.Errorf("the audit: %v %v", err, b.Anomalies)
		}
		if filed == 0 {
			t.Error("nothing was filed: the test proves nothing")
		}
		t.Logf("%d kills, %d acts acknowledged of which %d filings, %d dossiers kept, %d anomalies", kills(t), len(acks), filed, b.Dossiers, len(b.Anomalies))
	})
}

// checkAck verifies that an acknowledged act is there, whole and once.
func checkAck(t *testing.T, tx *store.Tx, what string, id dossier.ID) error {
	d, err := tx.Dossier(id)
	if err != nil || what == "CREE" {
		return err
	}
	events, err := tx.Evenements(id)
	if err != nil {
		return err
	}
	count := 0
	for _, ev := range events {
		if ev.Acte == "deposer" {
			count++
		}
	}
	mails, err := tx.Courriels(id)
	if d.Numero == "" || count != 1 || len(mails) != 5 {
		t.Errorf("%s: number %q, %d filings, %d mails", id, d.Numero, count, len(mails))
	}
	return err
}

// TestKillCanFail runs the fault that the test must catch: an answer given
// before the transaction ends.
func TestKillCanFail(t *testing.T) {
	storetest.EachAddress(t, func(t *testing.T, dsn string) {
		acks := life(t, dsn, "GUICHET_ENFANT_FAUX=1")
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
