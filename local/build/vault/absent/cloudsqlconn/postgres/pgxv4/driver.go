// Package pgxv4 stands in for the driver that reaches PostgreSQL by Google's connector: it is refused.
package pgxv4

import (
	"errors"

	"cloud.google.com/go/cloudsqlconn"
)

// RegisterDriver refuses.
func RegisterDriver(string, ...cloudsqlconn.Option) (func() error, error) {
	return nil, errors.New("logging in to Cloud SQL is not part of this build")
}
