"""Charts in Git: what Argo CD renders from them is what `pulumi up` makes, on every target."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from cli.workload.render import stack_settings
from components.gitops.bridge import workload_facts
from components.gitops.chart import chart
from components.gitops.layout import ENVIRONMENT_KEYS
from components.shop.workloads import workloads
from components.workload import render
from platforms.profile import profile
from tests.components.gitops.layouts import FILES, SERVICES, helm, rendered, write
from tests.components.workload.samples import SAMPLES

TARGETS = ("minikube", "eks", "gke")
PLACES_OF_THE_TARGET = {
    "containers.image",
    "topologySpreadConstraints.whenUnsatisfiable",
    "Ingress metadata.annotations",
    "Ingress spec.ingressClassName",
    "NetworkPolicy spec.egress.to",
    "NetworkPolicy spec.ingress.from",
}
"""Where a target shows in the shop's objects: registry, spread, front door, name service."""


def by_name(objects: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(json.loads(json.dumps(objects)), key=lambda made: (made["kind"], made["metadata"]["name"]))


@pytest.mark.parametrize("target", TARGETS)
def test_chart_equals_the_program(target: str, tmp_path: Path) -> None:
    """2.17: with the facts of a target the chart makes, object for object, what the program makes of the same workload there."""
    home, on_target = write(FILES, tmp_path), profile(stack_settings(target))
    bridge = {"environment": "development", "target": workload_facts(on_target.workload, on_target.registry, "3")}
    for service in SERVICES:
        inputs = {**on_target.apply(service.inputs), "rollout_triggers": ["3"]}
        folder = home / "apps" / service.name
        made = rendered(folder / "base", service.name, "shop", bridge, folder / "envs/development/values.yaml")

        assert by_name(render(service.name, inputs)) == by_name(made)


def test_only_environment_and_destination_differ(tmp_path: Path) -> None:
    """2.17: a target and an environment change values alone; kinds and names of the objects stay, but for a second pod's budget."""
    home = write(FILES, tmp_path)
    made = {}
    for target, environment in zip(TARGETS, ("development", "staging", "production"), strict=True):
        on_target = profile(stack_settings(target))
        bridge = {"environment": environment, "target": workload_facts(on_target.workload, on_target.registry)}
        folder = home / "apps/web"
        made[target] = rendered(folder / "base", "web", "shop", bridge, folder / f"envs/{environment}/values.yaml")
    names = {target: {(item["kind"], item["metadata"]["name"]) for item in objects} for target, objects in made.items()}
    images = {target: str(objects).partition("'image': '")[2].partition("'")[0] for target, objects in made.items()}

    assert names["minikube"] == names["eks"] == names["gke"]
    assert all(image.endswith("causeway/shop:1.0.0") for image in images.values())
    assert 3 == len(set(images.values()))


def test_targets_differ_in_these_places_alone(tmp_path: Path) -> None:
    """2.17: of everything that Argo CD makes of the shop, these places and no others differ between minikube, EKS and GKE."""
    home = write(FILES, tmp_path)
    made: dict[str, set[tuple[str, str]]] = {}
    for target in TARGETS:
        on_target = profile(stack_settings(target))
        bridge = {"environment": "development", "target": workload_facts(on_target.workload, on_target.registry)}
        folders = [home / "apps" / service.name for service in SERVICES]
        objects = [item for at in folders for item in rendered(at / "base", at.name, "shop", bridge, at / "envs/development/values.yaml")]
        made[target] = {leaf for item in objects for leaf in leaves(item, f"{item['kind']} ")}
    different = {path for target in made.values() for path, _ in target ^ made["minikube"]}

    assert [] == [path for path in different if not any(place in path for place in PLACES_OF_THE_TARGET)]
    assert [] == [place for place in PLACES_OF_THE_TARGET if not any(place in path for path in different)]


def leaves(tree: Any, path: str) -> list[tuple[str, str]]:
    """Path and text of every value; entries of a list share their path."""
    if isinstance(tree, dict):
        return [leaf for key, value in tree.items() for leaf in leaves(value, f"{path}{key}.")]
    return [leaf for value in tree for leaf in leaves(value, path)] if isinstance(tree, list) else [(path, str(tree))]


@pytest.mark.parametrize("pattern", SAMPLES)
def test_every_pattern_becomes_a_chart(pattern: Any) -> None:
    """Each pattern of workload can be deployed by Argo CD, and each value that an environment may set is one of some chart."""
    files = chart("sample", SAMPLES[pattern])

    assert {"Chart.yaml", "values.yaml", "values.schema.json", "templates/objects.yaml"} == set(files)
    assert "hole" not in files["templates/objects.yaml"]
    assert "192.0.2." not in files["templates/objects.yaml"]


def test_volumes_are_protected(tmp_path: Path) -> None:
    """2.08: an object that holds data is neither pruned nor deleted with its application."""
    database = {**workloads_of_the_shop()["database"]}
    folder = write(chart("database", database), tmp_path)
    made = rendered(folder, "database", "shop", {})
    options = {item["kind"]: item["metadata"].get("annotations", {}).get("argocd.argoproj.io/sync-options") for item in made}

    assert "Prune=false,Delete=false" == options.pop("StatefulSet")
    assert {None} == set(options.values())


def workloads_of_the_shop() -> Any:
    inputs = {"namespace": "shop", "team": "shop", "environment": "development", "replicas": 2, "secrets_version": "1", "platform": {}}
    rest = {"shop_image": "a/b:1.0.0", "postgres_image": "postgres:15.20", "report_schedule": "0 6 * * *", "time_zone": "Etc/UTC"}
    made = workloads({**inputs, **rest})
    return {name: {key: value for key, value in given.items() if key != "platform"} for name, given in made.items()}


@pytest.mark.parametrize(("key", "value"), [("replica", 3), ("image", {"tagg": "1.0.0"}), ("replicas", "three"), ("replicas", 0)])
def test_chart_refuses_what_it_does_not_know(key: str, value: Any, tmp_path: Path) -> None:
    """2.12: a misspelt or ill-typed value fails the rendering, and so the sync: it is never ignored."""
    answer = helm("template", "web", write(FILES, tmp_path) / "apps/web/base", values={key: value})

    assert answer.returncode != 0
    assert key in answer.stderr


def test_environment_keys_exist() -> None:
    """2.12: what an environment may set is a value of some chart; a misspelt entry of the list would allow nothing."""
    found: set[str] = set()
    for inputs in workloads_of_the_shop().values():
        values = yaml.safe_load(chart("sample", inputs)["values.yaml"])
        found |= {f"{key}.{inner}" for key, value in values.items() if isinstance(value, dict) for inner in value} | set(values)

    assert set(ENVIRONMENT_KEYS) <= found


def test_alerts_keep_their_braces(tmp_path: Path) -> None:
    """What a manifest itself has in double braces reaches the cluster as it is: an alert's text, a dashboard's legend."""
    made = rendered(write(FILES, tmp_path) / "apps/web/base", "web", "shop", {"target": {"monitors": True}})
    (rule,) = [item for item in made if item["kind"] == "PrometheusRule"]

    assert "{{ $value | humanizePercentage }}" in str(rule)
