"""Alerts of the chart's own default rules that ours replace: left on, each would be heard twice."""

from types import MappingProxyType

REPLACED: MappingProxyType[str, str] = MappingProxyType(
    {
        "CPUThrottlingHigh": "CPUThrottlingHigh",
        "KubeDeploymentReplicasMismatch": "PodNotReady",
        "KubeJobFailed": "JobFailed",
        "KubePersistentVolumeFillingUp": "VolumeFillingUp",
        "KubePodCrashLooping": "PodCrashLooping",
        "KubePodNotReady": "PodNotReady",
        "KubeStatefulSetReplicasMismatch": "PodNotReady",
        "TargetDown": "TargetDown",
    }
)
"""Upstream alert to the one of ours that takes its place: same symptom, plus team, service, dashboard and our runbook."""


def disabled_default_rules() -> dict[str, bool]:
    """The chart value `defaultRules.disabled`."""
    return dict.fromkeys(REPLACED, True)
