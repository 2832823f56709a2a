// Package alicloudkms stands in for unsealing by a key of Alibaba Cloud, whose SDK is not compiled: it is refused.
package alicloudkms

import (
	"context"
	"errors"

	wrapping "github.com/hashicorp/go-kms-wrapping/v2"
)

// Names of the variables that a seal of this type would be configured by.
const (
	EnvAliCloudKmsWrapperKeyId   = "ALICLOUDKMS_WRAPPER_KEY_ID"
	EnvVaultAliCloudKmsSealKeyId = "VAULT_ALICLOUDKMS_SEAL_KEY_ID"
)

// Wrapper has the other calls only to be one.
type Wrapper struct{ wrapping.Wrapper }

// NewWrapper makes one that cannot be configured.
func NewWrapper() *Wrapper { return &Wrapper{} }

// SetConfig refuses.
func (*Wrapper) SetConfig(context.Context, ...wrapping.Option) (*wrapping.WrapperConfig, error) {
	return nil, errors.New("a seal of type alicloudkms is not part of this build")
}
