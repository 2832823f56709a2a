"""kubernetes.helm.v3.Release through the real engine and the real helm."""

from pathlib import Path

import pytest

from tests.stand_ins.plugins.live.stack import Stack

pytestmark = pytest.mark.live

RELEASE = """
release = k8s.helm.v3.Release("tiny", k8s.helm.v3.ReleaseArgs(
    chart="./chart", name="tiny", namespace=namespace, timeout=60, atomic=ATOMIC,
    values={"color": "COLOR", "password": pulumi.Output.secret("hunter2secret")}), opts=opts)
pulumi.export("status", release.status)
pulumi.export("names", release.resource_names)
"""
CONFIG_MAP = """
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}
data:
  color: {{ .Values.color }}
"""
HOOK = """
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-hook
  annotations: {helm.sh/hook: "pre-install,pre-upgrade"}
"""


def program(color: str, atomic: bool = False) -> str:
    return RELEASE.replace("COLOR", color).replace("ATOMIC", str(atomic))


@pytest.fixture
def chart(stack: Stack) -> Path:
    directory = stack.project / "chart"
    (directory / "templates").mkdir(parents=True)
    (directory / "Chart.yaml").write_text("apiVersion: v2\nname: tiny\nversion: 1.2.3\nappVersion: '7'\n")
    (directory / "templates" / "settings.yaml").write_text(CONFIG_MAP)
    (directory / "templates" / "hook.yaml").write_text(HOOK)
    return directory


def color(stack: Stack) -> str:
    return str(stack.live("configmaps", "tiny")["data"]["color"])


@pytest.mark.usefixtures("chart")
def test_life_of_a_release(stack: Stack) -> None:
    """Install with hooks, no change, upgrade in place, and uninstall without a trace; the values stay secret."""
    stack.write(program("red"))
    installed = stack.must_up()
    assert "red" == color(stack)
    assert stack.live("configmaps", "tiny-hook")
    assert "ConfigMap/v1" in installed.text
    assert {"unchanged": 4} == stack.must_up().changes

    stack.write(program("blue"))
    assert 1 == stack.must_up().changes["updated"]
    assert "blue" == color(stack)
    assert "hunter2" not in stack.state + stack.run("preview", "--diff").text

    stack.write("")
    assert 1 == stack.must_up().changes["deleted"]
    assert stack.live("configmaps", "tiny") is None
    assert [] == stack.api("GET", f"/api/v1/namespaces/{stack.namespace}/secrets?labelSelector=owner%3Dhelm")["items"]


@pytest.mark.usefixtures("chart")
def test_a_preview_installs_nothing(stack: Stack) -> None:
    """A preview of a release shows it and leaves the cluster alone."""
    stack.write("")
    stack.must_up()
    stack.write(program("red"))

    assert 0 == stack.run("preview").code
    assert stack.live("configmaps", "tiny") is None


def test_a_failed_upgrade_rolls_back(stack: Stack, chart: Path) -> None:
    """With atomic a failed upgrade leaves the release as it was, and the next run mends it."""
    stack.write(program("red", atomic=True))
    stack.must_up()
    bad = "\n---\napiVersion: v1\nkind: Service\nmetadata: {name: bad}\nspec: {ports: [{port: 99999}]}\n"
    (chart / "templates" / "settings.yaml").write_text(CONFIG_MAP + '{{- if eq .Values.color "broken" }}' + bad + "{{- end }}")
    stack.write(program("broken", atomic=True))

    failed = stack.up()

    assert 0 != failed.code
    assert "99999" in failed.text
    assert "red" == color(stack)
    stack.write(program("blue", atomic=True))
    stack.must_up()
    assert "blue" == color(stack)


@pytest.mark.usefixtures("chart")
def test_a_release_left_pending_is_recovered(stack: Stack) -> None:
    """A release that a killed run left pending is taken up by the next run, which says so."""
    stack.write(program("red"))
    stack.must_up()
    path = f"/api/v1/namespaces/{stack.namespace}/secrets/sh.helm.release.v1.tiny.v1"
    record = stack.api("GET", path)
    stuck = stuck_record(record)
    stack.api("POST", path.rpartition("/")[0], stuck)
    stack.write(program("blue"))

    recovered = stack.must_up()

    assert "pending-upgrade" in recovered.text
    assert "blue" == color(stack)


def stuck_record(record: dict[str, object]) -> dict[str, object]:
    """The record of a second revision whose upgrade never ended."""
    import base64
    import gzip

    import orjson

    from stand_ins.plugins.kubernetes.release_inputs import decode_record

    content = decode_record(record["data"]["release"], in_secret=True)  # type: ignore[index]
    content["version"] = 2
    content["info"]["status"] = "pending-upgrade"
    packed = base64.b64encode(base64.b64encode(gzip.compress(orjson.dumps(content)))).decode()
    labels = {**record["metadata"]["labels"], "version": "2", "status": "pending-upgrade"}  # type: ignore[index]
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "type": "helm.sh/release.v1",
        "metadata": {"name": "sh.helm.release.v1.tiny.v2", "labels": labels},
        "data": {"release": packed},
    }


def test_an_unknown_chart_is_refused_before_anything(stack: Stack) -> None:
    """A chart that is not there is named in the preview already."""
    stack.write(program("red"))

    failed = stack.run("preview")

    assert 0 != failed.code
    assert "check the chart name and repository configuration" in failed.text
