"""What WorkloadPattern renders, judged by the API server itself."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from components.shop.component import DEFAULTS
from components.shop.workloads import workloads
from stack import pins
from tests.components.workload.samples import SAMPLES
from tests.components.workload.test_schemas import FULL
from tests.live.platform import Platform

pytestmark = pytest.mark.live

INTRUDER = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "intruder", "namespace": "shop"},
    "spec": {"hostNetwork": True, "containers": [{"name": "intruder", "image": "causeway/shop:1.0.0"}]},
}


def write(folder: Path, named: dict[str, Any]) -> str:
    """A file of workloads, as `causeway workload render` takes it."""
    path = folder / "workloads.yaml"
    # Through JSON, which turns enums into their values.
    documents = json.loads(json.dumps([{"name": name, **inputs} for name, inputs in named.items()]))
    path.write_text(yaml.safe_dump_all(documents, sort_keys=False))
    return str(path)


def test_every_pattern_is_admitted_as_restricted(platform: Platform, tmp_path: Path) -> None:
    """3.09: where Pod Security is enforced, the API server takes every pattern, with few inputs and with all, without one warning."""
    named = {
        f"{pattern.value}-{variant}": {**sample, **changes, "namespace": "shop"}
        for pattern, sample in SAMPLES.items()
        for variant, changes in (("few", {}), ("full", FULL[pattern.value]))
    }
    rendered = f"causeway workload render {write(tmp_path, named)}"
    answer = platform.shell(f"{rendered} | kubectl apply --server-side --dry-run=server -f -")

    assert (0, "") == (answer.returncode, answer.stderr)
    assert len(platform.output(rendered).split("\n---\n")) == len(answer.stdout.splitlines())


def test_what_is_not_restricted_is_refused(platform: Platform) -> None:
    """3.09: the namespace enforces it: a pod that wants the node's network is not admitted, whoever asks."""
    (platform.root / "intruder.json").write_text(json.dumps(INTRUDER))
    answer = platform.shell("kubectl apply -f intruder.json")

    assert answer.returncode != 0
    assert 'violates PodSecurity "restricted:' in answer.stderr


def test_rendered_yaml_is_what_is_live(platform: Platform, tmp_path: Path) -> None:
    """Issue 4, item 6: YAML for Argo CD, applied over what `pulumi up` made, changes nothing."""
    images = {f"{name}_image": image for name, image in pins.images().items() if name in ("shop", "postgres")}
    labels = platform.kubectl("get statefulset database -n shop")["metadata"]["labels"]
    owner = {name: labels[f"causeway.dev/{name}"] for name in ("team", "environment")}
    database = workloads({**DEFAULTS, **images, **owner, "namespace": "shop", "platform": None})["database"]
    given = {key: value for key, value in database.items() if value is not None}
    file = write(tmp_path, {"database": given})

    answer = platform.shell(
        f"causeway workload render {file} > {tmp_path}/made.yaml && kubectl diff --server-side --force-conflicts -f {tmp_path}/made.yaml"
    )
    changed = platform.shell(
        f"sed s/512Mi/1Gi/ {tmp_path}/made.yaml | sed s/256Mi/300Mi/ | kubectl diff --server-side --force-conflicts -f -"
    )

    assert (0, "") == (answer.returncode, answer.stdout), answer.stderr
    assert 1 == changed.returncode
