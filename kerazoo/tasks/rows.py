"""Classes or numbers of the rows of a table."""

from __future__ import annotations

from collections.abc import Mapping

from kerazoo.tasks import Option, refuse_own_data
from kerazoo.tasks._scores import score_test
from kerazoo.tasks._shared import (
    answer_rows,
    draw_predictions,
    evaluate_predictions,
    judge_by_metrics,
    no_callbacks,
    score_baselines,
    train_on_arrays,
)

OWN_DATA = ""
FILES: tuple[str, ...] = ()
TRAIN_OPTIONS: Mapping[str, Option] = {}
PREDICT_OPTIONS: Mapping[str, Option] = {}

own_data = refuse_own_data
trainer = train_on_arrays
callbacks = no_callbacks
judge = judge_by_metrics
score = score_test
evaluate = evaluate_predictions
baselines = score_baselines
figures = draw_predictions
answer = answer_rows
