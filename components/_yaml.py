"""Writing YAML so that every reader of it, Go's among them, sees the same values."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

import yaml

# What readers of YAML 1.2, Go's among them, take for a number or a truth value, and PyYAML for text.
_OTHER_READERS: tuple[tuple[str, str, str], ...] = (
    ("tag:yaml.org,2002:float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", "-+.0123456789"),
    ("tag:yaml.org,2002:int", r"[-+]?0[ob][0-7]+", "-+0"),
    ("tag:yaml.org,2002:bool", r"[yYnN]", "yYnN"),
)


class _Dumper(yaml.SafeDumper):
    """Writes no anchors, text of several lines as a block, and in quotes what another reader could take for no text."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002
        return True


def _block_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _block_text)
for _tag, _pattern, _first in _OTHER_READERS:
    _Dumper.add_implicit_resolver(_tag, re.compile(rf"^(?:{_pattern})$"), list(_first))


def write(documents: Iterable[Mapping[str, Any]], explicit_start: bool = True) -> str:
    """The documents as YAML, keys in their own order."""
    return yaml.dump_all(
        documents, Dumper=_Dumper, sort_keys=False, explicit_start=explicit_start, default_flow_style=False, allow_unicode=True, width=10**6
    )
