"""Where things are: the repository, the project's own state, the user's cache, and a local cluster's directory."""

import os
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Home:
    """The directories one checkout uses; `Home.load()` reads the three variables that move them.

    `state` holds what belongs to this checkout (CAUSEWAY_HOME, default `.causeway` in the repository): Pulumi state,
    passphrase, seed, kubeconfig. `cache` holds what can be had again (CAUSEWAY_CACHE, default the user's cache
    directory): tools, downloads, builds, images. `cluster` names the local cluster (CAUSEWAY_CLUSTER).
    """

    state: Path
    cache: Path
    cluster: str

    @classmethod
    def load(cls) -> "Home":
        user_cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        return cls(
            state=Path(os.environ.get("CAUSEWAY_HOME") or REPOSITORY / ".causeway").resolve(),
            cache=Path(os.environ.get("CAUSEWAY_CACHE") or user_cache / "causeway").resolve(),
            cluster=os.environ.get("CAUSEWAY_CLUSTER") or "causeway",
        )

    @property
    def bin(self) -> Path:
        """Links to the tools chosen for this checkout; first on PATH in `scripts/env`."""
        return self.state / "bin"

    @property
    def pulumi_home(self) -> Path:
        return self.state / "pulumi"

    @property
    def backend(self) -> Path:
        """Pulumi's file backend."""
        return self.state / "backend"

    @property
    def passphrase(self) -> Path:
        return self.state / "passphrase"

    @property
    def seed(self) -> Path:
        """Secret zero of SecretsStore level 1 on a local stack."""
        return self.state / "seed"

    @property
    def charts(self) -> Path:
        """Doubles of charts, for the Kubernetes provider."""
        return self.state / "charts"

    @property
    def kubeconfig(self) -> Path:
        """One context, `causeway`: the cluster that `scripts/up` chose."""
        return self.state / "kubeconfig"

    @property
    def is_simulated(self) -> bool:
        """Whether KWOK plays the node of the cluster that `scripts/up` chose: what needs running pods is then left out."""
        return self._simulated.exists()

    def mark_simulated(self, simulated: bool) -> None:
        """Remember it for `scripts/env`, and so for a plain `pulumi up`."""
        if simulated:
            self._simulated.touch()
        else:
            self._simulated.unlink(missing_ok=True)

    @property
    def _simulated(self) -> Path:
        return self.state / "node-is-simulated"

    @property
    def cluster_directory(self) -> Path:
        """All that a local cluster writes: etcd, containerd, kubelet, volumes, logs."""
        return Path("/var/lib/causeway") / self.cluster

    @property
    def run_directory(self) -> Path:
        """Sockets and process ids; short, because a socket path has at most 107 characters."""
        return Path("/run/causeway") / self.cluster
