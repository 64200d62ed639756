package guichet_test

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"testing"

	"guichet/dispositifs"
	"guichet/internal/compte"
	"guichet/internal/dispositif"
	"guichet/internal/dossier"
	"guichet/internal/fault"
	"guichet/internal/guichet"
	"guichet/internal/store"
	"guichet/internal/store/storetest"
)

// A place is where an actor holds a role, seen from the dossier.
type place int

const (
	surPlace     place = iota // its organisation, or its service
	autreService              // the same département, another service
	horsLieu                  // another organisation, or another département
	national                  // the national service of the scheme
)

// holds is, written apart from package compte, which relations a role held
// there has with the dossier d.
func holds(portee string, at place, r compte.Relation, d *dossier.Dossier) bool {
	switch r {
	case "org":
		return portee == "organisation" && at == surPlace
	case "dept":
		return portee != "organisation" && at != horsLieu
	case "groupe":
		return portee != "organisation" && at == surPlace
	case "consulte":
		return portee != "organisation" && (at == surPlace || at == national)
	case "operateur":
		return portee != "organisation" && (at == national || at == surPlace && d.Operateur == d.Service)
	}
	return false
}

// moved is the actor with the role held there.
func moved(a compte.Acteur, at place, d *dossier.Dossier) compte.Acteur {
	h := a.Habilitations[0]
	switch {
	case at == horsLieu && h.Organisation != "":
		h.Organisation = maillane
	case at == horsLieu:
		h.Departement = "84"
	case at == autreService:
		h.Service = "autre"
	case at == national:
		h.Service = d.Operateur
	}
	a.Habilitations = []compte.Habilitation{h}
	return a
}

// peut is what the table of rights says of the role, held there.
func (b *banc) peut(right compte.Droit, role compte.Role, at place, d *dossier.Dossier) bool {
	r, granted := b.droits.Droits[right][role]
	return granted && holds(b.droits.Roles[role].Portee, at, r, d)
}

// attendu is what must come of an act: "" when it is made, else the kind of
// the refusal.
func (b *banc) attendu(s *dispositif.Dispositif, d *dossier.Dossier, acte string, who essayeur) fault.Kind {
	reading := compte.Droit("dossier.lire")
	if d.Brouillon() {
		reading = "brouillon.lire"
	}
	t, possible := s.Transition(d.Etat, acte)
	switch {
	case !b.peut(reading, who.role, who.at, d):
		return fault.NotFound
	case !possible:
		return fault.Conflict
	case !b.peut(compte.Droit("acte."+t.Role), who.role, who.at, d):
		return fault.Forbidden
	case t.Role == "operateur" && t.Issue != "" && who.role == "sciat": // decided elsewhere: its document is asked for
		return fault.Invalid
	case t.Phase != "" && s.Ouverture(b.Aujourdhui()).Etat != "ouvert":
		return fault.Closed
	}
	return fait
}

// fait is the kind of no refusal.
const fait fault.Kind = 255

// A essayeur is somebody who tries every act.
type essayeur struct {
	role compte.Role
	at   place
	a    compte.Acteur
}

func (b *banc) sondes(d *dossier.Dossier) (all []essayeur) {
	for _, role := range slices.Sorted(maps.Keys(b.droits.Roles)) {
		for _, at := range []place{surPlace, autreService, horsLieu, national} {
			if (at == autreService || at == national) && b.droits.Roles[role].Portee == "organisation" || at == national && (d.Operateur == "" || d.Operateur == d.Service) {
				continue
			}
			all = append(all, essayeur{role, at, moved(b.agent(role, d.Service), at, d)})
		}
	}
	return append(all, essayeur{"", horsLieu, compte.Acteur{Le: b.Aujourdhui()}})
}

// machine tries everything on every state of every scheme, one probe out of
// step, and returns how many probes it made and what was not as the data and
// the table say.
func (b *banc) machine(t *testing.T, step int) (probes int, unintended []string) {
	t.Helper()
	lines := storetest.Lignes(t, b.dsn)
	for _, s := range b.schemes {
		for _, e := range s.Etats {
			if _, ok := route(s, e.Code); !ok {
				unintended = append(unintended, fmt.Sprintf("%s: no act leads to %s", s.Code, e.Code))
			}
			target := b.plante(t, s, e.Code)
			before := lines()
			var made []essayeur
			var acts []string
			for _, who := range b.sondes(target) {
				for _, acte := range actes(s) {
					if probes++; probes%step != 0 {
						continue
					}
					want := b.attendu(s, target, acte, who)
					if want == fait {
						made, acts = append(made, who), append(acts, acte)
						continue
					}
					err := b.Agir(t.Context(), who.a, guichet.Acte{Dossier: target.ID, Acte: acte, Cle: fmt.Sprint("refus", probes), Motif: "Raison"})
					if err == nil || fault.Of(err).Kind != want {
						unintended = append(unintended, fmt.Sprintf("%s, %s, %q by %s at %d: %v, want %v", s.Code, e.Code, acte, who.role, who.at, err, want))
					}
				}
			}
			if lines() != before {
				unintended = append(unintended, fmt.Sprintf("%s, %s: a refusal changed the base", s.Code, e.Code))
			}
			for i, who := range made {
				if wrong := b.accepte(t, s, e.Code, acts[i], who.a); wrong != "" {
					unintended = append(unintended, fmt.Sprintf("%s, %s, %q by %s at %d: %s", s.Code, e.Code, acts[i], who.role, who.at, wrong))
				}
			}
		}
	}
	return probes / step, unintended
}

// accepte makes an act that must be made, on a dossier of its own, and says
// what is wrong with what it left.
func (b *banc) accepte(t *testing.T, s *dispositif.Dispositif, etat, acte string, a compte.Acteur) string {
	t.Helper()
	d := b.plante(t, s, etat)
	if err := b.Agir(t.Context(), a, guichet.Acte{Dossier: d.ID, Acte: acte, Cle: "acte-" + string(d.ID), Motif: "Raison"}); err != nil {
		return fmt.Sprintf("refused: %v %v", err, fault.Of(err).Fields)
	}
	want, _ := s.Transition(etat, acte)
	var wrong string
	err := b.db.View(t.Context(), func(tx *store.Tx) error {
		after, err := tx.Dossier(d.ID)
		if err != nil {
			return err
		}
		events, err := tx.Evenements(d.ID)
		if err != nil {
			return err
		}
		last := events[len(events)-1]
		if after.Etat != dossier.Arrivee(want, d.Quitte) || after.Version != d.Version+1 || len(events) != 2 || last.Acte != acte || last.De != etat || last.Vers != after.Etat || last.Par != a.Personne.ID {
			wrong = fmt.Sprintf("left %s, version %d, event %+v", after.Etat, after.Version, last)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return wrong
}

// TestMachine tries every act of every scheme in each of its states, as each
// role of the table, in its place and out of it: what the data and the table
// say is made and nothing else, and a refusal changes nothing.
func TestMachine(t *testing.T) {
	storetest.EachOpen(t, func(t *testing.T, db *store.DB, dsn string) {
		b := newBanc(t, db, dsn, dispositifs.FS)
		step := 7 // every probe with GUICHET_MACHINE=1
		if os.Getenv("GUICHET_MACHINE") != "" {
			step = 1
		}
		if t.Name() == "TestMachine/postgres" {
			step = 37
		}
		probes, unintended := b.machine(t, step)
		for _, wrong := range unintended {
			t.Error(wrong)
		}
		t.Logf("%d probes of %d schemes, %d unintended", probes, len(b.schemes), len(unintended))
	})
}

// TestMachineCanFail breaks the data or the table that the counter uses, one
// place at a time: the probes see each.
func TestMachineCanFail(t *testing.T) {
	for name, c := range map[string]struct{ old, text, droit, role string }{
		"an act allowed in one state more":           {old: "{acte: transmettre_anct, de: [recevable]", text: "{acte: transmettre_anct, de: [recevable, depose]"},
		"an act that leads elsewhere":                {old: "{acte: signer_prefet, de: [signee_porteur], vers: conventionne", text: "{acte: signer_prefet, de: [signee_porteur], vers: termine"},
		"an act given to somebody else":              {old: "vers: depose, role: preparateur, libelle: Compléter", text: "vers: depose, role: instructeur, libelle: Compléter"},
		"a role that gets a right more":              {old: "code: anct-sur-mesure", text: "code: anct-sur-mesure", droit: "acte.signataire", role: "auditeur"},
		"a role that reads what it should not learn": {old: "code: anct-sur-mesure", text: "code: anct-sur-mesure", droit: "dossier.lire", role: "pilote"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dsn := storetest.Sqlite(t)
			db, err := store.Open(t.Context(), dsn)
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			b := newBanc(t, db, dsn, changed(t, c.old, c.text))
			if c.droit != "" {
				b.Politique().Droits[compte.Droit(c.droit)][compte.Role(c.role)] = "dept"
			}
			b.schemes = slices.DeleteFunc(b.schemes, func(s *dispositif.Dispositif) bool { return s.Code != "anct-sur-mesure" })
			if _, unintended := b.machine(t, 1); len(unintended) == 0 {
				t.Error("not seen")
			}
		})
	}
}
