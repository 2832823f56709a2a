"""Where things are: the repository, the project's own state, the user's cache, and a local cluster's directory."""

import os
import re
from dataclasses import dataclass
from pathlib import Path

from workspace.progress import Problem

REPOSITORY = Path(__file__).resolve().parent.parent
LONGEST_NAME = 40
"""A node's name is a DNS label, and a socket's path has at most 107 characters."""


@dataclass(frozen=True)
class Home:
    """The directories one checkout uses; `Home.load()` reads the three variables that move them.

    `state` holds what belongs to this checkout (CAUSEWAY_HOME, default `.causeway` in the repository): Pulumi state,
    passphrase, seed, kubeconfig. `cache` holds what can be had again (CAUSEWAY_CACHE, default the user's cache
    directory): tools, downloads, builds, images. `cluster` names the local cluster (CAUSEWAY_CLUSTER, default `causeway`).
    """

    state: Path
    cache: Path
    cluster: str

    @classmethod
    def load(cls) -> "Home":
        """Raises Problem for a cluster's name that cannot be one, and where the user has no home directory for a cache."""
        return cls(
            state=Path(os.environ.get("CAUSEWAY_HOME") or REPOSITORY / ".causeway").resolve(),
            cache=Path(os.environ.get("CAUSEWAY_CACHE") or user_cache() / "causeway").resolve(),
            cluster=cluster_name(os.environ.get("CAUSEWAY_CLUSTER") or "causeway"),
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


def cluster_name(given: str) -> str:
    """The name of a local cluster, as it was given; it names a node and folders that `scripts/down` deletes, so much is refused."""
    if len(given) <= LONGEST_NAME and re.fullmatch(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?", given):
        return given
    near = re.sub(r"[^a-z0-9]+", "-", given.lower())[:LONGEST_NAME].strip("-")
    raise Problem(
        f"CAUSEWAY_CLUSTER: given {given!r}{f', did you mean {near!r}?' if near else ''}; "
        f"allowed: at most {LONGEST_NAME} lower-case letters, digits and hyphens, none of these at an end"
    )


def user_cache() -> Path:
    """The user's cache directory, by the rules of XDG."""
    if chosen := os.environ.get("XDG_CACHE_HOME"):
        return Path(chosen)
    try:
        return Path.home() / ".cache"
    except RuntimeError:
        fix = "export HOME=<a folder that you can write>"
        raise Problem(f"HOME: given nothing, and user {os.geteuid()} has no home directory; fix: {fix}") from None
