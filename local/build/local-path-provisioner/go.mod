module causeway.dev/local/local-path-provisioner

go 1.26.0

require (
	github.com/rancher/local-path-provisioner v0.0.30
	k8s.io/api v0.36.2
	k8s.io/apimachinery v0.36.2
	k8s.io/client-go v0.36.2
)
