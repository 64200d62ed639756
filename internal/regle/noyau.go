package regle

import "slices"

// The loops that compare a column with a constant: 64 rows make a word. They
// are apart so that the compiler keeps them without branches.

func bit(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}

// below adds to out the rows smaller than c.
func below(col []int64, c int64, out Ensemble) {
	for w := range out {
		rows := col[w*64 : min(w*64+64, len(col))]
		var word uint64
		for i, x := range rows {
			word |= bit(x < c) << (i & 63)
		}
		out[w] |= word
	}
}

// upTo adds to out the rows not greater than c.
func upTo(col []int64, c int64, out Ensemble) {
	for w := range out {
		rows := col[w*64 : min(w*64+64, len(col))]
		var word uint64
		for i, x := range rows {
			word |= bit(x <= c) << (i & 63)
		}
		out[w] |= word
	}
}

// equal adds to out the rows equal to c.
func equal(col []int64, c int64, out Ensemble) {
	for w := range out {
		rows := col[w*64 : min(w*64+64, len(col))]
		var word uint64
		for i, x := range rows {
			word |= bit(x == c) << (i & 63)
		}
		out[w] |= word
	}
}

// holds adds to out the rows whose list holds the code c.
func (col *colonne) holds(c int64, out Ensemble) {
	for row, codes := range col.listes {
		out[row/64] |= bit(slices.Contains(codes, c)) << (row & 63)
	}
}
