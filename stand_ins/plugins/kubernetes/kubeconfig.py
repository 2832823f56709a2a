"""Where the cluster is and who we are, from a kubeconfig given as a path or as its content."""

import asyncio
import base64
import json
import os
import ssl
import tempfile
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

import yaml

_FASTEST: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Loader(_FASTEST):  # type: ignore[misc]
    """YAML as Kubernetes reads it: a lone `=`, one of the operators that a definition may allow, is text."""


Loader.add_constructor("tag:yaml.org,2002:value", lambda loader, node: loader.construct_scalar(node))
RENEW_BEFORE = timedelta(seconds=60)


class ConfigurationError(Exception):
    """The kubeconfig cannot be used; the text says why."""


@dataclass
class Access:
    """A server, a way to trust it and a way to be recognised by it."""

    server: str
    namespace: str
    cluster: dict[str, Any]
    user: dict[str, Any]
    directory: Path
    source: Path | None
    context: str
    token: str = field(default="", repr=False)
    token_expires: datetime | None = None

    @property
    def url(self) -> SplitResult:
        return urlsplit(self.server)

    async def headers(self) -> dict[str, str]:
        """The headers that prove who we are; empty for client certificates."""
        if "token" in self.user:
            return {"Authorization": f"Bearer {self.user['token']}"}
        if "tokenFile" in self.user:
            return {"Authorization": f"Bearer {self.path(self.user['tokenFile']).read_text().strip()}"}
        if "username" in self.user:
            pair = f"{self.user['username']}:{self.user.get('password', '')}"
            return {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}
        if "exec" in self.user:
            return {"Authorization": f"Bearer {await self.exec_token()}"}
        return {}

    async def exec_token(self) -> str:
        now = datetime.now(UTC)
        if self.token and (self.token_expires is None or now < self.token_expires - RENEW_BEFORE):
            return self.token
        plugin = self.user["exec"]
        command = [plugin["command"], *plugin.get("args", [])]
        extra = {item["name"]: item["value"] for item in plugin.get("env") or []}
        info = {"apiVersion": plugin.get("apiVersion"), "kind": "ExecCredential", "spec": {"interactive": False}}
        extra["KUBERNETES_EXEC_INFO"] = json.dumps(info)
        try:
            child = await asyncio.create_subprocess_exec(
                *command, env={**os.environ, **extra}, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
            )
        except OSError as error:
            raise ConfigurationError(f"the credential command {command[0]!r} of the kubeconfig cannot run: {error}") from error
        output, errors = await child.communicate()
        if child.returncode:
            reason = errors.decode(errors="replace").strip()
            raise ConfigurationError(f"the credential command {command[0]!r} failed with exit code {child.returncode}: {reason}")
        status = json.loads(output)["status"]
        self.token = status["token"]
        expiry = status.get("expirationTimestamp")
        self.token_expires = datetime.fromisoformat(expiry.replace("Z", "+00:00")) if expiry else None
        return self.token

    def path(self, name: str) -> Path:
        return self.directory / Path(name).expanduser()

    def tls(self) -> ssl.SSLContext | None:
        """None for plain HTTP."""
        if self.url.scheme != "https":
            return None
        context = ssl.create_default_context(ssl.Purpose.SERVER_AUTH)
        if "certificate-authority-data" in self.cluster:
            context = ssl.create_default_context(cadata=decoded(self.cluster["certificate-authority-data"]).decode())
        elif "certificate-authority" in self.cluster:
            context = ssl.create_default_context(cafile=str(self.path(self.cluster["certificate-authority"])))
        if self.cluster.get("insecure-skip-tls-verify"):
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        # Clusters' own authorities often lack the extensions that OpenSSL's strict mode wants.
        context.verify_flags &= ~getattr(ssl, "VERIFY_X509_STRICT", 0)
        self.load_client_certificate(context)
        return context

    def load_client_certificate(self, context: ssl.SSLContext) -> None:
        pair = [self.user.get(f"client-{part}-data") for part in ("certificate", "key")]
        if all(pair):
            # OpenSSL reads client certificates only from files; these live for one call and only we can read them.
            with tempfile.NamedTemporaryFile() as file:
                file.write(b"\n".join(decoded(str(part)) for part in pair))
                file.flush()
                context.load_cert_chain(file.name)
        elif "client-certificate" in self.user:
            context.load_cert_chain(self.path(self.user["client-certificate"]), self.path(self.user["client-key"]))


def decoded(text: str) -> bytes:
    return base64.b64decode(text)


def load(given: str, context: str, cluster: str, namespace: str) -> Access:
    """Read a kubeconfig; empty arguments mean "as the file says", an empty `given` the ambient file."""
    source, content = read(given)
    directory = source.parent if source else Path.cwd()
    chosen = context or content.get("current-context") or ""
    contexts, clusters, users = (named(content, key) for key in ("contexts", "clusters", "users"))
    if not chosen and len(contexts) == 1:
        chosen = next(iter(contexts))
    if chosen and chosen not in contexts:
        raise ConfigurationError(f"context {chosen!r} is not in {label(source)}; it has {', '.join(contexts) or 'none'}")
    if not chosen:
        raise ConfigurationError(f"{label(source)} names no current context")
    entry = contexts[chosen].get("context") or {}
    name = cluster or entry.get("cluster", "")
    if name not in clusters:
        raise ConfigurationError(f"cluster {name!r} is not in {label(source)}; it has {', '.join(clusters) or 'none'}")
    details = clusters[name].get("cluster") or {}
    user = (users.get(entry.get("user", "")) or {}).get("user") or {}
    return Access(
        server=details.get("server", "").rstrip("/"),
        namespace=namespace or entry.get("namespace") or "default",
        cluster=details,
        user=user,
        directory=directory,
        source=source,
        context=chosen,
    )


def read(given: str) -> tuple[Path | None, dict[str, Any]]:
    text, source = given, None
    if not given or ("\n" not in given and not given.lstrip().startswith("{")):
        ambient = os.environ.get("KUBECONFIG", "").split(os.pathsep)[0] or str(Path.home() / ".kube" / "config")
        source = Path(given or ambient).expanduser().absolute()
        try:
            text = source.read_text()
        except OSError as error:
            raise ConfigurationError(f"kubeconfig {source} cannot be read: {error.strerror}") from error
    try:
        content = yaml.load(text, Loader)
    except yaml.YAMLError as error:
        raise ConfigurationError(f"{label(source)} is not YAML: {error}") from error
    if not isinstance(content, dict):
        raise ConfigurationError(f"{label(source)} is not a kubeconfig")
    return source, content


def named(content: dict[str, Any], key: str) -> dict[str, dict[str, Any]]:
    return {item["name"]: item for item in content.get(key) or []}


def label(source: Path | None) -> str:
    return f"kubeconfig {source}" if source else "the given kubeconfig"
