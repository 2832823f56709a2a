//go:build minimal

package builtinplugins

import (
	kubernetes "github.com/hashicorp/vault-plugin-auth-kubernetes"
	"github.com/hashicorp/vault/plugins/database/postgresql"
)

// What the platform uses beyond the minimal build, which leaves out the plugins of all clouds: logging in as a
// ServiceAccount, and short-lived accounts of PostgreSQL.
func extendAddonPlugins(r *registry) {
	r.credentialBackends["kubernetes"] = credentialBackend{Factory: kubernetes.Factory}
	r.databasePlugins["postgresql-database-plugin"] = databasePlugin{Factory: postgresql.New}
}
