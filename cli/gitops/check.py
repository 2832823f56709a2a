"""`causeway gitops check`: whether a layout is what Argo CD can be trusted with. Needs no cluster."""

import shutil
import subprocess
from pathlib import Path

from cli.gitops import tree
from cli.output import console, print_json, print_line
from cli.refusal import Refused
from components._inputs import Problem
from components.gitops.layout_check import problems, services
from workspace.home import Home


def run(directory: Path | None, as_json: bool) -> int:
    """Print that all is well; raises Refused with a line for each mistake."""
    home = tree.place(directory)
    files = tree.read(home)
    found = problems(files) or rendering_problems(home, files)
    if found and not as_json:
        raise Refused(tree.lines(found))
    known = services(files)
    if as_json:
        print_json(
            {"valid": not found, "services": {name: sorted(known[name]) for name in sorted(known)}, "problems": [*map(_entry, found)]}
        )
        return 2 if found else 0
    deployed = sum(len(environments) for environments in known.values())
    print_line(console(), f"{home}: valid; {len(known)} services in {deployed} environments, no secret in the clear")
    return 0


def rendering_problems(home: Path, files: dict[str, str]) -> list[Problem]:
    """What helm says of each chart in each of its environments; nothing where there is no helm."""
    program = shutil.which("helm", path=str(Home.load().bin)) or shutil.which("helm")
    if not program:
        return []
    found = []
    for service, environments in services(files).items():
        for environment in sorted(environments):
            path = f"apps/{service}/envs/{environment}/values.yaml"
            command = [program, "template", service, str(home / "apps" / service / "base"), "--values", str(home / path)]
            answer = subprocess.run(command, capture_output=True, text=True)
            if answer.returncode:
                found.append(Problem(path, " ".join(answer.stderr.replace("Error: ", "").split())))
    return found


def _entry(problem: Problem) -> dict[str, str]:
    return {"path": problem.path, "reason": problem.reason}
