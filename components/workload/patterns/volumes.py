"""Volumes of a workload's pods and where they are mounted: scratch space, files, storage, and what `volumes` names."""

import hashlib
import re
from typing import Any

from ..args import Pattern
from ..defaults import WRITABLE_SIZE_LIMIT
from ..groups import WorkloadVolumeArgs
from ..model import Workload

DATA_VOLUME = "data"
TOKEN_VOLUME = "api-token"
TOKEN_DIRECTORY = "/var/run/secrets/kubernetes.io/serviceaccount"
"""Where every client of the API server looks for its token."""
TOKEN_SECONDS = 3600
_LONGEST_SLUG = 40
SOURCES = ("secret", "config_map", "claim", "scratch", "token", "node_path")


def config_map_name(workload: Workload) -> str:
    """Name of the ConfigMap that holds the configuration files."""
    return f"{workload.name}-files"


def file_keys(workload: Workload) -> dict[str, str]:
    """ConfigMap key of each configuration file; a key has letters, digits, '-', '_' and '.'."""
    return {path: re.sub(r"[^-.A-Za-z0-9]", "_", path.strip("/")) for path in workload.inputs["files"]}


def volumes(workload: Workload) -> list[dict[str, Any]]:
    """The pod's volumes; those that a StatefulSet claims for each pod are not among them."""
    made: list[dict[str, Any]] = [
        {"name": _volume_name(path), "emptyDir": {"sizeLimit": WRITABLE_SIZE_LIMIT}} for path in workload.inputs["writable_paths"]
    ]
    if workload.inputs["files"]:
        made.append({"name": "files", "configMap": {"name": config_map_name(workload)}})
    if "storage" in workload.inputs and workload.pattern is not Pattern.STATEFUL:
        made.append({"name": DATA_VOLUME, "persistentVolumeClaim": {"claimName": workload.name}})
    made += [{"name": name, **_source(volume)} for name, volume in workload.inputs["volumes"].items()]
    if workload.inputs["service_account"].get("rules"):
        made.append({"name": TOKEN_VOLUME, "projected": _api_token()})
    return made


def mounts(workload: Workload, named: list[str] | None = None) -> list[dict[str, Any]]:
    """Where a container sees them: the writable paths, and all volumes or those that are `named`."""
    inputs = workload.inputs
    made: list[dict[str, Any]] = [{"name": _volume_name(path), "mountPath": path} for path in inputs["writable_paths"]]
    if named is None:
        made += [{"name": "files", "mountPath": path, "subPath": key, "readOnly": True} for path, key in file_keys(workload).items()]
    if "storage" in inputs and (named is None or DATA_VOLUME in named):
        made.append({"name": DATA_VOLUME, "mountPath": inputs["storage"]["mount_path"]})
    for name, claim in inputs["stateful"].get("claims", {}).items():
        if named is None or name in named:
            made.append({"name": name, "mountPath": claim["mount_path"]})
    made += [_mount(name, volume) for name, volume in inputs["volumes"].items() if named is None or name in named]
    if named is None and inputs["service_account"].get("rules"):
        made.append({"name": TOKEN_VOLUME, "mountPath": TOKEN_DIRECTORY, "readOnly": True})
    return made


def _mount(name: str, volume: WorkloadVolumeArgs) -> dict[str, Any]:
    mount: dict[str, Any] = {"name": name, "mountPath": volume["mount_path"]}
    if "sub_path" in volume:
        mount["subPath"] = volume["sub_path"]
    if volume.get("read_only", not volume.keys() & {"claim", "scratch"}):
        mount["readOnly"] = True
    return mount


def _source(volume: WorkloadVolumeArgs) -> dict[str, Any]:
    items = {"items": [{"key": key, "path": path} for key, path in volume["keys"].items()]} if "keys" in volume else {}
    files = {**items, **({"defaultMode": volume["mode"]} if "mode" in volume else {})}
    if "secret" in volume:
        return {"secret": {"secretName": volume["secret"], **files}}
    if "config_map" in volume:
        return {"configMap": {"name": volume["config_map"], **files}}
    if "claim" in volume:
        return {"persistentVolumeClaim": {"claimName": volume["claim"]}}
    if "token" in volume:
        token = {
            "path": "token",
            "audience": volume["token"]["audience"],
            "expirationSeconds": volume["token"].get("seconds", TOKEN_SECONDS),
        }
        return {"projected": {"sources": [{"serviceAccountToken": token}], **files}}
    if "node_path" in volume:
        return {"hostPath": {"path": volume["node_path"]}}
    scratch = volume.get("scratch", {})
    medium = {"medium": "Memory"} if scratch.get("memory") else {}
    return {"emptyDir": {**medium, "sizeLimit": scratch.get("size", WRITABLE_SIZE_LIMIT)}}


def _api_token() -> dict[str, Any]:
    """What kubelet would mount by itself, but in no other container, and with a token that ends."""
    return {
        "sources": [
            {"serviceAccountToken": {"path": "token", "expirationSeconds": TOKEN_SECONDS}},
            {"configMap": {"name": "kube-root-ca.crt", "items": [{"key": "ca.crt", "path": "ca.crt"}]}},
            {"downwardAPI": {"items": [{"path": "namespace", "fieldRef": {"fieldPath": "metadata.namespace"}}]}},
        ]
    }


def _volume_name(path: str) -> str:
    """A name out of the path; where that would be too long, or another path's too, a digest tells them apart."""
    path = path.strip("/")
    slug = re.sub(r"[^a-z0-9]", "-", path.lower())
    if len(slug) <= _LONGEST_SLUG and slug == path.replace("/", "-") and "-" not in path:
        return f"writable-{slug}"
    return f"writable-{slug[:_LONGEST_SLUG]}-{hashlib.sha256(path.encode()).hexdigest()[:6]}"
