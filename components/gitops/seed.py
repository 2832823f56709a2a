"""The layout as one commit, in the text form that `git fast-import` reads: how the program fills the Git server inside the cluster."""

import hashlib
from collections.abc import Mapping

AUTHOR = "causeway <causeway@cluster.local>"
BRANCH = "main"


def header(message: str = "causeway: seed") -> str:
    """The commit's head: branch, author, message. The server adds `from` where there is a commit before it.

    The time is zero and nothing else varies, so that equal files make an equal text.
    """
    return f"commit refs/heads/{BRANCH}\ncommitter {AUTHOR} 0 +0000\n{_data(message)}\n"


def tree(files: Mapping[str, str], path: str) -> str:
    """The commit's tree: `files` below directory `path`, and nothing else."""
    prefix = f"{path}/" if path else ""
    return "deleteall\n" + "".join(f"M 100644 inline {prefix}{name}\n{_data(text)}\n" for name, text in sorted(files.items()))


def digest(stream: str) -> str:
    """Changes with the content: the server takes a stream that it has not taken before."""
    return hashlib.sha256(stream.encode()).hexdigest()[:16]


def _data(text: str) -> str:
    return f"data {len(text.encode())}\n{text}"
