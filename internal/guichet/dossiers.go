package guichet

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"slices"
	"strings"

	"guichet/internal/compte"
	"guichet/internal/dispositif"
	"guichet/internal/dossier"
	"guichet/internal/eligibilite"
	"guichet/internal/fault"
	"guichet/internal/regle"
	"guichet/internal/store"
	"guichet/internal/territoire"
)

// A NouveauDossier is what is needed to begin one.
type NouveauDossier struct {
	Dispositif string
	Volet      string
	Territoire string // INSEE code or SIREN of the applicant
	Cle        string // of the form, used once
	Faits      map[string]string
}

// maxTexte bounds one answer, in bytes.
const maxTexte = 20_000

// CreeDossier begins a draft with all that is known. Asked twice by one form,
// it returns the same one. The error is a fault.Invalid, fault.Forbidden or
// fault.NotFound.
func (g *Guichet) CreeDossier(ctx context.Context, a compte.Acteur, n NouveauDossier) (id dossier.ID, err error) {
	o, ok := g.organisation(n.Territoire)
	if !ok {
		return "", fault.New(fault.NotFound, "Aucune collectivité n’a le code « %s ».", borne(n.Territoire, 20))
	}
	s, err := g.catalogue.Pour(o.Departement).Dispositif(n.Dispositif)
	if err != nil {
		return "", err
	}
	if len(s.Etats) == 0 || n.Cle == "" {
		return "", fault.New(fault.Invalid, "Ce dispositif ne se demande pas par un dossier du guichet.")
	}
	here := compte.Objet{Organisation: o.Siren, Departement: o.Departement, Dispositif: s.Code}
	h, err := g.politique.Peut(a, "brouillon.creer", here)
	if err != nil {
		return "", err
	}
	d := &dossier.Dossier{ID: dossier.ID(strings.ToLower(rand.Text())), Dispositif: s.Code, Organisation: o.Siren, Nom: o.Nom,
		Departement: o.Departement, Etat: s.Initial(), CreeLe: g.maintenant(),
		Demandeur: eligibilite.Demandeur{Type: o.Type, Insee: territoire.Insee(o.Insee)}, Reponses: make(dossier.Reponses)}
	if o.Type == "epci" {
		d.Demandeur.Siren = o.Siren
	}
	if err := choisitService(d, s, n.Volet); err != nil {
		return "", err
	}
	err = g.commande(ctx, a, func(tx *store.Tx, a compte.Acteur) error {
		if _, err := g.politique.Peut(a, "brouillon.creer", here); err != nil {
			return err
		}
		d := d.Clone() // a command may begin again
		if err := prerempli(tx, d, s, a.Personne); err != nil {
			return err
		}
		g.reporte(d, s, n.Faits)
		ev := d.Noter("creer", "Dossier commencé", dossier.Auteur{Personne: a.Personne, Role: h.Role, Le: g.maintenant(), Cle: n.Cle})
		g.situe(d, s, []dossier.Evenement{ev})
		kept, err := tx.InsereDossier(d, ev)
		if err != nil {
			return err
		}
		id = kept.ID
		if kept != d {
			return nil
		}
		if err := g.indexe(tx, d); err != nil {
			return err
		}
		return g.inscrit(tx, a.Personne.ID, "creer", "dossier/"+string(d.ID), "", d.Empreinte())
	})
	return id, err
}

// choisitService sets the track and the service that instructs.
func choisitService(d *dossier.Dossier, s *dispositif.Dispositif, volet string) error {
	d.Service = s.Service
	if len(s.Volets) == 0 {
		return nil
	}
	v, ok := s.Volet(volet)
	if !ok {
		return fault.New(fault.Invalid, "Choisissez un volet de « %s ».", s.Nom).Field("volet", "Choisissez un des volets proposés.")
	}
	d.Volet, d.Service = v.Code, v.Service
	return nil
}

// ouvre returns the dossier when the person may have the right on it. Somebody
// who may not even read it gets a fault.NotFound; the others a
// fault.Forbidden.
func (g *Guichet) ouvre(tx *store.Tx, a compte.Acteur, id dossier.ID, droit compte.Droit) (*dossier.Dossier, compte.Habilitation, error) {
	unknown := fault.New(fault.NotFound, "Ce dossier n’existe pas, ou vos droits ne permettent pas de le voir.")
	d, err := tx.Dossier(id)
	if f := fault.Of(err); f != nil && f.Kind == fault.NotFound {
		return nil, compte.Habilitation{}, unknown
	}
	if err != nil {
		return nil, compte.Habilitation{}, err
	}
	o, err := g.objet(tx, d)
	if err != nil {
		return nil, compte.Habilitation{}, err
	}
	reading := compte.Droit("dossier.lire")
	if d.Brouillon() {
		reading = "brouillon.lire"
	}
	h, err := g.politique.Peut(a, reading, o)
	if err != nil {
		return nil, h, unknown.Because(err)
	}
	if droit != "" {
		h, err = g.politique.Peut(a, droit, o)
	}
	return d, h, err
}

// objet is the dossier as rights see it, with everybody who instructed it.
func (g *Guichet) objet(tx *store.Tx, d *dossier.Dossier) (compte.Objet, error) {
	o := d.Objet()
	events, err := tx.Evenements(d.ID)
	for _, ev := range events {
		if (ev.Role == "sciat" || ev.Role == "service") && !slices.Contains(o.Instructeurs, ev.Par) {
			o.Instructeurs = append(o.Instructeurs, ev.Par)
		}
	}
	if err != nil {
		return o, err
	}
	o.Derogations, err = g.dispenses(tx, d.Departement)
	return o, err
}

// A VueDossier is the page of a dossier, for one person.
type VueDossier struct {
	Contexte
	Acteur     compte.Acteur
	Dossier    *dossier.Dossier
	Dispositif *dispositif.Dispositif
	Service    *dispositif.Service
	Etat       string // in French
	Reponse    ReponseVue
	Questions  []dossier.Question
	Erreurs    map[string]string // by key of question
	Autres     map[string]string // in a conflict: the text that somebody else kept, by key
	Manques    []dossier.Manque
	Modifiable bool // the person may change the answers now
	Remet      bool // the person may join the documents that the state waits for
	Actes      []dispositif.Transition
	Prenable   bool
	Evenements []dossier.Evenement
	Delais     []dossier.Echeance
	Attendu    string // whose act is awaited, in French; "" for nobody's
	Courriels  []dossier.Courriel
	Cle        string            // for the next act
	Montant    string            // proposed by the rules, to the euro and cents
	Interdits  map[string]string // acts of the state that the person may not make, and why

	Corrections []dossier.Correction // that the applicant is asked for
	Messages    []dossier.Message
	Instruction *VueInstruction // nil for the applicant
	Peut        map[compte.Droit]bool
	Ailleurs    map[string]bool               // acts that record a decision made elsewhere
	Examens     map[string]dossier.EtatExamen // of the documents that were set apart, by key in the store
	Reprises    []Resume                      // earlier dossiers whose answers could fill this one
	Porteur     *VueTerritoire                // what is known of the applicant; nil when it is no territory
}

// Dossier returns the page of a dossier. The error is a fault.NotFound for
// whoever may not read it.
func (g *Guichet) Dossier(ctx context.Context, a compte.Acteur, id dossier.ID) (*VueDossier, error) {
	var v *VueDossier
	err := g.view(ctx, func(tx *store.Tx) error {
		d, _, err := g.ouvre(tx, a, id, "")
		if err != nil {
			return err
		}
		v, err = g.vueDossier(tx, a, d)
		return err
	})
	return v, err
}

func (g *Guichet) view(ctx context.Context, f func(*store.Tx) error) error {
	if g.store == nil {
		return fault.New(fault.NotFound, "Cette instance ne tient pas de dossiers.")
	}
	return g.store.View(ctx, f)
}

func (g *Guichet) vueDossier(tx *store.Tx, a compte.Acteur, d *dossier.Dossier) (*VueDossier, error) {
	local := g.catalogue.Pour(d.Departement)
	s, err := local.Dispositif(d.Dispositif)
	if err != nil {
		return nil, err
	}
	v := &VueDossier{Contexte: g.Contexte(0), Attendu: attente(s, d.Etat), Acteur: a, Dossier: d, Dispositif: s, Service: local.Services[d.Service], Etat: s.LibelleEtat(d.Etat),
		Cle: rand.Text(), Interdits: make(map[string]string), Ailleurs: make(map[string]bool)}
	r, err := g.evalue(d, s)
	if f := fault.Of(err); f != nil && f.Kind == fault.Invalid {
		v.Erreurs = f.Fields
	} else if err != nil {
		return nil, err
	}
	v.Reponse = vue(local, r)
	if m, ok := r.Montant("montant"); ok {
		v.Montant = m.Decimal()
	}
	v.Questions = dossier.Questions(s, g.catalogue.Dictionnaire, d, r)
	v.Porteur = g.porteur(d)
	o, err := g.objet(tx, d)
	if err != nil {
		return nil, err
	}
	g.actes(v, s, o)
	if err := g.vueInstruction(tx, v, o); err != nil {
		return nil, err
	}
	if phase := s.Phase(d.Etat); phase != "" {
		v.Manques = d.Manques(s, phase, r)
	}
	if v.Evenements, err = tx.Evenements(d.ID); err != nil {
		return nil, err
	}
	v.Delais = dossier.Echeances(s, d, v.Evenements, g.Aujourdhui())
	if v.Instruction == nil {
		v.tait()
	}
	if v.Examens, err = examens(tx, d.ID); err != nil {
		return nil, err
	}
	if v.Reprises, err = g.reprises(tx, v); err != nil {
		return nil, err
	}
	mails, err := tx.Courriels(d.ID)
	for _, c := range mails {
		if a.Agent() || c.Personne == a.Personne.ID {
			v.Courriels = append(v.Courriels, c)
		}
	}
	return v, err
}

// actes says what the person may do now, and why not the rest.
func (g *Guichet) actes(v *VueDossier, s *dispositif.Dispositif, o compte.Objet) {
	for _, t := range append(s.Ordinaires(v.Dossier.Etat), s.Exceptionnelles(v.Dossier.Etat)...) {
		h, err := g.politique.Peut(v.Acteur, droitDe(t), o)
		if err != nil {
			if f := fault.Of(err); !slices.Contains(f.Codes, "DROIT_ABSENT") {
				v.Interdits[t.Libelle] = f.Message
			}
			continue
		}
		v.Actes = append(v.Actes, t)
		v.Ailleurs[t.Acte] = t.Role == "operateur" && t.Issue != "" && h.Role == "sciat"
	}
	_, err := g.politique.Peut(v.Acteur, "dossier.prendre", o)
	v.Prenable = err == nil && !v.Dossier.Brouillon() && v.Dossier.Instructeur != v.Acteur.Personne.ID
	_, err = g.politique.Peut(v.Acteur, "brouillon.modifier", o)
	_, refused := g.politique.Peut(v.Acteur, "piece.deposer", o)
	v.Remet = refused == nil
	v.Modifiable = err == nil && (modifiable(v.Dossier, s) || len(v.Dossier.Instruction.Attendues()) > 0)
}

// modifiable reports whether every answer may change in the state: a part of
// the form is to be filed, or completed. Otherwise, only what a correction
// asks for may.
func modifiable(d *dossier.Dossier, s *dispositif.Dispositif) bool {
	return s.Phase(d.Etat) != "" || len(s.Possibles(d.Etat, "preparateur")) > 0
}

// evalue answers for the dossier today. The error is a fault.Invalid with a
// message at each answer that cannot be read or contradicts another; the
// answer then leaves them out.
func (g *Guichet) evalue(d *dossier.Dossier, s *dispositif.Dispositif) (eligibilite.Reponse, error) {
	carte, dict := g.carte(g.Aujourdhui()), g.catalogue.Dictionnaire
	values, invalid := d.Faits(s, dict)
	q := eligibilite.Situation{Demandeur: d.Demandeur, Faits: values, Le: g.Aujourdhui()}
	members, err := g.groupees(d, s, carte)
	if err != nil {
		invalid = errorsOf(invalid, fault.Of(err))
	}
	q.Demandeur.Membres = members
	r, err := eligibilite.Of(s, dict, carte, q)
	if f := fault.Of(err); f != nil && f.Kind == fault.Invalid {
		invalid = errorsOf(invalid, f)
		q.Faits = without(values, f)
		r, err = eligibilite.Of(s, dict, carte, q)
	}
	if err != nil {
		return r, err
	}
	return r, invalid
}

func errorsOf(err error, f *fault.Fault) error {
	if before := fault.Of(err); before != nil {
		return before.Merge(f)
	}
	return f
}

// MesDossiers lists the dossiers of the organisations of the person, and the
// organisations for which they may begin one.
func (g *Guichet) MesDossiers(ctx context.Context, a compte.Acteur) (*VueEspace, error) {
	v := &VueEspace{Contexte: g.Contexte(0), Acteur: a}
	err := g.view(ctx, func(tx *store.Tx) error {
		for _, h := range a.Habilitations {
			if h.Organisation == "" || h.Etat == compte.Retiree {
				continue
			}
			o, err := tx.Organisation(h.Organisation)
			if err != nil {
				return err
			}
			m := Appartenance{Organisation: o, Habilitation: h, Role: g.politique.Roles[h.Role].Libelle}
			if h.Vaut(a.Le) {
				if m.Dossiers, err = g.resumes(tx, store.FiltreDossiers{Organisation: o.Siren, Limite: 200}); err != nil {
					return err
				}
			}
			v.Appartenances = append(v.Appartenances, m)
		}
		return nil
	})
	return v, err
}

// A VueEspace is the page of a person: their organisations and dossiers.
type VueEspace struct {
	Contexte
	Acteur        compte.Acteur
	Appartenances []Appartenance
}

// An Appartenance is an organisation of the person, and its dossiers.
type Appartenance struct {
	Organisation compte.Organisation
	Habilitation compte.Habilitation
	Role         string
	Dossiers     []Resume
}

// A Resume is a dossier in a list.
type Resume struct {
	*dossier.Dossier
	Nom     string // of the scheme
	Etat    string // in French
	Attente string // whose turn it is, in French
}

func (g *Guichet) resumes(tx *store.Tx, f store.FiltreDossiers) ([]Resume, error) {
	list, _, err := tx.Dossiers(f)
	var out []Resume
	for _, d := range list {
		out = append(out, g.resume(d))
	}
	return out, err
}

func (g *Guichet) resume(d *dossier.Dossier) Resume {
	s, err := g.catalogue.Pour(d.Departement).Dispositif(d.Dispositif)
	if err != nil {
		return Resume{Dossier: d, Nom: d.Dispositif, Etat: d.Etat}
	}
	return Resume{Dossier: d, Nom: s.Nom, Etat: s.LibelleEtat(d.Etat), Attente: attente(s, d.Etat)}
}

// tours are whose turn it is, by the role of the acts that the state allows.
var tours = []struct{ role, texte string }{
	{"preparateur", "le porteur"}, {"instructeur", "le service instructeur"}, {"operateur", "l’opérateur national"},
	{"signataire", "le préfet"}, {"payeur", "le payeur"}, {"porteur", "le porteur"},
}

// tour is the role whose act a state waits for, "" when it waits for none:
// what is to be filed waits for the applicant, whatever others may do.
func tour(s *dispositif.Dispositif, etat string) string {
	if s.Phase(etat) != "" {
		return "porteur"
	}
	for _, t := range tours {
		if len(s.Possibles(etat, t.role)) > 0 {
			return t.role
		}
	}
	return ""
}

// attente says whose act a state waits for, "" when it waits for none.
func attente(s *dispositif.Dispositif, etat string) string {
	role := tour(s, etat)
	for _, t := range tours {
		if t.role == role {
			return t.texte
		}
	}
	return ""
}

// situe writes in the dossier what the desk sorts by, and when to look at its
// reminders. The national service enters when its turn comes: before, the
// dossier is none of its business.
func (g *Guichet) situe(d *dossier.Dossier, s *dispositif.Dispositif, events []dossier.Evenement) {
	if d.Tour = tour(s, d.Etat); d.Tour == "operateur" {
		d.Operateur = s.Operateur
	}
	d.AvisAttendus = d.Instruction.AvisAttendus(g.Aujourdhui())
	g.echoit(d, s, events)
}

// errFait undoes a change that the same form made already, at the same time:
// the person hears that it is done.
var errFait = errors.New("the same form made this change")

// sauve writes the dossier with the event that changed it, and the register:
// the only way in which a dossier changes.
func (g *Guichet) sauve(tx *store.Tx, before, next *dossier.Dossier, ev dossier.Evenement) error {
	s, err := g.catalogue.Pour(next.Departement).Dispositif(next.Dispositif)
	if err != nil {
		return err
	}
	events, err := tx.Evenements(next.ID)
	if err != nil {
		return err
	}
	g.situe(next, s, append(events, ev))
	if err := tx.SauveDossier(next, ev); errors.Is(err, fault.Conflict) {
		if _, made, unread := tx.EvenementDe(ev.Cle); made || unread != nil {
			return cmp.Or(unread, errFait)
		}
		return g.deja(tx, next, err)
	} else if err != nil {
		return err
	}
	if err := g.indexe(tx, next); err != nil {
		return err
	}
	return g.inscrit(tx, ev.Par, acteDe(ev), objetDe(next), before.Empreinte(), next.Empreinte())
}

// verdictNon is what asks for a reasoned exception.
func verdictNon(r eligibilite.Reponse) bool { return r.Verdict == regle.Non }
