"""SecretsSource: the room from which a store is filled, and the store's stand-in."""

from typing import Any

import pulumi
import pytest

from components import SecretsLevel, SecretsSource, secrets_source
from tests.components.secrets.samples import BACKENDS
from tests.recorder import Recording, run

EXTERNAL: dict[str, Any] = {
    **BACKENDS["external"],
    "source_provider": {"aws": {"service": "SecretsManager", "region": "eu-west-1"}},
    "bootstrap": {"key": "secret zero"},
}


def made(level: str = "external", **changes: Any) -> Recording:
    inputs: Any = {"level": level, "backend": {"external": EXTERNAL, **BACKENDS}[level] | changes.pop("backend", {}), **changes}
    return run(lambda: SecretsSource("source", inputs))


def test_store_is_written_by_a_provider_of_its_own() -> None:
    """4.14: the room's SecretStore is called as the level and may write; who reads gets another one, in another namespace."""
    store = made(backend=EXTERNAL).one("SecretStore")

    assert ("secrets-source", "external") == (store["metadata"]["namespace"], store["metadata"]["name"])
    assert EXTERNAL["source_provider"] == store["spec"]["provider"]


def test_vault_knows_the_room_by_its_account() -> None:
    """Issue 7, 2: at level vault the room has an identity of its own, and the role that goes with it."""
    recording = made("vault")

    assert "secrets-source" == recording.one("ServiceAccount")["metadata"]["namespace"]
    assert "causeway-secrets-source" == recording.one("SecretStore")["spec"]["provider"]["vault"]["auth"]["kubernetes"]["role"]


def test_only_external_secrets_reaches_the_stand_in() -> None:
    """4.14: moto gives every value to whoever asks, so one namespace may, and only the program that reads stores runs there."""
    policy = made(stand_in_image="causeway/moto:1.0.0").one("NetworkPolicy", "secrets-manager")["spec"]
    (flow,) = policy["ingress"]

    assert [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "external-secrets"}}}] == flow["from"]
    assert [5000] == [port["port"] for port in flow["ports"]]


def test_address_of_the_stand_in() -> None:
    """The address that External Secrets is told is that of the stand-in's Service."""
    service = made(stand_in_image="causeway/moto:1.0.0").one("Service")
    name, space = service["metadata"]["name"], service["metadata"]["namespace"]

    assert f"http://{name}.{space}.svc.cluster.local" == secrets_source.url(space)
    assert [80] == [port["port"] for port in service["spec"]["ports"]]


def test_secret_zero_is_a_secret() -> None:
    """4.13: the credential that opens the store is marked secret."""
    (resource,) = [one for one in made(backend=EXTERNAL).resources if one.type == "kubernetes:core/v1:Secret"]

    assert any(path.startswith("data") for path in resource.secret)


def test_real_store_has_no_stand_in() -> None:
    """Without an image nothing runs in the room."""
    assert [] == made().manifests("Deployment")


REFUSED: dict[str, tuple[dict[str, Any], str, str]] = {
    "Level native has no store.": ({"level": "native", "backend": BACKENDS["external"]}, "level", "levels that have: external, vault"),
    "A store that is filled from elsewhere.": ({"backend": {"prefix": "x/"}}, "backend.source_namespace", "is required"),
    "Vault has no stand-in.": ({"level": "vault", "stand_in_image": "causeway/moto:1"}, "stand_in_image", "not of 'vault'"),
}


@pytest.mark.parametrize(("inputs", "path", "reason"), REFUSED.values(), ids=REFUSED)
def test_refused(inputs: dict[str, Any], path: str, reason: str) -> None:
    """What cannot be is said before any resource is made."""
    wanted: Any = {"level": SecretsLevel.EXTERNAL, "backend": BACKENDS["external"], **inputs}
    with pytest.raises(pulumi.InputPropertiesError) as refused:
        run(lambda: SecretsSource("source", wanted))

    assert reason in next(error["reason"] for error in refused.value.errors or [] if error["property_path"] == path)
