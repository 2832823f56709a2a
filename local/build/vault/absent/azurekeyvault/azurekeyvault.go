// Package azurekeyvault stands in for unsealing by a key of Azure, whose SDK is not compiled: it is refused.
package azurekeyvault

import (
	"context"
	"errors"

	wrapping "github.com/hashicorp/go-kms-wrapping/v2"
)

// Names of the variables that a seal of this type would be configured by.
const (
	EnvAzureKeyVaultWrapperKeyName   = "AZUREKEYVAULT_WRAPPER_KEY_NAME"
	EnvAzureKeyVaultWrapperVaultName = "AZUREKEYVAULT_WRAPPER_VAULT_NAME"
	EnvVaultAzureKeyVaultKeyName     = "VAULT_AZUREKEYVAULT_KEY_NAME"
	EnvVaultAzureKeyVaultVaultName   = "VAULT_AZUREKEYVAULT_VAULT_NAME"
)

// Wrapper has the other calls only to be one.
type Wrapper struct{ wrapping.Wrapper }

// NewWrapper makes one that cannot be configured.
func NewWrapper() *Wrapper { return &Wrapper{} }

// SetConfig refuses.
func (*Wrapper) SetConfig(context.Context, ...wrapping.Option) (*wrapping.WrapperConfig, error) {
	return nil, errors.New("a seal of type azurekeyvault is not part of this build")
}

// WithDisallowEnvVars is taken and left unused.
func WithDisallowEnvVars(bool) wrapping.Option { return func() any { return nil } }
