"""Rules over all components of the facade: a new one is under them as soon as it is listed."""

import ast
import inspect
from pathlib import Path
from typing import Any

import pulumi
import pytest
from pulumi.provider.experimental.analyzer import Analyzer

import components
from components import SecretsStore
from components.monitoring.checks import CHARTS
from components.secrets.sealing_keys import format_escrow
from tests.components.gitops.layouts import FILES
from tests.components.secrets.samples import sealing_key
from tests.components.workload.samples import SAMPLES
from tests.conftest import SEED
from tests.recorder import Registered, run

COMPONENTS: dict[str, type[pulumi.ComponentResource]] = {
    name: member
    for name in components.__all__
    if inspect.isclass(member := getattr(components, name)) and issubclass(member, pulumi.ComponentResource)
}
# Inputs with which each component makes all that it can make.
INPUTS: dict[str, dict[str, Any]] = {
    "GitOpsKeeper": {"image": "causeway/argocd-keeper:1.0.0"},
    "GitOpsStack": {
        "charts": {"argo-cd": {"version": "1.0.0", "repository": "https://charts.example"}},
        "files": FILES,
        "projects": {"shop": {"namespaces": ["shop"]}},
        "git_server_image": "causeway/git-server:1.0.0",
        "platform": {"enable_git_server": True, "enable_door": True},
    },
    "MonitoringStack": {
        "charts": {name: {"version": "1.0.0", "repository": "https://charts.example"} for name in CHARTS},
        "sink_image": "causeway/alert-sink:1.0.0",
    },
    "RestrictedNamespace": {},
    "SecretsController": {
        "level": "sealed",
        "charts": {"sealed-secrets": {"version": "1.0.0", "repository": "https://charts.example"}},
        "sealing_keys": format_escrow([sealing_key()]),
    },
    "SecretsSource": {
        "level": "external",
        "backend": {
            "provider": {"aws": {"service": "SecretsManager", "region": "eu-central-1"}},
            "prefix": "causeway-staging/",
            "source_namespace": "secrets-manager",
            "bootstrap": {"id": "one", "key": "two"},
        },
        "stand_in_image": "causeway/moto:1.0.0",
    },
    "SecretsStore": {"namespace": "shop", "secrets": {"one": {"key": {}}}, "seed": SEED},
    "Shop": {"namespace": "shop", "shop_image": "causeway/shop:1.0.0", "postgres_image": "postgres:15.20"},
    "WorkloadPattern": {**next(iter(SAMPLES.values())), "ingress": {}, "autoscaling": {"max_replicas": 5}},
}
OWNER = {"team": "orders", "environment": "staging"}


def _registered(name: str) -> list[Registered]:
    args: Any = {**INPUTS[name], **OWNER}
    return run(lambda: _build(name, args)).resources


def _build(name: str, args: Any) -> None:
    COMPONENTS[name]("sample", args)  # type: ignore[call-arg,arg-type]


def _folder(name: str) -> Path:
    return Path(inspect.getfile(COMPONENTS[name])).parent


def test_every_component_has_inputs_here() -> None:
    """A component that is listed is tested."""
    assert set(COMPONENTS) == set(INPUTS)


def test_facade_is_sorted() -> None:
    """The facade is a list that anybody can read."""
    assert sorted(components.__all__) == components.__all__


@pytest.mark.parametrize("name", COMPONENTS)
def test_token(name: str) -> None:
    """The type token is causeway:index:<class>."""
    assert f"causeway:index:{name}" == _registered(name)[0].type


@pytest.mark.parametrize("name", COMPONENTS)
def test_parentage(name: str) -> None:
    """Every object is below the component, directly or through a part of it."""
    children = [resource for resource in _registered(name) if resource.type.startswith("kubernetes:")]

    assert children
    assert all("causeway:index:" in resource.urn.split("::")[2] for resource in children)


@pytest.mark.parametrize("name", COMPONENTS)
def test_labels_reach_every_child(name: str) -> None:
    """Team and environment are on every object, and on every pod; a Helm release is no object."""
    for resource in _registered(name):
        if resource.type.startswith("kubernetes:") and resource.type != "kubernetes:helm.sh/v3:Release":
            labels = resource.inputs["metadata"]["labels"]
            assert OWNER == {key: labels[f"causeway.dev/{key}"] for key in OWNER}
            assert "causeway" == labels["app.kubernetes.io/managed-by"]


@pytest.mark.parametrize("name", COMPONENTS)
def test_constructor(name: str) -> None:
    """Every component is called alike: name, args, opts."""
    assert ["self", "name", "args", "opts"] == list(inspect.signature(COMPONENTS[name].__init__).parameters)


@pytest.mark.parametrize("name", COMPONENTS)
def test_folder(name: str) -> None:
    """A newcomer opens the same files first: README.md, __init__.py, component.py."""
    assert {"README.md", "__init__.py", "component.py"} <= {path.name for path in _folder(name).iterdir()}


def test_schema() -> None:
    """The analyzer makes a schema of every component, each input and output with a sentence."""
    analyzer = Analyzer("causeway")
    for component in COMPONENTS.values():
        definition = analyzer.analyze_component(component)
        for properties in (definition.inputs, definition.outputs):
            assert all(entry.description for entry in properties.values())


def _input_types(name: str) -> list[type]:
    """The component's Args and every TypedDict in its folder's modules that they may nest."""
    module = inspect.getmodule(inspect.signature(COMPONENTS[name].__init__).parameters["args"].annotation)
    return [
        member
        for _, member in inspect.getmembers(module, inspect.isclass)
        if hasattr(member, "__required_keys__") and member.__module__ == module.__name__
    ]  # type: ignore[union-attr]


@pytest.mark.parametrize("name", COMPONENTS)
def test_every_input_has_a_sentence(name: str) -> None:
    """Nested inputs are documented like the first ones."""
    for shape in _input_types(name):
        (definition,) = [
            node
            for node in ast.walk(ast.parse(inspect.getsource(inspect.getmodule(shape))))
            if isinstance(node, ast.ClassDef) and node.name == shape.__name__
        ]  # type: ignore[arg-type]
        fields = [index for index, node in enumerate(definition.body) if isinstance(node, ast.AnnAssign)]
        assert all(isinstance(definition.body[index + 1], ast.Expr) for index in fields), shape.__name__


@pytest.mark.parametrize("name", COMPONENTS)
def test_readme_names_every_input(name: str) -> None:
    """Docs cannot drift: the README's table of inputs is the annotations."""
    readme = (_folder(name) / "README.md").read_text()
    args = inspect.signature(COMPONENTS[name].__init__).parameters["args"].annotation
    table = {line.split("|")[1].strip(" `") for line in readme.splitlines() if line.startswith("| `")}

    assert set(args.__annotations__) == table


@pytest.mark.parametrize("name", COMPONENTS)
def test_readme_is_short(name: str) -> None:
    """A README of a component has at most 60 lines, the table of its inputs left out: one row each says nothing of length."""
    lines = (_folder(name) / "README.md").read_text().splitlines()
    assert 60 >= len([line for line in lines if not line.startswith("| `")])


@pytest.mark.parametrize("name", COMPONENTS)
def test_unknown_input_is_refused_by_name(name: str) -> None:
    """A misspelt input never passes silently."""
    with pytest.raises(pulumi.InputPropertiesError, match="teem: there is no such input, did you mean 'team'"):
        run(lambda: _build(name, {**INPUTS[name], "teem": "x"}))


def test_secrets_component_is_the_only_one_with_secrets() -> None:
    """Secret objects come from SecretsStore; the controller's are its keys, the source's opens its store, and two hold no credential."""
    made = {(name, resource.name) for name in COMPONENTS for resource in _registered(name) if resource.type == "kubernetes:core/v1:Secret"}

    keys, facts = ("SecretsController", "sealed-secrets-key-1-secret"), ("GitOpsStack", "in-cluster-secret")
    zero = ("SecretsSource", "secrets-manager-bootstrap")
    assert {(SecretsStore.__name__, "one-secret"), ("MonitoringStack", "causeway-alertmanager-secret"), keys, facts, zero} == made
