"""What `causeway gitops check` refuses in a layout: every mistake at once, each by its path."""

import re
from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

import yaml

from .._inputs import Problem, nearest
from .applications import APPLICATION_SETS, DEPENDS_ON
from .kinds import PLATFORM_KINDS, TEAM_KINDS
from .layout import ENVIRONMENT_FILE, ENVIRONMENT_KEYS, ENVIRONMENTS, PROJECTS
from .ownership import manifests
from .projects import PLATFORM, Project
from .projects import problems as project_problems
from .scanner import scan
from .sync_policy import WAVE
from .waves import order_problems, waves

TOP = ("apps", "argocd", "bootstrap", "platform", "README.md")
_FLOATING = re.compile(r"^(latest|main|master|stable|edge|nightly)?$", re.IGNORECASE)
_NAME = re.compile(r"[a-z]([-a-z0-9]{0,38}[a-z0-9])?", re.ASCII)


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
    document = yaml.load(text, yaml.CSafeLoader)
    if not isinstance(document, dict) or not isinstance(document.get("projects"), dict) or set(document) != {"projects"}:
        raise ValueError(f"{PROJECTS}: expects one key, projects: team to namespaces")
    found = []
    for team, wanted in document["projects"].items():
        if not isinstance(wanted, dict) or not isinstance(wanted.get("namespaces"), list):
            raise ValueError(f"{PROJECTS}: projects.{team}.namespaces: is required: a list")
        if unknown := sorted(set(wanted) - {"description", "namespaces"}):
            raise ValueError(f"{PROJECTS}: projects.{team}.{unknown[0]}: there is no such key; allowed: description, namespaces")
        found.append(Project(str(team), tuple(wanted["namespaces"]), (repository,), description=str(wanted.get("description", ""))))
    return found


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
    for path, text in files.items():
        if path.endswith((".yaml", ".yml")) and "/templates/" not in path:
            try:
                list(yaml.load_all(text, yaml.CSafeLoader))
            except yaml.YAMLError as error:
                mark = getattr(error, "problem_mark", None)
                yield Problem(path, f"is no YAML{f': line {mark.line + 1}' if mark else ''}: {getattr(error, 'problem', error)}")


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
                yield from _environment(path, text)


def _environment(path: str, text: str) -> Iterator[Problem]:
    found = yaml.load(text, yaml.CSafeLoader) or {}
    if not isinstance(found, dict):
        yield Problem(path, "expects a mapping")
        return
    for key, value in _leaves(found):
        if key not in ENVIRONMENT_KEYS:
            close = nearest(key, list(ENVIRONMENT_KEYS))
            yield Problem(f"{path}: {key}", f"an environment may not set this{close}; allowed: {', '.join(ENVIRONMENT_KEYS)}")
        elif key == "image.tag" and _FLOATING.match(str(value)):
            yield Problem(f"{path}: {key}", f"'{value}' is no fixed version: what is deployed would change without a commit")
    if not isinstance(found.get("image"), dict) or "tag" not in found["image"]:
        yield Problem(f"{path}: image.tag", "is required: it is what promotion moves")


def _leaves(tree: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in tree.items():
        if isinstance(value, Mapping) and value:
            yield from _leaves(value, f"{path}{key}.")
        else:
            yield f"{path}{key}", value


def _sets(files: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """Path to each ApplicationSet of the layout."""
    return {
        path: document
        for path, text in files.items()
        if path.startswith(f"{APPLICATION_SETS}/")
        for document in yaml.load_all(text, yaml.CSafeLoader)
        if isinstance(document, dict) and document.get("kind") == "ApplicationSet"
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
        wave, wanted = found["metadata"].get("annotations", {}).get(WAVE, "0"), str(order[found["metadata"]["name"]])
        if wave != wanted:
            yield Problem(f"{path}: {WAVE}", f"is {wave}, by its {DEPENDS_ON} it is {wanted}: waves are computed, not written")


def _needed(application_set: Mapping[str, Any]) -> list[str]:
    text = application_set["metadata"].get("annotations", {}).get(DEPENDS_ON, "")
    return [name for name in text.split(",") if name]


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


def _objects(text: str) -> list[dict[str, Any]]:
    """The whole manifests of a file without templates."""
    return [found for found in yaml.load_all(text, yaml.CSafeLoader) if isinstance(found, dict) and {"kind", "metadata"} <= found.keys()]


def _order(files: Mapping[str, str]) -> Iterator[Problem]:
    """Custom resources against the definitions in the layout; the sets' waves decide."""
    units: dict[str, list[dict[str, Any]]] = {}
    for path, text in files.items():
        if path.startswith("platform/") and path.endswith((".yaml", ".yml")):
            units.setdefault(PLATFORM, []).extend(_objects(text))
        elif path.startswith("apps/") and "/base/templates/" in path:
            units.setdefault("apps", []).extend(manifests(text))
    yield from order_problems(units, {PLATFORM: 0, "apps": 1})
