package web

import (
	"strconv"
	"strings"
	"sync"

	"guichet/internal/guichet"
	"guichet/internal/web/ui"
)

// fragmentBytes bounds the parts of pages that are kept.
const fragmentBytes = 8 << 20

// fragments keeps the parts of pages that say the same thing: two communes
// whose facts are the same have the same cards. Its zero value is empty; it
// serves many callers at once.
type fragments struct {
	mu    sync.RWMutex
	kept  map[string]ui.Node
	bytes int
}

// of returns the part that the key names, made once. The key must hold all that
// the part depends on.
func (f *fragments) of(key string, make func() ui.Node) ui.Node {
	f.mu.RLock()
	n, ok := f.kept[key]
	f.mu.RUnlock()
	if ok {
		return n
	}
	n, size, err := ui.Write(make())
	if err != nil {
		return make() // the page itself will tell
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.kept == nil || f.bytes+size+len(key) > fragmentBytes {
		f.kept, f.bytes = map[string]ui.Node{}, 0
	}
	f.kept[key] = n
	f.bytes += size + len(key)
	return n
}

// keep keeps the top and the bottom of the pages of a section, which depend on
// the day alone.
func (s *site) keep(c guichet.Contexte, section string) func(string, func() ui.Node) ui.Node {
	key := section + " " + strconv.Itoa(int(c.Jour)) + " " + strconv.Itoa(int(c.Aujourdhui)) + " "
	return func(part string, make func() ui.Node) ui.Node { return s.fragments.of(key+part, make) }
}

// cardKey names the card of an answer: an answer depends on its scheme, on the
// day and on the facts that it used, and on nothing else.
func cardKey(c guichet.Contexte, v *guichet.VueTerritoire, a guichet.ReponseVue) string {
	var b strings.Builder
	b.Grow(512)
	b.WriteString(a.Dispositif.Code)
	for _, n := range []int{int(c.Jour), int(c.Aujourdhui), int(a.Verdict)} {
		b.WriteByte(0)
		b.WriteString(strconv.Itoa(n))
	}
	b.WriteString(strconv.FormatBool(asked(v, a)))
	b.WriteString(v.DepartementPrefecture())
	a.Signature(&b)
	for _, small := range a.Aides {
		small.Signature(&b)
	}
	return b.String()
}

// groupKey names the questions of a scheme, with what was typed.
func groupKey(gr *group) string {
	var b strings.Builder
	b.WriteString("questions")
	if gr.dispositif != nil {
		b.WriteString(gr.dispositif.Code)
	}
	for _, q := range gr.questions {
		b.WriteByte(0)
		b.WriteString(q.Fait.Nom)
		b.WriteByte(0)
		b.WriteString(q.Texte)
		b.WriteByte(0)
		b.WriteString(q.Erreur)
		b.WriteString(strconv.FormatBool(q.Requise))
	}
	return b.String()
}
