"""Stateless workloads in one namespace, made as the platform's own program makes them."""

import pulumi

import platforms
from components import Pattern, RestrictedNamespace, WorkloadPattern
from stack import pins, settings

NAMESPACE = "bench"

wanted = settings.load()
platform = platforms.load(wanted)
team, environment = wanted.team, wanted.environment.value
namespace = RestrictedNamespace(NAMESPACE, {"team": team, "environment": environment}, pulumi.ResourceOptions(provider=platform.provider))
inside = pulumi.ResourceOptions(provider=platform.provider, depends_on=[namespace], deleted_with=namespace.object)
for number in range(pulumi.Config().require_int("workloads")):
    WorkloadPattern(
        f"web-{number:04}",
        {
            "pattern": Pattern.STATELESS,
            "image": pins.images()["shop"],
            "namespace": NAMESPACE,
            "platform": platform.workload,
            "team": team,
            "environment": environment,
        },
        inside,
    )
