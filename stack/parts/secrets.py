"""The secrets ladder: its level, every SecretsStore and SecretsController, and the ages that monitoring knows. Always on."""

from collections.abc import Collection, Mapping
from datetime import datetime
from operator import itemgetter
from typing import TYPE_CHECKING, Annotated, Any

import pulumi
from pydantic import Field

from components import SecretsController, SecretsSource, SecretsStore, _kit, secrets_source
from components.gitops.credentials import LABELS
from components.monitoring import Rotation, rotations
from components.secrets import RotationClass, SecretsLevel
from components.secrets.sealing_keys import parse
from components.secrets_controller import pod_monitor
from stack import levels, pins, state
from stack import values as forms
from stack.part import Credential, Part
from stack.section import Section, Target

if TYPE_CHECKING:
    from platforms import Platform
    from stack.composition import Stack
    from stack.settings import Settings

NAME = "secrets"
Escrow = Annotated[str, Field(description="pairs of private key and certificate in PEM, given with --secret")]


class RotationSettings(Section):
    """How often a Secret got a new value, and when last; `causeway secrets rotate` writes both."""

    version: int = Field(default=1, strict=True, ge=1, description="a whole number from 1")
    rotated: forms.Moment | None = None


class SecretsSettings(Section):
    """The level of the secrets ladder; `candidate` and `previous` are there while `causeway secrets migrate` is under way."""

    level: SecretsLevel = SecretsLevel.NATIVE
    candidate: SecretsLevel | None = None
    previous: SecretsLevel | None = None
    rotations: dict[str, RotationSettings] = Field(default={}, description="Secret name to version and rotated")

    @property
    def in_use(self) -> tuple[SecretsLevel, ...]:
        """The levels whose back ends have to be there, each once."""
        return tuple(dict.fromkeys(level for level in (self.level, self.candidate, self.previous) if level))


def store(settings: "Settings") -> dict[str, Any]:
    """What every SecretsStore takes; raises `pulumi.RunError` where secret zero is missing."""
    ladder = settings.of(SecretsSettings)
    rotations = {name: rotation.model_dump(exclude_none=True) for name, rotation in ladder.rotations.items()}
    inputs = {"level": ladder.level, "seed": state.seed(settings), "rotations": rotations}
    if ladder.candidate:
        inputs["candidate"] = ladder.candidate
    if SecretsLevel.SEALED in (ladder.level, ladder.candidate):
        inputs["sealing_certificate"] = parse(sealing_keys(settings))[-1].certificate
    return inputs


def controllers(settings: "Settings", platform: "Platform | None" = None, databases: Collection[str] = ()) -> dict[str, dict[str, Any]]:
    """Name to inputs of the controller of each level in use; level native has none, and external alone has a cloud identity.

    Level vault is read by External Secrets too; it is the same controller, so that it stays where one of the two levels follows the other.
    """
    in_use = settings.of(SecretsSettings).in_use
    needed = [SecretsLevel.EXTERNAL] * (SecretsLevel.VAULT in in_use)
    made = {level: _controller(settings, level) for level in dict.fromkeys([*needed, *in_use]) if level is not SecretsLevel.NATIVE}
    if platform and SecretsLevel.EXTERNAL in made:
        made[SecretsLevel.EXTERNAL] |= _outside(settings, platform)
    if platform and SecretsLevel.SEALED in made:
        made[SecretsLevel.SEALED]["namespace"] = platform.sealed_namespace
    if platform and SecretsLevel.VAULT in made:
        made[SecretsLevel.VAULT] |= {
            "vault": _vault(settings, platform, databases),
            "identity_endpoints": dict(platform.identity_endpoints),
        }
    return {f"{level.value}-controller": inputs for level, inputs in made.items()}


def sources(settings: "Settings", platform: "Platform") -> dict[str, dict[str, Any]]:
    """Name to inputs of what fills the store of each level in use, where no resource of a cloud does."""
    in_use = settings.of(SecretsSettings).in_use
    made = {level: _source(level, platform) for level in in_use if "source_namespace" in platform.secrets.get(level.value, {})}
    return {f"{level.value}-source": inputs for level, inputs in made.items()}


def sealing_keys(settings: "Settings") -> str:
    """The escrow of level sealed: the stack's encrypted setting, else the file that `causeway secrets sealing-key` makes."""
    if given := settings.credential("escrow"):
        return given
    path = state.state_directory() / "sealing-keys"
    if not path.is_file():
        fix = "causeway secrets sealing-key"
        if settings.platform is not Target.MINIKUBE:
            fix += f", then pulumi config set --secret causeway:escrow < {path}"
        raise pulumi.RunError(f"{path}: given nothing, needed: the sealing keys of level sealed; fix: {fix}")
    return path.read_text()


def _controller(settings: "Settings", level: SecretsLevel) -> dict[str, Any]:
    keys = {"sealing_keys": sealing_keys(settings)} if level is SecretsLevel.SEALED else {}
    return {"level": level, "charts": pins.charts(), **keys}


def _outside(settings: "Settings", platform: "Platform") -> dict[str, Any]:
    """How External Secrets reaches the store of level external: by the pod's identity, or where something stands in for the store."""
    source = platform.secrets.get(SecretsLevel.EXTERNAL.value, {}).get("source_namespace")
    in_use = settings.of(SecretsSettings).in_use
    endpoint = {"store_endpoint": secrets_source.url(source)} if source and SecretsLevel.EXTERNAL in in_use else {}
    return {"identity_endpoints": dict(platform.identity_endpoints), **endpoint}


def _vault(settings: "Settings", platform: "Platform", databases: Collection[str]) -> dict[str, Any]:
    """What Vault's keeper gives it."""
    backend = platform.secrets[SecretsLevel.VAULT.value]
    named: dict[str, Any] = {key: value for key, value in backend.items() if key in ("prefix", "source_namespace")}
    if platform.vault_seal:
        named["seal"] = platform.vault_seal
    image = platform.image(pins.images()["vault-keeper"])
    return {"keeper_image": image, "seed": state.seed(settings), "databases": list(databases), **named}


def _source(level: SecretsLevel, platform: "Platform") -> dict[str, Any]:
    moto = {"stand_in_image": platform.image(pins.images()["moto"])} if level is SecretsLevel.EXTERNAL else {}
    return {"level": level, "backend": platform.secrets[level.value], "workload_platform": platform.workload, **moto}


class Stores:
    """The stores of a stack: each at the stack's level, and known by the ages of its Secrets."""

    def __init__(self, stack: "Stack") -> None:
        settings, platform = stack.settings, stack.platform
        self._owner, self._provider = stack.owner, platform.provider
        kept = [part.kept for part in stack.parts]
        self._classes = {name: kind for one in kept for name, kind in one.classes.items()}
        databases = {name: database for one in kept for name, database in one.databases.items()}
        self._common = {**store(settings), "backends": platform.secrets, "labels": LABELS, **self._owner}
        self._common |= {"classes": self._classes, "databases": databases}
        on_platform = pulumi.ResourceOptions(provider=platform.provider, depends_on=list(platform.ready))
        programs: dict[str, Any] = {name: {**inputs, **self._owner} for name, inputs in controllers(settings, platform, databases).items()}
        self._programs: list[pulumi.Resource] = [SecretsController(name, inputs, on_platform) for name, inputs in programs.items()]
        filled: dict[str, Any] = {name: {**inputs, **self._owner} for name, inputs in sources(settings, platform).items()}
        on_programs = pulumi.ResourceOptions.merge(on_platform, pulumi.ResourceOptions(depends_on=self._programs))
        needed = [*self._programs, *(SecretsSource(name, inputs, on_programs) for name, inputs in filled.items())]
        self._needed = pulumi.ResourceOptions(providers=list(platform.clouds), depends_on=needed)
        self._has_operator = f"{SecretsLevel.EXTERNAL.value}-controller" in programs
        self._places: list[tuple[str, str]] = []
        self._versions: dict[str, pulumi.Output[str]] = {}

    @property
    def rotations(self) -> Mapping[str, Mapping[str, Any]]:
        """Secret name to version and time of its last rotation."""
        known: Mapping[str, Mapping[str, Any]] = self._common["rotations"]
        return known

    def version(self, secret: str) -> pulumi.Output[str]:
        """What changes when a value of the Secret does."""
        return self._versions[secret]

    def make(self, name: str, namespace: str, contents: dict[str, dict[str, Any]], inside: pulumi.ResourceOptions) -> SecretsStore:
        """One namespace's store; `inside` are the options of what is in the namespace."""
        self._places += [(namespace, secret) for secret in contents]
        inputs: Any = {"namespace": namespace, "secrets": contents, **self._common}
        made = SecretsStore(name, inputs, pulumi.ResourceOptions.merge(inside, self._needed))
        self._versions |= {secret: made.versions.apply(itemgetter(secret)) for secret in contents}
        return made

    def tell(self, monitoring: pulumi.ResourceOptions, namespace: str) -> None:
        """Tell the Prometheus in `namespace` how old each value is (4.11), and where External Secrets says what it could not refresh.

        `monitoring` depends on the kinds that this takes.
        """
        labels = _kit.common_labels("causeway-rotations", component="secrets", part_of="secrets", version="1", **self._owner)
        known = [self._rotation(place) for place in sorted(self._places)]
        manifest = rotations({"name": "causeway-rotations", "namespace": namespace, "labels": labels}, known)
        options = pulumi.ResourceOptions.merge(pulumi.ResourceOptions(provider=self._provider), monitoring)
        _kit.register("causeway-rotations-prometheusrule", manifest, options)
        if self._has_operator:
            inside = pulumi.ResourceOptions.merge(options, pulumi.ResourceOptions(depends_on=self._programs))
            _kit.register("external-secrets-podmonitor", pod_monitor(labels), inside)

    def _rotation(self, place: tuple[str, str]) -> Rotation:
        namespace, secret = place
        rotated = self.rotations.get(secret, {}).get("rotated")
        since = round(datetime.fromisoformat(rotated).timestamp()) if rotated else None
        kind = self._classes.get(secret, RotationClass.API_KEY.value)
        return Rotation(namespace, secret, kind, since, self._owner["team"], service=namespace)


def check(settings: "Settings") -> None:
    """Refuse a level whose back end is not ready here, before anything is changed."""
    cloud = getattr(settings, settings.platform.value, None)
    given = cloud.model_dump(by_alias=True) if cloud else {}
    chosen = settings.of(SecretsSettings).model_dump(include={"level", "candidate", "previous"}, exclude_none=True)
    for key, level in chosen.items():
        if reason := levels.refusal(level, settings.platform.value, given):
            raise pulumi.RunError(f"causeway:secrets.{key}: {reason}")


def find_zero(settings: "Settings") -> None:
    """Find secret zero of the level in use; raises `pulumi.RunError` where it is missing."""
    store(settings)
    controllers(settings)


def make(stack: "Stack") -> None:
    """The programs that the levels in use need; hands on the `Stores`."""
    stack.handed[NAME] = Stores(stack)


def finish(stack: "Stack") -> None:
    """Tell monitoring of every Secret that the parts had made."""
    if monitoring := stack.handed.get("monitoring"):
        stack.handed[NAME].tell(pulumi.ResourceOptions(depends_on=[monitoring.crds]), "monitoring")


PART = Part(
    name=NAME,
    settings=SecretsSettings,
    description="The secrets ladder: level (default native), rotations; candidate and previous while causeway secrets migrate"
    " is under way.",
    is_on=lambda _: True,
    check=check,
    find=find_zero,
    make=make,
    finish=finish,
    credentials={
        "seed": Credential(
            form=forms.Seed,
            description="Secret from which others are generated, 64 hexadecimal digits, always encrypted; empty for the one that"
            " scripts/up makes.",
            remedy="take a new one: openssl rand -hex 32 | pulumi config set --secret causeway:seed",
        ),
        "escrow": Credential(
            form=Escrow,
            description="Sealing keys of level sealed, always encrypted; empty for the file that causeway secrets sealing-key makes.",
            remedy="make new keys, they are known now: causeway secrets sealing-key, then pulumi config set --secret causeway:escrow",
        ),
    },
)
