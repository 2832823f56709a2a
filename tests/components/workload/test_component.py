"""WorkloadPattern under the recorder: what it registers, under whom, and what it hands on."""

from typing import Any

import pulumi
import pytest

from components import WorkloadPattern
from components._kit import owned
from tests.components.workload.samples import SAMPLES, inputs, objects
from tests.recorder import Recording, run


def _made(pattern: str, states: Any = None, **changes: Any) -> Recording:
    return run(lambda: _build(pattern, changes), states=states)


def _build(pattern: str, changes: dict[str, Any]) -> None:
    args: Any = inputs(pattern, **changes)
    workload = WorkloadPattern("sample", args)
    for output in ("kind", "namespace", "pattern", "host", "url"):
        pulumi.export(output, getattr(workload, output))


@pytest.mark.parametrize("pattern", SAMPLES)
def test_live_objects_equal_rendered_ones(pattern: str) -> None:
    """Issue 4, item 6: what `pulumi up` makes and what goes to Git as YAML is the same list, but for the word to Pulumi."""
    made, rendered = _made(pattern).manifests(), [owned(manifest) for manifest in objects(pattern)]

    assert len(rendered) == len(made)
    assert all(manifest in made for manifest in rendered)


@pytest.mark.parametrize("pattern", SAMPLES)
def test_children_belong_to_the_workload(pattern: str) -> None:
    """Every object is a child of its workload and named after it."""
    children = [resource for resource in _made(pattern).resources if resource.type != WorkloadPattern.TOKEN]

    assert all(f"{WorkloadPattern.TOKEN}${resource.type}::sample-" in resource.urn for resource in children)


def _two(first: dict[str, Any], second: dict[str, Any]) -> Recording:
    """Two workloads called `web` in the cluster, on two names in the program."""

    def build() -> None:
        WorkloadPattern("orders-web", {**first, "name": "web"})  # type: ignore[typeddict-item]
        WorkloadPattern("billing-web", {**second, "name": "web"})  # type: ignore[typeddict-item]

    return run(build)


@pytest.mark.parametrize("pattern", SAMPLES)
def test_one_name_in_two_namespaces(pattern: str) -> None:
    """Issue 21, 11: children are named after the resource, objects after `name`; so two namespaces, or clusters, have one name each."""
    made = _two(inputs(pattern, namespace="orders"), inputs(pattern, namespace="billing"))
    names = {manifest["metadata"]["name"] for manifest in made.manifests()}

    assert len(set(made.urns())) == len(made.urns())
    assert all(name == "web" or name.startswith("web-") for name in names)


@pytest.mark.parametrize("pattern", SAMPLES)
def test_a_resource_that_is_renamed_takes_its_children_along(pattern: str) -> None:
    """Issue 21, 11: the engine hands an alias on to children whose names begin with the component's own, so none is replaced."""
    made = run(lambda: WorkloadPattern("orders-web", inputs(pattern, name="web")) and None)  # type: ignore[arg-type]
    before = run(lambda: WorkloadPattern("web", inputs(pattern)) and None)  # type: ignore[arg-type]

    assert [one.name for one in made.resources] == [f"orders-{one.name}" for one in before.resources]


def test_outputs() -> None:
    """Other parts get the kind, the namespace, the pattern and the name inside the cluster."""
    outputs = _made("stateful", namespace="shop").outputs

    assert {"kind": "StatefulSet", "namespace": "shop", "pattern": "stateful", "host": "sample.shop.svc.cluster.local"} == outputs


def test_worker_has_no_host() -> None:
    """3.04: nothing connects to a worker, so there is no name to connect to."""
    assert "host" not in _made("worker").outputs


@pytest.mark.parametrize(
    ("changes", "url"),
    [
        ({"ingress": {"host": "shop.example.com"}}, "http://shop.example.com/"),
        ({"ingress": {"host": "shop.example.com", "tls_secret": "tls"}}, "https://shop.example.com/"),
        ({"ingress": {"path": "/api"}, "platform": {"domain": "example.com"}}, "http://sample.example.com/api"),
        ({"ingress": {}}, "http://lb.example.net/"),
    ],
)
def test_url(changes: dict[str, Any], url: str) -> None:
    """3.13: the URL is the host where there is one, else what the front door published."""
    states = {"sample-ingress": {"status": {"loadBalancer": {"ingress": [{"hostname": "lb.example.net"}]}}}}

    assert url == _made("stateless", states, **changes).outputs["url"]


def test_nothing_is_registered_when_refused() -> None:
    """A refusal comes before the first resource, the component itself included."""
    registered: list[str] = []

    with pytest.raises(pulumi.InputPropertiesError):
        run(lambda: (_build("worker", {"port": 80}), registered.append("after")))

    assert [] == registered


def test_values_flow_through() -> None:
    """An environment variable may be known only later."""
    made = run(lambda: _build("stateless", {"env": {"PEER": pulumi.Output.from_input("http://peer/")}}))

    assert [{"name": "PEER", "value": "http://peer/"}] == made.one("Deployment")["spec"]["template"]["spec"]["containers"][0]["env"]


def test_secret_value_in_the_environment_is_refused() -> None:
    """3.10, 4.13: a value marked secret never becomes a plain variable, whatever its name."""
    with pytest.raises(pulumi.RunError, match=r"env\.PEER: is secret: keep it in a Secret") as refused:
        run(lambda: _build("stateless", {"env": {"PEER": pulumi.Output.secret("canary")}}))

    assert "canary" not in str(refused.value)
