// Package cloudsqlconn stands in for Google's connector of databases; what it is told is left unused.
package cloudsqlconn

// Option and DialOption say nothing.
type (
	Option     struct{}
	DialOption struct{}
)

func WithIAMAuthN() Option                        { return Option{} }
func WithCredentialsJSON([]byte) Option           { return Option{} }
func WithDefaultDialOptions(...DialOption) Option { return Option{} }
func WithPrivateIP() DialOption                   { return DialOption{} }
func WithPSC() DialOption                         { return DialOption{} }
