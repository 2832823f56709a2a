"""What a user wrote is wrong."""

from workspace.documents import Unreadable
from workspace.progress import Problem

__all__ = ["WRONG_INPUT", "Refused"]


class Refused(Problem):
    """What was given cannot be taken: a line for each mistake, and exit code 2."""


WRONG_INPUT = (Refused, Unreadable)
"""Problems that end with exit code 2: nothing failed, something has to be written otherwise."""
