"""A user of the kubeconfig that is a command: client-go's protocol, in which each mistake is one line."""

import asyncio
import base64
import json
import ssl
from pathlib import Path
from typing import Any

import pytest

from stand_ins.plugins.kubernetes import kubeconfig
from stand_ins.plugins.kubernetes.client import ApiClient
from stand_ins.plugins.kubernetes.http import HttpClient
from stand_ins.plugins.kubernetes.kubeconfig import Access, ConfigurationError
from tests.stand_ins.plugins.kubernetes.fake_server import serving

V1 = "client.authentication.k8s.io/v1beta1"


def given(user: Any, cluster: Any = None, **top: Any) -> str:
    """A kubeconfig of one cluster and one user."""
    return json.dumps(
        {
            "clusters": [{"name": "c", "cluster": {"server": "https://one:6443", **(cluster or {})}}],
            "users": [{"name": "u", "user": user}],
            "contexts": [{"name": "x", "context": {"cluster": "c", "user": "u"}}],
            **top,
        }
    )


def asking(folder: Path, answer: Any, **plugin: Any) -> Access:
    """Access by a command that prints `answer`, and keeps what it was told."""
    program = folder / "login"
    text = answer if isinstance(answer, str) else json.dumps(answer)
    program.write_text(
        f"#!/bin/sh\necho run >> {folder}/runs\nprintf %s \"$KUBERNETES_EXEC_INFO\" > {folder}/told\ncat <<'EOF'\n{text}\nEOF\n"
    )
    program.chmod(0o755)
    made = {"apiVersion": V1, "command": str(program), **plugin}
    return kubeconfig.load(given({"exec": made}, plugin.pop("cluster", None)), "", "", "")


def credential(**status: Any) -> dict[str, Any]:
    return {"kind": "ExecCredential", "apiVersion": V1, "status": status}


async def headers(access: Access) -> dict[str, str]:
    await access.renew()
    return await access.headers()


def test_token_is_asked_for_once_while_it_is_valid(tmp_path: Path) -> None:
    """Issue 15, cases: null arguments and variables are none; an answer is kept until shortly before its end."""
    access = asking(tmp_path, credential(token="made", expirationTimestamp="2999-01-01T00:00:00Z"), args=None, env=None)

    assert {"Authorization": "Bearer made"} == asyncio.run(headers(access)) == asyncio.run(headers(access))
    assert "run\n" == (tmp_path / "runs").read_text()


@pytest.mark.parametrize("expiry", ["2020-01-01T00:00:00Z", "2020-01-01T00:00:00+00:00"])
def test_old_token_is_asked_for_anew(tmp_path: Path, expiry: str) -> None:
    """Issue 15, cases: what ended is not sent again."""
    access = asking(tmp_path, credential(token="made", expirationTimestamp=expiry))
    asyncio.run(headers(access))
    asyncio.run(headers(access))

    assert "run\nrun\n" == (tmp_path / "runs").read_text()


def test_command_is_told_of_its_cluster(tmp_path: Path) -> None:
    """Issue 15, cases: a command that asks for it hears of server, name and its own configuration, and that nobody can be asked."""
    extension = [{"name": "client.authentication.k8s.io/exec", "extension": {"audience": "a"}}]
    access = asking(tmp_path, credential(token="t"), provideClusterInfo=True, cluster={"tls-server-name": "n", "extensions": extension})
    asyncio.run(headers(access))
    cluster = {"server": "https://one:6443", "tls-server-name": "n", "config": {"audience": "a"}}

    assert {"kind": "ExecCredential", "apiVersion": V1, "spec": {"interactive": False, "cluster": cluster}} == json.loads(
        (tmp_path / "told").read_text()
    )


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ("", "answered nothing; allowed: an ExecCredential"),
        ("no json", "answered no JSON"),
        ("[]", "answered list"),
        ("[" * 10_000, "answered no JSON"),
        ("{}", "answered kind None"),
        ({"kind": "Status", "apiVersion": V1}, "answered kind 'Status'"),
        ({"kind": "ExecCredential", "apiVersion": "v2", "status": {}}, "answered apiVersion 'v2' where"),
        ({"kind": "ExecCredential", "apiVersion": V1}, "answered no status"),
        ({"kind": "ExecCredential", "apiVersion": V1, "status": None}, "answered no status"),
        (credential(), "answered neither a token nor a certificate"),
        (credential(token=None), "answered neither a token nor a certificate"),
        (credential(token=7), "answered a status.token that is not text"),
        (credential(token="a\nb"), "answered a token that no header can hold"),
        (credential(clientCertificateData="x"), "answered a certificate without its key"),
        (credential(token="t", expirationTimestamp="soon"), "answered expirationTimestamp 'soon'"),
    ],
)
def test_answer_that_is_no_credential(tmp_path: Path, answer: Any, words: str) -> None:
    """Issue 15, cases: whatever a command prints, what is wrong with it is one line that names the command."""
    with pytest.raises(ConfigurationError) as refused:
        asyncio.run(headers(asking(tmp_path, answer)))

    assert f"the credential command '{tmp_path}/login' {words}" in str(refused.value)
    assert 1 == len(str(refused.value).splitlines())


@pytest.mark.parametrize(
    ("plugin", "words"),
    [
        ({}, "exec.command: given nothing"),
        ({"command": 7}, "command: given 7; allowed: a program"),
        ({"command": "x"}, "exec.apiVersion: given 'nothing'; allowed: client.authentication.k8s.io/v1, "),
        ({"command": "x", "apiVersion": "client.authentication.k8s.io/v1alpha1"}, "exec.apiVersion: given 'client.auth"),
        ({"command": "x", "apiVersion": "client.authentication.k8s.io/v1"}, "exec.interactiveMode: given 'nothing'; allowed: Never, "),
        ({"command": "x", "apiVersion": V1, "interactiveMode": "Always"}, "always asks somebody at a terminal"),
        ({"command": "x", "apiVersion": V1, "args": "y"}, "args: given 'y'; allowed: a list of texts"),
        ({"command": "x", "apiVersion": V1, "args": [1]}, "exec.args: given [1]; allowed: a list of texts"),
        ({"command": "x", "apiVersion": V1, "env": [{"value": "y"}]}, "exec.env: given"),
    ],
)
def test_command_that_a_client_refuses(plugin: dict[str, Any], words: str) -> None:
    """Issue 15, cases: what client-go refuses of an `exec` is refused before anything runs, by its key."""
    with pytest.raises(ConfigurationError) as refused:
        kubeconfig.load(given({"exec": plugin}), "", "", "")

    assert words in str(refused.value)


def test_relative_command_is_beside_the_kubeconfig(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Issue 15, cases: as kubectl has it, a command with a slash is relative to its kubeconfig, any other is on PATH."""
    (tmp_path / "bin").mkdir()
    asking(tmp_path / "bin", credential(token="made"))
    for command in ("bin/login", "./bin/login", "login"):
        (tmp_path / "config").write_text(given({"exec": {"apiVersion": V1, "command": command}}))
        if command == "login":
            monkeypatch.setenv("PATH", f"{tmp_path}/bin:/usr/bin:/bin")
        access = kubeconfig.load(str(tmp_path / "config"), "", "", "")

        assert {"Authorization": "Bearer made"} == asyncio.run(headers(access)), command


def test_command_that_is_not_there_gives_its_hint() -> None:
    """Issue 15, cases: the command that cannot run is named, with the kubeconfig's own words on how to get it."""
    plugin = {"apiVersion": V1, "command": "/no/such/command", "installHint": "install\n  it"}
    with pytest.raises(ConfigurationError, match=r"'/no/such/command' of the kubeconfig cannot run: .*; install it$"):
        asyncio.run(headers(kubeconfig.load(given({"exec": plugin}), "", "", "")))


def test_refused_credential_is_asked_for_once_more(tmp_path: Path) -> None:
    """client-go: after HTTP 401 the command is asked again, once, and the request repeated."""
    access = asking(tmp_path, credential(token="made"))
    statuses = iter([401, 200])

    async def run() -> Any:
        async with serving(lambda *_: (next(statuses), {"kind": "x"})) as server:
            access.server = f"http://127.0.0.1:{server.port}"
            client = ApiClient(access, timeout=5)
            try:
                return await client.request("GET", "/api")
            finally:
                assert client.http
                await client.http.close()

    assert {"kind": "x"} == asyncio.run(run())
    assert "run\nrun\n" == (tmp_path / "runs").read_text()


def test_certificate_of_a_command_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Issue 15, cases: a command may give a client certificate instead of a token; then no header is sent."""
    access = asking(tmp_path, credential(clientCertificateData="CERTIFICATE", clientKeyData="KEY"))
    loaded: list[str] = []
    monkeypatch.setattr(ssl.SSLContext, "load_cert_chain", lambda _, file: loaded.append(Path(file).read_text()))

    assert {} == asyncio.run(headers(access))
    assert access.tls()
    assert ["CERTIFICATE\nKEY"] == loaded


def test_name_of_the_servers_certificate() -> None:
    """Issue 15, cases: tls-server-name is what the certificate has to say, else the host."""
    names = [kubeconfig.load(given({}, cluster), "", "", "").tls_name for cluster in ({"tls-server-name": "inside"}, {})]

    assert ["inside", "one"] == names


def test_way_through_a_proxy() -> None:
    """Issue 15, cases: proxy-url leads to the server by CONNECT, with the login that it names; a proxy that will not is named."""
    seen: list[str] = []

    async def run(status: int) -> int:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            seen.append((await reader.readuntil(b"\r\n\r\n")).decode())
            writer.write(f"HTTP/1.1 {status} x\r\n\r\n".encode())
            if status == 200:
                await reader.readuntil(b"\r\n\r\n")
                writer.write(b"HTTP/1.1 201 x\r\nContent-Length: 0\r\n\r\n")
            await writer.drain()
            writer.close()

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        async with server:
            proxied = given({}, {"server": "http://cluster:6443", "proxy-url": f"http://me:p%40ss@127.0.0.1:{port}"})
            access = kubeconfig.load(proxied, "", "", "")
            client = HttpClient(access.url, None, proxy=access.proxy)
            try:
                return (await client.request("GET", "/", {})).status
            finally:
                await client.close()

    assert 201 == asyncio.run(run(200))
    assert seen[0].startswith("CONNECT cluster:6443 HTTP/1.1\r\n")
    assert f"Proxy-Authorization: Basic {base64.b64encode(b'me:p@ss').decode()}\r\n" in seen[0]
    with pytest.raises(Exception, match=r"the proxy 127.0.0.1 answered HTTP 407"):
        asyncio.run(run(407))
