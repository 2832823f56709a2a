package oci

import (
	"errors"

	"github.com/hashicorp/vault/command/agentproxyshared/auth"
)

// NewOCIAuthMethod refuses: an agent that logs in by a cloud is not compiled.
func NewOCIAuthMethod(*auth.AuthConfig, string) (auth.AuthMethod, error) {
	return nil, errors.New("an agent's method oci is not part of this build")
}
