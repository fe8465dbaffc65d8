"""What the playground learns from: drawn, of the course, or a table of one's own."""

from __future__ import annotations

import csv
import warnings
from pathlib import Path

import numpy as np
import pytest

from kerazoo.errors import InvalidInput, KerazooError, WrongUsage
from kerazoo.playground.data import MOST_ROWS, PlayData, load_data
from kerazoo.playground.drawn import DRAWN


@pytest.fixture
def homes(tmp_path: Path) -> Path:
    """Homes with numbers, an empty cell now and then, words and dates."""
    generator = np.random.default_rng(0)
    path = tmp_path / "homes.csv"
    with path.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["size", "rooms", "city", "sold", "price"])
        for number in range(120):
            size = generator.uniform(30, 200)
            city = ("Seoul", "Busan", "Daegu")[number % 3]
            rooms = "" if number % 17 == 0 else number % 5 + 1
            day = f"2024-{number % 12 + 1:02d}-{number % 28 + 1:02d}"
            rows.writerow([f"{size:.1f}", rooms, city, day, f"{size * 5:.0f}"])
    return path


def load_table(path: Path, **options: object) -> PlayData:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what each column is taken for
        return load_data(path, **options)


@pytest.mark.parametrize("name", [*DRAWN, "boston"])
def test_rows_are_standardized_and_none_is_in_both_parts(name: str) -> None:
    data = load_data(name, test_share=0.4, seed=3)
    assert len(data.test.x) == round(0.4 * data.rows)
    assert np.abs(data.train.x.mean(axis=0)).max() < 1e-4
    assert data.train.x.dtype == np.float32
    both = np.concatenate([data.train.x, data.test.x])
    assert len(np.unique(both, axis=0)) == data.rows


def test_the_same_seed_draws_the_same_and_noise_moves_the_same_points() -> None:
    one, same, other = (load_data("circles", seed=seed) for seed in (1, 1, 2))
    assert np.array_equal(one.train.x, same.train.x)
    assert not np.array_equal(one.train.x, other.train.x)
    quiet = load_data("circles", noise=0.0, seed=1)
    assert np.array_equal(quiet.train.y, one.train.y)


def test_without_noise_a_circle_is_told_by_its_radius() -> None:
    data = load_data("circles", noise=0.0)
    radius = np.hypot(*data.raw[0].T)
    assert np.array_equal(radius > 0.6, data.train.y[:, 0] == 1)


def test_a_table_of_ones_own_becomes_numbers(homes: Path) -> None:
    data = load_table(homes, target="price", drop=("sold",))
    assert data.inputs == ("size", "rooms", "city=Busan", "city=Daegu", "city=Seoul")
    assert data.kind == "number"
    assert np.isfinite(data.train.x).all()
    assert np.array_equal(data.train.x[:, 2:].sum(axis=1), np.ones(len(data.train.x)))
    price = data.train.y[:, 0] * data.spread + data.center
    assert np.allclose(price, 5 * data.raw[0][:, 0], atol=1)
    assert np.array_equal(data.encode(data.raw[1]), data.test.x)


def test_several_classes_have_indices(homes: Path) -> None:
    data = load_table(homes, target="city")
    assert (data.kind, data.outputs, data.class_names) == (
        "classes",
        3,
        ("Busan", "Daegu", "Seoul"),
    )
    assert set(data.train.y.tolist()) == {0, 1, 2}


def test_too_many_inputs_are_refused_with_the_widest_column(tmp_path: Path) -> None:
    path = tmp_path / "wide.csv"
    lines = [",".join(f"c{column}" for column in range(70)) + ",y"]
    generator = np.random.default_rng(0)
    lines += [",".join(f"{one:.3f}" for one in generator.normal(size=71)) for _ in range(60)]
    path.write_text("\n".join(lines))
    with pytest.raises(InvalidInput, match=r"70 columns make 70 inputs.*at most 64.*--drop"):
        load_table(path, target="y")


def test_a_large_table_is_sampled(tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    x = np.random.default_rng(0).normal(size=12_000)
    path.write_text("x,y\n" + "\n".join(f"{one:.6f},{3 * one:.6f}" for one in np.sort(x)))
    data = load_table(path, target="y")
    assert (len(data.train.x), data.rows) == (MOST_ROWS, 12_000)
    assert abs(data.train.x[:100].mean()) < 0.5  # although the file is sorted


def test_a_table_needs_a_target_that_it_has(homes: Path) -> None:
    with pytest.raises(WrongUsage, match="needs a target"):
        load_data(homes)
    with pytest.raises(KerazooError, match="unknown column 'cost'"):
        load_table(homes, target="cost")
