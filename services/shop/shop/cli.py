"""The command `shop`: which process to run. Each imports only what it needs, so that a health check stays quick."""

import argparse
import sys

from shop.settings import SettingsError


def main() -> None:
    """Run the process named on the command line; ends with 2 when its environment is not usable."""
    parser = argparse.ArgumentParser(prog="shop", description="A small shop on four workload patterns.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("web", help="take orders over HTTP")
    commands.add_parser("worker", help="process placed orders")
    report = commands.add_parser("report", help="write and print the report of a day")
    report.add_argument("--date", default="today", help="today (default), yesterday or YYYY-MM-DD, in the time zone TZ")
    check = commands.add_parser("healthcheck", help="end with 0 if the worker's heartbeat is recent")
    check.add_argument("--max-age", type=float, default=60.0, metavar="SECONDS", help="default 60")
    arguments = parser.parse_args()
    try:
        sys.exit(_run(arguments))
    except SettingsError as error:
        sys.exit(_refuse(str(error)))


def _run(arguments: argparse.Namespace) -> int:
    from shop.settings import Settings

    if arguments.command == "healthcheck":
        from shop.heartbeat import check

        return check(Settings.heartbeat_file_of_environment(), arguments.max_age)
    settings = Settings.load()
    if arguments.command == "web":
        from shop.server import serve

        return serve(settings)
    if arguments.command == "worker":
        from shop.worker import work

        return work(settings)
    from shop.report import report

    return report(settings, arguments.date)


def _refuse(reason: str) -> int:
    print(f"shop: {reason}", file=sys.stderr)
    return 2
