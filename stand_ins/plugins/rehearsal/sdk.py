"""What a cloud's SDK says of its resources, read from the classes in its wheel: nothing is installed, nothing imported.

The generated classes carry everything that a schema would: `<Resource>Args` the inputs, `_<Resource>State` all properties.
"""

import ast
import pickle
import re
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any
from zipfile import ZipFile

OBJECT, LIST, MAP, EITHER, ANY = "object", "list", "map", "either", "any"
PLAIN = {"str": "text", "bool": "true or false", "int": "a whole number", "float": "a number"}


@dataclass(frozen=True)
class Form:
    """The form of a value: a plain one by its Python name, a list or map of `inner[0]`, either of `inner`, an object."""

    kind: str
    inner: tuple["Form", ...] = ()
    name: str = ""


@dataclass(frozen=True)
class Property:
    """One input: whether it must be given, and its form."""

    required: bool
    form: Form


@dataclass(frozen=True)
class Resource:
    """A resource's inputs, and the names of all its properties; `module` is where its objects' classes are."""

    module: str
    inputs: dict[str, Property]
    properties: frozenset[str]


class NoSuchType(Exception):
    """The SDK has no resource of that token."""


@dataclass
class Sdk:
    """One SDK's wheel."""

    wheel: Path
    package: str
    known: dict[str, Resource] = field(default_factory=dict)
    objects: dict[tuple[str, str], dict[str, Property]] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)

    def recall(self, file: Path) -> None:
        """Take over what an earlier run has read: reading the classes takes two seconds, and they never change."""
        if file.exists():
            wheel, known, objects = pickle.loads(file.read_bytes())
            if wheel == self.wheel.name:
                self.known, self.objects = known, objects

    def remember(self, file: Path) -> None:
        """Keep what was read for the next run."""
        file.with_suffix(".new").write_bytes(pickle.dumps((self.wheel.name, self.known, self.objects)))
        file.with_suffix(".new").replace(file)

    def resource(self, token: str) -> Resource:
        """What the class of `token` declares; raises NoSuchType."""
        if token not in self.known:
            self.known[token] = self._read_resource(token)
        return self.known[token]

    def provider(self) -> Resource:
        """What the package's own provider takes."""
        return self._declared("", self._text(f"pulumi_{self.package}/provider.py"), "Provider")

    def object(self, module: str, name: str) -> dict[str, Property]:
        """The properties of a nested object, by the name of its class."""
        if (module, name) not in self.objects:
            text = self._text(f"pulumi_{self.package}/{module}/_inputs.py" if module else f"pulumi_{self.package}/_inputs.py")
            self.objects[module, name] = _inputs(text, name)
        return self.objects[module, name]

    def _read_resource(self, token: str) -> Resource:
        _, path, name = token.split(":")
        module, _, member = path.partition("/")
        mark = f'@pulumi.type_token("{token}")'
        guess = f"pulumi_{self.package}/{module}/{_snake(member)}.py"
        folder = [entry for entry in self._names if entry.startswith(f"pulumi_{self.package}/{module}/") and entry.endswith(".py")]
        for entry in sorted(folder, key=lambda entry: entry != guess):
            if mark in (text := self._text(entry)):
                return self._declared(module, text, name)
        raise NoSuchType(f"{token} is no resource of the {self.package} SDK in {self.wheel.name}")

    def _declared(self, module: str, text: str, name: str) -> Resource:
        inputs = _inputs(text, f"{name}Args")
        state = _inputs(text, f"_{name}State") if f"class _{name}State:" in text else {}
        return Resource(module, inputs, frozenset(inputs) | frozenset(state))

    @cached_property
    def _names(self) -> list[str]:
        with ZipFile(self.wheel) as archive:
            return archive.namelist()

    def _text(self, entry: str) -> str:
        if entry not in self.texts:
            with ZipFile(self.wheel) as archive:
                self.texts[entry] = archive.read(entry).decode()
        return self.texts[entry]


def _snake(name: str) -> str:
    """`podIdentityAssociation` as a file's name; a run of capitals ends before its last (`iAMMember` is iam_member)."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower().replace("i_am_", "iam_")


def _inputs(text: str, name: str) -> dict[str, Property]:
    """The properties that one generated class takes, by their names in the schema."""
    start = text.index(f"\nclass {name}:") + 1
    ends = [found.start() + start for found in re.finditer(r"\n(?=class |@pulumi)", text[start:])]
    body = ast.parse(text[start : ends[0] if ends else len(text)]).body[0]
    assert isinstance(body, ast.ClassDef)
    functions = [member for member in body.body if isinstance(member, ast.FunctionDef)]
    wire = {member.name: told for member in functions if (told := _wire_name(member))}
    constructor = next(member for member in functions if member.name == "__init__")
    given = zip(constructor.args.kwonlyargs, constructor.args.kw_defaults, strict=True)
    return {wire.get(argument.arg, argument.arg): Property(default is None, _form(argument.annotation)) for argument, default in given}


def _wire_name(function: ast.FunctionDef) -> str | None:
    """The schema's name of a property, where its getter is told one: it differs from the Python name."""
    for decorator in function.decorator_list:
        if isinstance(decorator, ast.Call):
            for keyword in decorator.keywords:
                if keyword.arg == "name" and isinstance(keyword.value, ast.Constant):
                    return str(keyword.value.value)
    return None


def _form(annotation: Any) -> Form:
    if isinstance(annotation, ast.Constant):
        name = str(annotation.value)
        # A name that does not end in Args is an enumeration: its values are text.
        return Form(OBJECT, name=name.rpartition(".")[2]) if name.endswith("Args") else Form("str")
    if isinstance(annotation, ast.Subscript):
        return _subscripted(_last(annotation.value), annotation.slice)
    return Form(_last(annotation)) if _last(annotation) in PLAIN else Form(ANY)


def _subscripted(outer: str, inner: Any) -> Form:
    if outer in ("Input", "Optional"):
        return _form(inner)
    if outer == "Sequence":
        return Form(LIST, (_form(inner),))
    parts = [_form(part) for part in inner.elts] if isinstance(inner, ast.Tuple) else [_form(inner)]
    return Form(MAP, (parts[-1],)) if outer == "Mapping" else Form(EITHER, tuple(parts))


def _last(node: Any) -> str:
    """The last name of a dotted one."""
    name = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
    return str(name)
