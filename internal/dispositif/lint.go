package dispositif

import (
	"net/mail"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"guichet/internal/fault"
	"guichet/internal/jour"
)

// maxPromesse bounds the promise of a scheme, in characters.
const maxPromesse = 180

var (
	requis         = []string{"oui", "non", "eventuel"}
	roles          = []string{"porteur", "preparateur", "instructeur", "signataire", "payeur", "operateur"}
	phases         = []string{"depot", "demande"}
	issues         = []string{"accord", "refus", "ajournement", "sans_suite", "irrecevable"}
	sens           = []string{"favorable", "reserve", "defavorable"} // of an opinion
	natures        = []string{"engagement", "sujet", "destinataire"}
	statutsContact = []string{"sur", "douteux", "tronque"}
	statutsLien    = []string{"sur", "douteux", "prive"}
)

// lint checks what one file alone cannot say: references, states, citations.
func (l *loader) lint() {
	l.lintCatalogue()
	for _, p := range l.c.Prefectures {
		l.lintPrefecture(p)
	}
	for _, d := range l.c.dispositifs {
		l.lintDispositif(d)
		l.lintEtats(d)
		l.lintDossier(d)
		l.lintDelais(d)
	}
}

func (l *loader) lintCatalogue() {
	const file = "catalogue.yaml"
	if l.c.Edition.Code == "" || l.c.Sources[l.c.Edition.Source] == nil {
		l.pp.Add(file, 0, "edition", "une édition demande « code » et une « source » qui existe.")
	}
	for id, k := range l.c.Contacts {
		l.contact(file, "contacts."+id, k)
	}
	for id, s := range l.c.Services {
		l.cites(file, "services."+id, s.Cite)
		for _, k := range s.Contacts {
			if l.c.Contacts[k] == nil {
				l.pp.Add(file, 0, "services."+id+".contacts", "le contact « %s » n’existe pas.", k)
			}
		}
	}
	for _, m := range l.c.Motifs {
		if m.Code == "" || m.Texte == "" || len(m.Issues) == 0 || slices.ContainsFunc(m.Issues, func(i string) bool { return !slices.Contains(issues, i) }) {
			l.pp.Add(file, 0, "motifs."+m.Code, "un motif demande « code », « texte » et des « issues » parmi %s.", strings.Join(issues, ", "))
		}
	}
	l.lintCommuns()
	for id, lien := range l.c.Liens {
		l.lien(file, "liens."+id, lien)
	}
}

func (l *loader) contact(file, key string, k *Contact) {
	l.cites(file, key, k.Cite)
	if !slices.Contains(statutsContact, k.Statut) {
		l.pp.Add(file, 0, key+".statut", "« %s » : écrivez sur, douteux ou tronque.", k.Statut)
	}
	if k.Type != "courriel" {
		return
	}
	if _, err := mail.ParseAddress(k.Adresse()); err != nil || !domaine(k.Adresse()[strings.LastIndexByte(k.Adresse(), '@')+1:]) {
		l.pp.Add(file, 0, key, "« %s » n’est pas une adresse : corrigez-la dans « corrige » et gardez l’original dans « brut ».", k.Adresse())
	}
}

func (l *loader) lien(file, key string, lien *Lien) {
	l.cites(file, key, lien.Cite)
	if !slices.Contains(statutsLien, lien.Statut) {
		l.pp.Add(file, 0, key+".statut", "« %s » : écrivez sur, douteux ou prive.", lien.Statut)
	}
	if lien.Statut == "prive" && strings.ContainsAny(lien.Brut, "?=") {
		l.pp.Add(file, 0, key+".brut", "un lien privé ne se recopie pas : n’écrivez que l’adresse du site, sans clé.")
	}
	for _, raw := range []string{lien.URL()} {
		if u, err := url.Parse(raw); raw != "" && (err != nil || u.Scheme != "https" || !domaine(u.Hostname())) {
			l.pp.Add(file, 0, key, "« %s » n’est pas un lien https bien formé.", raw)
		}
	}
}

func (l *loader) lintPrefecture(p *Prefecture) {
	for key, m := range map[string]Mention{"adresse": p.Courrier.Adresse, "tribunal_adresse": p.Courrier.TribunalAdresse, "ministre": p.Courrier.Ministre} {
		if m.Texte != "" && m.Statut != "sur" && m.Statut != "a_confirmer" {
			l.pp.Add(p.Code+"/prefecture.yaml", 0, "courrier."+key, "le « statut » est sur ou a_confirmer.")
		}
	}
	file := p.Code + "/prefecture.yaml"
	if len(p.Departements) == 0 || p.Nom == "" {
		l.pp.Add(file, 0, "", "une préfecture demande « nom » et « departements ».")
	}
	for id, k := range p.Contacts {
		l.contact(file, "contacts."+id, k)
	}
	for id, s := range p.Services {
		if l.c.Services[id] == nil {
			l.pp.Add(file, 0, "services."+id, "le catalogue n’a pas de service de ce nom.")
		}
		l.cites(file, "services."+id, s.Cite)
	}
	for code := range p.Surcharges {
		if !slices.ContainsFunc(l.c.dispositifs, func(d *Dispositif) bool { return d.Code == code }) {
			l.pp.Add(file, 0, "surcharges."+code, "le catalogue n’a pas de dispositif de ce code.")
		}
	}
}

func (l *loader) lintDispositif(d *Dispositif) {
	fail := func(key, format string, args ...any) { l.pp.Add(d.fichier, int(d.Ligne), key, format, args...) }
	if d.Nom == "" || d.Description == "" || d.Promesse == "" || len(d.Beneficiaires.Types) == 0 {
		fail("", "un dispositif demande « nom », « promesse », « description » et « beneficiaires ».")
	}
	if n := utf8.RuneCountInString(d.Promesse); n > maxPromesse {
		fail("promesse", "la promesse compte %d caractères : %d au plus.", n, maxPromesse)
	}
	for _, a := range d.Aides {
		if !slices.Contains(Aides, a) {
			fail("aides", "« %s » n’est pas une sorte d’aide : écrivez %s.", a, strings.Join(Aides, ", "))
		}
	}
	if d.RattacheA != "" && !slices.ContainsFunc(l.c.dispositifs, func(o *Dispositif) bool { return o.Code == d.RattacheA }) {
		fail("rattache_a", "le dispositif « %s » n’existe pas.", d.RattacheA)
	}
	if l.c.Services[d.Service] == nil {
		fail("service", "le service « %s » n’existe pas dans catalogue.yaml.", d.Service)
	}
	for _, id := range d.Liens {
		if l.c.Liens[id] == nil {
			fail("liens", "le lien « %s » n’existe pas dans catalogue.yaml.", id)
		}
	}
	for _, v := range d.Volets {
		if l.c.Services[v.Service] == nil || l.c.Liens[v.Formulaire] == nil {
			fail("volets", "le volet « %s » demande un service et un lien qui existent.", v.Code)
		}
	}
	if err := d.Vagues().Check(); err != nil || d.Calendrier.Type == "vagues" && len(d.Calendrier.Vagues) == 0 {
		fail("calendrier.vagues", "%s", messageOr(err, "il faut au moins une vague."))
	}
	l.lintFormulaire(d, fail)
	l.lintCitations(d)
}

// lintSignature wants an act that asks for the documents owed at signature,
// and documents for an act that asks.
func (l *loader) lintSignature(d *Dispositif, fail func(key, format string, args ...any)) {
	owed := slices.ContainsFunc(d.Pieces, func(p Piece) bool { return p.Phase == Signature || p.Phase == DepotOuSignature })
	asked := slices.ContainsFunc(d.Transitions, func(t Transition) bool { return t.Pieces == Signature })
	if owed != asked {
		fail("transitions", "des pièces sont dues à la signature quand un acte dit « pieces: signature », et seulement alors.")
	}
	for _, t := range d.Transitions {
		if t.Pieces != "" && t.Pieces != Signature {
			fail("transitions."+t.Acte, "« pieces » ne peut être que « signature ».")
		}
	}
}

func messageOr(err error, text string) string {
	if err == nil {
		return text
	}
	return fault.Of(err).Message
}

func (l *loader) lintFormulaire(d *Dispositif, fail func(key, format string, args ...any)) {
	seen := make(map[string]bool)
	for _, c := range d.Formulaire {
		if !slices.Contains(requis, c.Requis) || c.ID == "" || c.Phase == "" || seen[c.ID] {
			fail("formulaire."+c.ID, "une question demande un « id » unique, « phase » et « requis » : oui, non ou eventuel.")
		}
		seen[c.ID] = true
	}
	l.lintChamps(d, fail)
	l.lintSignature(d, fail)
	for _, p := range d.Pieces {
		if c, ok := d.Communes(); p.Par != "" && (!ok || c.ID != p.Par) {
			fail("pieces."+p.ID+".par", "« %s » n’est pas une question de type « communes ».", p.Par)
		}
		if !slices.Contains(requis, p.Requise) || p.ID == "" || p.Phase == "" || seen[p.ID] {
			fail("pieces."+p.ID, "une pièce demande un « id » unique, « phase » et « requise » : oui, non ou eventuel.")
		}
		if p.Modele != "" && l.c.Liens[p.Modele] == nil {
			fail("pieces."+p.ID+".modele", "le lien « %s » n’existe pas dans catalogue.yaml.", p.Modele)
		}
		seen[p.ID] = true
	}
	for _, e := range d.Etapes {
		if _, err := jour.ParseDelai(e.Delai); e.Delai != "" && err != nil {
			fail("etapes", "l’étape %d : %s", e.N, fault.Of(err).Message)
		}
	}
	for _, c := range d.Conditions {
		if c.Piece != "" && !slices.ContainsFunc(d.Pieces, func(p Piece) bool { return p.ID == c.Piece }) {
			fail("conditions."+c.ID+".piece", "la pièce « %s » n’existe pas.", c.Piece)
		}
	}
}

// lintEtats checks the table of states: one initial state, every state
// reachable, every transition with known states and a role.
func (l *loader) lintEtats(d *Dispositif) {
	fail := func(key, format string, args ...any) { l.pp.Add(d.fichier, int(d.Ligne), key, format, args...) }
	if len(d.Etats) == 0 && d.RattacheA != "" {
		return
	}
	known, initials := make(map[string]bool), 0
	for _, e := range d.Etats {
		known[e.Code] = true
		if e.Initial {
			initials++
		}
	}
	if initials != 1 {
		fail("etats", "il faut exactement un état initial ; il y en a %d.", initials)
	}
	reached := map[string]bool{d.Initial(): true}
	for range d.Etats {
		for _, t := range d.Transitions {
			if slices.ContainsFunc(t.De, func(s string) bool { return reached[s] }) {
				reached[t.Vers] = true
			}
		}
	}
	for _, t := range d.Transitions {
		if !slices.Contains(roles, t.Role) {
			l.pp.Add(d.fichier, int(t.Ligne), "transitions", "l’acte « %s » n’a pas de rôle connu : écrivez %s.", t.Acte, strings.Join(roles, ", "))
		}
		if t.Phase != "" && !slices.Contains(phases, t.Phase) {
			l.pp.Add(d.fichier, int(t.Ligne), "transitions", "l’acte « %s » dépose une phase inconnue : écrivez %s.", t.Acte, strings.Join(phases, ", "))
		}
		if t.Issue != "" && !slices.Contains(issues, t.Issue) {
			l.pp.Add(d.fichier, int(t.Ligne), "transitions", "l’acte « %s » a une issue inconnue : écrivez %s.", t.Acte, strings.Join(issues, ", "))
		}
		for _, s := range append([]string{t.Vers}, t.De...) {
			if !known[s] {
				l.pp.Add(d.fichier, int(t.Ligne), "transitions", "l’acte « %s » nomme l’état « %s », qui n’existe pas.", t.Acte, s)
			}
		}
		if slices.ContainsFunc(d.Communs.Actes, func(c Transition) bool { return c.Acte == t.Acte }) {
			l.pp.Add(d.fichier, int(t.Ligne), "transitions", "l’acte « %s » a le nom d’un acte que tous les dispositifs connaissent : changez-le.", t.Acte)
		}
	}
	l.lintActesCommuns(d, known)
	for _, e := range d.Etats {
		if !reached[e.Code] {
			fail("etats", "l’état « %s » ne peut jamais être atteint.", e.Code)
		}
	}
}

// lintDossier checks what a dossier needs of its scheme: an act that files, the
// kinds of requirement, the facts that documents measure.
func (l *loader) lintDossier(d *Dispositif) {
	if len(d.Etats) > 0 && d.Phase(d.Initial()) == "" {
		l.pp.Add(d.fichier, int(d.Ligne), "transitions", "aucun acte ne dépose le dossier : donnez « phase: depot » à celui qui part du premier état.")
	}
	for _, c := range d.Formulaire {
		if _, fact := l.c.Dictionnaire.Fait(c.ID); fact && c.Fait != c.ID {
			l.pp.Add(d.fichier, int(d.Ligne), "formulaire."+c.ID, "ce champ a le nom d’un fait : donnez « fait: %s », ou un autre nom.", c.ID)
		}
	}
	for _, e := range d.Exigences {
		if !slices.Contains(natures, e.Nature) {
			l.pp.Add(d.fichier, int(d.Ligne), "exigences."+e.ID, "la nature « %s » n’existe pas : écrivez %s.", e.Nature, strings.Join(natures, ", "))
		}
	}
	for _, p := range d.Pieces {
		for _, fact := range []string{p.Mesures.Presente, p.Mesures.Pages, p.Mesures.Secondes} {
			if _, ok := l.c.Dictionnaire.Fait(fact); fact != "" && !ok {
				l.pp.Add(d.fichier, int(d.Ligne), "pieces."+p.ID, "« %s » n’est pas un fait.", fact)
			}
		}
	}
}

// lintCitations checks that every citation of d leads to a line of a source.
func (l *loader) lintCitations(d *Dispositif) {
	check := func(key string, cite []string) { l.cites(d.fichier, key, cite) }
	check("beneficiaires", d.Beneficiaires.Cite)
	for nom, p := range d.Parametres {
		for _, v := range p.Valeurs {
			check("parametres."+nom, v.Cite)
		}
	}
	for _, c := range d.Conditions {
		check("conditions."+c.ID, c.Cite)
	}
	for _, r := range d.Resultats {
		check("resultats."+r.ID, r.Cite)
		for _, b := range r.Selon {
			check("resultats."+r.ID, b.Cite)
		}
	}
	for _, s := range d.Signaux {
		check("signaux."+s.ID, s.Cite)
	}
	for _, c := range d.Formulaire {
		check("formulaire."+c.ID, c.Cite)
	}
	for _, p := range d.Pieces {
		check("pieces."+p.ID, p.Cite)
	}
	for _, e := range d.Etapes {
		check("etapes", e.Cite)
	}
	for _, o := range slices.Concat(d.Versement, d.Apres) {
		check("apres", o.Cite)
	}
	for _, i := range d.Interpretations {
		check("interpretations."+i.ID, i.Cite)
	}
	for _, a := range d.Anomalies {
		check("anomalies", []string{a.Ou})
		if !slices.Contains(Statuts, a.Statut) {
			l.pp.Add(d.fichier, 0, "anomalies", "« %s » n’est pas un statut : écrivez %s.", a.Statut, strings.Join(Statuts, ", "))
		}
	}
}

// cites checks "source" or "source:12" or "source:12-14".
func (l *loader) cites(file, key string, cite []string) {
	for _, c := range cite {
		id, lines, byLine := strings.Cut(c, ":")
		s := l.c.Sources[id]
		switch {
		case s == nil:
			l.pp.Add(file, 0, key, "la source « %s » n’existe pas dans catalogue.yaml.", id)
		case byLine && !s.lines(lines):
			l.pp.Add(file, 0, key, "« %s » : ces lignes n’existent pas, la source en compte %d.", c, s.Lignes)
		}
	}
}

func (s *Source) lines(text string) bool {
	from, to, isRange := strings.Cut(text, "-")
	a, err1 := strconv.Atoi(from)
	b, err2 := a, error(nil)
	if isRange {
		b, err2 = strconv.Atoi(to)
	}
	return err1 == nil && err2 == nil && 1 <= a && a <= b && b <= s.Lignes
}
