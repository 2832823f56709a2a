"""Parts: each is one module, its settings are collected from it, and a new one edits one existing file."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pulumi
import pytest
import yaml

from stack.composition import merged
from stack.declarations import declared
from stack.parts import PARTS
from tests.recorder import run
from tests.stacks.program import REPOSITORY, stack_config

DUMMY = '''
"""A part of a test."""

from stack.part import Part
from stack.section import Section
from stack import values as forms


class DummySettings(Section):
    """A dummy."""

    enabled: forms.Switch | None = None
    greeting: forms.Name | None = None


PART = Part(
    name="dummy",
    settings=DummySettings,
    description="A dummy: enabled, greeting.",
    is_on=lambda settings: bool(settings.of(DummySettings).enabled),
    make=lambda stack: stack.show(urls={"dummy": "http://dummy/"}),
)
'''
SCRIPT = """
import json
import pulumi
from stack import settings
from stack.declarations import declared

config = json.loads({config!r})
on = settings.parse({{**config, "causeway:dummy": '{{"enabled": true}}'}})
try:
    settings.parse({{**config, "causeway:dummy": '{{"greetin": "hello"}}'}})
except pulumi.RunError as refused:
    print(json.dumps([on.has("dummy"), str(refused), declared()["causeway:dummy"]]))
"""


def test_settings_are_declared_as_the_parts_say() -> None:
    """Issue 14, house 2: Pulumi.yaml's declarations are those of the parts; `./scripts/render` writes them."""
    written = yaml.safe_load((REPOSITORY / "Pulumi.yaml").read_text())["config"]

    assert declared() == written


def test_a_part_follows_what_it_needs() -> None:
    """Issue 14, house 2: the order in which the parts are made respects what each needs."""
    names = [part.name for part in PARTS]

    assert all(names.index(needed) < names.index(part.name) for part in PARTS for needed in part.needs)


@pytest.mark.process
def test_a_new_part_edits_one_file(tmp_path: Path) -> None:
    """Issue 14, house 2: a dummy part is a module and one line of stack/parts/__init__.py; settings, refusals and declarations have it."""
    for folder in ("components", "platforms"):
        (tmp_path / folder).symlink_to(REPOSITORY / folder)
    shutil.copytree(REPOSITORY / "stack", tmp_path / "stack")
    (tmp_path / "stack/parts/dummy.py").write_text(DUMMY)
    listed = tmp_path / "stack/parts/__init__.py"
    listed.write_text(
        listed.read_text().replace("import gitops,", "import dummy, gitops,").replace("(secrets.PART,", "(dummy.PART, secrets.PART,")
    )
    script = SCRIPT.format(config=json.dumps(stack_config(REPOSITORY / "tests/configs/valid/nothing.yaml")))

    answer = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True)

    assert "" == answer.stderr
    is_on, refusal, declaration = json.loads(answer.stdout)
    assert is_on
    assert "causeway:dummy.greetin: there is no such setting, did you mean 'greeting'?" in refusal
    assert "A dummy: enabled, greeting." == declaration["description"]


def test_outputs_are_merged() -> None:
    """A stack shows what its parts show; a later part wins."""

    def build() -> None:
        pulumi.export("urls", merged([{"a": "1", "b": "1"}, {"b": "2"}]))

    assert {"urls": {"a": "1", "b": "2"}} == run(build).outputs
