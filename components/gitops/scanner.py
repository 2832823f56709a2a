"""Secrets in the clear, found in files before they reach Git. A finding names file, line and what it looks like, never the text."""

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

LET_THROUGH = "causeway:allow-secret"
"""A comment with this on a line lets it through: for an example that only looks like a secret."""
ENTROPY_BITS, LONG_ENOUGH = 3.5, 16
"""Bits a character (of text such as a generated password has 4 to 6, words 2 to 3.4) and length from which a value counts as random."""

_TOKENS: MappingProxyType[str, re.Pattern[str]] = MappingProxyType(
    {
        "a private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY( BLOCK)?-----"),
        "an AWS access key": re.compile(r"\b(AKIA|ASIA)[A-Z0-9]{16}\b"),
        "a GitHub token": re.compile(r"\b(gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{40,})\b"),
        "a GitLab token": re.compile(r"\bglpat-[A-Za-z0-9_-]{20,}"),
        "a Slack token or webhook": re.compile(r"\bxox[abprs]-[A-Za-z0-9-]{10,}|hooks\.slack\.com/services/T[A-Z0-9]+/B[A-Z0-9]+/\w+"),
        "a Google API key": re.compile(r"\bAIza[A-Za-z0-9_-]{35}\b"),
        "a Stripe key": re.compile(r"\b[rs]k_live_[A-Za-z0-9]{20,}\b"),
        "an npm or PyPI token": re.compile(r"\b(npm_[A-Za-z0-9]{36}|pypi-[A-Za-z0-9_-]{50,})\b"),
        "a JSON web token": re.compile(r"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}"),
        "a Vault token": re.compile(r"\bhv[sb]\.[A-Za-z0-9_-]{24,}"),
        "a password in an address": re.compile(r"\b[a-z][a-z0-9+.-]*://[^\s/:@{}$]+:[^\s/@{}$]+@"),
    }
)
_ASSIGNED = re.compile(
    r"""(?i)(?P<key>[\w.-]*(?:password|passwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|credential)[\w.-]*)["']?\s*[:=]\s*"""
    r"""(?P<quote>["']?)(?P<value>[^\s"'#,{}]+)(?P=quote)"""
)
# Keys that name where a secret is, or what it is for, and hold none.
_REFERENCE = re.compile(r"(?i)(name|ref|version|versions|path|file|store|class|type|kind|key|id|url|length|mode|enabled|namespace)s?$")
_SECRET_KIND = re.compile(r"^kind:\s*[\"']?Secret[\"']?\s*(#.*)?$", re.MULTILINE)
_SECRET_DATA = re.compile(r"^(data|stringData):[ \t]*(?!\{\})", re.MULTILINE)


class Found(NamedTuple):
    """Something that looks like a secret."""

    path: str
    line: int
    what: str


def scan(files: Mapping[str, str]) -> list[Found]:
    """Everything in the files that looks like a secret, by path and line."""
    return sorted(found for path, text in files.items() for found in (*_objects(path, text), *_lines(path, text)))


def _objects(path: str, text: str) -> Iterator[Found]:
    """A Secret with data: base64 is no protection."""
    line = 1
    for document in re.split(r"^---.*$", text, flags=re.MULTILINE):
        if (kind := _SECRET_KIND.search(document)) and _SECRET_DATA.search(document):
            yield Found(
                path, line + document.count("\n", 0, kind.start()), "a Secret with its data: use a SealedSecret or an ExternalSecret"
            )
        line += document.count("\n")


def _lines(path: str, text: str) -> Iterator[Found]:
    for number, line in enumerate(text.splitlines(), start=1):
        if LET_THROUGH in line:
            continue
        known = next((what for what, pattern in _TOKENS.items() if pattern.search(line)), None)
        if known:
            yield Found(path, number, known)
        elif (assigned := _ASSIGNED.search(line)) and not _REFERENCE.search(assigned["key"]) and looks_random(assigned["value"]):
            yield Found(path, number, f"a value of '{assigned['key']}'")


def looks_random(value: str) -> bool:
    """Whether a text is long and mixed enough to be generated; templates and references are not."""
    if len(value) < LONG_ENOUGH or value.startswith(("{{", "${", "$(", "ref+", "AQI", "ENC[")):
        return False
    if not (re.search(r"[A-Za-z]", value) and re.search(r"[0-9]", value)):
        return False
    counts = Counter(value)
    return -sum(count / len(value) * math.log2(count / len(value)) for count in counts.values()) >= ENTROPY_BITS
