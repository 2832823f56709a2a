"""`causeway gitops` from outside: what it writes, refuses and commits."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner, Result

from cli.app import app
from cli.gitops.promote import with_tag
from cli.refusal import Refused
from tests.cli.conftest import FakePlatform

STAGING = "apps/web/envs/staging/values.yaml"


def run(*words: Any) -> Result:
    return CliRunner().invoke(app, ["gitops", *map(str, words)], prog_name="causeway")


def git(directory: Path, *words: str) -> str:
    identity = ("-c", "user.name=x", "-c", "user.email=x@example.com")
    return subprocess.run(["git", *identity, "-C", directory, *words], capture_output=True, text=True, check=True).stdout


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A committed layout in which development is ahead."""
    for name, value in {"AUTHOR": "x", "COMMITTER": "x"}.items():
        monkeypatch.setenv(f"GIT_{name}_NAME", value)
        monkeypatch.setenv(f"GIT_{name}_EMAIL", "x@example.com")
    assert 0 == run("init", tmp_path).exit_code
    git(tmp_path, "init", "--quiet", "--initial-branch=main")
    development = tmp_path / "apps/web/envs/development/values.yaml"
    development.write_text(development.read_text().replace("tag: 1.0.0", "tag: 1.1.0"))
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "--message=one")
    return tmp_path


def test_init_may_be_repeated(repository: Path) -> None:
    """2.03: a second `init` writes nothing, and never an environment file that somebody changed."""
    answer = run("init", repository, "--json")

    assert [] == yaml.safe_load(answer.stdout)["written"]
    assert "tag: 1.1.0" in (repository / "apps/web/envs/development/values.yaml").read_text()


def test_init_takes_workloads(tmp_path: Path) -> None:
    """2.03: any workload that can be rendered can be given to Argo CD, each team with a project and a set of its own."""
    file = tmp_path / "workloads.yaml"
    both = [{"name": name, "team": name, "namespace": name, "pattern": "worker", "image": "a/b:1.0.0"} for name in ("mail", "search")]
    file.write_text(yaml.safe_dump_all(both))

    assert 0 == run("init", tmp_path / "out", "--workloads", file).exit_code
    assert 0 == run("check", tmp_path / "out").exit_code
    assert {"mail": {"namespaces": ["mail"]}, "search": {"namespaces": ["search"]}} == yaml.safe_load(
        (tmp_path / "out/bootstrap/projects.yaml").read_text()
    )["projects"]


def test_init_refuses_a_bad_workload(tmp_path: Path) -> None:
    """2.03: a workload that the program would refuse is refused here, in a line, and nothing is written."""
    for team, path in (("team: shop\n", "image"), ("", "team")):
        (tmp_path / "w.yaml").write_text(f"name: a\n{team}pattern: worker\nimage: a/b:latest\n")
        answer = run("init", tmp_path / "out", "--workloads", tmp_path / "w.yaml")

        assert (2, 1, False) == (answer.exit_code, len(answer.stderr.splitlines()), (tmp_path / "out").exists())
        assert answer.stderr.startswith(f"error: workload 'a': {path}")


def test_check_names_every_mistake(repository: Path) -> None:
    """2.03, 2.12, 2.15: all mistakes at once, a line each, with exit code 2; `--json` for machines."""
    (repository / STAGING).write_text("image: {tag: latest}\nreplica: 2\n")
    answer, machine = run("check", repository), yaml.safe_load(run("check", repository, "--json").stdout)

    assert (2, 2) == (answer.exit_code, len(answer.stderr.splitlines()))
    assert all(line.startswith(f"error: {STAGING}: ") for line in answer.stderr.splitlines())
    assert (False, 2) == (machine["valid"], len(machine["problems"]))


def test_check_of_nothing(tmp_path: Path) -> None:
    """A directory that is not there is one line with the command that makes it."""
    answer = run("check", tmp_path / "nothing")

    assert (2, 1) == (answer.exit_code, len(answer.stderr.splitlines()))
    assert f"causeway gitops init {tmp_path}/nothing" in answer.stderr


def test_promotion_is_one_commit_of_one_file(repository: Path) -> None:
    """2.13: the tag of development becomes staging's in one commit that touches one file, and a revert takes it back."""
    before = (repository / STAGING).read_text()
    (repository / "README.md").write_text("staged by somebody else\n")
    git(repository, "add", "README.md")
    answer = run("promote", "web", "--directory", repository)

    assert 0 == answer.exit_code, answer.stderr
    assert ["web: promote 1.1.0 from development to staging", STAGING] == git(repository, "log", "-1", "--format=%s", "--name-only").split(
        "\n\n"
    )[0].splitlines() + git(repository, "show", "--format=", "--name-only").splitlines()
    assert before.replace("1.0.0", "1.1.0") == (repository / STAGING).read_text()
    git(repository, "stash", "--quiet")
    git(repository, "revert", "--no-edit", "HEAD")
    assert before == (repository / STAGING).read_text()


def test_clone_one_stands_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """2.13: in a clone of what Argo CD deploys from, `promote` and `check` are about that clone, not about this repository."""
    assert 0 == run("init", tmp_path / "gitops").exit_code
    development = tmp_path / "gitops/apps/web/envs/development/values.yaml"
    development.write_text(development.read_text().replace("tag: 1.0.0", "tag: 1.1.0"))
    monkeypatch.chdir(tmp_path)

    assert 0 == run("promote", "web", "--no-commit").exit_code
    assert "tag: 1.1.0" in (tmp_path / "gitops" / STAGING).read_text()
    assert "gitops: valid" in run("check").stdout


def test_promotion_of_the_same_tag(repository: Path) -> None:
    """2.13: promoting what is there already changes nothing and commits nothing."""
    run("promote", "web", "--directory", repository)
    head = git(repository, "rev-parse", "HEAD")
    answer = run("promote", "web", "--directory", repository)

    assert (0, head) == (answer.exit_code, git(repository, "rev-parse", "HEAD"))
    assert "has 1.1.0 already" in answer.stdout


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["wbe"], "wbe: is no service here, did you mean 'web'?; allowed: report, web, worker"),
        (["web", "--to", "stagin"], "has no environment 'stagin', did you mean 'staging'?"),
        (["web", "--to", "development"], "is where the tag comes from"),
    ],
)
def test_refused_promotions(words: list[str], message: str, repository: Path) -> None:
    """2.13: a service or environment that is not there is named, with the nearest right one."""
    answer = run("promote", *words, "--directory", repository)

    assert (2, 1) == (answer.exit_code, len(answer.stderr.splitlines()))
    assert message in answer.stderr


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("image:\n  tag: 1.0.0\n", "image:\n  tag: 1.1.0\n", id="plain"),
        pytest.param("image:\n  tag: '1.0.0'  # since May\n", "image:\n  tag: '1.1.0'  # since May\n", id="single quotes"),
        pytest.param('image: {tag: "1.0.0", }\n', 'image: {tag: "1.1.0", }\n', id="double quotes, flow"),
        pytest.param("image:\r\n  tag: 1.0.0\r\nreplicas: 2\r\n", "image:\r\n  tag: 1.1.0\r\nreplicas: 2\r\n", id="lines of Windows"),
        pytest.param("\ufeffimage:\n  tag: 1.0.0", "\ufeffimage:\n  tag: 1.1.0", id="byte order mark"),
        pytest.param(
            "# why\nimage:  # ours\n\n  # tag: 0\n  tag:   1.0.0\t# é\n",
            "# why\nimage:  # ours\n\n  # tag: 0\n  tag:   1.1.0\t# é\n",
            id="comments",
        ),
    ],
)
def test_promotion_changes_the_tag_alone(before: str, after: str) -> None:
    """2.13: a promotion changes the tag and not a byte besides: quotes, comments, blanks and line ends stay."""
    assert after == with_tag(before, "1.1.0")


@pytest.mark.parametrize("tag", ["1234e56", "1.10", "0o17", "089", "12_3", "y", "0x1f"])
def test_tag_that_looks_like_a_number_stays_text(repository: Path, tag: str) -> None:
    """Issue 15, cases: a tag in quotes is text after a promotion too, to Go's readers, which Helm and Argo CD have."""
    (repository / "apps/web/envs/development/values.yaml").write_text(f"image:\n  tag: '{tag}'\n")
    answer = run("promote", "web", "--directory", repository, "--no-commit")

    assert 0 == answer.exit_code, answer.stderr
    assert f"\n  tag: '{tag}'\n" in (repository / STAGING).read_text()


@pytest.mark.parametrize(
    "text",
    ["x: &x {tag: 1.0.0}\nimage: *x\n", "image:\n  tag: &x 1.0.0\nhost: *x\n", "image: {<<: {tag: 1.0.0}}\n"],
    ids=["alias", "anchor", "merge"],
)
def test_tag_that_is_not_a_line_of_its_own(text: str) -> None:
    """2.13: what cannot be changed without changing something besides is refused, and left as it is."""
    with pytest.raises(Refused, match=r"image.tag: is not written as a line of its own; allowed: tag: '1.1.0' below image:"):
        with_tag(text, "1.1.0")


def test_tag_that_is_a_number(repository: Path) -> None:
    """Issue 15, cases: a tag without quotes that Helm reads as a number is one line, not another tag."""
    (repository / "apps/web/envs/development/values.yaml").write_text("image:\n  tag: 1234e56\n")
    answer = run("promote", "web", "--directory", repository)

    assert (2, 1) == (answer.exit_code, len(answer.stderr.splitlines()))
    assert "apps/web/envs/development/values.yaml: image.tag: given 1.234e+59; allowed: text" in answer.stderr


BAD_VALUES = {
    "image.tag": "develop",
    "schedule": "every monday",
    "resources.memoryLimit": "banana",
    "host": "https://shop.example.com",
    "storage.size": "much",
    "resources.cpu": "1x",
}


@pytest.mark.parametrize("key", BAD_VALUES)
def test_value_of_an_environment_has_its_form(repository: Path, key: str) -> None:
    """Issue 15, cases: what a workload would be refused for is refused in Git too, a line each with what was given."""
    first, _, second = key.partition(".")
    values: dict[str, Any] = {"image": {"tag": "1.0.0"}}
    values = {**values, first: {**values.get(first, {}), second: BAD_VALUES[key]} if second else BAD_VALUES[key]}
    (repository / STAGING).write_text(yaml.safe_dump(values))
    answer = run("check", repository)

    assert (2, 1) == (answer.exit_code, len(answer.stderr.splitlines())), answer.stderr
    assert answer.stderr.startswith(f"error: {STAGING}: {key}: ")
    assert BAD_VALUES[key] in answer.stderr


def test_manifest_with_an_empty_key(repository: Path) -> None:
    """Issue 15, cases: a key without a value is a key that is not there."""
    file = repository / "platform/limits/shop.yaml"
    file.write_text(
        file.read_text().replace("metadata:\n", "metadata:\n  annotations:\n  namespace:\n", 1).replace("  namespace: shop\n", "")
    )
    sets = repository / "argocd/apps/shop.yaml"
    sets.write_text(sets.read_text().replace("metadata:\n", "metadata:\n  finalizers:\n", 1))

    assert 0 == run("check", repository).exit_code


HALF = """#!/bin/sh
echo "$@" >> "$CAUSEWAY_HOME/kubectl.calls"
case "$*" in
*ApplicationSet*) echo 'error: the server does not have it: the server doesn'"'"'t have a resource type "applicationset"' >&2; exit 1 ;;
*" get Application."*) echo '{root}' ;;
*" get "*) echo '{{"items": []}}' ;;
esac
"""


def _held(kind: str, name: str, finalizer: str) -> dict[str, Any]:
    version = "batch/v1" if kind == "Job" else "argoproj.io/v1alpha1"
    return {"kind": kind, "apiVersion": version, "metadata": {"name": name, "namespace": "argocd", "finalizers": [finalizer]}}


def test_let_go_asks_nothing_of_argo_cd(platform: FakePlatform) -> None:
    """Issue 6, item 5: controllers stop first, then each Application loses its finalizer and goes, unwaited for, hooks as well."""
    root = _held("Application", "root", "resources-finalizer.argocd.argoproj.io")
    platform.has(root)
    platform.will_have(_held("Job", "hook", "argocd.argoproj.io/hook-finalizer"))

    told = platform.json(["gitops", "let-go"])

    calls = [call.partition("--request-timeout=10s ")[2] for call in platform.calls("kubectl")]
    changes = [call.split(" -n ")[0] for call in calls if not call.startswith("get")]
    assert {"takenAway": 1} == told
    assert ["scale statefulsets,deployments", "delete pods"] == changes[:2]
    assert ["patch application.argoproj.io root", "delete application.argoproj.io root"] == changes[2:4]
    assert ["patch job.batch hook", "delete job.batch hook"] == changes[4:]
    assert all('"finalizers":null' in call for call in calls if call.startswith("patch"))


def test_let_go_without_argo_cd(platform: FakePlatform) -> None:
    """Issue 6, item 5: where nothing is held nothing is changed, and it says so."""
    assert "Argo CD holds nothing here.\n" == platform.run("gitops", "let-go").stdout
    assert all(" get " in call for call in platform.calls("kubectl"))


def test_let_go_finds_applications_beside_a_kind_that_is_gone(platform: FakePlatform) -> None:
    """Issue 13: with the definition of ApplicationSets gone, Applications that hang are still found, and freed."""
    root = _held("Application", "root", "resources-finalizer.argocd.argoproj.io")
    platform.program("kubectl", HALF.format(root=json.dumps({"items": [root]})))

    assert {"takenAway": 1} == platform.json(["gitops", "let-go"])
    assert any(" patch application.argoproj.io root " in call for call in platform.calls("kubectl"))


@pytest.mark.parametrize("complaint", ["The connection to the server was refused", "Error from server (Forbidden): not yours"])
def test_let_go_does_not_take_a_failure_for_nothing(platform: FakePlatform, complaint: str) -> None:
    """Issue 13, point 3: a cluster that does not say what there is is no cluster where nothing is held."""
    platform.refuses("kubectl", complaint)
    answer = platform.run("gitops", "let-go")

    assert (1, "") == (answer.exit_code, answer.stdout)
    assert complaint in answer.stderr
