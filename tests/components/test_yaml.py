"""The reader of people's YAML: it sees what Go's readers see, and whatever cannot be taken is one line that says where."""

from pathlib import Path

import pytest

from components._texts import LARGEST, Unreadable, read_text, read_tree
from components._yaml import DEEPEST, read, read_one, write

ALIASES = "a: &a [" + ", ".join("x" * 10) + "]\n"
TEN = [f"{name}: &{name} [{', '.join([f'*{before}'] * 10)}]" for before, name in zip("abcdef", "bcdefg", strict=True)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: 1e3", 1000.0),
        ("a: 1234e56", 1234e56),
        ("a: '1234e56'", "1234e56"),
        ("a: 089", 89.0),
        ("a: 0o17", 15),
        ("a: 017", 15),
        ("a: 1_000", 1000),
        ("a: 12:30:45", "12:30:45"),
        ("a: 2026-12-01", "2026-12-01"),
        ("a: y", True),
        ("a: No", False),
        ("a: =", "="),
        ("a: 1.0.0", "1.0.0"),
        ("a:", None),
        ("\ufeffa: 1\r\n", 1),
        ("b: &b {c: 1}\na: *b", {"c": 1}),
        ("a: {<<: {c: 1}, d: 2}", {"c": 1, "d": 2}),
    ],
)
def test_values_are_those_of_other_readers(text: str, expected: object) -> None:
    """Issue 15, cases: what Kubernetes and Helm take for a number, a truth value or text is the same here."""
    found = read_one(text)["a"]

    assert (expected, type(expected)) == (found, type(found))


@pytest.mark.parametrize(
    ("text", "line"),
    [
        pytest.param("a: 1\nb:\n  c: 1\n  c: 2", "line 4: key c is there twice", id="key twice"),
        pytest.param("a: 1\non: 2", "line 2: key on is not text: put it in quotes", id="truth value"),
        pytest.param("? [a]\n: b", "line 1: key that is a list or mapping is not text: put it in quotes", id="list as key"),
        pytest.param("a: !!binary x", "line 1: type binary has no counterpart in JSON", id="binary"),
        pytest.param("a: !!timestamp x", "line 1: type timestamp has no counterpart in JSON", id="time"),
        pytest.param("a: !!python/object:os.system x", "line 1: could not determine a constructor", id="object"),
        pytest.param("\na: !!int x", "line 2: x is no value of its type", id="not of its type"),
        pytest.param(f"a: {'9' * 5000}", "line 1: 999", id="endless number"),
        pytest.param("a: &a [*a]", "line 1: alias a is inside of what it stands for", id="recursion"),
        pytest.param("a: *b", "line 1: is not YAML: found undefined alias", id="unknown alias"),
        pytest.param(ALIASES + "\n".join(TEN), "line 6: holds more than 1,000,000 values", id="aliases of aliases"),
        pytest.param("[" * 5000, f"line 1: is nested more than {DEEPEST} levels deep", id="deep lists"),
        pytest.param("a: " + "{a: " * 5000, f"line 1: is nested more than {DEEPEST} levels deep", id="deep mappings"),
        pytest.param("\ta: 1", "line 1: is not YAML: found character that cannot start any token", id="tab"),
        pytest.param("a: '", "line 1: is not YAML: found unexpected end of stream", id="open quote"),
        pytest.param("a: \x00", "is not YAML: character #x0000: control characters are not allowed", id="control character"),
        pytest.param("a: \ud800", "is not YAML: a character is half of a pair", id="half a character"),
    ],
)  # fmt: skip
def test_what_cannot_be_taken_is_a_line(text: str, line: str) -> None:
    """Issue 15, point 3: a text that people wrote is never a traceback, and the refusal says where it is wrong."""
    with pytest.raises(Unreadable) as refused:
        read(text)

    assert str(refused.value).startswith(line)
    assert 1 == len(str(refused.value).splitlines())


def test_one_document() -> None:
    """Issue 15, point 3: where one document is expected, empty ones do not count, and two are refused."""
    assert {"a": 1} == read_one("---\n---\na: 1\n---\n")
    with pytest.raises(Unreadable, match="holds 2 documents; allowed: one"):
        read_one("a: 1\n---\na: 2")


@pytest.mark.parametrize("text", ["1234e56", "y", "12:30", "2026-12-01", "089", "0o17", "1_000", "~", "", "=", "<<", "-", "a: b", "#"])
def test_text_is_read_back(text: str) -> None:
    """4.4, issue 15: what is written as text is read as text, by both tables of types at once."""
    assert {text: text} == read_one(write([{text: text}]))


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    """Issue 15, point 3: a file is refused in words, whatever it is; one without an end is not read to it."""
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    (tmp_path / "nowhere").symlink_to(tmp_path / "nothing")
    (tmp_path / "binary").write_bytes(b"a\n\xff\xff")
    (tmp_path / "wide").write_bytes("a: 1".encode("utf-16"))
    (tmp_path / "large").write_bytes(b"#" * (LARGEST + 1))
    reasons = {
        tmp_path / "missing": "is missing",
        tmp_path / "nowhere": "is missing",
        tmp_path: "is a directory; allowed: a file",
        tmp_path / "loop": "is a link that leads back to itself",
        tmp_path / "binary": "is not UTF-8 text: line 2",
        tmp_path / "wide": "is UTF-16: save it as UTF-8",
        tmp_path / "large": "is larger than 8 MiB, the most that is read",
        Path("/dev/zero"): "is no file",
        tmp_path / ("x" * 300): "File name too long",
        Path("a\0b"): "is no path of a file",
    }

    for path, reason in reasons.items():
        with pytest.raises(Unreadable) as refused:
            read_text(path)
        assert reason == str(refused.value), path


def test_tree_with_links_that_lead_back(tmp_path: Path) -> None:
    """Issue 15, point 3: a link to the directory itself is not followed, one to itself is named, hidden files are left out."""
    (tmp_path / "a").mkdir()
    (tmp_path / "a/up").symlink_to(tmp_path)
    (tmp_path / "a/self").symlink_to(tmp_path / "a/self")
    (tmp_path / "a/x").write_bytes(b"1\r\n")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git/x").write_text("")

    assert ({"a/x": "1\r\n"}, [f"{tmp_path}/a/self: is a link that leads back to itself"]) == read_tree(tmp_path)
