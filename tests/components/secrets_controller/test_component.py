"""SecretsController: the charts of each level, and the sealing keys."""

import json
from typing import Any

import pulumi
import pytest
import yaml

from components import SecretsController, SecretsLevel
from components.secrets.sealing_keys import format_escrow
from components.secrets_controller.charts import charts
from tests.components.secrets.samples import sealing_key
from tests.conftest import SEED
from tests.recorder import Recording, run
from workspace.home import REPOSITORY

UPSTREAM = REPOSITORY.parent / "shared/upstream"
FOLDERS = {"sealed-secrets": "sealed-secrets-2.18.5", "external-secrets": "external-secrets-2.9.0", "vault": "vault-0.34.1"}
CHARTS = {name: {"version": "1.0.0", "repository": "https://charts.example"} for name in FOLDERS}
KEPT = {
    "keeper_image": "causeway/vault-keeper:1.0.0",
    "seed": SEED,
    "prefix": "causeway-development/",
    "source_namespace": "secrets-source",
}
WITH_CHARTS = (SecretsLevel.SEALED, SecretsLevel.EXTERNAL, SecretsLevel.VAULT)
# Free mappings, most of them Kubernetes' own fields, of which the chart's values name only some.
FREE = ("resources", "podSecurityContext", "containerSecurityContext", "pod", "container", "extraEnvironmentVars")


def made(level: SecretsLevel, **changes: Any) -> Recording:
    keys = {"sealing_keys": format_escrow([sealing_key(), sealing_key()])} if level is SecretsLevel.SEALED else {}
    inputs: Any = {"level": level, "charts": CHARTS, "vault": KEPT, **keys, **changes}
    return run(lambda: SecretsController("controller", inputs))


def unknown(values: dict[str, Any], chart: dict[str, Any], path: str = "") -> list[str]:
    """The keys of `values` that the chart's own values do not have."""
    found = []
    for key, value in values.items():
        if key not in chart:
            found.append(f"{path}{key}")
        elif isinstance(value, dict) and isinstance(chart[key], dict) and key not in FREE:
            found += unknown(value, chart[key], f"{path}{key}.")
    return found


@pytest.mark.skipif(not UPSTREAM.exists(), reason="the charts' own values are not on this machine")
@pytest.mark.parametrize("level", WITH_CHARTS)
def test_every_key_exists_in_the_chart(level: SecretsLevel) -> None:
    """A key that the chart does not read would be silently ignored."""
    for chart in charts(level, "standard"):
        assert [] == unknown(chart.values, yaml.safe_load((UPSTREAM / FOLDERS[chart.chart] / "values.yaml").read_text()))


def test_name_that_kubeseal_looks_for() -> None:
    """4.04: the controller is sealed-secrets-controller in kube-system."""
    (release,) = [one for one in made(SecretsLevel.SEALED).resources if one.type == "kubernetes:helm.sh/v3:Release"]

    assert ("kube-system", "sealed-secrets-controller") == (release.inputs["namespace"], release.inputs["values"]["fullnameOverride"])


def test_controller_makes_no_key_of_its_own() -> None:
    """4.05: with renewal off, all that the controller ever opens by is in escrow; the private halves are secret."""
    recording = made(SecretsLevel.SEALED)
    (release,) = [one for one in recording.resources if one.type == "kubernetes:helm.sh/v3:Release"]
    keys = [one for one in recording.resources if one.type == "kubernetes:core/v1:Secret"]

    assert "0" == release.inputs["values"]["keyrenewperiod"]
    assert ["sealed-secrets-key-1", "sealed-secrets-key-2"] == [key.inputs["metadata"]["name"] for key in keys]
    assert all(any(path.startswith("data") for path in key.secret) for key in keys)


@pytest.mark.parametrize("level", WITH_CHARTS)
def test_closed_to_the_network(level: SecretsLevel) -> None:
    """Every program of a level has a policy, which is there before it."""
    recording = made(level)

    assert recording.manifests("NetworkPolicy")
    assert all({"Ingress", "Egress"} == set(policy["spec"]["policyTypes"]) for policy in recording.manifests("NetworkPolicy"))


def test_no_private_key_in_chart_values() -> None:
    """4.13: what Helm keeps of a release holds no key."""
    releases = [one.inputs for one in made(SecretsLevel.SEALED).resources if one.type == "kubernetes:helm.sh/v3:Release"]

    assert "PRIVATE KEY" not in str(releases)


REFUSED: dict[str, tuple[dict[str, Any], str, str]] = {
    "Level native has no controller.": ({"level": "native"}, "level", "levels that do: sealed, external, vault"),
    "A chart without a pin.": ({"charts": {}}, "charts.sealed-secrets", "is required"),
    "Vault without a keeper.": ({"level": SecretsLevel.VAULT, "vault": None}, "vault", "required at level 'vault'"),
    "Sealed without an escrow.": ({"sealing_keys": ""}, "sealing_keys", "no private key followed by its certificate"),
}


@pytest.mark.parametrize(("changes", "path", "reason"), REFUSED.values(), ids=REFUSED)
def test_refused(changes: dict[str, Any], path: str, reason: str) -> None:
    """What a level lacks is said before any resource is made."""
    with pytest.raises(pulumi.InputPropertiesError) as refused:
        made(**{"level": SecretsLevel.SEALED, **changes})

    assert reason in next(error["reason"] for error in refused.value.errors or [] if error["property_path"] == path)


# The doubles: level, chart, and the name that the chart's `images` gives to the image that is built here.
DOUBLES = [
    (SecretsLevel.SEALED, "sealed-secrets", "controller"),
    (SecretsLevel.EXTERNAL, "external-secrets", "operator"),
    (SecretsLevel.VAULT, "vault", "server"),
]


@pytest.mark.parametrize(("level", "chart", "image"), DOUBLES)
def test_double_stands_in_for_the_pin(level: SecretsLevel, chart: str, image: str) -> None:
    """A double has the pinned version and the image that is built here, and takes every key that we set: any other would be an error."""
    pins, double = json.loads((REPOSITORY / "components" / "versions.json").read_text()), REPOSITORY / "stand_ins/charts" / chart
    schema = json.loads((double / "values.schema.json").read_text())

    assert pins["charts"][chart]["version"] == yaml.safe_load((double / "Chart.yaml").read_text())["version"]
    assert {image: pins["images"][chart]} == yaml.safe_load((double / "values.yaml").read_text())["images"]
    assert set(charts(level, "")[0].values) <= set(schema["properties"])
    assert schema["additionalProperties"] is False
