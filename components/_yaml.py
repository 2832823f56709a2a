"""YAML that every reader sees alike: people's files are read as Kubernetes and Helm read them, and ours are written so."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

import yaml

from ._texts import Unreadable

DEEPEST = 100
"""Levels of nesting that a text may have; the API server takes no more either way, and Python's stack ends at about 300."""
MOST_NODES = 1_000_000
"""Values that a text may hold once its aliases are followed: a page of them can otherwise stand for gigabytes."""

_TAG = "tag:yaml.org,2002:"
_TYPES: tuple[tuple[str, str, str], ...] = (
    ("null", r"~|null|Null|NULL|", "~nN\0"),
    ("bool", r"y|Y|yes|Yes|YES|n|N|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF", "yYnNtTfFoO"),
    ("int", r"[-+]?(0b[01][01_]*|0o?[0-7][0-7_]*|0x[0-9a-fA-F][0-9a-fA-F_]*|0|[1-9][0-9_]*)", "-+0123456789"),
    ("float", r"[-+]?(\.[0-9]+|[0-9][0-9_]*(\.[0-9_]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)", "-+.0123456789"),
    ("merge", r"<<", "<"),
)
"""What plain text is to Go's reader, which Kubernetes and Helm have: no times, no numbers to base 60, but `1e3` and `y`."""


class _Beyond(yaml.MarkedYAMLError):
    """YAML, and more of it than is taken."""


class _Dumper(yaml.SafeDumper):
    """Writes no anchors, text of several lines as a block, and in quotes what another reader could take for no text."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002
        return True


class _Loader(yaml.CSafeLoader):
    """Takes no key twice, and none that is not text: `on` and `no` are truth values to YAML."""

    yaml_implicit_resolvers: dict[Any, Any] = {}
    bool_values = {**yaml.CSafeLoader.bool_values, "y": True, "n": False}

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        try:
            return super().construct_object(node, deep=deep)
        except (ValueError, KeyError, IndexError, OverflowError):
            raise _refusal(node, f"{str(node.value)[:40]} is no value of its type") from None

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = True) -> dict[Any, Any]:  # noqa: ARG002
        seen: set[str] = set()
        for key_node, _ in node.value:
            if key_node.tag == f"{_TAG}merge":
                continue
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, str):
                shown = key_node.value if isinstance(key_node, yaml.ScalarNode) else "that is a list or mapping"
                raise _refusal(key_node, f"key {shown} is not text: put it in quotes")
            if key in seen:
                raise _refusal(key_node, f"key {key} is there twice")
            seen.add(key)
        return super().construct_mapping(node, deep=True)


def _only_plain_types(_: _Loader, node: yaml.Node) -> Any:
    raise _refusal(node, f"type {node.tag.removeprefix(_TAG)} has no counterpart in JSON")


def _block_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar(f"{_TAG}str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _block_text)
for _type, _pattern, _first in _TYPES:
    _Loader.add_implicit_resolver(f"{_TAG}{_type}", re.compile(rf"^(?:{_pattern})$"), ["" if one == "\0" else one for one in _first])
    if _type != "merge":
        _Dumper.add_implicit_resolver(f"{_TAG}{_type}", re.compile(rf"^(?:{_pattern})$"), ["" if one == "\0" else one for one in _first])
for _type in ("binary", "omap", "pairs", "set", "timestamp"):
    _Loader.add_constructor(f"{_TAG}{_type}", _only_plain_types)


def write(documents: Iterable[Mapping[str, Any]], explicit_start: bool = True) -> str:
    """The documents as YAML, keys in their own order."""
    return yaml.dump_all(
        documents, Dumper=_Dumper, sort_keys=False, explicit_start=explicit_start, default_flow_style=False, allow_unicode=True, width=10**6
    )


def read(text: str) -> list[Any]:
    """The documents of a text that a person wrote, empty ones as None; raises Unreadable, with the line, for what is no plain YAML."""
    try:
        _measure(text)
        return list(yaml.load_all(text, Loader=_Loader))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        words = error.problem or error.context
        strict = isinstance(error, yaml.constructor.ConstructorError | _Beyond)
        raise Unreadable(f"line {mark.line + 1 if mark else 1}: {'' if strict else 'is not YAML: '}{words}") from None
    except yaml.reader.ReaderError as error:
        raise Unreadable(f"is not YAML: character #x{error.character:04x}: {error.reason}") from None
    except UnicodeEncodeError:
        raise Unreadable("is not YAML: a character is half of a pair") from None


def read_one(text: str) -> Any:
    """The only document of a text, None for an empty one; raises Unreadable."""
    documents = [document for document in read(text) if document is not None]
    if len(documents) > 1:
        raise Unreadable(f"holds {len(documents)} documents; allowed: one")
    return documents[0] if documents else None


def _refusal(node: yaml.Node, problem: str) -> yaml.MarkedYAMLError:
    return yaml.constructor.ConstructorError(None, None, problem, node.start_mark)


def _measure(text: str) -> None:
    """Refuse what is too deep or too large, and aliases of what they are in, before anything is built of it."""
    sizes: dict[str, int] = {}
    above: list[tuple[str | None, int]] = []
    total = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.AliasEvent):
            if any(anchor == event.anchor for anchor, _ in above):
                raise _too(event, f"alias {event.anchor} is inside of what it stands for")
            total += sizes.get(event.anchor or "", 1)
        elif isinstance(event, yaml.ScalarEvent):
            total += 1
            sizes |= {event.anchor: 1} if event.anchor else {}
        elif isinstance(event, yaml.CollectionStartEvent):
            above.append((event.anchor, total))
            total += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            anchor, before = above.pop()
            sizes |= {anchor: total - before} if anchor else {}
        if len(above) > DEEPEST:
            raise _too(event, f"is nested more than {DEEPEST} levels deep")
        if total > MOST_NODES:
            raise _too(event, f"holds more than {MOST_NODES:,} values")


def _too(event: yaml.Event, problem: str) -> _Beyond:
    mark: Any = event.start_mark
    return _Beyond(problem=problem, problem_mark=mark)
