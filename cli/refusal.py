"""What a user wrote is wrong."""

from local.progress import Problem


class Refused(Problem):
    """What was given cannot be taken: a line for each mistake, and exit code 2."""
