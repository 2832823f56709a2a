"""SecretsStore under the recorder: values are secret everywhere, references are all that gets out."""

import base64
from typing import Any

import pulumi
import pytest

from components import SecretsStore
from tests.conftest import SEED
from tests.recorder import Recording, run

CANARY = "canary-7f3a9c"
SECRETS: dict[str, Any] = {
    "shop-database": {"password": {}, "database-url": {"template": "postgresql://shop:{password}@database/shop"}},
    "mail": {"token": {"value": CANARY}},
}


def _made(**changes: Any) -> Recording:
    return run(lambda: _build(changes))


def _build(changes: dict[str, Any]) -> None:
    args: Any = {"namespace": "shop", "secrets": SECRETS, "seed": pulumi.Output.secret(SEED), **changes}
    store = SecretsStore("secrets", args)
    pulumi.export("refs", store.refs)
    pulumi.export("versions", store.versions)


def _value(made: Recording, secret: str, key: str) -> str:
    return base64.b64decode(made.one("Secret", secret)["data"][key]).decode()


def test_template_holds_the_generated_value() -> None:
    """4.03: the URL contains the very password that is beside it."""
    made = _made()

    assert f"postgresql://shop:{_value(made, 'shop-database', 'password')}@database/shop" == _value(made, "shop-database", "database-url")


def test_generated_value_has_32_characters() -> None:
    """A generated value is long enough to be unguessable."""
    assert 32 == len(_value(_made(), "shop-database", "password"))


def test_given_value_is_kept() -> None:
    """4.03: a value from encrypted config arrives unchanged."""
    assert CANARY == _value(_made(), "mail", "token")


def test_version_rotates() -> None:
    """Raising the version gives another value and another roll-out trigger."""
    rotated = _made(secrets={"shop-database": {"password": {"version": 2}}})

    assert _value(_made(), "shop-database", "password") != _value(rotated, "shop-database", "password")
    assert {"shop-database": "password=2"} == rotated.outputs["versions"]


def test_data_is_marked_secret() -> None:
    """4.13: the engine is told that the data is secret, so state and previews hide it."""
    secrets = [resource for resource in _made().resources if resource.type == "kubernetes:core/v1:Secret"]

    assert 2 == len(secrets)
    assert all(any(path.startswith("data") for path in resource.secret) for resource in secrets)


def test_no_value_leaves() -> None:
    """4.13: outputs and all inputs but the data are free of values."""
    made = _made()
    password = _value(made, "shop-database", "password")
    told = str(made.outputs) + str([{**resource.inputs, "data": None} for resource in made.resources])

    assert CANARY not in told
    assert password not in told


def test_references() -> None:
    """4.4: consumers get namespace, Secret and key."""
    assert {"namespace": "shop", "secret": "mail", "key": "token"} == _made().outputs["refs"]["mail/token"]


def test_public_key_is_kept_and_known_as_such() -> None:
    """4.4: a key that is no secret is in its Secret, where its readers look for it, and its reference says what it is."""
    made = _made(
        secrets={"mail": {"token": {"value": CANARY}, "user": {"value": "post", "public": True}, "host": {"value": "a", "public": False}}}
    )

    assert {"mail/token": None, "mail/user": True, "mail/host": None} == {
        name: ref.get("public") for name, ref in made.outputs["refs"].items()
    }
    assert "post" == _value(made, "mail", "user")


REFUSED: dict[str, tuple[dict[str, Any], str, str]] = {
    "An unknown level should be refused.": ({"level": "sealde"}, "level", "did you mean 'sealed'?"),
    "A Secret without keys should be refused.": ({"secrets": {"mail": {}}}, "secrets.mail", "name at least one"),
    "A key with two sources should be refused.": (
        {"secrets": {"mail": {"token": {"value": CANARY, "template": "x"}}}},
        "secrets.mail.token",
        "keep one",
    ),
    "A generated value without a seed should be refused.": ({"seed": None}, "secrets.shop-database.password", "needs the input 'seed'"),
    "A guessable length should be refused.": ({"secrets": {"mail": {"token": {"length": 8}}}}, "secrets.mail.token.length", "16 to 4096"),
    "Version 0 should be refused.": ({"secrets": {"mail": {"token": {"version": 0}}}}, "secrets.mail.token.version", "begin at 1"),
    "A template over a missing key should be refused.": (
        {"secrets": {"mail": {"url": {"template": "{tokn}"}, "token": {}}}},
        "secrets.mail.url.template",
        "allowed: token",
    ),
    "A template over a template should be refused.": (
        {"secrets": {"mail": {"url": {"template": "{other}"}, "other": {"template": "x"}}}},
        "secrets.mail.url.template",
        "no plain key",
    ),
    "A generated value that is public should be refused.": (
        {"secrets": {"mail": {"token": {"public": True}, "other": {}}}},
        "secrets.mail.token.public",
        "what is generated or composed is secret",
    ),
    "A composed value that is public should be refused.": (
        {"secrets": {"mail": {"url": {"template": "{token}", "public": True}, "token": {}}}},
        "secrets.mail.url.public",
        "what is generated or composed is secret",
    ),
    "A Secret that holds no secret should be refused.": (
        {"secrets": {"mail": {"user": {"value": CANARY, "public": True}}}},
        "secrets.mail",
        "keep it in a ConfigMap",
    ),
    "An unknown input of a key should be refused.": (
        {"secrets": {"mail": {"token": {"lenght": 20}}}},
        "secrets.mail.token.lenght",
        "did you mean 'length'?",
    ),
}


@pytest.mark.parametrize(("changes", "path", "reason"), REFUSED.values(), ids=REFUSED)
def test_refused(changes: dict[str, Any], path: str, reason: str) -> None:
    """A wrong input is refused by its path, before any resource, and never with its value."""
    with pytest.raises(pulumi.InputPropertiesError) as refused:
        _made(**changes)

    assert reason in next(error["reason"] for error in refused.value.errors or [] if error["property_path"] == path)
    assert CANARY not in refused.value.message


def _secrets(made: Recording) -> dict[str, tuple[str, ...]]:
    """Each Secret's name in the program, with the names that it had before."""
    return {one.name: one.aliases for one in made.resources if one.type == "kubernetes:core/v1:Secret"}


def test_two_stores_with_a_secret_of_one_name() -> None:
    """Issue 21, 11: a prefix tells what two stores make apart; what had none is known by its former name too."""

    def build() -> None:
        for namespace in ("orders", "billing"):
            args: Any = {"namespace": namespace, "secrets": SECRETS, "seed": pulumi.Output.secret(SEED), "resource_prefix": f"{namespace}-"}
            SecretsStore(namespace, args)

    made = run(build)

    assert len(set(made.urns())) == len(made.urns())
    assert {f"{store}-{secret}-secret": (f"{secret}-secret",) for store in ("orders", "billing") for secret in SECRETS} == _secrets(made)


def test_names_are_as_they_were() -> None:
    """Issue 14: without a prefix URNs stay."""
    assert {"shop-database-secret": (), "mail-secret": ()} == _secrets(_made())
