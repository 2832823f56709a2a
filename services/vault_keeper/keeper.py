"""The keeper's round: each does what is to be done now, and can be repeated at any point."""

import hashlib
import json
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any

from .cluster import Cluster, Refused
from .vault import Vault

ROOT_TOKEN = "root-token"
"""Key of the Secret under which the first token is, until Vault is configured and the token revoked."""
AGAIN_SECONDS = 300.0
"""How often the configuration is written again, which takes back what was changed by hand."""
LOOK_SECONDS = 10.0
"""How often the databases' credentials are looked at: each look is a line in Vault's audit."""
_USED = 0.8
"""Part of a token's life after which a new one is asked for."""


@dataclass(frozen=True)
class Plan:
    """How Vault is kept: the shares, where they are, and whom the keeper logs in as."""

    shares: int
    threshold: int
    secret: str
    mount: str
    role: str
    proof: Path
    labels: dict[str, str] = field(default_factory=dict)
    opens_itself: bool = False
    """Whether a key service opens it; its shares are for recovery then."""


class Keeper:
    """One Vault, and what is known of it since the process began.

    `vault` is the one that answers for it; where several `servers` keep it that is the active one of them, as soon as there is one.
    """

    def __init__(
        self,
        vault: Vault,
        cluster: Cluster,
        plan: Plan,
        servers: Sequence[Vault] = (),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.vault, self.cluster, self.plan, self.clock = vault, cluster, plan, clock
        self.servers = servers or (vault,)
        self._is_new = False
        self._unsaved: dict[str, str] = {}
        self._token, self._until = "", 0.0
        self._written: tuple[str, str] = ("", "")
        self._written_at = 0.0
        self._settled = ""
        self._connected: dict[str, str] = {}
        self._pending: list[str] = []
        self._looked_at = -LOOK_SECONDS

    def round(self) -> str:
        """What Vault is now: "ready", or what it still needs; raises Refused or OSError where something will not do as asked."""
        try:
            return self._round()
        except Refused:
            # The login may have been the reason: it ends with its role, and with its Vault.
            self._token = ""
            raise

    def _round(self) -> str:
        if self._unsaved:
            self._save()
        status = self._status()
        if not status["initialized"]:
            return self._initialise()
        if status["sealed"]:
            return self._open()
        return self._configure(str(status.get("cluster_id", "")))

    def _status(self) -> dict[str, Any]:
        """What Vault is. It counts as new where every server says so: one that lost its volume is to join the others, not to begin anew."""
        if len(self.servers) > 1:
            with suppress(OSError, Refused):
                status = self.vault.status()
                if status["initialized"]:
                    return status
        found = [server.status() for server in self.servers]
        return min(found, key=lambda status: (not status["initialized"], bool(status["sealed"])))

    def _initialise(self) -> str:
        """A new Vault. That its shares can be kept is known before they are made: they are told once."""
        if self.cluster.secret(self.plan.secret) is None:
            self.cluster.create_secret(self.plan.secret, self.plan.labels)
        self.cluster.change_secret(self.plan.secret, {})
        first, plan = self.servers[0], self.plan
        shares, root = first.initialise(plan.shares, plan.threshold, opens_itself=plan.opens_itself)
        kind = "recovery-share" if plan.opens_itself else "share"
        self._unsaved = {**{f"{kind}-{number}": share for number, share in enumerate(shares, 1)}, ROOT_TOKEN: root}
        self._save()
        return "initialised"

    def _save(self) -> None:
        self.cluster.change_secret(self.plan.secret, self._unsaved)
        self._unsaved = {}

    def _open(self) -> str:
        if self.plan.opens_itself:
            return "sealed, and its key service has not opened it yet"
        kept = self.cluster.secret(self.plan.secret) or {}
        shares = [kept[f"share-{number}"] for number in range(1, self.plan.shares + 1) if f"share-{number}" in kept]
        if len(shares) < self.plan.threshold:
            return f"sealed, and Secret {self.plan.secret} has {len(shares)} of the {self.plan.threshold} shares that open it"
        opened = self.vault.unseal(shares[: self.plan.threshold])
        return "opened" if opened else f"sealed, and the shares in Secret {self.plan.secret} are not of this Vault"

    def _configure(self, vault_id: str) -> str:
        documents = self.cluster.documents()
        digest = hashlib.sha256(json.dumps(documents, sort_keys=True).encode()).hexdigest()
        root = "" if self._settled == vault_id else self._root()
        is_due = self._written != (vault_id, digest) or self.clock() - self._written_at > AGAIN_SECONDS
        if root or is_due:
            write(self.vault, documents, root or self._logged_in())
            self._written, self._written_at = (vault_id, digest), self.clock()
        if root:
            self._give_up(root)
            self._is_new = len(self.servers) > 1
        self._settled = vault_id
        if self._is_new and (voters := self.vault.voters(self._logged_in())) < len(self.servers):
            return f"configured, and {voters} of {len(self.servers)} servers have a vote"
        self._is_new = False
        if is_due or self.clock() - self._looked_at > LOOK_SECONDS:
            self._pending, self._looked_at = self._connect(vault_id, documents), self.clock()
        return f"ready, but for {', '.join(self._pending)}" if self._pending else "ready"

    def _root(self) -> str:
        """The first token, where an earlier round could not give it up."""
        root = (self.cluster.secret(self.plan.secret) or {}).get(ROOT_TOKEN, "")
        if root and not self.vault.is_valid(root):
            self.cluster.change_secret(self.plan.secret, {ROOT_TOKEN: None})
            return ""
        return root

    def _give_up(self, root: str) -> None:
        """The token that may do everything ends as soon as the keeper's own login is seen to work."""
        self._logged_in()
        self.vault.write("auth/token/revoke-self", {}, root)
        self.cluster.change_secret(self.plan.secret, {ROOT_TOKEN: None})

    def _logged_in(self) -> str:
        if self._token and self.clock() < self._until:
            return self._token
        self._token, life = self.vault.log_in(self.plan.mount, self.plan.role, self.plan.proof.read_text().strip())
        self._until = self.clock() + life * _USED
        if not self._token:
            raise Refused(f"Vault would not let role {self.plan.role} log in")
        return self._token

    def _connect(self, vault_id: str, documents: list[dict[str, Any]]) -> list[str]:
        """Give Vault the databases' present credentials, which are in Vault itself; what could not be connected to yet."""
        pending = []
        for path, wanted in _all(documents, "connections").items():
            token = self._logged_in()
            answer = self.vault.ask("GET", wanted["from"], token=token)
            if not answer.is_good and answer.status != HTTPStatus.NOT_FOUND:
                raise Refused(f"Vault would not let {wanted['from']} be read: it answered {answer.status}")
            found = (answer.body.get("data") or {}).get("data") or {} if answer.is_good else {}
            known = hashlib.sha256(json.dumps([vault_id, wanted, found], sort_keys=True).encode()).hexdigest()
            if not found or self._connected.get(path) == known:
                pending += [] if found else [path]
                continue
            body = {**wanted["body"], **{field: found.get(key, "") for field, key in wanted["fields"].items()}}
            if self.vault.ask("POST", path, body, token).is_good:
                self._connected[path] = known
            else:
                pending.append(path)
        return pending


def write(vault: Vault, documents: list[dict[str, Any]], token: str) -> None:
    """Have Vault hold what the documents say, and nothing else where a document says that all of a folder is theirs."""
    for path, body in _all(documents, "enable").items():
        vault.enable(path, body, token)
    wanted = _all(documents, "write")
    for path, body in wanted.items():
        vault.write(path, body, token)
    known = wanted.keys() | _all(documents, "connections").keys()
    for folder, beginning in _all(documents, "owned").items():
        for name in vault.names(folder, token):
            if name.startswith(beginning) and f"{folder}/{name}" not in known:
                vault.remove(f"{folder}/{name}", token)


def _all(documents: list[dict[str, Any]], part: str) -> dict[str, Any]:
    """One part of every document, in their order."""
    return {path: body for document in documents for path, body in document.get(part, {}).items()}
