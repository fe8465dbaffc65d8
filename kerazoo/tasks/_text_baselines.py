"""Baselines of texts and their classes, by scikit-learn, on how often each word is in a text."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.naive_bayes import MultinomialNB
from sklearn.pipeline import make_pipeline

from kerazoo.datasets import Splits
from kerazoo.datasets.about import Texts
from kerazoo.datasets.reading.texts import FIRST_WORD
from kerazoo.errors import InvalidInput
from kerazoo.predict.prediction import class_indices

_TWO = 2


def word_matrix(splits: Splits, x: np.ndarray) -> Any:
    """Return how often each word stands in each text, as a sparse matrix, `(texts, words)`."""
    from scipy.sparse import csr_matrix

    if not isinstance(splits.about, Texts):
        raise InvalidInput("this baseline needs texts, such as load_dataset('imdb_sentiment').")
    rows, positions = np.nonzero(x >= FIRST_WORD)
    words = x[rows, positions] - FIRST_WORD
    shape = (len(x), len(splits.about.words))
    return csr_matrix((np.ones(len(rows), "float32"), (rows, words)), shape)  # adds up


def words_there(splits: Splits, x: np.ndarray) -> Any:
    """Return a 1 for each word that is in a text."""
    return word_matrix(splits, x).minimum(1)


def lasso_words(splits: Splits) -> Any:
    """Return a logistic regression that leaves out most words."""
    # liblinear is the fastest for so many columns, and knows two classes; saga knows more.
    solver = "liblinear" if len(splits.class_names) == _TWO else "saga"
    is_new = LogisticRegression().get_params().get("penalty") == "deprecated"  # scikit-learn 1.8
    absolute: dict[str, Any] = {"l1_ratio": 1.0} if is_new else {"penalty": "l1"}
    lasso = LogisticRegression(**absolute, solver=solver, random_state=0)
    return _with_best_c(lasso, "C", (0.05, 0.1, 0.2, 0.5), splits)


def tf_idf_words(splits: Splits) -> Any:
    """Return a logistic regression on words that count more, the fewer texts they are in."""
    estimator = make_pipeline(TfidfTransformer(), LogisticRegression(max_iter=1000))
    return _with_best_c(estimator, "logisticregression__C", (1.0, 3.0, 10.0), splits)


def naive_bayes_words(splits: Splits) -> Any:
    """Return a classifier that takes each word for a hint of its own."""
    return _with_best_c(MultinomialNB(), "alpha", (0.1, 0.3, 1.0, 3.0), splits)


def _with_best_c(estimator: Any, name: str, values: tuple[float, ...], splits: Splits) -> Any:
    """Let cross-validation choose a parameter, if there are enough rows of each class."""
    parts = (splits.train, splits.validation)
    y = np.concatenate([class_indices(np.asarray(part.y)) for part in parts])
    folds = min(3, int(np.bincount(y).min()))
    if folds < _TWO:
        return estimator
    return GridSearchCV(estimator, {name: list(values)}, cv=folds)
