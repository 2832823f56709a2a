"""What is measured, in which order, and against which target."""

from statistics import median

from local.bench import objects
from local.bench.figures import Figure
from local.bench.process import Cost
from local.bench.sides import Bench
from workspace.home import Home
from workspace.progress import Problem, Progress, Step

TARGETS = {"up": 2.5, "no-op up": 2.0, "destroy": 2.5}
TARGETS_FROM = 100
"""The targets are set for this many workloads; smaller numbers are shown without."""

PREVIEWED = 1000
PREVIEWED_PART = 10
"""A large preview is set beside one of a tenth of it, ten times."""
PREVIEW_TARGET = 1.5

PEERS = {
    "up": "kubectl apply --server-side, wait",
    "no-op up": "kubectl apply --server-side again",
    "destroy": "kubectl delete of the same objects, wait",
}
Times = dict[str, list[Cost]]


def measure(bench: Bench, pairs: int, progress: Progress) -> list[Figure]:
    """Every figure for one number of workloads. Raises Problem where the two sides do not make the same."""
    with progress.step(f"{bench.name}: memory, and the same objects on both sides") as step:
        bench.prepare()
        watched, count, quickest = compare(bench, step)
    ours, peer = in_pairs(bench, pairs, count, progress)
    return [*timed(bench, ours, peer, count), quickest, memory(bench, watched, peer), written(bench, watched)]


def measure_stack(bench: Bench, pairs: int, progress: Progress) -> list[Figure]:
    """The times of a stack that spans namespaces. Raises Problem where an object of it is missing on either side."""
    with progress.step(f"{bench.name}: the same objects on both sides") as step:
        bench.prepare()
        step.update("ours")
        bench.up()
        count = bench.keep_manifests()
        made = bench.live()
        bench.destroy()
        if not bench.is_empty():
            raise Problem("pulumi destroy ended before all was gone")
        step.update("peer")
        bench.apply()
        if different := objects.difference(made, bench.live()):
            raise Problem(f"the two sides do not make the same objects: {different}")
        bench.delete()
    ours, peer = in_pairs(bench, pairs, count, progress)
    return timed(bench, ours, peer, count)


def in_pairs(bench: Bench, pairs: int, count: int, progress: Progress) -> tuple[Times, Times]:
    """Both sides in turn, `pairs` times."""
    ours: Times = {name: [] for name in TARGETS}
    peer: Times = {name: [] for name in TARGETS}
    with progress.step(f"{bench.name}, {count} objects: {pairs} pairs") as step:
        for pair in range(pairs):
            # Whoever goes first in one pair goes second in the next, so that neither gains from the order.
            sides = [(ours, our_round), (peer, peer_round)]
            for times, round_of in sides if pair % 2 == 0 else reversed(sides):
                step.update(f"pair {pair + 1} of {pairs}, {round_of.__name__.replace('_', ' ')}")
                for name, cost in round_of(bench).items():
                    times[name].append(cost)
    return ours, peer


def compare(bench: Bench, step: Step) -> tuple[Cost, int, Figure]:
    """One round of each side for memory, the manifests, and proof that both make the same; cost of up, objects, and a figure.

    The figure sets our destroy against the quickest that kubectl has where all objects are in one namespace.
    """
    step.update("ours")
    cost = bench.up(watched=True)
    count = bench.keep_manifests()
    made = bench.live()
    ours = bench.destroy()
    if not bench.is_empty():
        raise Problem("pulumi destroy ended before the namespace was gone")
    step.update("peer")
    bench.apply()
    if different := objects.difference(made, bench.live()):
        raise Problem(f"the two sides do not make the same objects: {different}")
    peer = bench.delete_namespace()
    if not bench.is_empty():
        raise Problem("kubectl delete ended before the namespace was gone")
    name = f"destroy, {bench.workloads} workloads in a namespace"
    return cost, count, Figure(name, "s", [ours.seconds], [peer.seconds], "kubectl delete namespace, wait")


def our_round(bench: Bench) -> dict[str, Cost]:
    return {"up": bench.up(), "no-op up": bench.up(), "destroy": bench.destroy()}


def peer_round(bench: Bench) -> dict[str, Cost]:
    return {"up": bench.apply(), "no-op up": bench.reapply(), "destroy": bench.delete()}


def timed(bench: Bench, ours: Times, peer: Times, count: int) -> list[Figure]:
    return [
        Figure(
            name=f"{name}, {bench.name}",
            unit="s",
            ours=[cost.seconds for cost in ours[name]],
            peer=[cost.seconds for cost in peer[name]],
            peer_name=PEERS[name],
            target=target if bench.workloads >= TARGETS_FROM else None,
            facts={
                "objects": count,
                "ours_processor_seconds": median(cost.processor_seconds for cost in ours[name]),
                "peer_processor_seconds": median(cost.processor_seconds for cost in peer[name]),
            },
        )
        for name, target in TARGETS.items()
    ]


def memory(bench: Bench, watched: Cost, peer: Times) -> Figure:
    """Peak of engine, language host, program and provider together, beside kubectl's."""
    return Figure(
        name=f"peak memory of up, {bench.workloads} workloads",
        unit="MiB",
        ours=[watched.memory],
        peer=[max(cost.largest_process_mib for cost in peer["up"])],
        peer_name="kubectl apply",
        facts={f"{part.replace(' ', '_')}_mib": round(size, 1) for part, size in watched.parts.items()},
    )


def written(bench: Bench, watched: Cost) -> Figure:
    """Bytes that a whole `up` wrote to disk, beside the size of the state that it leaves."""
    return Figure(
        name=f"written by up, {bench.workloads} workloads",
        unit="MB",
        ours=[watched.written_bytes / 1e6],
        peer=[bench.state_bytes / 1e6],
        peer_name="size of the state",
    )


def previewed(home: Home, workloads: int, progress: Progress) -> list[Figure]:
    """A preview of many workloads, of which there are none yet: whether a workload costs more where there are many."""
    few = max(workloads // PREVIEWED_PART, 1)
    with progress.step(f"preview of {workloads} workloads") as step:
        step.update(f"{few} first")
        part = _preview(Bench(home, few))
        step.update("all")
        whole = _preview(Bench(home, workloads))
    scaled = part.seconds * workloads / few
    facts = {"ours_processor_seconds": whole.processor_seconds, "peer_processor_seconds": part.processor_seconds * workloads / few}
    name = f"preview, {workloads} workloads"
    return [Figure(name, "s", [whole.seconds], [scaled], f"preview of {few}, {workloads / few:g} times", PREVIEW_TARGET, facts)]


def _preview(bench: Bench) -> Cost:
    bench.prepare("preview")
    return bench.preview()
