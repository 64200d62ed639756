package fichier_test

import (
	"bufio"
	"context"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"guichet/internal/fault"
	"guichet/internal/fichier"
)

var acces = fichier.Acces{Cle: "cle-essai", Secret: "secret-essai"}

// serveurS3 is where « make outils » puts the S3 server of the tests.
func serveurS3(t *testing.T) string {
	t.Helper()
	if path, err := filepath.Abs("../../bin/versitygw"); err == nil {
		if _, err := os.Stat(path); err == nil {
			return path
		}
	}
	if path, err := exec.LookPath("versitygw"); err == nil {
		return path
	}
	if os.Getenv("CI") == "true" {
		t.Fatal("bin/versitygw is missing: run make outils")
	}
	t.Skip("bin/versitygw is missing: S3 is not tested; run make outils")
	return ""
}

var port sync.Mutex // one server looks for a free port at a time

// enSeau runs a real S3 server on a folder, and opens an empty bucket of it.
func enSeau(t *testing.T) terrain {
	t.Helper()
	programme := serveurS3(t)
	port.Lock()
	defer port.Unlock()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	hote := l.Addr().String()
	l.Close()
	ctx, cancel := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, programme, "--port", hote, "--access", acces.Cle, "--secret", acces.Secret, "--region", "fr-essai", "posix", "--sidecar", t.TempDir(), t.TempDir())
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = cmd.Stdout
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cancel(); cmd.Wait() })
	var said strings.Builder
	for lines := bufio.NewScanner(out); lines.Scan(); {
		said.WriteString(lines.Text() + "\n")
		if strings.Contains(lines.Text(), "listening on") {
			go io.Copy(io.Discard, out)
			return seau(t, hote)
		}
	}
	t.Fatalf("the S3 server stopped:\n%s", &said)
	return terrain{}
}

func seau(t *testing.T, hote string) terrain {
	t.Helper()
	admin, err := minio.New(hote, &minio.Options{Creds: credentials.NewStaticV4(acces.Cle, acces.Secret, ""), Region: "fr-essai"})
	if err != nil {
		t.Fatal(err)
	}
	if err := admin.MakeBucket(t.Context(), "documents", minio.MakeBucketOptions{}); err != nil {
		t.Fatal(err)
	}
	d, err := fichier.Ouvrir("s3://documents?endpoint=http://"+hote+"&region=fr-essai", acces)
	if err != nil {
		t.Fatal(err)
	}
	return terrain{d, func(t *testing.T) int {
		n := 0
		for u := range admin.ListIncompleteUploads(t.Context(), "documents", "", true) {
			if u.Err != nil {
				t.Fatal(u.Err)
			}
			n++
		}
		return n
	}}
}

// TestS3Refuses tells a machine that is wrong from a document that is not
// there.
func TestS3Refuses(t *testing.T) {
	enSeau(t) // so that the test is skipped, or fails, as the others do
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	d, err := fichier.Ouvrir("s3://documents?endpoint=http://127.0.0.1:1&region=fr-essai", acces)
	if err != nil {
		t.Fatal(err)
	}
	c := fichier.NouvelleCle()
	_, open := d.Ouvre(ctx, c)
	for quoi, err := range map[string]error{"open": open, "put": d.Pose(ctx, c, strings.NewReader("x")), "erase": d.Efface(ctx, c)} {
		if err == nil || fault.Of(err).Kind != fault.Internal {
			t.Errorf("%s where nobody listens: %v", quoi, err)
		}
	}
}
