package dispositif

import "strings"

// Douteuse reports whether the catalogue or a prefecture marks the address as
// anything but sure, as it was written or as it is thought to be: nothing is
// ever sent to it, even when it is sure somewhere else.
func (c *Catalogue) Douteuse(adresse string) bool {
	adresse = strings.TrimSpace(adresse)
	for _, all := range c.everyContacts() {
		for _, k := range all {
			if k.Type == "courriel" && !k.Envoyable() && (strings.EqualFold(k.Brut, adresse) || strings.EqualFold(k.Adresse(), adresse)) {
				return true
			}
		}
	}
	return false
}
