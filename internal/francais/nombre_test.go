package francais

import "testing"

func TestEnLettres(t *testing.T) {
	for n, want := range map[int64]string{0: "zéro", 1: "un", 16: "seize", 17: "dix-sept", 21: "vingt-et-un", 70: "soixante-dix", 71: "soixante-et-onze", 77: "soixante-dix-sept",
		80: "quatre-vingts", 81: "quatre-vingt-un", 91: "quatre-vingt-onze", 99: "quatre-vingt-dix-neuf", 100: "cent", 101: "cent-un", 200: "deux-cents", 280: "deux-cent-quatre-vingts",
		1000: "mille", 1001: "mille-un", 2000: "deux-mille", 15_000: "quinze-mille", 80_000: "quatre-vingt-mille", 200_000: "deux-cent-mille", 1_000_000: "un-million", 80_000_000: "quatre-vingts-millions",
		2_345_678: "deux-millions-trois-cent-quarante-cinq-mille-six-cent-soixante-dix-huit", -5: "−5"} {
		if got := EnLettres(n); got != want {
			t.Errorf("EnLettres(%d) = %q, want %q", n, got, want)
		}
	}
}
