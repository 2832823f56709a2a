"""A stack of its own beside the platform's: two hundred known values at each level, through every way in."""

import json
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from components.secrets import derive
from components.secrets.values import DEFAULT_LENGTH
from tests.live.platform import Platform

COUNT = 200
"""Values at each level (issue 7, 7)."""
LOGS = "kubectl logs --all-containers --prefix --tail=-1 -n"
"""All that the pods of a namespace, named next, have said."""
PROGRAM = """
import sys
from pathlib import Path

import pulumi

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from components import RestrictedNamespace, SecretsStore
from platforms._platform import kubernetes_provider
from components.secrets_controller import VAULT_ADDRESS
from platforms._vault import VAULT_SOURCE
from platforms.minikube import KEY, SOURCE

config = pulumi.Config()
given, seed = config.require_secret_object("given"), config.require_secret("seed")
provider = kubernetes_provider({"kubeconfig": config.require("kubeconfig"), "context": "causeway", "enableServerSideApply": True})
for level in config.require_object("levels"):
    namespace = f"canary-{level}"
    space = RestrictedNamespace(namespace, {}, pulumi.ResourceOptions(provider=provider))
    contents = {
        f"set-{number}": {
            **{f"given-{index}": {"value": given.apply(lambda all, at=number * 10 + index: all[at])} for index in range(10)},
            **{f"made-{index}": {} for index in range(8)},
            **{f"both-{index}": {"template": f"postgresql://shop:{{made-{index}}}@database/shop"} for index in range(2)},
        }
        for number in range(10)
    }
    inputs = {"namespace": namespace, "secrets": contents, "level": level, "seed": seed}
    if level == "sealed":
        inputs["sealing_certificate"] = config.require("certificate")
    if level == "external":
        # The platform's own store and source, as a level in use or a candidate has them.
        aws = {"service": "SecretsManager", "region": "eu-central-1", "auth": {"secretRef": KEY}}
        backend = {"provider": {"aws": aws}, "prefix": "causeway-development/", "source_namespace": SOURCE}
        inputs["backends"] = {"external": {**backend, "bootstrap": {"id": "any", "key": "any"}}}
    if level == "vault":
        backend = {"server": VAULT_ADDRESS, "authority": config.require("certificate"), "prefix": "causeway-development/"}
        inputs["backends"] = {"vault": {**backend, "source_namespace": VAULT_SOURCE, "keeper_namespace": "vault"}}
    store = SecretsStore(level, inputs, pulumi.ResourceOptions(provider=provider, depends_on=[space]))
    pulumi.export(level, store.refs)
if config.get_bool("leak"):
    pulumi.export("leaked", pulumi.Output.unsecret(given).apply(lambda all: all[7]))
"""


@dataclass
class Canaries:
    """The stack, and its values by name."""

    platform: Platform
    levels: tuple[str, ...]
    certificate: str
    seed: str = field(default_factory=lambda: secrets.token_hex(32))
    given: list[str] = field(default_factory=lambda: [f'kanarie "{secrets.token_hex(12)}" /+é&' for _ in range(COUNT // 2)])

    @property
    def folder(self) -> Path:
        return self.platform.root / "canaries"

    def values(self) -> dict[str, str]:
        """Name to value of every canary of every level; composed values hold others and so are found by them."""
        made = {
            f"{level} set-{number} made-{index}": derive(
                self.seed, namespace=f"canary-{level}", name=f"set-{number}", key=f"made-{index}", version=1, length=DEFAULT_LENGTH
            )
            for level in self.levels
            for number in range(10)
            for index in range(8)
        }
        # Inside a text that is quoted twice, only the middle of a value is as it was.
        given = {
            f"given {at} {part}": value
            for at, whole in enumerate(self.given)
            for part, value in (("whole", whole), ("middle", whole[9:33]))
        }
        return {**given, **made, "seed": self.seed}

    @property
    def namespaces(self) -> tuple[str, ...]:
        return tuple(f"canary-{level}" for level in self.levels)

    def prepare(self) -> None:
        """Have the project and its stack; the values are given by standard input, as a person should."""
        self.folder.mkdir(exist_ok=True)
        runtime = {"name": "python", "options": {"virtualenv": "../.venv"}}
        (self.folder / "Pulumi.yaml").write_text(json.dumps({"name": "canaries", "runtime": runtime}))
        (self.folder / "__main__.py").write_text(PROGRAM)
        self.run("pulumi stack init canary")
        self.give("given", json.dumps(self.given), "--secret")
        self.give("seed", self.seed, "--secret")
        self.give("levels", json.dumps(self.levels), "--plaintext")
        self.give("kubeconfig", str(self.platform.home / "kubeconfig"), "--plaintext")
        self.give("certificate", self.certificate, "--plaintext")

    def give(self, key: str, value: str, how: str) -> None:
        """Set a value of the stack."""
        (self.folder / "value").write_text(value)
        self.run(f"pulumi config set {how} {key} < value; rm value")

    def run(self, command: str) -> bytes:
        """All that a command said."""
        answer = self.platform.shell(f"cd canaries; ({command}) 2>&1")
        assert answer.returncode == 0, answer.stdout[-2000:]
        return answer.stdout.encode()

    def remove(self) -> None:
        """Take everything away but the folder; what fills a store is not in the canaries' own namespaces."""
        owned = ",".join(self.namespaces)
        self.run(
            "for room in secrets-manager vault-source vault; do kubectl delete configmaps,pushsecrets,secrets -n $room "
            f"-l 'app.kubernetes.io/part-of in ({owned})' --ignore-not-found; done; "
            f"kubectl delete namespace --ignore-not-found --wait=false {' '.join(self.namespaces)}; "
            "pulumi stack rm --stack canary --yes --force"
        )
