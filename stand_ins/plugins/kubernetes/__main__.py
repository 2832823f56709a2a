"""`pulumi-resource-kubernetes`: started by the engine with its own address, prints the port it listens on."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from stand_ins.plugins import protocol

protocol.use_stubs()

import asyncio  # noqa: E402

from stand_ins.plugins.kubernetes.server import serve  # noqa: E402

if __name__ == "__main__":
    asyncio.run(serve())
