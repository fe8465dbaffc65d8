"""Every page in Chromium with the network cut off: its check, its answers, and bad input."""

from __future__ import annotations

import base64
import io
import json
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from PIL import Image

import kerazoo
from kerazoo.datasets import Part
from kerazoo.datasets.about import Table
from kerazoo.registry import list_models
from kerazoo.saved.reading import open_saved
from kerazoo.web import export_web, open_site
from kerazoo.web.server import address_of, make_server
from tests.web.browsers import CONTRAST, chromium, open_page, why_not

pytestmark = [pytest.mark.thorough, pytest.mark.skipif(bool(why_not()), reason=why_not())]

DONE = "[data-status]:not([data-status=loading])"
DROP = """([content, name, type]) => {
    const bytes = Uint8Array.from(atob(content), (one) => one.charCodeAt(0));
    const carried = new DataTransfer();
    carried.items.add(new File([bytes], name, {type}));
    const zone = document.querySelector("[data-drop]");
    zone.dispatchEvent(new DragEvent("drop", {dataTransfer: carried, bubbles: true}));
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as one:
        yield one


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    server = make_server(open_site(list_models()))
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield address_of(server)
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def shared(browser: Any, address: str) -> Iterator[tuple[Any, list[str]]]:
    """One page for all networks: the runtime is loaded once."""
    page, wrong = open_page(browser, viewport={"width": 1200, "height": 900})
    page.goto(address)
    yield page, wrong
    page.close()


def show(page: Any, address: str, name: str) -> str:
    page.goto(f"{address}#{name}")
    page.wait_for_function("name => document.querySelector('h1')?.textContent === name", arg=name)
    page.wait_for_selector(DONE)
    return page.inner_text("[data-status]")


def settled(page: Any, selector: str) -> str:
    """Return a text once it stays as it is."""
    before = None
    for _ in range(50):
        now = page.inner_text(selector)
        if now and now == before:
            return now
        before = now
        page.wait_for_timeout(100)
    raise AssertionError(f"{selector} does not settle: {before!r}")


def drop(page: Any, content: bytes, name: str = "image.png", kind: str = "image/png") -> None:
    page.evaluate(DROP, [base64.b64encode(content).decode(), name, kind])


def as_png(pixels: np.ndarray, scale: int = 1) -> bytes:
    image = Image.fromarray(pixels[..., 0] if pixels.shape[-1] == 1 else pixels)
    image = image.resize((image.width * scale, image.height * scale), Image.Resampling.NEAREST)
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


@pytest.mark.parametrize("name", list_models())
def test_every_network_is_right_in_its_page(
    shared: tuple[Any, list[str]], address: str, name: str
) -> None:
    page, wrong = shared
    assert show(page, address, name).startswith("✓ Checked"), page.inner_text("[data-status]")
    page.wait_for_selector(".page .panel")
    assert wrong == []


def test_a_dragged_slider_changes_the_answer_as_in_python(
    shared: tuple[Any, list[str]], address: str
) -> None:
    page, wrong = shared
    show(page, address, "boston")
    before = settled(page, "[data-answer]")
    page.select_option("#coverage", "0.8")
    slider = page.get_by_role("slider", name="LSTAT")
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] / 2, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.2 * box["width"], middle, steps=8)
    page.mouse.up()
    after = settled(page, "[data-answer]")
    row = [float(one.input_value()) for one in page.locator(".fields input[type=number]").all()]
    given = kerazoo.load_predictor("boston").predict([row], coverage=0.8)
    assert before != after
    assert f"{given.values[0, 0]:.4g}" in after
    assert given.interval is not None
    assert f"{given.interval[0, 0]:.4g} to {given.interval[0, 1]:.4g}" in after
    wait_for_exact_shares(page)
    shares = page.inner_text("[data-why]")
    assert f"to {given.values[0, 0]:.4g} here" in shares
    why = kerazoo.load_predictor("boston").explain([row])
    check_shares(page, "boston", why.values[0, :, 0])
    assert wrong == []


def wait_for_exact_shares(page: Any) -> None:
    """Wait, and say that one waits, if a slow machine is asked to."""
    page.wait_for_function(
        "() => { document.querySelector('[data-exactly]')?.click();"
        " return document.querySelector('[data-why]').innerText.includes('exact)'); }",
        timeout=120_000,
    )


def check_shares(page: Any, name: str, exact: np.ndarray) -> None:
    heads = page.locator("[data-why] th").all_inner_texts()
    cells = page.locator("[data-why] td:last-child").all()
    shown = [float(cell.get_attribute("data-value")) for cell in cells]
    names = [column.name for column in open_saved(name).card.columns]
    largest = sorted(names, key=lambda one: -abs(exact[names.index(one)]))
    assert heads == largest[: len(heads)]
    scale = max(1.0, float(np.abs(exact).max()))
    for head, value in zip(heads, shown, strict=True):
        assert abs(value - exact[names.index(head)]) < 1e-4 * scale


def test_a_set_of_classes_is_that_of_python(shared: tuple[Any, list[str]], address: str) -> None:
    page, _ = shared
    show(page, address, "wine_multiclass")
    page.select_option("#coverage", "0.95")
    text = settled(page, "[data-answer]")
    row = [float(one.input_value()) for one in page.locator(".fields input[type=number]").all()]
    color = page.locator(".fields select").input_value()
    given = kerazoo.load_predictor("wine_multiclass").predict([[*row, float(color)]], coverage=0.95)
    assert text.splitlines()[0] == given.labels[0]
    assert given.sets is not None
    assert f"Set of 95 %: {', '.join(given.sets[0])}" in text
    wait_for_exact_shares(page)
    why = kerazoo.load_predictor("wine_multiclass").explain([[*row, float(color)]])
    assert given.probabilities is not None
    check_shares(page, "wine_multiclass", why.values[0, :, given.probabilities[0].argmax()])


def test_a_dropped_image_is_answered_as_in_python(
    shared: tuple[Any, list[str]], address: str
) -> None:
    page, wrong = shared
    show(page, address, "cnn")
    pixels = open_saved("cnn").card.probe.inputs[0].decode()[3]
    drop(page, as_png(pixels, scale=10))
    page.wait_for_function("() => document.querySelector('[data-heat]').width > 0")
    text = settled(page, "[data-answer]")
    given = kerazoo.load_predictor("cnn").predict(pixels[np.newaxis])
    assert given.probabilities is not None
    assert text.splitlines()[0] == given.labels[0]
    assert f"{100 * given.probabilities.max():.1f} %" in text
    assert wrong == []


def test_feature_maps_are_what_the_convolutions_give(
    shared: tuple[Any, list[str]], address: str
) -> None:
    page, wrong = shared
    show(page, address, "lenet")
    page.wait_for_selector("[data-layer=conv2]")
    page.locator("[data-examples] button").nth(2).click()
    settled(page, "[data-answer]")
    read = """() => { const canvas = document.querySelector("[data-layer=conv1]");
        const {data} = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
        return [canvas.width, canvas.height, [...data].filter((_, at) => at % 4 === 0)]; }"""
    width, height, pixels = page.evaluate(read)
    assert (width, height) == (6 * 29 - 1, 28)
    image = open_saved("lenet").card.probe.inputs[0].decode()[2:3]
    model = kerazoo.load_model("lenet")
    maps = model.layers[[layer.name for layer in model.layers].index("conv1")].output
    given = keras.Model(model.input, maps).predict(image, verbose=0)[0]  # (28, 28, 6)
    gray = (given - given.min()) * 255 / (given.max() - given.min())
    shown = np.array(pixels).reshape(height, width)
    for one in range(6):
        drawn = shown[:, 29 * one : 29 * one + 28]
        assert np.abs(drawn - gray[..., one]).max() <= 1  # of 256 shades
    page.get_by_role("button", name="Clear").click()
    page.wait_for_function("() => !document.querySelector('[data-layer]')")
    show(page, address, "mnist_mlp")  # which has none
    assert page.get_by_text("Feature maps").count() == 0
    assert wrong == []


def test_a_date_is_written_as_in_python_and_shows_its_attention(
    shared: tuple[Any, list[str]], address: str
) -> None:
    page, wrong = shared
    show(page, address, "seq2seq")
    text = "2026년  3월 1일~"
    page.get_by_label("What it reads").fill(text)
    page.wait_for_function(
        "() => document.querySelector('[data-answer]').innerText.includes('2026')"
    )
    shown = settled(page, "[data-answer]").splitlines()
    with pytest.warns(UserWarning, match="'~'"):
        (given,) = kerazoo.load_translator("seq2seq").translate([text])
    assert shown[0] == given.written
    assert f"{100 * given.probability:.1f} %" in shown[-1]
    assert page.inner_text("[role=status].soft") == "It does not know: ~"
    model = kerazoo.load_model("seq2seq")
    (looked,) = kerazoo.attention_of(model, open_saved("seq2seq").card.about, [text])
    cells = page.locator("[data-attention] tbody td").all()
    weights = np.array([float(one.get_attribute("data-value")) for one in cells])
    assert np.abs(weights.reshape(looked.weights.shape) - looked.weights).max() < 1e-4
    heads = page.locator("[data-attention] thead th").all_inner_texts()
    assert "".join(heads) == "2026년␣3월␣1일~"
    for wrong_text, said in (
        ("", "Write a text."),
        ("9" * 33, "These are 33 characters; it reads 32 at most."),
        ("~~", "It knows none of these characters."),
    ):
        page.get_by_label("What it reads").fill(wrong_text)
        page.wait_for_function(
            "said => document.querySelector('[data-problem]').innerText === said", arg=said
        )
        assert page.inner_text("[data-answer]") == ""
    assert wrong == []


def test_images_that_cannot_be_read_are_refused(
    shared: tuple[Any, list[str]], address: str
) -> None:
    page, wrong = shared
    show(page, address, "vgg_small")
    before = settled(page, "[data-answer]")
    file = io.BytesIO()
    Image.new("1", (10_000, 10_000)).save(file, "PNG")
    drop(page, file.getvalue(), "huge.png")
    page.wait_for_function("() => document.querySelector('[data-problem]').textContent !== ''")
    assert page.inner_text("[data-problem]").startswith("huge.png has 100 million pixels; 50")
    drop(page, b"no image", "notes.png")
    page.wait_for_function(
        "() => document.querySelector('[data-problem]').textContent.includes('notes')"
    )
    assert "is not an image" in page.inner_text("[data-problem]")
    assert page.inner_text("[data-answer]") == before
    assert wrong == []


def test_a_digit_is_drawn_with_a_mouse_and_with_keys(
    shared: tuple[Any, list[str]], address: str
) -> None:
    page, _ = shared
    show(page, address, "lenet")
    page.locator("[data-pad]").scroll_into_view_if_needed()
    box = page.locator("[data-pad]").bounding_box()
    page.mouse.move(box["x"] + 80, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + 200, box["y"] + 60, steps=10)
    page.mouse.move(box["x"] + 120, box["y"] + 220, steps=15)
    page.mouse.up()
    page.wait_for_function("() => document.querySelector('.result')?.textContent === '7'")
    page.get_by_role("button", name="Clear").click()
    page.focus("[data-pad]")
    for _ in range(10):
        page.keyboard.press("ArrowUp")
    for _ in range(20):
        page.keyboard.press("Shift+ArrowDown")
    page.wait_for_function("() => document.querySelector('.result')?.textContent === '1'")


def test_a_forecast_follows_its_window(shared: tuple[Any, list[str]], address: str) -> None:
    page, wrong = shared
    show(page, address, "lstm")
    before = settled(page, "[data-answer]")
    point = page.locator("[data-point='4']").bounding_box()
    page.mouse.move(point["x"] + point["width"] / 2, point["y"] + point["height"] / 2)
    page.mouse.down()
    page.mouse.move(point["x"], point["y"] - 60, steps=5)
    page.mouse.up()
    after = settled(page, "[data-answer]")
    assert before != after
    probe = open_saved("lstm").card.probe.inputs[0].decode()[:1].copy()
    probe[0, 4, 1] = float(page.locator(".grid tbody tr:last-child input").nth(1).input_value())
    given = kerazoo.load_predictor("lstm").predict(probe).values[0, 0]
    assert f"Forecast of log_volume: {given:.3g}"[:-1] in after
    page.focus("[data-point='0']")
    page.keyboard.press("ArrowUp")
    assert settled(page, "[data-answer]") != after
    assert wrong == []


@pytest.mark.parametrize("name", ["vae", "gan", "autoencoder"])
def test_latent_sliders_draw_other_images(
    shared: tuple[Any, list[str]], address: str, name: str
) -> None:
    page, wrong = shared
    show(page, address, name)
    image = "document.querySelector('[data-image]').toDataURL()"
    page.wait_for_function(f"() => document.querySelector('[data-image]').width < 100 && {image}")
    page.wait_for_timeout(300)
    before = page.evaluate(image)
    page.locator(".latent input[type=range]").first.focus()
    page.keyboard.press("Home")
    page.wait_for_function(f"before => {image} !== before", arg=before)
    assert wrong == []


@pytest.mark.parametrize(
    "name", ["imdb_lstm", "imdb_mlp", "bag_of_words", "transformer", "masked_language_model"]
)
def test_a_text_is_answered_as_in_python(
    shared: tuple[Any, list[str]], address: str, name: str
) -> None:
    page, wrong = shared
    show(page, address, name)
    text = (
        "It wasn't GOOD,<br />it was cafe\u0301-quality... a w\u00adonderful 2nd film's end 영화!"
    )
    page.fill("textarea", text)
    shown = settled(page, "[data-answer]")
    given = kerazoo.load_predictor(name).predict([text])
    assert given.probabilities is not None
    assert shown.splitlines()[0] == given.labels[0]
    assert f"{100 * given.probabilities[0, 0]:.1f} %" in shown
    assert "영화" in page.inner_text("[role=status].soft")
    settled(page, "[data-why] table")
    page.fill("textarea", "영화")
    page.wait_for_function("() => !document.querySelector('[data-answer] table')")
    assert "none of the" in page.inner_text("[data-answer]")
    assert wrong == []


def test_words_have_neighbors_and_analogies(shared: tuple[Any, list[str]], address: str) -> None:
    page, wrong = shared
    show(page, address, "word2vec")
    assert settled(page, "[data-analogy] tr:first-child th") == "queen"
    page.get_by_label("Word").fill("excellent")
    page.wait_for_function(
        "() => !document.querySelector('[data-answer]').innerText.includes('lion')"
    )
    vectors = kerazoo.load_word_vectors("word2vec")
    nearest = [word for word, _ in vectors.most_similar("excellent", topn=5)]
    assert page.locator("[data-answer] th").all_inner_texts()[:5] == nearest
    page.get_by_label("Word").fill("qwertyuiop")
    page.wait_for_function("() => !document.querySelector('[data-answer] table')")
    assert "does not know qwertyuiop" in page.inner_text("[data-answer]")
    assert wrong == []


def test_a_language_model_writes(shared: tuple[Any, list[str]], address: str) -> None:
    page, wrong = shared
    show(page, address, "language_model")
    page.wait_for_selector("button.word")
    page.locator("button.word").first.click()
    assert page.locator("textarea").input_value() == "this is one of the film"
    page.click("[data-write]")
    page.wait_for_function(
        "() => document.querySelector('textarea').value.split(' ').length === 26"
    )
    assert wrong == []


def test_ratings_are_those_of_python(shared: tuple[Any, list[str]], address: str) -> None:
    page, wrong = shared
    show(page, address, "matrix_factorization")
    page.get_by_label("user").fill("7")
    page.get_by_label("item").fill("50")
    page.wait_for_function(
        "() => document.querySelector('[data-best]').parentElement.innerText.includes('expects 7')"
    )
    given = kerazoo.load_predictor("matrix_factorization").predict([["7", "50"]]).values[0, 0]
    assert f"rating {given:.4g}" in settled(page, "[data-answer]")
    assert page.locator("[data-best] tr").count() == 10
    page.get_by_label("user").fill("nobody")
    page.wait_for_function(
        "() => document.querySelector('[data-answer]').innerText.includes('nobody')"
    )
    assert wrong == []


def test_a_pole_is_kept_by_the_network_and_falls_by_hand(
    shared: tuple[Any, list[str]], address: str
) -> None:
    page, wrong = shared
    show(page, address, "ppo")
    page.wait_for_function(
        "() => Number(document.querySelector('[data-steps]').innerText.match(/[0-9]+/)) > 40"
    )
    page.keyboard.press("ArrowLeft")
    page.wait_for_function(
        "() => document.querySelector('[data-steps]').innerText.includes('fell')"
    )
    assert page.inner_text("[data-play]") == "Play"
    assert wrong == []


def test_a_wrong_network_is_refused(browser: Any, address: str) -> None:
    page, _ = open_page(browser)

    def other(route: Any) -> None:
        card = json.loads(route.fetch().body())
        outputs = card["network"]["probe"]["outputs"]
        values = np.frombuffer(base64.b64decode(outputs["base64"]), "<f4") + np.float32(0.5)
        outputs["base64"] = base64.b64encode(values.tobytes()).decode()
        route.fulfill(json=card)

    page.route("**/card.json", other)
    page.goto(f"{address}#xor")
    page.wait_for_selector(DONE)
    assert page.inner_text("[data-status]").startswith("✗ Refused")
    assert page.locator(".page").count() == 0
    page.close()


def test_damaged_files_are_refused(browser: Any, address: str, tmp_path: Path) -> None:
    page, _ = open_page(browser)
    page.route("**/model.tflite", lambda route: route.fulfill(body=b"nothing"))
    page.goto(f"{address}#xor")
    page.wait_for_selector("[data-status=wrong]")
    assert "model.tflite is damaged" in page.inner_text("[data-status]")
    page.unroute("**/model.tflite")
    page.route("**/words.txt", lambda route: route.fulfill(body=b"the\nand\n"))
    page.goto(f"{address}#bag_of_words")
    page.wait_for_function("() => document.querySelector('h1')?.textContent === 'bag_of_words'")
    page.wait_for_selector("[data-status=wrong]")
    assert "words.txt is damaged" in page.inner_text("[data-status]")
    page.close()

    shutil.copytree(open_saved("xor").folder, tmp_path / "xor")
    (tmp_path / "xor" / "model.tflite").write_bytes(b"nothing")
    server = make_server(open_site([tmp_path / "xor"]))
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    page, _ = open_page(browser)
    page.goto(address_of(server))
    page.wait_for_selector("[data-status=wrong]")
    assert "has 7 bytes" in page.inner_text("[data-status]")
    page.close()
    server.shutdown()
    server.server_close()


def test_a_browser_without_webassembly_is_told(browser: Any, address: str) -> None:
    page, _ = open_page(browser)
    page.add_init_script("delete globalThis.WebAssembly")
    page.goto(f"{address}#xor")
    page.wait_for_selector("[data-status=wrong]")
    assert "runs no WebAssembly" in page.inner_text("[data-status]")
    page.goto(f"{address}#nothing")
    page.wait_for_function("() => document.querySelector('h1')?.textContent === 'nothing'")
    page.wait_for_selector("[data-status=wrong]")
    assert "There is no network nothing here" in page.inner_text("[data-status]")
    page.close()


def test_one_file_opens_without_a_server_on_a_phone(browser: Any, tmp_path: Path) -> None:
    path = export_web("tabm", tmp_path / "tabm.html")
    page, wrong = open_page(
        browser,
        offline=True,
        locale="ko-KR",
        viewport={"width": 360, "height": 740},
        has_touch=True,
    )
    page.goto(path.as_uri())
    page.wait_for_selector("[data-status=right]")
    assert page.inner_text("[data-status]").startswith("✓ 확인됨")
    assert page.evaluate("document.documentElement.lang") == "ko"
    settled(page, "[data-answer]")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        ratio, element = page.evaluate(CONTRAST)
        assert ratio >= 4.5, f"{scheme}: {element}"
    page.get_by_role("button", name="English").click()
    page.wait_for_function("() => document.documentElement.lang === 'en'")
    page.wait_for_selector("[data-status=right]")
    assert wrong == []
    page.close()


def test_a_folder_that_is_opened_as_files_says_what_to_do(browser: Any, tmp_path: Path) -> None:
    folder = export_web("xor", tmp_path / "xor")
    page, _ = open_page(browser)
    page.goto((folder / "index.html").as_uri())
    page.wait_for_selector("[data-status=wrong]")
    assert "python -m http.server" in page.inner_text("[data-status]")
    page.close()


def save_wide(folder: Path, columns: int) -> None:
    """Save a network of very many columns."""
    x = np.random.default_rng(0).normal(size=(24, columns)).astype("float32")
    parts = [Part(x[at : at + 8], x[at : at + 8, 0]) for at in (0, 8, 16)]
    about = Table(tuple(f"gene_{at}" for at in range(columns)), target_name="dose")
    splits = kerazoo.Splits(*parts, about)
    model = kerazoo.build_linear_regression(features=columns)
    kerazoo.compile_model(model, kerazoo.load_recipe("linear_regression"))
    arguments = {"features": columns}
    name = "linear_regression"
    kerazoo.save_model(model, folder, name=name, splits=splits, builder_arguments=arguments)


def test_very_many_columns_are_found_by_name(browser: Any, tmp_path: Path) -> None:
    folder = tmp_path / "genes"
    save_wide(folder, 20_000)
    page, wrong = open_page(browser, viewport={"width": 360, "height": 740})
    page.goto(export_web(folder, tmp_path / "genes.html").as_uri())
    page.wait_for_selector("[data-status=right]", timeout=60_000)
    assert page.locator(".field input[type=range]").count() == 100
    before = settled(page, "[data-answer]")
    page.get_by_label("Find a column").fill("gene_19999")
    assert page.inner_text("[data-shown]") == "1 of 1 columns that fit are shown, of 20000 in all."
    page.get_by_role("spinbutton", name="gene_19999").fill("1000")
    page.wait_for_function(
        "before => document.querySelector('[data-answer]').innerText !== before", arg=before
    )
    page.get_by_label("Find a column").fill("no such gene")
    assert page.locator(".field input[type=range]").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert wrong == []
    page.close()


@pytest.mark.parametrize("keep", [0.999, "changed", "without a file"])
def test_a_damaged_file_of_a_page_is_refused(
    browser: Any, tmp_path: Path, keep: float | str
) -> None:
    path = export_web("xor", tmp_path / "xor.html")
    text = path.read_text()
    at = text.index('data-file="models/xor/model.tflite">') + 36
    if keep == "changed":
        text = text[: at + 400] + ("B" if text[at + 400] == "A" else "A") + text[at + 401 :]
    elif keep == "without a file":
        text = text[:at].replace("model.tflite", "other.tflite") + text[at:]
    else:
        text = text[: int(len(text) * float(keep))]
    path.write_text(text)
    page, _ = open_page(browser)
    page.goto(path.as_uri())
    if isinstance(keep, float):
        assert "the file is incomplete: get it again" in page.inner_text("#app")
    else:
        page.wait_for_selector("[data-status=wrong]")
        assert "model.tflite is damaged" in page.inner_text("[data-status]")
    assert page.locator(".page").count() == 0
    page.close()
