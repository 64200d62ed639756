package ui

import (
	"sync"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"
)

// The drawings, in a square of 24, as paths.
const (
	iconAway    = "M14 4h6v6M20 4l-9 9M18 14v5a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1V7a1 1 0 0 1 1-1h5"
	iconSearch  = "M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM15.5 15.5 21 21"
	iconMark    = "M4 21V11a8 8 0 0 1 16 0v10M2 21h20M8.5 14h7M12 3v4"
	iconYes     = "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM8 12.2l2.8 2.8L16.2 9.4"
	iconNo      = "M4.5 4.5h15v15h-15zM9 9l6 6M15 9l-6 6"
	iconMissing = "M12 2.8 21.2 12 12 21.2 2.8 12zM10 10.2a2 2 0 1 1 2.6 1.9c-.4.2-.6.5-.6 1v.4M12 16.2v.1"
	iconJudge   = "M12 4v16M7 20h10M12 6 5 8l-2.4 5.5a2.6 2.6 0 0 0 4.8 0zM12 6l7 2 2.4 5.5a2.6 2.6 0 0 1-4.8 0L19 8"
	iconFailure = "M12 3.5 21.5 20h-19zM12 9.5v5M12 17.3v.1"
	iconNeutral = "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM8 12h8"
	iconInfo    = "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 11v5.5M12 7.6v.1"
	iconDay     = "M4 6h16v14H4zM4 10.5h16M8 3.5v4M16 3.5v4"
)

// icons are those already drawn, by path: a few, many times on a page.
var icons sync.Map

// icon draws a path; it is never read aloud.
func icon(path string) Node {
	if n, ok := icons.Load(path); ok {
		return n.(Node)
	}
	n, _, err := Write(draw(path))
	if err != nil {
		return draw(path)
	}
	icons.Store(path, n)
	return n
}

func draw(path string) Node {
	return h.SVG(h.Class("icon"), g.Attr("viewBox", "0 0 24 24"), h.Width("20"), h.Height("20"),
		h.Aria("hidden", "true"), g.Attr("focusable", "false"),
		g.El("path", g.Attr("d", path)))
}
