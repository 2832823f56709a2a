"""Which keys a chart has: a committed list of the first levels of the pinned chart's values.

A chart itself takes any key and ignores what it does not know.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from ._inputs import Problem, nearest

_SECRET_KEY = re.compile(r"(password|secretkey|githubsecret|gitlabsecret|token)$", re.IGNORECASE)


def unknown(values: Mapping[str, Any], known: Any, path: str, documented: Collection[str] = (), inside: str = "") -> Iterator[Problem]:
    """A problem for each key of `values` that is not in `known`, as deep as that goes.

    An empty entry of `known` is free text, a list, or a mapping of the user's own keys; `documented` are keys that the chart
    reads though its values name them only in a comment.
    """
    if not known:
        return
    for key, value in values.items():
        if key not in known and f"{inside}{key}" not in documented:
            where = f"'{inside.rstrip('.')}'" if inside else "its values"
            yield Problem(f"{path}.{key}", f"the chart has no such key in {where}{nearest(key, list(known))}")
        elif isinstance(value, Mapping) and isinstance(known, Mapping):
            yield from unknown(value, known.get(key), f"{path}.{key}", documented, f"{inside}{key}.")


def forbidden(values: Mapping[str, Any], held: Collection[str], path: str, secret_key: re.Pattern[str] = _SECRET_KEY) -> Iterator[Problem]:
    """A problem for each value that holds a stack together, or that would put a secret into the release by a key like `secret_key`."""
    for leaf in leaves(values):
        if any(leaf == one or leaf.startswith(f"{one}.") for one in held):
            yield Problem(f"{path}.{leaf}", "holds the stack together and cannot be set from outside")
        elif secret_key.search(leaf):
            yield Problem(f"{path}.{leaf}", "would be readable in the release: name an existing Secret instead")


def leaves(values: Mapping[str, Any], path: str = "") -> Iterator[str]:
    """The dotted paths of all leaves."""
    for key, value in values.items():
        if isinstance(value, Mapping) and value:
            yield from leaves(value, f"{path}{key}.")
        else:
            yield f"{path}{key}"
