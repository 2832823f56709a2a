"""`pulumi-language-python`: the engine's language host for Python programs (gRPC `LanguageRuntime`)."""
# ruff: noqa: ARG002, E402  (gRPC hands every method two arguments; the stubs must be prepared before they are imported)

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from stand_ins.plugins import protocol  # found through the line above: the host runs isolated

protocol.use_stubs()

import grpc
import grpc.aio
from google.protobuf import empty_pb2
from pulumi.runtime.proto import language_pb2, language_pb2_grpc, plugin_pb2

from stand_ins.plugins import python_environment as environment

EXECUTOR = Path(__file__).with_name("language_exec.py")
SHOWN_TO_USER = 32
UNLIMITED = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]


class LanguageHost(language_pb2_grpc.LanguageRuntimeServicer):
    """Answers the engine; `engine` is the engine's own address, handed on to the program."""

    def __init__(self, engine: str) -> None:
        self.engine = engine
        self.children: set[asyncio.subprocess.Process] = set()

    async def Handshake(self, request: Any, context: Any) -> Any:
        self.engine = request.engine_address or self.engine
        return language_pb2.LanguageHandshakeResponse()

    async def GetPluginInfo(self, request: Any, context: Any) -> Any:
        return plugin_pb2.PluginInfo(version=protocol.sdk_version(protocol.site_packages()))

    async def GetRequiredPackages(self, request: Any, context: Any) -> Any:
        packages = environment.installed_plugins(environment.library(request.info))
        return language_pb2.GetRequiredPackagesResponse(
            packages=[plugin_pb2.PackageDependency(kind="resource", **package) for package in packages]  # type: ignore[arg-type]
        )

    async def GetRequiredPlugins(self, request: Any, context: Any) -> Any:
        packages = environment.installed_plugins(environment.library(request.info))
        return language_pb2.GetRequiredPluginsResponse(
            plugins=[plugin_pb2.PluginDependency(kind="resource", **package) for package in packages]  # type: ignore[arg-type]
        )

    async def GetProgramDependencies(self, request: Any, context: Any) -> Any:
        packages = environment.packages(environment.library(request.info), request.transitiveDependencies)
        return language_pb2.GetProgramDependenciesResponse(
            dependencies=[language_pb2.DependencyInfo(name=name, version=version) for name, version in packages]
        )

    async def About(self, request: Any, context: Any) -> Any:
        python = environment.interpreter(request.info)
        return language_pb2.AboutResponse(
            executable=str(python),
            version=".".join(map(str, sys.version_info[:3])),
            metadata={"host": "stand-in of this repository (stand_ins/plugins)"},
        )

    async def RuntimeOptionsPrompts(self, request: Any, context: Any) -> Any:
        return language_pb2.RuntimeOptionsResponse()

    async def Template(self, request: Any, context: Any) -> Any:
        return language_pb2.TemplateResponse()

    async def Cancel(self, request: Any, context: Any) -> Any:
        self.stop_children()
        return empty_pb2.Empty()

    async def Run(self, request: Any, context: Any) -> Any:
        python = environment.interpreter(request.info)
        if not python.exists():
            return language_pb2.RunResponse(error=f"the virtual environment has no interpreter {python}; run `pulumi install`")
        code = await self.run_child(
            [str(python), "-u", str(EXECUTOR), *program_arguments(request, self.engine), program_path(request)],
            cwd=request.pwd or None,
            env=program_environment(request, python),
        )
        if code == SHOWN_TO_USER:
            return language_pb2.RunResponse(bail=True)
        if code:
            return language_pb2.RunResponse(error=f"Program exited with non-zero exit code: {code}")
        return language_pb2.RunResponse()

    async def run_child(self, command: list[str], **options: Any) -> int:
        """Run with our own output, which the engine shows line by line; a vanished engine takes the child along."""
        child = await asyncio.create_subprocess_exec(*command, stdin=asyncio.subprocess.DEVNULL, **options)
        self.children.add(child)
        try:
            return await child.wait()
        finally:
            self.children.discard(child)
            if child.returncode is None:
                child.terminate()

    def stop_children(self) -> None:
        for child in self.children:
            if child.returncode is None:
                child.terminate()

    async def InstallDependencies(self, request: Any, context: Any) -> AsyncIterator[Any]:
        directory = Path(request.info.program_directory or request.directory)
        for command in environment.install_commands(request.info, directory):
            async for kind, data in piped(command, cwd=directory, env=None):
                if kind == "exitcode" and data:
                    await context.abort(grpc.StatusCode.UNKNOWN, f"{' '.join(map(str, command))} failed with exit code {data}")
                if kind != "exitcode":
                    yield language_pb2.InstallDependenciesResponse(**{kind: data})

    async def RunPlugin(self, request: Any, context: Any) -> AsyncIterator[Any]:
        python = environment.interpreter(request.info)
        program = Path(request.info.program_directory, request.info.entry_point or ".")
        env = dict(item.split("=", 1) for item in request.env if "=" in item)
        command = [str(python), "-u", str(program), *request.args]
        async for kind, data in piped(command, cwd=request.pwd or None, env=env or None):
            yield language_pb2.RunPluginResponse(**{kind: data})

    async def unavailable(self, request: Any, context: Any) -> Any:
        await context.abort(
            grpc.StatusCode.UNIMPLEMENTED,
            "the stand-in language host runs programs; it does not generate, pack or link packages (stand_ins/plugins/README.md)",
        )

    GenerateProgram = GenerateProject = GeneratePackage = Pack = Link = unavailable


def program_path(request: Any) -> str:
    return str(Path(request.info.program_directory, request.info.entry_point or request.program or "."))


def program_arguments(request: Any, engine: str) -> list[str]:
    values = {
        "project": request.project,
        "stack": request.stack,
        "parallel": request.parallel,
        "dry_run": str(request.dryRun).lower(),
        "pwd": request.pwd,
        "monitor": request.monitor_address,
        "engine": engine,
        "organization": request.organization,
        "root_directory": request.info.root_directory,
    }
    given = [f"--{name}={value}" for name, value in values.items() if value not in ("", 0)]
    return given + ["--debug"] * engine_debugs()


def engine_debugs() -> bool:
    """Whether the engine, which started us, was asked to show debug messages; it does not tell its plugins."""
    try:
        words = Path(f"/proc/{os.getppid()}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return True
    return not {b"--debug", b"-d"}.isdisjoint(words)


def program_environment(request: Any, python: Path) -> dict[str, str]:
    """Configuration travels in two variables, as the official host does it; the environment counts as activated."""
    values = dict(os.environ)
    values["PULUMI_CONFIG"] = json.dumps(dict(request.config))
    values["PULUMI_CONFIG_SECRET_KEYS"] = json.dumps(list(request.configSecretKeys))
    if (python.parent.parent / "pyvenv.cfg").exists():
        values["VIRTUAL_ENV"] = str(python.parent.parent)
        values["PATH"] = f"{python.parent}{os.pathsep}{values.get('PATH', '')}"
        values.pop("PYTHONHOME", None)
    return values


async def piped(command: list[Any], cwd: Any, env: dict[str, str] | None) -> AsyncIterator[tuple[str, Any]]:
    """Run a command and hand out ("stdout" | "stderr", bytes) as they come, then ("exitcode", number)."""
    pipe = asyncio.subprocess.PIPE
    child = await asyncio.create_subprocess_exec(*map(str, command), cwd=cwd, env=env, stdout=pipe, stderr=pipe)
    queue: asyncio.Queue[tuple[str, bytes]] = asyncio.Queue()

    async def pump(name: str, stream: asyncio.StreamReader) -> None:
        while data := await stream.read(65536):
            queue.put_nowait((name, data))
        queue.put_nowait((name, b""))

    assert child.stdout
    assert child.stderr
    pumps = [asyncio.create_task(pump("stdout", child.stdout)), asyncio.create_task(pump("stderr", child.stderr))]
    try:
        open_streams = 2
        while open_streams:
            name, data = await queue.get()
            open_streams -= not data
            if data:
                yield name, data
        yield "exitcode", await child.wait()
    finally:
        for task in pumps:
            task.cancel()
        if child.returncode is None:
            child.terminate()


async def serve() -> None:
    stop = protocol.hear_signals()
    positional = [argument for argument in sys.argv[1:] if not argument.startswith("-")]
    host = LanguageHost(positional[-1] if positional else "")
    server = grpc.aio.server(options=UNLIMITED)
    language_pb2_grpc.add_LanguageRuntimeServicer_to_server(host, server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    print(port, flush=True)
    await protocol.until_told_to_stop(stop)
    host.stop_children()
    await server.stop(grace=0.2)


if __name__ == "__main__":
    asyncio.run(serve())
