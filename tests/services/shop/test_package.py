"""The shop's files among themselves."""

import re

from tests.services.shop.process import SOURCE


def pins(name: str) -> dict[str, str]:
    return dict(re.findall(r"^([\w-]+)(?:\[.*\])?==(\S+)", (SOURCE / name).read_text(), re.MULTILINE))


def test_the_lock_holds_every_requirement() -> None:
    """requirements.lock pins what requirements.txt pins, each with a hash."""
    lock = (SOURCE / "requirements.lock").read_text()

    assert pins("requirements.txt").items() <= pins("requirements.lock").items()
    assert len(pins("requirements.lock")) == len(re.findall(r"^\S+==\S+ \\\n    --hash=sha256:", lock, re.MULTILINE))
