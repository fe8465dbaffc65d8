"""A LiteRT network of a fixed number of rows answers as it did, and computes no shape any more."""

from __future__ import annotations

import numpy as np
import pytest

from kerazoo.errors import KerazooError
from kerazoo.runtimes.fixed_batch import fix_batch
from kerazoo.runtimes.litert import LitertNetwork
from kerazoo.saved.card import LITERT_FILE, part_file, scale_of
from kerazoo.saved.reading import open_saved

# A graph that ends in a computed RESHAPE, one of short loops, one of LiteRT's own loop, one of
# weights of half precision, and one without any shape.
NETWORKS = [("vae", "decoder"), ("lstm", None), ("imdb_lstm", None), ("word2vec", None)]


def network_of(name: str, part: str | None) -> tuple[bytes, np.ndarray, np.ndarray]:
    saved = open_saved(name)
    card = saved.card if part is None else saved.card.of_part(part)
    content = saved.read(LITERT_FILE if part is None else part_file(part))
    return content, card.probe.inputs[0].decode(), card.probe.outputs[0].decode()


@pytest.mark.parametrize(("name", "part"), [*NETWORKS, ("boston", None)])
@pytest.mark.parametrize("rows", [1, 8])
def test_it_answers_as_before(name: str, part: str | None, rows: int) -> None:
    content, inputs, outputs = network_of(name, part)
    fixed = LitertNetwork(fix_batch(content, inputs[:rows], name), name)
    difference = np.abs(fixed(inputs) - outputs).max() / scale_of(outputs)
    assert difference <= (1e-3 if name == "word2vec" else 1e-5)


@pytest.mark.parametrize(("name", "part"), [("vae", "decoder"), ("lstm", None)])
def test_no_shape_is_computed_any_more(name: str, part: str | None) -> None:
    content, inputs, _ = network_of(name, part)
    assert "SHAPE" in LitertNetwork(content, name).operations()
    fixed = LitertNetwork(fix_batch(content, inputs[:1], name), name)
    assert not {"SHAPE", "PACK"} & fixed.operations()


def test_every_shape_is_fixed() -> None:
    from ai_edge_litert.interpreter import Interpreter

    content, inputs, _ = network_of("cnn", None)
    details = Interpreter(model_content=fix_batch(content, inputs[:3], "cnn")).get_tensor_details()
    assert all(-1 not in one["shape_signature"] for one in details)
    assert details[0]["shape"].tolist() == [3, 28, 28, 1]


def test_weights_of_half_precision_stay_small() -> None:
    content, inputs, _ = network_of("word2vec", None)
    assert len(fix_batch(content, inputs[:1], "word2vec")) <= len(content)


@pytest.mark.parametrize("content", [b"", b"TFL3", bytes(100)])
def test_what_is_no_network_is_refused(content: bytes) -> None:
    with pytest.raises(KerazooError, match=r"broken\.tflite cannot be given a fixed length"):
        fix_batch(content, np.zeros((1, 3), "float32"), "broken.tflite")


def test_rows_of_another_shape_are_refused() -> None:
    content, inputs, _ = network_of("boston", None)
    with pytest.raises(KerazooError, match="cannot be given a fixed length"):
        fix_batch(content, inputs[:1, :5], "boston")
