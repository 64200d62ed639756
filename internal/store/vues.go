package store

import (
	"strings"

	"guichet/internal/compte"
	"guichet/internal/dossier"
	"guichet/internal/fault"
)

// A Vue is a list that a person comes back to.
type Vue struct {
	ID       string
	Personne compte.PersonneID
	Nom      string
	Requete  string // of the address of the list
}

// PoseVue keeps v, in the place of the view of that name of the same person.
func (tx *Tx) PoseVue(v Vue) error {
	_, err := tx.exec(`INSERT INTO vue (id, personne, nom, requete) VALUES ($1, $2, $3, $4)
		ON CONFLICT (personne, nom) DO UPDATE SET requete = excluded.requete`, v.ID, string(v.Personne), v.Nom, v.Requete)
	return err
}

// Vues returns the views of a person, by name.
func (tx *Tx) Vues(p compte.PersonneID) (all []Vue, err error) {
	rows, err := tx.query(`SELECT id, personne, nom, requete FROM vue WHERE personne = $1 ORDER BY nom, id`, string(p))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var v Vue
		if err := rows.Scan(&v.ID, &v.Personne, &v.Nom, &v.Requete); err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, rows.Err()
}

// Vue returns the view of a person. The error is a fault.NotFound, for the
// view of somebody else too.
func (tx *Tx) Vue(p compte.PersonneID, id string) (v Vue, err error) {
	err = tx.queryRow(`SELECT id, personne, nom, requete FROM vue WHERE id = $1 AND personne = $2`, id, string(p)).Scan(&v.ID, &v.Personne, &v.Nom, &v.Requete)
	return v, absent(err, vueInconnue)
}

const vueInconnue = "Cette vue n’existe pas."

// RetireVue removes the view of a person. The error is that of Vue.
func (tx *Tx) RetireVue(p compte.PersonneID, id string) error {
	res, err := tx.exec(`DELETE FROM vue WHERE id = $1 AND personne = $2`, id, string(p))
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil || n == 1 {
		return err
	}
	return fault.New(fault.NotFound, "%s", vueInconnue)
}

// Motifs returns what the acts on the dossiers said, in order, by dossier.
func (tx *Tx) Motifs(ids []dossier.ID) (map[dossier.ID][]string, error) {
	out := make(map[dossier.ID][]string)
	if len(ids) == 0 {
		return out, nil
	}
	q := &requete{}
	places := make([]string, len(ids))
	for i, id := range ids {
		places[i] = q.arg(string(id))
	}
	in := strings.Join(places, ", ")
	rows, err := tx.query(`
		SELECT dossier, le, motif FROM evenement WHERE motif <> '' AND acte NOT IN (`+q.suite(dossier.Internes)+`) AND dossier IN (`+in+`)
		UNION ALL SELECT dossier, le, texte FROM message WHERE genre = 'message' AND dossier IN (`+in+`)
		ORDER BY dossier, le`, q.args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var id dossier.ID
		var le, motif string
		if err := rows.Scan(&id, &le, &motif); err != nil {
			return nil, err
		}
		out[id] = append(out[id], motif)
	}
	return out, rows.Err()
}

// Instructeurs returns the persons who hold one of the roles in one of the
// scopes now in use, by name.
func (tx *Tx) Instructeurs(roles []compte.Role, scopes []Portee) (all []compte.Personne, err error) {
	if len(roles) == 0 || len(scopes) == 0 {
		return nil, nil
	}
	q := &requete{}
	places := make([]string, len(roles))
	for i, r := range roles {
		places[i] = q.arg(string(r))
	}
	where := make([]string, len(scopes))
	for i, p := range scopes {
		where[i] = "(1 = 0)"
		if p.Organisation == "" {
			where[i] = "((departement = '' OR " + q.arg(p.Departement) + " IN ('', departement)) AND " + q.arg(p.Service) + " IN ('', service))"
		}
	}
	return tx.personnes(`id IN (SELECT personne FROM habilitation
		WHERE etat = 'active' AND organisation = '' AND role IN (`+strings.Join(places, ", ")+`) AND (`+strings.Join(where, " OR ")+`)) ORDER BY nom, prenoms, id`, q.args...)
}
