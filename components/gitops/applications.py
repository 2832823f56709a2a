"""The root Application and the ApplicationSets below it. The latter go to Git and name no target: the bridge's facts do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .bridge import ENVIRONMENT, MANAGED, annotation
from .projects import API, IN_CLUSTER, PLATFORM
from .sync_policy import FINALIZER, REVISIONS, WAVE, SyncPolicy, ignored_differences, sync_policy

ROOT = "root"
APPLICATION_SETS = "argocd/apps"
DEPENDS_ON = "causeway.dev/depends-on"
REQUEUE_SECONDS = 30
"""How often generators look at Git; a push that calls Argo CD's webhook is seen at once."""

# Argo CD dropped this in 1.8; without it no wave waits for an Application (requirements 2.5).
APPLICATION_HEALTH = """\
local health = {status = "Progressing", message = "not compared with Git yet"}
if obj.status ~= nil and obj.status.health ~= nil and obj.status.health.status ~= nil then
  health.status = obj.status.health.status
  health.message = obj.status.health.message
  if health.status == "Healthy" and obj.status.sync ~= nil and obj.status.sync.status ~= "Synced" then
    health.status = "Progressing"
    health.message = "not synced yet"
  end
end
return health
"""
# As the built-in one, and then as healthy as the Applications that it made: a wave waits for them too.
APPLICATION_SET_HEALTH = """\
local health = {status = "Progressing", message = "no Application generated yet"}
if obj.status == nil then
  return health
end
local generated = false
for _, condition in ipairs(obj.status.conditions or {}) do
  if condition.type == "ErrorOccurred" and condition.status == "True" then
    return {status = "Degraded", message = condition.message}
  end
  if condition.type == "ResourcesUpToDate" and condition.status == "True" then
    generated = true
  end
end
if not generated then
  return health
end
for _, application in ipairs(obj.status.resources or {}) do
  local status = application.health ~= nil and application.health.status or "Progressing"
  if status ~= "Healthy" and status ~= "Suspended" then
    return {status = status == "Degraded" and "Degraded" or "Progressing", message = application.name .. " is " .. status}
  end
  if application.status ~= "Synced" then
    return {status = "Progressing", message = application.name .. " is not synced yet"}
  end
end
return {status = "Healthy", message = "every generated Application is healthy"}
"""


@dataclass(frozen=True)
class Repository:
    """Where the layout is: address, branch or tag, and the directory in it (empty for its root)."""

    url: str
    revision: str = "main"
    path: str = "gitops"

    def inside(self, path: str) -> str:
        """A path of the layout as one of the repository."""
        return f"{self.path}/{path}" if self.path else path


@dataclass(frozen=True)
class ServiceSet:
    """The services of one team: which directories below `apps`, and where they go."""

    team: str
    namespace: str
    services: tuple[str, ...] = ("*",)
    depends_on: tuple[str, ...] = (PLATFORM,)


def root_application(repository: Repository, namespace: str, labels: Mapping[str, str], policy: SyncPolicy) -> dict[str, Any]:
    """The one Application that the program makes; everything else comes from Git through it."""
    source = {
        "repoURL": repository.url,
        "targetRevision": repository.revision,
        "path": repository.inside(APPLICATION_SETS),
        "directory": {"recurse": True},
    }
    return {
        "apiVersion": API,
        "kind": "Application",
        "metadata": {"name": ROOT, "namespace": namespace, "labels": dict(labels), "finalizers": [FINALIZER]},
        "spec": {
            "project": PLATFORM,
            "source": source,
            "destination": {"server": IN_CLUSTER, "namespace": namespace},
            "syncPolicy": sync_policy(policy),
            "revisionHistoryLimit": REVISIONS,
        },
    }


def platform_set(namespace: str, labels: Mapping[str, str], wave: int) -> dict[str, Any]:
    """An Application for each directory below `platform`: plain manifests, with the namespaces they name."""
    template = {
        "metadata": {"name": "platform-{{ .path.basename }}", "labels": dict(labels), "finalizers": [FINALIZER]},
        "spec": {
            **_common(PLATFORM, namespace),
            "source": {**_git(), "path": "{{ .path.path }}", "directory": {"recurse": True}},
        },
    }
    return _set(PLATFORM, namespace, labels, wave, (), [_inside("platform/*")], template)


def service_set(services: ServiceSet, namespace: str, labels: Mapping[str, str], wave: int) -> dict[str, Any]:
    """An Application for each service of a team that has a directory for the cluster's environment."""
    chart = "{{ dir (dir .path.path) }}/base"
    template = {
        "metadata": {"name": "{{ base (dir (dir .path.path)) }}", "labels": dict(labels), "finalizers": [FINALIZER]},
        "spec": {
            **_common(services.team, services.namespace),
            "source": {
                **_git(),
                "path": chart,
                "helm": {
                    "releaseName": "{{ base (dir (dir .path.path)) }}",
                    "valueFiles": ["../envs/{{ .path.basename }}/values.yaml"],
                    # Over the file: a team decides what its environment file may set, and not what the target is.
                    "values": f'{{"environment": "{{{{ .path.basename }}}}", "target": {_fact("workload")}}}',
                },
            },
        },
    }
    directories = [_inside(f"apps/{service}/envs/{_label(ENVIRONMENT)}") for service in services.services]
    return _set(services.team, namespace, labels, wave, services.depends_on, directories, template)


def _set(
    name: str,
    namespace: str,
    labels: Mapping[str, str],
    wave: int,
    depends_on: Sequence[str],
    directories: list[str],
    template: Mapping[str, Any],
) -> dict[str, Any]:
    generator = {
        "repoURL": _fact("repository"),
        "revision": _fact("revision"),
        "requeueAfterSeconds": REQUEUE_SECONDS,
        "directories": [{"path": path} for path in directories],
    }
    clusters = {"selector": {"matchLabels": {MANAGED: "true"}}}
    metadata = {
        "name": name,
        "namespace": namespace,
        "labels": dict(labels),
        "annotations": {WAVE: str(wave), **({DEPENDS_ON: ",".join(depends_on)} if depends_on else {})},
    }
    return {
        "apiVersion": API,
        "kind": "ApplicationSet",
        "metadata": metadata,
        "spec": {
            "goTemplate": True,
            "goTemplateOptions": ["missingkey=error"],
            "generators": [{"matrix": {"generators": [{"clusters": clusters}, {"git": generator}]}}],
            "template": dict(template),
            "templatePatch": f"spec:\n  syncPolicy: {_fact('sync_policy')}\n",
        },
    }


def _common(project: str, namespace: str) -> dict[str, Any]:
    return {
        "project": project,
        "destination": {"server": "{{ .server }}", "namespace": namespace},
        "ignoreDifferences": ignored_differences(),
        "revisionHistoryLimit": REVISIONS,
    }


def _git() -> dict[str, str]:
    return {"repoURL": _fact("repository"), "targetRevision": _fact("revision")}


def _inside(path: str) -> str:
    """A path of the layout, wherever in the repository the layout is."""
    prefix = f'{{{{ with index .metadata.annotations "{annotation("path")}" }}}}{{{{ . }}}}/{{{{ end }}}}'
    return prefix + path


def _fact(name: str) -> str:
    return f'{{{{ index .metadata.annotations "{annotation(name)}" }}}}'


def _label(name: str) -> str:
    return f'{{{{ index .metadata.labels "{name}" }}}}'
