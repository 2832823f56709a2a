"""`aws` and `gke-gcloud-auth-plugin` of a rehearsal: hand out a token for the local cluster, to whoever asks the right way.

The first word is the program that is played. It refuses what the real one would: another command, an unknown cluster.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from stand_ins.rehearse.api import Api

ACCOUNT = "/api/v1/namespaces/kube-system/serviceaccounts/cloud-administrator"
SECONDS = 900
"""A token of `aws eks get-token` lives a quarter of an hour."""

CLUSTERS = ("aws:eks/cluster:Cluster|", "gcp:container/cluster:Cluster|")

ADMINISTRATORS = "aws:eks/accessPolicyAssociation:AccessPolicyAssociation|"


def refusal(program: str, words: list[str], things: dict[str, Any]) -> str | None:
    """Why the program that is played would give no token, or None."""
    clusters = [thing["outputs"] for key, thing in things.items() if key.startswith(CLUSTERS)]
    if program != "aws":
        return None if clusters else "there is no cluster"
    match words:
        case ["--region", region, "eks", "get-token", "--cluster-name", name, "--output", "json"]:
            wanted = f":{region}:"
            if not any(item["name"] == name and wanted in item["arn"] for item in clusters):
                return f"ResourceNotFoundException: no cluster found for name: {name}"
            entries = [thing for key, thing in things.items() if key.startswith(ADMINISTRATORS) and thing["inputs"]["clusterName"] == name]
            return None if entries else f"Unauthorized: nobody may enter {name}, it has no access entry with a policy"
    return f"aws {' '.join(words)}: the rehearsal plays `aws eks get-token` alone"


def main() -> int:
    program, *words = sys.argv[1:]
    folder = Path(os.environ["CAUSEWAY_REHEARSAL"])
    file = folder / "things.json"
    if problem := refusal(program, words, json.loads(file.read_text()) if file.exists() else {}):
        print(f"rehearsal: {problem}", file=sys.stderr)
        return 254
    kubernetes = json.loads((folder / "settings.json").read_text())["kubernetes"]
    api = Api(kubernetes["server"], Path(kubernetes["certificates"]))
    wanted = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {"expirationSeconds": SECONDS}}
    status = api.call("POST", f"{ACCOUNT}/token", wanted)["status"]
    version = json.loads(os.environ.get("KUBERNETES_EXEC_INFO", "{}")).get("apiVersion", "client.authentication.k8s.io/v1beta1")
    given = {"token": status["token"], "expirationTimestamp": status["expirationTimestamp"]}
    print(json.dumps({"apiVersion": version, "kind": "ExecCredential", "status": given}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
