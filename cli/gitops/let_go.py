"""`causeway gitops let-go`: before a plain `pulumi destroy`, be Argo CD alive, dead, or in the middle of a failing sync."""

from cli import output
from workspace.applications import let_go
from workspace.home import Home
from workspace.progress import Progress


def run(as_json: bool) -> int:
    """Let go, and return the exit code."""
    taken = let_go(Home.load(), Progress())
    if as_json:
        output.print_json({"takenAway": taken})
    elif not taken:
        print("Argo CD holds nothing here.")
    return 0
