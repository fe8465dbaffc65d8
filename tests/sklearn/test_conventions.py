"""What scikit-learn asks of every estimator, and what the page says about it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.base import BaseEstimator
from sklearn.utils import estimator_checks
from sklearn.utils.estimator_checks import parametrize_with_checks

import kerazoo
from kerazoo import Classifier, Regressor

# docs/scikit_learn.md says so, too.
EXPECTED_FAILED_CHECKS = {
    "check_sample_weight_equivalence_on_dense_data": "a row of weight 2 is one row of one batch; "
    "the same row twice is drawn twice, into other batches"
}


@pytest.mark.thorough
@parametrize_with_checks(
    [Classifier(), Regressor(), Classifier("wine_binary")],
    expected_failed_checks=lambda _: EXPECTED_FAILED_CHECKS,
    xfail_strict=True,
)
def test_estimators_are_as_scikit_learn_wants(estimator: BaseEstimator, check: Any) -> None:
    check(estimator)


@pytest.mark.parametrize(
    "check",
    [
        "check_do_not_raise_errors_in_init_or_set_params",
        "check_estimator_cloneable",
        "check_estimator_repr",
        "check_estimators_unfitted",
        "check_get_params_invariance",
        "check_mixin_order",
        "check_no_attributes_set_in_init",
        "check_parameters_default_constructible",
        "check_set_params",
        "check_valid_tag_types",
    ],
)
def test_parameters_are_as_scikit_learn_wants(check: str) -> None:
    for one in (Classifier(), Regressor(), Classifier("xor"), Classifier("no such network")):
        getattr(estimator_checks, check)(type(one).__name__, one)


@pytest.mark.thorough
def test_the_page_runs_and_names_every_parameter(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = (root / "docs" / "scikit_learn.md").read_text(encoding="utf-8")
    assert all(f"`{name}`" in page for name in Classifier().get_params())
    assert all(f"`{check}`" in page for check in EXPECTED_FAILED_CHECKS)
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    for block in re.findall(r"```python\n(.*?)```", page, re.DOTALL):
        exec(compile(block, "scikit_learn.md", "exec"), names)
    x = names["splits"].test.x
    answers = kerazoo.load_predictor("runs/best").predict(x).values
    np.testing.assert_allclose(np.ravel(answers), names["best"].predict(x), rtol=1e-4)
