"""What `causeway gitops check` refuses in a layout: every mistake at once, each by its path."""

import re
from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

from .._inputs import Problem, nearest
from .._texts import Unreadable
from .._yaml import read, read_one
from .applications import APPLICATION_SETS, DEPENDS_ON
from .environments import environment_problems
from .kinds import PLATFORM_KINDS, TEAM_KINDS
from .layout import ENVIRONMENT_FILE, ENVIRONMENTS, PROJECTS
from .ownership import manifests, normal
from .projects import PLATFORM, Project
from .projects import problems as project_problems
from .scanner import scan
from .sync_policy import WAVE
from .waves import annotations, order_problems, waves

TOP = ("apps", "argocd", "bootstrap", "platform", "README.md")
_NAME = re.compile(r"[a-z]([-a-z0-9]{0,38}[a-z0-9])?", re.ASCII)
_NAMESPACE = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?", re.ASCII)


def problems(files: Mapping[str, str]) -> list[Problem]:
    """Everything wrong with a layout, given as path to text."""
    found = list(_unreadable(files))
    if found:
        return found
    return [
        *_places(files),
        *_teams(files),
        *_services(files),
        *_application_sets(files),
        *_kinds(files),
        *_order(files),
        *(Problem(f"{leak.path}:{leak.line}", f"looks like {leak.what}; Git keeps it for ever") for leak in scan(files)),
    ]


def read_projects(text: str, repository: str) -> list[Project]:
    """The team projects of `bootstrap/projects.yaml`; raises ValueError for what has not its form."""
    try:
        document = read_one(text)
    except Unreadable as wrong:
        raise ValueError(f"{PROJECTS}: {wrong}") from None
    if not isinstance(document, dict) or not isinstance(document.get("projects"), dict) or set(document) != {"projects"}:
        raise ValueError(f"{PROJECTS}: expects one key, projects: team to namespaces")
    return [_project(team, wanted, repository) for team, wanted in document["projects"].items()]


def _project(team: str, wanted: Any, repository: str) -> Project:
    path = f"{PROJECTS}: projects.{team}"
    if not _NAME.fullmatch(team):
        raise ValueError(f"{path}: '{team}' names a project: lower-case letters, digits and hyphens, at most 40, a letter first")
    if not isinstance(wanted, dict) or not isinstance(wanted.get("namespaces"), list):
        raise ValueError(f"{path}.namespaces: is required: a list")
    if unknown := sorted(set(wanted) - {"description", "namespaces"}):
        raise ValueError(f"{path}.{unknown[0]}: there is no such key; allowed: description, namespaces")
    for namespace in wanted["namespaces"]:
        if not isinstance(namespace, str) or not (_NAMESPACE.fullmatch(namespace) or "*" in namespace):
            raise ValueError(f"{path}.namespaces: given {namespace!r}; allowed: names of namespaces")
    description = wanted.get("description") or ""
    if not isinstance(description, str):
        raise ValueError(f"{path}.description: given {description!r}; allowed: text")
    return Project(team, tuple(wanted["namespaces"]), (repository,), description=description)


def services(files: Iterable[str]) -> dict[str, set[str]]:
    """Service to the environments that it has a directory for."""
    found: dict[str, set[str]] = {}
    for path in files:
        parts = path.split("/")
        if parts[0] == "apps" and len(parts) > 2:
            environments = found.setdefault(parts[1], set())
            if parts[2] == "envs" and len(parts) > 4:
                environments.add(parts[3])
    return found


def _unreadable(files: Mapping[str, str]) -> Iterator[Problem]:
    """What is not YAML, or has not the form of what its place is for: everything after this may trust both."""
    for path, text in files.items():
        if not path.endswith((".yaml", ".yml")):
            continue
        try:
            if "/templates/" in path:
                manifests(text)
                continue
            documents = [document for document in read(text) if document is not None]
            if path.startswith("apps/"):
                if len(documents) > 1 or not isinstance(next(iter(documents), {}), dict):
                    raise ValueError("expects one mapping")
            elif path.startswith(("argocd/", "platform/")):
                for document in documents:
                    _formed(normal(document))
        except ValueError as wrong:
            yield Problem(path, str(wrong))


def _formed(manifest: Mapping[str, Any] | None) -> None:
    """Raises ValueError for a manifest without what the checks read of its kind."""
    if manifest is None:
        return
    what = f"{manifest['kind']} {manifest['metadata'].get('name')}"
    if not re.fullmatch(r"-?[0-9]{1,9}", str(annotations(manifest).get(WAVE, "0"))):
        raise ValueError(f"{what}: {WAVE}: given {annotations(manifest)[WAVE]!r}; allowed: a whole number in quotes")
    needed = {
        "ApplicationSet": [("spec", "generators"), ("spec", "template", "spec", "project")],
        "CustomResourceDefinition": [("spec", "group"), ("spec", "names", "kind")],
    }
    for keys in needed.get(manifest["kind"], []):
        found: Any = manifest
        for key in keys:
            found = found.get(key) if isinstance(found, Mapping) else None
        if not isinstance(found, list if keys[-1] == "generators" else str):
            raise ValueError(f"{what}: {'.'.join(keys)}: given {found!r}; allowed: {'a list' if keys[-1] == 'generators' else 'text'}")


def _places(files: Mapping[str, str]) -> Iterator[Problem]:
    for name in sorted({path.split("/")[0] for path in files} - {*TOP}):
        yield Problem(name, f"has no place in the layout{nearest(name, list(TOP))}; allowed: {', '.join(TOP)}")
    if PROJECTS not in files:
        yield Problem(PROJECTS, "is missing; fix: causeway gitops init")
    for path in files:
        parts = path.split("/")
        if parts[0] == "apps" and len(parts) > 2 and parts[2] not in ("base", "envs"):
            yield Problem(path, "has no place in a service; allowed: base, envs")


def _teams(files: Mapping[str, str]) -> Iterator[Problem]:
    if PROJECTS not in files:
        return
    try:
        for problem in project_problems(read_projects(files[PROJECTS], "")):
            yield Problem(f"{PROJECTS}: {problem.path}", problem.reason)
    except ValueError as wrong:
        yield Problem("", str(wrong))


def _services(files: Mapping[str, str]) -> Iterator[Problem]:
    for service, environments in services(files).items():
        home = f"apps/{service}"
        if not _NAME.fullmatch(service):
            yield Problem(home, f"'{service}' names an Application: lower-case letters, digits and hyphens, at most 40, a letter first")
        if f"{home}/base/Chart.yaml" not in files:
            yield Problem(f"{home}/base", "has no Chart.yaml: every environment takes the same chart")
        if not environments:
            yield Problem(f"{home}/envs", "is empty: a service without an environment is deployed nowhere")
        for environment in sorted(environments - {*ENVIRONMENTS}):
            allowed = ", ".join(ENVIRONMENTS)
            yield Problem(f"{home}/envs/{environment}", f"is no environment{nearest(environment, list(ENVIRONMENTS))}; allowed: {allowed}")
    for path, text in files.items():
        parts = path.split("/")
        if parts[0] == "apps" and parts[2:3] == ["envs"]:
            if parts[4:] != [ENVIRONMENT_FILE]:
                yield Problem(path, f"has no place in an environment; allowed: {ENVIRONMENT_FILE} alone, everything else is the base's")
            else:
                yield from _environment(path, text, files.get(f"apps/{parts[1]}/base/{ENVIRONMENT_FILE}", ""))


def _environment(path: str, text: str, base: str) -> Iterator[Problem]:
    for problem in environment_problems(read_one(text) or {}, read_one(base) or {}):
        yield Problem(f"{path}: {problem.path}", problem.reason)


def _sets(files: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """Path to each ApplicationSet of the layout."""
    return {
        path: document
        for path, text in files.items()
        if path.startswith(f"{APPLICATION_SETS}/")
        for document in _objects(path, text)
        if document["kind"] == "ApplicationSet"
    }


def _patterns(application_set: Mapping[str, Any]) -> list[str]:
    """Patterns of the service directories that a set takes, without what the bridge puts before and after."""
    text = re.findall(r"apps/([^/'\"{}]+)/envs", str(application_set["spec"]["generators"]))
    return [str(pattern) for pattern in text]


def _application_sets(files: Mapping[str, str]) -> Iterator[Problem]:
    sets = _sets(files)
    teams = {project.name for project in _projects(files)} | {PLATFORM}
    for path, application_set in sets.items():
        project = application_set["spec"]["template"]["spec"]["project"]
        if project not in teams:
            yield Problem(path, f"project '{project}' is no team of {PROJECTS}{nearest(project, sorted(teams))}")
    for service in services(files):
        takers = [path for path, found in sets.items() if any(fnmatchcase(service, pattern) for pattern in _patterns(found))]
        if not takers:
            yield Problem(f"apps/{service}", f"is in no ApplicationSet of {APPLICATION_SETS}: nobody deploys it")
        elif len(takers) > 1:
            yield Problem(f"apps/{service}", f"is in two ApplicationSets, {' and '.join(sorted(takers))}: they would fight over it")
    declared = {found["metadata"]["name"]: _needed(found) for found in sets.values()}
    try:
        order = waves(declared)
    except ValueError as wrong:
        yield Problem(APPLICATION_SETS, str(wrong))
        return
    for path, found in sets.items():
        wave, wanted = str(annotations(found).get(WAVE, "0")), str(order[found["metadata"]["name"]])
        if wave != wanted:
            yield Problem(f"{path}: {WAVE}", f"is {wave}, by its {DEPENDS_ON} it is {wanted}: waves are computed, not written")


def _needed(application_set: Mapping[str, Any]) -> list[str]:
    text = annotations(application_set).get(DEPENDS_ON, "")
    return [name for name in str(text).split(",") if name]


def _projects(files: Mapping[str, str]) -> list[Project]:
    try:
        return read_projects(files.get(PROJECTS, ""), "")
    except ValueError:
        return []


def _kinds(files: Mapping[str, str]) -> Iterator[Problem]:
    """What Argo CD would refuse at the sync is refused here: kinds and namespaces outside the project."""
    platform = {(kind.group, kind.kind) for kind in PLATFORM_KINDS}
    team = {(kind.group, kind.kind) for kind in TEAM_KINDS}
    namespaces = {namespace for project in _projects(files) for namespace in project.namespaces}
    for path, text in files.items():
        is_team = path.startswith("apps/") and "/base/templates/" in path
        if not path.endswith((".yaml", ".yml")) or not (is_team or path.startswith(("platform/", "argocd/"))):
            continue
        for manifest in manifests(text):
            what = f"{manifest['kind']} {manifest['metadata'].get('name')}"
            if (manifest["apiVersion"].rpartition("/")[0], manifest["kind"]) not in (team if is_team else platform):
                yield Problem(
                    path, f"{what} is of a kind that {'a team' if is_team else 'Argo CD'} may not have (components/gitops/kinds.py)"
                )
            namespace = manifest["metadata"].get("namespace")
            if is_team and namespace and namespace not in namespaces:
                yield Problem(path, f"{what} is in namespace '{namespace}', which is no team's{nearest(namespace, sorted(namespaces))}")


def _objects(path: str, text: str) -> list[dict[str, Any]]:
    """The whole manifests of a file without templates."""
    if not path.endswith((".yaml", ".yml")):
        return []
    return [manifest for document in read(text) if (manifest := normal(document))]


def _order(files: Mapping[str, str]) -> Iterator[Problem]:
    """Custom resources against the definitions in the layout; the sets' waves decide."""
    units: dict[str, list[dict[str, Any]]] = {}
    for path, text in files.items():
        if path.startswith("platform/"):
            units.setdefault(PLATFORM, []).extend(_objects(path, text))
        elif path.startswith("apps/") and "/base/templates/" in path and path.endswith((".yaml", ".yml")):
            units.setdefault("apps", []).extend(manifests(text))
    yield from order_problems(units, {PLATFORM: 0, "apps": 1})
