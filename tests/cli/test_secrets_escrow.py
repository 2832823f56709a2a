"""`causeway secrets escrow`: Vault's key shares in and out of the cluster."""

import base64
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from cli.secrets import escrow
from local import parts
from tests.cli.conftest import FakePlatform
from workspace.home import Home

SHARES = [f"share-of-chance-{number}" for number in range(1, 6)]
KEEPING = """#!/bin/sh
echo "$@" >> "$CAUSEWAY_HOME/kubectl.calls"
case "$*" in
    *apply*) cat > "$CAUSEWAY_HOME/applied" ;;
    *) cat "$CAUSEWAY_HOME/kubectl.answer" ;;
esac
"""


def has_shares(platform: FakePlatform, shares: list[str], kind: str = "share") -> None:
    data = {f"{kind}-{number}": base64.b64encode(share.encode()).decode() for number, share in enumerate(shares, 1)}
    platform.answers("kubectl", {"data": {**data, "root-token": "cm9vdA=="}})


def test_shares_go_into_a_file_that_its_owner_alone_reads(platform: FakePlatform) -> None:
    """4.05: five shares, one a line, for five people; none is shown, and the first token is no share."""
    has_shares(platform, SHARES)
    result = platform.run("secrets", "escrow")

    assert SHARES == (platform.home / "vault-shares").read_text().splitlines()
    assert 0o600 == (platform.home / "vault-shares").stat().st_mode & 0o777
    assert "5 key shares, one a line; 3 of them open Vault" in result.stdout
    assert "of-chance" not in result.stdout + result.stderr


def test_recovery_shares_are_told_from_those_that_open(platform: FakePlatform) -> None:
    """4.05, 4.07: where a cloud's key opens Vault, what the shares do and do not do is said; they go into the same file."""
    has_shares(platform, SHARES, "recovery-share")
    result = platform.run("secrets", "escrow")

    assert SHARES == (platform.home / "vault-shares").read_text().splitlines()
    assert "5 recovery shares, one a line; 3 of them make a token that may do everything" in result.stdout
    assert "They do not open Vault" in result.stdout
    assert "of-chance" not in result.stdout + result.stderr


def test_shares_of_a_vault_that_is_gone_are_kept(platform: FakePlatform) -> None:
    """4.05: a new Vault's shares take the place of the old ones, which may still open a volume that turns up."""
    has_shares(platform, SHARES)
    platform.run("secrets", "escrow")
    has_shares(platform, SHARES[::-1])
    platform.run("secrets", "escrow")
    platform.run("secrets", "escrow")

    assert SHARES[::-1] == (platform.home / "vault-shares").read_text().splitlines()
    assert [SHARES] == [file.read_text().splitlines() for file in platform.home.glob("vault-shares.*")]


def test_nothing_to_copy(platform: FakePlatform) -> None:
    """Issue 7, 9: below level vault there are no shares, and that is said."""
    platform.program("kubectl", "#!/bin/sh\nexit 0\n")
    result = platform.run("secrets", "escrow")

    assert (
        2,
        "error: Secret vault/vault-shares: there is none; Vault's key shares are there at level vault, once its keeper made them\n",
    ) == (
        result.exit_code,
        result.stderr,
    )


@pytest.fixture
def at_vault(platform: FakePlatform, monkeypatch: pytest.MonkeyPatch) -> FakePlatform:
    monkeypatch.setattr(parts, "wanted", lambda: (parts.PARTS["vault"],))
    platform.program("kubectl", KEEPING)
    return platform


def test_a_cluster_that_lost_the_shares_has_them_again_before_the_program_runs(at_vault: FakePlatform) -> None:
    """4.16: a Vault on a volume from before opens in a new cluster; where the cluster has shares, they are left alone."""
    (at_vault.home / "kubectl.answer").write_text("")
    (at_vault.home / "vault-shares").write_text("".join(f"{share}\n" for share in SHARES))
    with escrow.escrowed(Home.load()):
        applied = json.loads((at_vault.home / "applied").read_text())["items"]
    namespace, secret = applied

    assert ("Namespace", "vault") == (namespace["kind"], namespace["metadata"]["name"])
    assert SHARES == [base64.b64decode(value).decode() for value in secret["data"].values()]
    assert "of-chance" not in "".join(at_vault.calls("kubectl"))

    (at_vault.home / "applied").unlink()
    has_shares(at_vault, SHARES)
    with escrow.escrowed(Home.load()):
        assert not (at_vault.home / "applied").exists()


def failing(between: Callable[[], None]) -> None:
    """A run of the program that fails after `between`."""
    with escrow.escrowed(Home.load()):
        between()
        raise ZeroDivisionError


def test_shares_are_copied_out_of_a_run_that_failed(at_vault: FakePlatform) -> None:
    """4.05: Vault may be initialised although the run failed later; its shares are outside all the same, and what failed is said."""
    has_shares(at_vault, SHARES)
    with pytest.raises(ZeroDivisionError):
        failing(lambda: None)

    assert Path(at_vault.home / "vault-shares").exists()
    with pytest.raises(ZeroDivisionError):
        failing(lambda: at_vault.refuses("kubectl", "nobody answers"))
