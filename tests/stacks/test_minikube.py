"""The whole program on the minikube stack, without an engine."""

from pathlib import Path

import pytest

from cli.secrets import places
from tests.recorder import run
from tests.stacks.program import ALONE, FRONT_DOOR, REPOSITORY, _program, run_stack, stack_config

GOLDEN = REPOSITORY / "tests/stacks/minikube.urns"

pytestmark = pytest.mark.usefixtures("home")


def test_urns() -> None:
    """URNs are public: a change of the golden list needs an alias or a changelog entry."""
    assert GOLDEN.read_text().split() == sorted(run_stack("minikube").urns())


def test_outputs_have_the_agreed_names() -> None:
    """Every target exports urls, workloads and secretRefs, and no value of a secret."""
    outputs = run_stack("minikube").outputs

    doors = {name: f"http://198.51.100.7/{name}/" for name in ("grafana", "prometheus", "alertmanager", "argocd")}
    assert {"shop": "http://198.51.100.7/", **doors} == outputs["urls"]
    assert {"kind": "StatefulSet", "namespace": "shop", "pattern": "stateful"} == outputs["workloads"]["database"]
    assert {"namespace": "shop", "secret": "shop-database", "key": "password"} == outputs["secretRefs"]["shop-database/password"]
    assert {"namespace": "monitoring", "secret": "grafana-admin", "key": "admin-password"} == outputs["secretRefs"][
        "grafana-admin/admin-password"
    ]


def test_url_is_unset_until_the_front_door_has_an_address() -> None:
    """A URL that nobody published is not made up."""
    assert {} == run_stack("minikube", states={}).outputs["urls"]


def test_preview_needs_no_cluster() -> None:
    """A preview runs to its end though no object exists yet."""
    assert run_stack("minikube", states={}, preview=True).manifests("Deployment")


def test_missing_seed_is_one_line(home: Path) -> None:
    """Without a seed nothing is generated and nothing is registered."""
    (home / "seed").unlink()

    with pytest.raises(Exception, match="needed: the seed"):
        run_stack("minikube")


def test_monitoring_is_made_unless_it_is_switched_off() -> None:
    """A stack whose monitoring is not enabled gets no object, URL or Secret of it."""
    made = run_stack("minikube", **ALONE, **{"causeway:monitoring": '{"enabled": false}'})

    assert not [urn for urn in made.urns() if "monitoring" in urn]
    assert {"shop": "http://198.51.100.7/"} == made.outputs["urls"]
    assert {f"shop-database/{key}" for key in ("username", "password", "database-url")} == made.outputs["secretRefs"].keys()


def test_only_what_is_secret_is_listed() -> None:
    """4.4: `causeway secrets` and the end of `up` show what is secret: no user's name, no address, no time."""
    listed = {
        "argocd-admin/password",
        "argocd-redis/auth",
        "argocd-secret/admin.password",
        "argocd-secret/server.secretkey",
        "git-server/password",
        "grafana-admin/admin-password",
        "shop-database/database-url",
        "shop-database/password",
    }

    assert listed == {secret.name for secret in places.read(run_stack("minikube").outputs["secretRefs"])}


def test_what_runs_pods_is_deleted_before_its_namespace() -> None:
    """A namespace that still holds pods waits half their longest grace period; a chart has objects outside it. The rest goes with it."""
    own = ("Deployment", "StatefulSet", "CronJob", "DaemonSet", "Release", "Namespace")
    made = [resource for resource in run_stack("minikube", **ALONE).resources if resource.type.startswith("kubernetes:")]

    by_itself = {resource.type.rsplit(":")[-1] for resource in made if not resource.deleted_with}
    with_namespace = {resource.type.rsplit(":")[-1] for resource in made if resource.deleted_with}

    assert {"Deployment", "StatefulSet", "CronJob", "Release"} <= by_itself
    assert {"Service", "Ingress", "NetworkPolicy", "ServiceAccount"} <= with_namespace
    assert not with_namespace & set(own)


def test_simulated_platform_goes_without_monitoring(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no pod runs nothing is watched, unless the stack asks for the objects."""
    monkeypatch.setenv("CAUSEWAY_SIMULATED", "true")
    config = stack_config(REPOSITORY / "Pulumi.minikube.yaml")

    def kinds(monitoring: str) -> set[str]:
        made = run(_program, config=config | {"causeway:monitoring": monitoring}, states=FRONT_DOOR, stack="minikube")
        return {manifest["kind"] for manifest in made.manifests()}

    assert not {"ServiceMonitor", "PrometheusRule"} & kinds("{}")
    assert {"ServiceMonitor", "PrometheusRule"} <= kinds('{"enabled": true}')
