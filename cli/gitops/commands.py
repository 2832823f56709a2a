"""`causeway gitops ...`: its options."""

from pathlib import Path
from typing import Annotated

import typer

from cli.options import AsJson

gitops = typer.Typer(help="Write, check, promote and let go of what Argo CD deploys.", no_args_is_help=True, rich_markup_mode=None)


@gitops.command()
def init(
    directory: Annotated[
        Path | None, typer.Argument(help="Where; default gitops in the clone one stands in, else in this repository.")
    ] = None,
    workloads: Annotated[str | None, typer.Option(metavar="FILE", help="Workloads, as render takes them; default the shop's.")] = None,
    as_json: AsJson = False,
) -> None:
    """Write the repository that Argo CD deploys from.

    May be repeated: charts and ApplicationSets are written anew, environment files stay as they are.
    """
    from cli.gitops.init import run

    raise typer.Exit(run(directory, workloads, as_json))


@gitops.command()
def check(
    directory: Annotated[
        Path | None, typer.Argument(help="Where; default gitops in the clone one stands in, else in this repository.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Refuse a repository that Argo CD could not be trusted with.

    Places, teams, environment keys, waves, kinds, and secrets in the clear; a line each, with exit code 2.
    """
    from cli.gitops.check import run

    raise typer.Exit(run(directory, as_json))


@gitops.command()
def promote(
    service: Annotated[str, typer.Argument(help="The service.")],
    source: Annotated[str, typer.Option("--from", help="Environment that runs the tag.")] = "development",
    target: Annotated[str, typer.Option("--to", help="Environment that gets it.")] = "staging",
    directory: Annotated[
        Path | None, typer.Option(help="Where; default gitops in the clone one stands in, else in this repository.")
    ] = None,
    commit: Annotated[bool, typer.Option("--commit/--no-commit", help="Commit the one file.")] = True,
    as_json: AsJson = False,
) -> None:
    """Give one environment the tag of another.

    In one commit that touches one file; a revert of it takes the tag back.
    """
    from cli.gitops.promote import run

    raise typer.Exit(run(service, source, target, directory, commit, as_json))


@gitops.command("let-go")
def let_go(as_json: AsJson = False) -> None:
    """Stop Argo CD and take its Applications away.

    A `pulumi destroy` then waits for none of them. For the end of a stack alone:
    nothing is deployed or mended any more. `./scripts/down` does it by itself.
    """
    from cli.gitops.let_go import run

    raise typer.Exit(run(as_json))
