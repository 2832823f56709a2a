package alicloud

import (
	"errors"

	"github.com/hashicorp/vault/command/agentproxyshared/auth"
)

// NewAliCloudAuthMethod refuses: an agent that logs in by a cloud is not compiled.
func NewAliCloudAuthMethod(*auth.AuthConfig) (auth.AuthMethod, error) {
	return nil, errors.New("an agent's method alicloud is not part of this build")
}
