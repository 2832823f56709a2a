"""What belongs to this checkout: its secret files, Pulumi's state, and the local cluster's programs."""

from cli.doctor.facts import LocalCluster, State
from cli.doctor.finding import Finding, failed, passed, warned
from workspace.lock import Holder

UP = "./scripts/up"
OWNER_ONLY = 0o600


def judge_state(state: State) -> list[Finding]:
    """Secret files, backend and locks."""
    files = [_file(path, mode) for path, mode in state.files.items()]
    return [*files, _backend(state.backend), *_locks(state)]


def _file(path: str, mode: int | None) -> Finding:
    name = path.rsplit("/", 1)[-1]
    if mode is None:
        return warned(name, f"{path} is not made yet", UP)
    if mode != OWNER_ONLY:
        return failed(name, f"{path} has mode {mode:o}; needed: {OWNER_ONLY:o}", f"chmod {OWNER_ONLY:o} {path}")
    return passed(name, f"{path}, mode {mode:o}")


def _backend(backend: str | None) -> Finding:
    return passed("backend", backend or "the one you are logged in to (pulumi whoami --verbose)")


def _locks(state: State) -> list[Finding]:
    """A lock of a run under way is right; one whose process is gone is in the way of every later run."""
    if state.lock_error:
        what, _, fix = state.lock_error.partition("; ")
        return [failed("stack lock", what, fix)]
    if not state.locks:
        return [passed("stack lock", "the stack is not locked")]
    return [_lock(holder) for holder in state.locks]


def _lock(holder: Holder) -> Finding:
    if holder.is_alive:
        return warned("stack lock", f"{holder} is changing the stack now", "wait until it has ended")
    if holder.is_alive is None:
        return warned("stack lock", f"held by {holder}", "pulumi cancel --stack minikube, once it has ended")
    return failed("stack lock", f"stale: {holder} is gone ({holder.file})", f"{UP} (or pulumi cancel --stack minikube)")


def judge_local_cluster(local: LocalCluster) -> list[Finding]:
    """The supervisor and each of its programs; nothing where another cluster is in use."""
    if local.error:
        return [failed("local cluster", local.error, "export CAUSEWAY_CLUSTER=NAME, with a name of its own")]
    if not local.made:
        return [passed("local cluster", f"{local.name} is not made; {UP} makes it where no other cluster is used")]
    if local.supervisor is None:
        return [failed("local cluster", f"{local.name} was made and does not run", UP)]
    dead = [name for name, runs in (local.daemons or {}).items() if not runs]
    if dead:
        return [failed("local cluster", f"not running: {', '.join(dead)}", f"tail {local.logs}/{dead[0]}.log, then {UP}")]
    running = ", ".join(local.daemons or {})
    return [passed("local cluster", f"{local.name}: supervisor (process {local.supervisor}), {running}")]
