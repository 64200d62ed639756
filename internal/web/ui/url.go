package ui

import (
	"net/url"
	"strings"
)

// A URL is an address that a page may offer. It only comes from Path, Web,
// Mail and Phone; the zero URL leads nowhere and its link is plain text.
type URL struct {
	href string
	away bool
}

// Path returns the address of a page of this site. Query holds names and
// values in turn; an empty value is left out. A path that would leave the site
// gives the zero URL.
func Path(path string, query ...string) URL {
	if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.ContainsAny(path, "\\\r\n\t") {
		return URL{}
	}
	u := url.URL{Path: path}
	vv := url.Values{}
	for i := 0; i+1 < len(query); i += 2 {
		if query[i+1] != "" {
			vv.Add(query[i], query[i+1])
		}
	}
	u.RawQuery = vv.Encode()
	return URL{href: u.String()}
}

// With returns the address with the query vv instead of its own.
func (u URL) With(vv url.Values) URL {
	if u.Zero() || u.away {
		return u
	}
	path, _, _ := strings.Cut(u.href, "?")
	if q := vv.Encode(); q != "" {
		path += "?" + q
	}
	return URL{href: path}
}

// At returns the address with the fragment id.
func (u URL) At(id string) URL {
	if u.Zero() {
		return u
	}
	return URL{href: u.href + "#" + url.PathEscape(id), away: u.away}
}

// Here is a place of the same page.
func Here(id string) URL { return URL{href: "#" + url.PathEscape(id)} }

// Web returns the address of another site: https, with a host and no user.
func Web(raw string) URL {
	u, err := url.Parse(strings.TrimSpace(raw))
	if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil {
		return URL{}
	}
	return URL{href: u.String(), away: true}
}

// Mail returns the link that writes to an address.
func Mail(address string) URL {
	name, host, ok := strings.Cut(address, "@")
	if !ok || name == "" || !strings.Contains(host, ".") || strings.ContainsAny(address, " \r\n\t?&<>\"") {
		return URL{}
	}
	if strings.Contains(host, "@") {
		return URL{}
	}
	return URL{href: (&url.URL{Scheme: "mailto", Opaque: url.PathEscape(name) + "@" + url.PathEscape(host)}).String()}
}

// Phone returns the link that calls a French number of ten figures.
func Phone(number string) URL {
	figures := strings.Map(func(r rune) rune {
		if r == ' ' || r == '.' || r == '\u00a0' || r == '\u202f' {
			return -1
		}
		return r
	}, number)
	if len(figures) != 10 || figures[0] != '0' || strings.Trim(figures, "0123456789") != "" {
		return URL{}
	}
	return URL{href: "tel:+33" + figures[1:]}
}

// Zero reports whether the URL leads nowhere.
func (u URL) Zero() bool { return u.href == "" }

// String returns the address.
func (u URL) String() string { return u.href }
