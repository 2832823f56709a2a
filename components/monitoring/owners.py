"""Who owns what is alerted on: team and service of every object, from its labels, as recorded series.

The alerts of all workloads are then one set, however many workloads there are, and each alert still reaches the team
that owns the object. What carries no label of ours belongs to team `platform`, and its service is its namespace.
"""

from dataclasses import dataclass

from .model import Rule, recording

KSM = 'job="kube-state-metrics"'
PLATFORM_TEAM = "platform"
TARGETS = "causeway:target:up"
"""Recorded `up` of every scrape target, with its owner."""

METRIC_LABELS = ("app.kubernetes.io/name", "causeway.dev/team")
"""The labels of an object that kube-state-metrics must show."""


@dataclass(frozen=True)
class Owned:
    """A kind of object: its plural in kube-state-metrics, the label with its name, and a metric that each of them has."""

    plural: str
    label: str
    exists: str

    @property
    def labels_metric(self) -> str:
        return f"kube_{'job' if self.label == 'job_name' else self.label}_labels"

    @property
    def owner(self) -> str:
        """The recorded series: value 1, with namespace, the object's name, team and service."""
        return f"causeway:{'job' if self.label == 'job_name' else self.label}_owner:info"


POD = Owned("pods", "pod", "kube_pod_info")
DEPLOYMENT = Owned("deployments", "deployment", "kube_deployment_created")
STATEFUL_SET = Owned("statefulsets", "statefulset", "kube_statefulset_created")
DAEMON_SET = Owned("daemonsets", "daemonset", "kube_daemonset_created")
JOB = Owned("jobs", "job_name", "kube_job_info")
CRON_JOB = Owned("cronjobs", "cronjob", "kube_cronjob_info")
CLAIM = Owned("persistentvolumeclaims", "persistentvolumeclaim", "kube_persistentvolumeclaim_info")
OWNED = (POD, DEPLOYMENT, STATEFUL_SET, DAEMON_SET, JOB, CRON_JOB, CLAIM)


def metric_labels_allowlist() -> list[str]:
    """The chart value `kube-state-metrics.metricLabelsAllowlist`: without it, no object has a known owner."""
    return [f"{kind.plural}=[{','.join(METRIC_LABELS)}]" for kind in OWNED]


def owned_by(kind: Owned) -> str:
    """Ends an expression over objects of `kind`: adds the labels team and service, keeps the value."""
    return f"* on (namespace, {kind.label}) group_left (team, service) {kind.owner}"


def owner_rules() -> list[Rule]:
    """The recording rules of all owners, and of the scrape targets with theirs."""
    return [*(recording(kind.owner, _owner(kind)) for kind in OWNED), recording(TARGETS, _targets())]


def _owner(kind: Owned) -> str:
    name = f"namespace, {kind.label}"
    labelled = f'{kind.labels_metric}{{{KSM},label_causeway_dev_team!="",label_app_kubernetes_io_name!=""}}'
    team = f'label_replace({labelled}, "team", "$1", "label_causeway_dev_team", "(.+)")'
    service = f'label_replace({team}, "service", "$1", "label_app_kubernetes_io_name", "(.+)")'
    others = _of_platform(f"group by ({name}) ({kind.exists}{{{KSM}}})")
    return f"group by ({name}, team, service) ({service})\nor on ({name})\n{others}"


def _of_platform(expression: str) -> str:
    team = f'label_replace({expression}, "team", "{PLATFORM_TEAM}", "", "")'
    return f'label_replace({team}, "service", "$1", "namespace", "(.+)")'


def _targets() -> str:
    """A target without a pod (a kubelet, an address) keeps the service that it was found by.

    The labels are named since one pod may be found by two Services, which would be the same series twice.
    """
    target = "namespace, job, instance, endpoint, metrics_path"
    of_pods = f'max by ({target}, pod) (up{{pod!=""}}) {owned_by(POD)}'
    others = f"max by ({target}, service) (up unless on (namespace, pod) {POD.owner})"
    return f'{of_pods}\nor\nlabel_replace({others}, "team", "{PLATFORM_TEAM}", "", "")'
