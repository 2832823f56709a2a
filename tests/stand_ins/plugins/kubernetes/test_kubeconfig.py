"""Where the cluster is."""

import asyncio
from pathlib import Path

import pytest
import yaml

from stand_ins.plugins.kubernetes import kubeconfig
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


def test_credential_commands(tmp_path: Path) -> None:
    """A token from a credential command is asked for once while it is valid."""
    command = tmp_path / "login"
    command.write_text("""#!/bin/sh\necho '{"status": {"token": "'$1'", "expirationTimestamp": "2999-01-01T00:00:00Z"}}'\n""")
    command.chmod(0o755)
    access = kubeconfig.load(TWO, "", "", "")
    access.user = {"exec": {"command": str(command), "args": ["made"]}}
    first = asyncio.run(access.headers())
    access.user["exec"]["command"] = "/no/such/command"

    assert {"Authorization": "Bearer made"} == first == asyncio.run(access.headers())


def test_a_missing_credential_command_is_named() -> None:
    """The command that cannot run is named, not a stack trace."""
    access = kubeconfig.load(TWO, "", "", "")
    access.user = {"exec": {"command": "/no/such/command"}}

    with pytest.raises(ConfigurationError, match="/no/such/command"):
        asyncio.run(access.headers())


def test_credentials_do_not_print() -> None:
    """A token that was fetched is not part of the value's text."""
    access = kubeconfig.load(TWO, "", "", "")
    access.token = "topsecret"

    assert "topsecret" not in repr(access)


def test_a_lone_equals_sign_is_text() -> None:
    """A definition of Prometheus' operator allows the operator `=`, which YAML 1.1 has another meaning for (issue 3, point 2)."""
    definition = "openAPIV3Schema: {enum: ['!=', =, =~]}"

    assert {"openAPIV3Schema": {"enum": ["!=", "=", "=~"]}} == yaml.load(definition, Loader)
    assert ["!=", "=", "=~"] == invoke(DECODE, {"text": definition})["result"][0]["openAPIV3Schema"]["enum"]
