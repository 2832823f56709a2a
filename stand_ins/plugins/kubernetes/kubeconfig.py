"""Where the cluster is and who we are, from a kubeconfig given as a path or as its content."""

import base64
import os
import ssl
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

import yaml

from stand_ins.plugins.kubernetes.credentials import Command, ConfigurationError, Credential, command

__all__ = ["Access", "ConfigurationError", "Loader", "load"]
_FASTEST: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Loader(_FASTEST):  # type: ignore[misc]
    """YAML as Kubernetes reads it: a lone `=`, one of the operators that a definition may allow, is text."""


Loader.add_constructor("tag:yaml.org,2002:value", lambda loader, node: loader.construct_scalar(node))
_DIRECTORY = "directory of the kubeconfig"
"""A key of our own, by which a user of several merged files knows what its command is relative to."""
_FILES = {"clusters": ("certificate-authority",), "users": ("client-certificate", "client-key", "tokenFile")}
"""Keys that name a file, relative to the kubeconfig that they are in."""
_TEXTS = {
    "cluster": ("server", "certificate-authority", "certificate-authority-data", "tls-server-name", "proxy-url"),
    "user": (
        "token", "tokenFile", "username", "password", "client-certificate", "client-certificate-data", "client-key", "client-key-data",
        "as", "as-uid",
    ),
    "context": ("cluster", "user", "namespace"),
}  # fmt: skip
_SECRET = ("token", "password", "client-key-data")
_CANNOT = {
    "auth-provider": "is gone from Kubernetes' clients since 1.26; fix: use exec",
    "as-groups": "cannot be done by the built-in provider; fix: impersonate a user alone, or use the official provider",
    "as-user-extra": "cannot be done by the built-in provider; fix: impersonate a user alone, or use the official provider",
}


@dataclass
class Access:
    """A server, a way to trust it and a way to be recognised by it."""

    server: str
    namespace: str
    cluster: dict[str, Any]
    user: dict[str, Any] = field(repr=False)
    directory: Path
    source: Path | None
    context: str
    credential: Credential | None = field(default=None, repr=False)

    @property
    def url(self) -> SplitResult:
        return urlsplit(self.server)

    @property
    def tls_name(self) -> str:
        """The name that the server's certificate has to have."""
        return self.cluster.get("tls-server-name") or self.url.hostname or ""

    @property
    def proxy(self) -> SplitResult | None:
        """The proxy that leads to the server; raises ConfigurationError for one of another kind than CONNECT over HTTP."""
        given = self.cluster.get("proxy-url")
        if not given:
            return None
        parts = _url(given, "cluster: proxy-url")
        if parts.scheme != "http":
            raise ConfigurationError(f"cluster: proxy-url: given {shown(given)!r}; allowed by the built-in provider: http://<host>:<port>")
        return parts

    async def headers(self) -> dict[str, str]:
        """The headers that prove who we are; none of them where a client certificate does."""
        names = {"as": "Impersonate-User", "as-uid": "Impersonate-Uid"}
        made = {header: self.user[key] for key, header in names.items() if self.user.get(key)}
        if self.user.get("tokenFile"):
            try:
                return made | {"Authorization": f"Bearer {Path(self.user['tokenFile']).read_text().strip()}"}
            except (OSError, ValueError) as error:
                raise ConfigurationError(f"user: tokenFile: {self.user['tokenFile']} cannot be read: {error}") from error
        if self.user.get("token"):
            return made | {"Authorization": f"Bearer {self.user['token']}"}
        if self.user.get("username"):
            pair = f"{self.user['username']}:{self.user.get('password') or ''}"
            return made | {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}
        if self.credential and self.credential.token:
            return made | {"Authorization": f"Bearer {self.credential.token}"}
        return made

    async def renew(self, refused: bool = False) -> bool:
        """Ask the user's command for a credential where there is none, or an old or `refused` one; whether the certificate changed."""
        if not self.by_command or (self.credential and self.credential.is_fresh and not refused):
            return False
        before, self.credential = self.credential, await self.command().run()
        return self.credential.certificate != (before.certificate if before else "")

    @property
    def by_command(self) -> bool:
        """Whether a command is asked; whatever the file says itself comes before it."""
        return self.user.get("exec") is not None and not any(self.user.get(key) for key in ("token", "tokenFile", "username"))

    def command(self) -> Command:
        return command(self.user, {**self.cluster, "server": self.server}, self.directory)

    def tls(self) -> ssl.SSLContext | None:
        """None for plain HTTP."""
        if self.url.scheme != "https":
            return None
        authority, insecure = self.cluster.get("certificate-authority-data"), self.cluster.get("insecure-skip-tls-verify")
        if insecure and (authority or self.cluster.get("certificate-authority")):
            raise ConfigurationError("cluster: certificate-authority beside insecure-skip-tls-verify: drop one of the two")
        if authority:
            context = ssl.create_default_context(cadata=decoded(authority).decode())
        else:
            context = ssl.create_default_context(cafile=self.cluster.get("certificate-authority") or None)
        if insecure:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        # Clusters' own authorities often lack the extensions that OpenSSL's strict mode wants.
        context.verify_flags &= ~getattr(ssl, "VERIFY_X509_STRICT", 0)
        self.load_client_certificate(context)
        return context

    def load_client_certificate(self, context: ssl.SSLContext) -> None:
        """The certificate of the file, or else that of the command."""
        pair = [self.part_of_pair(part) for part in ("certificate", "key")]
        if not any(pair) and self.credential and self.credential.certificate:
            pair = [self.credential.certificate.encode(), self.credential.key.encode()]
        if not any(pair):
            return
        if not all(pair):
            raise ConfigurationError("user: client-certificate and client-key: given one of the two; allowed: both, or none")
        # OpenSSL reads client certificates only from files; these live for one call and only we can read them.
        with tempfile.NamedTemporaryFile() as file:
            file.write(b"\n".join(part for part in pair if part))
            file.flush()
            context.load_cert_chain(file.name)

    def part_of_pair(self, part: str) -> bytes | None:
        """A client certificate or its key in PEM; what stands in the kubeconfig comes before a file."""
        if data := self.user.get(f"client-{part}-data"):
            return decoded(str(data))
        name = self.user.get(f"client-{part}")
        return Path(name).read_bytes() if name else None


def decoded(text: str) -> bytes:
    return base64.b64decode(text)


def load(given: str, context: str, cluster: str, namespace: str) -> Access:
    """Read a kubeconfig; empty arguments mean "as the file says", an empty `given` the ambient files.

    Raises ConfigurationError, in one line.
    """
    source, content = read(given)
    chosen = context or content.get("current-context") or ""
    contexts, clusters, users = (content[key] for key in ("contexts", "clusters", "users"))
    if not chosen and len(contexts) == 1:
        chosen = next(iter(contexts))
    if not isinstance(chosen, str) or (chosen and chosen not in contexts):
        raise ConfigurationError(f"context {chosen!r} is not in {label(source)}; it has {', '.join(contexts) or 'none'}")
    if not chosen:
        raise ConfigurationError(f"{label(source)} names no current context")
    entry = contexts[chosen]
    name = cluster or entry.get("cluster") or ""
    if name not in clusters:
        raise ConfigurationError(f"cluster {name!r} is not in {label(source)}; it has {', '.join(clusters) or 'none'}")
    if (who := entry.get("user")) and who not in users:
        raise ConfigurationError(f"user {who!r} is not in {label(source)}; it has {', '.join(users) or 'none'}")
    user = dict(users.get(who or "", {}))
    made = Access(
        server=_server(clusters[name]),
        namespace=namespace or entry.get("namespace") or "default",
        cluster=clusters[name],
        directory=Path(user.pop(_DIRECTORY, Path.cwd())),
        user=user,
        source=source,
        context=chosen,
    )
    if made.by_command:
        made.command()
    _ = made.proxy
    return made


def _server(cluster: Mapping[str, Any]) -> str:
    """The address; without a scheme it is HTTPS where the cluster says how to trust it, as in Kubernetes' own clients."""
    given = (cluster.get("server") or "").rstrip("/")
    if not given:
        raise ConfigurationError("cluster: server: given nothing; allowed: an address such as https://198.51.100.7:6443")
    if "://" not in given:
        trusted = any(cluster.get(key) for key in ("certificate-authority", "certificate-authority-data", "insecure-skip-tls-verify"))
        given = f"{'https' if trusted else 'http'}://{given}"
    if _url(given, "cluster: server").scheme not in ("http", "https"):
        raise ConfigurationError(f"cluster: server: given {shown(given)!r}; allowed: http:// or https://")
    return given


def _url(given: str, path: str) -> SplitResult:
    try:
        parts = urlsplit(given)
        if parts.hostname and (parts.port is None or parts.port > 0) and given.isprintable() and " " not in given:
            return parts
    except ValueError:
        pass
    raise ConfigurationError(f"{path}: given {shown(given)!r}; allowed: <scheme>://<host>:<port>")


def shown(address: str) -> str:
    """An address without what opens it."""
    return f"{address.partition('://')[0]}://...@{address.rpartition('@')[2]}" if "@" in address else address


def read(given: str) -> tuple[Path | None, dict[str, Any]]:
    """The first source, and the merged content: of several files of KUBECONFIG the first that has an entry decides."""
    if given and ("\n" in given or given.lstrip().startswith("{")):
        return None, _merged([_parsed(given, None)])
    if given:
        source = Path(given).expanduser().absolute()
        return source, _merged([_parsed(_text(source), source)])
    ambient = [name for name in os.environ.get("KUBECONFIG", "").split(os.pathsep) if name]
    sources = [Path(name).absolute() for name in ambient or [str(Path.home() / ".kube" / "config")]]
    present = [source for source in sources if source.exists()] or sources[:1]
    return present[0], _merged([_parsed(_text(source), source) for source in present])


def _text(source: Path) -> str:
    try:
        return source.read_text()
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"kubeconfig {source} cannot be read: {getattr(error, 'strerror', None) or error}") from error


def _merged(files: list[dict[str, Any]]) -> dict[str, Any]:
    made: dict[str, Any] = {key: {} for key in ("contexts", "clusters", "users")}
    for content in files:
        for key in ("contexts", "clusters", "users"):
            made[key] = content[key] | made[key]
        made["current-context"] = made.get("current-context") or content["current-context"]
    return made


def _parsed(text: str, source: Path | None) -> dict[str, Any]:
    """The entries of one kubeconfig by name, checked, paths in them made absolute."""
    try:
        content = yaml.load(text, Loader)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        reason = " ".join(str(error).split())
        raise ConfigurationError(f"{label(source)} is not YAML: {reason}") from error
    if content is None and source:
        content = {}  # an empty file is what `touch` leaves
    if not isinstance(content, dict):
        raise ConfigurationError(f"{label(source)} is not a kubeconfig")
    directory = source.parent if source else Path.cwd()
    made = {key: _named(content, key, source, directory) for key in ("contexts", "clusters", "users")}
    return made | {"current-context": content.get("current-context") or ""}


def _named(content: Mapping[str, Any], key: str, source: Path | None, directory: Path) -> dict[str, dict[str, Any]]:
    kind, items = key.removesuffix("s"), content.get(key) or []
    if not isinstance(items, list) or not all(isinstance(item, dict) and isinstance(item.get("name"), str) for item in items):
        raise ConfigurationError(f"{label(source)}: {key}: allowed: a list of mappings, each with a name")
    made: dict[str, dict[str, Any]] = {}
    for item in items:
        name, details = item["name"], item.get(kind) or {}
        path = f"{label(source)}: {kind} {name!r}"
        if name in made:
            raise ConfigurationError(f"{path}: is there twice: keep one")
        if not isinstance(details, dict):
            raise ConfigurationError(f"{path}: given {type(details).__name__}; allowed: a mapping")
        for one, value in details.items():
            if one in _CANNOT and value and kind == "user":
                raise ConfigurationError(f"{path}: {one}: {_CANNOT[one]}")
            if one in _TEXTS[kind] and value is not None and not isinstance(value, str):
                what = "[secret]" if one in _SECRET else repr(value)
                raise ConfigurationError(f"{path}: {one}: given {what}; allowed: text: put it in quotes")
        files = {one: str(directory / Path(details[one]).expanduser()) for one in _FILES.get(key, ()) if details.get(one)}
        made[name] = details | files | ({_DIRECTORY: str(directory)} if kind == "user" else {})
    return made


def label(source: Path | None) -> str:
    return f"kubeconfig {source}" if source else "the given kubeconfig"
