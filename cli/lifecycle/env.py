"""`scripts/env`: the exports with which plain pulumi, kubectl, helm and causeway work on this checkout's platform."""

import shlex

from rich.console import Console

from workspace import pulumi, script
from workspace.home import Home
from workspace.progress import guarded


def main() -> None:
    """Print the exports that make pulumi, kubectl, helm and causeway work on this checkout: eval "$(./scripts/env)"."""
    with guarded(Console(stderr=True, soft_wrap=True), "./scripts/env"):
        for name, value in pulumi.environment(Home.load()).items():
            print(f"export {name}={shlex.quote(value)}")


if __name__ == "__main__":
    script.run(main, "./scripts/env")
