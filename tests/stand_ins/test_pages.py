"""The pages that stand in for those which a build lacks."""

import re
from pathlib import Path

import pytest

from local.images.recipe import recipes
from workspace.home import REPOSITORY

PAGES = sorted((REPOSITORY / "stand_ins" / "pages").glob("*/index.html"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.parent.name)
def test_page_needs_nothing_but_its_server(page: Path) -> None:
    """Issue 13: a page works on a machine that reaches nothing else, at whatever path its server has."""
    text = page.read_text()

    assert not re.findall(r"""(?:src|href)=["'](?:https?:)?//""", text)
    assert re.findall(r"fetch\(`(api/v[12]/)", text)
    assert f"<title>{page.parent.name.capitalize()}</title>" in text


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.parent.name)
def test_what_a_metric_or_an_alert_says_is_no_markup(page: Path) -> None:
    """Issue 13: labels and annotations come from workloads: they are put in as text alone."""
    assert not re.findall(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", page.read_text())


def test_each_page_is_in_its_image() -> None:
    """Issue 13: the image that lacks pages has ours, where its program looks for them."""
    files = {recipe.name: [entry["from"] for layer in recipe.layers for entry in layer.files] for recipe in recipes()}

    assert ["alertmanager", "prometheus"] == [page.parent.name for page in PAGES]
    for page in PAGES:
        assert f"stand_ins/pages/{page.parent.name}" in files[page.parent.name]
