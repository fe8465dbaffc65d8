"""What a network computes on its way, as further outputs of its file."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from kerazoo.errors import DamagedFile
from kerazoo.runtimes.fixed_batch import fix_batch
from kerazoo.runtimes.inner_tensors import Inner, Kind, give_inner, inner_of
from kerazoo.saved.reading import open_saved


def fixed(name: str) -> tuple[bytes, np.ndarray]:
    saved = open_saved(name)
    rows = saved.card.probe.inputs[0].decode()[:1]
    return fix_batch(saved.read("model.tflite"), rows, name), rows


def run(content: bytes, rows: np.ndarray) -> dict[str, np.ndarray]:
    from ai_edge_litert.interpreter import Interpreter

    signature: Any = Interpreter(model_content=content).get_signature_runner()
    (name,) = signature.get_input_details()
    return dict(signature(**{name: rows}))


@pytest.mark.parametrize(("name", "kind"), [("lenet", "maps"), ("seq2seq", "attention")])
def test_the_answer_stays_and_more_is_given(name: str, kind: Kind) -> None:
    content, rows = fixed(name)
    more = give_inner(content, kind, name)
    before, after = run(content, rows), run(more, rows)
    (answer,) = before
    np.testing.assert_allclose(after[answer], before[answer], atol=1e-6)
    found = inner_of(more)
    assert after.keys() - before.keys() == {one.output for one in found}
    for one in found:
        assert after[one.output].shape[1:] == one.shape
    if kind == "attention":
        np.testing.assert_allclose(after[found[0].output].sum(axis=-1), 1, atol=1e-5)


def test_layers_have_their_names_in_the_order_of_computation() -> None:
    content, _ = fixed("cifar_cnn")
    assert inner_of(give_inner(content, "maps", "cifar_cnn")) == [
        Inner("inner_000_conv1", "conv1", (32, 32, 32)),
        Inner("inner_001_conv2", "conv2", (16, 16, 64)),
        Inner("inner_002_conv3", "conv3", (8, 8, 128)),
        Inner("inner_003_conv4", "conv4", (4, 4, 256)),
    ]


def test_of_many_layers_eight_are_given() -> None:
    """From the first to the last one, of more convolutions than a page can show."""
    content, rows = fixed("fcn")
    more = give_inner(content, "maps", "fcn")
    found = [one.name for one in inner_of(more)]
    assert (len(found), found[0]) == (8, "block1_conv")
    assert len(run(more, rows)) == 1 + 8


def test_a_network_without_any_stays_as_it_is() -> None:
    content, _ = fixed("boston")
    assert give_inner(content, "maps", "boston") is content
    assert inner_of(content) == []


def test_what_is_no_network_is_refused() -> None:
    with pytest.raises(DamagedFile, match=r"x\.tflite is not a LiteRT network"):
        give_inner(b"nothing", "maps", "x.tflite")
