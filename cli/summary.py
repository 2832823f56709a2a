"""What `scripts/up` prints at its end: what is real, what runs, the URLs with how to log in, and what to do next."""

import shlex
from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.text import Text

from cli import output, platform, status
from cli.urls import Access, access, has_stand_ins
from cli.workloads import Workload
from local.stand_ins import Row
from local.toolchain import Installed
from workspace.home import Home

ORDER = '{"item": "book", "quantity": 1}'


def show_summary(console: Console, home: Home, found: platform.Outputs, tools: Mapping[str, Installed], parts: Sequence[Row]) -> None:
    """Ask the cluster about what the stack says is there, and print all of it; `parts` says what is real on this machine."""
    doors = access(found, "kubectl", has_stand_ins(home))
    render(console, status.read(home, found), found.urls, doors, next_commands(found.urls), parts, tools)


def render(
    console: Console,
    workloads: Sequence[Workload],
    urls: Mapping[str, str],
    doors: Mapping[str, Access],
    commands: Sequence[str],
    parts: Sequence[Row],
    tools: Mapping[str, Installed],
) -> None:
    """Print the four parts; the commands come last, where a reader's eye is when a run ends."""
    output.print_title(console, "What is real here, and what is stood in")
    print_parts(console, parts, tools)
    output.print_title(console, "Workloads")
    status.print_workloads(console, workloads)
    if urls:
        output.print_title(console, "URLs, and how to log in, once the first command below is run")
        for name, url in sorted(urls.items()):
            output.print_line(console, Text.assemble((name.ljust(max(map(len, urls))), "bold"), f"  {url}"))
            for line in doors[name].lines if name in doors else []:
                output.print_line(console, f"  {line}")
    output.print_title(console, "Next")
    for command in commands:
        output.print_line(console, f"  {command}")
    output.print_line(console)


def next_commands(urls: Mapping[str, str]) -> list[str]:
    """Four commands: the shell's environment, the platform's state, its secrets, and an order or, without a shop, the way down."""
    shop = urls.get("shop")
    last = f"curl --json {shlex.quote(ORDER)} {shop.rstrip('/')}/orders" if shop else "./scripts/down"
    return ['eval "$(./scripts/env)"', "causeway status", "causeway secrets", last]


def print_parts(console: Console, parts: Sequence[Row], tools: Mapping[str, Installed]) -> None:
    """The table of parts: what runs, whether it is the real thing, and how it was got or why it is stood in."""
    header = ["part", "what runs here", "", "how, or why not"]
    rows: list[list[output.Cell]] = [[part.part, _what(part, tools), _mark(part), _how(part, tools)] for part in parts]
    output.print_table(console, header, rows, wrap=[header[1], header[3]])


def _what(part: Row, tools: Mapping[str, Installed]) -> str:
    """The version stands behind what is a tool itself; parts that come inside another tool go without."""
    tool = tools.get(part.tool)
    return f"{part.what} {tool.version}" if tool and part.what == part.tool else part.what


def _mark(part: Row) -> Text:
    return Text("real", style="green") if part.real else Text("stand-in", style="yellow")


def _how(part: Row, tools: Mapping[str, Installed]) -> str:
    tool = tools.get(part.tool)
    return tool.route.value if tool else part.why
