package dispositif

import (
	"cmp"
	"errors"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"guichet/internal/lecture"
	"guichet/internal/regle"
	"guichet/internal/territoire"
)

// loader reads a folder of data and gathers all that is wrong in it.
type loader struct {
	fsys fs.FS
	c    *Catalogue
	pp   lecture.Problemes

	communes Communs
}

// Load reads the folder of data and checks all of it. The error is a
// [lecture.Problemes].
func Load(fsys fs.FS) (*Catalogue, error) {
	l := &loader{fsys: fsys, c: &Catalogue{locaux: make(map[string]*Catalogue)}}
	l.catalogue()
	l.dictionnaire()
	l.actesCommuns()
	if len(l.pp) == 0 {
		l.folders()
	}
	if len(l.pp) == 0 {
		l.lint()
	}
	if len(l.pp) == 0 {
		for _, d := range l.c.dispositifs {
			l.communs(d)
		}
	}
	if len(l.pp) == 0 {
		l.overlays()
	}
	return l.c, l.pp.Err()
}

// read returns the text of a file that must exist.
func (l *loader) read(name string) ([]byte, bool) {
	text, err := fs.ReadFile(l.fsys, name)
	if err != nil {
		l.pp.Add(name, 0, "", "ce fichier manque ou ne peut pas être lu.")
	}
	return text, err == nil
}

// keep records the problems of err.
func (l *loader) keep(err error) bool {
	var pp lecture.Problemes
	if errors.As(err, &pp) {
		l.pp = append(l.pp, pp...)
	} else if err != nil {
		l.pp.Add("", 0, "", "%v", err)
	}
	return err == nil
}

func (l *loader) catalogue() {
	var file struct {
		Edition  Edition             `yaml:"edition"`
		Sources  map[string]*Source  `yaml:"sources"`
		Services map[string]*Service `yaml:"services"`
		Contacts map[string]*Contact `yaml:"contacts"`
		Liens    map[string]*Lien    `yaml:"liens"`
		Motifs   []Motif             `yaml:"motifs"`
		Delais   []Delai             `yaml:"delais"`
	}
	if text, ok := l.read("catalogue.yaml"); ok && l.keep(lecture.Load("catalogue.yaml", text, &file)) {
		l.c.delais, l.c.Motifs = file.Delais, file.Motifs
		l.c.Edition, l.c.Sources, l.c.Services, l.c.Contacts, l.c.Liens = file.Edition, file.Sources, file.Services, file.Contacts, file.Liens
	}
}

func (l *loader) dictionnaire() {
	text, ok := l.read("faits.yaml")
	if !ok {
		return
	}
	d, err := regle.LoadDictionnaire("faits.yaml", text)
	if l.keep(err) {
		l.c.Dictionnaire = d
	}
}

// courriers is the folder of the letters that all schemes share: they are
// loaded where they are written.
const courriers = "courriers"

// folders reads every folder but that of the letters: a prefecture when it
// has prefecture.yaml, a scheme otherwise.
func (l *loader) folders() {
	entries, err := fs.ReadDir(l.fsys, ".")
	l.keep(err)
	for _, e := range entries {
		if !e.IsDir() || e.Name() == courriers {
			continue
		}
		if _, err := fs.Stat(l.fsys, path.Join(e.Name(), "prefecture.yaml")); err == nil {
			l.prefecture(e.Name())
		} else {
			l.dispositif(e.Name())
		}
	}
	slices.SortFunc(l.c.dispositifs, func(a, b *Dispositif) int {
		return cmp.Or(cmp.Compare(a.Ordre, b.Ordre), cmp.Compare(a.Code, b.Code))
	})
}

func (l *loader) dispositif(folder string) {
	name := path.Join(folder, "dispositif.yaml")
	text, ok := l.read(name)
	if !ok {
		return
	}
	d := &Dispositif{fichier: name}
	if !l.keep(lecture.Load(name, text, d)) {
		return
	}
	if d.Code != folder {
		l.pp.Add(name, int(d.Ligne), "code", "le code « %s » doit être le nom du dossier, « %s ».", d.Code, folder)
	}
	for _, c := range d.Formulaire {
		if c.Si != "" {
			d.Gardes = append(d.Gardes, &regle.Garde{ID: "formulaire." + c.ID, Si: c.Si, Ligne: d.Ligne})
		}
	}
	p, err := regle.Compile(name, l.c.Dictionnaire, &d.Regles)
	if l.keep(err) {
		d.Programme = p
		d.adopte(l.communes)
		l.c.dispositifs = append(l.c.dispositifs, d)
	}
}

func (l *loader) prefecture(folder string) {
	name := path.Join(folder, "prefecture.yaml")
	text, ok := l.read(name)
	p := &Prefecture{}
	if !ok || !l.keep(lecture.Load(name, text, p)) {
		return
	}
	files, err := fs.Glob(l.fsys, path.Join(folder, "listes", "*.yaml"))
	l.keep(err)
	for _, file := range files {
		if text, ok := l.read(file); ok {
			list, err := territoire.LoadListe(file, text)
			if l.keep(err) {
				p.Listes = append(p.Listes, list)
			}
		}
	}
	l.c.Prefectures = append(l.c.Prefectures, p)
}

// overlays makes, for each prefecture, the catalogue as it changes it.
func (l *loader) overlays() {
	for _, p := range l.c.Prefectures {
		local := *l.c
		local.Services, local.Contacts = over(l.c.Services, p.Services), over(l.c.Contacts, p.Contacts)
		local.dispositifs = nil
		for _, d := range l.c.dispositifs {
			local.dispositifs = append(local.dispositifs, l.surcharge(d, p))
		}
		for _, dep := range p.Departements {
			l.c.locaux[dep] = &local
		}
	}
}

func over[V any](national, local map[string]V) map[string]V {
	out := maps.Clone(national)
	if out == nil {
		out = make(map[string]V)
	}
	maps.Copy(out, local)
	return out
}

// surcharge returns d as the prefecture p changes it, with what differs.
func (l *loader) surcharge(d *Dispositif, p *Prefecture) *Dispositif {
	local := *d
	if s, named := p.Services[d.Service]; named {
		local.differ("service instructeur", l.c.Services[d.Service].Nom, s.Nom)
	}
	s := p.Surcharges[d.Code]
	if s == nil {
		return &local
	}
	if s.Service != "" && s.Service != d.Service {
		local.differ("service instructeur", d.Service, s.Service)
		local.Service = s.Service
	}
	if len(s.Contacts) > 0 {
		local.differ("contacts", strings.Join(d.Contacts, ", "), strings.Join(s.Contacts, ", "))
		local.Contacts = s.Contacts
	}
	if s.Calendrier != nil {
		local.differ("calendrier", d.Calendrier.Texte, s.Calendrier.Texte)
		local.Calendrier = *s.Calendrier
	}
	if len(s.Parametres) > 0 {
		l.parametres(&local, p, s)
	}
	return &local
}

// parametres compiles the rules again with the local values.
func (l *loader) parametres(d *Dispositif, p *Prefecture, s *Surcharge) {
	rules := d.Regles
	rules.Parametres = over(d.Parametres, s.Parametres)
	for _, nom := range slices.Sorted(maps.Keys(s.Parametres)) {
		national, known := d.Parametres[nom]
		if !known {
			l.pp.Add(path.Join(p.Code, "prefecture.yaml"), 0, "surcharges."+d.Code+".parametres."+nom, "le dispositif n’a pas de paramètre de ce nom.")
			continue
		}
		d.differ("paramètre « "+national.Libelle+" »", last(national), last(s.Parametres[nom]))
	}
	program, err := regle.Compile(path.Join(p.Code, "prefecture.yaml"), l.c.Dictionnaire, &rules)
	if l.keep(err) {
		d.Regles, d.Programme = rules, program
	}
}

func last(p *regle.Parametre) string {
	if p == nil || len(p.Valeurs) == 0 {
		return ""
	}
	return p.Valeurs[len(p.Valeurs)-1].Vaut
}

func (d *Dispositif) differ(champ, national, local string) {
	if national != local {
		d.Differences = append(slices.Clip(d.Differences), Difference{champ, national, local})
	}
}
