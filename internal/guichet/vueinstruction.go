package guichet

import (
	"maps"
	"slices"

	"guichet/internal/compte"
	"guichet/internal/dispositif"
	"guichet/internal/dossier"
	"guichet/internal/store"
)

// A VueInstruction is what the services see of a dossier and the applicant
// does not.
type VueInstruction struct {
	dossier.Instruction
	Notes     []dossier.Message
	Services  map[string]string // names of the services, by code
	Collegues []compte.Personne // who may instruct it
	Decisives []dispositif.Transition
	Saisis    map[string]bool // opinions that the person may give, by ID

	Corrigeables []dossier.Correction // what the applicant may be asked to change
}

// droitsVue are the rights that the page of a dossier shows forms for.
var droitsVue = []compte.Droit{"dossier.attribuer", "dossier.transferer", "dossier.etiqueter", "dossier.corriger", "dossier.proposer", "dossier.viser",
	"avis.demander", "avis.rendre", "correction.envoyer", "message.lire", "message.ecrire", "note.lire", "note.ecrire", "organisation.lire"}

// Change reports whether the person may change the answer or the document now;
// the empty key asks for the whole form.
func (v *VueDossier) Change(cle string) bool {
	return v.Modifiable && (modifiable(v.Dossier, v.Dispositif) || v.Dossier.Instruction.Corrigeable(cle))
}

// Joint reports whether the person may join a document of the piece now.
func (v *VueDossier) Joint(p dispositif.Piece) bool {
	state := v.Dossier.Etat
	completes := v.Dispositif.Phase(state) == "" && modifiable(v.Dossier, v.Dispositif) && p.Phase != dispositif.Signature
	return v.Remet && v.Dispositif.Attend(state, p) || v.Change(p.ID) && (completes || v.Dossier.Instruction.Corrigeable(p.ID))
}

// vueInstruction adds what is said and done around the dossier.
func (g *Guichet) vueInstruction(tx *store.Tx, v *VueDossier, o compte.Objet) error {
	v.Peut = make(map[compte.Droit]bool)
	for _, d := range droitsVue {
		_, err := g.politique.Peut(v.Acteur, d, o)
		v.Peut[d] = err == nil && !v.Dossier.Brouillon()
	}
	v.Corrections = v.Dossier.Instruction.Corrections
	messages, err := g.messages(tx, v.Acteur, o, v.Dossier.ID)
	if err != nil {
		return err
	}
	for _, m := range messages {
		if m.Genre == dossier.Echange {
			v.Messages = append(v.Messages, m)
		}
	}
	if _, err := g.politique.Peut(v.Acteur, "avis.lire", o); err != nil || v.Dossier.Brouillon() {
		return nil
	}
	i := &VueInstruction{Instruction: v.Dossier.Instruction, Services: make(map[string]string), Saisis: make(map[string]bool)}
	for code, s := range g.catalogue.Pour(v.Dossier.Departement).Services {
		i.Services[code] = s.Nom
	}
	for _, m := range messages {
		if m.Genre == dossier.Note {
			i.Notes = append(i.Notes, m)
		}
	}
	for _, x := range v.Dossier.Instruction.Avis {
		i.Saisis[x.ID] = v.Peut["avis.rendre"] && x.Attendu(g.Aujourdhui()) && g.duService(v.Acteur, x.Service)
	}
	if v.Peut["dossier.proposer"] {
		i.Decisives = Decisives(v.Dispositif, v.Dossier)
	}
	if v.Peut["dossier.corriger"] {
		i.Corrigeables = corrigeables(v.Dispositif, v.Questions)
	}
	if v.Peut["dossier.attribuer"] {
		i.Collegues, err = g.collegues(tx, v.Dossier)
	}
	v.Instruction = i
	return err
}

// Autres returns the codes of the services but the one that instructs, by
// name.
func (i *VueInstruction) Autres(service string) []string {
	codes := slices.SortedFunc(maps.Keys(i.Services), func(a, b string) int {
		switch {
		case i.Services[a] < i.Services[b]:
			return -1
		case i.Services[a] > i.Services[b]:
			return 1
		}
		return 0
	})
	return slices.DeleteFunc(codes, func(c string) bool { return c == service })
}

// tait removes from the view what the applicant does not see.
func (v *VueDossier) tait() {
	v.Evenements = slices.DeleteFunc(v.Evenements, func(e dossier.Evenement) bool { return slices.Contains(dossier.Internes, e.Acte) })
	v.Delais = duPorteur(v.Delais)
}

// duPorteur leaves out the delays of the services that are consulted.
func duPorteur(ee []dossier.Echeance) []dossier.Echeance {
	return slices.DeleteFunc(ee, func(e dossier.Echeance) bool { return e.Service != "" })
}
