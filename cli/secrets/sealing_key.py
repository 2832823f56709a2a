"""`causeway secrets sealing-key`: a new sealing key, in escrow before it seals anything."""

from datetime import UTC, datetime
from pathlib import Path

from cli import output
from components.secrets.sealing_keys import format_escrow, new_sealing_key, parse
from workspace import files
from workspace.home import Home


def run() -> int:
    """Add a key to the escrow and say where that is."""
    home = Home.load()
    count = add(home)
    output.print_line(
        output.console(), f"{path(home)}: {count} sealing {'keys' if count > 1 else 'key'}; the newest seals from the next up on."
    )
    output.print_line(
        output.console(),
        "Whoever has this file opens every sealed secret; without it a lost cluster loses them all: keep a copy elsewhere.",
    )
    return 0


def path(home: Home) -> Path:
    """Where a local stack keeps the escrow."""
    return home.state / "sealing-keys"


def add(home: Home) -> int:
    """Add a pair to the escrow, whole or not at all; how many there are now."""
    home.state.mkdir(parents=True, exist_ok=True)
    file = path(home)
    pairs = [*(parse(file.read_text()) if file.exists() else []), new_sealing_key(datetime.now(UTC))]
    files.write(file, format_escrow(pairs))
    return len(pairs)
