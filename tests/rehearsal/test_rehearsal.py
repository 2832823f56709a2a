"""The whole rehearsal of each cloud, as a user runs it: with all that a stack can have on it, which the plain one is a part of."""

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from workspace.home import REPOSITORY

pytestmark = pytest.mark.live


GITOPS = {"enabled": True, "repository": {"url": "https://git.example.com/platform.git"}}
VAULT_KEY = "projects/causeway-example/locations/europe-west3/keyRings/causeway/cryptoKeys/vault"
IN_THE_STORE = ["argocd-admin", "argocd-redis", "argocd-secret", "grafana-admin", "shop-database"]
CHANGES: dict[str, dict[str, dict[str, Any]]] = {
    "eks": {
        "causeway:gitops": GITOPS,
        "causeway:secrets": {"level": "external", "candidate": "vault"},
        "causeway:eks": {"secrets": IN_THE_STORE},
    },
    "gke": {"causeway:secrets": {"level": "sealed", "candidate": "vault"}, "causeway:gke": {"vaultKey": VAULT_KEY}},
}
"""What each has over the stack file that we ship: Argo CD, and Secrets Manager; Sealed Secrets on Autopilot; both with Vault beside."""


@pytest.mark.parametrize("target", CHANGES)
def test_rehearsal(target: str, tmp_path: Path) -> None:
    """4.07, issue 8, items 3 and 7: preview, up, no change, the commands' answers, and a destroy in the right order that leaves nothing."""
    environment = {**os.environ, "CAUSEWAY_HOME": str(tmp_path / "home"), "CAUSEWAY_CLUSTER": f"t{os.getpid()}"}
    shipped = REPOSITORY / f"Pulumi.{target}.yaml"
    before, config = shipped.read_text(), yaml.safe_load(shipped.read_text())["config"]
    file = tmp_path / "Pulumi.mine.yaml"
    file.write_text(yaml.safe_dump({"config": config | {key: config.get(key, {}) | more for key, more in CHANGES[target].items()}}))
    command = [REPOSITORY / "scripts/rehearse", target, "--config", file]
    answer = subprocess.run(command, env=environment, capture_output=True, text=True)

    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert "no change" in answer.stdout
    assert re.search(r"causeway +healthy workloads: 4, URLs: [1-9]\d*, secrets: [1-9]", answer.stdout)
    assert re.search(
        r"destroy +\d+ deleted, and [1-9]\d* load balancers and volumes before their namespace, in order, nothing left", answer.stdout
    )
    assert "This was a rehearsal" in answer.stdout
    assert "…" not in answer.stdout, "nothing is cut off where the output is not a terminal"
    assert before == shipped.read_text()
    assert not (tmp_path / "home/rehearsal" / target).exists()
