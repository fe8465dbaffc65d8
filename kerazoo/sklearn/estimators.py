"""The estimators, with what each passes to scikit-learn and to its network."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import Any, Self

import numpy as np
from sklearn.base import ClassifierMixin, RegressorMixin
from sklearn.preprocessing import LabelEncoder
from sklearn.utils.class_weight import compute_sample_weight
from sklearn.utils.multiclass import check_classification_targets

from kerazoo.errors import InvalidInput, KerazooError
from kerazoo.sklearn.network import Network, arguments_of, tells_classes


class Classifier(ClassifierMixin, Network):
    """A tabular network that tells classes apart, as a scikit-learn classifier.

    It takes raw numbers, which it standardizes, and labels of any kind; as many columns as there
    are, if the network does not fix them. A learning rate that falls does so over the epochs that
    are trained. Where the recipe stops early or keeps the best epoch, that is decided on a random
    quarter of the rows, with equal shares of each class. The generators of `random` and NumPy are
    left as they were.

    Args:
        network: a tabular network for classes, such as `"wine_multiclass"`.
        variant: which recipe is followed, `"tuned"` or `"documented"`.
        hidden_units: units of each hidden layer; like all that follows, the recipe's by default.
        dropout: share of hidden units left out in a step, for networks that have it.
        input_noise: noise added to the inputs in training, for networks that have it.
        builder_arguments: further arguments of `build_<network>`.
        learning_rate: the rate, or the highest one of a schedule.
        epochs: the most epochs.
        batch_size: rows in a step.
        class_weight: a weight per label, or `"balanced"`.
        random_state: what first weights, the order of the rows and the choice of those that are
            held out come from. A number gives the same network every time.
        verbose: 0 for silence, 1 for a progress bar, 2 for a line per epoch.

    Attributes:
        classes_: the labels, in the order of the columns of `predict_proba`.
        model_: the trained `keras.Model`.
        recipe_: the recipe that was followed, with what parameters and data made of it.
        history_: values per epoch, by name.
        n_iter_: epochs that were trained.
        n_features_in_: columns that it was trained on.
        feature_names_in_: their names, if they have any.

    Example:
        >>> import kerazoo, numpy as np
        >>> x, y = kerazoo.load_dataset("wine").train
        >>> words = np.array(["bad", "medium", "good"])[y]
        >>> model = Classifier("wine_multiclass", epochs=1).fit(x, words)
        >>> model.classes_.tolist(), model.predict_proba(x[:5]).shape
        (['bad', 'good', 'medium'], (5, 3))
    """

    def __init__(
        self,
        network: str = "wine_multiclass",
        variant: str = "tuned",
        *,
        hidden_units: Any = None,
        dropout: float | None = None,
        input_noise: float | None = None,
        builder_arguments: Mapping[str, Any] | None = None,
        learning_rate: float | None = None,
        epochs: int | None = None,
        batch_size: int | None = None,
        class_weight: Any = None,
        random_state: Any = 0,
        verbose: int = 0,
    ) -> None:
        super().__init__(
            network,
            variant,
            hidden_units=hidden_units,
            dropout=dropout,
            input_noise=input_noise,
            builder_arguments=builder_arguments,
            learning_rate=learning_rate,
            epochs=epochs,
            batch_size=batch_size,
            random_state=random_state,
            verbose=verbose,
        )
        self.class_weight = class_weight

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        with contextlib.suppress(KerazooError):  # `fit` says what is wrong with the name
            tags.classifier_tags.multi_class = "classes" in arguments_of(self.network)
        return tags

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:  # noqa: N803
        """Train a new network.

        Args:
            X: rows of a table, `(rows, features)`.
            y: the label of each row.
            sample_weight: a weight of each row; 0 leaves it out.

        Raises:
            KerazooError: if the network does not fit the data, or a parameter is wrong.
        """
        x, labels, weight = self._read(X, y, sample_weight, y_numeric=False)
        check_classification_targets(labels)
        encoder = LabelEncoder().fit(labels)
        classes = encoder.classes_
        if len(classes) < 2:
            only = classes.tolist()[0]
            raise InvalidInput(f"y has one class, {only!r}; pass rows of at least 2 classes.")
        if self.class_weight is not None:
            of_class = compute_sample_weight(self.class_weight, labels)
            weight = of_class if weight is None else weight * of_class
        self._train(x, encoder.transform(labels), weight, len(classes))
        self.classes_ = classes
        return self

    def predict_proba(self, X: Any) -> np.ndarray:  # noqa: N803
        """Return the probability of each class, in the order of `classes_`.

        Args:
            X: rows of a table, `(rows, features)`.
        """
        outputs = self._outputs(X)
        return outputs if outputs.shape[1] > 1 else np.hstack([1 - outputs, outputs])

    def predict(self, X: Any) -> np.ndarray:  # noqa: N803
        """Return the most probable label of each row.

        Args:
            X: rows of a table, `(rows, features)`.
        """
        best = self.predict_proba(X).argmax(axis=1)
        return self.classes_[best]


class Regressor(RegressorMixin, Network):
    """A tabular network that predicts a number, as a scikit-learn regressor.

    It takes raw numbers and standardizes them and the target itself. All else is as for
    `Classifier`.

    Args:
        network: a tabular network for numbers, such as `"boston"`.
        variant: which recipe is followed, `"tuned"` or `"documented"`.
        hidden_units: units of each hidden layer; like all that follows, the recipe's by default.
        dropout: share of hidden units left out in a step, for networks that have it.
        input_noise: noise added to the inputs in training, for networks that have it.
        builder_arguments: further arguments of `build_<network>`.
        learning_rate: the rate, or the highest one of a schedule.
        epochs: the most epochs.
        batch_size: rows in a step.
        random_state: as for `Classifier`.
        verbose: 0 for silence, 1 for a progress bar, 2 for a line per epoch.

    Attributes:
        model_: the trained `keras.Model`.
        recipe_: the recipe that was followed, with what parameters and data made of it.
        history_: values per epoch, by name.
        n_iter_: epochs that were trained.
        n_features_in_: columns that it was trained on.
        feature_names_in_: their names, if they have any.

    Example:
        >>> import kerazoo
        >>> x, y = kerazoo.load_dataset("boston").train
        >>> model = Regressor("boston", epochs=2).fit(x, y.ravel())
        >>> model.predict(x[:3]).shape
        (3,)
    """

    def __init__(
        self,
        network: str = "boston",
        variant: str = "tuned",
        *,
        hidden_units: Any = None,
        dropout: float | None = None,
        input_noise: float | None = None,
        builder_arguments: Mapping[str, Any] | None = None,
        learning_rate: float | None = None,
        epochs: int | None = None,
        batch_size: int | None = None,
        random_state: Any = 0,
        verbose: int = 0,
    ) -> None:
        super().__init__(
            network,
            variant,
            hidden_units=hidden_units,
            dropout=dropout,
            input_noise=input_noise,
            builder_arguments=builder_arguments,
            learning_rate=learning_rate,
            epochs=epochs,
            batch_size=batch_size,
            random_state=random_state,
            verbose=verbose,
        )

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:  # noqa: N803
        """Train a new network.

        Args:
            X: rows of a table, `(rows, features)`.
            y: the number of each row.
            sample_weight: a weight of each row; 0 leaves it out.

        Raises:
            KerazooError: if the network does not fit the data, or a parameter is wrong.
        """
        self._train(*self._read(X, y, sample_weight, y_numeric=True), classes=0)
        return self

    def predict(self, X: Any) -> np.ndarray:  # noqa: N803
        """Return the number of each row.

        Args:
            X: rows of a table, `(rows, features)`.
        """
        return self._outputs(X)[:, 0]


def estimator(
    name: str,
    variant: str = "tuned",
    *,
    epochs: int | None = None,
    batch_size: int | None = None,
    seed: int = 0,
) -> Classifier | Regressor:
    """Make the estimator that a tabular network is for: a `Classifier` or a `Regressor`.

    Args:
        name: a tabular network.
        variant: the recipe that is followed.
        epochs: the most epochs, instead of the recipe's.
        batch_size: rows in a training step, instead of the recipe's.
        seed: the `random_state`.

    Raises:
        UnknownName: if there is no such network or variant.
        KerazooError: if it is not a tabular network.

    Example:
        >>> from sklearn.pipeline import make_pipeline
        >>> from sklearn.preprocessing import PolynomialFeatures
        >>> pipeline = make_pipeline(PolynomialFeatures(2), estimator("boston", epochs=50))
        >>> pipeline.steps[-1][0]
        'regressor'
    """
    kind = Classifier if tells_classes(name, variant) else Regressor
    return kind(name, variant, epochs=epochs, batch_size=batch_size, random_state=seed)
