"""Runs the web application under uvicorn, and stops it without breaking a request."""

import asyncio
import signal
from types import FrameType

import structlog
import uvicorn

from shop import database, log
from shop.settings import Settings
from shop.store import Store
from shop.web import application

FINISH_SECONDS = 15
"""How long requests in flight may take after the process has stopped accepting."""

STATEMENT_SECONDS = 3
"""The longest that one statement of a request takes before it is given up."""

logger = structlog.get_logger("shop.web")


class Server(uvicorn.Server):
    """On the first SIGTERM readiness fails while requests are still answered; the server closes when that got around."""

    def __init__(self, config: uvicorn.Config, drain_seconds: float) -> None:
        super().__init__(config)
        self.is_draining = False
        self._drain_seconds = drain_seconds
        self._loop: asyncio.AbstractEventLoop | None = None

    async def startup(self, sockets: list[object] | None = None) -> None:  # type: ignore[override]
        self._loop = asyncio.get_running_loop()
        await super().startup(sockets)  # type: ignore[arg-type]

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002
        if self._loop is None or self.is_draining or sig != signal.SIGTERM:
            self.should_exit = True
            return
        self.is_draining = True
        loop = self._loop
        loop.call_soon_threadsafe(lambda: loop.call_later(self._drain_seconds, self._finish))
        logger.info("stopping", drain_seconds=self._drain_seconds)

    def _finish(self) -> None:
        self.should_exit = True


def serve(settings: Settings) -> int:
    """Answer requests until SIGTERM or SIGINT; 0 after a clean stop. An address that cannot be had ends the process."""
    log.configure("web", settings.log_level)
    conninfo = database.conninfo(settings.database_url, "web", STATEMENT_SECONDS)
    app = application(lambda: Store(conninfo), lambda: server.is_draining)
    config = uvicorn.Config(
        app,
        host=settings.listen.host,
        port=settings.listen.port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=FINISH_SECONDS,
    )
    server = Server(config, settings.drain_seconds)
    server.run()
    return 0 if server.started else 1
