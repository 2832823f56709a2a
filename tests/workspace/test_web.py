"""A user behind a proxy: what is fetched goes through it, and what is on this machine does not."""

import hashlib
import json
import ssl
import subprocess
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from unittest.mock import Mock

import pytest

from cli.lifecycle import down
from local import choice, debian
from local.cluster import addons, lifecycle
from local.cluster.certificates import Authority
from local.cluster.layout import locate
from local.toolchain import Installed, Route, official
from local.toolchain.pins import Official, Pin
from stand_ins.rehearse.api import Api
from tests.serving import in_thread
from workspace import pulumi, web
from workspace.home import Home
from workspace.progress import Problem

NAMES = ("http_proxy", "https_proxy", "no_proxy")
ARCHIVE = b"the program"
VENDOR = "127.0.0.1"
"""Nobody listens on port 443 of this machine: an answer has come by way of the proxy."""
NEAR = "localhost,127.0.0.1,198.18.0.0/15,.svc,.cluster.local"


class Proxy(ThreadingHTTPServer):
    """A proxy that plays whatever vendor it is asked for, over TLS too; `asked` is what it was asked for."""

    daemon_threads = True

    def __init__(self, certificates: Path) -> None:
        self.asked: list[str] = []
        self.tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self.tls.load_cert_chain(certificates / "vendor.crt", certificates / "vendor.key")
        super().__init__((VENDOR, 0), Handler)


class Handler(BaseHTTPRequestHandler):
    server: Proxy

    def do_CONNECT(self) -> None:
        self.server.asked.append(f"CONNECT {self.path}")
        self.send_response(200)
        self.end_headers()
        self.connection = self.server.tls.wrap_socket(self.connection, server_side=True)
        self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", buffering=0)
        self.close_connection = False

    def finish(self) -> None:
        super().finish()
        self.connection.close()

    def do_GET(self) -> None:
        self.server.asked.append(f"{self.command} {self.path}")
        digest = hashlib.sha256(ARCHIVE).hexdigest().encode()
        body = {"/tiny": ARCHIVE, "/tiny.sha256": digest, "/readyz": b"not ok"}.get(self.path, b"")
        self.send_response(200 if body else 404)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    do_HEAD = do_GET

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "state", tmp_path / "cache", "test")


@pytest.fixture(autouse=True)
def nothing_known(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A user without a proxy, and a run that has asked nobody yet."""
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    official.answers.cache_clear()
    yield
    official.answers.cache_clear()


@pytest.fixture
def proxy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxy]:
    """The user's proxy, named as most name theirs."""
    Authority(tmp_path, "ca").issue("vendor", "vendor", addresses=[VENDOR])
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.crt"))
    listening = Proxy(tmp_path)
    for name in ("HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, f"http://{VENDOR}:{listening.server_port}")
    with in_thread(listening):
        yield listening


def test_official_download_by_way_of_the_proxy(proxy: Proxy, tmp_path: Path, home: Home) -> None:
    """A machine that reaches the world by a proxy alone gets the vendor's own program, as pip and go get theirs."""
    source = Official(f"https://{VENDOR}/tiny", f"https://{VENDOR}/tiny.sha256")

    assert official.reachable(source)
    official.fetch(Pin("tiny", "1.0.0", official=source), tmp_path, home, lambda _: None)

    assert ARCHIVE == (tmp_path / "tiny").read_bytes()
    assert [f"CONNECT {VENDOR}:443"] * 3 == [asked for asked in proxy.asked if asked.startswith("CONNECT")]


def test_vendor_whom_no_proxy_names_is_asked_directly(proxy: Proxy, monkeypatch: pytest.MonkeyPatch) -> None:
    """NO_PROXY is heard: where it names the vendor, and there is no way without the proxy, another way to the tool is taken."""
    monkeypatch.setenv("NO_PROXY", VENDOR)

    assert not official.answers(VENDOR)
    assert [] == proxy.asked


def test_proxy_that_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy that is down, or whose address is none, is no way to a vendor, and no traceback."""
    for address in (f"http://{VENDOR}:1", "http://proxy:port"):
        monkeypatch.setenv("HTTPS_PROXY", address)
        official.answers.cache_clear()

        assert not official.answers(VENDOR)


def test_local_cluster_is_asked_directly(proxy: Proxy, home: Home) -> None:
    """The API server is on this machine: no proxy hears of it, neither from `up` nor from a rehearsal."""
    cluster = locate(home, simulated=True)
    cluster.certificates.mkdir(parents=True)
    Authority(cluster.certificates, "ca").issue("admin", "admin")

    assert lifecycle.get(cluster, "/readyz") is None
    with pytest.raises(OSError, match="refused"):
        Api(cluster.api, cluster.certificates).call("GET", "/readyz")
    assert [] == proxy.asked


HEARD: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    "No proxy.": ({"NO_PROXY": "example.org"}, {}),
    "Capital letters.": ({"HTTPS_PROXY": "http://p:1"}, {"https_proxy": "http://p:1", "no_proxy": NEAR}),
    "Small letters, which are heard first.": (
        {"http_proxy": "http://p:1", "HTTP_PROXY": "http://q:1"},
        {"http_proxy": "http://p:1", "no_proxy": NEAR},
    ),
    "Hosts without it.": (
        {"HTTP_PROXY": "http://p:1", "NO_PROXY": "example.org, 127.0.0.1"},
        {"http_proxy": "http://p:1", "no_proxy": "example.org,127.0.0.1,localhost,198.18.0.0/15,.svc,.cluster.local"},
    ),
}


@pytest.mark.parametrize(("given", "heard"), HEARD.values(), ids=HEARD)
def test_programs_hear_of_the_proxy(given: dict[str, str], heard: dict[str, str]) -> None:
    """Each program gets the proxy in the spelling that it reads; the local cluster is left out of it, and what the user left out."""
    found = web.variables(given)

    assert {**heard, **{name.upper(): value for name, value in heard.items()}} == found
    assert found == web.variables(found)


@pytest.mark.usefixtures("proxy")
def test_kubectl_reaches_the_local_cluster_directly(home: Home) -> None:
    """What `scripts/env` exports has kubectl, helm and pulumi ask the cluster, and no proxy, for what is in it."""
    assert NEAR == pulumi.environment(home)["NO_PROXY"]


@pytest.mark.usefixtures("proxy")
def test_programs_of_the_local_cluster_reach_each_other_directly(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """kubelet, controllers and scheduler ask the API server, and no proxy that `up` was started with."""
    cluster = locate(home, simulated=True)
    cluster.logs.mkdir(parents=True)
    cluster.run.mkdir(parents=True, exist_ok=True)
    monkeypatch.setattr(subprocess, "Popen", Mock())

    lifecycle._start_supervisor(cluster, {"kubernetes": Installed("kubernetes", "1", home.cache, Route.CACHE)})

    assert NEAR == json.loads((cluster.directory / "daemons.json").read_text())["environment"]["NO_PROXY"]


@pytest.mark.usefixtures("proxy")
def test_kubectl_of_up_and_down_reaches_clusters_directly(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Add-ons go to the new cluster, `--context` and `down` look at a local one, without the proxy."""
    kubectl = home.bin / "kubectl"
    kubectl.parent.mkdir(parents=True)
    kubectl.write_text(f'#!/bin/sh\necho "$NO_PROXY" >> {tmp_path}/heard\nexit 1\n')
    kubectl.chmod(0o755)
    monkeypatch.setenv("PATH", f"{home.bin}:/usr/bin:/bin")
    cluster = locate(home, simulated=True)
    home.kubeconfig.write_text(json.dumps({"clusters": [{"cluster": {"server": cluster.api}}]}))
    cluster.admin_kubeconfig.parent.mkdir(parents=True)
    cluster.admin_kubeconfig.touch()

    with pytest.raises(Problem, match="add-ons were refused"):
        addons.apply(cluster, {"kubectl": Installed("kubectl", "1", home.bin, Route.CACHE)})
    assert not choice.reachable("causeway")
    assert down.is_gone(home)

    assert [NEAR] * 3 == (tmp_path / "heard").read_text().split()


def test_apt_hears_of_a_proxy_in_capital_letters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """apt reads the small letters alone: it gets them, where it resolves as where it downloads."""
    program = tmp_path / "apt-get"
    program.write_text(f'#!/bin/sh\necho "$http_proxy" >> {tmp_path}/heard\ncase "$*" in *download*) printf content > tiny.deb ;; esac\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.example:3128")
    package = debian.Package("tiny", "1.0", "tiny.deb", 7, hashlib.sha256(b"content").hexdigest())

    debian.refresh(lambda _: None)
    debian.download([package], tmp_path / "downloads", lambda _: None)

    assert ["http://proxy.example:3128"] * 2 == (tmp_path / "heard").read_text().split()
