"""Networks that write: greedy decoding, scores, baselines, and what a user may ask."""

from __future__ import annotations

import keras
import numpy as np
import pytest

import kerazoo
from kerazoo.datasets import Part, text_pairs, written_dates
from kerazoo.datasets.about import Pairs
from kerazoo.datasets.reading.characters import FIRST_CHARACTER, NOTHING
from kerazoo.errors import InvalidInput, KerazooError
from kerazoo.tasks import load_task
from kerazoo.tasks.translation.model import Translator, score_written, write_greedily
from kerazoo.tasks.translation.pair_baselines import read_date

ABOUT = Pairs(("a", "b", "c"), read=5, written=3)


def backwards(rows: np.ndarray) -> np.ndarray:
    """A network that writes the text from its end, told from what is written already."""
    read, before = rows[:, :5], rows[:, 5:]
    chances = np.full((len(rows), 3, 6), 0.04)
    for row in range(len(rows)):
        text = [one for one in read[row] if one != NOTHING][::-1]
        for place in range(3):
            # As in training, what counts is how much stands before.
            done = int((before[row, 1 : place + 1] >= FIRST_CHARACTER).sum())
            chances[row, place, text[done] if done < len(text) else NOTHING] = 0.8
    return chances


def test_each_character_is_told_from_those_that_were_written() -> None:
    found = Translator(ABOUT, backwards).translate(["abc", "cb", "a"])
    assert [one.written for one in found] == ["cba", "bc", "a"]
    assert [round(one.probability, 4) for one in found] == [0.512, 0.512, 0.64]


def test_what_was_written_before_is_not_looked_at() -> None:
    rows = np.full((2, 8), 4, np.int32)
    before = rows.copy()
    assert write_greedily(backwards, rows, 3)[0].tolist() == [[4, 4, 4]] * 2
    np.testing.assert_array_equal(rows, before)


def test_a_long_list_is_answered_in_pieces() -> None:
    sizes = []

    def network(rows: np.ndarray) -> np.ndarray:
        sizes.append(len(rows))
        return backwards(rows)

    found = Translator(ABOUT, network).translate(["ab"] * 1100)
    assert {one.written for one in found} == {"ba"}
    assert max(sizes) == 512


def test_signs_that_are_no_characters_are_never_written() -> None:
    def network(rows: np.ndarray) -> np.ndarray:
        return np.tile([0.1, 0.5, 0.3, 0.06, 0.04, 0.0, 0.9], (len(rows), 3, 1))

    assert Translator(ABOUT, network).translate("abc")[0].written == ""


def test_nothing_where_nothing_should_be_is_no_merit() -> None:
    part = Part(np.zeros((2, 8)), np.array([[3, 0, 0], [3, 4, 5]]))
    assert score_written(np.array([[3, 0, 0], [3, 4, 4]]), part) == {
        "exact_match": 0.5,
        "character_accuracy": 0.75,
    }
    assert score_written(np.array([[3, 4, 0], [3, 4, 5]]), part)["character_accuracy"] == 0.8


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "row 2 is empty; expected a text"),
        ("xyz", "row 2 has no character that the network knows"),
        ("a " * 100_000, "row 2 has 199,999 characters; the network reads 5 at most"),
        (3, "row 2 is a int; expected a text"),
    ],
)
def test_texts_that_cannot_be_read(text, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        Translator(ABOUT, backwards).translate(["ab", text])


def test_unknown_characters_are_named() -> None:
    with pytest.warns(UserWarning, match="does not know: '!', '한'"):
        (one,) = Translator(ABOUT, backwards).translate("a한!b")
    assert one.unknown == ("!", "한")


def test_other_networks_write_no_text() -> None:
    with pytest.raises(KerazooError, match="'xor' writes no text for a text"):
        kerazoo.load_translator("xor")


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("5 March 2024", "2024-03-05"),
        ("3/5/2024", "2024-03-05"),
        ("2024년 3월 5일", "2024-03-05"),
        ("2024년 3월 5일 화요일", "2024-03-05"),
        ("2024년 3월 5일(화)", "2024-03-05"),
        ("이천이십사년 삼월 오일", ""),
    ],
)
def test_rules_read_what_they_can(text: str, day: str) -> None:
    assert read_date(text) == day


def test_baselines() -> None:
    splits = written_dates.load(rows=1200)
    recipe = kerazoo.load_recipe("seq2seq")
    scores = load_task("translation").baselines("seq2seq", recipe, splits)
    assert scores.keys() == {"date_rules", "nearest_text"}
    assert 0.5 < scores["date_rules"]["exact_match"] < 0.95
    # No date of the test is among those that are known.
    assert scores["nearest_text"]["exact_match"] == 0
    assert scores["nearest_text"]["character_accuracy"] > 0.5
    with pytest.raises(InvalidInput, match="needs pairs of texts"):
        kerazoo.score_baseline("nearest_text", kerazoo.load_dataset("xor"))


@pytest.mark.parametrize(
    "architecture", ["attention", pytest.param("transformer", marks=pytest.mark.thorough)]
)
def test_attention_is_to_what_was_read(architecture: str) -> None:
    keras.utils.set_random_seed(0)
    about = written_dates.tiny().about
    options = {"characters": len(about.characters), "units": 8}
    model = kerazoo.build_seq2seq(architecture=architecture, **options)
    texts = ["May 1, 2026", "2026년 5월 1일"]
    for text, one in zip(texts, kerazoo.attention_of(model, about, texts), strict=True):
        assert one.read == text
        assert one.weights.shape == (len(one.written), len(text))
        assert (one.weights >= 0).all()
        assert (one.weights.sum(axis=1) <= 1 + 1e-5).all()


@pytest.mark.filterwarnings("ignore:found in")
def test_figures_are_of_attention() -> None:
    texts = [f"number {number}" for number in range(40)]
    splits = text_pairs.load(path={"text": texts, "turned": [text[::-1] for text in texts]})
    about = splits.about
    model = kerazoo.build_seq2seq((about.row,), about.written, len(about.characters), units=4)
    drawn = load_task("translation").figures(splits, None, model)
    assert list(drawn) == ["attention_1", "attention_2"]
    # Of a text with signs that a font may lack, nothing is drawn.
    korean = text_pairs.load(path={"text": [f"수 {n}" for n in range(40)], "turned": texts})
    model = kerazoo.build_seq2seq(
        (korean.about.row,), korean.about.written, len(korean.about.characters), units=4
    )
    assert load_task("translation").figures(korean, None, model) == {}


def test_without_attention_there_is_nothing_to_draw() -> None:
    splits = written_dates.tiny()
    model = kerazoo.build_seq2seq(characters=72, architecture="lstm", units=4)
    assert load_task("translation").figures(splits, None, model) == {}
    with pytest.raises(InvalidInput, match="has no attention"):
        kerazoo.attention_of(model, splits.about, ["1 May 2026"])
