"""`pulumi-resource-aws` and `pulumi-resource-gcp` of a rehearsal: the launcher names the package, the engine its address."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from stand_ins.plugins import protocol

protocol.use_stubs()

import asyncio  # noqa: E402

from stand_ins.plugins.rehearsal.server import serve  # noqa: E402

if __name__ == "__main__":
    asyncio.run(serve())
