"""What is set beside a workload under mocks is the same work."""

import json

from local.bench.registering import SAMPLES, Registered, register


def test_both_sides_register_the_same_objects() -> None:
    """Issue 4, item 8: the bare resources are those of the workloads, to the last field, and of all four patterns."""

    def told(registered: Registered) -> list[str]:
        return sorted(json.dumps(one, sort_keys=True) for one in registered)

    ours, peer = (told(register(side, len(SAMPLES))[1]) for side in ("ours", "peer"))

    assert {"stateless", "stateful", "worker", "batch"} == {str(sample["pattern"]) for sample in SAMPLES}
    assert len(ours) > len(SAMPLES)
    assert ours == peer
