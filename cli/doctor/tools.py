"""Tools, Pulumi's own versions, and the registries that tools come from."""

from cli.doctor.facts import Pulumi, Registry, Tool
from cli.doctor.finding import Finding, failed, passed, warned

UP = "./scripts/up"
REINSTALL = ".venv/bin/python -m pip install -r requirements.txt"


def judge_tool(tool: Tool) -> Finding:
    """A tool that is ready, or can be got: `scripts/up` gets it. Without any way to get it, the platform cannot start."""
    if tool.version:
        return passed(tool.name, f"{tool.version}, {tool.route}, in {tool.directory}")
    if tool.route:
        return passed(tool.name, f"not here yet; {UP} gets {tool.wanted}: {tool.route}")
    return failed(
        tool.name, f"not here, and there is no way to get {tool.wanted} on this machine", f"install {tool.name} {tool.wanted} on PATH"
    )


def judge_pulumi(facts: Pulumi) -> list[Finding]:
    """The engine, the SDKs and the plugin speak one protocol each; a mismatch shows as a strange error much later."""
    return [_engine(facts), _sdk(facts), _plugin(facts)]


def _engine(facts: Pulumi) -> Finding:
    name = "engine and SDK"
    if not facts.sdk:
        return failed(name, "the Python package pulumi is not installed", REINSTALL)
    if not facts.cli:
        return passed(name, f"SDK {facts.sdk}; the CLI is not here yet")
    if facts.cli.split(".")[0] != facts.sdk.split(".")[0]:
        return failed(name, f"CLI {facts.cli} and SDK {facts.sdk} differ in their major version", REINSTALL)
    return passed(name, f"CLI {facts.cli}, SDK {facts.sdk}")


def _sdk(facts: Pulumi) -> Finding:
    name = "pulumi-kubernetes"
    if facts.kubernetes_sdk is None:
        return failed(name, "the Python package pulumi-kubernetes is not installed", REINSTALL)
    if facts.kubernetes_sdk != facts.kubernetes_pin:
        found = f"the SDK is {facts.kubernetes_sdk}, versions.json pins the plugin {facts.kubernetes_pin}"
        return failed(name, found, REINSTALL)
    return passed(name, f"SDK and plugin {facts.kubernetes_pin}")


def _plugin(facts: Pulumi) -> Finding:
    if not facts.plugin:
        return warned("kubernetes plugin", f"{facts.kubernetes_pin} is not installed yet", UP)
    return passed("kubernetes plugin", f"{facts.kubernetes_pin}, {facts.plugin}")


def judge_registry(registry: Registry) -> Finding:
    """Only a warning: whatever is cached already works without."""
    if registry.error is None:
        return passed(registry.name, f"{registry.client}: {registry.answer}")
    return warned(registry.name, f"{registry.client}: {registry.error}", FIXES[registry.client])


FIXES = {
    "pip": "python3 -m pip config list, and see that its index is reachable",
    "go": "go env GOPROXY, and see that it is reachable",
    "apt": "apt-get update",
}
