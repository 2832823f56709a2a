"""Where the cluster is."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
import yaml

from stand_ins.plugins.kubernetes import kubeconfig
from stand_ins.plugins.kubernetes.credentials import Credential
from stand_ins.plugins.kubernetes.invokes import DECODE, invoke
from stand_ins.plugins.kubernetes.kubeconfig import ConfigurationError, Loader

TWO = """
clusters:
- {name: one, cluster: {server: "https://one:6443/"}}
- {name: two, cluster: {server: "https://two:6443"}}
users:
- {name: me, user: {token: t}}
contexts:
- {name: first, context: {cluster: one, user: me}}
- {name: second, context: {cluster: two, user: me, namespace: shop}}
current-context: first
"""


def test_path_and_content_are_the_same(tmp_path: Path) -> None:
    """A kubeconfig may be given as a path or as its text."""
    file = tmp_path / "config"
    file.write_text(TWO)

    assert "https://one:6443" == kubeconfig.load(str(file), "", "", "").server == kubeconfig.load(TWO, "", "", "").server


@pytest.mark.parametrize(
    ("context", "cluster", "namespace", "expected"),
    [
        ("", "", "", ("https://one:6443", "default")),
        ("second", "", "", ("https://two:6443", "shop")),
        ("second", "one", "", ("https://one:6443", "shop")),
        ("second", "", "other", ("https://two:6443", "other")),
    ],
)
def test_choices(context: str, cluster: str, namespace: str, expected: tuple[str, str]) -> None:
    """Context, cluster and namespace given to the provider win over the file."""
    access = kubeconfig.load(TWO, context, cluster, namespace)

    assert expected == (access.server, access.namespace)


@pytest.mark.parametrize(
    ("given", "context", "words"),
    [
        (TWO, "third", "'third' is not in the given kubeconfig; it has first, second"),
        ("/no/such/file", "", "cannot be read: No such file"),
        ("{contexts: [", "", "is not YAML"),
        ("\n- a", "", "is not a kubeconfig"),
    ],
)
def test_errors_say_what_is_wrong(given: str, context: str, words: str) -> None:
    """Each mistake has one line with what was given and what there is."""
    with pytest.raises(ConfigurationError, match=words):
        kubeconfig.load(given, context, "", "")


BROKEN: dict[str, Any] = {
    "clusters: 7": "clusters: allowed: a list of mappings, each with a name",
    "clusters: [{cluster: {}}]": "clusters: allowed: a list of mappings",
    "users: [{name: me, user: [a]}]": "user 'me': given list; allowed: a mapping",
    "users: [{name: me, user: {token: 7}}]": "user 'me': token: given \\[secret\\]; allowed: text",
    "users: [{name: me}, {name: me}]": "user 'me': is there twice",
    "users: [{name: me, user: {auth-provider: {name: gcp}}}]": "auth-provider: is gone",
    "users: [{name: me, user: {as-groups: [a]}}]": "as-groups: cannot be done",
    "users: []": "user 'me' is not in the given kubeconfig; it has none",
    "clusters: [{name: one, cluster: }]": "cluster: server: given nothing",
    "clusters: [{name: one, cluster: {server: 'ftp://x'}}]": "cluster: server: given 'ftp://x'; allowed: http:// or https://",
    "clusters: [{name: one, cluster: {server: 'https://x:port'}}]": "cluster: server: given 'https://x:port'; allowed: <scheme>",
    "clusters: [{name: one, cluster: {server: 'https://x', proxy-url: 'socks5://me:secret@p:1'}}]": "proxy-url: given 'socks5://...@p:1'",
    "contexts: [{name: first, context: {cluster: [one]}}]": "context 'first': cluster: given",
    "current-context: [a]": "context \\['a'\\] is not in",
}


@pytest.mark.parametrize("change", BROKEN)
def test_entries_of_another_form(change: str) -> None:
    """Issue 15, point 3: whatever stands in a kubeconfig, what is wrong is one line, and no credential is shown."""
    key = change.partition(":")[0]
    rest = "\n".join(yaml.safe_dump({one: value}) for one, value in yaml.safe_load(TWO).items() if one != key)

    with pytest.raises(ConfigurationError, match=BROKEN[change]) as refused:
        kubeconfig.load(f"{rest}\n{change}\n", "", "", "")

    assert 1 == len(str(refused.value).splitlines())


def test_several_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Issue 15, cases: the files of KUBECONFIG are one, in which the first that has an entry decides; paths are relative to their own."""
    for folder, server in (("a", "https://a"), ("b", "https://b")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "token").write_text(folder)
        cluster = f"clusters: [{{name: both, cluster: {{server: '{server}'}}}}, {{name: only-{folder}, cluster: {{server: '{server}'}}}}]"
        (tmp_path / folder / "config").write_text(
            f"{cluster}\nusers: [{{name: u-{folder}, user: {{tokenFile: token}}}}]\n"
            f"contexts: [{{name: c-{folder}, context: {{cluster: both, user: u-{folder}}}}}]\ncurrent-context: c-{folder}\n"
        )
    (tmp_path / "empty").touch()
    monkeypatch.setenv("KUBECONFIG", f":{tmp_path}/missing:{tmp_path}/empty:{tmp_path}/a/config:{tmp_path}/b/config")
    first, second = kubeconfig.load("", "", "", ""), kubeconfig.load("", "c-b", "only-b", "")

    assert ("https://a", "c-a", {"Authorization": "Bearer a"}) == (first.server, first.context, asyncio.run(first.headers()))
    assert ("https://b", {"Authorization": "Bearer b"}) == (second.server, asyncio.run(second.headers()))


@pytest.mark.parametrize(
    ("user", "expected"),
    [
        ("token: t\n    exec: {command: x}", {"Authorization": "Bearer t"}),
        ("token: null", {}),
        ("username: me\n    password: x", {"Authorization": "Basic bWU6eA=="}),
        ("token: t\n    as: robot", {"Authorization": "Bearer t", "Impersonate-User": "robot"}),
    ],
)
def test_headers(user: str, expected: dict[str, str]) -> None:
    """Issue 15, cases: null is absent; what the file says itself comes before a command; impersonation is sent, never left out."""
    text = TWO.replace("- {name: me, user: {token: t}}", f"- name: me\n  user:\n    {user}")

    assert expected == asyncio.run(kubeconfig.load(text, "", "", "").headers())


def test_credentials_do_not_print() -> None:
    """A token that was fetched is not part of the value's text."""
    access = kubeconfig.load(TWO, "", "", "")
    access.credential = Credential("topsecret", "topsecret", "topsecret")
    access.user["token"] = "topsecret"

    assert "topsecret" not in repr(access)


def test_a_lone_equals_sign_is_text() -> None:
    """A definition of Prometheus' operator allows the operator `=`, which YAML 1.1 has another meaning for (issue 3, point 2)."""
    definition = "openAPIV3Schema: {enum: ['!=', =, =~]}"

    assert {"openAPIV3Schema": {"enum": ["!=", "=", "=~"]}} == yaml.load(definition, Loader)
    assert ["!=", "=", "=~"] == invoke(DECODE, {"text": definition})["result"][0]["openAPIV3Schema"]["enum"]
