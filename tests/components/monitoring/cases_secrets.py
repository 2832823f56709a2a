"""The stories of the alerts about secrets and what brings them (requirements 4.4)."""

from tests.components.monitoring.promtool import KSM, MINUTE, MINUTES, OWNER, Case, steady

DAY = 24 * 60 * MINUTE


def _rotation(name: str, days: int) -> Case:
    """The value is as old as its period at the beginning of the story, and a minute older a minute later."""
    secret = 'namespace="shop",secret="key"'
    rotated = f'causeway:secret_rotated:timestamp_seconds{{{secret},class="{name}",team="shop",service="web"}}'
    return Case(
        hold=60,
        starts=1,
        labels={"namespace": "shop", "secret": "key", "class": name, **OWNER, "severity": "warning"},
        fires=({rotated: steady(-days * DAY)},),
        silent=({rotated: steady(-days * DAY + MINUTES * MINUTE)},),
        always={},
    )


def _backend(kind: str, namespace: str, name: str) -> Case:
    """One pod is enough, and a program of the same name elsewhere is another's affair."""

    def available(namespace: str, name: str) -> str:
        return f'kube_{kind}_status_replicas_available{{{KSM},namespace="{namespace}",{kind}="{name}"}}'

    return Case(
        hold=5,
        labels={"namespace": namespace, kind: name, "kind": kind, "team": "platform", "service": "secrets", "severity": "warning"},
        fires=({available(namespace, name): steady(0)},),
        silent=(
            {available(namespace, name): steady(1)},
            {available("shop", name): steady(0)},
            {available(namespace, f"{name}-2"): steady(0)},
        ),
        always={},
    )


def _refresh(kind: str) -> Case:
    """One failed condition is enough; what is ready, and what is not ready in another sense, is silent."""

    def condition(status: str, condition: str = "Ready") -> str:
        return f'{kind.lower()}_status_condition{{namespace="shop",name="key",condition="{condition}",status="{status}"}}'

    return Case(
        hold=5,
        labels={"namespace": "shop", "name": "key", "kind": kind, "team": "platform", "service": "secrets", "severity": "warning"},
        fires=({condition("False"): steady(1)},),
        silent=(
            {condition("True"): steady(1), condition("False"): steady(0)},
            {condition("False", "Deleted"): steady(1)},
        ),
        always={},
    )


def _slow_refresh() -> Case:
    """One answer that takes longer than a minute; another program's worker is its own affair."""

    def working(seconds: int, name: str = "pushsecret") -> dict[str, str]:
        return {f'workqueue_longest_running_processor_seconds{{namespace="external-secrets",name="{name}"}}': steady(seconds)}

    return Case(
        hold=5,
        labels={
            "namespace": "external-secrets",
            "name": "pushsecret",
            "kind": "slow",
            "team": "platform",
            "service": "secrets",
            "severity": "warning",
        },
        fires=(working(61),),
        silent=(working(60), working(600, "secretstore")),
        always={},
    )


SECRETS: dict[str, Case] = {
    **{f"SecretRotationDue {name} warning": _rotation(name, days) for name, days in (("database", 30), ("api-key", 90), ("tls", 60))},
    "SecretsBackendDown deployment warning": _backend("deployment", "kube-system", "sealed-secrets-controller"),
    "SecretsBackendDown statefulset warning": _backend("statefulset", "vault", "vault"),
    "SecretRefreshFailing ExternalSecret warning": _refresh("ExternalSecret"),
    "SecretRefreshFailing PushSecret warning": _refresh("PushSecret"),
    "SecretRefreshFailing slow warning": _slow_refresh(),
}
