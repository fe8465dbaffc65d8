"""Every data set has a small sample of the same kind, on any machine and without a download."""

from __future__ import annotations

import inspect
from pathlib import Path

import numpy as np
import pytest

import kerazoo
from kerazoo.datasets import list_datasets, load_dataset_module
from kerazoo.registry import VARIANTS

LARGEST = 2**24  # bytes of a part
# What a sample of words leaves out would be nearly all of them; only a user's table has no target.
OTHER_DEFAULTS = {"min_count", "target"}


@pytest.fixture(autouse=True)
def _nothing_but_the_package(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def refuse(*arguments: object, **options: object) -> None:
        pytest.fail("a sample was downloaded")

    monkeypatch.setattr("kerazoo.datasets.sources.download", refuse)
    monkeypatch.setattr("kerazoo.datasets.sources.cache_folder", lambda: tmp_path)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))


@pytest.mark.parametrize("name", list_datasets())
def test_the_sample_is_small_whole_and_always_the_same(name: str) -> None:
    splits = load_dataset_module(name).tiny()
    for part in (splits.train, splits.validation, splits.test):
        assert 0 < len(part.x) <= len(splits.train.x)
        assert part.x.nbytes < LARGEST
        assert part.x.dtype == splits.train.x.dtype
        assert part.x.shape[1:] == splits.train.x.shape[1:]
        assert part.y is None or len(part.y) == len(part.x)
    assert load_dataset_module(name).tiny().hash() == splits.hash()


@pytest.mark.parametrize("name", list_datasets())
def test_options_are_those_of_the_whole(name: str) -> None:
    module = load_dataset_module(name)
    whole, tiny = (inspect.signature(f).parameters for f in (module.load, module.tiny))
    for option, parameter in tiny.items():
        assert option in whole
        if option not in OTHER_DEFAULTS:
            assert parameter.default == whole[option].default


@pytest.mark.parametrize(
    "name", ["boston", "fashion_mnist_mini", "nyse", "seattle_weather", "wine", "xor"]
)
def test_a_bundled_sample_is_like_the_whole(name: str) -> None:
    whole, tiny = kerazoo.load_dataset(name), load_dataset_module(name).tiny()
    assert tiny.about == whole.about
    for part, other in zip((tiny.train, tiny.test), (whole.train, whole.test), strict=True):
        np.testing.assert_array_equal(part.x, other.x[: len(part.x)])
        np.testing.assert_array_equal(part.y, other.y[: len(part.y)])


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("name", kerazoo.list_models())
def test_every_recipe_gets_a_sample_that_its_network_takes(name: str, variant: str) -> None:
    recipe = kerazoo.load_recipe(name, variant)
    splits = load_dataset_module(recipe.dataset).tiny(**recipe.dataset_arguments)
    assert splits.train.x.ndim > 0


def test_there_are_enough_images_to_judge_generated_ones_by() -> None:
    for name in ("fashion_mnist", "mnist", "fashion_mnist_mini"):
        splits = load_dataset_module(name).tiny(labels=False)
        assert min(len(splits.validation.x), len(splits.test.x)) >= 320


def test_images_of_a_data_set_that_is_not_bundled_have_its_shape_and_classes() -> None:
    splits = load_dataset_module("cifar10").tiny()
    assert splits.train.x.shape[1:] == (32, 32, 3)
    assert len(splits.class_names) == 10
    two = load_dataset_module("cifar10").tiny(("cat", "dog"), train_size=4000)
    assert set(two.train.y.tolist()) == {0, 1}
    assert load_dataset_module("mnist").tiny().class_names == tuple("0123456789")
