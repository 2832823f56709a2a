"""The examples in docs/workloads.md: each is a workload that is rendered and judged."""

import re
from pathlib import Path

import pytest
import yaml

from components.workload import render

PAGE = (Path(__file__).parents[3] / "docs" / "workloads.md").read_text()
EXAMPLES = {example["name"]: example for block in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL) for example in [yaml.safe_load(block)]}


@pytest.mark.parametrize("name", EXAMPLES)
def test_example(name: str) -> None:
    """Issue 21, 7: what the page shows is taken as it stands."""
    assert render(name, {key: value for key, value in EXAMPLES[name].items() if key != "name"})
