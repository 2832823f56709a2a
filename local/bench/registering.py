"""Registers the objects of many workloads under mocks, by WorkloadPattern or one by one, and prints the processor time it took.

Run as `python -m local.bench.registering ours|peer NUMBER`, in a fresh interpreter each time; imports and the first workload do not count.
"""

import asyncio
import re
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any

import pulumi
import pulumi_kubernetes as k8s
from pulumi.runtime import mocks

from components import WorkloadPattern
from components._kit import Manifest, owned, type_token
from components.workload import WorkloadPatternArgs, render

Registered = list[tuple[str, Any]]
SAMPLES: tuple[WorkloadPatternArgs, ...] = (
    {"pattern": "stateless", "image": "shop/web:1.0.0", "ingress": {}},  # type: ignore[typeddict-item]
    {
        "pattern": "stateful",  # type: ignore[typeddict-item]
        "image": "postgres:15.20",
        "port": 5432,
        "readiness": {"command": ["pg_isready"]},
        "storage": {"mount_path": "/var/lib/postgresql/data"},
    },
    {"pattern": "worker", "image": "shop/worker:1.0.0"},  # type: ignore[typeddict-item]
    {"pattern": "batch", "image": "shop/report:1.0.0", "batch": {"schedule": "0 6 * * *", "time_zone": "Etc/UTC"}},  # type: ignore[typeddict-item]
)
"""One workload of each of the four patterns; they take turns."""


class _Mocks(mocks.Mocks):
    def __init__(self) -> None:
        self.registered: Registered = []

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        if args.typ.startswith("kubernetes:"):
            self.registered.append((args.typ, args.inputs))
        return f"{args.name}-id", dict(args.inputs)

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[Any, Any], list[tuple[str, str]] | None]:  # noqa: ARG002
        return {}, None


def ours(number: int) -> None:
    """The workloads by one call each."""
    for index in range(number):
        WorkloadPattern(f"workload-{index}", SAMPLES[index % len(SAMPLES)])


def peer(number: int) -> None:
    """The same objects as a program without this library registers them: by the SDK's classes, from dictionaries."""
    for index in range(number):
        for manifest in objects(f"workload-{index}", index % len(SAMPLES)):
            made = _class(type_token(manifest))
            given = {_snake(key): value for key, value in manifest.items() if key not in ("apiVersion", "kind")}
            made(f"{manifest['metadata']['name']}-{manifest['kind']}", **given)


SIDES: dict[str, Callable[[int], None]] = {"ours": ours, "peer": peer}


@cache
def objects(name: str, sample: int) -> list[Manifest]:
    """The manifests of one workload; rendered before the clock starts, since the peer's author wrote them by hand."""
    return [owned(manifest) for manifest in render(name, SAMPLES[sample])]


@cache
def _class(token: str) -> Any:
    """The SDK's class of a type such as `kubernetes:apps/v1:Deployment`."""
    _, group_version, kind = token.split(":")
    group, version = group_version.split("/")
    return getattr(getattr(getattr(k8s, group.partition(".")[0]), version), kind)


@cache
def _snake(key: str) -> str:
    return re.sub(r"(?<=[a-z])[A-Z]", lambda letter: f"_{letter[0].lower()}", key)


def register(side: str, number: int) -> tuple[float, Registered]:
    """Run one side as a program; the processor seconds that it took, and what it registered."""
    loop, answering, mock = asyncio.new_event_loop(), asyncio.new_event_loop(), _Mocks()
    asyncio.set_event_loop(loop)
    # The mocks answer on one thread, whose loop is ours to close.
    loop.set_default_executor(ThreadPoolExecutor(1, initializer=asyncio.set_event_loop, initargs=(answering,)))
    try:
        mocks.set_mocks(mock, project="bench", stack="bench")
        pulumi.runtime.settings.set_root_resource(None)  # type: ignore[arg-type]  # run_in_stack makes it
        started = time.process_time()
        loop.run_until_complete(pulumi.runtime.run_in_stack(lambda: SIDES[side](number)))
        return time.process_time() - started, mock.registered
    finally:
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()
        answering.close()
        asyncio.set_event_loop(None)


def main(side: str, number: int) -> None:
    """Print the processor seconds of one side."""
    for index in range(number):
        objects(f"workload-{index}", index % len(SAMPLES))
    register(side, len(SAMPLES))
    print(register(side, number)[0])


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
