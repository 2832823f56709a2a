"""The runbooks' commands, typed as a woken reader would, about what is really there."""

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import pytest

from tests.live.monitoring.conftest import Monitoring
from tests.live.platform import Platform
from workspace.home import REPOSITORY

pytestmark = pytest.mark.live

PAGES = sorted(page for page in (REPOSITORY / "docs/runbooks").glob("*.md") if not page.stem.startswith(("ArgoCD", "SecretRefresh")))
"""Argo CD and External Secrets are not part of this platform: tests/live/gitops and test_secrets_external.py type their pages."""
LABELS: MappingProxyType[str, str] = MappingProxyType(
    {
        "namespace": "shop", "service": "web", "container": "web", "cronjob": "report", "job_name": "report-now",
        "secret": "shop-database", "persistentvolumeclaim": "data-database-0",
    }
)  # fmt: skip
"""What the labels of an alert about the shop would say."""
OTHERS: Mapping[str, Mapping[str, str]] = {
    "CronJobLate": {"service": "report"},
    "CronJobMissedRun": {"service": "report"},
    "JobFailed": {"service": "report"},
    "QueueBacklog": {"service": "worker"},
    "VolumeFillingUp": {"pod": "database-0"},
}
HEALTHY = (
    re.compile(r"get events.*\nNo resources found"),
    re.compile(r"--previous.*\n.*previous terminated container .* not found"),
)
"""What a command may complain of where nothing is wrong: no events, no earlier run."""


@pytest.fixture
def run_by_hand(platform: Platform) -> Iterator[None]:
    """A finished run of the report, made as its runbooks tell to."""
    platform.output("kubectl -n shop create job --from=cronjob/report report-now")
    try:
        platform.output("kubectl -n shop wait --for=condition=complete job/report-now --timeout=90s")
        yield
    finally:
        platform.output("kubectl -n shop delete job report-now")


def commands(pod: str) -> Iterator[str]:
    """Every line of every page's shell block, with its names filled in."""
    for page in PAGES:
        yield from filled(page, {**LABELS, "pod": pod, **OTHERS.get(page.stem, {})})


def filled(page: Path, names: Mapping[str, str]) -> Iterator[str]:
    """Every line of a page's shell blocks, with these names filled in."""
    text = page.read_text()
    for name, value in names.items():
        text = text.replace(f"<{name}>", value)
    for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL):
        yield from block.splitlines()


def complaints(platform: Platform, wanted: Sequence[str]) -> list[str]:
    """What the commands say that is not to be expected where nothing is wrong, each with its command; all of them are run."""
    script = "".join(f"printf '\\0%s\\n' {shlex.quote(line)} >&2\n{line}\n" for line in wanted)
    told = platform.shell(f"set +e\n{script}").stderr.split("\0")[1:]
    assert wanted == [one.splitlines()[0] for one in told]
    return [one for one in told if len(one.splitlines()) > 1 and not any(known.search(one) for known in HEALTHY)]


@pytest.mark.usefixtures("run_by_hand")
def test_commands_of_the_runbooks_work(monitoring: Monitoring, platform: Platform) -> None:
    """Issue 5, item 7: every diagnosis command finds what it asks for: no line of any is refused, misspelt or about nothing."""
    assert monitoring.urls
    pod = platform.kubectl("get pods -n shop -l app=web")["items"][0]["metadata"]["name"]

    assert [] == complaints(platform, list(dict.fromkeys(commands(pod))))
