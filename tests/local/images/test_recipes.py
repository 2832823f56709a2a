"""Recipes of images are checked before anything is fetched."""

import ast
import tomllib

import pytest

from local.images.recipe import parse, recipes
from local.toolchain.pins import versions
from workspace.home import REPOSITORY
from workspace.progress import Problem

REFERENCES = {"a": "a:1"}


def test_every_image_of_versions_json_has_a_recipe() -> None:
    """versions.json and recipes.toml name the same images."""
    assert set(versions()["images"]) == {recipe.name for recipe in recipes()}


def test_only_the_helper_runs_as_root() -> None:
    """Every image but the helper that makes volumes' folders names an unprivileged user."""
    roots = {recipe.name for recipe in recipes() if recipe.user.split(":")[0] in ("", "0")}

    assert {"toolbox"} == roots


def test_programs_of_images_stand_alone() -> None:
    """House: an image has a program's own folder and not the repository: its modules import each other by relative names alone."""
    packages = {
        REPOSITORY / entry["from"]
        for recipe in recipes()
        for layer in recipe.layers
        for entry in layer.files
        if (REPOSITORY / entry["from"] / "__main__.py").exists()
    }
    ours = {path.name for path in REPOSITORY.iterdir() if path.is_dir()}
    absolute = {
        f"{file.relative_to(REPOSITORY)}: {node.module}"
        for package in packages
        for file in package.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.ImportFrom) and not node.level and str(node.module).split(".")[0] in ours
    }

    assert {"alert_sink", "argocd_keeper", "dashboard_viewer", "vault_keeper"} <= {package.name for package in packages}
    assert not absolute


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ("[layers.x]\npackage = []\n", "layers.x.package: unknown; allowed are"),
        ("[layers.x]\ntool = { from = 'a/b', to = 'usr' }\n", "layers.x.tool.to: usr must be an absolute path"),
        ("[layers.x]\ntool = { from = 'a/b', to = '/b' }\n", "layers.x.tool.from: a/b must be a tool of versions.json, a slash"),
        ("[layers.x]\ntool = { from = 'a/b', to = '/a/../b' }\n", "layers.x.tool.to: /a/../b must be an absolute path"),
        ("[layers.x]\nfiles = [{ from = 'nowhere', to = '/' }]\n", "layers.x.files.from: the repository has no nowhere"),
        ("[layers.x]\nlinks = [{ target = 'a', name = 'b' }]\n", "layers.x.links.name: unknown; allowed are"),
        ("[layers.x]\non = ['y']\n", "layers.x.on: no layer y"),
        ("[layers.x]\nomit = []\n[images.a]\nlayers = []\n", "images.a.layers: must name at least one layer"),
        ("[layers.x]\nomit = []\n[images.a]\nlayers = ['y']\n", "images.a.layers: no layer y; there are x"),
        ("[layers.x]\nomit = []\n[images.a]\nlayers = ['x']\nstop = ''\n", "images.a.stop: unknown; allowed are"),
        ("[layers.x]\nomit = []\n[images.b]\nlayers = ['x']\n", "images.b: versions.json names no such image; it names a"),
        ("[layers.x]\n[layers.y]\non = ['x']\n[images.a]\nlayers = ['y', 'x']\n", "images.a.layers: y stands on x, which must come before"),
    ],
)
def test_a_mistake_is_named_by_its_path(text: str, mistake: str) -> None:
    """A wrong recipe is refused with the path of the mistake and what is allowed."""
    with pytest.raises(Problem) as refused:
        parse(tomllib.loads(text), REFERENCES)

    assert mistake in str(refused.value)


def test_all_mistakes_are_told_at_once() -> None:
    """Several mistakes come in one message, a line each."""
    with pytest.raises(Problem) as refused:
        parse(tomllib.loads("[layers.x]\na = 1\nb = 2\n[images.b]\nlayers = []\n"), REFERENCES)

    assert 5 == len(str(refused.value).splitlines())
