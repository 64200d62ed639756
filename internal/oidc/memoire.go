package oidc

import (
	"context"
	"time"
)

// A memoire keeps one thing read from the provider. One reader asks the
// provider, the others wait for the answer or for their own deadline. A
// failure is not kept.
type memoire[T any] struct {
	verrou chan struct{}
	valeur T
	prisLe time.Time // zero: nothing is kept
}

func nouvelleMemoire[T any]() memoire[T] {
	return memoire[T]{verrou: make(chan struct{}, 1)}
}

// prendre returns the value kept if it was read after depuis, or reads it.
func (m *memoire[T]) prendre(ctx context.Context, depuis time.Time, lire func(context.Context) (T, time.Time, error)) (T, error) {
	select {
	case m.verrou <- struct{}{}:
		defer func() { <-m.verrou }()
	case <-ctx.Done():
		var rien T
		return rien, ctx.Err()
	}
	if m.prisLe.After(depuis) {
		return m.valeur, nil
	}
	valeur, le, err := lire(ctx)
	if err == nil {
		m.valeur, m.prisLe = valeur, le
	}
	return valeur, err
}

// oublier makes the next reader ask the provider.
func (m *memoire[T]) oublier() {
	m.verrou <- struct{}{}
	m.prisLe = time.Time{}
	<-m.verrou
}
