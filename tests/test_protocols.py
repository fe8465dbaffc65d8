"""What is declared in _protocols.py is offered and taken where it says."""

from __future__ import annotations

import re
from pathlib import Path

import keras
import pytest

import kerazoo
from kerazoo import _protocols as protocols
from kerazoo.engine.callbacks import EarlyStopping
from kerazoo.engine.progress import ProgressLine


def small_gan(**arguments: object) -> keras.Model:
    return kerazoo.build_gan(latent_dim=4, filters=4, **arguments)


def test_models_of_words() -> None:
    model = kerazoo.build_word2vec(vocabulary_size=10, dimension=4)
    assert isinstance(model, protocols.ReadsInOrder)
    assert isinstance(model, protocols.ServedInHalfPrecision)
    assert isinstance(model, protocols.LearnsFromWords)
    for protocol in (protocols.ReadsInOrder, protocols.LearnsFromWords):
        assert not isinstance(kerazoo.build_xor(), protocol)


def test_parts_that_answer_on_their_own() -> None:
    assert isinstance(small_gan(), protocols.HasServedParts)
    assert isinstance(kerazoo.build_autoencoder(), protocols.HasServedParts)
    assert not isinstance(kerazoo.build_xor(), protocols.HasServedParts)


def test_callbacks() -> None:
    assert isinstance(ProgressLine(), protocols.KeepsState)
    assert not isinstance(EarlyStopping(), protocols.KeepsState)
    assert isinstance(EarlyStopping(), protocols.RunsWhenInterrupted)
    assert not isinstance(keras.callbacks.EarlyStopping(), protocols.RunsWhenInterrupted)


def test_a_gan_takes_its_rate_before_it_is_compiled() -> None:
    model = small_gan()
    assert isinstance(model, protocols.TakesFitArguments)
    model.take_fit_arguments({"discriminator_rate": 2.0})
    model.compile(keras.optimizers.SGD(0.25))
    assert float(model.discriminator_optimizer.learning_rate) == 0.5
    model.take_fit_arguments({})
    assert model.discriminator_rate == 2.0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"discriminator_rat": 2.0}, "Did you mean 'discriminator_rate'"),
        ({"discriminator_rate": 0.0}, "above 0, usually 1 to 4"),
    ],
)
def test_what_a_gan_does_not_know_is_refused(arguments: dict, message: str) -> None:
    with pytest.raises(kerazoo.KerazooError, match=message):
        small_gan().take_fit_arguments(arguments)


def test_best_weights_come_back_after_an_interrupt() -> None:
    stopping = EarlyStopping()
    stopping.set_model(kerazoo.build_xor())
    stopping.on_interrupt()  # before the first epoch there is nothing to put back
    stopping.best_weights = [weight + 1.0 for weight in stopping.model.get_weights()]
    stopping.on_interrupt()
    for ours, theirs in zip(stopping.model.get_weights(), stopping.best_weights, strict=True):
        assert (ours == theirs).all()


def test_both_ends_of_each_protocol_exist(root: Path) -> None:
    """The files that a docstring names are there, and one of them looks for the protocol."""
    for name, protocol in vars(protocols).items():
        text = getattr(protocol, "__doc__", None) or ""
        if getattr(protocol, "__module__", "") != protocols.__name__ or "looked for" not in text:
            continue
        for file in re.findall(r"`([a-z_/]+\.py|[a-z_]+/[a-z_/]*)`", text):
            assert (root / "kerazoo" / file).exists(), f"{name}: {file}"
        for file in re.findall(r"looked for in\s+`([a-z_/]+\.py)`", text):
            assert name in (root / "kerazoo" / file).read_text(encoding="utf-8"), name
