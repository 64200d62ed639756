package main

import (
	"bufio"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"guichet/internal/api"
	"guichet/internal/guichet"
	"guichet/internal/jour"
	"guichet/internal/web"
)

var day = jour.Of(2021, time.July, 1)

func counter(b *testing.B) *guichet.Guichet {
	b.Helper()
	g, err := open(&console{ctx: b.Context(), now: time.Now}, "", guichet.Options{Demonstration: true})
	if err != nil {
		b.Fatal(err)
	}
	return g
}

// BenchmarkCommune is the page's question: one commune, every scheme, with
// reasons and what would change them.
func BenchmarkCommune(b *testing.B) {
	g := counter(b)
	for b.Loop() {
		if _, err := g.Territoire(guichet.Consultation{Type: "commune", Code: "13006", Le: day}); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkGrille is the département of the demonstration, every scheme.
func BenchmarkGrille(b *testing.B) {
	g := counter(b)
	for b.Loop() {
		if _, err := g.Grille("13", day); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkPage asks over loopback for a commune's page, then for the same
// bytes from memory, in turn; the metrics are ratios of throughputs: of one page
// asked for again and again, and of the pages of the communes of the département
// one after the other.
func BenchmarkPage(b *testing.B) {
	log := slog.New(slog.NewJSONHandler(io.Discard, nil))
	g := counter(b)
	site, err := web.New(g, web.Options{Log: log, Now: time.Now, API: api.New(g, log)})
	if err != nil {
		b.Fatal(err)
	}
	page := httptest.NewRecorder()
	const address = "/communes/13006?le=2021-07-01"
	site.ServeHTTP(page, httptest.NewRequest("GET", address, nil))
	if page.Code != http.StatusOK {
		b.Fatal(page.Code)
	}
	memory := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Write(page.Body.Bytes()) })
	rendered, same := httptest.NewServer(site), httptest.NewServer(memory)
	defer rendered.Close()
	defer same.Close()
	var communes []string
	for _, l := range grille(b, g) {
		if l.Type == "commune" {
			communes = append(communes, "/communes/"+l.Code)
		}
	}
	var again, first, fast time.Duration
	for n := 0; b.Loop(); n++ {
		again += fetch(b, rendered.URL+address)
		first += fetch(b, rendered.URL+communes[n%len(communes)]+"?le=2021-07-01")
		fast += fetch(b, same.URL+address)
	}
	b.ReportMetric(float64(fast)/float64(again), "ratio-again")
	b.ReportMetric(float64(fast)/float64(first), "ratio-first")
	b.ReportMetric(float64(page.Body.Len()), "bytes/page")
}

func grille(b *testing.B, g *guichet.Guichet) []guichet.LigneGrille {
	b.Helper()
	v, err := g.Grille("13", day)
	if err != nil {
		b.Fatal(err)
	}
	return v.Lignes
}

// client asks for plain bytes: both handlers then write the same.
var client = &http.Client{Transport: &http.Transport{DisableCompression: true}}

func fetch(b *testing.B, url string) time.Duration {
	start := time.Now()
	res, err := client.Get(url)
	if err != nil {
		b.Fatal(err)
	}
	defer res.Body.Close()
	if _, err := io.Copy(io.Discard, res.Body); err != nil {
		b.Fatal(err)
	}
	return time.Since(start)
}

// BenchmarkStart starts the built program: the time to its first healthy
// answer, and its resident memory after a thousand pages.
func BenchmarkStart(b *testing.B) {
	program := filepath.Join(b.TempDir(), "guichet")
	if out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	for b.Loop() {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			b.Fatal(err)
		}
		addr := l.Addr().String()
		l.Close()
		cmd := exec.Command(program, "serve", "--demo", "--addr", addr, "--donnees", b.TempDir())
		start := time.Now()
		if err := cmd.Start(); err != nil {
			b.Fatal(err)
		}
		ready(b, "http://"+addr+"/sante")
		b.ReportMetric(float64(time.Since(start).Milliseconds()), "ms-ready")
		for range 1000 {
			fetch(b, "http://"+addr+"/communes/13006?le=2021-07-01")
		}
		b.ReportMetric(resident(b, cmd.Process.Pid), "MB-resident")
		cmd.Process.Signal(os.Interrupt)
		cmd.Wait()
	}
}

func ready(b *testing.B, url string) {
	for range 3000 {
		res, err := http.Get(url)
		if err == nil {
			res.Body.Close()
			return
		}
		time.Sleep(2 * time.Millisecond)
	}
	b.Fatal("not ready after six seconds")
}

// resident returns the memory of a process in megabytes, as Linux counts it.
func resident(b *testing.B, pid int) float64 {
	f, err := os.Open("/proc/" + strconv.Itoa(pid) + "/status")
	if err != nil {
		b.Skip("no /proc here: memory is not measured")
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		if kb, ok := strings.CutPrefix(s.Text(), "VmRSS:"); ok {
			n, err := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(kb), " kB"))
			if err != nil {
				b.Fatal(err)
			}
			return float64(n) / 1024
		}
	}
	return 0
}
