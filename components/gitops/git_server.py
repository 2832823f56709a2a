"""The Git server inside the cluster: a stateful workload whose start takes the program's commit, once for each content."""

from collections.abc import Mapping
from typing import Any

from ..workload import Pattern, WorkloadPlatformArgs
from .seed import digest, header, tree

NAME, REPOSITORY, PORT = "git", "platform", 8080
SECRET = "git-server"
_ROOT = "/srv/git"
_USER_ID = 1000
# A commit of ours goes on top of whatever was pushed; a content that was taken once is not taken again.
_START = f"""\
set -eu
umask 077
printf %s "$PASSWORD" > /tmp/password
repository={_ROOT}/{REPOSITORY}.git
if [ ! -d "$repository" ]; then
  rm -rf "$repository.partial"
  git init --quiet --bare --initial-branch=main "$repository.partial"
  git --git-dir "$repository.partial" config http.receivepack true
  mv "$repository.partial" "$repository"
fi
if [ "$(cat "$repository/causeway-seed" 2>/dev/null || true)" != "$SEED" ]; then
  {{
    cat /seed/header
    if git --git-dir "$repository" rev-parse --verify --quiet refs/heads/main >/dev/null; then echo "from refs/heads/main^0"; fi
    cat /seed/tree
  }} | git --git-dir "$repository" fast-import --quiet
  printf %s "$SEED" > "$repository/causeway-seed"
fi
exec git-server
"""


def url(namespace: str) -> str:
    """Address of the repository, inside the cluster."""
    return f"http://{NAME}.{namespace}.svc.cluster.local:{PORT}/{REPOSITORY}.git"


def workload(files: Mapping[str, str], path: str, image: str, namespace: str, platform: WorkloadPlatformArgs) -> dict[str, Any]:
    """Inputs of WorkloadPattern. Whoever has the password in Secret `git-server` reads and pushes."""
    seed = {"/seed/header": header(), "/seed/tree": tree(files, path)}
    return {
        "pattern": Pattern.STATEFUL,
        "namespace": namespace,
        "component": "git",
        "part_of": "gitops",
        "image": image,
        "command": ["sh", "-c", _START],
        "port": PORT,
        "user": _USER_ID,
        "env": {"ADDRESS": f":{PORT}", "HOME": "/tmp", "PASSWORD_FILE": "/tmp/password", "SEED": digest("".join(seed.values()))},
        "secrets": {"PASSWORD": {"name": SECRET, "key": "password"}},
        "files": seed,
        "storage": {"mount_path": _ROOT, "size": "1Gi"},
        "resources": {"cpu": "20m", "memory": "32Mi", "memory_limit": "128Mi"},
        "readiness": {"path": "/healthz", "initial_delay_seconds": 0, "period_seconds": 2},
        "liveness": {"path": "/healthz", "initial_delay_seconds": 10, "period_seconds": 20},
        "startup": {"path": "/healthz", "period_seconds": 1, "failure_threshold": 120},
        "platform": platform,
    }
