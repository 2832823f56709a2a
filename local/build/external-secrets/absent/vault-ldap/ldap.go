// Package ldap stands in for logging in to Vault by LDAP, whose module the public record of sums does not have: it is refused.
package ldap

import (
	"errors"

	"github.com/hashicorp/vault/api"
)

// Password is taken and left unused.
type Password struct{ FromString string }

// Option says nothing.
type Option struct{}

func WithMountPath(string) Option { return Option{} }

// NewLDAPAuth refuses.
func NewLDAPAuth(string, *Password, ...Option) (api.AuthMethod, error) {
	return nil, errors.New("logging in to Vault by LDAP is not part of this build")
}
