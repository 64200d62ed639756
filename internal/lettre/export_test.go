package lettre

// Dictionnaire is what the tests compare with the page that lists the fields.
var Dictionnaire = dictionnaire
