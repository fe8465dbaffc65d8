"""compile_model: a recipe's optimizer, loss and metrics, freshly made for one network."""

from __future__ import annotations

import copy
import math
from collections.abc import Sequence
from typing import Any

import keras

from kerazoo.errors import KerazooError
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
        metrics: used instead of the recipe's.

    Returns:
        The same model, compiled.

    Raises:
        UnknownName: if there is no such network or variant.
        KerazooError: if Keras cannot make the optimizer, loss or a metric.

    Example:
        >>> import kerazoo
        >>> model = compile_model(kerazoo.build_boston(), "boston", variant="documented")
        >>> type(model.optimizer).__name__
        'Adam'
    """
    chosen = load_recipe(recipe, variant) if isinstance(recipe, str) else recipe
    try:
        model.compile(
            optimizer=keras.optimizers.get(copy.deepcopy(chosen.optimizer))
            if optimizer is None
            else optimizer,
            loss=_loss(chosen.loss) if loss is None else loss,
            metrics=[_metric(m) for m in chosen.metrics] if metrics is None else list(metrics),
        )
    except (ValueError, TypeError) as error:
        raise KerazooError(
            f"{model.name!r} could not be compiled: {str(error).rstrip('.')}. Check the "
            "optimizer, the loss and "
            "the metrics."
        ) from error
    return model


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


keras.saving.register_keras_serializable(package="kerazoo")(log_cosh)


def _loss(loss: Any) -> Any:
    if loss == "log_cosh":
        return log_cosh
    return loss if loss is None or isinstance(loss, str) else keras.losses.get(copy.deepcopy(loss))


def _metric(metric: Any) -> Any:
    # A plain "accuracy" lets Keras choose binary, categorical or sparse by the targets' shape.
    if not isinstance(metric, str):
        return keras.metrics.get(copy.deepcopy(metric))
    return metric if metric == "accuracy" else keras.metrics.get(metric)
