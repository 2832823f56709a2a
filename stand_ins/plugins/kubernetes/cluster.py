"""The configured cluster as one value: settings, access and client, or the reason why there is none."""

import asyncio
import time
from collections.abc import Awaitable, Callable

from stand_ins.plugins.kubernetes import kubeconfig
from stand_ins.plugins.kubernetes.client import ApiClient, ApiError, NoMatch, Unreachable
from stand_ins.plugins.kubernetes.kinds import Resource, built_in
from stand_ins.plugins.kubernetes.settings import ProviderSettings


class Cluster:
    """Connects on first use: a run in which nothing changes never opens a connection."""

    def __init__(self, settings: ProviderSettings) -> None:
        self.settings = settings
        self.definitions: dict[tuple[str, str], bool] = {}
        self.problem: kubeconfig.ConfigurationError | None = None
        self.default_namespace = settings.namespace or "default"
        self._client: ApiClient | None = None
        try:
            access = kubeconfig.load(settings.kubeconfig, settings.context, settings.cluster, settings.namespace)
        except kubeconfig.ConfigurationError as error:
            self.problem = error
        else:
            self.default_namespace = access.namespace
            pace = limiter(settings.requests_per_second, settings.burst) if settings.requests_per_second else None
            self._client = ApiClient(access, settings.timeout_seconds, pace)

    @property
    def client(self) -> ApiClient:
        if self._client is None:
            raise Unreachable(f"configured Kubernetes cluster is unreachable: {self.problem}")
        return self._client

    def add_definition(self, group: str, kind: str, namespaced: bool) -> None:
        """Remember a CustomResourceDefinition of this program, so that its kind's scope is known before it exists."""
        self.definitions[group, kind] = namespaced

    async def is_namespaced(self, api_version: str, kind: str) -> bool:
        """Whether a kind lives in namespaces; a kind nobody knows counts as namespaced until it is created."""
        known = built_in(api_version, kind)
        if known:
            return known.namespaced
        group = api_version.rpartition("/")[0]
        if (group, kind) in self.definitions:
            return self.definitions[group, kind]
        try:
            return (await self.client.resource(api_version, kind)).namespaced
        except (NoMatch, Unreachable, ApiError):
            return True

    async def served(self, api_version: str, kind: str) -> Resource | None:
        try:
            return await self.client.resource(api_version, kind)
        except NoMatch:
            return None


def limiter(rate: float, burst: int) -> Callable[[], Awaitable[None]]:
    """A token bucket: `burst` requests at once, `rate` per second in the long run."""
    tokens, last = float(burst), time.monotonic()

    async def pace() -> None:
        nonlocal tokens, last
        now = time.monotonic()
        tokens, last = min(float(burst), tokens + (now - last) * rate) - 1, now
        if tokens < 0:
            await asyncio.sleep(-tokens / rate)

    return pace
