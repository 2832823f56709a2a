"""Rules over the pods of one object: image, process, resources, probes, security, configuration."""

import re
from collections.abc import Iterator
from typing import Any

from ..._kit import Manifest
from ..images import ends, floats, is_client, is_reference, keeps_data
from ..quantities import as_bytes, as_processors
from .model import FINITE, LONG_RUNNING, WITH_PODS, Rule, called, containers, labels, main_containers, parts, pod_spec

# A number of tokens is no secret: MAX_TOKENS, TOKENIZER.
_SECRET_NAME = re.compile(r"PASSWORD|PASSWD|SECRET|TOKEN(?!S|IZ)|CREDENTIAL|API_?KEY|PRIVATE_?KEY|ACCESS_?KEY")
# Names such as SECRET_NAME or TOKEN_URL say where something is, not what it is.
_REFERENCE_NAME = re.compile(r"_(FILE|PATH|DIR|NAME|URL|URI|TTL|SECONDS|LENGTH|ID|ISSUER|AUDIENCE)$")
# A password that is itself a reference, $(NAME) or ${NAME}, is in the clear nowhere.
SECRET_VALUE = re.compile(
    r"://[^/\s:@]+:(?!\$[({])[^/\s@]+@|-----BEGIN [A-Z ]*PRIVATE KEY"
    r"|\b(AKIA[0-9A-Z]{16}|gh[pousr]_\w{30,}|xox[abprs]-[\w-]{10,}|glpat-[\w-]{20,})"
)


def database_image(manifest: Manifest) -> Iterator[str]:
    for container in containers(manifest):
        image, command = container.get("image") or "", container.get("command") or []
        prepares = container not in main_containers(manifest)
        if keeps_data(image) and not ((manifest["kind"] in FINITE or prepares) and is_client(command)):
            yield (
                f"'{image}' is a database or broker: a {manifest['kind']} loses its data when the pod moves; use pattern 'stateful'"
                + (", or a command such as pg_dump that ends" if manifest["kind"] in FINITE else "")
            )


def finite_process(manifest: Manifest) -> Iterator[str]:
    for container in main_containers(manifest):
        sign = ends(container.get("image") or "", container.get("command") or [], container.get("args") or [])
        if sign:
            yield (
                f"'{sign}' ends by itself: a {manifest['kind']} would start it again for ever; "
                "use pattern 'batch' on a schedule, 'job' for one run"
            )


def floating_tag(manifest: Manifest) -> Iterator[str]:
    for container in containers(manifest):
        image = container.get("image") or ""
        if floats(image):
            yield f"'{image}' may be another image tomorrow: give a version tag such as :1.0.0, or a digest"


def image_form(manifest: Manifest) -> Iterator[str]:
    for container in containers(manifest):
        image = container.get("image") or ""
        if not is_reference(image):
            yield f"'{image}' is no image reference, so no pod would start: write it like registry.example.com/shop/web:1.0.0"


def memory_limit(manifest: Manifest) -> Iterator[str]:
    for container in containers(manifest):
        if not _resource(container, "limits", "memory"):
            yield f"container '{called(container)}' has no memory limit: give a size, or resources.memory_limit"


def resource_requests(manifest: Manifest) -> Iterator[str]:
    for container in containers(manifest):
        missing = [kind for kind in ("cpu", "memory") if not _resource(container, "requests", kind)]
        if missing:
            yield f"container '{called(container)}' requests no {' and no '.join(missing)}: give a size, or resources"


def limit_below_request(manifest: Manifest) -> Iterator[str]:
    for container in containers(manifest):
        for kind, amount in (("memory", as_bytes), ("cpu", as_processors)):
            request, limit = _resource(container, "requests", kind), _resource(container, "limits", kind)
            if request and limit and amount(str(limit)) < amount(str(request)):
                yield f"the {kind} limit {limit} is below the request {request}: raise the limit"


def readiness_probe(manifest: Manifest) -> Iterator[str]:
    for container in main_containers(manifest):
        if _serves(container) and not container.get("readinessProbe"):
            yield f"container '{called(container)}' serves a port and has no readiness probe: give readiness a path or a command"


def liveness_probe(manifest: Manifest) -> Iterator[str]:
    """What a worker or agent without a port does cannot be asked from outside; that it ends is noticed without asking."""
    is_silent = labels(manifest).get("causeway.dev/pattern") in ("worker", "daemon")
    for container in main_containers(manifest):
        if not container.get("livenessProbe") and not (is_silent and not _serves(container)):
            yield f"container '{called(container)}' has no liveness probe: give liveness a path or a command"


def liveness_dependencies(manifest: Manifest) -> Iterator[str]:
    for container in main_containers(manifest):
        path = ((container.get("livenessProbe") or {}).get("httpGet") or {}).get("path") or ""
        if "ready" in path.lower():
            yield f"liveness asks '{path}', which may ask dependencies and restart healthy pods: use a path that asks nothing else"


def privileged(manifest: Manifest) -> Iterator[str]:
    for container in containers(manifest):
        if _security(container).get("privileged"):
            yield f"container '{called(container)}' is privileged, which is the node itself: remove it"


def privilege_escalation(manifest: Manifest) -> Iterator[str]:
    for container in containers(manifest):
        if _security(container).get("allowPrivilegeEscalation") is not False:
            yield f"container '{called(container)}' may gain privileges: set allowPrivilegeEscalation to false"


def root_user(manifest: Manifest) -> Iterator[str]:
    of_pod = pod_spec(manifest).get("securityContext") or {}
    for container in containers(manifest):
        effective = {**of_pod, **_security(container)}
        if effective.get("runAsNonRoot") is not True or effective.get("runAsUser") == 0:
            yield f"container '{called(container)}' may run as root: give a user other than 0, with runAsNonRoot true"


def capabilities(manifest: Manifest) -> Iterator[str]:
    for container in containers(manifest):
        wanted = _security(container).get("capabilities") or {}
        if "ALL" not in (wanted.get("drop") or []) or wanted.get("add"):
            yield f"container '{called(container)}' keeps kernel capabilities: drop ALL and add none"


def read_only_root(manifest: Manifest) -> Iterator[str]:
    for container in containers(manifest):
        if _security(container).get("readOnlyRootFilesystem") is not True:
            yield f"container '{called(container)}' may write to its image: keep it read-only and name writable_paths"


def seccomp(manifest: Manifest) -> Iterator[str]:
    of_pod = pod_spec(manifest).get("securityContext") or {}
    for container in containers(manifest):
        profile = {**of_pod, **_security(container)}.get("seccompProfile") or {}
        if profile.get("type") not in ("RuntimeDefault", "Localhost"):
            yield f"container '{called(container)}' has no seccomp profile: use RuntimeDefault"


def host_path(manifest: Manifest) -> Iterator[str]:
    for volume in parts(pod_spec(manifest), "volumes"):
        if volume.get("hostPath"):
            yield f"volume '{called(volume)}' is the node's directory {volume['hostPath'].get('path')}: use storage"


def host_namespaces(manifest: Manifest) -> Iterator[str]:
    for field in ("hostNetwork", "hostPID", "hostIPC"):
        if pod_spec(manifest).get(field):
            yield f"{field} shares the node with the pod: remove it"
    for container in containers(manifest):
        for port in parts(container, "ports"):
            if port.get("hostPort"):
                yield f"host port {port['hostPort']} takes a port of the node: use a Service"


def service_account(manifest: Manifest) -> Iterator[str]:
    spec = pod_spec(manifest)
    if spec.get("serviceAccountName", "default") == "default":
        yield "pods share the service account 'default' with every other: give the workload its own"
    if spec.get("automountServiceAccountToken") is not False:
        yield "pods get a token for the API server that they do not need: set automountServiceAccountToken to false"


def secret_in_env(manifest: Manifest) -> Iterator[str]:
    for container in containers(manifest):
        for variable in parts(container, "env"):
            name, value = called(variable), variable.get("value")
            named = _SECRET_NAME.search(name.upper()) and not _REFERENCE_NAME.search(name.upper())
            if isinstance(value, str) and value and (named or SECRET_VALUE.search(value)):
                yield f"'{name}' holds a secret in the clear: keep it in a Secret and name it in secrets"


def secret_in_args(manifest: Manifest) -> Iterator[str]:
    for container in containers(manifest):
        for field in ("command", "args"):
            if any(SECRET_VALUE.search(word) for word in container.get(field) or [] if isinstance(word, str)):
                yield f"{field} holds a secret in the clear: name it in secrets and write $(NAME) in its place"


def grace_period(manifest: Manifest) -> Iterator[str]:
    grace = pod_spec(manifest).get("terminationGracePeriodSeconds", 30)
    for container in main_containers(manifest):
        drain = (((container.get("lifecycle") or {}).get("preStop") or {}).get("sleep") or {}).get("seconds", 0)
        if drain and grace <= drain:
            yield f"grace period {grace}s is used up by the drain of {drain}s: allow more than {drain}s"


def restart_policy(manifest: Manifest) -> Iterator[str]:
    policy = pod_spec(manifest).get("restartPolicy", "Always")
    if manifest["kind"] in FINITE and policy == "Always":
        yield "a run that ends is never restarted 'Always': use Never or OnFailure"
    if manifest["kind"] in LONG_RUNNING and policy != "Always":
        yield f"restart policy '{policy}' is for a process that ends: use pattern 'batch' or 'job'"


def _serves(container: dict[str, Any]) -> bool:
    """Whether anything but the scraper connects to it."""
    return any(port.get("name") != "metrics" for port in parts(container, "ports"))


def _resource(container: dict[str, Any], kind: str, name: str) -> str | None:
    return ((container.get("resources") or {}).get(kind) or {}).get(name)


def _security(container: dict[str, Any]) -> dict[str, Any]:
    return container.get("securityContext") or {}


RULES: tuple[Rule, ...] = (
    Rule("database-image", "image", tuple(kind for kind in WITH_PODS if kind != "StatefulSet"), database_image),
    Rule("finite-process", "args", LONG_RUNNING, finite_process),
    Rule("floating-tag", "image", WITH_PODS, floating_tag),
    Rule("image-form", "image", WITH_PODS, image_form),
    Rule("memory-limit", "resources.memory_limit", WITH_PODS, memory_limit),
    Rule("resource-requests", "resources", WITH_PODS, resource_requests),
    Rule("limit-below-request", "resources", WITH_PODS, limit_below_request),
    Rule("readiness-probe", "readiness", LONG_RUNNING, readiness_probe),
    Rule("liveness-probe", "liveness", LONG_RUNNING, liveness_probe),
    Rule("liveness-dependencies", "liveness.path", LONG_RUNNING, liveness_dependencies),
    Rule("privileged", "overrides", WITH_PODS, privileged),
    Rule("privilege-escalation", "overrides", WITH_PODS, privilege_escalation),
    Rule("root-user", "user", WITH_PODS, root_user),
    Rule("capabilities", "overrides", WITH_PODS, capabilities),
    Rule("read-only-root", "overrides", WITH_PODS, read_only_root),
    Rule("seccomp", "overrides", WITH_PODS, seccomp),
    Rule("host-path", "overrides", WITH_PODS, host_path),
    Rule("host-namespaces", "overrides", WITH_PODS, host_namespaces),
    Rule("service-account", "overrides", WITH_PODS, service_account),
    Rule("secret-in-env", "env", WITH_PODS, secret_in_env),
    Rule("secret-in-args", "args", WITH_PODS, secret_in_args),
    Rule("grace-period", "grace_period_seconds", LONG_RUNNING, grace_period),
    Rule("restart-policy", "batch.restart", (*LONG_RUNNING, *FINITE), restart_policy),
)
