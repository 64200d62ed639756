package web

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"time"

	"guichet/internal/web/ui"
)

//go:embed static
var staticFiles embed.FS

// An asset is a file whose address carries the digest of its content, so that
// a browser may keep it for ever.
type asset struct {
	name string
	text []byte
}

// assets holds the files of static/ by address and the address of each name.
type assets struct {
	byPath map[string]asset
	paths  map[string]string
}

func loadAssets(fsys fs.FS) (assets, error) {
	a := assets{make(map[string]asset), make(map[string]string)}
	entries, err := fs.ReadDir(fsys, ".")
	if err != nil {
		return a, err
	}
	for _, e := range entries {
		text, err := fs.ReadFile(fsys, e.Name())
		if err != nil {
			return a, err
		}
		sum := sha256.Sum256(text)
		ext := path.Ext(e.Name())
		p := "/static/" + strings.TrimSuffix(e.Name(), ext) + "." + hex.EncodeToString(sum[:6]) + ext
		a.byPath[p] = asset{e.Name(), text}
		a.paths[e.Name()] = p
	}
	return a, nil
}

// url returns the address of the file called name.
func (a assets) url(name string) ui.URL { return ui.Path(a.paths[name]) }

// serveStatic answers with one file of the style, the script or the icon.
func (s *site) serveStatic(w http.ResponseWriter, r *http.Request) error {
	f, ok := s.assets.byPath[r.URL.Path]
	if !ok {
		return errPage
	}
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	http.ServeContent(w, r, f.name, time.Time{}, bytes.NewReader(f.text))
	return nil
}
