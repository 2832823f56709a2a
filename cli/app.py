"""The commands and their options. A command imports what it needs when it runs, so that `--help` is at once there."""

import json
import sys
from collections.abc import Iterator, Sequence
from enum import Enum
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typer.exceptions import TyperException

from cli.gitops.commands import gitops
from cli.options import AsJson
from cli.refusal import WRONG_INPUT, Refused
from cli.secrets.commands import secrets
from workspace.home import REPOSITORY
from workspace.progress import Problem
from workspace.script import FAILED, FINE, WRONG_USAGE, usage


class Target(str, Enum):
    """Where the platform runs."""

    MINIKUBE = "minikube"
    EKS = "eks"
    GKE = "gke"


class Commands(TyperGroup):
    """Says what a user did wrong, or can act on, in one line each and without a traceback."""

    def main(self, args: Sequence[str] | None = None, *rest: Any, **options: Any) -> Any:
        """Run the command and end with its exit code; with `--json`, a problem is JSON on standard output too."""
        words = list(sys.argv[1:] if args is None else args)
        try:
            code = super().main(words, *rest, **options | {"standalone_mode": False})
        except TyperException as error:
            code = _complain(self._usage(error), WRONG_USAGE)
        except typer.Abort:
            print(file=sys.stderr)  # a question may stand on this line
            code = _complain("stopped before its end", FAILED)
        except (Problem, OSError) as problem:
            message = f"{problem.filename}: {problem.strerror}" if isinstance(problem, OSError) else str(problem)
            if "--json" in words:
                print(json.dumps({"error": message}))
            code = _complain(message, WRONG_USAGE if isinstance(problem, WRONG_INPUT) else FAILED)
        sys.exit(code if isinstance(code, int) else FINE)

    def _usage(self, error: TyperException) -> str:
        """A parser's message, made one line; the help, which stands for it where no command is given, stays as it is."""
        message = error.format_message()
        if message.startswith("Usage:"):
            return message
        if message.startswith("No such command"):
            context = getattr(error, "ctx", None)
            group = context.command if context and isinstance(context.command, TyperGroup) else self
            message = f"{message.rstrip('.?')}; allowed: {', '.join(sorted(group.commands))}"
            return f"{message}; see causeway --help"
        return usage(error, "causeway")


def _complain(message: str, code: int) -> int:
    """Print the problem, a line for each part of it, and return the exit code."""
    if message.startswith("Usage:"):
        print(message, file=sys.stderr)
        return code
    for line in message.splitlines():
        print(f"error: {line}", file=sys.stderr)
    return code


app = typer.Typer(
    name="causeway",
    cls=Commands,
    help="Look at the platform, and at the machine it runs on.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)

workload = typer.Typer(help="Choose, render and import workloads; needs no cluster.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(workload, name="workload")
app.add_typer(secrets, name="secrets")

dashboards = typer.Typer(help="Open the dashboards, or draw them into files.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(dashboards, name="dashboards")

app.add_typer(gitops, name="gitops")


def _print_version(wanted: bool) -> None:
    if wanted:
        import tomllib

        print(f"causeway {tomllib.loads((REPOSITORY / 'pyproject.toml').read_text())['project']['version']}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", help="Show the version of the platform and exit.", is_eager=True, callback=_print_version)
    ] = False,
) -> None:
    """The options that stand before a command."""


@app.command()
def doctor(
    target: Annotated[Target, typer.Option(help="The target to check for.")] = Target.MINIKUBE,
    as_json: AsJson = False,
) -> None:
    """Check what the platform needs on this machine.

    Each check passes, warns or fails, with what was found and a command that mends it. Exit code 1 when one fails.
    """
    from cli.doctor.command import run

    raise typer.Exit(run(target.value, as_json))


@app.command()
def status(
    wait: Annotated[int, typer.Option(min=0, metavar="SECONDS", help="Wait up to so many seconds until every workload is healthy.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Show every workload of the stack and how it is.

    Exit code 1 when one is not healthy.
    """
    from cli.status import run

    raise typer.Exit(run(wait, as_json))


@app.command()
def urls(
    check: Annotated[bool, typer.Option("--check/--no-check", help="Ask each URL whether it answers.")] = True,
    as_json: AsJson = False,
) -> None:
    """Show every URL and whether it answers.

    Exit code 1 when one does not.
    """
    from cli.urls import run

    raise typer.Exit(run(check, as_json))


@app.command()
def alerts(as_json: AsJson = False) -> None:
    """Show which alerts fire, wait or are kept silent.

    Each with who is told of it. Exit code 1 when one is somebody's to act on.
    """
    from cli.monitoring.alerts import run

    raise typer.Exit(run(as_json))


@app.command()
def slo(as_json: AsJson = False) -> None:
    """Show each objective and how much of its error budget is left.

    Exit code 1 when a budget is overspent.
    """
    from cli.monitoring.slo import run

    raise typer.Exit(run(as_json))


@dashboards.command("open")
def open_dashboards(
    uid: Annotated[str | None, typer.Argument(metavar="[UID]", help="The dashboard; without it, the list of all.")] = None,
    as_json: AsJson = False,
) -> None:
    """Print where the dashboards are and how to get in.

    Opens a browser where there is a screen. Where the platform has no door for them, one is held open until Ctrl-C.
    """
    from cli.monitoring.dashboards import show

    raise typer.Exit(show(uid, as_json))


@dashboards.command()
def shoot(
    uids: Annotated[list[str] | None, typer.Argument(metavar="[UID]...", help="The dashboards; all of ours where none is named.")] = None,
    to: Annotated[Path, typer.Option(metavar="FOLDER", help="Where the pictures go.")] = Path("docs/pictures"),
    since: Annotated[str, typer.Option(metavar="TIME", help="How far back they look, such as 30m.")] = "1h",
    var: Annotated[list[str] | None, typer.Option(metavar="NAME=VALUE", help="A variable of the dashboards.")] = None,
    as_json: AsJson = False,
) -> None:
    """Draw dashboards as they are now into SVG files, a file each."""
    from cli.monitoring.dashboards import shoot as draw

    raise typer.Exit(draw(uids or [], to, since, dict(_pairs(var or [])), as_json))


def _pairs(words: list[str]) -> Iterator[tuple[str, str]]:
    for word in words:
        name, sign, value = word.partition("=")
        if not sign:
            raise Refused(f"--var: given '{word}', allowed: a name and a value, such as namespace=shop")
        yield name, value


@workload.command()
def choose(
    ends: Annotated[bool | None, typer.Option("--ends/--no-ends", help="Does the program end by itself?")] = None,
    on_schedule: Annotated[bool | None, typer.Option("--on-schedule/--no-on-schedule", help="Is it to run at set times?")] = None,
    needs_identity: Annotated[
        bool | None, typer.Option("--needs-identity/--no-needs-identity", help="Does each copy need a disk or a name of its own?")
    ] = None,
    one_per_node: Annotated[
        bool | None, typer.Option("--one-per-node/--no-one-per-node", help="Does every node need exactly one copy?")
    ] = None,
    serves: Annotated[bool | None, typer.Option("--serves/--no-serves", help="Does anything connect to it?")] = None,
    as_json: AsJson = False,
) -> None:
    """Name the pattern that fits a program, with the reasons.

    What the options leave open is asked on a terminal, and refused elsewhere.
    """
    from cli.workload.choose import run
    from components.workload.choice import Answers

    raise typer.Exit(run(Answers(ends, on_schedule, needs_identity, one_per_node, serves), as_json))


@workload.command()
def render(
    file: Annotated[str, typer.Argument(metavar="FILE", help="Workloads, a YAML document each; - for standard input.")],
    platform: Annotated[Target, typer.Option(help="The target whose stack file and profile are used.")] = Target.MINIKUBE,
    namespace: Annotated[str | None, typer.Option(help="Namespace of workloads that name none.")] = None,
) -> None:
    """Print the manifests of some workloads as YAML, for Argo CD.

    The same objects as pulumi makes, judged by the same rules; what is refused is a line each, with exit code 2.
    """
    from cli.workload.render import run

    raise typer.Exit(run(file, platform.value, namespace))


@workload.command("import")
def import_score(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A Score file (score.dev/v1b1); - for standard input.")],
    pattern: Annotated[str | None, typer.Option(help="The pattern, where ports and volumes do not tell it.")] = None,
    image: Annotated[str | None, typer.Option(help="The image, where the file leaves it to be built.")] = None,
) -> None:
    """Print a Score file as a workload that render takes.

    What has no counterpart is refused by its name; what was guessed is a note on standard error.
    """
    from cli.workload.score import run

    raise typer.Exit(run(file, pattern, image))
