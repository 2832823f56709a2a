"""`causeway secrets ...`: its options. Their choices stand here too: where they are made, Pulumi is imported."""

from enum import Enum
from typing import Annotated

import typer

from cli.options import AsJson


class CloudStore(str, Enum):
    """A store of secrets that a cloud runs."""

    NONE = "none"
    AWS = "aws"
    GOOGLE = "google"


class Level(str, Enum):
    """A level of the secrets ladder."""

    NATIVE = "native"
    SEALED = "sealed"
    EXTERNAL = "external"
    VAULT = "vault"


class Effort(str, Enum):
    """What running something asks of a team."""

    NONE = "none"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


secrets = typer.Typer(help="Where secrets are, which level fits, how old they are.", rich_markup_mode=None)


@secrets.callback(invoke_without_command=True)
def places(context: typer.Context, as_json: AsJson = False) -> None:
    """Show where each secret is and how to read it; the commands below say more.

    Never a value: the command that prints one is for you to run.
    """
    if context.invoked_subcommand is None:
        from cli.secrets.places import run

        raise typer.Exit(run(as_json))


@secrets.command()
def decide(
    team_size: Annotated[int, typer.Option(help="People who change the platform.")] = 1,
    clusters: Annotated[int, typer.Option(help="Clusters that need the same secrets.")] = 1,
    environments: Annotated[int, typer.Option(help="Environments, each with values of its own.")] = 1,
    gitops: Annotated[bool, typer.Option("--gitops/--no-gitops", help="Are secrets to be delivered from Git?")] = False,
    cloud: Annotated[CloudStore, typer.Option(help="The cloud whose store of secrets can be used.")] = CloudStore.NONE,
    compliance: Annotated[bool, typer.Option("--compliance/--no-compliance", help="Is every read audited?")] = False,
    dynamic: Annotated[bool, typer.Option("--dynamic/--no-dynamic", help="Are credentials to be made on demand?")] = False,
    rotation_days: Annotated[int | None, typer.Option(help="Longest age of a value, in days.")] = None,
    capacity: Annotated[Effort, typer.Option(help="What the team can spend on running it.")] = Effort.LOW,
    as_json: AsJson = False,
) -> None:
    """Name the level of the secrets ladder that fits.

    With the reasons, and what it costs. Needs no cluster.
    """
    from cli.secrets.decide import run
    from components.secrets.decision import Situation
    from components.secrets.levels import CloudStore as Store
    from components.secrets.levels import SecretsEffort

    store, effort = Store(cloud.value), SecretsEffort(capacity.value)
    situation = Situation(team_size, clusters, environments, gitops, store, compliance, dynamic, rotation_days, effort)
    raise typer.Exit(run(situation, as_json))


@secrets.command()
def migrate(
    to: Annotated[Level, typer.Option(help="The level to move to.")],
    yes: Annotated[bool, typer.Option("--yes", help="Follow the plan without asking.")] = False,
    plan: Annotated[bool, typer.Option("--plan", help="Show the plan and change nothing.")] = False,
) -> None:
    """Move every secret to another level of the ladder.

    No workload is touched. The plan comes first. Interrupted, the same command goes on; `--to` the level it came from goes back.
    """
    from cli.secrets.migrate import run
    from components.secrets.levels import SecretsLevel

    raise typer.Exit(run(SecretsLevel(to.value), yes, plan))


@secrets.command()
def rotate(
    secret: Annotated[str, typer.Argument(metavar="SECRET", help="The Secret, as causeway secrets names it before the slash.")],
    yes: Annotated[bool, typer.Option("--yes", help="Follow the plan without asking.")] = False,
    plan: Annotated[bool, typer.Option("--plan", help="Show the plan and change nothing.")] = False,
) -> None:
    """Give a secret a new value without a failed request.

    Two versions overlap, consumers roll, the old one is ended. Interrupted, the same command goes on.
    """
    from cli.secrets.rotate import run

    raise typer.Exit(run(secret, yes, plan))


@secrets.command("sealing-key")
def new_sealing_key() -> None:
    """Make a new sealing key, in escrow.

    Older ones still open what they sealed.
    """
    from cli.secrets.sealing_key import run

    raise typer.Exit(run())


@secrets.command("escrow")
def copy_shares_out() -> None:
    """Copy Vault's key shares out of the cluster.

    Into a file that its owner alone can read; never shows one.
    """
    from cli.secrets.escrow import run

    raise typer.Exit(run())


@secrets.command("ledger")
def show_ledger(as_json: AsJson = False) -> None:
    """List every secret: whose it is, how old, and who can read it.

    In full: owner, consumers, level, secret zero, age against its period, blast radius.
    Exit code 1 when one is overdue, shared between environments, or readable by a right that names none.
    """
    from cli.secrets.ledger import run

    raise typer.Exit(run(as_json))
