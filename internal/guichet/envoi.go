package guichet

import (
	"context"
	"time"

	"guichet/internal/store"
)

// A Facteur sends one mail.
type Facteur interface {
	Envoie(context.Context, Pli) Remise
}

// A Remise is how an attempt to send ended.
type Remise struct {
	Faite  bool
	Dans   time.Duration // when it failed, after how long to try again; 0 for never
	Raison string        // why it failed, in French
}

const (
	lotCourriels = 20               // mails taken at once
	bailCourriel = 10 * time.Minute // a sender that died leaves its mails to another after that
	essaisMax    = 30
)

// EnvoieCourriels sends the mails whose turn has come, and returns how many
// left. Each is taken before it is sent: of two senders, one sends it. A crash
// between the sending and its note sends it twice, with one Message-ID.
func (g *Guichet) EnvoieCourriels(ctx context.Context, f Facteur) (sent int, err error) {
	var batch []Pli
	now := g.maintenant()
	err = g.write(ctx, func(tx *store.Tx) error {
		due, err := tx.CourrielsDus(now, now.Add(bailCourriel), lotCourriels)
		for _, c := range due {
			p, err := g.plie(tx, c)
			if err != nil {
				return err
			}
			batch = append(batch, p)
		}
		return err
	})
	if err != nil {
		return 0, err
	}
	for _, c := range batch {
		r := g.remet(ctx, f, c)
		err := g.write(ctx, func(tx *store.Tx) error {
			if r.Faite {
				sent++
				return tx.CourrielEnvoye(c.ID, g.maintenant())
			}
			var next time.Time
			if r.Dans > 0 && c.Essais < essaisMax {
				next = g.maintenant().Add(r.Dans)
			}
			return tx.CourrielRefuse(c.ID, r.Raison, next)
		})
		if err != nil {
			return sent, err
		}
	}
	return sent, nil
}

// remet hands a mail to the server, unless its address is doubtful: that holds
// whatever wrote the mail, and whenever the address became so.
func (g *Guichet) remet(ctx context.Context, f Facteur, p Pli) Remise {
	if g.catalogue.Douteuse(p.Adresse) {
		return Remise{Raison: "L’adresse est marquée douteuse : rien ne lui est envoyé."}
	}
	return f.Envoie(ctx, p)
}
