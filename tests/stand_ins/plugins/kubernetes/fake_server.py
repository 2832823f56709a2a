"""A server of canned answers: the seam at which tests of the client replace the cluster."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import orjson

from stand_ins.plugins.kubernetes import kubeconfig
from stand_ins.plugins.kubernetes.client import ApiClient

# Given method and path, the answer: a status and a body, None to drop the connection, or a list of watch events.
Answer = Callable[[str, str], object]


@dataclass
class FakeServer:
    """Answers by a function and remembers the requests; `events` are sent to each watch, which then stays open."""

    answer: Answer
    requests: list[str] = field(default_factory=list)
    port: int = 0

    def client(self) -> ApiClient:
        cluster = f"{{name: c, cluster: {{server: 'http://127.0.0.1:{self.port}'}}}}"
        content = f"{{clusters: [{cluster}], contexts: [{{name: x, context: {{cluster: c}}}}]}}"
        return ApiClient(kubeconfig.load(content, "", "", ""), timeout=5)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                method, path = head.split(" ")[:2]
                length = next(int(line.split(":")[1]) for line in head.split("\r\n") if line.startswith("Content-Length"))
                await reader.readexactly(length)
                self.requests.append(f"{method} {path}")
                answer = self.answer(method, path)
                if answer is None:
                    return
                if isinstance(answer, list):
                    await self.watch(writer, answer)
                    continue
                status, body = answer  # type: ignore[misc]
                content = orjson.dumps(body)
                writer.write(f"HTTP/1.1 {status} X\r\nContent-Length: {len(content)}\r\n\r\n".encode() + content)
        except asyncio.IncompleteReadError:
            return
        finally:
            writer.close()

    async def watch(self, writer: asyncio.StreamWriter, events: list[object]) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        for event in events:
            line = orjson.dumps(event) + b"\n"
            # Split in the middle: events do not come in whole chunks.
            for part in (line[:5], line[5:]):
                writer.write(f"{len(part):x}\r\n".encode() + part + b"\r\n")
        await writer.drain()
        await asyncio.sleep(0.05)
        writer.write(b"0\r\n\r\n")


@asynccontextmanager
async def serving(answer: Answer) -> AsyncIterator[FakeServer]:
    fake = FakeServer(answer)
    server = await asyncio.start_server(fake.serve, "127.0.0.1", 0)
    fake.port = server.sockets[0].getsockname()[1]
    try:
        yield fake
    finally:
        server.close()
