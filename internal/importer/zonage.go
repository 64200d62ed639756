package importer

import (
	"io"

	"guichet/internal/siren"
	"guichet/internal/territoire"
)

// densite reads a density grid.
func (l *lecteur) densite(r io.Reader) territoire.Couches {
	t := &table{lecteur: l, titre: "Grille communale de densité", colonnes: []colonne{colInsee, colCode, colDensite, colDensite7}}
	t.exige = func(t *table) {
		t.demande("insee", "code")
		t.demande("densite", "densite7")
		if t.connait("densite") && t.connait("densite7") {
			t.erreur(1, 0, "le fichier donne les deux grilles, à 4 et à 7 niveaux : gardez une seule colonne.")
		}
	}
	z := &territoire.Zonage{Code: territoire.Densite, Communes: make(map[territoire.Insee]int32)}
	t.zonage(r, z, func() (string, int) {
		if t.connait("densite7") {
			z.Code = territoire.Densite7
			return "densite7", 7
		}
		return "densite", 4
	})
	return territoire.Couches{Zonages: []*territoire.Zonage{z}}
}

// classes reads fragility classes.
func (l *lecteur) classes(r io.Reader) territoire.Couches {
	t := &table{lecteur: l, titre: "Classes de fragilité socio-économique", colonnes: []colonne{colInsee, colSiren, colCode, colClasse}}
	t.exige = func(t *table) {
		t.demande("insee", "siren", "code")
		t.demande("classe")
	}
	z := &territoire.Zonage{Code: territoire.ClasseFragilite, Communes: make(map[territoire.Insee]int32), Epcis: make(map[siren.Siren]int32)}
	t.zonage(r, z, func() (string, int) { return "classe", 6 })
	return territoire.Couches{Zonages: []*territoire.Zonage{z}}
}

// zonage fills z with the lines of a table; value names the column of the
// numbers and the largest of them.
func (t *table) zonage(r io.Reader, z *territoire.Zonage, value func() (string, int)) {
	seen := make(map[membre]int)
	t.lire(r, func(r rangee) {
		m, ok := t.membre(r)
		column, most := value()
		n, okValue := t.niveau(r, column, most)
		if !ok || !okValue || t.double(seen, m, r.ligne) {
			return
		}
		switch t.connu(m, r.ligne); {
		case m.siren == "":
			z.Communes[m.insee] = n
		case z.Epcis == nil:
			t.erreur(r.ligne, 0, "%s est un numéro SIREN : une grille de densité donne le niveau des communes.", m.siren)
		default:
			z.Epcis[m.siren] = n
		}
		t.lignes++
	})
	z.Titre, z.Source, z.Millesime = t.entete.Titre, t.entete.Source, t.entete.Millesime
}

// double reports, as an error, a code that an earlier line gave.
func (t *table) double(seen map[membre]int, m membre, ligne int) bool {
	before, twice := seen[m]
	if twice {
		t.erreur(ligne, 0, "%s est déjà à la ligne %d : gardez une des deux lignes.", m.code(), before)
		return true
	}
	seen[m] = ligne
	return false
}
