// Package jwtauth stands in for logging in by OpenID Connect, which needs Google's clients: it is refused.
package jwtauth

import (
	"context"
	"errors"

	"github.com/hashicorp/vault/api"
	"github.com/hashicorp/vault/sdk/logical"
)

var errAbsent = errors.New("logging in by OpenID Connect is not part of this build")

// Factory refuses.
func Factory(context.Context, *logical.BackendConfig) (logical.Backend, error) { return nil, errAbsent }

// CLIHandler is the command's side.
type CLIHandler struct{}

// Auth refuses.
func (*CLIHandler) Auth(*api.Client, map[string]string) (*api.Secret, error) { return nil, errAbsent }

// Help says so.
func (*CLIHandler) Help() string { return errAbsent.Error() }
