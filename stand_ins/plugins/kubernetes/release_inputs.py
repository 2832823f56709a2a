"""Helm releases as data: inputs completed, values merged, charts described, records read, outputs made."""

import base64
import gzip
import re
import tarfile
from collections import defaultdict
from pathlib import Path
from typing import Any

import orjson
import yaml

from stand_ins.plugins.kubernetes import diff, naming
from stand_ins.plugins.kubernetes.kubeconfig import Loader
from stand_ins.plugins.kubernetes.objects import INPUTS_KEY, prune
from stand_ins.plugins.kubernetes.properties import UNKNOWN, Asset, Secret, mark_secrets, reveal

Properties = dict[str, Any]
DEFAULT_TIMEOUT = 300
# What Check keeps: the rest is computed, deprecated, or merged into `values`.
INPUTS = frozenset(
    """
    allowNullValues atomic chart cleanupOnFail createNamespace dependencyUpdate description devel disableCRDHooks
    disableOpenapiValidation disableWebhooks forceUpdate keyring lint maxHistory name namespace postrender recreatePods
    renderSubchartNotes replace repositoryOpts resetValues reuseValues skipAwait skipCrds takeOwnership timeout values verify
    version waitForJobs
    """.split()
)
REPLACING = (("name",), ("namespace",))


def completed(news: Properties, olds: Properties, default_namespace: str, name: str) -> Properties:
    """Inputs with name, namespace, timeout and merged values; `name` is used where neither news nor olds have one."""
    inputs = {key: value for key, value in news.items() if key in INPUTS and value is not None}
    if not inputs.get("name"):
        inputs["name"] = olds.get("name") or name
    if not inputs.get("namespace"):
        inputs["namespace"] = default_namespace
    if not inputs.get("skipAwait"):
        inputs.setdefault("timeout", DEFAULT_TIMEOUT)
    if inputs.get("verify") is True:
        inputs.setdefault("keyring", str(Path.home() / ".gnupg" / "pubring.gpg"))
    if not inputs.get("repositoryOpts"):
        inputs.pop("repositoryOpts", None)
    inputs["values"] = merged_values(news)
    return inputs


def merged_values(news: Properties) -> Any:
    """The value files in their order, each over the one before, and `values` over all."""
    values: Any = {}
    for file in reveal(news.get("valueYamlFiles")) or []:
        if file is UNKNOWN:
            return UNKNOWN
        values = overlay(values, yaml.load(file.content(), Loader) or {})
    given = news.get("values")
    if given is UNKNOWN:
        return UNKNOWN
    if isinstance(given, Secret) and not values:
        return Secret(expanded(given.value))
    return overlay(values, expanded(given or {}))


def expanded(value: Any) -> Any:
    """Values with assets replaced by their text, as `--set-file` does."""
    if isinstance(value, Asset):
        return value.content()
    if isinstance(value, Secret):
        return Secret(expanded(value.value))
    if isinstance(value, dict):
        return {key: expanded(item) for key, item in value.items()}
    return [expanded(item) for item in value] if isinstance(value, list) else value


def overlay(base: Any, upper: Any) -> Any:
    if isinstance(upper, Secret) and isinstance(upper.value, dict) and isinstance(base, dict):
        return Secret(overlay(base, upper.value))
    if isinstance(base, dict) and isinstance(upper, dict):
        return {key: overlay(base[key], upper[key]) if key in base and key in upper else {**base, **upper}[key] for key in base | upper}
    return upper


def chart_description(chart: str) -> Properties | None:
    """Chart.yaml of a chart directory or archive; None when the name is not a path on this machine."""
    path = Path(chart)
    if (path / "Chart.yaml").is_file():
        return dict(yaml.load((path / "Chart.yaml").read_text(), Loader))
    if path.is_file():
        with tarfile.open(path) as archive:
            member = next(item for item in archive if item.name.count("/") == 1 and item.name.endswith("/Chart.yaml"))
            file = archive.extractfile(member)
            return dict(yaml.load(file.read(), Loader)) if file else None
    return None


def difference(old_inputs: Properties, state: Properties, news: Properties, ignored: list[str]) -> list[diff.Change]:
    """What changed against the release as it is: what was set before, with the values the state has for it now."""
    before = prune((), reveal(state), reveal(old_inputs)) if state else reveal(old_inputs)
    after = dict(reveal(news))
    for entry in (before, after):
        entry.pop("checksum", None)
        entry.pop("resourceNames", None)
    if "version" in ignored:
        after["version"] = before.get("version")
    return [change for change in diff.changes(before, after, REPLACING) if not diff.ignored(change, ignored)]


def decode_record(data: str, in_secret: bool) -> Properties:
    """A release as Helm stores it: gzipped JSON in base64, once more in base64 by the Secret around it."""
    packed = base64.b64decode(base64.b64decode(data) if in_secret else data)
    return dict(orjson.loads(gzip.decompress(packed)))


def outputs(inputs: Properties, record: Properties) -> Properties:
    """Inputs and what Helm knows of the release, secrets marked; the inputs themselves are kept as one secret."""
    chart = record["chart"]["metadata"]
    result = {
        **reveal(inputs),
        "values": overlay(reveal(inputs).get("values") or {}, record.get("config") or {}),
        "version": chart["version"],
        "resourceNames": resource_names(record.get("manifest") or ""),
        "status": {
            "appVersion": chart.get("appVersion") or "",
            "chart": chart["name"],
            "name": record["name"],
            "namespace": record["namespace"],
            "revision": record["version"],
            "status": record["info"]["status"],
            "version": chart["version"],
        },
    }
    marked = mark_secrets(result, inputs)
    marked[INPUTS_KEY] = Secret(reveal(inputs))
    return marked


def preview_outputs(inputs: Properties) -> Properties:
    return {**inputs, "resourceNames": UNKNOWN, "status": UNKNOWN}


def resource_names(manifest: str) -> dict[str, list[str]]:
    """Names of the manifest's objects under `Kind.group/apiVersion`."""
    found: dict[str, set[str]] = defaultdict(set)
    for document in re.split(r"^---$", manifest, flags=re.MULTILINE):
        item = yaml.load(head(document), Loader)
        if not item or "kind" not in item:
            continue
        group = item["apiVersion"].rpartition("/")[0]
        kind = f"{item['kind']}.{group}" if group else item["kind"]
        found[f"{kind}/{item['apiVersion']}"].add(naming.object_id(item))
    return {key: sorted(names) for key, names in sorted(found.items())}


def head(document: str) -> str:
    """The lines of a document that say what it is: megabytes of definitions would take a minute to read whole.

    It also spares them YAML 1.1, which knows no text `=` (an operator in definitions of Prometheus Operator).
    """
    top = re.split(r"^(?=[^\s#-])", document, flags=re.MULTILINE)
    kept = [part for part in top if part.startswith(("apiVersion:", "kind:", "metadata:"))]
    return "".join(kept) or document


def import_inputs(record: Properties) -> Properties:
    """Inputs for a release that the program did not make."""
    chart = record["chart"]["metadata"]
    return {
        "name": record["name"],
        "namespace": record["namespace"],
        "chart": chart["name"],
        "version": chart["version"],
        "values": record.get("config") or {},
        "timeout": DEFAULT_TIMEOUT,
    }
