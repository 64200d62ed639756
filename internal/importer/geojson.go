package importer

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/paulmach/orb"

	"guichet/internal/francais"
	"guichet/internal/territoire"
)

// A feature is one outline of a GeoJSON file.
type feature struct {
	Type       string
	Properties map[string]any
	Geometry   *struct {
		Type        string
		Coordinates json.RawMessage
	}
}

// The properties of outlines, by the folded names they may have.
var (
	propQpv      = []string{"code qp", "code qpv", "codeqp", "code"}
	propNomQpv   = []string{"nom qp", "nom qpv", "lib qp", "nom"}
	propCommunes = []string{"communes", "commune", "nom com", "lib com", "noms communes", "insee com"}
	propInsee    = []string{"insee", "code insee", "insee com", "codgeo", "code", "c"}
)

// texte returns the first property that has one of the names, as text.
func (f *feature) texte(names []string) string {
	for _, name := range names {
		for key, value := range f.Properties {
			if francais.Plie(key) != name {
				continue
			}
			switch v := value.(type) {
			case string:
				return strings.TrimSpace(v)
			case json.Number:
				return v.String()
			}
		}
	}
	return ""
}

// features calls yield with each feature of a FeatureCollection and its rank,
// from 1, until it returns false.
func (l *lecteur) features(r io.Reader, yield func(rank int, f *feature) bool) {
	b, err := deplie(r)
	if err != nil {
		l.erreur(0, 0, "le fichier compressé est abîmé : compressez-le à nouveau, ou donnez-le tel quel.")
		return
	}
	if bom, _ := b.Peek(3); string(bom) == "\ufeff" {
		_, _ = b.Discard(3) // peeked: cannot fail
	}
	d := json.NewDecoder(b)
	d.UseNumber()
	rank := 0
	err = collection(d, func(f *feature) bool {
		if rank++; rank > maxFormes {
			l.tropGrand("le fichier dépasse %d contours.", maxFormes)
		}
		return !l.assez() && yield(rank, f)
	})
	switch {
	case err == nil && rank == 0:
		l.erreur(0, 0, "le fichier ne contient aucun contour.")
	case err == nil || errors.Is(err, errStop):
	case errors.Is(err, errTropGrand):
		l.tropGrand("le fichier dépasse %d Mo une fois déplié.", maxOctets>>20)
	case errors.Is(err, errCrs):
		l.erreur(0, 0, "les coordonnées sont dans un autre système : exportez le fichier en longitude et latitude (WGS 84, EPSG:4326).")
	case errors.Is(err, errCollection):
		l.erreur(0, 0, "le fichier n’est pas une FeatureCollection GeoJSON.")
	default:
		l.erreur(0, 0, "le JSON est mal écrit après le contour %d, vers l’octet %d : %s.", rank, d.InputOffset(), cause(err))
	}
}

var (
	errStop       = errors.New("stop")
	errCrs        = errors.New("another reference system")
	errCollection = errors.New("not a FeatureCollection")
)

// collection walks a FeatureCollection without holding it whole.
func collection(d *json.Decoder, yield func(*feature) bool) error {
	if tok, err := d.Token(); err != nil || tok != json.Delim('{') {
		return orCollection(err)
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return err
		}
		switch key {
		case "crs":
			err = reference(d)
		case "features":
			err = each(d, yield)
		case "type":
			var kind string
			if err = d.Decode(&kind); err == nil && kind != "FeatureCollection" {
				err = errCollection
			}
		default:
			var other json.RawMessage
			err = d.Decode(&other)
		}
		if err != nil {
			return err
		}
	}
	_, err := d.Token()
	return err
}

func orCollection(err error) error {
	if err != nil {
		return err
	}
	return errCollection
}

// each decodes an array of features.
func each(d *json.Decoder, yield func(*feature) bool) error {
	if tok, err := d.Token(); err != nil || tok != json.Delim('[') {
		return orCollection(err)
	}
	for d.More() {
		var f feature
		if err := d.Decode(&f); err != nil {
			return err
		}
		if !yield(&f) {
			return errStop
		}
	}
	_, err := d.Token()
	return err
}

// reference refuses a reference system other than longitude and latitude.
func reference(d *json.Decoder) error {
	var crs struct{ Properties struct{ Name string } }
	if err := d.Decode(&crs); err != nil {
		return err
	}
	name := crs.Properties.Name
	if name == "" || strings.Contains(name, "CRS84") || strings.HasSuffix(name, "4326") {
		return nil
	}
	return errCrs
}

// cause says in French what a JSON decoder met.
func cause(err error) string {
	if bad, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return fmt.Sprintf("« %s » ne convient pas à la clé « %s »", short(bad.Value), bad.Field)
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return "le fichier s’arrête trop tôt"
	}
	return "un signe inattendu, ou un fichier compressé abîmé"
}

// contour reads the geometry of a feature. what is wrong with it comes back in
// French.
func (f *feature) contour() (orb.MultiPolygon, string) {
	if f.Geometry == nil {
		return nil, "n’a pas de contour"
	}
	var polygons [][][][]float64
	var err error
	switch f.Geometry.Type {
	case "Polygon":
		polygons = make([][][][]float64, 1)
		err = json.Unmarshal(f.Geometry.Coordinates, &polygons[0])
	case "MultiPolygon":
		err = json.Unmarshal(f.Geometry.Coordinates, &polygons)
	default:
		return nil, fmt.Sprintf("est un « %s » : il faut un Polygon ou un MultiPolygon", short(f.Geometry.Type))
	}
	if err != nil {
		return nil, "a des coordonnées mal écrites : il faut des couples [longitude, latitude]"
	}
	mp := make(orb.MultiPolygon, len(polygons))
	for i, polygon := range polygons {
		mp[i] = make(orb.Polygon, len(polygon))
		for j, ring := range polygon {
			mp[i][j] = make(orb.Ring, len(ring))
			for k, p := range ring {
				if len(p) < 2 {
					return nil, "a un point qui n’est pas un couple [longitude, latitude]"
				}
				mp[i][j][k] = orb.Point{p[0], p[1]}
			}
		}
	}
	return mp, ""
}

// qpv reads outlines of priority neighbourhoods: all sound, or nothing.
func (l *lecteur) qpv(r io.Reader) territoire.Couches {
	l.source("Quartiers prioritaires de la politique de la ville")
	var out []*territoire.Qpv
	seen := make(map[string]int)
	l.features(r, func(rank int, f *feature) bool {
		q := &territoire.Qpv{Code: f.texte(propQpv), Nom: f.texte(propNomQpv), Communes: f.texte(propCommunes), Source: l.entete.Source}
		name := nomme(rank, q.Code)
		if q.Code == "" {
			l.erreur(0, 0, "%s n’a pas de code : donnez la propriété « code_qp ».", name)
		} else if before, twice := seen[q.Code]; twice {
			l.erreur(0, 0, "%s a le même code que le contour %d.", name, before)
		}
		seen[q.Code] = rank
		var wrong string
		if q.Contour, wrong = f.contour(); wrong != "" {
			l.erreur(0, 0, "%s %s.", name, wrong)
			return true
		}
		for _, d := range territoire.Verifie(q.Contour) {
			l.erreur(0, 0, "%s, anneau %d : %s.", name, d.Anneau, d.Raison)
		}
		out = append(out, q)
		l.lignes++
		return true
	})
	slices.SortStableFunc(out, func(a, b *territoire.Qpv) int { return strings.Compare(a.Code, b.Code) })
	return territoire.Couches{Qpv: out}
}

func nomme(rank int, code string) string {
	if code == "" {
		return fmt.Sprintf("le contour %d", rank)
	}
	return fmt.Sprintf("le contour %d (%s)", rank, short(code))
}

// partAbimee is the share of outlines of communes that may be set aside: one
// in so many.
const partAbimee = 100

// contours reads outlines of communes. Simplified outlines may have lost their
// surface: they are set aside and remarked, unless they are many.
func (l *lecteur) contours(r io.Reader) territoire.Couches {
	l.source("Contours des communes")
	var out []*territoire.Contour
	seen := make(map[territoire.Insee]int)
	asides := 0
	l.features(r, func(rank int, f *feature) bool {
		code, ok := l.insee(f.texte(propInsee), 0, 0)
		if !ok {
			return true
		}
		name := nomme(rank, string(code))
		if before, twice := seen[code]; twice {
			l.erreur(0, 0, "%s a le même code que le contour %d.", name, before)
		}
		seen[code] = rank
		mp, wrong := f.contour()
		if wrong != "" {
			l.erreur(0, 0, "%s %s.", name, wrong)
			return true
		}
		if l.abime(name, mp) {
			asides++
			return true
		}
		(&table{lecteur: l}).connu(membre{insee: code}, 0)
		out = append(out, &territoire.Contour{Insee: code, Contour: mp})
		l.lignes++
		return true
	})
	if asides*partAbimee > l.lignes {
		l.erreur(0, 0, "contours inutilisables : %d sur %d ; le fichier est abîmé.", asides, asides+l.lignes)
	}
	slices.SortStableFunc(out, func(a, b *territoire.Contour) int { return strings.Compare(string(a.Insee), string(b.Insee)) })
	return territoire.Couches{Contours: out}
}

// abime remarks what is wrong with an outline and reports whether it cannot be
// used.
func (l *lecteur) abime(name string, mp orb.MultiPolygon) (useless bool) {
	for _, d := range territoire.Verifie(mp) {
		aside := ""
		if d.Fatal {
			useless, aside = true, " ; il est laissé de côté"
		}
		l.remarque(0, 0, "%s, anneau %d : %s%s.", name, d.Anneau, d.Raison, aside)
	}
	return useless
}
