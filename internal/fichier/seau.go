package fichier

import (
	"context"
	"io"
	"net/url"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"guichet/internal/fault"
)

const (
	morceau = 16 << 20 // bytes sent at once, and held in memory
	essais  = 3        // before a request is given up
)

// A seau is a Depot in an S3 bucket.
type seau struct {
	client *minio.Client
	nom    string
}

func ouvrirSeau(adresse string, acces Acces) (Depot, error) {
	u, err := url.Parse(adresse) // may hold a secret: it is not repeated
	if err != nil || u.Host == "" || u.Path != "" || u.User != nil || u.Fragment != "" || u.Opaque != "" {
		return nil, fault.New(fault.Invalid, "L’adresse du dépôt S3 n’est pas comprise : écrivez s3://seau?endpoint=https://hote&region=nom, et les clés à part.")
	}
	query := u.Query()
	for key := range query {
		if key != "endpoint" && key != "region" {
			return nil, fault.New(fault.Invalid, "« %s » n’est pas une option d’un dépôt S3 : écrivez endpoint et region.", key)
		}
	}
	at, err := url.Parse(query.Get("endpoint"))
	if err != nil || at.Host == "" || at.Scheme != "https" && at.Scheme != "http" || at.Path != "" && at.Path != "/" {
		return nil, fault.New(fault.Invalid, "L’option endpoint du dépôt S3 doit être l’adresse du service, par exemple https://s3.exemple.fr.").Because(err)
	}
	if acces.Cle == "" || acces.Secret == "" {
		return nil, fault.New(fault.Invalid, "Le dépôt S3 demande une clé et un secret : donnez GUICHET_S3_CLE et GUICHET_S3_SECRET.")
	}
	c, err := minio.New(at.Host, &minio.Options{Creds: credentials.NewStaticV4(acces.Cle, acces.Secret, ""), Secure: at.Scheme == "https",
		Region: query.Get("region"), MaxRetries: essais})
	if err != nil {
		return nil, fault.New(fault.Invalid, "Le dépôt S3 ne peut pas être ouvert : vérifiez l’option endpoint.").Because(err)
	}
	return &seau{c, u.Host}, nil
}

func (s *seau) Pose(ctx context.Context, c Cle, r io.Reader) (err error) {
	if err := c.verifie(); err != nil {
		return err
	}
	defer fault.Wrap(&err, "fichier: put %s", c)
	_, err = s.client.PutObject(ctx, s.nom, string(c), r, -1, minio.PutObjectOptions{PartSize: morceau, ContentType: "application/octet-stream"})
	return err
}

func (s *seau) Ouvre(ctx context.Context, c Cle) (_ io.ReadCloser, err error) {
	if err := c.verifie(); err != nil {
		return nil, err
	}
	defer fault.Wrap(&err, "fichier: get %s", c)
	o, err := s.client.GetObject(ctx, s.nom, string(c), minio.GetObjectOptions{})
	if err != nil {
		return nil, err
	}
	if _, err := o.Stat(); err != nil { // nothing is asked before
		o.Close()
		if minio.ToErrorResponse(err).Code == "NoSuchKey" {
			return nil, absent().Because(err)
		}
		return nil, err
	}
	return o, nil
}

func (s *seau) Efface(ctx context.Context, c Cle) (err error) {
	if err := c.verifie(); err != nil {
		return err
	}
	defer fault.Wrap(&err, "fichier: erase %s", c)
	return s.client.RemoveObject(ctx, s.nom, string(c), minio.RemoveObjectOptions{})
}
