// Package okta stands in for Okta's SDK, twelve megabytes of generated code: logging in with its push factor is refused.
package okta

import (
	"context"
	"errors"
	"net/http"
)

var errAbsent = errors.New("Okta is not part of this build")

// Configuration and Setter take what they are given and leave it unused.
type (
	Configuration struct{ Context context.Context }
	Setter        func(*Configuration)
)

// NewConfiguration refuses, before anything is asked of Okta.
func NewConfiguration(...Setter) (*Configuration, error) { return nil, errAbsent }

func WithToken(string) Setter  { return func(*Configuration) {} }
func WithOrgUrl(string) Setter { return func(*Configuration) {} }
func WithCache(bool) Setter    { return func(*Configuration) {} }

// APIClient has the calls that Vault compiles against; none is ever reached.
type APIClient struct {
	UserAPI       UserAPI
	UserFactorAPI UserFactorAPI
}

func NewAPIClient(*Configuration) *APIClient { return &APIClient{} }
func (*APIClient) GetConfig() *Configuration { return &Configuration{Context: context.Background()} }

type (
	UserAPI        struct{}
	UserFactorAPI  struct{}
	request[T any] struct{}
)

func (request[T]) Filter(string) request[T] { return request[T]{} }
func (request[T]) Execute() (result T, response *http.Response, err error) {
	return result, nil, errAbsent
}

type (
	User                        struct{}
	UserFactorPush              struct{}
	ListFactors200ResponseInner struct{ UserFactorPush *UserFactorPush }
	VerifyFactor                struct{ Links map[string]any }
	Transaction                 struct{ UserFactorPushTransaction, UserFactorPushTransactionRejected, UserFactorPushTransactionTimeout, UserFactorPushTransactionWaiting *struct{} }
)

func (*User) GetId() string                   { return "" }
func (*UserFactorPush) GetId() string         { return "" }
func (*VerifyFactor) GetFactorResult() string { return "" }

func (UserAPI) ListUsers(context.Context) request[[]User] { return request[[]User]{} }
func (UserFactorAPI) ListFactors(context.Context, string) request[[]ListFactors200ResponseInner] {
	return request[[]ListFactors200ResponseInner]{}
}
func (UserFactorAPI) VerifyFactor(context.Context, string, string) request[*VerifyFactor] {
	return request[*VerifyFactor]{}
}
func (UserFactorAPI) GetFactorTransactionStatus(context.Context, string, string, string) request[*Transaction] {
	return request[*Transaction]{}
}
