"""External Secrets' image against a real API server, a real Vault and moto (issue 7: real back ends)."""

import base64
import json
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from local import toolchain
from local.home import Home
from local.images import build_all
from local.progress import Progress
from tests.local.images.sandbox import Container, unpack
from tests.services.shop.process import eventually

pytestmark = [pytest.mark.live, pytest.mark.skipif(os.geteuid() != 0, reason="needs root for namespaces")]

KUBECONFIG = """
apiVersion: v1
kind: Config
current-context: it
contexts: [{name: it, context: {cluster: it, user: it}}]
clusters: [{name: it, cluster: {server: "https://127.0.0.1:6443", insecure-skip-tls-verify: true}}]
users: [{name: it, user: {token: admin}}]
"""
STORE = (
    "--data-dir=/tmp/etcd", "--listen-client-urls=http://127.0.0.1:2379", "--advertise-client-urls=http://127.0.0.1:2379",
    "--listen-peer-urls=http://127.0.0.1:2380", "--initial-advertise-peer-urls=http://127.0.0.1:2380",
    "--initial-cluster=default=http://127.0.0.1:2380", "--unsafe-no-fsync",
)  # fmt: skip
SERVER = (
    "--etcd-servers=http://127.0.0.1:2379", "--advertise-address=192.0.2.1", "--secure-port=6443", "--bind-address=127.0.0.1",
    "--cert-dir=/tmp/certificates", "--service-cluster-ip-range=10.0.0.0/24", "--disable-admission-plugins=ServiceAccount",
    "--authorization-mode=AlwaysAllow",
    "--token-auth-file=/etc/given/tokens", "--service-account-issuer=https://it", "--service-account-key-file=/etc/given/key",
    "--service-account-signing-key-file=/etc/given/key",
)  # fmt: skip
OBJECTS = """
apiVersion: v1
kind: Secret
metadata: {name: access, namespace: default}
stringData: {token: root-of-the-test, id: any, key: any}
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata: {name: vault, namespace: default}
spec:
  provider:
    vault:
      server: http://127.0.0.1:8200
      path: secret
      version: v2
      auth: {tokenSecretRef: {name: access, key: token}}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: from-vault, namespace: default}
spec:
  refreshInterval: 1s
  secretStoreRef: {kind: SecretStore, name: vault}
  data: [{secretKey: password, remoteRef: {key: shop, property: password}}]
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata: {name: aws, namespace: default}
spec:
  provider:
    aws:
      service: SecretsManager
      region: eu-central-1
      auth: {secretRef: {accessKeyIDSecretRef: {name: access, key: id}, secretAccessKeySecretRef: {name: access, key: key}}}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: from-aws, namespace: default}
spec:
  refreshInterval: 1s
  secretStoreRef: {kind: SecretStore, name: aws}
  data: [{secretKey: password, remoteRef: {key: shop, property: password}}]
"""
ACCOUNT = "AWS4-HMAC-SHA256 Credential=any/20260101/eu-central-1/secretsmanager/aws4_request, SignedHeaders=host, Signature=any"
Kubectl = Callable[..., subprocess.CompletedProcess[str]]
Start = Callable[..., Container]


@pytest.fixture
def given(tmp_path: Path) -> dict[str, str]:
    key = tmp_path / "key"
    subprocess.run(["openssl", "genrsa", "-out", key, "2048"], check=True, capture_output=True)
    return {"tokens": "admin,admin,admin,system:masters\n", "key": key.read_text(), "kubeconfig": KUBECONFIG}


@pytest.fixture
def start(given: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Start]:
    """Starts a container of an image with a command, beside the ones before it, on a read-only root as the image's user."""
    home, progress = Home.load(), Progress()
    started: list[Container] = []

    def start(image: str, *command: str, **environment: str) -> Container:
        root = tmp_path_factory.mktemp(image)
        root.chmod(0o755)
        config = unpack(build_all(home, progress, (image,))[0], root)
        (root / "etc" / "given").mkdir(parents=True)
        for name, text in given.items():
            (root / "etc" / "given" / name).write_text(text)
        log = root.with_name(f"{root.name}.log")
        started.append(Container(root, config, log, **environment).start(*command, beside=started[0] if started else None))
        return started[-1]

    yield start
    for container in reversed(started):
        container.remove()


@pytest.fixture
def kubectl(start: Start, tmp_path: Path) -> Kubectl:
    """A real API server, and the way to ask it, whatever the answer's code."""
    home = Home.load()
    tools = toolchain.ensure(["kubernetes", "kubectl", "external-secrets", "vault"], home, Progress())
    etcd = start("kubernetes", "etcd", *STORE)
    start("kubernetes", "kube-apiserver", *SERVER)
    config = tmp_path / "kubeconfig"
    config.write_text(KUBECONFIG)
    program = ["nsenter", f"--net=/proc/{etcd.first}/ns/net", tools["kubectl"].program(), f"--kubeconfig={config}"]

    def kubectl(*words: str | Path, text: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run([*program, *words], input=text, capture_output=True, text=True, check=False)

    eventually(lambda: kubectl("get", "--raw=/readyz").returncode == 0)
    definitions = sorted((tools["external-secrets"].directory / "crds").glob("*.io_*.yaml"))
    answer = kubectl("apply", "--server-side", *(f"--filename={path}" for path in definitions))
    assert answer.returncode == 0, answer.stderr
    return kubectl


def test_values_of_vault_and_of_secrets_manager_become_secrets(kubectl: Kubectl, start: Start) -> None:
    """A value of Vault, and one of moto's Secrets Manager, appears as a Secret of the asked name and key, and a new one follows."""
    vault = start("vault", "server", "-dev", "-dev-root-token-id=root-of-the-test")
    start("moto")
    operator = start("external-secrets", KUBECONFIG="/etc/given/kubeconfig", AWS_SECRETSMANAGER_ENDPOINT="http://127.0.0.1:5000")
    access = ["VAULT_ADDR=http://127.0.0.1:8200", "VAULT_TOKEN=root-of-the-test"]

    def at_vault(value: str) -> bool:
        return vault.run("vault", "kv", "put", "secret/shop", f"password={value}", extra=access).returncode == 0

    def at_aws(call: str, **body: str) -> bool:
        headers = (f"Authorization: {ACCOUNT}", "Content-Type: application/x-amz-json-1.1", f"X-Amz-Target: secretsmanager.{call}")
        options = [word for header in headers for word in ("--header", header)]
        return vault.run("wget", "-q", "-O", "-", *options, "--post-data", json.dumps(body), "http://127.0.0.1:5000/").returncode == 0

    def password(name: str) -> str:
        return base64.b64decode(kubectl("get", "secret", name, "--output=jsonpath={.data.password}").stdout).decode()

    def are_both(value: str) -> bool:
        return [value] * 2 == [password("from-vault"), password("from-aws")]

    eventually(lambda: at_vault("first-value"))
    eventually(lambda: at_aws("CreateSecret", Name="shop", SecretString='{"password": "first-value"}'))
    answer = kubectl("apply", "--filename=-", text=OBJECTS)
    assert answer.returncode == 0, answer.stderr

    eventually(lambda: are_both("first-value"))
    assert at_vault("second-value")
    assert at_aws("PutSecretValue", SecretId="shop", SecretString='{"password": "second-value"}')
    eventually(lambda: are_both("second-value"))
    assert "-value" not in operator.log.read_text()
