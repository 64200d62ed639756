package web

import (
	"container/list"
	"net/http"
	"sync"

	"guichet/internal/jour"
)

// cacheBytes bounds the memory of the pages kept.
const cacheBytes = 16 << 20

// A written is a whole answer, ready to be sent again.
type written struct {
	key    pageKey
	kind   string
	tag    string
	body   []byte
	once   sync.Once
	zipped []byte // made when a reader first asks for it
}

// size counts the body, and a quarter more for its compressed form.
func (a *written) size() int { return len(a.body) * 5 / 4 }

// gzip returns the body compressed, or nil when it is too short to gain.
func (a *written) gzip() []byte {
	a.once.Do(func() {
		if len(a.body) > 1024 {
			a.zipped = zip(a.body)
		}
	})
	return a.zipped
}

// A pageKey names an answer: what was asked, the day a question without a day
// gets, and the version of the data.
type pageKey struct {
	target  string
	today   jour.Jour
	version int64
}

// A cache keeps the last pages asked for, the oldest leaving first. It serves
// many callers at once.
type cache struct {
	mu    sync.Mutex
	pages map[pageKey]*list.Element
	order *list.List // the last asked first; of *written
	bytes int
}

func newCache() *cache { return &cache{pages: make(map[pageKey]*list.Element), order: list.New()} }

func (c *cache) get(key pageKey) (*written, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.pages[key]
	if !ok {
		return nil, false
	}
	c.order.MoveToFront(e)
	return e.Value.(*written), true
}

// put keeps a page, unless it is so large that it would chase many others.
func (c *cache) put(a *written) {
	if a.size() > cacheBytes/16 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.pages[a.key]; ok {
		return
	}
	c.pages[a.key] = c.order.PushFront(a)
	for c.bytes += a.size(); c.bytes > cacheBytes; {
		old := c.order.Remove(c.order.Back()).(*written)
		delete(c.pages, old.key)
		c.bytes -= old.size()
	}
}

// key names what a request asks for.
func (s *site) key(r *http.Request) pageKey {
	return pageKey{r.URL.RequestURI(), s.g.Aujourdhui(), s.g.Version()}
}

// cached answers again what was already asked; otherwise h does.
func (s *site) cached(h handler) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		if a, ok := s.cache.get(s.key(r)); ok {
			a.send(w, r)
			return nil
		}
		return h(w, r)
	}
}
