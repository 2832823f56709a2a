"""The one way to ask a cluster: through kubectl, with "there is none" kept apart from "it could not be asked"."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice, takewhile
from typing import Any

from workspace import pulumi
from workspace.home import Home
from workspace.progress import Problem

Manifest = dict[str, Any]
CONTEXT = "causeway"
"""The only context of a checkout's kubeconfig."""
UP = "fix: ./scripts/up"
ANSWER_SECONDS = 15.0
REQUEST_SHARE = 2 / 3
"""How much of its time kubectl gives the API server for one request, so that it can still say what did not answer."""
UNDEFINED = ("the server doesn't have a resource type", "the server could not find the requested resource", "no matches for kind")
NOT_FOUND = "Error from server (NotFound)"
"""What kubectl says of an object that is gone."""
PARTIAL = (
    "couldn't get resource list",
    "couldn't get current server api group list",
    "unable to retrieve the complete list of server apis",
)
"""kubectl could not ask for every kind that the server has: a kind missing from such a list may exist all the same."""


@dataclass(frozen=True)
class Found:
    """The cluster answered: these are all its objects of the kind, perhaps none."""

    objects: tuple[Manifest, ...]


@dataclass(frozen=True)
class Undefined:
    """The cluster answered that it has no such kind, so nothing of it: the definition is gone, or never came."""


@dataclass(frozen=True)
class Unanswered:
    """The cluster could not be asked; `reason` says why in one line. Whether there are objects is not known."""

    reason: str


Answer = Found | Undefined | Unanswered


class CouldNotAsk(Problem):
    """A question without an answer; `reason` is the line without the hint that ends it."""

    def __init__(self, reason: str, hint: str = UP) -> None:
        super().__init__(f"{reason}; {hint}" if hint else reason)
        self.reason = reason


@dataclass(frozen=True)
class Kubectl:
    """kubectl for one cluster: `options` name it, `environment` is what kubectl runs in, `hint` ends each complaint.

    A kind is named in the singular, with its group where another group could have the same name: `pod`,
    `Application.argoproj.io`.
    """

    options: tuple[str, ...]
    environment: Mapping[str, str]
    hint: str = UP

    def command(self, *words: str) -> list[str]:
        """The whole command line; raises CouldNotAsk where there is no kubectl, or no kubeconfig to go by."""
        program = shutil.which("kubectl", path=self.environment.get("PATH"))
        if not program:
            raise CouldNotAsk("kubectl is not on PATH", self.hint)
        for option in self.options:
            name, _, value = option.partition("=")
            if name == "--kubeconfig" and not os.path.exists(value):
                raise CouldNotAsk(f"{value} is missing: no cluster was chosen yet", self.hint)
        return [program, *self.options, *words]

    def run(self, *words: str, given: str = "", seconds: float = ANSWER_SECONDS) -> str:
        """What kubectl prints; `given` is its standard input. Raises CouldNotAsk with its last line."""
        answer = self._call(words, given, seconds)
        if answer.returncode:
            raise CouldNotAsk(f"{_what(words)}: {_last_line(answer.stderr)}", self.hint)
        return answer.stdout

    def read(self, *words: str, seconds: float = ANSWER_SECONDS) -> Manifest:
        """The JSON object that kubectl prints for `words`. Raises CouldNotAsk."""
        return _parse(self.run(*words, "--output=json", seconds=seconds), _what(words))

    def ask(
        self, kinds: Iterable[str], namespace: str | None = None, selector: str = "", managed_fields: bool = False
    ) -> dict[str, Answer]:
        """An answer for each kind: its objects in `namespace` (None: everywhere) with the labels of `selector`.

        `managed_fields`, by which the API server remembers who set what and when, are left out unless they are asked for.
        One call where all goes well. Where it does not, each kind is asked by itself, so one cannot spoil another's answer.
        """
        asked = sorted(set(kinds))
        if not asked:
            return {}
        where = ["--all-namespaces" if namespace is None else f"--namespace={namespace}"]
        where += [f"--selector={selector}"] if selector else []
        where += ["--show-managed-fields"] if managed_fields else []
        together = self._list(",".join(asked), where)
        if len(asked) == 1:
            return {asked[0]: together}
        if isinstance(together, Found):
            return {kind: Found(objects) for kind, objects in sort(together.objects, asked).items()}
        with ThreadPoolExecutor() as pool:
            return dict(zip(asked, pool.map(lambda kind: self._list(kind, where), asked), strict=True))

    def objects(
        self, kinds: Iterable[str], namespace: str | None = None, selector: str = "", managed_fields: bool = False
    ) -> list[Manifest]:
        """All objects of `kinds`; a kind that the cluster does not define has none. Raises CouldNotAsk for any that went unanswered."""
        answers = self.ask(kinds, namespace, selector, managed_fields)
        for answer in answers.values():
            if isinstance(answer, Unanswered):
                raise CouldNotAsk(answer.reason, self.hint)
        return [item for answer in answers.values() if isinstance(answer, Found) for item in answer.objects]

    def object(self, kind: str, name: str, namespace: str | None = None) -> Manifest | None:
        """One object; None where the cluster says that there is none. Raises CouldNotAsk where it does not say."""
        where = [f"--namespace={namespace}"] if namespace else []
        text = self.run("get", kind, name, *where, "--ignore-not-found", "--output=json")
        return _parse(text, _what(("get", kind, name))) if text.strip() else None

    def _list(self, kinds: str, where: list[str]) -> Answer:
        try:
            answer = self._call(("get", kinds, *where, "--output=json"), "", ANSWER_SECONDS)
            if answer.returncode:
                return judge(kinds, answer.stderr)
            return Found(tuple(_parse(answer.stdout, f"kubectl get {kinds}")["items"]))
        except CouldNotAsk as problem:
            return Unanswered(problem.reason)

    def _call(self, words: tuple[str, ...], given: str, seconds: float) -> "subprocess.CompletedProcess[str]":
        command = self.command(f"--request-timeout={seconds * REQUEST_SHARE:.0f}s", *words)
        try:
            return subprocess.run(command, env=self.environment, input=given, capture_output=True, text=True, timeout=seconds)
        except subprocess.TimeoutExpired:
            raise CouldNotAsk(f"{_what(words)}: no answer within {seconds:.0f} s", self.hint) from None


def chosen(home: Home) -> Kubectl:
    """kubectl for the cluster that `scripts/up` chose for this checkout, whatever the user's own context is."""
    environment = os.environ | pulumi.environment(home)
    return Kubectl((f"--kubeconfig={home.kubeconfig}", f"--context={CONTEXT}"), environment)


def judge(kind: str, complaint: str) -> Undefined | Unanswered:
    """What kubectl's `complaint` about a list means: that there is no such kind, or that nothing is known."""
    text = complaint.lower()
    if any(words in text for words in UNDEFINED) and not any(words in text for words in PARTIAL):
        return Undefined()
    return Unanswered(f"kubectl get {kind}: {_last_line(complaint)}")


def sort(objects: Iterable[Manifest], kinds: list[str]) -> dict[str, tuple[Manifest, ...]]:
    """The objects of a common answer by the kind that was asked for; raises ValueError for one that nobody asked for."""
    found: dict[str, list[Manifest]] = {kind: [] for kind in kinds}
    for item in objects:
        kind = next((one for one in kinds if is_of(item, one)), None)
        if kind is None:
            raise ValueError(f"{item['kind']} is none of {', '.join(kinds)}: name kinds in the singular")
        found[kind].append(item)
    return {kind: tuple(items) for kind, items in found.items()}


def is_of(item: Manifest, kind: str) -> bool:
    """Whether `item` is of `kind`, which may leave the group out."""
    name, _, group = kind.lower().partition(".")
    return name == item["kind"].lower() and (not group or group == item["apiVersion"].rpartition("/")[0])


def _parse(text: str, what: str) -> Manifest:
    """The JSON object that kubectl printed; no JSON is no answer."""
    try:
        answer = json.loads(text)
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        raise CouldNotAsk(f"{what}: the answer is no JSON object: {text.strip()[:80]!r}")
    return answer


def _what(words: Sequence[str]) -> str:
    """A command as a complaint names it: what is done to what, without options, and without what runs inside a pod."""
    named = takewhile(lambda word: not word.startswith("-"), words)
    return " ".join(["kubectl", *islice(named, 3)])


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or ["no message"])[-1]
