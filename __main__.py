"""The program: settings -> platform -> parts in order -> outputs."""

import pulumi

import platforms
from stack import settings
from stack.composition import Stack
from stack.parts import PARTS


def main() -> None:
    """Make the platform of the stack's settings."""
    given = settings.load()
    for part in PARTS:
        part.find(given)
    Stack(given, platforms.load(given), PARTS).make()


try:
    main()
except pulumi.InputPropertiesError as refused:
    # A refused input is the user's to mend: its own lines, and no traceback.
    raise pulumi.RunError(refused.message) from None
