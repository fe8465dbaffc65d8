"""A headless browser that reaches this machine alone, and why there is none."""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from kerazoo.web import built

_NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
EXECUTABLE = next(filter(None, map(shutil.which, _NAMES)), None)
_OPTIONS = [
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",  # no internet
    *(["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []),
]


def why_not() -> str:
    """Say what is missing for a browser; `""` if nothing is."""
    if EXECUTABLE is None:
        return "no Chromium here (apt-get install chromium)"
    if importlib.util.find_spec("playwright") is None:
        return "no Playwright here (pip install playwright)"
    if any(not (built.FOLDER / file).is_file() for file in built.FILES):
        return "the pages are not built (npm --prefix web ci && npm --prefix web run build)"
    return ""


@contextmanager
def chromium() -> Iterator[Any]:
    """Start Chromium, and end it."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=EXECUTABLE, args=_OPTIONS)
        yield browser
        browser.close()


def open_page(browser: Any, **options: Any) -> tuple[Any, list[str]]:
    """Return a page, and a list of what goes wrong on it: errors, and requests to elsewhere."""
    page = browser.new_context(**options).new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(f"error: {error}"))
    page.on("console", lambda one: one.type == "error" and wrong.append(f"console: {one.text}"))
    page.on("request", lambda one: _is_here(one.url) or wrong.append(f"asked: {one.url}"))
    page.set_default_timeout(30_000)
    return page, wrong


def _is_here(url: str) -> bool:
    return url.startswith(("http://127.0.0.1:", "file:", "blob:", "data:"))
