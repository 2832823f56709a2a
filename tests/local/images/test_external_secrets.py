"""External Secrets' image against a real API server, a real Vault and moto (issue 7: real back ends)."""

import base64
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from components.secrets.external import external_secret, secret_store
from components.secrets.levels import SecretsLevel
from components.secrets.model import Place
from local import toolchain
from local.images import build_all
from tests.local.images.sandbox import Container, unpack
from tests.waiting import eventually
from workspace.home import Home
from workspace.progress import Progress

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
RESTLESS = """
import itertools, json
from http.server import BaseHTTPRequestHandler, HTTPServer

numbers = itertools.count()

class Vault(BaseHTTPRequestHandler):
    def do_GET(self):
        number = str(next(numbers))
        keys = dict.fromkeys(("database-url", "password", "username"), number)
        body = json.dumps({"data": {"data": keys, "type": "service", "ttl": 0, "expire_time": None}}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

HTTPServer(("127.0.0.1", 8300), Vault).serve_forever()
"""
"""A Vault, as far as reading goes, into which a new version was written before every read."""
Kubectl = Callable[..., subprocess.CompletedProcess[str]]
Start = Callable[..., Container]


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    key = tmp_path_factory.mktemp("given") / "key"
    subprocess.run(["openssl", "genrsa", "-out", key, "2048"], check=True, capture_output=True)
    return {"tokens": "admin,admin,admin,system:masters\n", "key": key.read_text(), "kubeconfig": KUBECONFIG}


@pytest.fixture(scope="module")
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


@pytest.fixture(scope="module")
def kubectl(start: Start, tmp_path_factory: pytest.TempPathFactory) -> Kubectl:
    """A real API server, and the way to ask it, whatever the answer's code."""
    home = Home.load()
    tools = toolchain.ensure(["kubernetes", "kubectl", "external-secrets", "vault"], home, Progress())
    etcd = start("kubernetes", "etcd", *STORE)
    start("kubernetes", "kube-apiserver", *SERVER)
    config = tmp_path_factory.mktemp("kubectl") / "kubeconfig"
    config.write_text(KUBECONFIG)
    program = [*inside(etcd), tools["kubectl"].program(), f"--kubeconfig={config}"]

    def kubectl(*words: str | Path, text: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run([*program, *words], input=text, capture_output=True, text=True, check=False)

    eventually(lambda: kubectl("get", "--raw=/readyz").returncode == 0)
    definitions = sorted((tools["external-secrets"].directory / "crds").glob("*.io_*.yaml"))
    answer = kubectl("apply", "--server-side", *(f"--filename={path}" for path in definitions))
    assert answer.returncode == 0, answer.stderr
    return kubectl


def inside(container: Container) -> list[str]:
    """The beginning of a command that runs in a container's network."""
    return ["nsenter", f"--net=/proc/{container.first}/ns/net"]


@pytest.fixture(scope="module")
def operator(kubectl: Kubectl, start: Start) -> Container:
    """External Secrets, and a namespace for objects of ours."""
    kubectl("create", "namespace", "whole")
    return start("external-secrets", KUBECONFIG="/etc/given/kubeconfig", AWS_SECRETSMANAGER_ENDPOINT="http://127.0.0.1:5000")


def test_values_of_vault_and_of_secrets_manager_become_secrets(kubectl: Kubectl, start: Start, operator: Container) -> None:
    """A value of Vault, and one of moto's Secrets Manager, appears as a Secret of the asked name and key, and a new one follows."""
    vault = start("vault", "server", "-dev", "-dev-root-token-id=root-of-the-test")
    start("moto")
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


@pytest.fixture
def restless(operator: Container) -> Iterator[None]:
    """A store that is never twice the same."""
    with subprocess.Popen([*inside(operator), sys.executable, "-c", RESTLESS], stderr=subprocess.DEVNULL) as server:
        yield
        server.kill()


@pytest.mark.usefixtures("restless")
def test_secret_is_of_one_version(kubectl: Kubectl) -> None:
    """4.09: written between two reads, a new version gives no Secret of both; a key that the store lacks takes none of the others away."""
    keys, name, room = ("database-url", "password", "username"), "whole", "--namespace=whole"
    auth = {"tokenSecretRef": {"name": "access", "key": "token"}}
    provider = {"vault": {"server": "http://127.0.0.1:8300", "path": "secret", "version": "v2", "auth": auth}}
    kubectl("create", "secret", "generic", "access", "--from-literal=token=any", room)

    def refer(*names: str) -> None:
        reference = external_secret(Place(name, name, SecretsLevel.VAULT, {}, {}), names, "causeway/", "1s")
        objects = {"apiVersion": "v1", "kind": "List", "items": [secret_store("vault", name, {}, provider), reference]}
        answer = kubectl("apply", "--filename=-", text=json.dumps(objects))
        assert answer.returncode == 0, answer.stderr

    def found() -> dict[str, str]:
        return dict(json.loads(kubectl("get", "secret", name, room, "--output=json").stdout or "{}").get("data", {}))

    refer(*keys)
    first = eventually(found)
    second = eventually(lambda: found() != first and found())
    refer(*keys, "absent")
    ready = "--output=jsonpath={.status.conditions[?(@.type=='Ready')].status}"
    eventually(lambda: kubectl("get", "externalsecret", name, room, ready).stdout == "False")

    assert [(set(keys), 1)] * 3 == [(set(data), len(set(data.values()))) for data in (first, second, found())]
