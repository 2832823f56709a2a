"""Vault's API as far as the keeper needs it. No message holds what was sent or what came back, but for Vault's words about a path."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from .cluster import Refused
from .web import Answer, Server

REFUSALS = (HTTPStatus.BAD_REQUEST, HTTPStatus.FORBIDDEN)
"""What Vault says to who may not log in: no such role, or not the one that they say they are."""


@dataclass(frozen=True)
class Vault:
    """One server."""

    server: Server

    def ask(self, method: str, path: str, body: Any = None, token: str = "") -> Answer:
        return self.server.ask(method, f"/v1/{path}", body, {"X-Vault-Token": token} if token else {})

    def status(self) -> dict[str, Any]:
        """Whether it is initialised and sealed, and which Vault it is (`cluster_id`, once it is open)."""
        return _good(self.ask("GET", "sys/seal-status"), "tell its seal's state")

    def initialise(self, shares: int, threshold: int, *, opens_itself: bool = False) -> tuple[list[str], str]:
        """Make a new Vault: its shares, and a token that may do everything. Those of one that `opens_itself` are for recovery."""
        kind, key = ("recovery", "recovery_keys_base64") if opens_itself else ("secret", "keys_base64")
        made = _good(self.ask("PUT", "sys/init", {f"{kind}_shares": shares, f"{kind}_threshold": threshold}), "be initialised")
        return list(made[key]), str(made["root_token"])

    def unseal(self, shares: list[str]) -> bool:
        """Give the shares one after the other; whether it is open then."""
        self.ask("PUT", "sys/unseal", {"reset": True})
        return any(self._opens(share) for share in shares)

    def _opens(self, share: str) -> bool:
        answer = self.ask("PUT", "sys/unseal", {"key": share})
        return answer.is_good and answer.body.get("sealed") is False

    def log_in(self, mount: str, role: str, proof: str) -> tuple[str, float]:
        """A token for who proves by a ServiceAccount's token who they are, and the seconds that it lives; "" where Vault refuses."""
        answer = self.ask("POST", f"auth/{mount}/login", {"role": role, "jwt": proof})
        if answer.status in REFUSALS:
            return "", 0.0
        found = _good(answer, f"say whether role {role} may log in").get("auth") or {}
        return str(found.get("client_token", "")), float(found.get("lease_duration", 0))

    def voters(self, token: str) -> int:
        """How many servers keep its storage and have a vote: one that has just joined has none before it is known to be stable."""
        found = _good(self.ask("GET", "sys/storage/raft/configuration", token=token), "tell which servers keep it")
        return sum(bool(server["voter"]) for server in found["data"]["config"]["servers"])

    def is_valid(self, token: str) -> bool:
        return self.ask("GET", "auth/token/lookup-self", token=token).is_good

    def enable(self, path: str, body: Any, token: str) -> None:
        """Have an engine, a way to log in or an audit device at `path`."""
        answer = self.ask("POST", path, body, token)
        if not (answer.is_good or "already in use" in str(answer.body)):
            _good(answer, f"enable {path}")

    def write(self, path: str, body: Any, token: str) -> None:
        _good(self.ask("POST", path, body, token), f"take {path}")

    def names(self, path: str, token: str) -> list[str]:
        """What is below `path`; nothing where there is nothing, or no such engine."""
        answer = self.ask("LIST", path, token=token)
        if answer.status == HTTPStatus.NOT_FOUND:
            return []
        return list((_good(answer, f"list {path}").get("data") or {}).get("keys") or [])

    def remove(self, path: str, token: str) -> None:
        _good(self.ask("DELETE", path, token=token), f"let go of {path}")


def _good(answer: Answer, what: str) -> dict[str, Any]:
    if not answer.is_good:
        raise Refused(f"Vault would not {what}: it answered {answer.status}")
    return dict(answer.body)
