package store

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"guichet/internal/territoire"
)

const coucheColumns = `numero, cle, genre, titre, source, millesime, lignes, empreinte, importee_le, retiree_le`

// PoseCouche adds the layer that c describes, whose content is layers, in the place of the
// one in use with the same Cle. It gives c its Numero.
func (tx *Tx) PoseCouche(c *territoire.Notice, layers territoire.Couches) error {
	if _, err := tx.RetireCouche(c.Cle, c.ImporteeLe); err != nil {
		return err
	}
	if err := tx.queryRow(`SELECT version FROM couches_version`).Scan(&c.Numero); err != nil {
		return err
	}
	source, err := json.Marshal(c.Source)
	if err != nil {
		return err
	}
	content, err := packed(layers)
	if err != nil {
		return err
	}
	_, err = tx.exec(`INSERT INTO couche (`+coucheColumns+`, contenu) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		c.Numero, c.Cle, c.Genre, c.Titre, string(source), c.Millesime, c.Lignes, c.Empreinte, instant(c.ImporteeLe), "", content)
	return err
}

// RetireCouche takes the layer of that Cle out of use and reports whether
// there was one. Its content stays. Moving the version first makes two imports
// on PostgreSQL wait for one another.
func (tx *Tx) RetireCouche(cle string, le time.Time) (bool, error) {
	if _, err := tx.exec(`UPDATE couches_version SET version = version + 1`); err != nil {
		return false, err
	}
	res, err := tx.exec(`UPDATE couche SET retiree_le = $1 WHERE cle = $2 AND retiree_le = ''`, instant(le), cle)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n > 0, err
}

// VersionCouches returns a number that moves with each change of the layers.
func (tx *Tx) VersionCouches() (n int64, err error) {
	err = tx.queryRow(`SELECT version FROM couches_version`).Scan(&n)
	return n, err
}

// Couches returns the layers in use, together.
func (tx *Tx) Couches() (all territoire.Couches, err error) {
	rows, err := tx.query(`SELECT numero, contenu FROM couche WHERE retiree_le = '' ORDER BY numero`)
	if err != nil {
		return all, err
	}
	defer rows.Close()
	for rows.Next() {
		var numero int64
		var content []byte
		if err := rows.Scan(&numero, &content); err != nil {
			return all, err
		}
		one, err := unpacked(content)
		if err != nil {
			return all, fmt.Errorf("couche %d: %w", numero, err)
		}
		all.Listes = append(all.Listes, one.Listes...)
		all.Zonages = append(all.Zonages, one.Zonages...)
		all.Qpv = append(all.Qpv, one.Qpv...)
		all.Contours = append(all.Contours, one.Contours...)
	}
	return all, rows.Err()
}

// Registre returns every layer ever imported, the last one first, without its
// content.
func (tx *Tx) Registre() (all []territoire.Notice, err error) {
	rows, err := tx.query(`SELECT ` + coucheColumns + ` FROM couche ORDER BY numero DESC`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var c territoire.Notice
		var source, importee, retiree string
		if err := rows.Scan(&c.Numero, &c.Cle, &c.Genre, &c.Titre, &source, &c.Millesime, &c.Lignes, &c.Empreinte, &importee, &retiree); err != nil {
			return nil, err
		}
		if err := json.Unmarshal([]byte(source), &c.Source); err != nil {
			return nil, fmt.Errorf("couche %d: source: %w", c.Numero, err)
		}
		if c.ImporteeLe, err = parseInstant(importee); err != nil {
			return nil, err
		}
		if c.RetireeLe, err = parseInstant(retiree); err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	return all, rows.Err()
}

func packed(c territoire.Couches) ([]byte, error) {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if err := json.NewEncoder(z).Encode(c); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func unpacked(content []byte) (c territoire.Couches, err error) {
	z, err := gzip.NewReader(bytes.NewReader(content))
	if err != nil {
		return c, err
	}
	text, err := io.ReadAll(z) // guichet wrote it: its size was bounded at the import
	if err != nil {
		return c, err
	}
	return c, json.Unmarshal(text, &c)
}
