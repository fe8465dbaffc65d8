"""What a page may choose, and the line that it gets for anything else."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest

from kerazoo.errors import InvalidInput
from kerazoo.playground.settings import Settings, read_settings


def test_settings_come_back_as_they_went() -> None:
    settings = Settings(data="boston", layers=(3, 2), rate=0.5, axes=("RM", "LSTAT"))
    assert read_settings(json.loads(json.dumps(settings.plain()))) == settings


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ([1], r"settings are \[1\]; expected an object"),
        ({"rates": 1}, "unknown setting 'rates'; expected data, layers"),
        ({"data": "iris"}, "data is 'iris'; expected one of circles"),
        ({"data": ["xor"]}, "data is"),
        ({"rate": 0}, "rate is 0; expected a number, 1e-06 to 10"),
        ({"rate": float("nan")}, "rate is nan"),
        ({"rate": float("inf")}, "rate is inf"),
        ({"rate": "0.1"}, "rate is '0.1'"),
        ({"rate": True}, "rate is True"),
        ({"rate": 10**400}, "rate is 1000"),
        ({"dropout": 1.0}, "dropout is 1.0; expected a number, 0 to 0.9"),
        ({"batch_size": 1.5}, "batch_size is 1.5; expected a whole number, 1 to 1024"),
        ({"seed": -1}, "seed is -1"),
        ({"layers": 4}, "layers is 4; expected a list"),
        ({"layers": [4, 0]}, "at most 6 layers of 1 to 32 units"),
        ({"layers": [4] * 7}, "at most 6 layers"),
        ({"layers": [1e9]}, "at most 6 layers"),
        ({"layers": [4] * 100_000}, "at most 6 layers"),
        ({"axes": ["a", "b", "c"]}, "at most two names"),
        ({"axes": [1]}, "at most two names"),
    ],
)
def test_what_nobody_can_mean_is_refused_in_one_short_line(found: Any, said: str) -> None:
    with pytest.raises(InvalidInput, match=said) as refused:
        read_settings(found)
    assert len(str(refused.value)) < 200


def test_every_setting_is_checked() -> None:
    for field in dataclasses.fields(Settings):
        with pytest.raises(InvalidInput, match=f"{field.name} is None"):
            read_settings({field.name: None})
