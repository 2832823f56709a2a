"""How long to wait for something that another part of the same run may be making."""

import asyncio
import time

from stand_ins.plugins.kubernetes.engine import Engine

# The official provider tries five times with a doubled pause and gives up after half a minute; a definition on a busy
# small machine may take longer.
LIMIT_SECONDS = 60.0
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 5.0


class Patience:
    """Counts tries and pauses between them; `another` is False once the limit is reached."""

    def __init__(self, engine: Engine, urn: str, limit: float = LIMIT_SECONDS) -> None:
        self.engine = engine
        self.urn = urn
        self.end = time.monotonic() + limit
        self.pause = FIRST_PAUSE
        self.tries = 0

    async def another(self, problem: Exception) -> bool:
        if time.monotonic() + self.pause > self.end or self.engine.stopped.is_set():
            return False
        self.tries += 1
        if self.pause > 1:
            await self.engine.status(self.urn, f"Retry #{self.tries}; creation failed: {problem}")
        await asyncio.sleep(self.pause)
        self.pause = min(self.pause * 2, LONGEST_PAUSE)
        return True
