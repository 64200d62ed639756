package store

import "context"

type pannes struct{}

// AvecPannes returns a context under which every transaction tells f of what
// it is about to ask the database, COMMIT included. When f fails, so does that
// step. Tests break a command at each of its steps with it.
func AvecPannes(ctx context.Context, f func(query string) error) context.Context {
	return context.WithValue(ctx, pannes{}, f)
}

// panne asks whether the step must fail, and with what.
func panne(ctx context.Context, query string) error {
	if f, ok := ctx.Value(pannes{}).(func(string) error); ok {
		return f(query)
	}
	return nil
}
