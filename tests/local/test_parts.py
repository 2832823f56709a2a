"""Parts that not every stack has: found in the stack file, and made of what versions.json and the recipes have."""

import json
from pathlib import Path

import pytest

from local import parts
from local.choice import Choice, ClusterKind
from workspace.home import REPOSITORY

FILES = {
    "Nothing said.": ("config: {}", ("argo-cd",)),
    "Without GitOps.": ("config: {'causeway:gitops': {enabled: false}}", ()),
    "GitOps by name.": ("config: {'causeway:gitops': {enabled: true}}", ("argo-cd",)),
    "Level native needs nothing.": ("config: {'causeway:secrets': {level: native}}", ("argo-cd",)),
    "Level sealed.": ("config: {'causeway:secrets': {level: sealed}}", ("sealed-secrets", "argo-cd")),
    "On the way to it.": ("config: {'causeway:secrets': {level: native, candidate: sealed}}", ("sealed-secrets", "argo-cd")),
    "On the way from it.": ("config: {'causeway:secrets': {level: native, previous: sealed}}", ("sealed-secrets", "argo-cd")),
    "What two levels share comes once.": (
        "config: {'causeway:secrets': {level: vault, previous: external}}",
        ("external-secrets", "vault", "argo-cd"),
    ),
    "Nonsense is the program's to refuse.": ("config: {'causeway:secrets': sealed, 'causeway:gitops': none}", ("argo-cd",)),
}

LOCAL, CONTEXT = Choice(ClusterKind.LOCAL, "asked for"), Choice(ClusterKind.CONTEXT, "asked for", "theirs")
SIMULATED = Choice(ClusterKind.LOCAL, "asked for", simulated=True)


@pytest.mark.parametrize(("text", "tools"), FILES.values(), ids=FILES)
def test_wanted(tmp_path: Path, text: str, tools: tuple[str, ...]) -> None:
    """A level's programs are built where the stack uses it, also in a migration, and nowhere else; Argo CD unless it is switched off."""
    (tmp_path / "stack.yaml").write_text(text)

    assert tools == parts.tools(parts.wanted(tmp_path / "stack.yaml"))


@pytest.mark.parametrize(
    ("choice", "text", "tools"),
    [
        (SIMULATED, "config: {}", ()),
        (SIMULATED, "config: {'causeway:monitoring': {enabled: true}}", ("prometheus-operator",)),
        (LOCAL, "config: {'causeway:secrets': {level: sealed}}", ("sealed-secrets", "argo-cd")),
        (CONTEXT, "config: {'causeway:secrets': {level: sealed}}", ()),
    ],
)
def test_parts_of_a_cluster(tmp_path: Path, choice: Choice, text: str, tools: tuple[str, ...]) -> None:
    """A simulated platform with monitoring has the kinds for it and says how much of it is real; another's cluster has its own."""
    (tmp_path / "stack.yaml").write_text(text)
    found = parts.chosen(choice, tmp_path / "stack.yaml")

    assert tools == parts.tools(found)
    assert choice.simulated is ("monitoring" in [row.part for row in parts.rows(found)])


def test_parts_are_pinned() -> None:
    """Every tool and image of a part has its version in versions.json."""
    pins = json.loads((REPOSITORY / "components" / "versions.json").read_text())

    assert set(parts.tools(parts.PARTS.values())) <= set(pins["tools"])
    assert set(parts.images(parts.PARTS.values())) <= set(pins["images"])


def test_a_cluster_that_pulls_is_given_what_is_ours() -> None:
    """2.02, 4.06: on minikube no registry has what is ours: Git server, store's stand-in, and the keepers; others are pulled."""
    pins = json.loads((REPOSITORY / "components" / "versions.json").read_text())["images"]

    assert ("git-server", "argocd-keeper", "moto", "vault-keeper") == parts.ours(parts.PARTS.values())
    assert all(pins[name].startswith("causeway/") for name in parts.ours(parts.PARTS.values()))
