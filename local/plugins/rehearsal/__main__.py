"""`pulumi-resource-aws` and `pulumi-resource-gcp` of a rehearsal: the launcher names the package, the engine its address."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from local.plugins import protocol

protocol.use_stubs()

import asyncio  # noqa: E402

from local.plugins.rehearsal.server import serve  # noqa: E402

if __name__ == "__main__":
    asyncio.run(serve())
