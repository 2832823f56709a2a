"""Credentials from a command, by the ExecCredential protocol of Kubernetes' clients (k8s.io/client-go/plugin/pkg/client/auth/exec)."""

import asyncio
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

GROUP = "client.authentication.k8s.io"
VERSIONS = (f"{GROUP}/v1", f"{GROUP}/v1beta1")
MODES = ("Never", "IfAvailable", "Always")
RENEW_BEFORE = timedelta(seconds=60)
_CLUSTER_KEYS = (
    "server", "tls-server-name", "insecure-skip-tls-verify", "certificate-authority-data", "proxy-url", "disable-compression",
)  # fmt: skip


class ConfigurationError(Exception):
    """The kubeconfig cannot be used; the text says why, in one line."""


@dataclass(frozen=True)
class Credential:
    """What a command gave: a token, a client certificate with its key, or both."""

    token: str = field(default="", repr=False)
    certificate: str = field(default="", repr=False)
    key: str = field(default="", repr=False)
    expires: datetime | None = None

    @property
    def is_fresh(self) -> bool:
        return self.expires is None or datetime.now(UTC) < self.expires - RENEW_BEFORE


@dataclass(frozen=True)
class Command:
    """The `exec` of a user, read and checked; `program` is as it is run."""

    program: str
    arguments: tuple[str, ...]
    variables: Mapping[str, str]
    version: str
    hint: str
    cluster: Mapping[str, Any] | None
    """What the command is told of the cluster, where it asks for it."""

    async def run(self) -> Credential:
        """Ask for a credential; raises ConfigurationError."""
        spec: dict[str, Any] = {"interactive": False} | ({"cluster": self.cluster} if self.cluster is not None else {})
        info = json.dumps({"kind": "ExecCredential", "apiVersion": self.version, "spec": spec})
        try:
            child = await asyncio.create_subprocess_exec(
                self.program,
                *self.arguments,
                env={**os.environ, **self.variables, "KUBERNETES_EXEC_INFO": info},
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
            )
        except (OSError, ValueError) as error:
            hint = f"; {' '.join(self.hint.split())}" if self.hint else ""
            raise ConfigurationError(f"the credential command {self.program!r} of the kubeconfig cannot run: {error}{hint}") from error
        output, errors = await child.communicate()
        if child.returncode:
            reason = " ".join(errors.decode(errors="replace").split())
            raise ConfigurationError(f"the credential command {self.program!r} failed with exit code {child.returncode}: {reason}")
        try:
            return answer(json.loads(output), self.version)
        except (ValueError, RecursionError) as error:
            wrong = str(error) if isinstance(error, _Wrong) else "no JSON" if output.strip() else "nothing"
            raise ConfigurationError(f"the credential command {self.program!r} answered {wrong}; allowed: an ExecCredential") from None


class _Wrong(ValueError):
    """An answer that is no credential."""


def command(user: Mapping[str, Any], cluster: Mapping[str, Any], directory: Path) -> Command:
    """Read the `exec` of a user; raises ConfigurationError for what a client of Kubernetes refuses too.

    A command with a slash is relative to the kubeconfig, any other is looked for on PATH.
    """
    plugin = _of(user, "exec", dict, "a mapping")
    program = _of(plugin, "command", str, "a program")
    if not program:
        raise ConfigurationError("user: exec.command: given nothing; allowed: a program")
    version = _of(plugin, "apiVersion", str, "text")
    if version not in VERSIONS:
        raise ConfigurationError(f"user: exec.apiVersion: given {version or 'nothing'!r}; allowed: {', '.join(VERSIONS)}")
    mode = _of(plugin, "interactiveMode", str, "text") or ("" if version == VERSIONS[0] else "IfAvailable")
    if mode not in MODES:
        raise ConfigurationError(f"user: exec.interactiveMode: given {mode or 'nothing'!r}; allowed: {', '.join(MODES)}")
    if mode == "Always":
        raise ConfigurationError(
            f"user: exec: {program!r} always asks somebody at a terminal, and here is none: log in, or use another user"
        )
    arguments = _of(plugin, "args", list, "a list of texts")
    variables = _of(plugin, "env", list, "a list of name and value")
    if not all(isinstance(one, str) for one in arguments):
        raise ConfigurationError(f"user: exec.args: given {arguments!r}; allowed: a list of texts")
    if not all(isinstance(one, dict) and isinstance(one.get("name"), str) and isinstance(one.get("value") or "", str) for one in variables):
        raise ConfigurationError(f"user: exec.env: given {variables!r}; allowed: a list of name and value")
    return Command(
        program=str(directory / program) if os.sep in program else program,
        arguments=tuple(arguments),
        variables={one["name"]: one.get("value") or "" for one in variables},
        version=version,
        hint=_of(plugin, "installHint", str, "text"),
        cluster=told(cluster) if plugin.get("provideClusterInfo") is True else None,
    )


def told(cluster: Mapping[str, Any]) -> dict[str, Any]:
    """What a command is told of the cluster; `config` is the extension that is for it."""
    extensions = cluster.get("extensions")
    config = next((one.get("extension") for one in extensions or [] if isinstance(one, dict) and one.get("name") == f"{GROUP}/exec"), None)
    return {key: cluster[key] for key in _CLUSTER_KEYS if cluster.get(key)} | ({"config": config} if config is not None else {})


def answer(found: Any, version: str) -> Credential:
    """The credential in what a command printed; raises ValueError for what a client of Kubernetes refuses too."""
    if not isinstance(found, dict) or found.get("kind") != "ExecCredential":
        raise _Wrong(f"kind {found.get('kind')!r}" if isinstance(found, dict) else type(found).__name__)
    if found.get("apiVersion") != version:
        raise _Wrong(f"apiVersion {found.get('apiVersion')!r} where {version!r} was asked for")
    status = found.get("status")
    if not isinstance(status, dict):
        raise _Wrong("no status")
    texts = {key: status.get(key) or "" for key in ("token", "clientCertificateData", "clientKeyData", "expirationTimestamp")}
    if wrong := next((key for key, value in texts.items() if not isinstance(value, str)), None):
        raise _Wrong(f"a status.{wrong} that is not text")
    token, certificate, key, expiry = texts.values()
    if bool(certificate) != bool(key):
        raise _Wrong("a certificate without its key, or a key without its certificate")
    if not token and not certificate:
        raise _Wrong("neither a token nor a certificate")
    if "\n" in token or not token.isascii():
        raise _Wrong("a token that no header can hold")
    try:
        expires = datetime.fromisoformat(expiry.replace("Z", "+00:00")) if expiry else None
    except ValueError:
        raise _Wrong(f"expirationTimestamp {expiry!r}") from None
    return Credential(token, certificate, key, expires.replace(tzinfo=expires.tzinfo or UTC) if expires else None)


def _of(mapping: Mapping[str, Any], key: str, kind: type, allowed: str) -> Any:
    """The value of a key, empty where it is null or absent; raises ConfigurationError for another type."""
    value = mapping.get(key)
    if value is not None and not isinstance(value, kind):
        raise ConfigurationError(f"user: {key}: given {value!r}; allowed: {allowed}")
    return kind() if value is None else value
