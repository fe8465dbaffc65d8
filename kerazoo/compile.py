"""compile_model: a recipe's optimizer, loss and metrics, freshly made for one network.

`R2Score` is the one metric of Keras that is not taken as it is; `gaussian_nll` is a loss that Keras
has not.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Sequence
from numbers import Real
from typing import Any

import keras
from keras import ops

from kerazoo.errors import InvalidInput, KerazooError
from kerazoo.recipe import Recipe
from kerazoo.registry import load_recipe


def compile_model(
    model: keras.Model,
    recipe: str | Recipe,
    *,
    variant: str = "tuned",
    optimizer: Any = None,
    loss: Any = None,
    metrics: Sequence[Any] | None = None,
) -> keras.Model:
    """Compile a network as its recipe says, or with your own choices in its place.

    Args:
        model: any Keras model.
        recipe: a name from `list_models()`, or a `Recipe`.
        variant: `"documented"` or `"tuned"`, when `recipe` is a name.
        optimizer: used instead of the recipe's.
        loss: used instead of the recipe's.
        metrics: used instead of the recipe's; Keras' own `R2Score` becomes the one below.

    Returns:
        The same model, compiled.

    Raises:
        UnknownName: if there is no such network or variant.
        KerazooError: if Keras cannot make the optimizer, loss or a metric.
        InvalidInput: if the recipe has a penalty that is no such, or that the network cannot have.

    Example:
        >>> import kerazoo
        >>> model = compile_model(kerazoo.build_boston(), "boston", variant="documented")
        >>> type(model.optimizer).__name__
        'Adam'
    """
    chosen = load_recipe(recipe, variant) if isinstance(recipe, str) else recipe
    if chosen.penalty:
        _penalize(model, chosen)
    try:
        judged_by = (
            [_metric(m) for m in chosen.metrics]
            if metrics is None
            else [_stable(m) for m in metrics]
        )
        model.compile(
            optimizer=keras.optimizers.get(copy.deepcopy(chosen.optimizer))
            if optimizer is None
            else optimizer,
            loss=_loss(chosen.loss) if loss is None else loss,
            # Keras leaves sample weights out of those that are not declared as weighted.
            **{"weighted_metrics" if chosen.weighted else "metrics": judged_by},
        )
    except (ValueError, TypeError) as error:
        raise KerazooError(
            f"{model.name!r} could not be compiled: {str(error).rstrip('.')}. Check the optimizer, "
            "the loss and the metrics."
        ) from error
    return model


def _penalize(model: keras.Model, recipe: Recipe) -> None:
    """Let large weights cost something, as Keras' `kernel_regularizer` does of each layer."""
    penalty = dict(recipe.penalty)
    if not set(penalty) <= {"l1", "l2"} or not all(_is_weight(one) for one in penalty.values()):
        raise InvalidInput(
            f"penalty is {penalty}; expected numbers of at least 0 for l1 and l2, such as "
            "{'l2': 0.001}."
        )
    kernels = [weight for weight in model.trainable_weights if weight.name.endswith("kernel")]
    if not kernels or recipe.loss is None:
        raise InvalidInput(
            f"penalty is {penalty}; {model.name!r} "
            + ("computes a loss of its own" if kernels else "has no weights that it is meant for")
            + ". Leave it out."
        )
    for kernel in kernels:
        kernel.regularizer = keras.regularizers.L1L2(**penalty)


def _is_weight(value: Any) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool) and 0 <= float(value) < math.inf


_SMALL_ERROR = 1e-5


def log_cosh(y_true: Any, y_pred: Any) -> Any:
    """Return `mean(log(cosh(y_pred - y_true)))`, with digits where the errors are small, too.

    Keras subtracts numbers near log(2): below errors of about 1e-7 its gradient is 0.

    Example:
        >>> float(log_cosh(keras.ops.array([0.0]), keras.ops.array([2e-9]))) > 1e-18
        True
    """
    error = keras.ops.subtract(y_pred, keras.ops.cast(y_true, y_pred.dtype))
    small = keras.ops.abs(error) < _SMALL_ERROR
    whole = keras.ops.where(small, 1.0, error)
    usual = whole + keras.ops.softplus(-2.0 * whole) - math.log(2.0)
    return keras.ops.mean(keras.ops.where(small, 0.5 * keras.ops.square(error), usual), axis=-1)


_SMALLEST_SPREAD = 1e-30


def gaussian_nll(y_true: Any, y_pred: Any) -> Any:
    """Return the mean over rows ahead of -log p(y), where p is a Gaussian density.

    With mean m and standard deviation s that is `log(s) + ((y - m) / s)^2 / 2 + log(2 pi) / 2`.

    Args:
        y_true: `(rows, horizon)`.
        y_pred: `(rows, horizon, 2)`: mean and standard deviation.

    Example:
        >>> y, forecast = keras.ops.array([[1.0]]), keras.ops.array([[[1.0, 1.0]]])
        >>> round(float(gaussian_nll(y, forecast)[0]), 4)
        0.9189
    """
    mean, spread = y_pred[..., 0], keras.ops.maximum(y_pred[..., 1], _SMALLEST_SPREAD)
    away = (keras.ops.cast(y_true, y_pred.dtype) - mean) / spread
    density = keras.ops.log(spread) + 0.5 * keras.ops.square(away) + 0.5 * math.log(2 * math.pi)
    return keras.ops.mean(density, axis=-1)


keras.saving.register_keras_serializable(package="kerazoo")(log_cosh)
keras.saving.register_keras_serializable(package="kerazoo")(gaussian_nll)
_OWN_LOSSES = {"log_cosh": log_cosh, "gaussian_nll": gaussian_nll}


def _loss(loss: Any) -> Any:
    if isinstance(loss, str) and loss in _OWN_LOSSES:
        return _OWN_LOSSES[loss]
    return loss if loss is None or isinstance(loss, str) else keras.losses.get(copy.deepcopy(loss))


def _metric(metric: Any) -> Any:
    # A plain "accuracy" lets Keras choose binary, categorical or sparse by the targets' shape.
    if metric == "accuracy":
        return metric
    return _stable(keras.metrics.get(copy.deepcopy(metric)))


def _stable(metric: Any) -> Any:
    """Return our own R2 in place of Keras', and every other metric as it is."""
    if metric in ("r2_score", "R2Score"):
        return R2Score()
    if type(metric) is keras.metrics.R2Score:
        return R2Score.from_config(metric.get_config())
    return metric


@keras.saving.register_keras_serializable(package="kerazoo")
class R2Score(keras.metrics.R2Score):
    """R2 that is right for targets far from zero, too, such as pressures in Pa.

    Keras subtracts the square of the sum from the sum of squares, in float32. Of targets around
    100,000 that leaves rounding alone: noise gets an R2 near 1. Here squares are taken around the
    mean of each batch, and the means of batches are merged, all in float64. Constant targets score
    as in scikit-learn: 1 if all predictions are right, 0 if not.

    Example:
        >>> import numpy as np
        >>> y = np.array([[1e6], [1e6 + 1], [1e6 + 2]], "float32")
        >>> metric = R2Score()
        >>> metric.update_state(y, y[::-1])
        >>> float(metric.result())
        -3.0

    Reference:
        Chan, Golub and LeVeque, "Updating formulae and a pairwise algorithm for computing sample
        variances", 1979.
    """

    def __init__(
        self,
        class_aggregation: str | None = "uniform_average",
        num_regressors: int = 0,
        name: str = "r2_score",
        dtype: Any = "float64",
    ) -> None:
        # Whatever a stored configuration says: in fewer digits it would be another measure.
        super().__init__(class_aggregation, num_regressors, name, dtype="float64")

    def _build(self, y_true_shape: Any, y_pred_shape: Any) -> None:
        # Keras' own would be of float32. `sum` holds the mean of the targets so far, and
        # `squared_sum` their squares around it.
        for name in ("squared_sum", "sum", "total_mse", "count"):
            shape = (y_pred_shape[-1],)
            variable = self.add_variable(shape, "zeros", dtype="float64", name=name)
            setattr(self, name, variable)
        self._built = True

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take in a batch.

        Args:
            y_true: `(rows, outputs)`, or `(rows,)` for one output.
            y_pred: of the same shape.
            sample_weight: one weight per row, or per row and output.
        """
        y_true = ops.cast(ops.convert_to_tensor(y_true), "float64")
        y_pred = ops.cast(ops.convert_to_tensor(y_pred), "float64")
        if len(y_true.shape) < len(y_pred.shape):
            y_true = ops.expand_dims(y_true, -1)
        if not self._built:
            self._build(y_true.shape, y_pred.shape)
        weight = ops.cast(1.0 if sample_weight is None else sample_weight, "float64")
        if len(weight.shape) == 1:
            weight = ops.expand_dims(weight, 1)
        weight = ops.broadcast_to(weight, ops.shape(y_true))

        count = ops.sum(weight, axis=0)  # (outputs,), as everything below
        mean = ops.sum(weight * y_true, axis=0) / ops.maximum(count, _TINY)
        squares = ops.sum(weight * (y_true - mean) ** 2, axis=0)
        both = self.count + count
        share = count / ops.maximum(both, _TINY)
        apart = mean - self.sum
        self.squared_sum.assign(self.squared_sum + squares + apart**2 * self.count * share)
        self.sum.assign(self.sum + apart * share)
        self.count.assign(both)
        self.total_mse.assign(self.total_mse + ops.sum(weight * (y_true - y_pred) ** 2, axis=0))
        self.num_samples.assign(
            self.num_samples + ops.cast(ops.size(y_true), self.num_samples.dtype)
        )

    def result(self) -> Any:
        """Return the R2 of all batches so far."""
        total = self.squared_sum
        right = ops.cast(ops.equal(self.total_mse, 0.0), "float64")
        varied = ops.where(ops.equal(total, 0.0), 1.0, total)
        scores = ops.where(ops.equal(total, 0.0), right, 1.0 - self.total_mse / varied)
        if self.class_aggregation == "uniform_average":
            score = ops.mean(scores)
        elif self.class_aggregation == "variance_weighted_average":
            score = ops.sum(total * scores) / ops.maximum(ops.sum(total), _TINY)
        else:
            score = scores
        if self.num_regressors == 0:
            return score
        samples = ops.cast(self.num_samples, "float64")
        left = samples - self.num_regressors - 1.0  # degrees of freedom
        adjusted = 1.0 - (1.0 - score) * (samples - 1.0) / ops.maximum(left, 1.0)
        return ops.where(left > 0, adjusted, score)


_TINY = 1e-300
