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

# The lowest contrast of any text with what is behind it, as WCAG computes it.
CONTRAST = """() => {
    const parse = (text) => text.match(/[\\d.]+/g).map(Number);
    const light = ([r, g, b]) => [r, g, b].map((c) => c / 255).map((c) =>
        c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
        .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
    const behind = (element) => {
        for (; element; element = element.parentElement) {
            const color = parse(getComputedStyle(element).backgroundColor);
            if (color.length < 4 || color[3] > 0) return color;
        }
        return matchMedia("(prefers-color-scheme: dark)").matches ? [0, 0, 0] : [255, 255, 255];
    };
    let worst = [21, ""];
    for (const element of document.querySelectorAll("#app *")) {
        const own = [...element.childNodes].some((one) => one.nodeType === 3 && one.data.trim());
        if (!own || !element.checkVisibility() || element.closest("svg, select")) continue;
        const pair = [parse(getComputedStyle(element).color), behind(element)].map(light);
        const ratio = (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
        if (ratio < worst[0]) worst = [ratio, element.outerHTML.slice(0, 100)];
    }
    return worst;
}"""


def why_not() -> str:
    """Say what is missing for a browser; `""` if nothing is."""
    if EXECUTABLE is None:
        return "no Chromium here (apt-get install chromium)"
    if importlib.util.find_spec("playwright") is None:
        return "no Playwright here (pip install playwright)"
    if any(not (built.FOLDER / file).is_file() for file in (*built.FILES, *built.LIVE_FILES)):
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
