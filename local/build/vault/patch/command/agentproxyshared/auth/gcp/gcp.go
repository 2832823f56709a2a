package gcp

import (
	"errors"

	"github.com/hashicorp/vault/command/agentproxyshared/auth"
)

// NewGCPAuthMethod refuses: an agent that logs in by a cloud is not compiled.
func NewGCPAuthMethod(*auth.AuthConfig) (auth.AuthMethod, error) {
	return nil, errors.New("an agent's method gcp is not part of this build")
}
