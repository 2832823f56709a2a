"""`scripts/up --explain`: what a run would do on this machine, and why, changing nothing."""

from collections.abc import Iterable

from rich.console import Console

from cli.output import print_table
from cli.summary import print_parts
from local import parts
from local.choice import Choice, ClusterKind
from local.images import LOCAL_IMAGES, needed
from local.stand_ins import rows
from local.toolchain import Route, pins, plan
from workspace.home import Home


def explain(choice: Choice, names: Iterable[str], home: Home, console: Console) -> None:
    """Print the choice of cluster, the way each tool would be got, and what is real and what is stood in."""
    console.print(f"Cluster: [bold]{choice.kind.value}[/bold], because {choice.reason}.")
    routes = {name: plan(pins()[name], home) for name in names}
    print_table(
        console, ["tool", "version", "would come from"], [[name, pins()[name].version, route.value] for name, route in routes.items()]
    )
    if choice.kind is ClusterKind.LOCAL and not choice.simulated:
        missing = needed(home, (*LOCAL_IMAGES, *parts.images(parts.wanted())))
        console.print(f"Images to build: {', '.join(missing) if missing else 'none, all are cached'}.")
    if Route.GO in routes.values():
        console.print("Builds from Go modules take 2 to 5 minutes each on two processors, once.")
    console.print("Then: secrets of the checkout, `pulumi up --stack minikube`, and the table of what runs.")
    print_parts(console, (*rows(choice.name), *parts.rows(parts.chosen(choice))), {})
