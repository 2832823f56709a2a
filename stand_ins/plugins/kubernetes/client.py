"""The API server: requests with retries, typed errors, discovery, and streams of changes."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from urllib.parse import urlencode

import orjson

from stand_ins.plugins.kubernetes import kinds
from stand_ins.plugins.kubernetes.http import ConnectionLost, ConnectionRefused, HttpClient, Refusal, Response
from stand_ins.plugins.kubernetes.kubeconfig import Access, ConfigurationError

APPLY = "application/apply-patch+yaml"
JSON = "application/json"
JSON_PATCH = "application/json-patch+json"
MERGE_PATCH = "application/merge-patch+json"
BUSY = frozenset({429, 500, 502, 503, 504})
# A server that answered before is restarting; one that never did is most likely not there.
RIDE_OUT_SECONDS = 60.0
FIRST_CONTACT_SECONDS = 3.0
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 2.0
# For so long after an outage a server may refuse what it will accept once it is up: it answers before its own tables
# (service addresses, roles) are read.
SETTLING_SECONDS = 20.0
SETTLING = frozenset({403, 500})
USER_AGENT = "pulumi-kubernetes/4.34.2 (stand-in)"


class ApiError(Exception):
    """The server's refusal; `reason` is the Status object's machine-readable word."""

    def __init__(self, status: int, body: dict[str, Any]) -> None:
        super().__init__(body.get("message") or f"the server answered HTTP {status}")
        self.status = status
        self.reason = body.get("reason", "")
        self.details = body.get("details") or {}

    @property
    def causes(self) -> list[dict[str, Any]]:
        return self.details.get("causes") or []


class Unreachable(Exception):
    """The server cannot be reached; the text names it."""


class NoMatch(Exception):
    """The server does not serve this kind (yet)."""

    def __init__(self, api_version: str, kind: str) -> None:
        super().__init__(f'no matches for kind "{kind}" in version "{api_version}"')


class ApiClient:
    """All traffic with one API server. `pace` limits requests per second where the user set a limit."""

    def __init__(self, access: Access, timeout: float = 60, pace: Callable[[], Awaitable[None]] | None = None) -> None:
        self.access = access
        self.timeout = timeout
        self.pace = pace
        self.answered = False
        self.last_outage = -SETTLING_SECONDS
        self.http: HttpClient | None = None
        self.opening = asyncio.Lock()
        self.discovered: dict[str, dict[str, kinds.Resource]] = {}

    async def request(
        self,
        method: str,
        path: str,
        body: Any = None,
        content_type: str = JSON,
        query: dict[str, str] | None = None,
        repeatable: bool = True,
    ) -> Any:
        """Send one request and return the decoded answer; retry what is worth it.

        `repeatable` is False for requests whose repetition could do harm (create by POST): they are not repeated once
        the server may have seen them.
        """
        target = f"{path}?{urlencode(query)}" if query else path
        data = b"" if body is None else orjson.dumps(body)
        started, pause = time.monotonic(), FIRST_PAUSE
        while True:
            retry_after = 0.0
            try:
                response = await self.send(method, target, data, content_type)
            except ConnectionRefused as error:
                problem: Exception = Unreachable(f"the Kubernetes API server {self.access.server} is unreachable: {error}")
            except ConnectionLost as error:
                problem = Unreachable(f"the connection to the Kubernetes API server {self.access.server} broke: {error}")
                if error.sent and not repeatable:
                    raise problem from error
            except TimeoutError as error:
                raise Unreachable(f"{self.access.server} did not answer within {self.timeout:.0f} s") from error
            else:
                self.answered = True
                if response.status < 300:
                    return orjson.loads(response.body) if response.body else {}
                problem = api_error(response)
                if not self.worth_repeating(problem, repeatable):
                    raise problem
                retry_after = float(response.headers.get("retry-after", 0) or 0)
            self.note_outage(problem)
            limit = RIDE_OUT_SECONDS if self.answered else FIRST_CONTACT_SECONDS
            if time.monotonic() - started + pause > limit:
                raise problem
            await asyncio.sleep(max(pause, retry_after))
            pause = min(pause * 2, LONGEST_PAUSE)

    def note_outage(self, problem: Exception) -> None:
        if isinstance(problem, Unreachable) or (isinstance(problem, ApiError) and problem.status == 503):
            self.last_outage = time.monotonic()

    def worth_repeating(self, error: ApiError, repeatable: bool) -> bool:
        """Whether the same request may succeed a little later."""
        if error.status in (429, 503):
            return True
        if error.status in SETTLING and time.monotonic() - self.last_outage < SETTLING_SECONDS:
            return True
        if error.status in BUSY:
            # 500 is also how the server reports a manifest that its schema cannot take: no retry makes it right.
            return (repeatable and error.status != 500) or "etcdserver" in str(error) or "connection refused" in str(error)
        return error.status == 409 and "the object has been modified" in str(error)

    async def send(self, method: str, target: str, data: bytes, content_type: str) -> Response:
        if self.pace:
            await self.pace()
        response = await self.attempt(method, target, data, content_type)
        # As Kubernetes' own clients do: a credential that is refused before its time is asked for anew, once.
        if response.status == 401 and self.access.by_command:
            response = await self.attempt(method, target, data, content_type, refused=True)
        return response

    async def attempt(self, method: str, target: str, data: bytes, content_type: str, refused: bool = False) -> Response:
        http = await self.connection(refused)
        headers = {"Accept": JSON, "User-Agent": USER_AGENT, **await self.access.headers()}
        if data:
            headers["Content-Type"] = content_type
        return await http.request(method, target, headers, data, self.timeout)

    async def connection(self, refused: bool = False) -> HttpClient:
        """The connections to the server, with a credential that it takes; a new certificate needs new ones."""
        async with self.opening:
            if await self.access.renew(refused) and self.http:
                await self.http.close()
                self.http = None
            if self.http is None:
                self.http = self.connect()
            return self.http

    def connect(self) -> HttpClient:
        try:
            return HttpClient(self.access.url, self.access.tls(), name=self.access.tls_name, proxy=self.access.proxy)
        except (OSError, ValueError) as error:
            raise ConfigurationError(f"the credentials of {self.access.server} cannot be used: {error}") from error

    async def stream(self, path: str, query: dict[str, str]) -> AsyncIterator[dict[str, Any]]:
        """Watch events, until the connection ends (ConnectionLost) or the server refuses (ApiError)."""
        http = await self.connection()
        headers = {"Accept": JSON, "User-Agent": USER_AGENT, **await self.access.headers()}
        try:
            async for line in http.stream(f"{path}?{urlencode(query)}", headers):
                if line:
                    yield orjson.loads(line)
        except Refusal as refusal:
            raise api_error(refusal.response) from refusal

    async def resource(self, api_version: str, kind: str, fresh: bool = False) -> kinds.Resource:
        """Path and scope of a kind; `fresh` asks the server again, for a definition made a moment ago."""
        known = kinds.built_in(api_version, kind)
        if known:
            return known
        if fresh or kind not in self.discovered.get(api_version, {}):
            self.discovered[api_version] = await self.discover(api_version)
        found = self.discovered[api_version].get(kind)
        if not found:
            raise NoMatch(api_version, kind)
        return found

    async def discover(self, api_version: str) -> dict[str, kinds.Resource]:
        path = kinds.group_path(api_version)
        try:
            answer = await self.request("GET", path)
        except ApiError as error:
            if error.status == 404:
                return {}
            raise
        return {
            item["kind"]: kinds.Resource(path, item["name"], item["namespaced"])
            for item in answer.get("resources", [])
            if "/" not in item["name"]
        }


def api_error(response: Response) -> ApiError:
    try:
        body = orjson.loads(response.body)
    except orjson.JSONDecodeError:
        body = {"message": response.body.decode(errors="replace").strip()}
    return ApiError(response.status, body if isinstance(body, dict) else {})
