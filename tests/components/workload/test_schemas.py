"""Every rendered object against the strict schemas of three Kubernetes versions."""

from collections.abc import Iterator
from functools import cache

import kubernetes_validate
import pytest

from components.namespace.component import manifests
from components.workload.args import Pattern

from .samples import objects

VERSIONS = ("1.34", "1.35", "1.36")
FULL: dict[str, dict[str, object]] = {
    "stateless": {
        "ingress": {"host": "shop.example.com", "tls_secret": "tls"},
        "autoscaling": {"max_replicas": 5},
        "files": {"/etc/app.toml": ""},
        "env": {"A": "1"},
        "secrets": {"B": {"name": "s", "key": "k"}},
        "allow_from": [{"workload": "other"}],
        "allow_to": [{"cidr": "203.0.113.0/24", "port": 443}],
        "storage": {"mount_path": "/data", "access_mode": "ReadWriteMany"},
        "resources": {"cpu_limit": "1"},
    },
    "stateful": {"replicas": 3, "metrics": {"port": 9187}},
    "worker": {"replicas": 2, "metrics": {}, "autoscaling": {"max_replicas": 5, "backlog_metric": "m"}},
    "batch": {"command": ["report"]},
    "daemon": {"metrics": {}},
    "job": {"storage": {"mount_path": "/data"}},
}


@pytest.fixture(autouse=True, scope="module")
def _schemas_are_read_once() -> Iterator[None]:
    """The package reads two files of megabytes for each object that it judges, most of these tests' time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kubernetes_validate.utils, "schema_contents", cache(kubernetes_validate.utils.schema_contents))
        yield


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("pattern", [pattern.value for pattern in Pattern])
def test_strict_schema(pattern: str, version: str) -> None:
    """Issue 4, item 5: no field is misspelt or of the wrong type, with every input given."""
    for manifest in [*objects(pattern), *objects(pattern, **FULL[pattern])]:
        kubernetes_validate.validate(manifest, version, strict=True)


@pytest.mark.parametrize("version", VERSIONS)
def test_namespace_schema(version: str) -> None:
    """The namespace and its policy are as strict."""
    for manifest in manifests("shop", {"team": "shop", "environment": "development"}):
        kubernetes_validate.validate(manifest, version, strict=True)


def test_a_misspelt_field_is_found() -> None:
    """The schemas are strict: the test above would notice."""
    (deployment,) = [made for made in objects("worker") if made["kind"] == "Deployment"]

    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate({**deployment, "spec": {**deployment["spec"], "replicaz": 1}}, VERSIONS[-1], strict=True)
