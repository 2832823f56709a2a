"""What the program's own imports cost before its first resource, beside those that every Kubernetes program has."""

import ast
import os
import sys
import tempfile
from dataclasses import replace

from local.bench.figures import Figure
from local.bench.process import Cost, run
from workspace.home import REPOSITORY
from workspace.progress import Progress

PEER = "import pulumi, pulumi_kubernetes"


def measure(pairs: int, progress: Progress) -> list[Figure]:
    """Processor time and memory of both, a fresh interpreter each time."""
    ours: list[Cost] = []
    peer: list[Cost] = []
    with progress.step("import of the program") as step:
        for pair in range(pairs):
            step.update(f"pair {pair + 1} of {pairs}")
            ours.append(interpret(program_imports()))
            peer.append(interpret(PEER))
    return [
        Figure("import, processor time", "s", [c.processor_seconds for c in ours], [c.processor_seconds for c in peer], PEER, 1.25),
        Figure("import, memory", "MiB", [c.largest_process_mib for c in ours], [c.largest_process_mib for c in peer], PEER),
    ]


def program_imports() -> str:
    """The import statements of the platform's `__main__.py`, as one script."""
    tree = ast.parse((REPOSITORY / "__main__.py").read_text())
    return "\n".join(ast.unparse(node) for node in tree.body if isinstance(node, (ast.Import, ast.ImportFrom)))


def interpret(script: str) -> Cost:
    """What a fresh interpreter takes for `script`; its memory as the kernel tells it, for a child counts as its own what its parent had."""
    with tempfile.NamedTemporaryFile("r") as status:
        copy = f"open({status.name!r}, 'w').write(open('/proc/self/status').read())"
        cost = run([sys.executable, "-c", f"{script}\n{copy}"], os.environ, REPOSITORY)
        return replace(cost, largest_process_mib=peak_mib(status.read()))


def peak_mib(status: str) -> float:
    """The most memory that a process had, in MiB, from its /proc/PID/status."""
    kib = next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(kib) / 1024
