//go:build unix

package sonde

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"syscall"
	"time"
)

const (
	maxMemoire = 512 << 20 // bytes that may be written to
	maxCalcul  = 5         // seconds of processor
)

// limite takes from this process what it does not need, for good.
//
// The bound of memory is RLIMIT_DATA, not RLIMIT_AS: at its first line a Go
// program has already reserved 1.5 GB of addresses it does not use, so a bound
// of 512 MB on addresses stops it at once, while RLIMIT_DATA counts the pages
// that may be written (110 MB at the start) and stops it near 400 MB of values.
// The collector works harder before that, so that an honest document passes.
//
// No descriptor may be opened any more: neither a file nor the network. The
// timers of Go need one, which they open first.
func limite() error {
	runtime.GOMAXPROCS(1)
	time.AfterFunc(time.Hour, func() {}).Stop()
	debug.SetMemoryLimit(maxMemoire * 3 / 4)
	for _, l := range []struct {
		nom   string
		which int
		most  uint64
	}{
		{"data", syscall.RLIMIT_DATA, maxMemoire},
		{"cpu", syscall.RLIMIT_CPU, maxCalcul},
		{"core", syscall.RLIMIT_CORE, 0},
		{"nofile", syscall.RLIMIT_NOFILE, 0},
	} {
		if err := syscall.Setrlimit(l.which, &syscall.Rlimit{Cur: l.most, Max: l.most}); err != nil {
			return fmt.Errorf("%s: %w", l.nom, err)
		}
	}
	return nil
}
