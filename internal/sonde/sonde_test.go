package sonde_test

import (
	"bytes"
	"compress/flate"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"guichet/internal/fault"
	"guichet/internal/piece"
	"guichet/internal/sonde"
)

// TestMain is also the child, as a test asks for it: an honest one, or one that
// a document has taken over.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 {
		if child, ok := enfants[os.Args[1]]; ok {
			if err := child(os.NewFile(3, "piece")); err != nil {
				fmt.Fprintln(os.Stderr, err)
				os.Exit(1)
			}
			return
		}
	}
	os.Exit(tests(m))
}

// programme is these tests built again, plainly: the race detector reserves
// more memory than a child may have.
var programme string

func tests(m *testing.M) int {
	folder, err := os.MkdirTemp("", "sonde")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(folder)
	programme = filepath.Join(folder, "enfants")
	if out, err := exec.Command("go", "test", "-c", "-o", programme, ".").CombinedOutput(); err != nil {
		panic(string(out))
	}
	return m.Run()
}

var enfants = map[string]func(in *os.File) error{
	"honnete": func(in *os.File) error { return sonde.Enfant(in, os.Stdout) },
	"muet":    func(*os.File) error { return errors.New("no such verb") },
	"boucle": func(in *os.File) error {
		if err := sonde.Enfant(in, os.Stdout); err != nil {
			return err
		}
		for {
			os.Getpid()
		}
	},
	"dort": func(in *os.File) error {
		if err := sonde.Enfant(in, os.Stdout); err != nil {
			return err
		}
		time.Sleep(time.Hour)
		return nil
	},
	"bavard": func(in *os.File) error {
		if err := sonde.Enfant(in, os.Stdout); err != nil {
			return err
		}
		for block := make([]byte, 1<<20); ; {
			if _, err := os.Stdout.Write(block); err != nil {
				return err
			}
		}
	},
	"menteur": func(*os.File) error {
		fmt.Print("sonde 1\n", `{"Mesure":{"genre":"pdf"},"Autre":1}`)
		return nil
	},
	"illimite": illimite,
	"voisin":   voisin,
}

// illimite is the negative control: the same measure, with no limit but its
// own; it tells the memory it took.
func illimite(in *os.File) error {
	info, err := in.Stat()
	if err != nil {
		return err
	}
	_, err = piece.Mesurer(in, info.Size(), "")
	fmt.Println(etat("VmHWM"), err)
	return nil
}

// voisin tells what a limited child may still reach.
func voisin(in *os.File) error {
	if err := sonde.Enfant(in, &bytes.Buffer{}); err != nil {
		return err
	}
	_, file := os.Open("/etc/passwd")
	_, write := os.Create(filepath.Join(os.TempDir(), "sonde-voisin"))
	_, dial := net.Dial("tcp", "127.0.0.1:1")
	_, udp := net.Dial("udp", "127.0.0.1:1")
	fmt.Print("sonde 1\n")
	return json.NewEncoder(os.Stdout).Encode(map[string]string{"Panne": fmt.Sprintf("%v | %v | %v | %v | env %d | fork %v", file, write, dial, udp, len(os.Environ()), exec.Command("/bin/true").Run())})
}

// etat reads a number of kilobytes that Linux gives about this process.
func etat(key string) int {
	status, _ := os.ReadFile("/proc/self/status")
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, key+":"); ok {
			n, _ := strconv.Atoi(strings.Fields(rest)[0])
			return n
		}
	}
	return 0
}

func enfant(nom string) sonde.Sonde { return sonde.Sonde{Programme: programme, Args: []string{nom}} }

func pose(t *testing.T, p []byte) string {
	t.Helper()
	nom := filepath.Join(t.TempDir(), "piece")
	if err := os.WriteFile(nom, p, 0o600); err != nil {
		t.Fatal(err)
	}
	return nom
}

// pdf is a document of one page, and of n streams that unpack to one object
// each, content.
func pdf(n int, content []byte) []byte {
	return pdfPlie(n, "FlateDecode", gonfle([]byte(tete), 1, content, 1))
}

// tete begins a stream of one object: its number, its place.
const tete = "9 0 "

// gonfle packs parts, each followed by how many times it comes, without going
// through what they unpack to: the race detector would look at each octet.
func gonfle(parts ...any) []byte {
	out := []byte{0x78, 0x01}
	a, b := uint64(1), uint64(0)
	for i := 0; i < len(parts); i += 2 {
		p, n := parts[i].([]byte), parts[i+1].(int)
		var z bytes.Buffer
		w, _ := flate.NewWriter(&z, flate.BestSpeed)
		w.Write(p)
		w.Flush()
		out = append(out, bytes.Repeat(z.Bytes(), n)...)
		var sum, weighted uint64
		for i, c := range p {
			sum += uint64(c)
			weighted += uint64(len(p)-i) * uint64(c)
		}
		for range n { // Adler-32
			b = (b + uint64(len(p))*a + weighted) % 65521
			a = (a + sum) % 65521
		}
	}
	return binary.BigEndian.AppendUint32(append(out, 1, 0, 0, 0xff, 0xff), uint32(b<<16|a))
}

// pdfPlie is pdf, of a content that is already packed.
func pdfPlie(n int, filter string, z []byte) []byte {
	var b bytes.Buffer
	var offsets []int
	object := func(format string, args ...any) {
		offsets = append(offsets, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n", len(offsets))
		fmt.Fprintf(&b, format, args...)
		b.WriteString("\nendobj\n")
	}
	b.WriteString("%PDF-1.7\n")
	object("<< /Type /Catalog /Pages 2 0 R >>")
	object("<< /Type /Pages /Count 1 /Kids [3 0 R] >>")
	object("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>")
	for range n {
		object("<< /Type /ObjStm /N 1 /First %d /Filter /%s /Length %d >>\nstream\n%s\nendstream", len(tete), filter, len(z), z)
	}
	at := b.Len()
	table := []byte{0, 0, 0, 0, 0, 0}
	for _, o := range offsets {
		table = append(binary.BigEndian.AppendUint32(append(table, 1), uint32(o)), 0)
	}
	for i := range n {
		table = append(binary.BigEndian.AppendUint32(append(table, 2), uint32(4+i)), 0)
	}
	table = append(binary.BigEndian.AppendUint32(append(table, 1), uint32(at)), 0)
	fmt.Fprintf(&b, "%d 0 obj\n<< /Type /XRef /Size %d /W [1 4 1] /Root 1 0 R /Length %d >>\nstream\n%s\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n",
		4+2*n, 5+2*n, len(table), table, at)
	return b.Bytes()
}

// TestSonder measures in a child what Mesurer measures here.
func TestSonder(t *testing.T) {
	p := pdf(1, []byte("<< /A 1 >>"))
	want, err := piece.Mesurer(bytes.NewReader(p), int64(len(p)), "devis.pdf")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := enfant("honnete").Sonder(t.Context(), pose(t, p), "devis.pdf"); err != nil || got != want {
		t.Errorf("got %+v, %v, want %+v", got, err, want)
	}
	for quoi, c := range map[string]struct {
		p         []byte
		nom, code string
	}{
		"a script":                          {pdf(1, []byte("<< /S /JavaScript /JS (1) >>")), "devis.pdf", "PIECE_SCRIPT"},
		"a stream of repetitions too large": {pdfPlie(1, "RunLengthDecode", slices.Concat([]byte{8}, []byte(tete+"<< >>"), bytes.Repeat([]byte{129, ' '}, 600_000), []byte{128})), "devis.pdf", "PIECE_BOMBE"},
		"an empty file":                     {nil, "devis.pdf", "PIECE_VIDE"},
		"the name of something else":        {p, "devis.exe", "PIECE_NOM"},
		"a program under another's name":    {append([]byte("MZ\x90\x00"), make([]byte, 99)...), "devis.pdf", "PIECE_PROGRAMME"},
	} {
		m, err := enfant("honnete").Sonder(t.Context(), pose(t, c.p), c.nom)
		if f := fault.Of(err); !errors.Is(err, fault.Invalid) || !slices.Equal(f.Codes, []string{c.code}) || f.Message == "" || m != (piece.Mesure{}) {
			t.Errorf("%s: got %+v, %v, want %s", quoi, m, err, c.code)
		}
	}
}

// TestExhausted gives the child documents of at most a megabyte that take
// gigabytes: the child dies, this process does not grow. The same document in
// an unlimited child tells what was avoided.
func TestExhausted(t *testing.T) {
	for quoi, p := range map[string][]byte{
		"eleven streams of 60 MB": pdfPlie(11, "FlateDecode", gonfle([]byte(tete+"<< >>"), 1, bytes.Repeat([]byte{' '}, 1<<20), 60)),
		"an array of 10 million":  pdfPlie(1, "FlateDecode", gonfle([]byte(tete+"["), 1, bytes.Repeat([]byte("0 "), 1<<19), 20, []byte("]"), 1)),
	} {
		t.Run(quoi, func(t *testing.T) {
			if len(p) > 1_000_000 {
				t.Fatalf("the document has %d octets", len(p))
			}
			path, before := pose(t, p), etat("VmRSS")
			m, err := enfant("honnete").Sonder(t.Context(), path, "a.pdf")
			growth := etat("VmRSS") - before
			if !slices.Equal(fault.Of(err).Codes, []string{"PIECE_LIMITE"}) || m != (piece.Mesure{}) {
				t.Errorf("got %+v, %v; want PIECE_LIMITE", m, err)
			}
			if growth > 50<<10 {
				t.Errorf("this process grew by %d kB", growth)
			}
			in, err2 := os.Open(path)
			if err2 != nil {
				t.Fatal(err2)
			}
			defer in.Close()
			alone := exec.CommandContext(t.Context(), programme, "illimite")
			alone.ExtraFiles = []*os.File{in}
			out, err2 := alone.Output()
			var took int
			if _, err := fmt.Sscan(string(out), &took); err != nil || err2 != nil || took < 512<<10 {
				t.Errorf("without a limit: %s %v; a document this small proves nothing", out, err2)
			}
			t.Logf("%d octets: this process grew by %d kB; without a limit %d MB; the child: %v", len(p), growth, took>>10, err)
		})
	}
}

// TestHostage is what a child taken over by a document may do: nothing.
func TestHostage(t *testing.T) {
	path, before := pose(t, pdf(1, []byte("<< >>"))), etat("VmHWM")
	t.Cleanup(func() {
		if growth := etat("VmHWM") - before; growth > 50<<10 {
			t.Errorf("this process grew by %d kB at most", growth)
		} else {
			t.Logf("this process grew by %d kB at most", growth)
		}
	})
	for nom, code := range map[string]string{"boucle": "PIECE_LIMITE", "dort": "PIECE_LIMITE", "bavard": "PIECE_LIMITE", "muet": "", "menteur": ""} {
		t.Run(nom, func(t *testing.T) {
			t.Parallel()
			m, err := enfant(nom).Sonder(t.Context(), path, "a.pdf")
			f := fault.Of(err)
			if m != (piece.Mesure{}) || err == nil || code != "" && !slices.Contains(f.Codes, code) || code == "" && f.Kind != fault.Internal {
				t.Errorf("got %+v, %v, want %q", m, err, code)
			}
			t.Log(err)
		})
	}
	t.Run("voisin", func(t *testing.T) {
		_, err := enfant("voisin").Sonder(t.Context(), path, "a.pdf")
		if err == nil || strings.Count(err.Error(), "too many open files") != 5 || !strings.Contains(err.Error(), "env 0") {
			t.Errorf("the child reaches the outside: %v", err)
		}
	})
}

// TestMachine blames the machine for what is not the document's fault.
func TestMachine(t *testing.T) {
	path := pose(t, pdf(1, []byte("<< >>")))
	done, cancel := context.WithCancel(t.Context())
	cancel()
	for quoi, try := range map[string]func() error{
		"no such file":    func() error { _, err := enfant("honnete").Sonder(t.Context(), path+"x", ""); return err },
		"a folder":        func() error { _, err := enfant("honnete").Sonder(t.Context(), filepath.Dir(path), ""); return err },
		"no such program": func() error { _, err := sonde.Sonde{Programme: path}.Sonder(t.Context(), path, ""); return err },
		"nobody waits":    func() error { _, err := enfant("honnete").Sonder(done, path, ""); return err },
	} {
		if err := try(); err == nil || fault.Of(err).Kind != fault.Internal {
			t.Errorf("%s: got %v, want an internal error", quoi, err)
		}
	}
}
