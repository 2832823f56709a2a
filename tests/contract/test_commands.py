"""Every command that README and docs name is run by some test; those of `causeway` all by tests/cli/test_documented.py."""

import pytest

from tests.contract.commands import Command, commands, documented, named, read, started
from workspace.home import REPOSITORY

ELSEWHERE = {
    "./scripts/bench --gitops": "minutes of a platform of its own with Argo CD",
    "./scripts/rehearse --benchmark": "half an hour of checkov, which tests/rehearsal/test_checkov.py asks alone",
    "pulumi destroy --refresh": "nothing: it is `pulumi refresh` and then `pulumi destroy`, each of which a live test runs",
    "pulumi login": "a bucket of a cloud",
    "pulumi stack init --secrets-provider": "a key of a cloud",
}
"""Commands that no test runs, and what they would need."""
COMPOSED = {
    "pulumi config set --secret": "tests/live/canaries.py",
    "pulumi preview --policy-pack": "tests/stand_ins/plugins/live/test_policy_pack.py",
}
"""Commands that a test puts together out of parts, and the file that has the option."""
PAGE = """
Run `./scripts/up --explain`, then `causeway`:
```sh
eval "$(./scripts/env)" && causeway gitops promote SERVICE [--to ENV]   # causeway nothing
pulumi up --stack minikube; aws eks update-kubeconfig --name causeway --kubeconfig x
```
"""


def test_commands_of_a_page() -> None:
    """Issue 15, point 5: commands are found in blocks and inline, after one another, without comments and other programs' words."""
    expected = [
        "./scripts/env",
        "causeway gitops promote SERVICE [--to ENV]",
        "pulumi up --stack minikube",
        "./scripts/up --explain",
        "causeway",
    ]

    assert expected == list(named(PAGE))
    assert Command("causeway", ("gitops", "promote"), frozenset({"--to"})) == read("causeway gitops promote SERVICE [--to ENV]")
    assert [] == list(commands("aws eks update-kubeconfig --name causeway --kubeconfig x"))


@pytest.mark.parametrize("text", sorted(text for text in documented() if not text.startswith("causeway")))
def test_command_is_run_by_a_test(text: str) -> None:
    """Issue 15, point 5: a script or command of the engine that a page names is started by some test, with those options."""
    command = read(text)

    assert str(command) in {*ELSEWHERE, *COMPOSED} or [by for by in started() if command.is_run_by(by)], f"{documented()[text]} names it"


def test_what_no_test_runs_is_still_named() -> None:
    """Issue 15, point 5: an exception goes with the command that it is for, or with the first test that runs it."""
    commands_named = {str(read(text)) for text in documented()}

    assert set() == {*ELSEWHERE, *COMPOSED} - commands_named
    assert [] == [one for one, file in COMPOSED.items() if f'"{one.split()[-1]}"' not in (REPOSITORY / file).read_text()]
    assert [] == [one for one in ELSEWHERE if any(read(one).is_run_by(by) for by in started())]
