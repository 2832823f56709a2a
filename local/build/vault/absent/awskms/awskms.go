// Package awskms stands in for unsealing by a key of AWS, whose SDK is not compiled: it is refused.
package awskms

import (
	"context"
	"errors"

	"github.com/hashicorp/go-hclog"
	wrapping "github.com/hashicorp/go-kms-wrapping/v2"
)

// Names of the variables that a seal of this type would be configured by.
const (
	EnvAwsKmsWrapperKeyId   = "AWSKMS_WRAPPER_KEY_ID"
	EnvVaultAwsKmsSealKeyId = "VAULT_AWSKMS_SEAL_KEY_ID"
)

// Wrapper has the other calls only to be one.
type Wrapper struct{ wrapping.Wrapper }

// NewWrapper makes one that cannot be configured.
func NewWrapper() *Wrapper { return &Wrapper{} }

// SetConfig refuses.
func (*Wrapper) SetConfig(context.Context, ...wrapping.Option) (*wrapping.WrapperConfig, error) {
	return nil, errors.New("a seal of type awskms is not part of this build")
}

// WithDisallowEnvVars is taken and left unused.
func WithDisallowEnvVars(bool) wrapping.Option { return func() any { return nil } }

// WithLogger is taken and left unused.
func WithLogger(hclog.Logger) wrapping.Option { return func() any { return nil } }
