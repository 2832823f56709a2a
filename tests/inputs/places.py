"""Where generated inputs go, every command that takes a file or text and every setting, and what their answers have to be."""

import json
import re
import traceback
from collections.abc import Callable
from pathlib import Path
from random import Random

import pulumi
import yaml
from typer.testing import CliRunner, Result

from cli.app import app
from stack import settings
from tests.components.gitops.layouts import FILES
from tests.components.workload.samples import SAMPLES
from tests.components.workload.test_schemas import FULL
from tests.components.workload.test_score import SCORE
from tests.inputs.trees import ODD, mutated, torn, written
from tests.stacks.program import REPOSITORY, stack_config

WORKLOADS = [{"name": "sample", "team": "shop", **inputs, **FULL.get(pattern.value, {})} for pattern, inputs in SAMPLES.items()]
STACKS = sorted((REPOSITORY / "tests/configs/valid").glob("*.yaml"))
YAML_FILES = sorted(path for path in FILES if path.endswith((".yaml", ".yml")))
LONGEST_LINE = 2000
OPTIONS: dict[tuple[str, ...], tuple[str, ...]] = {
    ("secrets", "decide"): ("--team-size", "--clusters", "--environments", "--cloud", "--rotation-days", "--capacity", "--gitops"),
    ("secrets", "rotate"): ("--plan",),
    ("secrets", "migrate"): ("--to", "--plan"),
    ("workload", "choose"): ("--ends", "--no-serves", "--on-schedule", "--needs-identity", "--no-one-per-node"),
    ("dashboards", "open"): ("--json",),
    ("dashboards", "shoot"): ("--to", "--since", "--var"),
    ("gitops", "promote"): ("--from", "--to", "--directory"),
    ("doctor",): ("--target",),
    ("status",): ("--wait",),
    ("urls",): ("--no-check",),
}
"""Commands whose words are text alone."""


class Fault(Exception):
    """An answer that nobody should get."""


def invoke(words: list[str], given: bytes | None = None) -> Result:
    """Run a command and judge its answer; raises Fault."""
    result = CliRunner().invoke(app, words, input=given, prog_name="causeway")
    if result.exception and not isinstance(result.exception, SystemExit):
        lines = traceback.format_exception(result.exception)
        raise Fault(f"{words}: {''.join(lines[-4:])}")
    refused = result.stderr.splitlines()
    if result.exit_code not in (0, 1, 2):
        raise Fault(f"{words}: exit code {result.exit_code}: {result.stderr}")
    if result.exit_code == 2 and not refused and not result.stdout.startswith("{"):
        raise Fault(f"{words}: exit code 2 without a word")
    for line in refused if result.exit_code == 2 else []:
        if not re.match(r"error: \S.*: .|error: .*; see causeway|Usage:", line) or len(line) > LONGEST_LINE:
            raise Fault(f"{words}: a refusal that is no line with a path and a reason: {line[:300]!r}")
    return result


def setting(chance: Random, _: Path) -> None:
    """One stack's settings with some of them changed: each refusal names path, what was given and what is allowed."""
    config = stack_config(chance.choice(STACKS))
    key = chance.choice(sorted(config))
    try:
        tree = json.loads(config[key])
    except ValueError:
        tree = config[key]
    value = mutated(chance, tree) if isinstance(tree, dict | list) and chance.random() < 0.7 else chance.choice(ODD)
    config[key] = value if isinstance(value, str) else json.dumps(value)
    if chance.random() < 0.1:
        config[key] = torn(chance, config[key]).decode(errors="replace")
    if chance.random() < 0.1:
        config[chance.choice((f"causeway-x:{key.partition(':')[2]}", f"{key}x", "causeway:", "causeway:a\nb", "causeway:a.b", "x"))] = "a"
    try:
        settings.parse(config)
    except pulumi.RunError as refused:
        for line in str(refused).splitlines():
            if line.startswith("causeway-x"):
                raise Fault(f"another project's setting is refused: {line[:300]}") from None
            if not re.match(r"[\w-]+:.*: (given .*; allowed: |there is no such setting)", line) or len(line) > LONGEST_LINE:
                raise Fault(f"{key}={config[key][:80]!r}: {line[:300]!r}") from None


def render(chance: Random, _: Path) -> None:
    invoke(["workload", "render", "-", "--platform", chance.choice(("minikube", "eks", "gke"))], written(chance, chance.choice(WORKLOADS)))


def score(chance: Random, _: Path) -> None:
    invoke(["workload", "import", "-"], written(chance, SCORE))


def workloads(chance: Random, folder: Path) -> None:
    file = folder / "workloads.yaml"
    file.write_bytes(written(chance, chance.choice(WORKLOADS)))
    invoke(["gitops", "init", str(folder / "made"), "--workloads", str(file)])


def layout(chance: Random, folder: Path) -> None:
    """One file of a layout is changed; it is judged, and a tag of it promoted."""
    path = chance.choice(YAML_FILES)
    place = folder / "layout" / path
    for name, text in FILES.items() if not place.exists() else ():
        (folder / "layout" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "layout" / name).write_text(text)
    try:
        documents = [one for one in yaml.safe_load_all(FILES[path]) if one] if "/templates/" not in path else []
    except yaml.YAMLError:
        documents = []
    place.write_bytes(written(chance, documents[0]) if len(documents) == 1 else torn(chance, FILES[path]))
    if "/envs/" in path and chance.random() < 0.5:
        invoke(["gitops", "promote", path.split("/")[1], "--directory", str(folder / "layout"), "--no-commit"])
    else:
        invoke(["gitops", "check", str(folder / "layout"), *chance.choice(([], ["--json"]))])
    for name in {path, *(f"apps/{service}/envs/staging/values.yaml" for service in ("web", "worker", "report"))}:
        (folder / "layout" / name).write_text(FILES[name])


def words(chance: Random, folder: Path) -> None:
    """A command with words and options whose values are anything."""
    command = chance.choice(list(OPTIONS))
    values = [str(folder / "nothing") if one == "--directory" else one for one in OPTIONS[command]]
    made = [*command]
    for _ in range(chance.randrange(4)):
        odd = chance.choice(ODD)
        made += [chance.choice(values), odd if isinstance(odd, str) else json.dumps(odd)] if chance.random() < 0.7 else [str(odd)]
    invoke([word.replace("\0", "?")[:500] for word in made])


def stack_file(chance: Random, folder: Path) -> None:
    """A stack file, read before the engine reads it."""
    from cli.refusal import WRONG_INPUT
    from cli.workload.render import stack_settings
    from local import parts
    from workspace.progress import Problem

    file = chance.choice(STACKS)
    (folder / "Pulumi.yaml").write_text((REPOSITORY / "Pulumi.yaml").read_text())
    (folder / "Pulumi.minikube.yaml").write_bytes(written(chance, yaml.safe_load(file.read_text()) or {"config": {}}))
    try:
        parts.wanted(folder / "Pulumi.minikube.yaml")
        stack_settings("minikube", folder)
    except WRONG_INPUT as refused:
        if not all(line.startswith((str(folder), "Pulumi.minikube.yaml: ")) for line in str(refused).splitlines()):
            raise Fault(f"a refusal without its file: {str(refused)[:300]}") from None
    except Problem as problem:
        raise Fault(f"nothing failed here: {problem}") from None


Place = Callable[[Random, Path], None]
PLACES: dict[Place, int] = {setting: 45, render: 20, score: 15, stack_file: 8, words: 7, layout: 3, workloads: 2}
"""Place to its share of the inputs, in hundredths: what is slow gets fewer."""


def place(seed: int, number: int) -> tuple[Place, Random]:
    """Where the input of this number goes, and the chance that makes it."""
    chance = Random(f"{seed}/{number}")
    return chance.choices(list(PLACES), list(PLACES.values()))[0], chance


def run(seed: int, number: int, folder: Path) -> None:
    """The input of this number, from this seed; raises Fault, for whatever nobody caught too."""
    chosen, chance = place(seed, number)
    try:
        chosen(chance, folder)
    except Exception as error:
        lines = "" if isinstance(error, Fault) else "".join(traceback.format_exception(error)[-4:])
        raise Fault(f"seed {seed}, number {number}, {chosen.__name__}: {error} {lines}") from None
