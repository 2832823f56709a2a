"""A checkout of its own with a running platform, used from outside as a user would: scripts, pulumi, kubectl, HTTP."""

import json
import os
import shutil
import subprocess
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workspace.home import REPOSITORY


@dataclass(frozen=True)
class Answer:
    """What a web server answered."""

    status: int
    body: Any


@dataclass(frozen=True)
class Platform:
    """One checkout in `root`, whose cluster is called `cluster`."""

    root: Path
    cluster: str

    @property
    def home(self) -> Path:
        return self.root / ".causeway"

    @property
    def environment(self) -> dict[str, str]:
        """What a new shell of a user would have, plus the name that keeps this cluster apart."""
        ours = ("CAUSEWAY_", "PULUMI_", "KUBECONFIG")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        cache = {name: os.environ[name] for name in ("CAUSEWAY_CACHE",) if name in os.environ}
        return kept | cache | {"CAUSEWAY_CLUSTER": self.cluster}

    def script(self, name: str, *arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
        """Run `scripts/<name>` from another directory, as nothing says that a user stands in the checkout."""
        command = [self.root / "scripts" / name, *arguments]
        return subprocess.run(command, cwd="/", env=self.environment, capture_output=True, text=True, **options)

    def shell(self, command: str, timeout: float = 300) -> subprocess.CompletedProcess[str]:
        """Run `command` in the checkout after `eval "$(./scripts/env)"`."""
        script = f'eval "$(./scripts/env)"\n{command}'
        return subprocess.run(
            ["bash", "-ceu", script], cwd=self.root, env=self.environment, capture_output=True, text=True, timeout=timeout
        )

    def output(self, command: str) -> str:
        answer = self.shell(command)
        assert answer.returncode == 0, f"{command}: {answer.stdout}{answer.stderr}"
        return answer.stdout

    def kubectl(self, arguments: str) -> Any:
        """What `kubectl ... -o json` prints, read."""
        return json.loads(self.output(f"kubectl {arguments} -o json"))

    def stack_output(self, name: str) -> Any:
        return json.loads(self.output(f"pulumi stack output --stack minikube --json {name}"))

    def watch_closely(self) -> None:
        """Ask and judge every 5 s instead of every 30 s: the same rules, sooner known. Before the first `up`."""
        with (self.root / "Pulumi.minikube.yaml").open("a") as settings:
            settings.write("  causeway:monitoring: {scrapeInterval: 5s, evaluationInterval: 5s}\n")

    def own_the_shop(self) -> None:
        """Have the program make all of the shop: Argo CD would undo what a test does to it by hand. Before the first `up`."""
        with (self.root / "Pulumi.minikube.yaml").open("a") as settings:
            settings.write("  causeway:gitops: {enabled: false}\n")

    def go_bare(self) -> None:
        """Leave monitoring and GitOps out, where they are not what a test is about. Before the first `up`."""
        self.own_the_shop()
        with (self.root / "Pulumi.minikube.yaml").open("a") as settings:
            settings.write("  causeway:monitoring: {enabled: false}\n")

    def climb(self, level: str, **others: str) -> None:
        """Begin at a level of the secrets ladder, perhaps on the way to another. Before the first `up`."""
        wanted = ", ".join(f"{key}: {value}" for key, value in {"level": level, **others}.items())
        with (self.root / "Pulumi.minikube.yaml").open("a") as settings:
            settings.write(f"  causeway:secrets: {{{wanted}}}\n")

    def written(self) -> list[str]:
        """What Pulumi, kubectl and helm asked the API server to change so far, dry runs included."""
        log = Path("/var/lib/causeway") / self.cluster / "logs" / "audit.log"
        events = [json.loads(line) for line in log.read_text().splitlines()]
        return [f"{event['verb']} {event['requestURI']}" for event in events]

    def traces(self) -> list[str]:
        """Whatever on this machine carries the cluster's name: processes, mounts, links, rules, namespaces, cgroups, files."""
        look = [
            "ps -eo pid,args --no-headers",
            "cat /proc/mounts",
            "ip -details link",
            "ip route",
            "ip netns list",
            "find /sys/fs/cgroup -maxdepth 3 -type d",
            "find /var/lib/causeway /run/causeway /run/netns -maxdepth 2",
        ]
        said = "".join(subprocess.run(command.split(), capture_output=True, text=True).stdout for command in look)
        return [line for line in said.splitlines() if self.cluster in line]


def checkout(root: Path, cluster: str) -> Platform:
    """A copy of what Git has in the working tree, sharing the Python environment: as good as a clone, without the wait."""
    files = subprocess.run(["git", "ls-files", "-z"], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    for name in filter(None, files.stdout.split("\0")):
        if (REPOSITORY / name).exists():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(REPOSITORY / name, root / name)
    (root / ".venv").symlink_to(REPOSITORY / ".venv")
    return Platform(root, cluster)


def call(method: str, url: str, body: Any = None) -> Answer:
    """Send one request with a JSON body; an error status is an answer too."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return Answer(answer.status, _read(answer.read()))
    except urllib.error.HTTPError as error:
        return Answer(error.code, _read(error.read()))


def _read(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return body.decode()
