// Package fault classifies the errors that guichet may show to a person.
//
// A Fault has a Kind, which decides the HTTP status and the exit code, and a
// Message, which is French and written for the person reading it. Every other
// error is Internal: it is logged with its whole chain, and the person only
// sees an incident number.
package fault

import (
	"errors"
	"fmt"
	"maps"
	"slices"
)

// Kind is the class of a Fault. A Kind is itself an error, so that
// errors.Is(err, fault.NotFound) holds for every Fault of that Kind.
type Kind int

// The kinds of faults, from "a bug" to "too much at once".
const (
	Internal    Kind = iota // not a Fault: a bug or a broken machine
	Invalid                 // the person can correct what they typed
	Forbidden               // this person may never do this
	NotFound                // no such thing, or not for this person
	Conflict                // somebody else changed it meanwhile, or the state forbids it
	Closed                  // the window is over, or not open yet
	TooLarge                // more than guichet accepts in one go
	Unavailable             // another machine does not answer: the person can try again later
)

var kinds = [...]string{"internal", "invalid", "forbidden", "not found", "conflict", "closed", "too large", "unavailable"}

// Error names the kind in English, for logs.
func (k Kind) Error() string { return kinds[k] }

// A Fault is an error with a message for the person.
type Fault struct {
	Kind    Kind
	Message string            // French, complete sentence
	Fields  map[string]string // field to French message, for Invalid
	Codes   []string          // machine reason codes, such as POPULATION_NEGATIVE

	err error
}

// New returns a Fault of kind k with a formatted French message.
func New(k Kind, format string, args ...any) *Fault {
	return &Fault{Kind: k, Message: fmt.Sprintf(format, args...)}
}

// Because returns f with err recorded as its cause, for the log only.
func (f *Fault) Because(err error) *Fault {
	f.err = err
	return f
}

// Field returns f with a French message attached to the field name. The first
// message of a field stays.
func (f *Fault) Field(name, message string) *Fault {
	if f.Fields == nil {
		f.Fields = make(map[string]string)
	}
	if _, ok := f.Fields[name]; !ok {
		f.Fields[name] = message
	}
	return f
}

// Code returns f with the reason code added, once. An empty code adds nothing.
func (f *Fault) Code(code string) *Fault {
	if code != "" && !slices.Contains(f.Codes, code) {
		f.Codes = append(f.Codes, code)
	}
	return f
}

// Merge adds the fields and codes of other to f.
func (f *Fault) Merge(other *Fault) *Fault {
	for _, name := range slices.Sorted(maps.Keys(other.Fields)) {
		f.Field(name, other.Fields[name])
	}
	for _, code := range other.Codes {
		f.Code(code)
	}
	return f
}

// Error gives the kind, the message and the cause: for logs.
func (f *Fault) Error() string {
	if f.err != nil {
		return fmt.Sprintf("%v: %s: %v", f.Kind, f.Message, f.err)
	}
	return fmt.Sprintf("%v: %s", f.Kind, f.Message)
}

// Unwrap gives errors.Is and errors.As both the Kind and the cause.
func (f *Fault) Unwrap() []error {
	if f.err == nil {
		return []error{f.Kind}
	}
	return []error{f.Kind, f.err}
}

// Of returns the Fault in err's chain, or a bare Internal one whose cause is
// err. It returns nil when err is nil.
func Of(err error) *Fault {
	if err == nil {
		return nil
	}
	if f, ok := errors.AsType[*Fault](err); ok {
		return f
	}
	return &Fault{Kind: Internal, err: err}
}

// Wrap adds context to *errp when it is not nil, keeping the chain.
//
//	defer fault.Wrap(&err, "Importer(%s)", name)
func Wrap(errp *error, format string, args ...any) {
	if *errp != nil {
		*errp = fmt.Errorf("%s: %w", fmt.Sprintf(format, args...), *errp)
	}
}
