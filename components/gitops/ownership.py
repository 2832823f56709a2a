"""Who owns which object: the inventories of Pulumi and of Argo CD, nothing in both, nothing in neither."""

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

import yaml

from .._inputs import Problem

_BLOCK = re.compile(r"^[ \t]*\{\{-?[^\n]*?\}\}[ \t]*$", re.MULTILINE)
_VALUE = re.compile(r"\{\{-?.*?-?\}\}")
_DOCUMENTS = re.compile(r"^---[ \t]*$", re.MULTILINE)
_HEAD = ("apiVersion", "kind", "metadata", "name", "namespace")


class Identity(NamedTuple):
    """One object of a cluster. The API version is left out: it is the same object in each."""

    group: str
    kind: str
    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind} {self.namespace}/{self.name}" if self.namespace else f"{self.kind} {self.name}"


def identity(manifest: Mapping[str, Any], namespace: str = "") -> Identity:
    """The identity of a manifest; `namespace` is what it gets where it names none."""
    group = str(manifest["apiVersion"]).rpartition("/")[0]
    metadata = manifest["metadata"]
    return Identity(group, str(manifest["kind"]), str(metadata.get("namespace") or namespace), str(metadata["name"]))


def argo_inventory(files: Mapping[str, str], environment: str) -> dict[Identity, str]:
    """Every object that Argo CD may apply from the layout in one environment, to the file it comes from.

    A template's conditions are taken as true: what could be applied counts as owned.
    """
    found: dict[Identity, str] = {}
    for path, text in sorted(files.items()):
        if _is_applied(path, files, environment):
            for manifest in manifests(text):
                found[identity(manifest)] = path
    return found


def manifests(text: str) -> list[dict[str, Any]]:
    """The heads of the manifests in a file or in a template: API version, kind, name and namespace."""
    plain = _VALUE.sub("0", _BLOCK.sub("", text))
    read = (_read(document) for document in _DOCUMENTS.split(plain))
    return [document for document in read if isinstance(document, dict) and {"apiVersion", "kind", "metadata"} <= document.keys()]


def _read(document: str) -> Any:
    """A document's head; the whole of it where it is written in another form, such as JSON."""
    head = yaml.load(_head(document), yaml.CSafeLoader)
    return head if isinstance(head, dict) and isinstance(head.get("metadata"), dict) else yaml.load(document, yaml.CSafeLoader)


def _head(document: str) -> str:
    """The lines of a document that say what it is; parsing the rest would be most of the work."""
    lines: list[str] = []
    for line in document.splitlines():
        indent = len(line) - len(line.lstrip())
        if line.lstrip().partition(":")[0] in _HEAD and (
            indent == 0 or (indent == 2 and lines and lines[-1].startswith(("metadata", " ")))
        ):
            lines.append(line)
        elif indent == 0 and line.strip():
            lines.append("rest: 0" if "rest: 0" not in lines else "")
    return "\n".join(lines)


def doubly_owned(pulumi: Iterable[Identity], argo: Mapping[Identity, str]) -> list[Problem]:
    """A problem for each object that both would apply: they would undo each other for ever."""
    return [
        Problem("", f"{one} is owned twice: by this program and by Argo CD ({argo[one]}); fix: take it out of one")
        for one in sorted({*pulumi} & argo.keys())
    ]


def lost(expected: Collection[Identity], pulumi: Collection[Identity], argo: Collection[Identity]) -> list[Problem]:
    """A problem for each object that nobody would apply."""
    return [
        Problem("", f"{one} is owned by nobody: neither this program nor Argo CD makes it; fix: causeway gitops init")
        for one in sorted({*expected} - {*pulumi} - {*argo})
    ]


def _is_applied(path: str, files: Mapping[str, str], environment: str) -> bool:
    if not path.endswith((".yaml", ".yml")):
        return False
    parts = path.split("/")
    if parts[0] in ("argocd", "platform"):
        return True
    return (
        parts[0] == "apps"
        and parts[2:4] == ["base", "templates"]
        and any(name.startswith(f"apps/{parts[1]}/envs/{environment}/") for name in files)
    )
