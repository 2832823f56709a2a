"""`run(build)`: run a piece of program without an engine and return what it registered, as plain data."""

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import pulumi
from pulumi.runtime import mocks

PROJECT = "causeway"


@dataclass(frozen=True)
class Registered:
    """One resource that a program registered."""

    urn: str
    type: str
    name: str
    inputs: dict[str, Any]
    secret: frozenset[str]
    """Paths of the inputs that were marked secret."""
    needs: frozenset[str] = frozenset()
    """URNs of what has to be there first, and so has to go later: dependencies, provider and parent."""
    deleted_with: str = ""
    """URN of what takes it with it: its own or, as the engine has it, that of its parent; empty if it is deleted by itself."""
    is_protected: bool = False
    """Whether the engine refuses to delete it."""
    ignored: tuple[str, ...] = ()
    """Inputs whose changes the engine is to overlook."""
    aliases: tuple[str, ...] = ()
    """Names that it had before."""


@dataclass
class Recording:
    """All that a program registered and exported."""

    resources: list[Registered] = field(default_factory=list)
    outputs: dict[str, Any] = field(default_factory=dict)

    def manifests(self, kind: str | None = None) -> list[dict[str, Any]]:
        """The Kubernetes objects, those of `kind` only if one is named."""
        objects = [resource.inputs for resource in self.resources if "kind" in resource.inputs and "apiVersion" in resource.inputs]
        return [manifest for manifest in objects if kind in (None, manifest["kind"])]

    def one(self, kind: str, name: str | None = None) -> dict[str, Any]:
        """The only Kubernetes object of `kind` (and `name`)."""
        found = [manifest for manifest in self.manifests(kind) if name in (None, manifest["metadata"]["name"])]
        assert len(found) == 1, f"expected one {kind} {name or ''}, found {[manifest['metadata']['name'] for manifest in found]}"
        return found[0]

    def urns(self) -> list[str]:
        return [resource.urn for resource in self.resources]


Answer = Callable[[mocks.MockResourceArgs], tuple[str, dict[str, Any]] | None]
"""Id and outputs of a resource as a provider would give them; None leaves it to the mocks."""


def _no_answer(args: mocks.MockResourceArgs) -> tuple[str, dict[str, Any]] | None:  # noqa: ARG001
    return None


class _Mocks(mocks.Mocks):
    def __init__(self, states: Mapping[str, Mapping[str, Any]], answer: Answer) -> None:
        self.states, self.answer = states, answer

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        if answered := self.answer(args):
            return answered
        return f"{args.name}-id", {**args.inputs, **self.states.get(args.name, {})}

    def call(self, args: mocks.MockCallArgs) -> dict[str, Any]:  # noqa: ARG002
        return {}


class _Monitor(mocks.MockMonitor):
    """Keeps each request's inputs with their secret marks, which the mocks themselves drop."""

    def __init__(self, mock: _Mocks, recording: Recording) -> None:
        super().__init__(mock)
        self.recording = recording

    def RegisterResource(self, request: Any) -> Any:
        response = super().RegisterResource(request)
        if request.type != "pulumi:pulumi:Stack":
            marked = pulumi.runtime.rpc.deserialize_properties(request.object, keep_unknowns=True)
            inputs, secret = _unwrapped(marked)
            needs = {*request.dependencies, request.provider.rpartition("::")[0], request.parent} - {""}
            above = next((made.deleted_with for made in self.recording.resources if made.urn == request.parent), "")
            self.recording.resources.append(
                Registered(
                    response.urn,
                    request.type,
                    request.name,
                    inputs,
                    frozenset(secret),
                    frozenset(needs),
                    request.deletedWith or above,
                    request.protect,
                    tuple(request.ignoreChanges),
                    tuple(alias.spec.name for alias in request.aliases),
                )
            )
        return response

    def RegisterResourceOutputs(self, request: Any) -> Any:
        if "pulumi:pulumi:Stack::" in request.urn:
            self.recording.outputs.update(_unwrapped(pulumi.runtime.rpc.deserialize_properties(request.outputs))[0])
        return super().RegisterResourceOutputs(request)


def run(
    build: Callable[[], Any],
    *,
    config: Mapping[str, str] | None = None,
    states: Mapping[str, Mapping[str, Any]] | None = None,
    stack: str = "minikube",
    preview: bool = False,
    answer: Answer = _no_answer,
) -> Recording:
    """Run `build` as a program of its own and wait until everything that it started has ended.

    `config` is the stack's configuration; `states` adds to the state of resources, by name, as a cluster would, and `answer`
    plays a provider. An error, also one inside an `apply`, is raised here.
    """
    recording = Recording()
    loop, thread_loop = asyncio.new_event_loop(), asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    # The monitor answers on one thread whose loop is ours to close; left alone, it would make loops and leave them open.
    loop.set_default_executor(ThreadPoolExecutor(1, initializer=asyncio.set_event_loop, initargs=(thread_loop,)))
    try:
        mock = _Mocks(states or {}, answer)
        mocks.set_mocks(mock, project=PROJECT, stack=stack, preview=preview, monitor=_Monitor(mock, recording))
        pulumi.runtime.settings.set_root_resource(None)  # run_in_stack makes the stack, with its outputs
        pulumi.runtime.set_all_config(dict(config or {}), [])
        loop.run_until_complete(pulumi.runtime.run_in_stack(build))
    finally:
        _drain(loop)
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()
        thread_loop.close()
        asyncio.set_event_loop(None)
    return recording


def _drain(loop: asyncio.AbstractEventLoop) -> None:
    """Let what a failed program left behind come to its end, or it would be reported in another test."""
    # The error was raised already. Told once more of every future that had it, at any later collection of garbage, it would be
    # formatted in the middle of another test; and Python 3.11 cannot format a traceback inside `ast.parse` (CPython issue 106905).
    loop.set_exception_handler(lambda *_: None)
    # What a failed run still waited for belongs to its loop; the next run would wait for it too.
    pulumi.runtime.settings._get_rpc_manager().clear()
    pulumi.runtime.settings.SETTINGS.outputs.clear()
    while pending := asyncio.all_tasks(loop):
        for task in pending:
            task.cancel()
        loop.run_until_complete(asyncio.gather(*pending, return_exceptions=True))


def _unwrapped(value: Any, path: str = "") -> tuple[Any, set[str]]:
    """The plain value, and the paths in it that were marked secret."""
    if pulumi.runtime.rpc.is_rpc_secret(value):
        return _unwrapped(pulumi.runtime.rpc.unwrap_rpc_secret(value), path)[0], {path}
    secret: set[str] = set()
    if isinstance(value, dict):
        plain: Any = {}
        for key, item in value.items():
            plain[key], inner = _unwrapped(item, f"{path}.{key}" if path else key)
            secret |= inner
        return plain, secret
    if isinstance(value, list):
        pairs = [_unwrapped(item, f"{path}[{index}]") for index, item in enumerate(value)]
        return [item for item, _ in pairs], {inner_path for _, inner in pairs for inner_path in inner}
    # The wire knows one kind of number; 2 arrives as 2.0.
    return (int(value) if isinstance(value, float) and value.is_integer() else value), secret
