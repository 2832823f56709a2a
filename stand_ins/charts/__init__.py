"""Doubles of other people's charts, for machines that cannot reach their repositories."""
