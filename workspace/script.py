"""The command line of a script: wrong usage is one line and exit code 2, as everything else is that a user can meet."""

import sys
from collections.abc import Callable, Sequence
from typing import Any

import typer
from typer.core import TyperCommand
from typer.exceptions import TyperException

FINE, FAILED, WRONG_USAGE = 0, 1, 2


def usage(error: TyperException, program: str) -> str:
    """A parser's message in one line, with the command whose help to read on."""
    context = getattr(error, "ctx", None)
    where = context.command_path if context else program
    return " ".join(error.format_message().replace("Value error, ", "").rstrip(".").split()) + f"; see {where} --help"


class Script(TyperCommand):
    """The one command of a script."""

    def main(self, args: Sequence[str] | None = None, *rest: Any, **options: Any) -> Any:
        """Run the command and end with its exit code."""
        program = str(options.get("prog_name") or (rest[0] if rest else self.name))
        try:
            code = super().main(args, *rest, **options | {"standalone_mode": False})
        except TyperException as error:
            print(f"error: {usage(error, program)}", file=sys.stderr)
            code = WRONG_USAGE
        sys.exit(code if isinstance(code, int) else FINE)


def command_line(main: Callable[..., None]) -> typer.Typer:
    """The command line whose options are the parameters of `main`."""
    names = {"help_option_names": ["-h", "--help"]}
    made = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None, context_settings=names)
    made.command(cls=Script)(main)
    return made


def run(main: Callable[..., None], program: str) -> None:
    """Run `main` with the words that `program` was given."""
    command_line(main)(prog_name=program)
