// Package sondetest gives tests a real antivirus.
package sondetest

import (
	"bufio"
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"guichet/internal/sonde"
)

// clamdPath is where Debian puts the antivirus.
const clamdPath = "/usr/sbin/clamd"

// Eicar is the harmless text every antivirus calls a virus, in two parts so
// that none does so of this file.
var Eicar = `X5O!P%@AP[4\PZX54(P^)7CC)7}$` + `EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*`

// Clamd runs the real antivirus with one signature, that of [Eicar], and these
// settings. Where there is none, the test is skipped, and fails under CI.
func Clamd(t *testing.T, settings string) sonde.Antivirus {
	t.Helper()
	if _, err := os.Stat(clamdPath); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("%s is missing: install clamav-daemon (make outils)", clamdPath)
		}
		t.Skipf("%s is missing: the antivirus is not tested; install clamav-daemon (make outils)", clamdPath)
	}
	folder, err := os.MkdirTemp("", "clamd") // a socket's path is short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(folder) })
	for nom, text := range map[string]string{
		"essai.ndb":  "Essai.Eicar:0:*:" + hex.EncodeToString([]byte(Eicar)) + "\n",
		"clamd.conf": fmt.Sprintf("Foreground yes\nDatabaseDirectory %s\nLocalSocket %[1]s/s\nTemporaryDirectory %[1]s\n%s", folder, settings),
	} {
		if err := os.WriteFile(filepath.Join(folder, nom), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute) // a clamd that never listens
	t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, clamdPath, "-c", filepath.Join(folder, "clamd.conf"))
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	var said strings.Builder
	for lines := bufio.NewScanner(out); lines.Scan(); {
		fmt.Fprintln(&said, lines.Text())
		if strings.Contains(lines.Text(), "Self checking") {
			go io.Copy(io.Discard, out)
			return sonde.Antivirus{Adresse: "unix://" + folder + "/s", OctetsMax: 2_000_000}
		}
	}
	t.Fatalf("clamd stopped:\n%s", &said)
	return sonde.Antivirus{}
}
