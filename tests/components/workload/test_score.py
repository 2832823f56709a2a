"""Score files become workloads, and what has no counterpart is refused by its name."""

import copy
import re
from contextlib import suppress
from pathlib import Path
from typing import Any

import pulumi
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from components.workload import render
from components.workload.score import convert

SCORE: dict[str, Any] = {
    "apiVersion": "score.dev/v1b1",
    "metadata": {"name": "orders"},
    "service": {"ports": {"www": {"port": 80, "targetPort": 8080}, "metrics": {"port": 9090}}},
    "containers": {
        "main": {
            "image": "shop/orders:1.0.0",
            "command": ["shop"],
            "args": ["web"],
            "variables": {"NAME": "${metadata.name}-$${x}", "PASSWORD": "${resources.db.password}"},
            "files": {"/etc/orders.toml": {"content": "name = '${metadata.name}'"}, "/etc/raw": {"content": "${x}", "noExpand": True}},
            "resources": {"requests": {"cpu": "200m", "memory": "128Mi"}, "limits": {"cpu": "1", "memory": "256Mi"}},
            "livenessProbe": {"httpGet": {"path": "/healthz", "port": 8080}},
            "readinessProbe": {"exec": {"command": ["shop", "ready"]}},
        }
    },
    "resources": {
        "db": {"type": "postgres"},
        "dns": {"type": "dns"},
        "way": {"type": "route", "params": {"host": "${resources.dns.host}", "path": "/orders", "port": "www"}},
    },
}
INPUTS: dict[str, Any] = {
    "pattern": "stateless",
    "image": "shop/orders:1.0.0",
    "command": ["shop"],
    "args": ["web"],
    "env": {"NAME": "orders-${x}"},
    "secrets": {"PASSWORD": {"name": "orders-db", "key": "password"}},
    "files": {"/etc/orders.toml": "name = 'orders'", "/etc/raw": "${x}"},
    "resources": {"cpu": "200m", "memory": "128Mi", "memory_limit": "256Mi", "cpu_limit": "1"},
    "port": 8080,
    "metrics": {"port": 9090},
    "ingress": {"path": "/orders"},
    "readiness": {"command": ["shop", "ready"]},
    "liveness": {"path": "/healthz"},
}
MAIN = "containers.main"
DATABASE: dict[str, Any] = {
    "apiVersion": "score.dev/v1b1",
    "metadata": {"name": "database"},
    "service": {"ports": {"sql": {"port": 5432}}},
    "containers": {
        "main": {
            "image": "postgres:15.20",
            "volumes": {"/data": {"source": "${resources.data}"}},
            "readinessProbe": {"exec": {"command": ["pg_isready"]}},
        }
    },
    "resources": {"data": {"type": "volume", "params": {"size": "5Gi"}}},
}


def changed(path: str, value: Any, document: dict[str, Any] = SCORE) -> dict[str, Any]:
    """The document with another value at a path; `|` separates keys, None removes."""
    made = copy.deepcopy(document)
    *parents, last = path.split("|")
    here = made
    for key in parents:
        here = here.setdefault(key, {})
    if value is None:
        del here[last]
    else:
        here[last] = value
    return made


def refusals(document: dict[str, Any], **given_: Any) -> list[str]:
    with pytest.raises(pulumi.InputPropertiesError) as refused:
        convert(document, **given_)
    return str(refused.value.message).splitlines()


def test_everything_that_has_a_counterpart() -> None:
    """Issue 4, item 6: each part of a Score file lands in the input that means the same, and the workload can be made."""
    imported = convert(SCORE)

    assert ("orders", INPUTS) == (imported.name, imported.inputs)
    assert render(imported.name, imported.inputs)


def test_files_and_volumes_as_lists() -> None:
    """Files and volumes may be lists, as older Score files have them."""
    files = [{"target": path, **file} for path, file in SCORE["containers"]["main"]["files"].items()]

    assert convert(SCORE) == convert(changed("containers|main|files", files))


def test_volume_makes_it_stateful() -> None:
    """3.01: a program with a volume of its own is stateful, unless the file says otherwise."""
    imported = convert(DATABASE)

    assert ("stateful", {"mount_path": "/data", "size": "5Gi"}) == (imported.inputs["pattern"], imported.inputs["storage"])
    assert "worker" == convert(changed("service", None, {**SCORE, "resources": {}, "containers": WORKER})).inputs["pattern"]


WORKER = {"main": {"image": "shop/worker:1.0.0"}}


def test_kind_of_the_annotation() -> None:
    """The kind that Score's Kubernetes implementation is told decides, and `pattern` decides over it."""
    kind = changed("metadata|annotations", {"k8s.score.dev/kind": "DaemonSet"})
    daemon = {**kind, "resources": {"db": {"type": "postgres"}}}

    assert "daemon" == convert(daemon).inputs["pattern"]
    assert "stateless" == convert(daemon, pattern="stateless").inputs["pattern"]


def test_image_to_be_built() -> None:
    """An image that the file leaves to be built has to be named, and is refused otherwise."""
    document = changed("containers|main|image", ".")

    assert "shop/orders:2.0.0" == convert(document, image="shop/orders:2.0.0").inputs["image"]
    assert [f"score 'orders': {MAIN}.image: '.' is an image still to be built: give --image"] == refusals(document)


def test_limits_alone() -> None:
    """A request that is not given is the limit, as in Kubernetes; memory never goes without a limit."""
    limits = changed("containers|main|resources", {"limits": {"memory": "64Mi"}})
    requests = changed("containers|main|resources", {"requests": {"memory": "1Gi"}})

    assert {"memory": "64Mi", "memory_limit": "64Mi"} == convert(limits).inputs["resources"]
    assert {"memory": "1Gi", "memory_limit": "1Gi"} == convert(requests).inputs["resources"]


def test_credentials_inside_a_text() -> None:
    """3.10: a URL with a password in it is put together by Kubernetes: the password itself stays in its Secret."""
    url = "postgres://${resources.db.username}:${resources.db.password}@db/${metadata.name}"
    imported = convert(changed("containers|main|variables", {"URL": url, "DB_PASSWORD": "${resources.db.password}"}))

    assert {"URL": "postgres://$(DB_USERNAME):$(DB_PASSWORD)@db/orders"} == imported.inputs["env"]
    assert {
        "DB_PASSWORD": {"name": "orders-db", "key": "password"},
        "DB_USERNAME": {"name": "orders-db", "key": "username"},
    } == imported.inputs["secrets"]


def _seen(text: str, variables: dict[str, str]) -> str:
    """What a pod sees of a text: Kubernetes halves `$$`, and fills in `$(NAME)` for a variable that there is."""
    return re.sub(r"\$(?:\$|\((\w+)\))", lambda match: variables.get(match[1], match[0]) if match[1] else "$", text)


DOLLARS: dict[str, tuple[str, str]] = {
    "Two dollars": ("a$$$$b", "a$$b"),
    "A command that is none": ("$$(DB_HOST)", "$(DB_HOST)"),
    "A command written plainly": ("$(DB_HOST)", "$(DB_HOST)"),
    "A dollar before a credential": ("$$${resources.db.host}$$", "$db-host$"),
    "Dollars of metadata": ("${metadata.price}${resources.db.host}", "5$db-host"),
    "An open brace": ("${", "${"),
    "Three dollars": ("$$$$$$", "$$$"),
    "A single dollar": ("cost: 5$", "cost: 5$"),
}


@pytest.mark.parametrize(("written", "seen"), DOLLARS.values(), ids=DOLLARS)
def test_pod_sees_what_the_file_means(written: str, seen: str) -> None:
    """Issue 15, case 18: the pod sees each dollar that the Score file means, whatever stands beside it."""
    document = changed("containers|main|variables", {"OTHER": "x${resources.db.host}", "TEXT": written})
    env = convert(changed("metadata|price", "5$", document)).inputs["env"]

    assert seen == _seen(env["TEXT"], {"DB_HOST": "db-host"})
    assert "xdb-host" == _seen(env["OTHER"], {"DB_HOST": "db-host"})


def test_dollars_of_arguments() -> None:
    """Issue 15, case 18: arguments are as the file has them; Kubernetes halves their dollars too."""
    script = "echo $$ > /run/pid; echo $$$; exec serve"

    assert script == _seen(convert(changed("containers|main|args", ["-c", script])).inputs["args"][1], {})


def test_password_made_of_text_and_a_secret() -> None:
    """Issue 15, case 19: a variable whose name says password is imported where a Secret fills in what is secret of it."""
    pytest.importorskip("components._secrets_in_clear")
    cache = changed("resources|cache", {"type": "redis"})
    url = "redis://:${resources.cache.password}@${resources.cache.host}:6379/0"
    imported = convert(changed("containers|main|variables", {"PASSWORD": "--requirepass ${resources.cache.password}", "URL": url}, cache))

    assert {"PASSWORD": "--requirepass $(CACHE_PASSWORD)", "URL": "redis://:$(CACHE_PASSWORD)@$(CACHE_HOST):6379/0"} == imported.inputs[
        "env"
    ]
    assert {name: {"name": "orders-cache", "key": name[6:].lower()} for name in ("CACHE_PASSWORD", "CACHE_HOST")} == imported.inputs[
        "secrets"
    ]


def test_no_two_credentials_share_a_variable() -> None:
    """Issue 15, case 22: `db.user-name` and `db-user.name` are two variables, and no variable of the file is taken for either."""
    resources = {"db": {"type": "postgres"}, "db-user": {"type": "postgres"}}
    texts = {"A": "x${resources.db.user-name}", "B": "x${resources.db-user.name}", "DB_USER_NAME_2": "mine"}
    inputs = convert(changed("containers|main|variables", texts, {**SCORE, "resources": resources})).inputs

    assert {"A": "x$(DB_USER_NAME)", "B": "x$(DB_USER_NAME_3)", "DB_USER_NAME_2": "mine"} == inputs["env"]
    assert {
        "DB_USER_NAME": {"name": "orders-db", "key": "user-name"},
        "DB_USER_NAME_3": {"name": "orders-db-user", "key": "name"},
    } == inputs["secrets"]


FILES = yaml.safe_load((Path(__file__).parent / "scores.yaml").read_text())


@pytest.mark.parametrize("case", FILES, ids=lambda case: case["what"])
def test_files_of_other_people(case: dict[str, Any]) -> None:
    """Issue 15, point 4: the specification's examples and other people's files are imported, or refused line by line for what they are."""
    document = {"apiVersion": "score.dev/v1b1", **case["score"]}
    image = "a/b:1.0.0" if any(container.get("image") in (None, ".") for container in document.get("containers", {}).values()) else None
    if "is" in case:
        assert case["is"] == convert(document, image=image).inputs["pattern"]
        return
    with pytest.raises(pulumi.InputPropertiesError) as refused:
        convert(document, image=image)
    found = [(f"{one['property_path']} {one['reason']}", f"{one['property_path']}: {one['reason']}") for one in refused.value.errors or ()]

    assert len(case["refused"]) == len(found), found
    assert all(
        any(text.startswith(line) or line in texts[0] for text in texts) for line, texts in zip(case["refused"], found, strict=True)
    ), found


def test_there_are_enough_files_of_other_people() -> None:
    """Issue 15, point 4: at least 30 besides the specification's own."""
    assert 40 <= len(FILES)
    assert 15 <= sum("is" in case for case in FILES)


@pytest.mark.parametrize("port", ["www", 80, "80", 8080])
def test_route_to_the_main_port(port: Any) -> None:
    """A route may name the port, or say the Service's or the container's number."""
    assert convert(SCORE).inputs == convert(changed("resources|way|params|port", port)).inputs


@pytest.mark.parametrize(
    ("path", "value", "note"),
    [
        pytest.param("service|ports|www|port", 8000, "service.ports.www.port: clients use port 80", id="another service port"),
        pytest.param("containers|main|livenessProbe", None, "liveness: none is given", id="no liveness"),
        pytest.param("metadata|name", "orders", "resources.db: read from Secret 'orders-db', keys password", id="Secret"),
        pytest.param("resources|cache", {"type": "redis"}, "resources.cache: nothing refers to it, so it is left out", id="unused"),
        pytest.param("metadata|annotations", {"tags": "a"}, "metadata.annotations.tags: is left out", id="annotation for readers"),
        pytest.param("resources|db|id", "shared", "resources.db: read from Secret 'shared'", id="Secret of an id"),
        pytest.param("metadata|name", "orders", "pattern: 'stateless' was concluded", id="pattern"),
    ],
)
def test_guesses_are_noted(path: str, value: Any, note: str) -> None:
    """What Score does not say and a person has to look at is a note."""
    assert [found for found in convert(changed(path, value)).notes if found.startswith(note)]


REFUSED: dict[str, tuple[str, Any, str]] = {
    "Another version": ("apiVersion", "score.dev/v2", "apiVersion: 'score.dev/v2' is not score.dev/v1b1"),
    "A second container": ("containers|side", {"image": "a/b:1.0.0"}, "containers: has 2, a workload has one"),
    "No container": ("containers", {}, "containers: has 0"),
    "An annotation": ("metadata|annotations", {"a.b/c": "d"}, "metadata.annotations.a.b/c: no input takes an annotation"),
    "An unknown kind": ("metadata|annotations", {"k8s.score.dev/kind": "Pod"}, "metadata.annotations.k8s.score.dev/kind: 'Pod' is not"),
    "A misspelt key": ("containers|main|imgae", "x", f"{MAIN}.imgae: there is no such input, did you mean 'image'?"),
    "A number as text": ("containers|main|variables", {"PORT": 80}, f"{MAIN}.variables.PORT: expects text, got int"),
    "UDP": ("service|ports|www|protocol", "UDP", "service.ports.www.protocol: 'UDP' is not TCP"),
    "A third port": ("service|ports|admin", {"port": 81}, "service.ports.admin: a workload has one port"),
    "A file from disk": ("containers|main|files", {"/a": {"source": "a"}}, f"{MAIN}.files./a: only content is taken"),
    "A binary file": ("containers|main|files", {"/a": {"binaryContent": "eA=="}}, f"{MAIN}.files./a: only content is taken"),
    "A file mode": ("containers|main|files", {"/a": {"content": "", "mode": "0600"}}, f"{MAIN}.files./a.mode: '0600' cannot be set"),
    "A credential in a file": (
        "containers|main|files",
        {"/a": {"content": "${resources.db.password}"}},
        f"{MAIN}.files./a: ${{resources.db.password}} is in a Secret",
    ),
    "A host in a variable": (
        "containers|main|variables|HOST",
        "${resources.dns.host}",
        f"{MAIN}.variables.HOST: ${{resources.dns.host}} is",
    ),
    "An unknown placeholder": ("containers|main|variables|X", "${env.X}", f"{MAIN}.variables.X: ${{env.X}} has no value here"),
    "A start order": ("containers|main|before", {"a": {}}, f"{MAIN}.before: there is one container"),
    "A probe of another port": ("containers|main|livenessProbe|httpGet|port", 1, f"{MAIN}.livenessProbe.httpGet.port: 1 is not"),
    "A probe over TLS": ("containers|main|livenessProbe|httpGet|scheme", "HTTPS", f"{MAIN}.livenessProbe.httpGet.scheme: pods are"),
    "A probe of a host": ("containers|main|livenessProbe|httpGet|host", "a", f"{MAIN}.livenessProbe.httpGet.host: only the path"),
    "A probe with headers": ("containers|main|livenessProbe|httpGet|httpHeaders", [], f"{MAIN}.livenessProbe.httpGet.httpHeaders: only"),
    "A probe that asks nothing": ("containers|main|livenessProbe", {}, f"{MAIN}.livenessProbe: asks nothing"),
    "An unknown volume": (
        "containers|main|volumes",
        {"/d": {"source": "x"}},
        f"{MAIN}.volumes./d.source: 'x' is no resource of type volume",
    ),
    "A resource of another type": ("resources|llm", {"type": "llm-model"}, "resources.llm.type: 'llm-model' is nothing that"),
    "A credential of no resource": (
        "containers|main|variables|X",
        "${resources.bd.password}",
        f"{MAIN}.variables.X: ${{resources.bd.password}} is of no resource of the file",
    ),
    "Metadata that is not there": (
        "containers|main|variables|X",
        "${metadata.team}",
        f"{MAIN}.variables.X: ${{metadata.team}} is nothing in",
    ),
    "A resource class": ("resources|db|class", "large", "resources.db.class: the target decides"),
    "Metadata of a resource": ("resources|db|metadata", {}, "resources.db.metadata: nothing here takes it"),
    "Parameters of a database": ("resources|db|params", {"version": "15"}, "resources.db.params.version: nothing here takes it"),
    "A second route": ("resources|more", {"type": "route", "params": {}}, "resources.more: a workload has one way in: keep way"),
    "A route to another port": ("resources|way|params|port", "metrics", "resources.way.params.port: 'metrics' is not"),
}


@pytest.mark.parametrize(("path", "value", "message"), REFUSED.values(), ids=REFUSED)
def test_refused_by_name(path: str, value: Any, message: str) -> None:
    """Issue 4, item 6: what WorkloadPattern has no input for is refused by its path in the Score file."""
    lines = refusals(changed(path, value))

    assert [line for line in lines if line.startswith(f"score 'orders': {message}")], lines


VOLUMES: dict[str, tuple[str, Any, str]] = {
    "A second volume": ("containers|main|volumes|/b", {"source": "data"}, "volumes./b: a workload has one volume: keep /data"),
    "A part of a volume": ("containers|main|volumes|/data|path", "sub", "volumes./data.path: a workload has the whole"),
    "A volume to read": ("containers|main|volumes|/data|readOnly", True, "volumes./data.readOnly: a workload has the whole"),
}


@pytest.mark.parametrize(("path", "value", "message"), VOLUMES.values(), ids=VOLUMES)
def test_refused_volumes(path: str, value: Any, message: str) -> None:
    """A workload has one volume, whole and writable."""
    assert [line for line in refusals(changed(path, value, DATABASE)) if f"{MAIN}.{message}" in line]


def test_judged_like_any_workload() -> None:
    """3.15: what is imported is under the same rules: a database without a volume is refused with the right pattern."""
    document = changed("containers|main|image", "postgres:15.20")

    assert [line for line in refusals(document) if "pattern 'stateful'" in line]


JUNK = st.sampled_from([None, 7, 1.5, True, "", "x", "${", "$", "${resources.}", [], [1], {}, {"a": None}, [{"target": "/a"}] * 2])


@settings(max_examples=60, derandomize=True)
@given(st.lists(st.integers(0, 9), min_size=1, max_size=5), JUNK)
def test_junk_is_refused(steps: list[int], junk: Any) -> None:
    """Whatever stands anywhere in the file, it is taken or refused, and never a crash."""
    document = copy.deepcopy(SCORE)
    here: Any = document
    for step in steps:
        key = list(here)[step % len(here)]
        if not isinstance(here[key], dict) or not here[key] or step == steps[-1]:
            break
        here = here[key]
    here[key] = junk
    with suppress(pulumi.InputPropertiesError):
        convert(document)
