"""Who owns which object: the inventories of Pulumi and of Argo CD, nothing in both, nothing in neither."""

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

from .._inputs import Problem
from .._yaml import read_one

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
    Raises ValueError for a file that cannot be read.
    """
    found: dict[Identity, str] = {}
    for path, text in sorted(files.items()):
        if _is_applied(path, files, environment):
            try:
                found |= {identity(manifest): path for manifest in manifests(text) if "name" in manifest["metadata"]}
            except ValueError as wrong:
                raise ValueError(f"{path}: {wrong}") from None
    return found


def manifests(text: str) -> list[dict[str, Any]]:
    """The heads of the manifests in a file or in a template: API version, kind, name and namespace.

    Raises ValueError for a text that is not YAML, and for a manifest that has not the form of one.
    """
    plain = _VALUE.sub("0", _BLOCK.sub("", text))
    heads = (normal(_read(document)) for document in _DOCUMENTS.split(plain))
    return [head for head in heads if head is not None]


def normal(document: Any) -> dict[str, Any] | None:
    """A document as a manifest in which whatever is null is absent; None for one that is no manifest.

    Raises ValueError for what has a manifest's keys and not its form.
    """
    if not isinstance(document, Mapping) or not {"apiVersion", "kind"} <= document.keys():
        return None
    found = {key: value for key, value in document.items() if value is not None}
    metadata = found.get("metadata", {})
    if not isinstance(metadata, Mapping):
        raise ValueError(f"metadata: given {metadata!r}; allowed: a mapping")
    found["metadata"] = metadata = {key: value for key, value in metadata.items() if value is not None}
    for where, key in ((found, "apiVersion"), (found, "kind"), (metadata, "name"), (metadata, "namespace")):
        # A template's name is a number once its expressions are taken out.
        if isinstance(where.get(key, ""), bool | float | Mapping | list) or (key in ("apiVersion", "kind") and key not in where):
            raise ValueError(f"{key}: given {where.get(key)!r}; allowed: text")
    if "name" not in metadata and "generateName" not in metadata:
        raise ValueError("metadata.name: is required")
    for key in ("annotations", "labels"):
        value = metadata.get(key, {})
        if not isinstance(value, Mapping) or any(isinstance(one, Mapping | list) for one in value.values()):
            raise ValueError(f"metadata.{key}: given {value!r}; allowed: a mapping of texts")
    return found


def _read(document: str) -> Any:
    """A document's head; the whole of it where it is written in another form, such as JSON."""
    head = read_one(_head(document))
    return head if isinstance(head, dict) and isinstance(head.get("metadata"), dict) else read_one(document)


def _head(document: str) -> str:
    """The lines of a document that say what it is; parsing the rest would be most of the work.

    Of two that say the same, from both sides of a condition, the last one counts.
    """
    lines: dict[str, str] = {}
    for line in document.splitlines():
        indent, key = len(line) - len(line.lstrip()), line.lstrip().partition(":")[0]
        if key in _HEAD and (indent == 0 or (indent == 2 and lines and list(lines)[-1].startswith(("metadata", " ")))):
            lines[" " * indent + key] = line
        elif indent == 0 and line.strip():
            lines["rest"] = "rest: 0"
    return "\n".join(lines.values())


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
