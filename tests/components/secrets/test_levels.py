"""The four levels of SecretsStore: one consumer contract, and what each level makes."""

import base64
from typing import Any

import pulumi
import pytest

from components import SecretsLevel, SecretsStore
from components.secrets.derive import derive
from components.secrets.leaks import find
from components.secrets.values import DEFAULT_LENGTH
from tests.components.secrets.samples import BACKENDS, SECRETS, inputs
from tests.components.secrets.test_sealing import opened
from tests.conftest import SEED
from tests.recorder import Recording, run

NATIVE, SEALED, EXTERNAL, VAULT = SecretsLevel
GIVEN = {f"canary-{number}": f'canary {number:03} "{number * 7919:08x}"/+&ü' for number in range(198)}
BOOTSTRAP = {f"bootstrap-{number}": f"canary {number} of secret zero" for number in range(2)}
GENERATED = {
    "password": derive(SEED, namespace="shop", name="shop-database", key="password", version=1, length=DEFAULT_LENGTH),
    "seed": SEED,
}
CANARIES = {**GIVEN, **BOOTSTRAP, **GENERATED}
MADE = {
    NATIVE: {"Secret": ["shop-database"]},
    SEALED: {"SealedSecret": ["shop-database"]},
    EXTERNAL: {
        "SecretStore": ["external"],
        "ExternalSecret": ["shop-database"],
        "Secret": ["external-shop-database"],
        "PushSecret": ["external-shop-database"],
    },
    VAULT: {
        "ServiceAccount": ["secrets-reader"],
        "SecretStore": ["vault"],
        "ExternalSecret": ["shop-database"],
        "Secret": ["vault-shop-database"],
        "PushSecret": ["vault-shop-database"],
    },
}


def made(level: SecretsLevel, **changes: Any) -> Recording:
    def build() -> None:
        store = SecretsStore("secrets", inputs(level, **changes))
        pulumi.export("refs", store.refs)
        pulumi.export("versions", store.versions)

    return run(build)


def names(recording: Recording) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for manifest in recording.manifests():
        found.setdefault(manifest["kind"], []).append(manifest["metadata"]["name"])
    return found


@pytest.mark.parametrize("level", SecretsLevel)
def test_what_a_level_makes(level: SecretsLevel) -> None:
    """Issue 7, 1: each level makes its own kinds, under the Secret's own name."""
    assert MADE[level] == names(made(level))


def test_outputs_are_the_same_at_every_level() -> None:
    """4.4: what others get of a SecretsStore does not tell its level."""
    outputs = [made(level).outputs for level in SecretsLevel]

    assert outputs[1:] == outputs[:-1]
    assert {"namespace": "shop", "secret": "shop-database", "key": "password"} == outputs[0]["refs"]["shop-database/password"]


def test_sealed_holds_the_same_value() -> None:
    """4.08: sealed, every key opens to what level native has in the clear."""
    data = made(NATIVE).one("Secret")["data"]
    encrypted = made(SEALED).one("SealedSecret")["spec"]["encryptedData"]

    assert {key: base64.b64decode(value).decode() for key, value in data.items()} == {key: opened(text) for key, text in encrypted.items()}


def test_sealed_text_is_no_secret() -> None:
    """Sealed text is for Git and previews; marked secret, nobody could review it."""
    (resource,) = [one for one in made(SEALED).resources if one.name == "shop-database-sealed-secret"]

    assert frozenset() == resource.secret


@pytest.mark.parametrize("level", [EXTERNAL, VAULT])
def test_every_read_is_by_name(level: SecretsLevel) -> None:
    """4.14: a reference names each key it takes, below the environment's own prefix; no pattern, no whole store.

    One read for all keys: a new version that is written between two would give a Secret of both (4.09).
    """
    spec = made(level).one("ExternalSecret")["spec"]

    assert [{"extract": {"key": "causeway-development/shop-database"}}] == spec["dataFrom"]
    assert {"database-url", "password"} == spec["target"]["template"]["data"].keys()
    assert "data" not in spec


@pytest.mark.parametrize("level", [SEALED, EXTERNAL, VAULT])
def test_secret_outlives_what_makes_it(level: SecretsLevel) -> None:
    """4.08: a level can be left without a gap: the Secret has no owner that takes it along, and keeps its value without a store."""
    (kind,) = {"SealedSecret", "ExternalSecret"} & set(names(made(level)))
    spec = made(level).one(kind)["spec"]

    if level is SEALED:
        assert "true" == spec["template"]["metadata"]["annotations"]["sealedsecrets.bitnami.com/skip-set-owner-references"]
    else:
        assert ("Orphan", "Retain") == (spec["target"]["creationPolicy"], spec["target"]["deletionPolicy"])


@pytest.mark.parametrize("candidate", [SEALED, EXTERNAL, VAULT])
def test_candidate_is_made_beside(candidate: SecretsLevel) -> None:
    """4.08: in a migration both levels make the Secret, the candidate under another name, and the one in use may be taken over."""
    recording = made(NATIVE, candidate=candidate)

    assert "true" == recording.one("Secret", "shop-database")["metadata"]["annotations"]["sealedsecrets.bitnami.com/managed"]
    assert {"shop-database-candidate"} == {
        manifest["metadata"]["name"] for manifest in recording.manifests() if manifest["kind"] in ("SealedSecret", "ExternalSecret")
    }


def test_level_that_is_left_writes_no_more() -> None:
    """4.08: a reference that another level follows does not write over what that makes, though both name the same Secret for a moment."""
    left = made(EXTERNAL, candidate=NATIVE).one("ExternalSecret")["spec"]
    followed = made(NATIVE, candidate=EXTERNAL).one("ExternalSecret")["spec"]

    assert ("OnChange", None) == (left["refreshPolicy"], followed.get("refreshPolicy"))


def test_candidate_has_the_value_of_the_one_in_use() -> None:
    """4.08: a generated value follows from the Secret's own name, not from the candidate's."""
    data = made(NATIVE).one("Secret")["data"]
    encrypted = made(NATIVE, candidate=SEALED).one("SealedSecret")["spec"]["encryptedData"]

    assert base64.b64decode(data["password"]).decode() == opened(encrypted["password"], name="shop-database-candidate")


@pytest.mark.parametrize("level", SecretsLevel)
def test_what_a_rotation_renews_is_found_by_its_name(level: SecretsLevel) -> None:
    """4.09: `causeway secrets rotate` runs the program for `<secret>-*` alone: whatever holds or brings the Secret's value is called so."""
    shared = {f"shop-{level.value}-{part}" for part in ("account", "store")}
    found = {one.name for one in made(level).resources if one.type.startswith("kubernetes:")} - shared

    assert found
    assert all(name.startswith("shop-database-") for name in found)


def test_cloud_gets_the_value_as_a_secret() -> None:
    """4.06: on a cloud the value goes into its store, marked secret, and nothing of it into the cluster."""
    writer = {"token": "aws:x/y:Version", "name_input": "secretId", "name_prefix": "", "value_input": "secretString"}
    backend = {key: value for key, value in BACKENDS["external"].items() if key != "source_namespace"}
    recording = made(EXTERNAL, backends={"external": {**backend, "writer": writer}})
    (written,) = [one for one in recording.resources if one.type == "aws:x/y:Version"]

    assert ("causeway-development/shop-database", {"secretString"}) == (written.inputs["secretId"], set(written.secret))
    assert [] == recording.manifests("Secret")


REFUSED: dict[str, tuple[SecretsLevel, dict[str, Any], str, str]] = {
    "Sealed without a sealing key.": (SEALED, {"sealing_certificate": None}, "sealing_certificate", "required at level 'sealed'"),
    "External without a store.": (EXTERNAL, {"backends": {}}, "backends.external.provider", "required at level 'external'"),
    "Vault without an address.": (VAULT, {"backends": {}}, "backends.vault.server", "required at level 'vault'"),
    "A prefix of another environment.": (EXTERNAL, {"environment": "production"}, "backends.external.prefix", "another one could share"),
    "A Secret that has no place.": (
        EXTERNAL,
        {"backends": {"external": {**BACKENDS["external"], "names": ["mail"]}}},
        "secrets.shop-database",
        "places: mail",
    ),
    "A candidate that is the level.": (NATIVE, {"candidate": NATIVE}, "candidate", "nothing to compare"),
}


@pytest.mark.parametrize(("level", "changes", "path", "reason"), REFUSED.values(), ids=REFUSED)
def test_refused(level: SecretsLevel, changes: dict[str, Any], path: str, reason: str) -> None:
    """A level that lacks something is refused by the input that it lacks, before any resource."""
    with pytest.raises(pulumi.InputPropertiesError) as refused:
        made(level, **changes)

    assert reason in next(error["reason"] for error in refused.value.errors or [] if error["property_path"] == path)


def planted(level: SecretsLevel, **changes: Any) -> Recording:
    """A store whose every path for a value holds canaries: given, generated, in a template, as secret zero of a store."""
    given = {name: {"value": value} for name, value in GIVEN.items()}
    whole = {"one": {**given, "url": {"template": "https://{canary-0}@host"}}, **SECRETS}
    backends = {name: {**backend, "bootstrap": BOOTSTRAP} for name, backend in BACKENDS.items()}
    return made(level, secrets=whole, backends=backends, **changes)


def told(recording: Recording) -> bytes:
    """All that the engine may show or keep in the clear: outputs, and inputs but for those marked secret."""
    shown = [_shown(resource.inputs, resource.secret, "") for resource in recording.resources]
    return repr([recording.outputs, shown, recording.urns()]).encode()


def _shown(value: Any, secret: frozenset[str], path: str) -> Any:
    if path in secret:
        return "[secret]"
    if isinstance(value, dict):
        return {key: _shown(item, secret, f"{path}.{key}" if path else key) for key, item in value.items()}
    return value


@pytest.mark.parametrize("level", SecretsLevel)
def test_no_canary_leaks(level: SecretsLevel) -> None:
    """4.13: of 200 canaries at each level none is in what the engine shows, in any form; a candidate adds none."""
    other = SEALED if level is not SEALED else NATIVE

    assert set() == find(CANARIES, told(planted(level, candidate=other)))


@pytest.mark.parametrize("level", SecretsLevel)
def test_only_secrets_hold_values(level: SecretsLevel) -> None:
    """4.13: even with the marks taken off, no object but a Secret holds a value: no reference, template, label or annotation."""
    others = [manifest for manifest in planted(level).manifests() if manifest["kind"] != "Secret"]

    assert set() == find(CANARIES, repr(others).encode())


def test_planted_canaries_are_there_to_be_found() -> None:
    """The proof above can fail: all that were given are in the Secret's data, and a store that marks nothing is found out."""
    recording = planted(NATIVE)
    unmarked = repr([resource.inputs for resource in recording.resources]).encode()

    assert {*GIVEN, "password"} == {leak.name for leak in find(CANARIES, unmarked)}


def test_refusals_do_not_tell_values() -> None:
    """4.13: an error in a store full of canaries names inputs, never what is in them."""
    with pytest.raises(pulumi.InputPropertiesError) as refused:
        planted(SEALED, sealing_certificate=None, team=3)

    assert set() == find(CANARIES, refused.value.message.encode())
