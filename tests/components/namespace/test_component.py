"""RestrictedNamespace under the recorder."""

from components import RestrictedNamespace
from tests.recorder import Recording, run


def _made() -> Recording:
    return run(_build)


def _build() -> None:
    RestrictedNamespace("shop", {"team": "orders"})


def test_admission() -> None:
    """3.09: pods that are not restricted are refused, reported and warned of."""
    labels = _made().one("Namespace")["metadata"]["labels"]

    assert ["restricted"] * 3 == [labels[f"pod-security.kubernetes.io/{mode}"] for mode in ("enforce", "audit", "warn")]


def test_closed_by_default() -> None:
    """3.17: every pod is selected, and nothing is listed as allowed."""
    spec = _made().one("NetworkPolicy")["spec"]

    assert {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]} == spec
