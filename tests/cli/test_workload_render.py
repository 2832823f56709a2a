"""`causeway workload render` from outside: the YAML is what `pulumi up` makes, and what is refused is a line each."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner, Result

from cli.app import app
from cli.workload import documents
from cli.workload.render import stack_settings
from components import WorkloadPattern
from platforms.profile import profile
from tests.components.workload.samples import SAMPLES, inputs
from tests.components.workload.test_schemas import FULL
from tests.recorder import run as record
from workspace.home import REPOSITORY

PLATFORMS = ("minikube", "eks", "gke")
WORKER: dict[str, Any] = {"name": "tail", "pattern": "worker", "image": "shop/worker:1.0.0"}
# What another reader of YAML would take for a number, a truth value, nothing, or a date.
TRAPS = ("1e3", "0o17", "017", "0x1F", "1_000", "1:30", "y", "No", "on", "null", "~", "2026-11-23", ".5", "-", "=", "<<", "", " x ", "a: b")


def run(file: Path | str, *words: str, text: str | None = None) -> Result:
    return CliRunner().invoke(app, ["workload", "render", str(file), *words], input=text, prog_name="causeway")


@pytest.fixture
def write(tmp_path: Path) -> Any:
    """Writes workloads to a file and returns its path."""

    def make(*workloads: Any) -> Path:
        path = tmp_path / "workloads.yaml"
        path.write_text(yaml.safe_dump_all(workloads, sort_keys=False))
        return path

    return make


def live(name: str, given: dict[str, Any], platform: str) -> list[dict[str, Any]]:
    """What `pulumi up` registers for a workload on a platform."""
    args: Any = profile(stack_settings(platform)).apply(given)
    return [_without_words_to_pulumi(made) for made in record(lambda: WorkloadPattern(name, args) and None, stack=platform).manifests()]


def _without_words_to_pulumi(made: dict[str, Any]) -> dict[str, Any]:
    """The object without annotations that only tell Pulumi how to apply it."""
    metadata = {key: value for key, value in made["metadata"].items() if key != "annotations"}
    annotations = {key: value for key, value in made["metadata"].get("annotations", {}).items() if not key.startswith("pulumi.com/")}
    return {**made, "metadata": {**metadata, **({"annotations": annotations} if annotations else {})}}


def by_name(objects: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(objects, key=lambda made: (made["kind"], made["metadata"]["name"]))


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("changes", [{}, FULL], ids=["few inputs", "all inputs"])
@pytest.mark.parametrize("pattern", [pattern.value for pattern in SAMPLES])
def test_yaml_equals_live(write: Any, pattern: str, changes: dict[str, Any], platform: str) -> None:
    """Issue 4, item 6: the YAML has the objects that the engine is given, but for its own annotations, on every platform."""
    given = inputs(pattern, **changes.get(pattern, {}))
    rendered = run(write({"name": "sample", **given}), "--platform", platform)

    assert (0, "") == (rendered.exit_code, rendered.stderr)
    assert by_name(live("sample", given, platform)) == by_name(list(yaml.safe_load_all(rendered.stdout)))


def test_several_workloads(write: Any) -> None:
    """A file may hold several workloads: the objects of each follow in the file's order."""
    path = write({**WORKER, "name": "one"}, {**WORKER, "name": "two"})
    names = [made["metadata"]["name"] for made in yaml.safe_load_all(run(path).stdout)]

    assert sorted(names) == names
    assert {"one", "two"} == {name.partition("-")[0] for name in names}


def test_standard_input() -> None:
    """Workloads can be piped in: import and render make one pipeline."""
    assert 0 == run("-", text=yaml.safe_dump(WORKER)).exit_code


def test_own_images_come_from_the_registry(write: Any) -> None:
    """What this repository builds is pulled from the target's registry, as in the stack."""
    path = write({**WORKER, "image": "causeway/shop:1.0.0"})

    assert "image: causeway/shop:1.0.0" in run(path).stdout
    assert (
        "image: 111122223333.dkr.ecr.eu-central-1.amazonaws.com/causeway-development/causeway/shop:1.0.0"
        in run(path, "--platform", "eks").stdout
    )


def test_owner_and_namespace(write: Any) -> None:
    """Team and environment are the stack's, the namespace that of the option, unless the workload names its own."""
    first, second = (
        next(yaml.safe_load_all(run(write({**WORKER, **own}), "--namespace", "orders").stdout))
        for own in ({}, {"team": "mail", "namespace": "mail"})
    )

    assert ("orders", "platform") == (first["metadata"]["namespace"], first["metadata"]["labels"]["causeway.dev/team"])
    assert ("mail", "mail") == (second["metadata"]["namespace"], second["metadata"]["labels"]["causeway.dev/team"])


@pytest.mark.parametrize("text", TRAPS)
def test_text_stays_text(text: str) -> None:
    """A value that other readers of YAML would take for something else is in quotes."""
    assert documents.write([{"value": text}]) in (f"---\nvalue: '{text}'\n", f'---\nvalue: "{text}"\n')


def test_readable_yaml(write: Any) -> None:
    """Text of several lines is a block, nothing is an anchor, and keys stay in the order that people write them."""
    text = run(write({**WORKER, "files": {"/etc/app.toml": "a = 1\nb = 2\n"}, "command": ["worker"]})).stdout

    assert "etc_app.toml: |\n    a = 1\n    b = 2\n" in text
    assert "&id" not in text
    assert text.startswith("---\napiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: tail\n")


def test_every_refusal_is_a_line(write: Any) -> None:
    """What is wrong in any of the workloads is told at once, a line each, nothing is printed, and the exit code is 2."""
    result = run(
        write({**WORKER, "port": 80}, {**WORKER, "name": "two", "image": "shop/worker:latest", "teem": "x"}, {**WORKER, "name": "x y"})
    )

    assert (2, "") == (result.exit_code, result.stdout)
    assert ["tail", "two", "x y"] == [line.split("'")[1] for line in result.stderr.splitlines()]
    assert all(line.startswith("error: workload '") for line in result.stderr.splitlines())


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("pattern: worker\nimage: a/b:1.0.0", "document 1: name: is required", id="no name"),
        pytest.param("name: 7\nimage: a/b:1.0.0", "document 1: name: is required", id="name is no text"),
        pytest.param("", "-: is empty: give a document for each workload", id="empty"),
        pytest.param("- name: a", "document 1: expects a mapping, got list", id="list"),
        pytest.param("name: a\n---\nname: a\nnamespace: default", "document 2: name: 'a' is there twice", id="same name"),
        pytest.param("name: a\nplatform: {}", "document 1: platform: is what the target decides", id="platform"),
        pytest.param("name: a\nimage: x\nimage: y", "line 3: key image is there twice", id="same key"),
        pytest.param("name: a\nenv:\n  on: x", "line 3: key on is not text: put it in quotes", id="key is no text"),
        pytest.param("name: &a\n  x: *a", "line 2: alias a is inside of what it stands for", id="recursion"),
        pytest.param("name: [", "line 2: is not YAML: ", id="no YAML"),
        pytest.param("name: !!python/object:os.system x", "line 1: could not determine a constructor", id="tag"),
        pytest.param("name: a\x00", "is not YAML", id="control character"),
        pytest.param("name: a\npattern: worker\nimage: a/b:1.0.0\nenv: {PORT: 80}", "env.PORT: expects text, got int", id="number"),
    ],
)
def test_refused_file(text: str, message: str) -> None:
    """A file that cannot be read as workloads is one line that says where, and exit code 2."""
    result = run("-", text=text)

    assert (2, "", 1) == (result.exit_code, result.stdout, len(result.stderr.splitlines()))
    assert message in result.stderr


def test_no_text(tmp_path: Path) -> None:
    """A file that is no text, or is not there, is one line."""
    (tmp_path / "binary").write_bytes(b"a\n\xff\xff")
    binary, missing = run(tmp_path / "binary"), run(tmp_path / "missing")

    assert (2, f"error: {tmp_path}/binary: is not UTF-8 text: line 2\n") == (binary.exit_code, binary.stderr)
    assert (2, f"error: {tmp_path}/missing: is missing\n") == (missing.exit_code, missing.stderr)


def test_documented_example() -> None:
    """The workload that docs/cli.md shows can be rendered."""
    example = re.search(r"## workload render\n.*?```yaml\n(.*?)```", (REPOSITORY / "docs" / "cli.md").read_text(), re.DOTALL)

    assert example
    assert 0 == run("-", text=example.group(1)).exit_code
