"""What the program's own imports cost before its first resource, beside those that every Kubernetes program has."""

import ast
import os
import sys

from local.bench.figures import Figure
from local.bench.process import Cost, run
from local.home import REPOSITORY
from local.progress import Progress

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
    return run([sys.executable, "-c", script], os.environ, REPOSITORY)
