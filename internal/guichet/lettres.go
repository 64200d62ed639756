package guichet

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"guichet/internal/compte"
	"guichet/internal/dispositif"
	"guichet/internal/dossier"
	"guichet/internal/euro"
	"guichet/internal/fault"
	"guichet/internal/francais"
	"guichet/internal/jour"
	"guichet/internal/lettre"
	"guichet/internal/store"
)

// modeles are the letters that make known an outcome.
var modeles = map[string]string{"accord": "decision-accord", "refus": "decision-refus", "ajournement": "decision-ajournement",
	"sans_suite": "sans-suite", "irrecevable": "irrecevable"}

// aCompleter begins what a letter lacks: nobody signs one that has it.
const aCompleter = "(à compléter"

// delaiImplicite is after how long a silence means refusal: article L. 231-4
// of the code des relations entre le public et l’administration.
const delaiImplicite = 2

// champs are what the letters of a dossier say, by name of blank. What is not
// known is written as still to complete.
func (g *Guichet) champs(d *dossier.Dossier, s *dispositif.Dispositif, z *dossier.Decision) map[string]string {
	local := g.catalogue.Pour(d.Departement)
	p := &dispositif.Prefecture{}
	if found, ok := g.catalogue.Prefecture(d.Departement); ok {
		p = found
	}
	out := map[string]string{
		"autorite": p.Courrier.Autorite, "civilite": "Madame, Monsieur", "dispositif_nom": s.Nom, "dossier_numero": d.Numero,
		"dossier_adresse": g.adresse + "/dossiers/" + string(d.ID), "porteur_nom": d.Nom, "projet": projet(d, s),
		"recu_le": jour.DeTemps(d.DeposeLe).Long(), "recu_heure": jour.Heure(d.DeposeLe),
		"implicite_le":        jour.DeTemps(d.DeposeLe).AddMois(delaiImplicite).Long(),
		"implicite_fondement": "article L. 231-4 du code des relations entre le public et l’administration",
		"ministre":            p.Courrier.Ministre.Texte, "tribunal_nom": p.Courrier.Tribunal, "tribunal_adresse": p.Courrier.TribunalAdresse.Texte,
		"service_adresse": p.Courrier.Adresse.Texte, "service_telephone": "non communiqué", "service_courriel": "non communiqué",
		"fondement": fmt.Sprintf("« %s », tel que le décrit le « %s » (%s).", s.Nom, g.catalogue.Sources[g.catalogue.Edition.Source].Titre, g.catalogue.Sources[g.catalogue.Edition.Source].Editeur),
		"versement": textes(s.Versement), "conditions": textes(s.Apres), "pieces_recues": "aucun",
	}
	if service := local.Services[d.Service]; service != nil {
		out["service_nom"] = service.Nom
		for _, id := range service.Contacts {
			if k := local.Contacts[id]; k != nil && k.Public && k.Type == "courriel" && k.Envoyable() {
				out["service_courriel"] = k.Adresse()
			} else if k != nil && k.Public && k.Type == "telephone" {
				out["service_telephone"] = k.Adresse()
			}
		}
	}
	var received []string
	for _, x := range d.Pieces {
		received = append(received, x.Nom+", empreinte SHA-256 "+x.Empreinte)
	}
	if len(received) > 0 {
		out["pieces_recues"] = strings.Join(received, "\n")
	}
	if z != nil {
		g.champsDecision(out, z)
	}
	return out
}

// champsDecision adds what the decision says.
func (g *Guichet) champsDecision(out map[string]string, z *dossier.Decision) {
	out["montant"], out["montant_demande"] = enToutesLettres(z.Montant), z.Calcule.String()
	out["depense_retenue"], out["taux"] = "sans objet", "forfait"
	if z.Base > 0 {
		out["depense_retenue"] = z.Base.String()
	}
	if z.Taux != "" {
		out["taux"] = z.Taux
	}
	if len(z.Conditions) > 0 {
		out["conditions"] = strings.Join(z.Conditions, "\n")
	}
	out["motifs"] = g.motifs(z)
	if service := g.catalogue.Services[z.Service]; service != nil {
		out["autorite"] = service.Nom
	}
}

// motifs are the grounds of a decision: the ones ticked, then its own text.
func (g *Guichet) motifs(z *dossier.Decision) string {
	var out []string
	for _, m := range g.catalogue.Motifs {
		if slices.Contains(z.Motifs, m.Code) {
			out = append(out, m.Texte)
		}
	}
	return strings.TrimSpace(strings.Join(append(out, z.Motif), "\n"))
}

// enToutesLettres writes an amount in figures, then in words.
func enToutesLettres(m euro.Montant) string {
	if m <= 0 {
		return "sans objet"
	}
	words := francais.EnLettres(int64(m)/100) + " euros"
	if cents := int64(m) % 100; cents > 0 {
		words += " et " + francais.EnLettres(cents) + " centimes"
	}
	return m.String() + " (" + words + ")"
}

func textes(oo []dispositif.Obligation) string {
	var out []string
	for _, o := range oo {
		out = append(out, o.Texte)
	}
	return strings.Join(out, "\n")
}

// projet is what the request is for: the first thing that the form asks in
// words and that nobody else knows; the scheme when it asks none.
func projet(d *dossier.Dossier, s *dispositif.Dispositif) string {
	for _, c := range s.Formulaire {
		if text := strings.TrimSpace(d.Reponses.Texte(c.ID)); c.Connu == "" && (c.Type == dispositif.TypeCourt || c.Type == dispositif.TypeLong) && text != "" {
			return borne(strings.Join(strings.Fields(text), " "), 200)
		}
	}
	return s.Nom
}

// redige fills a letter; what is missing is written in its place.
func (g *Guichet) redige(code string, d *dossier.Dossier, s *dispositif.Dispositif, z *dossier.Decision, more map[string]string) (*dossier.Lettre, error) {
	m := g.courriers[code]
	if m == nil {
		return nil, nil
	}
	values := g.champs(d, s, z)
	maps.Copy(values, more)
	for _, name := range m.Champs() {
		if strings.TrimSpace(values[name]) == "" {
			values[name] = aCompleter + " : " + m.Libelle(name) + ")"
		}
	}
	objet, corps, err := m.Remplit(values)
	if err != nil {
		return nil, err
	}
	p, _ := g.catalogue.Prefecture(d.Departement)
	l := &dossier.Lettre{Modele: code, Objet: objet, Corps: corps, Destinataire: []string{d.Nom}, Le: g.Aujourdhui(), Reference: d.Numero}
	if z != nil && g.catalogue.Services[z.Service] != nil {
		l.Emetteur = []string{g.catalogue.Services[z.Service].Nom}
		return l, nil
	}
	if service := g.catalogue.Pour(d.Departement).Services[d.Service]; service != nil {
		l.Emetteur = []string{service.Nom}
	}
	if p != nil {
		l.Lieu = p.Courrier.Lieu
		l.Emetteur = append(l.Emetteur, p.Courrier.Adresse.Texte)
	}
	return l, nil
}

// scelle makes the PDF once and keeps its digest. The error is a
// fault.Invalid at the field corps.
func scelle(l *dossier.Lettre) error {
	if i := strings.Index(l.Corps, aCompleter); i >= 0 {
		blank, _, _ := strings.Cut(l.Corps[i:], ")")
		m := "Il reste à compléter la lettre : « " + borne(blank, 200) + ") »."
		return fault.New(fault.Invalid, "%s", m).Field("corps", m)
	}
	digest := sha256.New()
	if err := imprime(digest, *l); err != nil {
		f := fault.Of(err)
		if f.Kind == fault.Internal {
			return err
		}
		return fault.New(f.Kind, "%s", f.Message).Field("corps", f.Message)
	}
	l.Empreinte = hex.EncodeToString(digest.Sum(nil))
	return nil
}

// imprime writes the PDF of a letter: equal letters give equal bytes.
func imprime(w io.Writer, l dossier.Lettre) error {
	doc := lettre.Document{Objet: l.Objet, Auteur: strings.Join(l.Emetteur, ", "), Emetteur: l.Emetteur, Destinataire: l.Destinataire, Lieu: l.Lieu,
		Le: l.Le, Reference: l.Reference, Corps: l.Corps, PiedDePage: "Dossier " + l.Reference}
	if len(l.Signataire) > 0 {
		doc.Signataires = [][]string{l.Signataire}
	}
	return lettre.PDF(w, doc)
}

// Lettre writes the PDF of the letter of that number, from 1, to whoever may
// read the dossier. The error is a fault.NotFound.
func (g *Guichet) Lettre(ctx context.Context, a compte.Acteur, id dossier.ID, numero string) (l dossier.Lettre, err error) {
	err = g.view(ctx, func(tx *store.Tx) error {
		d, _, err := g.ouvre(tx, a, id, "")
		if err != nil {
			return err
		}
		n, err := strconv.Atoi(numero)
		if err != nil || n < 1 || n > len(d.Lettres) {
			return fault.New(fault.NotFound, "Cette lettre n’existe pas.")
		}
		l = d.Lettres[n-1]
		return nil
	})
	return l, err
}

// EcritLettre writes the PDF of a letter.
func (g *Guichet) EcritLettre(w io.Writer, l dossier.Lettre) error { return imprime(w, l) }

// AConfirmer lists what the letters of a département state and that is still
// to be confirmed by its prefecture.
func (g *Guichet) AConfirmer(departement string) []dispositif.Mention {
	p, ok := g.catalogue.Prefecture(departement)
	var out []dispositif.Mention
	if !ok {
		return nil
	}
	for _, m := range []dispositif.Mention{p.Courrier.Adresse, p.Courrier.TribunalAdresse, p.Courrier.Ministre} {
		if m.Statut == "a_confirmer" {
			out = append(out, m)
		}
	}
	return out
}

// accuseReception is the letter that acknowledges a filing, nil when the
// prefecture has not given what it states: the mail says the same.
func (g *Guichet) accuseReception(tx *store.Tx, d *dossier.Dossier, s *dispositif.Dispositif) (*dossier.Lettre, error) {
	if s.Silence != "" {
		return nil, nil // the letter speaks of the general rule
	}
	n, head, err := tx.TeteJournal()
	if err != nil {
		return nil, err
	}
	l, err := g.redige("accuse-reception", d, s, nil, map[string]string{"registre_tete": fmt.Sprintf("entrée %d, %s", n, head)})
	if err != nil || l == nil {
		return nil, err
	}
	err = scelle(l)
	if f := fault.Of(err); err != nil && f.Kind == fault.Internal {
		return nil, err
	} else if err != nil {
		return nil, nil
	}
	return l, nil
}

// notifie adds to the dossier the letter of its decision, as it was edited, or
// as it comes when nobody changed it. The error is a fault.Invalid at the
// field corps.
func (g *Guichet) notifie(d *dossier.Dossier, s *dispositif.Dispositif, x Acte, a compte.Acteur) error {
	l, err := g.lettreDecision(d, s, x, a)
	if err != nil || l == nil {
		return err
	}
	if z := d.Decision; z.Issue == "accord" && z.Montant > 0 && !strings.Contains(espaces.Replace(l.Corps), espaces.Replace(z.Montant.String())) {
		m := fmt.Sprintf("La lettre ne cite pas le montant accordé, %s : corrigez-la ou revenez au montant.", z.Montant)
		return fault.New(fault.Invalid, "%s", m).Field("corps", m)
	}
	if err := scelle(l); err != nil {
		return err
	}
	d.Lettres = append(d.Lettres, *l)
	return nil
}

// espaces makes every space the same one.
var espaces = strings.NewReplacer("\u00a0", " ", "\u202f", " ")

// lettreDecision is the letter of a decision, before it is signed.
func (g *Guichet) lettreDecision(d *dossier.Dossier, s *dispositif.Dispositif, x Acte, a compte.Acteur) (*dossier.Lettre, error) {
	z := d.Decision
	code := modeles[z.Issue]
	if z.Issue == "accord" && z.Montant < z.Calcule {
		code = "decision-accord-partiel"
	}
	more := make(map[string]string)
	if day, err := jour.Parse(strings.TrimSpace(x.Pour)); err == nil && z.Issue == "ajournement" {
		more["reexamen_le"], more["repondre_avant_le"] = day.Long(), day.Long()
	}
	if z.Issue == "accord" && strings.TrimSpace(z.Motif) == "" {
		more["motifs"] = aCompleter + " : pourquoi le montant est celui-là)"
	}
	l, err := g.redige(code, d, s, z, more)
	if err != nil || l == nil {
		return nil, err
	}
	l.Signataire = []string{a.Personne.NomComplet()}
	if text := strings.TrimSpace(x.Corps); text != "" {
		l.Corps = borne(strings.ReplaceAll(text, "\r\n", "\n"), maxCorps)
	}
	return l, nil
}

// maxCorps bounds the body of a letter, in bytes.
const maxCorps = 100_000

// A VueDecision is what is needed to decide: the dossier, the act, the
// grounds that may be ticked, the letter as it would be.
type VueDecision struct {
	*VueDossier
	Acte       dispositif.Transition
	Motifs     []dispositif.Motif
	Lettre     *dossier.Lettre // nil before the preview
	Decision   *dossier.Decision
	AConfirmer []dispositif.Mention
	Conditions string // proposed, a line each
}

// Decision returns what is needed to decide by the act. The error is a
// fault.NotFound, Forbidden or Conflict as for the act itself.
func (g *Guichet) Decision(ctx context.Context, a compte.Acteur, id dossier.ID, acte string) (*VueDecision, error) {
	return g.decision(ctx, a, Acte{Dossier: id, Acte: acte}, func(*VueDecision, *dispositif.Dispositif) error { return nil })
}

// Apercu returns the decision as it was filled in, with its letter. The error
// is that of Decision, or comes with the view: a fault.Invalid at the field.
func (g *Guichet) Apercu(ctx context.Context, a compte.Acteur, x Acte) (*VueDecision, error) {
	return g.decision(ctx, a, x, func(v *VueDecision, s *dispositif.Dispositif) (err error) {
		next := v.Dossier.Clone()
		if err := g.decide(next, s, v.Acte, x, a); err != nil {
			return err
		}
		v.Decision = next.Decision
		if v.Lettre, err = g.lettreDecision(next, s, x, a); err != nil || v.Lettre == nil {
			return err
		}
		return scelle(v.Lettre)
	})
}

func (g *Guichet) decision(ctx context.Context, a compte.Acteur, x Acte, more func(*VueDecision, *dispositif.Dispositif) error) (v *VueDecision, err error) {
	err = g.view(ctx, func(tx *store.Tx) error {
		d, _, err := g.ouvre(tx, a, x.Dossier, "")
		if err != nil {
			return err
		}
		s, err := g.catalogue.Pour(d.Departement).Dispositif(d.Dispositif)
		if err != nil {
			return err
		}
		t, ok := s.Transition(d.Etat, x.Acte)
		if !ok || t.Issue == "" {
			return fault.New(fault.Conflict, "Cette décision n’est plus possible : le dossier est « %s ».", s.LibelleEtat(d.Etat))
		}
		o, err := g.objet(tx, d)
		if err != nil {
			return err
		}
		if _, err := g.politique.Peut(a, droitDe(t), o); err != nil {
			return err
		}
		page, err := g.vueDossier(tx, a, d)
		if err != nil {
			return err
		}
		v = &VueDecision{VueDossier: page, Acte: t, Motifs: g.catalogue.MotifsDe(t.Issue), AConfirmer: g.AConfirmer(d.Departement), Conditions: textes(s.Apres)}
		return more(v, s)
	})
	return v, err
}
