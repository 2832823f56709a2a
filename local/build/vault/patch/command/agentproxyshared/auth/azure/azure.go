package azure

import (
	"errors"

	"github.com/hashicorp/vault/command/agentproxyshared/auth"
)

// NewAzureAuthMethod refuses: an agent that logs in by a cloud is not compiled.
func NewAzureAuthMethod(*auth.AuthConfig) (auth.AuthMethod, error) {
	return nil, errors.New("an agent's method azure is not part of this build")
}
