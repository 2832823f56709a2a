"""Bringing built images into a cluster's containerd; what it already has is left alone."""

import json
import subprocess
from collections.abc import Iterable
from pathlib import Path

from local.cluster.layout import Cluster
from local.images import Image, discard
from local.toolchain import Installed
from workspace import files
from workspace.progress import Problem, Progress


def bring(images: Iterable[Image], cluster: Cluster, tools: dict[str, Installed], progress: Progress) -> None:
    """Import each of `images` whose digest the cluster has not got yet; raises Problem with ctr's last line."""
    record = cluster.directory / "images.json"
    present: dict[str, str] = json.loads(record.read_text()) if record.exists() else {}
    missing = [image for image in images if present.get(image.reference) != image.digest]
    if not missing:
        return
    runtime = tools["container-runtime"]
    with progress.step("images: importing") as step:
        for number, image in enumerate(missing, start=1):
            step.update(f"{number} of {len(missing)}: {image.reference}")
            command: list[str | Path] = [runtime.program("ctr"), "--address", cluster.containerd_socket, "--namespace", "k8s.io"]
            answer = subprocess.run([*command, "images", "import", image.tar], capture_output=True, text=True)
            if answer.returncode:
                raise Problem(f"image {image.reference} could not be imported: {_remedy(image, answer.stderr)}")
            present[image.reference] = image.digest
            files.write(record, json.dumps(present, indent=1))


def _remedy(image: Image, complaint: str) -> str:
    """ctr's last line, and what to do: a file that it cannot unpack is damaged, and is dropped from the cache."""
    line = (complaint.strip().splitlines() or ["no message"])[-1]
    if "no space left" in line:
        return f"{line}: free some room, then run ./scripts/up again"
    discard(image)
    return f"{line}: its cached file was dropped, run ./scripts/up again to build it anew"
