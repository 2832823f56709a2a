// Most versions are those of local/build/kubernetes, so that what it compiled is not compiled again.
module causeway.dev/local/sealed-secrets

go 1.26.8

require (
	github.com/bitnami/sealed-secrets v0.40.0
	github.com/go-logr/logr v1.4.4
	github.com/prometheus/common v0.72.0
	go.yaml.in/yaml/v3 v3.0.5
	golang.org/x/crypto v0.57.0
	golang.org/x/net v0.60.0
	golang.org/x/oauth2 v0.37.0
	golang.org/x/sys v0.49.0
	golang.org/x/term v0.46.0
	golang.org/x/text v0.42.0
	golang.org/x/time v0.16.0
	k8s.io/api v0.37.1
	k8s.io/apimachinery v0.37.1
	k8s.io/client-go v0.37.1
)

replace (
	github.com/bitnami/sealed-secrets => github.com/bitnami-labs/sealed-secrets v0.40.0
	k8s.io/api => k8s.io/api v0.36.2
	k8s.io/apimachinery => k8s.io/apimachinery v0.36.2
	k8s.io/client-go => k8s.io/client-go v0.36.2
)
