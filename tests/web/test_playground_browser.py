"""The playground in Chromium with the network cut off: a training is watched, and changed."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from kerazoo.playground.session import Session
from kerazoo.web.events import Publisher
from kerazoo.web.playground import make_playground
from kerazoo.web.server import address_of
from tests.web.browsers import chromium, open_page, why_not
from tests.web.test_browser import CONTRAST

pytestmark = [pytest.mark.thorough, pytest.mark.skipif(bool(why_not()), reason=why_not())]

EPOCH = "() => Number(document.querySelector('[data-epoch]').textContent)"
# What was drawn: how many pixels of a canvas are not as empty ones.
DRAWN = """(name) => {
    const canvas = document.querySelector(`canvas[aria-label="${name}"]`);
    const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
    return pixels.filter((one, at) => at % 4 === 3 && one > 0).length;
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as one:
        yield one


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    publisher = Publisher()
    session = Session(publisher.publish, lambda: publisher.listeners > 0)
    server = make_playground(session, publisher)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    session.start()
    yield address_of(server)
    session.close()
    publisher.close()
    server.shutdown()
    server.server_close()


def wait_for_epoch(page: Any, least: int) -> None:
    page.wait_for_function(f"() => ({EPOCH})() >= {least}")


def open_playground(browser: Any, address: str, **options: Any) -> tuple[Any, list[str]]:
    page, wrong = open_page(browser, **options)
    page.set_default_timeout(120_000)  # Keras is imported first
    page.goto(address)
    page.wait_for_selector("[data-state=paused]")
    return page, wrong


def test_a_training_is_watched_to_its_end_and_changed_on_the_way(
    browser: Any, address: str
) -> None:
    page, wrong = open_playground(browser, address, viewport={"width": 1300, "height": 900})
    page.select_option("[data-setting=data]", "gaussians")
    page.select_option("[data-setting=noise]", "0")
    before = float(page.inner_text("[data-scores] tr:nth-child(2) td"))
    page.keyboard.press("Tab")
    page.focus("[data-play]")
    page.keyboard.press("Enter")
    wait_for_epoch(page, 10)
    page.select_option("[data-setting=rate]", "0.1")
    page.select_option("[data-pace]", "0")
    page.wait_for_function(
        "() => document.querySelector('[data-scores] tr:nth-child(2)').innerText.includes('100.0')"
    )
    page.click("[data-play]")
    page.wait_for_selector("[data-state=paused]")
    assert float(page.inner_text("[data-scores] tr:nth-child(2) td")) < before
    for name in ("What it answers", "Loss", "Weights"):
        assert page.evaluate(DRAWN, name) > 1000
    assert page.locator("[data-layers] tbody tr").count() == 3
    table = page.inner_text("[data-predictions] tbody")
    assert re.sub(r"\s+", " ", table).strip() == _of_counts(table)

    page.click("[data-show-code]")
    page.wait_for_function("() => document.querySelector('[data-code]').textContent")
    code = page.inner_text("[data-code]")
    assert "learning_rate = 0.1" in code
    assert f"epochs={page.inner_text('[data-epoch]')}," in code

    page.select_option("[data-setting=activation]", "relu")
    page.wait_for_function(f"() => ({EPOCH})() === 0 && document.querySelector('[data-scores] td')")
    page.wait_for_selector("[data-state=paused]")
    at = int(page.inner_text("[data-epoch]"))
    page.click("[data-step]")
    page.wait_for_function(f"() => ({EPOCH})() === {at + 1}")
    page.click("[data-reset]")
    page.wait_for_function(f"() => ({EPOCH})() === 0")
    assert wrong == []
    page.close()


def _of_counts(table: str) -> str:
    """Return a table of two classes without a wrong answer, whatever the counts."""
    first, second = (row.split() for row in table.strip().splitlines())
    return f"0 {first[1]} 0 1 0 {second[2]}"


def test_two_pages_show_the_same_and_a_wrong_number_changes_nothing(
    browser: Any, address: str
) -> None:
    page, wrong = open_playground(browser, address)
    other, _ = open_playground(browser, address)
    page.select_option("[data-setting=data]", "curve")
    page.click("[data-add]")
    other.wait_for_function(
        "() => document.querySelector('[data-setting=data]').value === 'curve'"
        " && document.querySelectorAll('.layers input').length === 3"
    )
    page.get_by_label("Units of layer 1").fill("500")
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.querySelector('[data-problem]').textContent")
    assert "1 to 32 units" in page.inner_text("[data-problem]")
    assert other.get_by_label("Units of layer 1").input_value() == "4"
    page.wait_for_function(
        "() => document.querySelector('.layers input').value === '4'"  # as it is trained
    )
    page.select_option("[data-setting=batch_size]", "32")
    other.wait_for_function(
        "() => document.querySelector('[data-setting=batch_size]').value === '32'"
    )
    assert page.inner_text("[data-problem]") == ""
    # The browser notes every answer that is no success.
    assert all("400" in one for one in wrong)
    other.close()
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone_in_korean_everything_fits_and_can_be_read(
    browser: Any, address: str, scheme: str
) -> None:
    options = {"viewport": {"width": 380, "height": 800}, "locale": "ko-KR"}
    page, wrong = open_playground(browser, address, color_scheme=scheme, **options)
    assert page.inner_text("h1") == "놀이터"
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 380
    ratio, where = page.evaluate(CONTRAST)
    assert ratio >= 4.5, where
    unnamed = page.evaluate(
        "() => [...document.querySelectorAll('input, select, button, canvas')].filter((one) =>"
        " !one.labels?.length && !one.innerText?.trim() && !one.ariaLabel).length"
    )
    assert unnamed == 0
    page.click(".language")
    assert page.inner_text("h1") == "Playground"
    assert wrong == []
    page.close()
