package courrier

import (
	"hash/fnv"
	"strconv"
	"time"
)

var delais = [...]time.Duration{time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour, 4 * time.Hour, 12 * time.Hour, 24 * time.Hour}

// Reessai returns how long to wait after the nth failure in a row before the
// next try: one minute, then 5, 15, an hour, 4, 12, and 24 hours from the
// seventh on. Up to a tenth more, always the same for the same mail and n,
// keeps a thousand mails that failed together from coming back together.
func Reessai(id Identifiant, n int) time.Duration {
	d := delais[min(max(n, 1), len(delais))-1]
	h := fnv.New32a()
	_, _ = h.Write([]byte(string(id) + strconv.Itoa(n))) // never fails
	return d + d/10*time.Duration(h.Sum32()%1000)/1000
}
