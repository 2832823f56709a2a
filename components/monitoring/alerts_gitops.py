"""The alerts on Argo CD (requirements 2.7). A project is a team's, so it names the team."""

from .model import Alert, Rule, Severity, alerting
from .owners import PLATFORM_TEAM

_BOARD = "/d/causeway-argocd"
_APP = "{{ $labels.name }} (project {{ $labels.project }})"
_BY_APP = "max by (name, project, namespace, dest_namespace)"
_TEAM = "{{ $labels.project }}"
_SERVICE = "{{ $labels.name }}"


def gitops_alerts() -> list[Rule]:
    """The alerts on applications and repositories; silent where Argo CD is not."""
    return [alerting(alert) for alert in (*_applications(), _sync_failed(), _repository())]


def appeared(counter: str, window: str) -> str:
    """Growth of a counter whose series may begin with its first event, which increase() does not see."""
    return f"(increase({counter}[{window}]) > 0 or ({counter} unless {counter} offset {window}) > 0)"


def _applications() -> list[Alert]:
    return [
        Alert(
            name="ArgoCDAppOutOfSync",
            expression=f'{_BY_APP} (argocd_app_info{{sync_status="OutOfSync"}})',
            hold="15m",
            severity=Severity.WARNING,
            summary="The cluster differs from Git.",
            description=f"Application {_APP} is out of sync, and syncing has not mended it.",
            dashboard=_BOARD,
            team=_TEAM,
            service=_SERVICE,
        ),
        Alert(
            name="ArgoCDAppUnhealthy",
            expression=f'{_BY_APP} (argocd_app_info{{health_status!~"Healthy|Suspended"}})',
            hold="10m",
            severity=Severity.WARNING,
            summary="An application is synced and does not work.",
            description=f"Application {_APP} is not healthy.",
            dashboard=_BOARD,
            team=_TEAM,
            service=_SERVICE,
        ),
    ]


def _sync_failed() -> Alert:
    failed = 'argocd_app_sync_total{phase=~"Error|Failed"}'
    return Alert(
        name="ArgoCDSyncFailed",
        expression=f"max by (name, project, namespace, dest_namespace) {appeared(failed, '10m')}",
        hold="0m",
        severity=Severity.WARNING,
        summary="A sync ended in an error: the last commit did not reach the cluster.",
        description=f"A sync of application {_APP} failed within the last 10 minutes.",
        dashboard=_BOARD,
        team=_TEAM,
        service=_SERVICE,
    )


def _repository() -> Alert:
    fetches = appeared("argocd_git_fetch_fail_total", "10m")
    listings = appeared("argocd_git_lsremote_fail_total", "10m")
    return Alert(
        name="ArgoCDRepositoryUnreachable",
        expression=f"max by (namespace, repo) ({fetches} or {listings})",
        hold="5m",
        severity=Severity.CRITICAL,
        summary="Argo CD cannot read a repository: nothing is deployed or mended from it.",
        description="Reading {{ $labels.repo }} has failed for 5 minutes or more.",
        dashboard=_BOARD,
        team=PLATFORM_TEAM,
        service="argocd",
    )
