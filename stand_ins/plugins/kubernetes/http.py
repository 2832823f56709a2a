"""HTTP/1.1 to one server: pooled connections and streams, in a tenth of the start-up time of a full client library."""

import asyncio
import base64
import contextlib
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass
from urllib.parse import SplitResult, unquote

HEADER_LIMIT = 1 << 20
CONNECT_SECONDS = 10.0


class ConnectionLost(Exception):
    """The connection broke; `sent` says whether the server may have seen the request."""

    def __init__(self, reason: str, sent: bool) -> None:
        super().__init__(reason)
        self.sent = sent


class ConnectionRefused(Exception):
    """No connection could be made."""


@dataclass(frozen=True)
class Response:
    """A whole answer; header names are in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass
class Connection:
    """One socket; `used` counts finished requests, since only a fresh one cannot have gone stale."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    used: int = 0

    def close(self) -> None:
        self.writer.close()


class HttpClient:
    """Requests to `url`; at most `connections` at once, which bounds TLS handshakes and the server's load.

    `name` is what the server's certificate has to say, default the host; `proxy` is a way there by CONNECT.
    """

    def __init__(
        self, url: SplitResult, tls: ssl.SSLContext | None, connections: int = 16, name: str = "", proxy: SplitResult | None = None
    ) -> None:
        self.host = url.hostname or ""
        self.port = url.port or (443 if tls else 80)
        self.authority = url.netloc
        self.base = url.path.rstrip("/")
        self.tls = tls
        self.name = name or self.host
        self.proxy = proxy
        self.idle: list[Connection] = []
        self.places = asyncio.Semaphore(connections)

    async def connect(self) -> Connection:
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                return await (self.through(self.proxy) if self.proxy else self.straight())
        except TimeoutError as error:
            raise ConnectionRefused(f"no answer within {CONNECT_SECONDS:.0f} s") from error
        except (OSError, EOFError) as error:
            raise ConnectionRefused(reason(error)) from error

    async def straight(self) -> Connection:
        name = self.name if self.tls else None
        return Connection(*await asyncio.open_connection(self.host, self.port, ssl=self.tls, limit=HEADER_LIMIT, server_hostname=name))

    async def through(self, proxy: SplitResult) -> Connection:
        """A connection that the proxy makes; raises ConnectionRefused where it will not."""
        reader, writer = await asyncio.open_connection(proxy.hostname, proxy.port or 80, limit=HEADER_LIMIT)
        pair = f"{unquote(proxy.username or '')}:{unquote(proxy.password or '')}".encode()
        login = f"Proxy-Authorization: Basic {base64.b64encode(pair).decode()}\r\n" if proxy.username else ""
        host = f"[{self.host}]" if ":" in self.host else self.host
        writer.write(f"CONNECT {host}:{self.port} HTTP/1.1\r\nHost: {host}:{self.port}\r\n{login}\r\n".encode())
        status, _ = await read_head(reader)
        if status != 200:
            writer.close()
            await writer.wait_closed()
            raise ConnectionRefused(f"the proxy {proxy.hostname} answered HTTP {status}")
        if self.tls:
            await writer.start_tls(self.tls, server_hostname=self.name)
        return Connection(reader, writer)

    async def request(self, method: str, target: str, headers: dict[str, str], body: bytes = b"", timeout: float = 60) -> Response:
        async with self.places:
            while True:
                connection = self.idle.pop() if self.idle else await self.connect()
                try:
                    async with asyncio.timeout(timeout):
                        response = await self.exchange(connection, method, target, headers, body)
                except (OSError, EOFError, ssl.SSLError) as error:
                    connection.close()
                    if connection.used and isinstance(error, asyncio.IncompleteReadError) and not error.partial:
                        continue  # an idle connection that the server had closed: nothing was processed
                    raise ConnectionLost(reason(error), sent=True) from error
                except BaseException:
                    connection.close()
                    raise
                if response.headers.get("connection") == "close":
                    connection.close()
                else:
                    connection.used += 1
                    self.idle.append(connection)
                return response

    async def exchange(self, connection: Connection, method: str, target: str, headers: dict[str, str], body: bytes) -> Response:
        connection.writer.write(self.head(method, target, headers, len(body)) + body)
        status, answered = await read_head(connection.reader)
        if answered.get("transfer-encoding") == "chunked":
            content = b"".join([chunk async for chunk in chunks(connection.reader)])
        else:
            content = await connection.reader.readexactly(int(answered.get("content-length", 0)))
        return Response(status, answered, content)

    async def stream(self, target: str, headers: dict[str, str]) -> AsyncIterator[bytes]:
        """The lines of an endless answer; raises ConnectionLost at its end, and Refusal for a status other than 200."""
        connection = await self.connect()
        try:
            connection.writer.write(self.head("GET", target, headers, 0))
            status, answered = await read_head(connection.reader)
            if status != 200:
                length = int(answered.get("content-length", 0))
                raise Refusal(Response(status, answered, await connection.reader.readexactly(length)))
            rest = b""
            async for chunk in chunks(connection.reader):
                *lines, rest = (rest + chunk).split(b"\n")
                for line in lines:
                    yield line
        except (OSError, EOFError, ssl.SSLError) as error:
            raise ConnectionLost(reason(error), sent=False) from error
        finally:
            connection.close()

    def head(self, method: str, target: str, headers: dict[str, str], length: int) -> bytes:
        lines = [f"{method} {self.base}{target} HTTP/1.1", f"Host: {self.authority}", f"Content-Length: {length}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        return ("\r\n".join(lines) + "\r\n\r\n").encode()

    async def close(self) -> None:
        """Close what is idle and wait until it is."""
        idle, self.idle = self.idle, []
        for connection in idle:
            connection.close()
            with contextlib.suppress(OSError, ssl.SSLError):
                await connection.writer.wait_closed()


class Refusal(Exception):
    """A stream that was answered with an error."""

    def __init__(self, response: Response) -> None:
        super().__init__(f"HTTP {response.status}")
        self.response = response


async def read_head(reader: asyncio.StreamReader) -> tuple[int, dict[str, str]]:
    first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    headers = {}
    for line in lines:
        name, separator, value = line.partition(":")
        if separator:
            headers[name.lower()] = value.strip()
    return int(first.split(" ", 2)[1]), headers


async def chunks(reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    while size := int((await reader.readuntil(b"\r\n")).split(b";")[0], 16):
        yield (await reader.readexactly(size + 2))[:-2]
    await reader.readuntil(b"\r\n")


def reason(error: BaseException) -> str:
    """A socket error in words, without the address that asyncio repeats in it."""
    if isinstance(error, asyncio.IncompleteReadError):
        return "the server closed the connection"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted ({error.verify_message})"
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
