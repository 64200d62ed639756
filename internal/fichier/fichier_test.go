package fichier_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"math/rand/v2"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"guichet/internal/fault"
	"guichet/internal/fichier"
)

// A terrain is one Depot, and what is left in it of unfinished documents.
type terrain struct {
	fichier.Depot
	restes func(t *testing.T) int
}

// terrains run the same suite: what holds for one holds for the other.
var terrains = map[string]func(t *testing.T) terrain{"dossier": enDossier, "s3": enSeau}

func surTous(t *testing.T, f func(t *testing.T, d terrain)) {
	for nom, open := range terrains {
		t.Run(nom, func(t *testing.T) { f(t, open(t)) })
	}
}

// octets gives n bytes that do not repeat.
func octets(n int64) io.Reader {
	var seed [32]byte
	seed[0] = byte(n)
	return io.LimitReader(rand.NewChaCha8(seed), n)
}

func lit(t *testing.T, d fichier.Depot, c fichier.Cle) string {
	t.Helper()
	f, err := d.Ouvre(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	p, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return string(p)
}

// TestRoundTrip gives back what was put, from nothing to several parts.
func TestRoundTrip(t *testing.T) {
	surTous(t, func(t *testing.T, d terrain) {
		for _, n := range []int64{0, 1, 70_000, 16 << 20, 16<<20 + 1, 40 << 20} {
			c := fichier.NouvelleCle()
			want, got := sha256.New(), sha256.New()
			if err := d.Pose(t.Context(), c, io.TeeReader(octets(n), want)); err != nil {
				t.Fatalf("%d octets: %v", n, err)
			}
			f, err := d.Ouvre(t.Context(), c)
			if err != nil {
				t.Fatalf("%d octets: %v", n, err)
			}
			if read, err := io.Copy(got, f); err != nil || read != n || !bytes.Equal(got.Sum(nil), want.Sum(nil)) {
				t.Errorf("%d octets: %d read, %v", n, read, err)
			}
			if err := f.Close(); err != nil {
				t.Error(err)
			}
		}
		if n := d.restes(t); n != 0 {
			t.Errorf("%d unfinished documents are left", n)
		}
	})
}

// TestReplaceErase replaces, erases, erases again.
func TestReplaceErase(t *testing.T) {
	surTous(t, func(t *testing.T, d terrain) {
		c := fichier.NouvelleCle()
		for _, text := range []string{"ancien", "nouveau"} {
			if err := d.Pose(t.Context(), c, strings.NewReader(text)); err != nil {
				t.Fatal(err)
			}
		}
		if got := lit(t, d, c); got != "nouveau" {
			t.Errorf("got %q", got)
		}
		for range 2 {
			if err := d.Efface(t.Context(), c); err != nil {
				t.Error(err)
			}
		}
		_, err := d.Ouvre(t.Context(), c)
		if f := fault.Of(err); !errors.Is(err, fault.NotFound) || len(f.Codes) != 1 || !strings.Contains(f.Message, "n’existe pas") {
			t.Errorf("an erased document: %v", err)
		}
	})
}

var errCable = errors.New("the cable is cut")

// TestInterrupted stops a document half way, early or after whole parts: what
// was there stays, nothing is left.
func TestInterrupted(t *testing.T) {
	surTous(t, func(t *testing.T, d terrain) {
		for _, n := range []int64{0, 100_000, 40 << 20} {
			for _, before := range []string{"", "ancien"} {
				c := fichier.NouvelleCle()
				if before != "" {
					if err := d.Pose(t.Context(), c, strings.NewReader(before)); err != nil {
						t.Fatal(err)
					}
				}
				ctx, cancel := context.WithCancel(t.Context())
				for quoi, try := range map[string]func() error{
					"the sender fails": func() error {
						return d.Pose(t.Context(), c, io.MultiReader(octets(n), iotest.ErrReader(errCable)))
					},
					"nobody waits any more": func() error {
						return d.Pose(ctx, c, io.MultiReader(octets(n), quand{cancel}, octets(100)))
					},
				} {
					if err := try(); !errors.Is(err, errCable) && !errors.Is(err, context.Canceled) || fault.Of(err).Kind != fault.Internal {
						t.Errorf("%s after %d octets: %v", quoi, n, err)
					}
				}
				if before != "" {
					if got := lit(t, d, c); got != before {
						t.Errorf("after %d octets of another, the document is %q", n, got[:min(len(got), 99)])
					}
				} else if _, err := d.Ouvre(t.Context(), c); !errors.Is(err, fault.NotFound) {
					t.Errorf("after %d octets, a part is there: %v", n, err)
				}
			}
		}
		if n := d.restes(t); n != 0 {
			t.Errorf("%d unfinished documents are left", n)
		}
	})
}

// quand does something when it is read, and gives nothing.
type quand struct{ do func() }

func (q quand) Read(p []byte) (int, error) {
	q.do()
	return 0, io.EOF
}

// TestAtOnce puts eight documents under one name: one of them is there, whole.
func TestAtOnce(t *testing.T) {
	surTous(t, func(t *testing.T, d terrain) {
		c := fichier.NouvelleCle()
		var all sync.WaitGroup
		for i := range 8 {
			all.Go(func() {
				if err := d.Pose(t.Context(), c, strings.NewReader(strings.Repeat(string(rune('a'+i)), 300_000))); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if got := lit(t, d, c); len(got) != 300_000 || strings.Trim(got, got[:1]) != "" {
			t.Errorf("%d octets, not of one writer", len(got))
		}
	})
}

// TestStreams keeps a large document without holding it.
func TestStreams(t *testing.T) {
	surTous(t, func(t *testing.T, d terrain) {
		const size = 160 << 20
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		c := fichier.NouvelleCle()
		if err := d.Pose(t.Context(), c, octets(size)); err != nil {
			t.Fatal(err)
		}
		f, err := d.Ouvre(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if n, err := io.Copy(io.Discard, f); n != size || err != nil {
			t.Fatalf("%d octets, %v", n, err)
		}
		runtime.ReadMemStats(&after)
		used := (after.TotalAlloc - before.TotalAlloc) >> 20
		t.Logf("160 MB kept and read with %d MB of allocations", used)
		if used > 64 {
			t.Errorf("%d MB allocated", used)
		}
	})
}

// pieges are names that must reach nothing.
var pieges = []fichier.Cle{"", ".", "..", "/", "../../../../etc/passwd", "/etc/passwd", "..\\..\\windows", "%2e%2e%2fetc%2fpasswd", "....//....//etc",
	".partiels", ".partiels/x", "lien", "ab/lien", "dehors/secret", "C:\\secret", "file:///etc/passwd", "con", "NUL", "\x00", "a\x00b",
	fichier.Cle(strings.Repeat("a", 63)), fichier.Cle(strings.Repeat("a", 65)), fichier.Cle(strings.Repeat("A", 64)), fichier.Cle(strings.Repeat("g", 64)),
	fichier.Cle(strings.Repeat("a", 63) + "\x00"), fichier.Cle(strings.Repeat("a", 63) + "/"), fichier.Cle(strings.Repeat("a", 63) + "\n"), fichier.Cle("../" + strings.Repeat("a", 61)),
	fichier.Cle(strings.Repeat("a", 61) + "／"), fichier.Cle("．．／" + strings.Repeat("a", 55)), fichier.Cle(strings.Repeat("٣", 32)), fichier.Cle(strings.Repeat("ａ", 21) + "a"), fichier.Cle(strings.Repeat("a", 62) + "\u202e")}

// TestNoName refuses every name the service did not make.
func TestNoName(t *testing.T) {
	surTous(t, func(t *testing.T, d terrain) {
		right := 0
		for _, c := range pieges {
			_, open := d.Ouvre(t.Context(), c)
			put, erase := d.Pose(t.Context(), c, strings.NewReader("x")), d.Efface(t.Context(), c)
			if !errors.Is(open, fault.NotFound) || !errors.Is(put, fault.NotFound) || !errors.Is(erase, fault.NotFound) {
				t.Errorf("%q: open %v, put %v, erase %v", c, open, put, erase)
				continue
			}
			right++
		}
		t.Logf("names refused: %d/%d", right, len(pieges))
	})
	seen := map[fichier.Cle]bool{}
	for range 1000 {
		if c := fichier.NouvelleCle(); len(c) != 64 || seen[c] {
			t.Fatalf("the new name %q", c)
		} else {
			seen[c] = true
		}
	}
}

// TestAddresses understands the address of a Depot, or says what to write.
func TestAddresses(t *testing.T) {
	acces := fichier.Acces{Cle: "cle", Secret: "secret"}
	for adresse, c := range map[string]struct {
		acces fichier.Acces
		want  string // nothing when it opens
	}{
		"s3://documents?endpoint=https://s3.exemple.fr&region=fr-par": {acces, ""},
		"s3://documents?endpoint=http://127.0.0.1:7070":               {acces, ""},
		"s3://documents?endpoint=https://s3.exemple.fr&region=fr":     {fichier.Acces{}, "GUICHET_S3_CLE"},
		"s3://documents":                                           {acces, "endpoint"},
		"s3://documents?endpoint=s3.exemple.fr":                    {acces, "https://s3.exemple.fr"},
		"s3://documents?endpoint=ftp://s3.exemple.fr":              {acces, "https://s3.exemple.fr"},
		"s3://documents?endpoint=https://s3.exemple.fr/chemin":     {acces, "https://s3.exemple.fr"},
		"s3://documents?endpoint=https://s3.exemple.fr&secret=x":   {acces, "« secret » n’est pas une option"},
		"s3://cle:secret@documents?endpoint=https://s3.exemple.fr": {acces, "les clés à part"},
		"s3://documents/dossier?endpoint=https://s3.exemple.fr":    {acces, "s3://seau"},
		"s3://?endpoint=https://s3.exemple.fr":                     {acces, "s3://seau"},
		"s3:documents":                                             {acces, "s3://seau"},
		"gs://documents":                                           {acces, "chemin d’un dossier"},
		"file:///documents":                                        {acces, "chemin d’un dossier"},
	} {
		d, err := fichier.Ouvrir(adresse, c.acces)
		if c.want == "" {
			if err != nil || d == nil {
				t.Errorf("%s: %v", adresse, err)
			}
		} else if !errors.Is(err, fault.Invalid) || !strings.Contains(fault.Of(err).Message, c.want) || d != nil {
			t.Errorf("%s: got %v, want « %s »", adresse, err, c.want)
		}
	}
}
