package cf

import (
	"errors"

	"github.com/hashicorp/vault/command/agentproxyshared/auth"
)

// NewCFAuthMethod refuses: an agent that logs in by a cloud is not compiled.
func NewCFAuthMethod(*auth.AuthConfig) (auth.AuthMethod, error) {
	return nil, errors.New("an agent's method cf is not part of this build")
}
