package mots

import "strings"

// elisions are what an apostrophe cuts from the word that counts, folded.
var elisions = set("l d j m t s c n qu jusqu lorsqu puisqu quoiqu quelqu presqu")

// vides are the words that say nothing of what is searched, folded.
var vides = set(`
	a au aux avec ce ces cet cette ceci cela celui celle ceux celles comme d dans de des du elle elles en entre est et etre
	eu eux il ils je la le les leur leurs lui ma mais me mes moi mon ne ni nos notre nous on ont or ou par pas pour qu que
	qui quel quelle quels quelles sa sans se ses si son sont sur ta te tes toi ton tu un une vos votre vous y ainsi afin
	ai as avait avons avez ayant sera seront soit sous tres donc dont cependant car chez plus`)

func set(words string) map[string]bool {
	out := make(map[string]bool)
	for _, w := range strings.Fields(words) {
		out[w] = true
	}
	return out
}
