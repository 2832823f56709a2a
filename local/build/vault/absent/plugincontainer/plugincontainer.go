// Package plugincontainer stands in for plugins that run in containers of Docker: starting one is refused.
package plugincontainer

import (
	"errors"
	"os/exec"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin/runner"
)

// Config is what a container would be told.
type Config struct {
	Image, Tag, SHA256, Runtime, CgroupParent string
	Entrypoint, Args, Env                     []string
	GroupAdd                                  int
	NanoCpus, Memory                          int64
	CapIPCLock, Rootless                      bool
	Labels                                    map[string]string
}

// NewContainerRunner refuses.
func (*Config) NewContainerRunner(hclog.Logger, *exec.Cmd, string) (runner.Runner, error) {
	return nil, errors.New("plugins in containers are not part of this build")
}
