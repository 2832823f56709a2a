// Package option stands in for the options of Google's clients; what it is told is left unused.
package option

// ClientOption says nothing.
type ClientOption struct{}

func WithUserAgent(string) ClientOption { return ClientOption{} }
