"""Networks that run in their pages of the documentation; quickly, what these pages are made of."""

from __future__ import annotations

import functools
import importlib.util
import json
import os
import re
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import kerazoo
from kerazoo.web import built, open_site
from tests.web.browsers import chromium, open_page, why_not

SITE = os.environ.get("KERAZOO_SITE", "")  # where `mkdocs build` has written
WHY_NOT = why_not() or ("" if SITE else "no built documentation here (KERAZOO_SITE=FOLDER)")
in_chromium = pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT)


class _Handler(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The documentation below a path of its host, as GitHub serves it."""
    folder = tmp_path_factory.mktemp("host")
    (folder / "kerazoo").symlink_to(Path(SITE).absolute())
    handler = functools.partial(_Handler, directory=str(folder))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/kerazoo/"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as one:
        yield one


@pytest.mark.thorough
@in_chromium
@pytest.mark.parametrize("name", ["boston", "lenet"])
def test_a_network_runs_in_its_page(browser: Any, address: str, name: str) -> None:
    page, wrong = open_page(browser, viewport={"width": 360, "height": 740}, has_touch=True)
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.url))
    page.goto(f"{address}networks/{name}/")
    page.wait_for_load_state("networkidle")
    assert not [one for one in asked if "/demo/" in one]  # until it is opened
    page.get_by_text(f"Run {name} in this page").click()
    frame = page.frame_locator(f"iframe[title^='{name}']")
    frame.locator("[data-status=right]").wait_for()
    before = frame.locator("[data-answer]").inner_text()
    if name == "boston":
        frame.get_by_role("slider", name="LSTAT").press("Home")
    else:
        frame.locator("[data-examples] button").nth(1).click()
    inside = page.frame(url=re.compile(f"/kerazoo/demo/index.html#{name}$"))
    inside.wait_for_function(
        "before => document.querySelector('[data-answer]').innerText !== before", arg=before
    )
    assert frame.locator("h1").count() == 0  # the page around it has one
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert wrong == []
    page.context.close()


@pytest.mark.thorough
@in_chromium
def test_every_page_frames_its_network_and_the_site_is_small() -> None:
    site = Path(SITE)
    listed = json.loads((site / "demo" / "site.json").read_text())["models"]
    assert [one["name"] for one in listed] == kerazoo.list_models()
    for name in kerazoo.list_models():
        page = (site / "networks" / name / "index.html").read_text()
        found = re.findall(r'<iframe src="(.*?)#(.*?)"', page)
        assert found == [("../../demo/index.html", name)]
        assert (site / "networks" / name / found[0][0]).resolve().is_file()
    size = sum(one.stat().st_size for one in site.rglob("*") if one.is_file())
    assert size < 100e6


@pytest.fixture
def demo_pages(root: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("demo_pages", root / "tools" / "demo_pages.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_all_files_of_a_site_are_in_one_folder(pages: Path, demo_pages: ModuleType) -> None:
    demo_pages.installed_models = lambda: ["xor", "boston"]
    site = open_site(["xor", "boston"])
    files = dict(demo_pages.demo_files())
    assert files == {f"demo/{path}": site.read(path) for path in site.paths()}
    assert 'src="../../demo/index.html#xor"' in "\n".join(demo_pages.run_in_page("xor"))
    assert list(demo_pages.run_in_page("mine")) == []  # which nobody has saved


def test_without_npm_one_line_says_what_is_missing(pages: Path, demo_pages: ModuleType) -> None:
    (pages / built.PROGRAM).unlink()
    assert dict(demo_pages.demo_files()) == {}
    assert re.fullmatch(r"no network's page .* run `npm --prefix web ci .*", demo_pages.why_not())
    assert "iframe" not in "\n".join(demo_pages.run_in_page("xor"))
