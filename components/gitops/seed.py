"""The layout as one commit, in the text form that `git fast-import` reads: how the program fills the Git server inside the cluster."""

import hashlib
from collections.abc import Mapping

AUTHOR = "causeway <causeway@cluster.local>"
BRANCH = "main"


def commit(files: Mapping[str, str], path: str, message: str = "causeway: seed") -> str:
    """One commit on `main` whose tree is `files` below directory `path`.

    The time is zero and nothing else varies, so equal files make an equal text. `from` is left to the server, which knows
    whether there is a commit before it.
    """
    prefix = f"{path}/" if path else ""
    tree = "".join(f"M 100644 inline {prefix}{name}\n{_data(text)}\n" for name, text in sorted(files.items()))
    return f"commit refs/heads/{BRANCH}\ncommitter {AUTHOR} 0 +0000\n{_data(message)}\n@from@\ndeleteall\n{tree}"


def digest(stream: str) -> str:
    """Changes with the content: the server takes a stream that it has not taken before."""
    return hashlib.sha256(stream.encode()).hexdigest()[:16]


def _data(text: str) -> str:
    return f"data {len(text.encode())}\n{text}"
