"""Which rows are trained on, and which are held out."""

from __future__ import annotations

import numpy as np
import pytest

from kerazoo.datasets.reading.holdout import share_out
from kerazoo.errors import InvalidInput


def share(rows: int = 100, **options: object) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    defaults = {
        "equal": np.arange(rows),
        "classes": None,
        "order": None,
        "fractions": (0.2, 0.2),
        "seed": 0,
        "source": "table",
    }
    return share_out(**{**defaults, **options})  # type: ignore[arg-type]


def test_every_row_is_in_one_part_in_the_order_of_the_table() -> None:
    parts = share()
    assert [len(part) for part in parts] == [60, 20, 20]
    assert sorted(np.concatenate(parts)) == list(range(100))
    assert all((np.diff(part) > 0).all() for part in parts)


def test_the_same_seed_gives_the_same_rows() -> None:
    np.testing.assert_array_equal(share(seed=3)[2], share(seed=3)[2])
    assert share(seed=3)[2].tolist() != share(seed=4)[2].tolist()


def test_equal_rows_stay_together() -> None:
    equal = np.random.default_rng(0).integers(0, 40, 200)
    parts = share(200, equal=equal)
    units = [set(equal[part]) for part in parts]
    assert not units[0] & units[1]
    assert not units[0] & units[2]
    assert not units[1] & units[2]


def test_each_class_has_its_share_in_each_part() -> None:
    classes = np.repeat([0, 1], [90, 10])
    counts = [np.bincount(classes[part]).tolist() for part in share(classes=classes)]
    assert counts == [[54, 6], [18, 2], [18, 2]]


def test_three_rows_of_a_class_are_one_for_each_part() -> None:
    classes = np.repeat([0, 1], [97, 3])
    assert [int((classes[part] == 1).sum()) for part in share(classes=classes)] == [1, 1, 1]


def test_the_only_row_of_a_class_is_trained_on() -> None:
    classes = np.repeat([0, 1], [99, 1])
    assert 99 in share(classes=classes)[0]


def test_the_latest_rows_are_the_test() -> None:
    order = np.random.default_rng(0).permutation(100)
    train, validation, test = share(order=order)
    assert sorted(order[test]) == list(range(80, 100))
    assert sorted(order[validation]) == list(range(60, 80))
    assert order[train].max() < 60


def test_what_happened_at_one_time_is_not_divided() -> None:
    order = np.repeat(np.arange(25), 4)[np.random.default_rng(0).permutation(100)]
    times = [set(order[part]) for part in share(order=order)]
    assert not times[0] & times[1]
    assert not times[1] & times[2]
    assert max(times[0]) < min(times[1]) <= max(times[1]) < min(times[2])


@pytest.mark.parametrize(
    "options",
    [
        {"rows": 2},
        {"equal": np.zeros(100, int)},
        {"equal": np.repeat([0, 1], 50)},
        {"order": np.zeros(100)},
        {"order": np.repeat([0.0, 1.0], 50)},
    ],
    ids=["two rows", "one group", "two groups", "one time", "two times"],
)
def test_a_part_without_rows_is_refused(options: dict[str, object]) -> None:
    with pytest.raises(InvalidInput, match="too few rows that may be apart"):
        share(**options)  # type: ignore[arg-type]
