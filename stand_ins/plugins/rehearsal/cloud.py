"""One rehearsed cloud: judge the inputs, make, read, change and remove things. No protocol, no waiting."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stand_ins.plugins.kubernetes.properties import UNKNOWN, mark_secrets, reveal
from stand_ins.plugins.rehearsal import kinds_aws, kinds_gcp, rules_aws, rules_gcp
from stand_ins.plugins.rehearsal.judge import Judge, World
from stand_ins.plugins.rehearsal.kinds import Kind, Place, digits
from stand_ins.plugins.rehearsal.sdk import Sdk
from stand_ins.plugins.rehearsal.shapes import Refusal, refusals
from stand_ins.plugins.rehearsal.store import Store, Thing, redacted

PACKAGES = {
    "aws": (kinds_aws.KINDS, rules_aws.RULES, rules_aws.EVERYWHERE),
    "gcp": (kinds_gcp.KINDS, rules_gcp.RULES, rules_gcp.EVERYWHERE),
}
INSIDE_CLUSTER = ("rehearsal:index:LoadBalancer", "rehearsal:index:Volume")
"""What a cluster's own controllers make; it outlives the cluster, and is paid for, unless it goes first."""

CLUSTERS = ("aws:eks/cluster:Cluster", "gcp:container/cluster:Cluster")


class Refused(Exception):
    """The cloud would refuse; the text is what it would say."""


@dataclass(frozen=True)
class Difference:
    """What an update would do: the changed inputs, and those among them that only a replacement can change."""

    changed: list[str]
    replaces: list[str]


@dataclass
class Cloud:
    """A package's part of the rehearsal; `kubernetes` is the local cluster that stands for the cloud's."""

    package: str
    sdk: Sdk
    store: Store
    kubernetes: Mapping[str, str]
    region: str = ""
    account: str = ""

    @classmethod
    def open(cls, package: str, folder: Path, settings: Mapping[str, Any]) -> "Cloud":
        wheel = Path(settings["wheels"][package])
        return cls(package, Sdk(wheel, package), Store(folder / "things.json"), settings["kubernetes"])

    def kind(self, token: str) -> Kind:
        """How the rehearsal makes things of a type; raises Refused for one that it does not know."""
        kinds = PACKAGES[self.package][0]
        if token not in kinds:
            raise Refused(f"the rehearsal does not know {token}: add it to stand_ins/plugins/rehearsal/kinds_{self.package}.py")
        return kinds[token]

    def check(self, token: str, urn: str, inputs: dict[str, Any]) -> Iterator[Refusal]:
        """Everything wrong with the inputs: by the SDK's classes first, and only if those are right by the rules."""
        self.kind(token)
        declared = self.sdk.resource(token)
        misshapen = list(refusals(self.sdk, declared.module, declared.inputs, inputs))
        yield from misshapen
        if not misshapen:
            yield from self.judge(token, urn, inputs)

    def judge(self, token: str, urn: str, inputs: dict[str, Any]) -> Iterator[Refusal]:
        """What the value rules refuse of inputs that have the right form."""
        judge, world = Judge(inputs, urn), World(self.region, self.account, self.store)
        rules, everywhere = PACKAGES[self.package][1:]
        for rule in (*([rules[token]] if token in rules else []), *everywhere):
            rule(judge, world)
        yield from judge.refusals

    def create(self, token: str, urn: str, inputs: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        """Make a thing; its id and outputs. A second one of the same name is refused."""
        self._find_home(token, inputs)
        identifier, outputs = self._outputs(token, urn, inputs)
        taken = self.store.get(token, identifier)
        if taken:
            raise Refused(f"{identifier} exists already, made as {taken.urn}")
        self.store.put(Thing(token, identifier, urn, redacted(inputs), redacted(outputs)))
        return identifier, outputs

    def update(self, token: str, urn: str, identifier: str, inputs: dict[str, Any]) -> dict[str, Any]:
        """Change a thing in place."""
        if self.store.get(token, identifier) is None:
            raise Refused(f"{identifier} does not exist any more")
        outputs = self._outputs(token, urn, inputs)[1]
        self.store.put(Thing(token, identifier, urn, redacted(inputs), redacted(outputs)))
        return outputs

    def delete(self, token: str, identifier: str) -> None:
        """Remove a thing; refused while it is protected, in use, or would leave behind what its controllers made."""
        thing = self.store.get(token, identifier)
        if thing is None:
            return
        if thing.inputs.get("deletionProtection"):
            raise Refused(f"{identifier} is protected: set deletionProtection to false and run pulumi up first")
        users = self.store.users_of(thing)
        left = [user for user in users if user.token in INSIDE_CLUSTER]
        if token in CLUSTERS and left:
            raise Refused(f"{identifier} would leave behind {', '.join(user.id for user in left)}, which cost money and hold the network")
        if users:
            raise Refused(f"DependencyViolation: {identifier} is in use by {', '.join(user.id for user in users)}")
        self.store.remove(token, identifier)

    def difference(self, token: str, old: dict[str, Any], new: dict[str, Any]) -> Difference:
        changed = sorted(key for key in old.keys() | new.keys() if old.get(key) != new.get(key) or new.get(key) is UNKNOWN)
        return Difference(changed, [key for key in changed if key in self.kind(token).replaces])

    def preview(self, token: str, inputs: dict[str, Any]) -> dict[str, Any]:
        """The outputs as far as a preview knows them."""
        return self.kind(token).preview(inputs, self.sdk.resource(token).properties)

    def _find_home(self, token: str, inputs: dict[str, Any]) -> None:
        home, key = self.kind(token).inside
        named = reveal(inputs.get(key))
        if home and not any(named in (thing.id, thing.inputs.get("name")) for thing in self.store.of(home)):
            raise Refused(f"there is no {home.rpartition(':')[2].lower()} {named}")

    def _outputs(self, token: str, urn: str, inputs: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        place = Place(self.region, self.account, digits(urn), self.kubernetes)
        identifier, outputs = self.kind(token).outputs(inputs, place)
        return identifier, mark_secrets(outputs, inputs)
