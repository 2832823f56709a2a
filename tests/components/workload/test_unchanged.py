"""The ten-line common case: manifests that were there before an input was added are the same after it, byte for byte."""

from pathlib import Path

from components._yaml import write
from components.shop.component import DEFAULTS
from components.shop.workloads import workloads
from components.workload import render

from .samples import SAMPLES, inputs

SHOP = workloads({**DEFAULTS, "namespace": "shop", "shop_image": "causeway/shop:1.0.0", "postgres_image": "postgres:15.20"})
BEFORE = (Path(__file__).parent / "unchanged.yaml").read_text()
"""What main rendered on 2026-12-01; a worker was then asked for its heartbeat without being told."""


def test_defaults_render_what_they_did() -> None:
    """Issue 21, 7: nobody's objects change because WorkloadPattern learnt to say more."""
    asked = {"heartbeat": {}}
    samples = [made for pattern in SAMPLES for made in render("sample", inputs(pattern, **(asked if pattern == "worker" else {})))]
    shop = [made for name, given in SHOP.items() for made in render(name, given)]

    assert write([*samples, *shop]) == BEFORE
