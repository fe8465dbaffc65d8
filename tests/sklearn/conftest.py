"""Rows, and estimators that were trained on them for two epochs."""

from __future__ import annotations

import numpy as np
import pytest

import kerazoo
from kerazoo import Classifier, Regressor
from tests.sklearn.by_hand import Rows


@pytest.fixture(scope="session")
def boston_data() -> Rows:
    x, y = kerazoo.load_dataset("boston").train
    return x, y.ravel()


@pytest.fixture(scope="session")
def wine_data() -> Rows:
    x, y = kerazoo.load_dataset("wine").train
    return x[:300], np.array(["bad", "medium", "good"])[y[:300]]


@pytest.fixture(scope="session")
def boston(boston_data: Rows) -> Regressor:
    return Regressor("boston", epochs=2).fit(*boston_data)


@pytest.fixture(scope="session")
def wine(wine_data: Rows) -> Classifier:
    return Classifier("wine_multiclass", epochs=2).fit(*wine_data)
