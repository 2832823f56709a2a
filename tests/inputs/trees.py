"""Values and texts that were right once: mutated as slips, other tools and bad luck mutate them. Pure, given the source of chance."""

import copy
import json
from random import Random
from typing import Any

import yaml

ODD: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1, 2.5, 1e400, float("nan"), 10**30),
    *("", " ", "a", "a\nb", "\x00", "\u2028", "ÄÖ", "\U0001f600", "a" * 5000, "-", "=", "~", "null", "1e3", "0x1f", "12:30", "2026-12-01"),
    *("latest", "${resources.db.host}", "$$", "$(X)", "{{ .Values.x }}", "512m", "1Gi", "-1Mi", "1e-3"),
    *("every monday", "* * * * *", "61 25 32 13 8", "@every 5m", "@reboot"),
    *("https://x:y@host:99999/", "ssh://git@h:7999/x", "../../etc/passwd", "/dev/zero"),
    *([], [None], ["a"], [["a"]], [1, "a", {}], {}, {"a": None}, {"": ""}, {"a": {"b": {"c": []}}}),
)
"""Values that stand where another belongs."""
Path = tuple[str | int, ...]


def paths(tree: Any, path: Path = ()) -> list[Path]:
    """The place of every value in a tree, its own first."""
    inner = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    return [path, *(one for key, value in inner for one in paths(value, (*path, key)))]


def mutated(chance: Random, tree: Any) -> Any:
    """A copy of a tree with one to three changes."""
    made = copy.deepcopy(tree)
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        made = _changed(chance, made)
    return made


def _changed(chance: Random, tree: Any) -> Any:
    path = chance.choice(paths(tree))
    if not path:
        return chance.choice(ODD) if chance.random() < 0.1 else tree
    holder = tree
    for key in path[:-1]:
        holder = holder[key]
    key = path[-1]
    kind = chance.randrange(8)
    if kind < 4:
        holder[key] = copy.deepcopy(chance.choice(ODD))
    elif kind == 4:
        del holder[key]
    elif kind == 5:
        holder[key] = [holder[key]] if chance.random() < 0.5 else {"a": holder[key]}
    elif isinstance(holder, dict):
        name = _misspelt(chance, str(key)) if kind == 6 else chance.choice(("a", "on", "a.b", "x\ny", "", "name", "kind", "labels"))
        holder[name] = holder.pop(key) if kind == 6 else copy.deepcopy(chance.choice(ODD))
    else:
        holder.append(copy.deepcopy(holder[key]))
    return tree


def _misspelt(chance: Random, word: str) -> str:
    at = chance.randrange(len(word) + 1)
    return chance.choice((word[:at] + word[at + 1 :], word[:at] + "x" + word[at:], word.upper(), word.replace("_", "-"), f" {word}"))


def text(chance: Random, tree: Any) -> str:
    """A tree as somebody may have written it: YAML in some style, or JSON."""
    if chance.random() < 0.2:
        return json.dumps(tree)
    return str(yaml.safe_dump(tree, sort_keys=False, allow_unicode=True, default_flow_style=chance.choice((None, False, True))))


def torn(chance: Random, text: str) -> bytes:
    """The bytes of a text as slips of the hand, editors and transfers leave them."""
    whole = text.encode(errors="surrogatepass")
    return chance.choice(
        (
            whole[: chance.randrange(len(whole) + 1)],
            b"\xef\xbb\xbf" + whole,
            whole.replace(b"\n", b"\r\n"),
            text.encode("utf-16", errors="surrogatepass"),
            whole + chance.randbytes(chance.randrange(40)),
            chance.randbytes(chance.randrange(200)),
            whole + b"\n---\n" + whole,
            whole + b"\n---\n",
            b"",
            chance.choice(b"[{-").to_bytes() * chance.choice((90, 200, 5000)) + whole,
            b"a: &a [x, x]\nb: &b [*a, *a]\n" + whole + b"\nc: *b\n",
            b"x: &x {y: *x}\n" + whole,
            *(_slipped(chance, text).encode(errors="surrogatepass") for _ in range(6)),
        )
    )


_STRAYS = ("\t", "%", "&a", "*a", "!!python/object:x", "<<: 3", "? [a]", "...", "---", "#", "'")
_ENDS = (" |", " >", " !!binary", " !!int", " @", " `", "\x07", "\x85")


def _slipped(chance: Random, text: str) -> str:
    """A text with one line twice, gone, moved, or with something at its end."""
    lines = text.splitlines() or [""]
    at = chance.randrange(len(lines))
    line = lines[at]
    changed = (
        [line, line],
        [],
        [chance.choice(_STRAYS), line],
        [" " * chance.randrange(6) + line],
        [line.replace(":", "", 1)],
        [line + chance.choice(_ENDS)],
    )
    return "\n".join([*lines[:at], *chance.choice(changed), *lines[at + 1 :]])


def written(chance: Random, tree: Any) -> bytes:
    """The bytes of a file that once was `tree`: a third torn, the rest a mutated tree, some of them both."""
    kind = chance.random()
    made = text(chance, tree if kind < 0.25 else mutated(chance, tree))
    return torn(chance, made) if kind < 0.35 else made.encode(errors="surrogatepass")
