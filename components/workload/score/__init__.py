"""From a Score workload file to inputs of WorkloadPattern. What has no counterpart is refused by its name, never dropped.

Score leaves to the platform what WorkloadPattern wants to know: such guesses are notes, for a person to look at.
"""

import itertools
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..._inputs import Problem, nearest, refusals, refuse, resolve
from ..args import Pattern
from ..render import render
from .form import API_VERSION, ScoreContainer, ScorePort, ScoreProbe, ScoreResource, ScoreWorkload, as_form

# Types whose properties are credentials or addresses of something that is provisioned elsewhere.
CREDENTIALS = frozenset("amqp elasticsearch kafka-topic mongodb mssql mysql postgres postgres-instance rabbitmq redis s3 s3-bucket".split())
VOLUME, ROUTE, DNS = "volume", "route", "dns"
KIND_ANNOTATION = "k8s.score.dev/kind"
"""Annotation by which Score's own implementation for Kubernetes is told the kind."""
METRICS_PORT = "metrics"
"""Name of the port that is taken for the metrics port where there is another."""

_KINDS = {"StatefulSet": Pattern.STATEFUL, "DaemonSet": Pattern.DAEMON, "Job": Pattern.JOB, "CronJob": Pattern.BATCH}
TYPES = (*CREDENTIALS, VOLUME, ROUTE, DNS)
_PLACEHOLDER = re.compile(r"\$(?:\$|\{([^}]*)\})?")
"""A dollar, written once or twice, or a placeholder."""
_PLAIN_DOLLAR = "\ue000"
"""Stands for a dollar of the text while references to variables are put beside it; it is of no script."""
_SERVICE_PORT = 80


@dataclass(frozen=True)
class Imported:
    """A workload out of a Score file: its name, its inputs, and what a person has to look at."""

    name: str
    inputs: dict[str, Any]
    notes: tuple[str, ...]


def convert(document: Mapping[str, Any], pattern: str | None = None, image: str | None = None) -> Imported:
    """The workload that a Score file describes, judged as WorkloadPattern would.

    `pattern` and `image` say what the file leaves open. Raises `pulumi.InputPropertiesError` that lists every problem.
    """
    metadata = document.get("metadata")
    facts = metadata if isinstance(metadata, Mapping) else {}
    name = str(facts.get("name", "?"))
    reader = _Reader(resolve("score", name, ScoreWorkload, as_form(document), {}), facts)
    inputs = reader.inputs(pattern, image)
    refuse("score", name, reader.problems)
    refuse("score", name, [Problem(reader.place(found.path), found.reason) for found in refusals(lambda: render(name, inputs))])
    return Imported(name, inputs, tuple(reader.notes))


@dataclass
class _Reader:
    """Reads one Score file, and gathers what is wrong and what was guessed."""

    score: ScoreWorkload
    metadata: Mapping[str, Any]
    """All of it: what the form does not know may still be referred to."""
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    used: dict[str, list[str]] = field(default_factory=dict)
    """The resources that something refers to, with the properties that are read."""
    filled: dict[str, str] = field(default_factory=dict)
    """Credentials inside texts, as placeholders, to the variables that they become."""

    @property
    def resources(self) -> dict[str, ScoreResource]:
        return self.score.get("resources", {})

    def inputs(self, pattern: str | None, image: str | None) -> dict[str, Any]:
        if self.score["apiVersion"] != API_VERSION:
            self.refuse("apiVersion", f"'{self.score['apiVersion']}' is not {API_VERSION}")
        (label, container), *others = self.score["containers"].items() or [("", None)]
        if container is None or others:
            self.refuse("containers", f"has {len(self.score['containers'])}, a workload has one: give each a workload of its own")
            return {}
        where = f"containers.{label}"
        ports = self.ports()
        read = {
            "image": self.image(where, container, image),
            **_called("command", container.get("command")),
            **_called("args", container.get("args")),
            **self.variables(where, container),
            **self.files(where, container),
            **self.compute(container),
            **self.volumes(where, container),
            **ports,
            **self.routes(ports),
        }
        read["pattern"] = pattern or self.pattern(read).value
        if read["pattern"] == Pattern.STATEFUL and "port" not in read:
            self.refuse("service.ports", "a workload with a volume is asked on its port: name it, or say which pattern it is by --pattern")
        read |= self.probes(where, container, read)
        self.check_service_port(read)
        if "before" in container:
            self.refuse(f"{where}.before", "there is one container, which waits for none")
        self.check_resources()
        first = ("pattern", "image")
        return {key: read[key] for key in (*first, *(key for key in read if key not in first))}

    def refuse(self, path: str, reason: str) -> None:
        self.problems.append(Problem(path, reason))

    def pattern(self, read: Mapping[str, Any]) -> Pattern:
        """The kind where one is annotated, else what volume and ports tell."""
        annotations = self.score["metadata"].get("annotations", {})
        for key in sorted(annotations.keys() - {KIND_ANNOTATION}):
            if "/" in key:
                self.refuse(f"metadata.annotations.{key}", "no input takes an annotation: drop it, or use overrides afterwards")
            else:
                self.notes.append(f"metadata.annotations.{key}: is left out: without a prefix it is for readers alone")
        kind = annotations.get(KIND_ANNOTATION)
        if kind is not None and kind not in (*_KINDS, "Deployment"):
            self.refuse(f"metadata.annotations.{KIND_ANNOTATION}", f"'{kind}' is not one of Deployment, {', '.join(_KINDS)}")
        guess = Pattern.STATEFUL if "storage" in read and kind is None else Pattern.STATELESS if "port" in read else Pattern.WORKER
        if kind not in _KINDS:
            self.notes.append(
                f"pattern: '{guess.value}' was concluded from ports and volumes; causeway workload choose names the right one"
            )
        return _KINDS.get(kind or "", guess)

    def image(self, where: str, container: ScoreContainer, image: str | None) -> str:
        given = container.get("image") or "."
        if given == "." and image is None:
            self.refuse(f"{where}.image", "'.' is an image still to be built: give --image")
        return image or given

    def ports(self) -> dict[str, Any]:
        ports = self.score.get("service", {}).get("ports", {})
        main = {name: port for name, port in ports.items() if name != METRICS_PORT or len(ports) == 1}
        for name, port in ports.items():
            if port.get("protocol", "TCP") != "TCP":
                self.refuse(f"service.ports.{name}.protocol", f"'{port['protocol']}' is not TCP, which is all that a workload listens to")
        for name in list(main)[1:]:
            self.refuse(f"service.ports.{name}", f"a workload has one port, and one named '{METRICS_PORT}': keep {next(iter(main))}")
        read: dict[str, Any] = {"port": _target(next(iter(main.values())))} if main else {}
        if METRICS_PORT in ports and METRICS_PORT not in main:
            read["metrics"] = {"port": _target(ports[METRICS_PORT])}
        return read

    def check_service_port(self, read: Mapping[str, Any]) -> None:
        """The port of a client Service is not an input: a Score file that names another leads its clients astray."""
        ports = self.score.get("service", {}).get("ports", {})
        real = _SERVICE_PORT if read["pattern"] == Pattern.STATELESS else read.get("port")
        for name, port in ports.items():
            if _target(port) == read.get("port") and port["port"] != real:
                self.notes.append(f"service.ports.{name}.port: clients use port {real} of the Service, not {port['port']}")

    def variables(self, where: str, container: ScoreContainer) -> dict[str, Any]:
        plain: dict[str, str] = {}
        secret: dict[str, dict[str, str]] = {}
        wanted = container.get("variables", {})
        for name, text in wanted.items():
            whole = _PLACEHOLDER.fullmatch(text)
            if whole and whole[1] and (reference := self.credential(whole[1])):
                secret[name] = reference
        for name in wanted.keys() - secret.keys():
            plain[name] = ""
        for name, text in wanted.items():
            if name in plain:
                plain[name] = self.expand(f"{where}.variables.{name}", text, {**secret, **{key: {} for key in plain}})
        secret |= {name: reference for placeholder, name in self.filled.items() if (reference := self.credential(placeholder))}
        return {**({"env": plain} if plain else {}), **({"secrets": secret} if secret else {})}

    def credential(self, placeholder: str) -> dict[str, str] | None:
        """The Secret's key that a placeholder of a credential stands for, None for any other."""
        root, _, rest = placeholder.partition(".")
        name, _, key = rest.partition(".")
        resource = self.resources.get(name)
        if root != "resources" or not key or resource is None or resource["type"] not in CREDENTIALS:
            return None
        self.used.setdefault(name, []).append(key)
        return {"name": self.secret_name(name), "key": key}

    def secret_name(self, resource: str) -> str:
        return self.resources[resource].get("id", f"{self.score['metadata']['name']}-{resource}")

    def expand(self, path: str, text: str, taken: Mapping[str, Mapping[str, str]] | None = None) -> str:
        """The text with its placeholders filled in; `$$` is a dollar.

        A credential is never part of a text: in a variable, where `taken` are the variables that there are, Kubernetes fills it in for
        `$(NAME)`, and a dollar before another one or a parenthesis is written twice, since Kubernetes halves it.
        """

        def filled(match: re.Match[str]) -> str:
            if match[1] is None:
                return _PLAIN_DOLLAR
            reference = self.credential(match[1])
            if reference and taken is not None:
                return f"$({self.variable(match[1], reference, taken)})"
            return self.value(path, match[1], bool(reference)).replace("$", _PLAIN_DOLLAR)

        found = _PLACEHOLDER.sub(filled, text)
        if taken is not None:
            found = re.sub(rf"{_PLAIN_DOLLAR}(?=[{_PLAIN_DOLLAR}$(])", "$$", found)
        return found.replace(_PLAIN_DOLLAR, "$")

    def variable(self, placeholder: str, reference: Mapping[str, str], taken: Mapping[str, Mapping[str, str]]) -> str:
        """The variable that a credential inside texts becomes: one of the file that is that credential, else one whose name is free."""
        if placeholder not in self.filled:
            name = re.sub(r"\W", "_", placeholder.removeprefix("resources.")).upper()
            names = itertools.chain([name], (f"{name}_{number}" for number in itertools.count(2)))
            free = (one for one in names if taken.get(one, reference) == reference and one not in self.filled.values())
            self.filled[placeholder] = next(free)
        return self.filled[placeholder]

    def value(self, path: str, placeholder: str, is_credential: bool) -> str:
        """What a placeholder stands for here; refused, and nothing, where only the target knows."""
        root, *keys = placeholder.split(".")
        reason = "has no value here: write the value"
        if root == "metadata" and keys:
            found: Any = self.metadata
            for key in keys:
                found = found.get(key) if isinstance(found, Mapping) else None
            if isinstance(found, str | int | float):
                return found if isinstance(found, str) else json.dumps(found)
            reason = f"is nothing in metadata{nearest(keys[0], [*self.metadata])}"
        elif root == "resources" and keys:
            self.used.setdefault(keys[0], [])
            resource = self.resources.get(keys[0])
            if resource and resource["type"] not in TYPES:
                return ""  # The type is refused, once.
            if resource is None:
                reason = f"is of no resource of the file{nearest(keys[0], [*self.resources])}"
            else:
                reason = (
                    "is in a Secret, which fills variables alone: give it one"
                    if is_credential
                    else "is known only on the target: write the value"
                )
        self.refuse(path, f"${{{placeholder}}} {reason}")
        return ""

    def place(self, path: str) -> str:
        """Where the Score file has what an input of WorkloadPattern says."""
        head, _, rest = path.partition(".")
        route = next((name for name, resource in self.resources.items() if resource["type"] == ROUTE), "")
        where = f"containers.{next(iter(self.score['containers']), '')}"
        amounts = {"cpu": "requests.cpu", "memory": "requests.memory", "cpu_limit": "limits.cpu", "memory_limit": "limits.memory"}
        places = {
            **{key: f"{where}.{key}" for key in ("image", "command", "args", "files", "resources")},
            **dict.fromkeys(("env", "secrets"), f"{where}.variables"),
            **{key: f"{where}.{key}Probe" for key in ("readiness", "liveness")},
            "storage": f"{where}.volumes",
            "port": "service.ports",
            "metrics": f"service.ports.{METRICS_PORT}",
            "ingress": f"resources.{route}.params",
        }
        return ".".join(filter(None, (places.get(head, head), amounts.get(rest, rest) if head == "resources" else rest)))

    def files(self, where: str, container: ScoreContainer) -> dict[str, Any]:
        read: dict[str, str] = {}
        for target, file in container.get("files", {}).items():
            path = f"{where}.files.{target}"
            if "content" not in file:
                self.refuse(path, "only content is taken: write the text of a source here; nothing takes binary content")
            if file.get("mode", "0644") not in ("0644", "644"):
                self.refuse(f"{path}.mode", f"'{file['mode']}' cannot be set: files are 0644 and read-only")
            content = file.get("content", "")
            read[target] = content if file.get("noExpand") else self.expand(path, content)
        return {"files": read} if read else {}

    def compute(self, container: ScoreContainer) -> dict[str, Any]:
        """Requests default to limits, as in Kubernetes; memory has a limit, if need be the request."""
        wanted = container.get("resources", {})
        requests, limits = wanted.get("requests", {}), wanted.get("limits", {})
        amounts = {
            "cpu": requests.get("cpu", limits.get("cpu")),
            "memory": requests.get("memory", limits.get("memory")),
            "memory_limit": limits.get("memory", requests.get("memory")),
            "cpu_limit": limits.get("cpu"),
        }
        read = {key: amount for key, amount in amounts.items() if amount is not None}
        return {"resources": read} if read else {}

    def volumes(self, where: str, container: ScoreContainer) -> dict[str, Any]:
        volumes = container.get("volumes", {})
        for target in list(volumes)[1:]:
            self.refuse(f"{where}.volumes.{target}", f"a workload has one volume: keep {next(iter(volumes))}")
        read: dict[str, Any] = {}
        for target, volume in volumes.items():
            path = f"{where}.volumes.{target}"
            name = re.sub(r"^\$\{resources\.([^.}]+)(\.source)?\}$", r"\1", volume["source"])
            resource = self.resources.get(name)
            if resource is None or resource["type"] != VOLUME:
                self.refuse(f"{path}.source", f"'{volume['source']}' is no resource of type {VOLUME}: declare it in resources")
                continue
            self.used.setdefault(name, [])
            for key in ("path", "readOnly"):
                if volume.get(key):
                    self.refuse(f"{path}.{key}", "a workload has the whole of its volume, and writes to it: drop it")
            size = self.params(name, ("size",)).get("size")
            read = {"storage": {"mount_path": target, **({"size": size} if size else {})}}
        return read

    def routes(self, ports: Mapping[str, Any]) -> dict[str, Any]:
        routes = [name for name, resource in self.resources.items() if resource["type"] == ROUTE]
        for name in routes[1:]:
            self.refuse(f"resources.{name}", f"a workload has one way in: keep {routes[0]}")
        read: dict[str, Any] = {}
        for name in routes[:1]:
            self.used.setdefault(name, [])
            params = self.params(name, ("host", "path", "port"))
            if "port" in params and ports.get("port") not in self.targets(str(params["port"])):
                self.refuse(f"resources.{name}.params.port", f"'{params['port']}' is not the workload's main port: a route leads there")
            read = {**self.host(name, params.get("host")), **({"path": str(params["path"])} if "path" in params else {})}
        return {"ingress": read} if routes else {}

    def targets(self, port: str) -> set[int]:
        """The container's ports that a route may mean by a name, by the Service's number, or by the container's."""
        known = self.score.get("service", {}).get("ports", {}).items()
        return {_target(found) for name, found in known if port in (name, str(found["port"]), str(_target(found)))}

    def host(self, route: str, host: Any) -> dict[str, str]:
        """A host of resource type dns is the target's to name: `<workload>.<domain>`."""
        match = re.fullmatch(r"\$\{resources\.([^.}]+)\.host\}", str(host or ""))
        if match and self.resources.get(match[1], {"type": ""})["type"] == DNS:
            self.used.setdefault(match[1], [])
            return {}
        return {"host": self.expand(f"resources.{route}.params.host", str(host))} if host else {}

    def params(self, name: str, known: tuple[str, ...]) -> dict[str, Any]:
        params = self.resources[name].get("params", {})
        for key in sorted(params.keys() - set(known)):
            self.refuse(f"resources.{name}.params.{key}", f"nothing here takes it; taken: {', '.join(known) or 'none'}")
        return params

    def probes(self, where: str, container: ScoreContainer, read: Mapping[str, Any]) -> dict[str, Any]:
        probes = {"readiness": container.get("readinessProbe"), "liveness": container.get("livenessProbe")}
        if probes["liveness"] is None and read["pattern"] in (Pattern.STATELESS, Pattern.WORKER):
            self.notes.append("liveness: none is given, so the pattern's default is asked; a program that does not answer it is restarted")
        return {key: self.probe(f"{where}.{key}Probe", probe, read) for key, probe in probes.items() if probe is not None}

    def probe(self, path: str, probe: ScoreProbe, read: Mapping[str, Any]) -> dict[str, Any]:
        """A command where there is one, which Score prefers too."""
        if "exec" in probe:
            return {"command": probe["exec"]["command"]}
        if "httpGet" not in probe:
            self.refuse(path, "asks nothing: give httpGet or exec")
            return {}
        question = probe["httpGet"]
        if question["port"] != read.get("port"):
            self.refuse(f"{path}.httpGet.port", f"{question['port']} is not the workload's main port: name it in service.ports")
        if question.get("scheme", "HTTP") != "HTTP":
            self.refuse(f"{path}.httpGet.scheme", "pods are asked over HTTP alone")
        for key in ("host", "httpHeaders"):
            if key in question:
                self.refuse(f"{path}.httpGet.{key}", "only the path can be chosen: drop it")
        return {"path": question["path"]}

    def check_resources(self) -> None:
        for name, resource in self.resources.items():
            path = f"resources.{name}"
            if resource["type"] not in TYPES:
                allowed = ", ".join(sorted(TYPES))
                self.refuse(f"{path}.type", f"'{resource['type']}' is nothing that a workload can be given here; taken: {allowed}")
            elif name not in self.used:
                self.notes.append(f"{path}: nothing refers to it, so it is left out")
            if resource.get("class", "default") != "default":
                self.refuse(f"{path}.class", "the target decides which kind it is: drop it")
            if "metadata" in resource:
                self.refuse(f"{path}.metadata", "nothing here takes it: drop it")
            if resource["type"] in (*CREDENTIALS, DNS):
                self.params(name, ())
            if resource["type"] in CREDENTIALS and self.used.get(name):
                keys = ", ".join(sorted(set(self.used[name])))
                self.notes.append(f"{path}: read from Secret '{self.secret_name(name)}', keys {keys}; say in allow_to where it is")


def _called(key: str, words: list[str] | None) -> dict[str, list[str]]:
    """The command or its arguments, as the pod is to have them: Kubernetes halves `$$` in them too."""
    return {key: [word.replace("$$", "$$$$") for word in words]} if words else {}


def _target(port: ScorePort) -> int:
    return port.get("targetPort", port["port"])
