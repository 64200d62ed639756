package e2e

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// papers is the applicant who downloads the letters of the dossier: each is a
// valid PDF, readable aloud, that names the dossier; the receipt holds the
// digest of each document that was sent, the decision its amount.
func (p *play) papers(s step) {
	tab := p.at(s.who)
	links := func(part string) []string {
		return eval[[]string](p, tab, `[...new Set([...document.querySelectorAll('main a[href*="/`+part+`/"]')].map(a => a.href))]`)
	}
	letters, pieces := links("lettres"), links("pieces")
	if len(letters) < 2 || len(pieces) == 0 {
		p.Fatalf("%d letters and %d documents to download", len(letters), len(pieces))
	}
	receipt, decision := p.paper(s.who, letters[0]), p.paper(s.who, letters[len(letters)-1])
	for _, piece := range pieces {
		sum := sha256.Sum256([]byte(fetch(p.T, s.who, piece)))
		if digest := hex.EncodeToString(sum[:]); !strings.Contains(receipt, digest) {
			p.Errorf("the receipt does not hold the digest %s of %s:\n%s", digest, piece, receipt)
		}
	}
	if !strings.Contains(decision, "12000") {
		p.Errorf("the letter of the decision does not say the amount:\n%s", decision)
	}
}

// paper downloads a letter and returns its text without any space.
func (p *play) paper(who, address string) string {
	p.Helper()
	file := fetch(p.T, who, address)
	if !strings.HasPrefix(file, "%PDF-") {
		p.Fatalf("%s is %.60q", address, file)
	}
	text, err := pdfText([]byte(file))
	if err != nil {
		p.Fatalf("%s: %v", address, err)
	}
	if !strings.Contains(text, p.number) {
		p.Errorf("%s does not name the dossier %s:\n%s", address, p.number, text)
	}
	return text
}

var (
	shown = regexp.MustCompile(`BT /(F\d+) [^<]*<([0-9A-F]*)> Tj`)
	pair  = regexp.MustCompile(`<([0-9A-F]{4})> <([0-9A-F]+)>`)
)

// pdfText returns what a PDF says, without any space. The error tells that the
// file is not valid, or that a screen reader could not follow it: no tags, no
// language, no title.
func pdfText(file []byte) (string, error) {
	api.DisableConfigDir()
	conf := model.NewDefaultConfiguration()
	conf.ValidationMode = model.ValidationStrict
	x, err := api.ReadAndValidate(bytes.NewReader(file), conf)
	if err != nil {
		return "", err
	}
	root, err := x.Catalog()
	if err != nil {
		return "", err
	}
	dict := func(o types.Object) types.Dict { d, _ := x.DereferenceDict(o); return d }
	if marked := dict(root["MarkInfo"]).BooleanEntry("Marked"); marked == nil || !*marked || dict(root["StructTreeRoot"]) == nil || root["Lang"] == nil ||
		dict(root["ViewerPreferences"]).BooleanEntry("DisplayDocTitle") == nil {
		return "", errors.New("no tags, language or title for a screen reader")
	}
	var b strings.Builder
	for n := 1; n <= x.PageCount; n++ {
		page, _, _, err := x.PageDict(n, false)
		if err != nil {
			return "", err
		}
		content, err := x.PageContent(page, n)
		if err != nil {
			return "", err
		}
		fonts := dict(dict(page["Resources"])["Font"])
		words := make(map[string]map[string]string)
		for _, m := range shown.FindAllStringSubmatch(string(content), -1) {
			if words[m[1]] == nil {
				table, _, err := x.DereferenceStreamDict(dict(fonts[m[1]])["ToUnicode"])
				if err == nil {
					err = table.Decode()
				}
				if err != nil {
					return "", fmt.Errorf("page %d, font %s: %w", n, m[1], err)
				}
				words[m[1]] = characters(table.Content)
			}
			for i := 0; i+4 <= len(m[2]); i += 4 {
				b.WriteString(words[m[1]][m[2][i:i+4]])
			}
		}
	}
	return strings.Join(strings.Fields(b.String()), ""), nil
}

// characters reads the table of a font: what each of its glyphs says.
func characters(table []byte) map[string]string {
	out := make(map[string]string)
	for _, m := range pair.FindAllStringSubmatch(string(table), -1) {
		var units []uint16
		for i := 0; i+4 <= len(m[2]); i += 4 {
			if u, err := strconv.ParseUint(m[2][i:i+4], 16, 16); err == nil {
				units = append(units, uint16(u))
			}
		}
		out[m[1]] = string(utf16.Decode(units))
	}
	return out
}
