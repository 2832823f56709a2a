"""The policy pack under the real engine: `--policy-pack policy` over stacks that somebody else wrote."""

import pytest

from tests.components.workload.samples import SAMPLES
from tests.stand_ins.plugins.live.stack import Stack
from workspace.home import REPOSITORY

pytestmark = pytest.mark.live

PACK = ("--policy-pack", str(REPOSITORY / "policy"))
# An environment variable whose value only the update will know; the image is known all the same.
DATABASE = """
k8s.apps.v1.Deployment("store", metadata={"name": "store", "namespace": namespace}, spec={
    "selector": {"matchLabels": {"app": "store"}},
    "template": {"metadata": {"labels": {"app": "store"}}, "spec": {"containers": [{
        "name": "store", "image": "postgres:15.20", "env": [{"name": "OWNER", "value": space.metadata["uid"]}]}]}},
}, opts=opts)
"""
WORKLOADS = f"""
import sys
sys.path.insert(0, {str(REPOSITORY)!r})
from components import WorkloadPattern
samples = { ({pattern.value: sample for pattern, sample in SAMPLES.items()})!r}
for pattern, sample in samples.items():
    WorkloadPattern(pattern, {{**sample, "namespace": namespace}}, opts)
"""


def test_a_database_in_a_deployment_is_stopped(stack: Stack) -> None:
    """3.06: preview and update of anybody's stack end with our line, which names the right pattern, and nothing is made."""
    stack.write(DATABASE)
    preview, update = stack.run("preview", *PACK), stack.up(*PACK)

    for run in (preview, update):
        assert run.code != 0
        assert "database-image: 'postgres:15.20' is a database or broker: a Deployment loses its data" in run.text
        assert "use pattern 'stateful'" in run.text
    assert stack.live("deployments", "store", "apps/v1") is None


def test_every_pattern_passes(stack: Stack) -> None:
    """What WorkloadPattern makes is let through, all patterns in one stack."""
    stack.write(WORKLOADS)
    preview = stack.run("preview", *PACK)

    assert (0, False) == (preview.code, "[mandatory]" in preview.text), preview.text
    assert "causeway@" in preview.text
