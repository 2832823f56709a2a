"""Crash safety: whatever is killed, and whenever, one plain `scripts/up` mends it without any other step.

The moments are drawn anew in each run; CAUSEWAY_SEED repeats a run. Twenty of them are on a simulated cluster, where an
`up` takes seconds and its objects are the same; three are on the real one, with real data.
"""

import os
import random
import signal
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

import pytest

from tests.live import crash
from tests.live.crash import Backend, Contents
from tests.live.platform import Platform, call, checkout
from tests.live.teardown import destroyed, left
from tests.waiting import eventually

pytestmark = pytest.mark.live

MOMENTS = 20
VICTIMS = ("engine", "provider", "API server")
SEED = int(os.environ.get("CAUSEWAY_SEED") or random.randrange(10**6))
PROMPTLY = 15.0
"""Seconds in which an interrupted run must end (R2)."""


@dataclass(frozen=True)
class Sweep:
    """A platform to crash: what an undisturbed `up` makes of it, how many engine events that takes, and how to start anew."""

    platform: Platform
    variables: dict[str, str]
    up: tuple[str, ...]
    kinds: str
    reference: Contents
    backend: Backend
    events: int

    def start_anew(self) -> None:
        crash.empty(self.platform)
        self.backend.restore()

    def contents(self) -> Contents:
        return crash.contents(self.platform, self.kinds)

    def strike(self, victim: str) -> Callable[[int], None]:
        """What kills `victim`, given the engine's process id."""
        if victim == "engine":
            return lambda engine: os.kill(engine, signal.SIGKILL)
        if victim == "provider":
            return lambda engine: crash.kill_below(engine, "plugins/kubernetes")
        supervisor = crash.supervisor(self.platform, simulated="--simulate" in self.up)
        return lambda _: crash.kill_below(supervisor, "kube-apiserver")


def prepared(platform: Platform, *up: str) -> Sweep:
    """Learn from an undisturbed run, and keep a state in which nothing was made yet."""
    kinds = crash.kinds(platform)
    reference = crash.contents(platform, kinds)
    assert not crash.orphans(platform, reference)
    variables = crash.environment(platform)
    settings = (platform.root / "Pulumi.minikube.yaml").read_text()
    platform.output("rm -rf .causeway/backend && mkdir .causeway/backend && pulumi stack init minikube --non-interactive")
    (platform.root / "Pulumi.minikube.yaml").write_text(settings)
    backend = Backend(platform)
    crash.empty(platform)
    events = crash.disturbed(platform, variables, moment=0, strike=lambda _: None)
    return Sweep(platform, variables, ("up", *up), kinds, reference, backend, events)


@pytest.fixture(scope="module")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sweep]:
    """A platform on a simulated cluster of its own."""
    made = checkout(tmp_path_factory.mktemp("simulated"), f"crash{os.getpid()}")
    try:
        answer = made.script("up", "--simulate")
        assert answer.returncode == 0, answer.stderr
        yield prepared(made, "--simulate")
    finally:
        made.script("down")


@pytest.fixture(scope="module")
def real(platform: Platform) -> Iterator[Sweep]:
    """The shared platform, whole again at the end."""
    yield prepared(platform)
    assert platform.script("up").returncode == 0


def converges(sweep: Sweep, moment: int, victim: str) -> None:
    """Kill `victim` at engine event `moment` of an `up` from nothing; one plain `up` must make what an undisturbed one makes."""
    print(f"seed {SEED}: {victim} killed at event {moment} of {sweep.events}")
    sweep.start_anew()
    crash.disturbed(sweep.platform, sweep.variables, moment, sweep.strike(victim))
    left = eventually(sweep.contents)

    answer = sweep.platform.script(*sweep.up)

    assert answer.returncode == 0, answer.stderr
    found = sweep.contents()
    assert sweep.reference.objects == found.objects
    assert not crash.orphans(sweep.platform, found)
    assert sweep.reference.password == found.password
    assert left.claims.items() <= found.claims.items()


@pytest.mark.parametrize("number", range(MOMENTS))
def test_one_up_mends_a_killed_run(simulated: Sweep, number: int) -> None:
    """R1, R3: engine, provider or API server killed at any moment: one `up` makes the same objects, with no orphan."""
    share = (number + random.Random(f"{SEED}/{number}").random()) / MOMENTS

    converges(simulated, 1 + int(share * simulated.events), VICTIMS[number % len(VICTIMS)])


def test_one_up_mends_a_killed_destroy(simulated: Sweep) -> None:
    """R1: a destroy that is killed has written no state: the next `up` sees what is gone, and makes it again."""
    simulated.start_anew()
    assert simulated.platform.script(*simulated.up).returncode == 0
    crash.disturbed(simulated.platform, simulated.variables, simulated.events // 2, simulated.strike("engine"), "destroy")
    left = simulated.contents()

    answer = simulated.platform.script(*simulated.up)

    assert answer.returncode == 0, answer.stderr
    assert left.objects.keys() < simulated.reference.objects.keys()
    assert simulated.reference.objects == simulated.contents().objects
    assert not crash.orphans(simulated.platform, simulated.contents())


@pytest.mark.parametrize("operation", ["up", "destroy"])
def test_destroy_after_a_kill_leaves_nothing(simulated: Sweep, operation: str) -> None:
    """Issue 13, 6: the engine killed at a moment of either operation, one `up`, then a plain destroy; tests/soak sweeps it with Argo CD."""
    simulated.start_anew()
    if operation == "destroy":
        assert simulated.platform.script(*simulated.up).returncode == 0
    moment = random.Random(f"{SEED}/{operation}").randint(1, simulated.events)
    print(f"seed {SEED}: {operation} killed at event {moment} of {simulated.events}")
    crash.disturbed(simulated.platform, simulated.variables, moment, simulated.strike("engine"), operation)
    assert simulated.platform.script(*simulated.up).returncode == 0

    destroyed(simulated.platform)

    assert [] == left(simulated.platform)


@pytest.mark.parametrize("victim", VICTIMS)
def test_one_up_mends_a_killed_run_on_real_pods(real: Sweep, victim: str) -> None:
    """R1, R3, F13: so it is with real pods; the password and the claim stay, and the shop takes orders."""
    moment = random.Random(f"{SEED}/{victim}").randint(1, real.events)

    converges(real, moment, victim)

    shop = str(real.platform.stack_output("urls")["shop"]).rstrip("/")
    order = eventually(lambda: call("POST", f"{shop}/orders", {"item": "book", "quantity": 1}).body.get("id"))
    assert eventually(lambda: call("GET", f"{shop}/orders/{order}").body["status"] == "processed")


@pytest.mark.parametrize("times", [1, 2])
def test_interrupted_up_ends_promptly_and_goes_on(real: Sweep, times: int) -> None:
    """R2: SIGINT, once or twice, ends `up` within 15 s in one line, leaving no process; the next `up` works at once."""
    real.start_anew()
    run = start(real.platform)
    eventually(lambda: is_under_way(run.pid))
    below = crash.descendants(run.pid)

    for _ in range(times):
        os.killpg(run.pid, signal.SIGINT)
    said = run.communicate(timeout=PROMPTLY)[1]

    assert run.returncode == 130, said
    assert "interrupted:" in said
    assert not [process for process in below if Path(f"/proc/{process}").exists()]
    assert real.platform.script("up").returncode == 0
    assert real.reference.objects == real.contents().objects


def test_engine_ends_with_a_killed_up(real: Sweep) -> None:
    """F1: `kill -9` of `up` while the engine works takes the engine along, so that the next `up` is not locked out."""
    real.start_anew()
    run = start(real.platform)
    eventually(lambda: is_under_way(run.pid))

    run.kill()
    run.communicate()

    answer = real.platform.script("up")
    assert answer.returncode == 0, answer.stderr
    assert real.reference.objects == real.contents().objects


def test_idle_api_server_is_started_again(platform: Platform) -> None:
    """F5: the supervisor starts a killed API server again, and nothing is lost."""
    before = platform.kubectl("get namespaces")["items"]
    supervisor = crash.supervisor(platform)

    crash.kill_below(supervisor, "kube-apiserver")

    after = eventually(lambda: platform.kubectl("get namespaces")["items"])
    assert [item["metadata"]["uid"] for item in before] == [item["metadata"]["uid"] for item in after]


def test_killed_supervisor_costs_no_data(platform: Platform) -> None:
    """F5: with the supervisor every program of the cluster ends; the next `up` brings all back, orders included."""
    shop = str(platform.stack_output("urls")["shop"]).rstrip("/")
    order = call("POST", f"{shop}/orders", {"item": "vase", "quantity": 4}).body["id"]

    os.kill(crash.supervisor(platform), signal.SIGKILL)
    answer = platform.script("up")

    assert answer.returncode == 0, answer.stderr
    assert eventually(lambda: call("GET", f"{shop}/orders/{order}").status == HTTPStatus.OK)


def test_up_killed_while_the_cluster_starts_or_takes_images(tmp_path: Path) -> None:
    """Item 6: `kill -9` of `up` while the cluster starts, then while images are imported: the next `up` works."""
    own = checkout(tmp_path, f"kill{os.getpid()}")
    own.go_bare()
    started = Path("/run/causeway") / own.cluster / "supervisor.pid"
    try:
        kill_when(own, lambda _: started.exists())
        kill_when(own, lambda run: any("images import" in command for command in commands(run.pid)))

        answer = own.script("up")

        assert answer.returncode == 0, answer.stderr
        assert own.kubectl("get deployment web -n shop")["status"]["availableReplicas"] == 2
    finally:
        own.script("down")


def start(platform: Platform) -> "subprocess.Popen[str]":
    """`scripts/up` in a process group of its own that minds SIGINT, as a terminal would have it, even where the tests do not."""
    return subprocess.Popen(
        [platform.root / "scripts" / "up"], env=platform.environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        text=True, start_new_session=True, preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip


def commands(process: int) -> list[str]:
    """Command lines of all that runs below `process`, words apart by blanks."""
    found = []
    for child in crash.descendants(process):
        try:
            found.append(Path(f"/proc/{child}/cmdline").read_text().replace("\0", " "))
        except OSError:
            continue
    return found


def is_under_way(process: int) -> bool:
    """Whether the engine has started the provider, and with it the program's run."""
    return any("plugins/kubernetes" in command for command in commands(process))


def kill_when(platform: Platform, due: "Callable[[subprocess.Popen[str]], bool]") -> None:
    """Start `up` and kill it, and it alone, as soon as `due` says so."""
    run = start(platform)
    eventually(lambda: due(run), seconds=120)
    run.kill()
    run.communicate()
