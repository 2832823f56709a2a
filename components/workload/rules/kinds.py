"""Rules over one object of a kind: schedules, runs, volumes, ways in, names and labels."""

from collections.abc import Iterator
from typing import Any

from ..._kit import Manifest
from ..._schedules import schedule_problems, zone_problem
from .model import FINITE, WITH_PODS, Rule, job_spec, labels, name, pod_template
from .pod import SECRET_VALUE
from .ranges import is_everywhere, is_wide

# A CronJob adds 11 characters to make a Job's name, a StatefulSet 11 to make a revision label; a label has 63.
LONGEST_NAME = 52
SHORTEST_DEADLINE_SECONDS = 10
REQUIRED_LABELS = ("app.kubernetes.io/name", "app.kubernetes.io/version", "causeway.dev/team")
_REWRITES = ("nginx.ingress.kubernetes.io/rewrite-target", "ingress.kubernetes.io/rewrite-target")


def time_zone(manifest: Manifest) -> Iterator[str]:
    zone = manifest["spec"].get("timeZone")
    if not zone:
        yield "a schedule without a time zone runs by the control plane's clock: name one, for example Etc/UTC"
    elif problem := zone_problem(zone):
        yield problem


def schedule(manifest: Manifest) -> Iterator[str]:
    yield from schedule_problems(str(manifest["spec"].get("schedule") or ""))


def overlapping_runs(manifest: Manifest) -> Iterator[str]:
    policy = manifest["spec"].get("concurrencyPolicy", "Allow")
    if policy not in ("Forbid", "Replace"):
        yield f"concurrency '{policy}' lets a late run meet the next one: use Forbid or Replace"


def starting_deadline(manifest: Manifest) -> Iterator[str]:
    deadline = manifest["spec"].get("startingDeadlineSeconds")
    if deadline is None:
        yield "without a deadline a hundred missed starts stop the schedule for good: give starting_deadline_seconds, for example 300"
    elif deadline < SHORTEST_DEADLINE_SECONDS:
        yield f"a starting deadline of {deadline}s is shorter than the controller's round of 10s, so runs never start: give 10 or more"


def active_deadline(manifest: Manifest) -> Iterator[str]:
    if not job_spec(manifest).get("activeDeadlineSeconds"):
        yield "a run that hangs would hang for ever: give active_deadline_seconds, for example 1800"


def finished_runs(manifest: Manifest) -> Iterator[str]:
    if job_spec(manifest).get("ttlSecondsAfterFinished") is None:
        yield "finished runs would pile up: give ttl_seconds, for example 86400"


def retained_volumes(manifest: Manifest) -> Iterator[str]:
    policy = manifest["spec"].get("persistentVolumeClaimRetentionPolicy") or {}
    for when in ("whenDeleted", "whenScaled"):
        if policy.get(when, "Retain") != "Retain":
            yield f"{when} is '{policy[when]}', which deletes the data: use Retain"


def stateful_without_volume(manifest: Manifest) -> Iterator[str]:
    if not manifest["spec"].get("volumeClaimTemplates"):
        yield "a StatefulSet without a volume keeps nothing: give storage, or use pattern 'stateless'"


def rewrite_to_root(manifest: Manifest) -> Iterator[str]:
    annotations = manifest["metadata"].get("annotations") or {}
    for key in _REWRITES:
        if annotations.get(key) == "/":
            yield f"{key} sends every path to the root, which breaks all routes but one: remove it"


def open_ingress(manifest: Manifest) -> Iterator[str]:
    yield from _open_flows(manifest, "ingress", "from")


def open_egress(manifest: Manifest) -> Iterator[str]:
    yield from _open_flows(manifest, "egress", "to")


def _open_flows(manifest: Manifest, direction: str, side: str) -> Iterator[str]:
    """Flows to or from everybody: all pods, or so many addresses that private ones are among them, in one range or in parts."""
    flows = manifest["spec"].get(direction) or []
    blocks = [peer["ipBlock"] for flow in flows for peer in flow.get(side) or [] if peer.get("ipBlock")]
    everywhere = any(not flow.get(side) or any(map(_is_every_pod, flow[side])) for flow in flows)
    if everywhere or is_everywhere(blocks):
        yield f"a flow {side} everywhere is open to all: name a workload, a namespace, an address range, or internet with a port"
    elif any(not flow.get("ports") and is_wide([peer.get("ipBlock") or {} for peer in flow[side]]) for flow in flows):
        yield f"a flow {side} the internet is open on every port: name the port"


def _is_every_pod(peer: dict[str, Any]) -> bool:
    """All pods of all namespaces."""
    chosen = any(any((peer.get(selector) or {}).values()) for selector in ("namespaceSelector", "podSelector"))
    return "namespaceSelector" in peer and not chosen


def node_port(manifest: Manifest) -> Iterator[str]:
    if (manifest["spec"] or {}).get("type") == "NodePort":
        yield "a NodePort opens a port of every node, past the front door and its certificate: use ingress, or service.type LoadBalancer"


def secret_in_files(manifest: Manifest) -> Iterator[str]:
    for key, content in (manifest.get("data") or {}).items():
        if isinstance(content, str) and SECRET_VALUE.search(content):
            yield f"'{key}' holds a secret in the clear: keep it in a Secret and name it in secrets"


def name_form(manifest: Manifest) -> Iterator[str]:
    given = name(manifest)
    if not given and not (manifest.get("metadata") or {}).get("generateName"):
        yield "has no name: give one"
    if len(given) > LONGEST_NAME:
        yield f"'{given}' has {len(given)} characters, at most {LONGEST_NAME} leave room for what controllers add: shorten it"
    if (
        not all(letter.isascii() and (letter.islower() or letter.isdigit() or letter == "-") for letter in given)
        or given.strip("-") != given
    ):
        yield f"'{given}' is no DNS label: use lower-case letters, digits and inner hyphens"
    elif given[:1].isdigit():
        yield f"'{given}' begins with a digit, which a Service may not: begin with a letter"


def required_labels(manifest: Manifest) -> Iterator[str]:
    for where, given in (
        ("object lacks", labels(manifest)),
        ("pods lack", (pod_template(manifest).get("metadata") or {}).get("labels") or {}),
    ):
        missing = [label for label in REQUIRED_LABELS if not given.get(label)]
        if missing:
            yield f"the {where} the labels {', '.join(missing)}: use WorkloadPattern, or add them"


RULES: tuple[Rule, ...] = (
    Rule("time-zone", "batch.time_zone", ("CronJob",), time_zone),
    Rule("schedule", "batch.schedule", ("CronJob",), schedule),
    Rule("overlapping-runs", "batch.concurrency", ("CronJob",), overlapping_runs),
    Rule("starting-deadline", "batch.starting_deadline_seconds", ("CronJob",), starting_deadline),
    Rule("active-deadline", "batch.active_deadline_seconds", FINITE, active_deadline),
    Rule("finished-runs", "batch.ttl_seconds", FINITE, finished_runs),
    Rule("retained-volumes", "overrides", ("StatefulSet",), retained_volumes),
    Rule("stateful-without-volume", "storage", ("StatefulSet",), stateful_without_volume),
    Rule("rewrite-to-root", "ingress.annotations", ("Ingress",), rewrite_to_root),
    Rule("open-network", "allow_from", ("NetworkPolicy",), open_ingress),
    Rule("open-network", "allow_to", ("NetworkPolicy",), open_egress),
    Rule("node-port", "service.type", ("Service",), node_port),
    Rule("secret-in-files", "files", ("ConfigMap",), secret_in_files),
    Rule("name-form", "name", WITH_PODS, name_form),
    Rule("required-labels", "overrides", WITH_PODS, required_labels),
)
