"""The GKE platform's plans: modes, principals, and what is never left to a default."""

import json

import pytest

from platforms import gke
from platforms.gke import cluster, network, principals
from stack import settings
from stack.settings import Settings
from stack.targets import GkeMode, GkeSettings
from tests.stacks.program import REPOSITORY, stack_config


def read(**changed: object) -> tuple[Settings, GkeSettings]:
    config = stack_config(REPOSITORY / "tests/configs/valid/gke.yaml")
    config["causeway:gke"] = json.dumps({**json.loads(config["causeway:gke"]), **changed})
    found = settings.parse({key: value for key, value in config.items() if key.startswith("causeway:")})
    assert found.gke
    return found, found.gke


def test_autopilot_is_the_default() -> None:
    """Autopilot unless the settings say Standard; what Autopilot decides by itself is not said."""
    assert GkeMode.AUTOPILOT is read()[1].mode
    assert {"enableAutopilot": True} == cluster.mode_inputs(read()[1])


def test_standard_says_what_autopilot_presets() -> None:
    """Standard has Dataplane V2, workload identity, shielded nodes, and Google's own Prometheus off."""
    found = cluster.mode_inputs(read(mode="standard")[1])

    assert ("ADVANCED_DATAPATH", True) == (found["datapathProvider"], found["enableShieldedNodes"])
    assert {"workloadPool": "causeway-example.svc.id.goog"} == found["workloadIdentityConfig"]
    assert {"enabled": False} == found["monitoringConfig"]["managedPrometheus"]


def test_principal_is_one_service_account() -> None:
    """The grant is to the pods of one ServiceAccount: federation, with no Google account between."""
    found = principals.service_account_of_pods("p", "12", "external-secrets", "reader")

    assert found.startswith("principal://iam.googleapis.com/projects/12/locations/global/workloadIdentityPools/p.svc.id.goog/")
    assert found.endswith("/subject/ns/external-secrets/sa/reader")


@pytest.mark.parametrize("base", ["causeway-production", "causeway-development", "a" * 40])
def test_node_account_id_fits(base: str) -> None:
    """Google allows 6 to 30 characters for an account's id, the last no hyphen."""
    found = principals.node_account_id(base)

    assert 6 <= len(found) <= 30
    assert not found.endswith("-")


def test_control_plane_is_reached_by_name_alone() -> None:
    """The endpoint by address is off, nodes are private, and secrets are encrypted with our key."""
    found = cluster.cluster_inputs(*read())

    assert {"enabled": False} == found["controlPlaneEndpointsConfig"]["ipEndpointsConfig"]
    assert {"enablePrivateNodes": True} == found["privateClusterConfig"]
    assert "ENCRYPTED" == found["databaseEncryption"]["state"]


@pytest.mark.parametrize(("given", "expected"), [({}, False), ({"deletionProtection": True}, True)])
def test_deletion_protection_is_said(given: dict[str, object], expected: bool) -> None:
    """It is always explicit: the provider's own default would stop every destroy."""
    assert expected == cluster.cluster_inputs(*read(**given))["deletionProtection"]


def test_subnet_names_the_ranges_that_the_cluster_uses() -> None:
    """The cluster's ranges are those of its subnet."""
    found, cloud = read()
    subnet = network.subnet_inputs("x", cloud, network.ranged(network.IPv4Network(cloud.cidr)))
    names = [entry["rangeName"] for entry in subnet["secondaryIpRanges"]]

    assert names == list(cluster.cluster_inputs(found, cloud)["ipAllocationPolicy"].values())


def test_front_door_is_named_by_annotation() -> None:
    """GKE's Ingress controller ignores classes; issue 8, item 5: without a word the load balancer is inside the network."""
    found = gke.workload(*read())

    assert "" == found["ingress_class"]
    assert {"kubernetes.io/ingress.class": "gce-internal"} == found["ingress_annotations"]
    assert "10.67.0.0/23" in found["ingress_cidrs"]


def test_public_front_door_speaks_https_alone() -> None:
    """Issue 8, item 5: what everybody reaches has a certificate, and nothing in the clear beside it."""
    found = gke.workload(*read(frontDoor="public", certificate="example-com"))

    assert "https" == found["ingress_scheme"]
    assert ("gce", "false") == tuple(found["ingress_annotations"][f"kubernetes.io/ingress.{key}"] for key in ("class", "allow-http"))
    assert gke.LOAD_BALANCERS == found["ingress_cidrs"]


def test_kubeconfig_holds_no_credential() -> None:
    """4.13: the kubeconfig names a program that logs in, and no token, password or key."""
    found = json.loads(cluster.kubeconfig("c", "x.gke.goog"))

    assert {"exec"} == set(found["users"][0]["user"])
    assert "https://x.gke.goog" == found["clusters"][0]["cluster"]["server"]
