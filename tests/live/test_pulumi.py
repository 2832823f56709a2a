"""Plain Pulumi, kubectl and helm behave as anyone expects after `eval "$(./scripts/env)"`."""

import json

import pytest

from tests.live.platform import Platform

pytestmark = pytest.mark.live


def test_second_up_changes_nothing(platform: Platform) -> None:
    """A second `scripts/up` finds nothing to change and writes nothing to the API server."""
    before = platform.written()

    answer = platform.script("up")

    assert answer.returncode == 0, answer.stderr
    assert "created" not in answer.stderr
    assert "updated" not in answer.stderr
    assert before == platform.written()
    assert any("/deployments/web" in line for line in before)


def test_preview_of_an_unchanged_stack_is_empty(platform: Platform) -> None:
    """`pulumi preview` of an unchanged program expects no changes."""
    platform.output("pulumi preview --stack minikube --non-interactive --expect-no-changes")


def test_refresh_finds_what_was_changed_by_hand(platform: Platform) -> None:
    """`pulumi refresh` sees drift, and the next `pulumi up` mends it."""
    platform.output("kubectl scale deployment web -n shop --replicas=3")

    refreshed = platform.output("pulumi refresh --stack minikube --yes --non-interactive")
    platform.output("pulumi up --stack minikube --yes --non-interactive")

    assert "updated" in refreshed
    assert platform.kubectl("get deployment web -n shop")["spec"]["replicas"] == 2


def test_state_holds_no_secret_in_the_clear(platform: Platform) -> None:
    """4.13: neither state nor its backups hold the database password, and `up` leaves the stack file as Git has it."""
    encoded = platform.kubectl("get secret shop-database -n shop")["data"]["password"]
    password = platform.output(f"echo {encoded} | base64 -d")
    files = [file for file in (platform.home / "backend").rglob("*") if file.is_file()]

    platform.script("up")

    assert files
    assert not [file for file in files if password in file.read_text() or encoded in file.read_text()]
    assert "encryptionsalt" not in (platform.root / "Pulumi.minikube.yaml").read_text()


def test_secret_files_are_their_owners_alone(platform: Platform) -> None:
    """Passphrase, seed and kubeconfig have mode 600, and `env` prints where they are, never what they hold."""
    modes = {name: (platform.home / name).stat().st_mode & 0o777 for name in ("passphrase", "seed", "kubeconfig")}
    printed = platform.script("env").stdout

    assert {"passphrase": 0o600, "seed": 0o600, "kubeconfig": 0o600} == modes
    assert not [name for name in modes if (platform.home / name).read_text().strip() in printed]


def test_helm_talks_to_the_cluster(platform: Platform) -> None:
    """helm reads the same kubeconfig as pulumi and kubectl."""
    assert isinstance(json.loads(platform.output("helm list --all-namespaces -o json")), list)


def test_pods_of_ours_are_restricted(platform: Platform) -> None:
    """3.09: the shop's namespace enforces restricted Pod Security, and every pod of it runs as another user than root."""
    labels = platform.kubectl("get namespace shop")["metadata"]["labels"]
    pods = platform.kubectl("get pods -n shop")["items"]
    users = [pod["spec"]["securityContext"].get("runAsUser") for pod in pods]

    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"
    assert users
    assert all(user for user in users)
