"""What the secrets ladder takes from a stack's settings: every SecretsStore and SecretsController, and the ages that monitoring knows."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pulumi

from components import MonitoringStack, SecretsController, SecretsSource, SecretsStore, _kit, secrets_source
from components.gitops.credentials import LABELS
from components.monitoring import Rotation, rotations
from components.secrets import RotationClass, SecretsLevel
from components.secrets.sealing_keys import parse
from components.secrets_controller import pod_monitor
from components.shop import DATABASES, SECRET_CLASSES
from platforms import Platform
from stack import settings
from stack.settings import Settings, Target


def checked(wanted: Settings) -> Settings:
    """The settings, once secret zero of the level in use is known to be there: before the first resource."""
    store(wanted), controllers(wanted)
    return wanted


def store(wanted: Settings) -> dict[str, Any]:
    """What every SecretsStore takes; raises `pulumi.RunError` where secret zero is missing."""
    ladder = wanted.secrets
    rotations = {name: rotation.model_dump(exclude_none=True) for name, rotation in ladder.rotations.items()}
    inputs = {"level": ladder.level, "seed": settings.seed(wanted), "rotations": rotations}
    if ladder.candidate:
        inputs["candidate"] = ladder.candidate
    if SecretsLevel.SEALED in (ladder.level, ladder.candidate):
        inputs["sealing_certificate"] = parse(sealing_keys(wanted))[-1].certificate
    return inputs


def controllers(wanted: Settings, platform: Platform | None = None) -> dict[str, dict[str, Any]]:
    """Name to inputs of the controller of each level in use; level native has none, and external alone has a cloud identity.

    Level vault is read by External Secrets too; it is the same controller, so that it stays where one of the two levels follows the other.
    """
    needed = [SecretsLevel.EXTERNAL] * (SecretsLevel.VAULT in wanted.secrets.in_use)
    levels = dict.fromkeys([*needed, *wanted.secrets.in_use])
    made = {level: _controller(wanted, level) for level in levels if level is not SecretsLevel.NATIVE}
    if platform and SecretsLevel.EXTERNAL in made:
        made[SecretsLevel.EXTERNAL] |= _outside(wanted, platform)
    if platform and SecretsLevel.SEALED in made:
        made[SecretsLevel.SEALED]["namespace"] = platform.sealed_namespace
    if platform and SecretsLevel.VAULT in made:
        made[SecretsLevel.VAULT] |= {"vault": _kept(wanted, platform), "identity_endpoints": dict(platform.identity_endpoints)}
    return {f"{level.value}-controller": inputs for level, inputs in made.items()}


def sources(wanted: Settings, platform: Platform) -> dict[str, dict[str, Any]]:
    """Name to inputs of what fills the store of each level in use, where no resource of a cloud does."""
    made = {
        level: _source(level, platform) for level in wanted.secrets.in_use if "source_namespace" in platform.secrets.get(level.value, {})
    }
    return {f"{level.value}-source": inputs for level, inputs in made.items()}


def sealing_keys(wanted: Settings) -> str:
    """The escrow of level sealed: the stack's encrypted setting, else the file that `causeway secrets sealing-key` makes."""
    if wanted.escrow:
        return wanted.escrow
    path = settings.state_directory() / "sealing-keys"
    if not path.is_file():
        fix = "causeway secrets sealing-key"
        if wanted.platform is not Target.MINIKUBE:
            fix += f", then pulumi config set --secret causeway:escrow < {path}"
        raise pulumi.RunError(f"{path}: given nothing, needed: the sealing keys of level sealed; fix: {fix}")
    return path.read_text()


def _controller(wanted: Settings, level: SecretsLevel) -> dict[str, Any]:
    keys = {"sealing_keys": sealing_keys(wanted)} if level is SecretsLevel.SEALED else {}
    return {"level": level, "charts": settings.pinned_charts(), **keys}


def _outside(wanted: Settings, platform: Platform) -> dict[str, Any]:
    """How External Secrets reaches the store of level external: by the pod's identity, or where something stands in for the store."""
    source = platform.secrets.get(SecretsLevel.EXTERNAL.value, {}).get("source_namespace")
    stood_in = {"store_endpoint": secrets_source.url(source)} if source and SecretsLevel.EXTERNAL in wanted.secrets.in_use else {}
    return {"identity_endpoints": dict(platform.identity_endpoints), **stood_in}


def _kept(wanted: Settings, platform: Platform) -> dict[str, Any]:
    """What Vault's keeper gives it."""
    backend = platform.secrets[SecretsLevel.VAULT.value]
    named: dict[str, Any] = {key: value for key, value in backend.items() if key in ("prefix", "source_namespace")}
    if platform.vault_seal:
        named["seal"] = platform.vault_seal
    image = platform.image(settings.pinned_images()["vault-keeper"])
    return {"keeper_image": image, "seed": settings.seed(wanted), "databases": list(DATABASES), **named}


def _source(level: SecretsLevel, platform: Platform) -> dict[str, Any]:
    moto = {"stand_in_image": platform.image(settings.pinned_images()["moto"])} if level is SecretsLevel.EXTERNAL else {}
    return {"level": level, "backend": platform.secrets[level.value], "workload_platform": platform.workload, **moto}


class Stores:
    """The stores of a stack: each at the stack's level, and known by the ages of its Secrets."""

    def __init__(self, wanted: Settings, platform: Platform) -> None:
        self._owner = {"team": wanted.team, "environment": wanted.environment.value}
        self._provider = platform.provider
        self._common = {**store(wanted), "backends": platform.secrets, "labels": LABELS, **self._owner}
        self._common |= {"classes": SECRET_CLASSES, "databases": DATABASES}
        on_platform = pulumi.ResourceOptions(provider=platform.provider, depends_on=list(platform.ready))
        programs: dict[str, Any] = {name: {**inputs, **self._owner} for name, inputs in controllers(wanted, platform).items()}
        self._programs: list[pulumi.Resource] = [SecretsController(name, inputs, on_platform) for name, inputs in programs.items()]
        filled: dict[str, Any] = {name: {**inputs, **self._owner} for name, inputs in sources(wanted, platform).items()}
        on_programs = pulumi.ResourceOptions.merge(on_platform, pulumi.ResourceOptions(depends_on=self._programs))
        needed = [*self._programs, *(SecretsSource(name, inputs, on_programs) for name, inputs in filled.items())]
        self._needed = pulumi.ResourceOptions(providers=list(platform.clouds), depends_on=needed)
        self._has_operator = f"{SecretsLevel.EXTERNAL.value}-controller" in programs
        self._places: list[tuple[str, str]] = []

    @property
    def rotations(self) -> Mapping[str, Mapping[str, Any]]:
        """Secret name to version and time of its last rotation."""
        known: Mapping[str, Mapping[str, Any]] = self._common["rotations"]
        return known

    def make(self, name: str, namespace: str, contents: dict[str, dict[str, Any]], inside: pulumi.ResourceOptions) -> SecretsStore:
        """One namespace's store; `inside` are the options of what is in the namespace."""
        self._places += [(namespace, secret) for secret in contents]
        inputs: Any = {"namespace": namespace, "secrets": contents, **self._common}
        return SecretsStore(name, inputs, pulumi.ResourceOptions.merge(inside, self._needed))

    def tell(self, monitoring: MonitoringStack, namespace: str) -> None:
        """Tell the Prometheus in `namespace` how old each value is (4.11), and where External Secrets says what it could not refresh."""
        labels = _kit.common_labels("causeway-rotations", component="secrets", part_of="secrets", version="1", **self._owner)
        known = [_rotation(place, self._owner["team"], self.rotations) for place in sorted(self._places)]
        manifest = rotations({"name": "causeway-rotations", "namespace": namespace, "labels": labels}, known)
        options = pulumi.ResourceOptions(provider=self._provider, depends_on=[monitoring.crds])
        _kit.register("causeway-rotations-prometheusrule", manifest, options)
        if self._has_operator:
            inside = pulumi.ResourceOptions(provider=self._provider, depends_on=[monitoring.crds, *self._programs])
            _kit.register("external-secrets-podmonitor", pod_monitor(labels), inside)


def _rotation(place: tuple[str, str], team: str, known: Mapping[str, Mapping[str, Any]]) -> Rotation:
    namespace, secret = place
    rotated = known.get(secret, {}).get("rotated")
    since = round(datetime.fromisoformat(rotated).timestamp()) if rotated else None
    return Rotation(namespace, secret, SECRET_CLASSES.get(secret, RotationClass.API_KEY.value), since, team, service=namespace)
