"""The provider's own configuration: what `kubernetes.Provider(...)`, stack configuration and environment say."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

PREFIX = "kubernetes:config:"


@dataclass(frozen=True)
class HelmSettings:
    """`helmReleaseSettings`; None leaves helm's own default."""

    driver: str = "secret"
    plugins_path: str | None = None
    registry_config: str | None = None
    repository_cache: str | None = None
    repository_config: str | None = None


@dataclass(frozen=True)
class ProviderSettings:
    """Every provider input that the stand-in obeys; names and defaults are those of the official provider."""

    kubeconfig: str = ""
    context: str = ""
    cluster: str = ""
    namespace: str = ""
    server_side_apply: bool = True
    patch_force: bool = False
    upsert: bool = False
    delete_unreachable: bool = False
    skip_unreachable: bool = False
    mutable_config_maps: bool = False
    mutable_secrets: bool = False
    requests_per_second: float | None = None
    burst: int = 120
    timeout_seconds: float = 60
    helm: HelmSettings = HelmSettings()

    @classmethod
    def load(cls, variables: Mapping[str, str], environment: Mapping[str, str] = os.environ) -> "ProviderSettings":
        def text(name: str, variable: str = "") -> str:
            return variables.get(PREFIX + name) or (environment.get(variable, "") if variable else "")

        def flag(name: str, variable: str, default: bool = False) -> bool:
            given = text(name, f"PULUMI_K8S_{variable}")
            return given == "true" if given else default

        client = orjson.loads(text("kubeClientSettings") or "{}")
        qps = client.get("qps") or environment.get("PULUMI_K8S_CLIENT_QPS")
        return cls(
            kubeconfig=text("kubeconfig"),
            context=text("context"),
            cluster=text("cluster"),
            namespace=text("namespace"),
            server_side_apply=flag("enableServerSideApply", "ENABLE_SERVER_SIDE_APPLY", default=True),
            patch_force=flag("enablePatchForce", "ENABLE_PATCH_FORCE"),
            upsert=flag("upsertExistingObjects", "UPSERT_EXISTING_OBJECTS"),
            delete_unreachable=flag("deleteUnreachable", "DELETE_UNREACHABLE"),
            skip_unreachable=flag("skipUpdateUnreachable", "SKIP_UPDATE_UNREACHABLE"),
            mutable_config_maps=flag("enableConfigMapMutable", "ENABLE_CONFIGMAP_MUTABLE"),
            mutable_secrets=flag("enableSecretMutable", "ENABLE_SECRET_MUTABLE"),
            requests_per_second=float(qps) if qps else None,
            burst=int(client.get("burst") or environment.get("PULUMI_K8S_CLIENT_BURST") or 120),
            timeout_seconds=float(client.get("timeout") or environment.get("PULUMI_K8S_CLIENT_TIMEOUT") or 60),
            helm=helm_settings(orjson.loads(text("helmReleaseSettings") or "{}"), environment),
        )


def helm_settings(given: dict[str, Any], environment: Mapping[str, str]) -> HelmSettings:
    def path(name: str, variable: str) -> str | None:
        return given.get(name) or environment.get(f"PULUMI_K8S_HELM_{variable}")

    return HelmSettings(
        driver=given.get("driver") or environment.get("PULUMI_K8S_HELM_DRIVER") or "secret",
        plugins_path=path("pluginsPath", "PLUGINS_PATH"),
        registry_config=path("registryConfigPath", "REGISTRY_CONFIG_PATH"),
        repository_cache=path("repositoryCache", "REPOSITORY_CACHE"),
        repository_config=path("repositoryConfigPath", "REPOSITORY_CONFIG_PATH"),
    )


def refusals(inputs: dict[str, Any]) -> list[tuple[str, str]]:
    """Provider inputs that the stand-in cannot honour, each with the reason."""
    if inputs.get("renderYamlToDirectory"):
        return [("renderYamlToDirectory", "the stand-in of this repository cannot render YAML; it needs the official plugin")]
    return []
