"""What a user wrote is wrong."""

from workspace.progress import Problem


class Refused(Problem):
    """What was given cannot be taken: a line for each mistake, and exit code 2."""
