"""Vault's key shares outside the cluster: copied out after each run of the program, and brought in again where a cluster lost them."""

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from cli import output
from cli.refusal import Refused
from components.secrets.levels import SHARES, THRESHOLD
from local import parts
from workspace import files
from workspace.cluster import chosen
from workspace.home import Home
from workspace.progress import Problem

NAMESPACE, SECRET = "vault", "vault-shares"
KEY, RECOVERY = "share-", "recovery-share-"
"""What the names of the Secret's keys begin with: shares of the key that opens Vault, or where a cloud's key service does, for recovery."""
WORDS = {
    KEY: (
        f"{{path}}: {SHARES} key shares, one a line; {THRESHOLD} of them open Vault.",
        f"Give each to another person, and keep none together: whoever has {THRESHOLD} has every secret.",
        f"In the cluster they are in Secret {NAMESPACE}/{SECRET}, by which the keeper opens Vault with nobody there.",
    ),
    RECOVERY: (
        f"{{path}}: {SHARES} recovery shares, one a line; {THRESHOLD} of them make a token that may do everything.",
        f"Give each to another person, and keep none together: whoever has {THRESHOLD} has every secret.",
        "They do not open Vault: only its key in the cloud does, so keep that.",
        f"Nothing in the cluster needs them: kubectl delete secret {SECRET} -n {NAMESPACE}",
    ),
}


def run() -> int:
    """Copy the shares out of the cluster and say where they are, and what to do with them."""
    home = Home.load()
    kind = copy_out(home)
    if kind is None:
        raise Refused(f"Secret {NAMESPACE}/{SECRET}: there is none; Vault's key shares are there at level vault, once its keeper made them")
    for line in WORDS[kind]:
        output.print_line(output.console(), line.format(path=path(home)))
    return 0


def path(home: Home) -> Path:
    """Where a local stack keeps the shares."""
    return home.state / SECRET


@contextmanager
def escrowed(home: Home) -> Iterator[None]:
    """Around a run of the program at level vault: shares that the cluster lost are there before, new ones are copied out after."""
    if parts.PARTS["vault"] not in parts.wanted():
        yield
        return
    bring_in(home)
    try:
        yield
    except BaseException:
        # Vault may have been initialised; what went wrong is more than that nobody answers now.
        with suppress(Problem):
            copy_out(home)
        raise
    copy_out(home)


def copy_out(home: Home) -> str | None:
    """Have the shares in a file that its owner alone can read; of which kind they are, None where there are none.

    Those of a Vault that is gone are kept beside it.
    """
    data = (chosen(home).object("secret", SECRET, NAMESPACE) or {}).get("data") or {}
    kind = RECOVERY if any(key.startswith(RECOVERY) for key in data) else KEY
    shares = [base64.b64decode(value).decode() for key, value in sorted(data.items()) if key.startswith(kind)]
    if not shares:
        return None
    file, text = path(home), "".join(f"{share}\n" for share in shares)
    if file.exists() and file.read_text() != text:
        file.rename(file.with_name(f"{SECRET}.{len(list(file.parent.glob(f'{SECRET}.*'))) + 1}"))
    if not file.exists():
        files.write(file, text)
    return kind


def bring_in(home: Home) -> None:
    """Give the shares in escrow to a cluster that has none: its Vault may be on a volume from before. A new Vault makes others."""
    if not path(home).exists():
        return
    place = (f"--namespace={NAMESPACE}", "--ignore-not-found", "--output=name")
    kubectl = chosen(home)
    if kubectl.run("get", "secret", SECRET, *place).strip():
        return
    shares = path(home).read_text().split()
    data = {f"share-{number}": base64.b64encode(share.encode()).decode() for number, share in enumerate(shares, 1)}
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": SECRET, "namespace": NAMESPACE}, "type": "Opaque", "data": data}
    room = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}}
    items = json.dumps({"apiVersion": "v1", "kind": "List", "items": [room, secret]})
    kubectl.run("apply", "--server-side", "--filename=-", given=items)
