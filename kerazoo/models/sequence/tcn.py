"""tcn: dilated causal convolutions forecast the trading volume of the NYSE, or your own series."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from kerazoo._notes import warn_user
from kerazoo._wording import agree, counted
from kerazoo.errors import KerazooError
from kerazoo.recipe import Recipe, cosine_decay

if TYPE_CHECKING:
    import keras


def build_tcn(
    input_shape: Sequence[int] = (5, 8),
    filters: int = 25,
    kernel_size: int = 2,
    blocks: int | None = None,
    horizon: int = 1,
    dropout: float = 0.05,
    differences: Sequence[int] = (),
) -> keras.Model:
    """Build residual blocks of causal convolutions that see further back from block to block.

    A row of a causal convolution is computed from this row and rows before it, never from later
    ones. Each block has two, of the same dilation d: they look at every d-th row, and d is 1, 2, 4,
    ... The last row of the last block has seen 1 + 2(k - 1)(2^blocks - 1) rows, where k is the size
    of the kernel: its receptive field. The forecast is made of that row.

    A convolution of c columns has kcf + f parameters, where f is the number of filters. A block
    adds its input to its output, by a convolution of a single row, cf + f, where the widths differ.
    The blocks of the paper also normalize weights; these do not.

    The first layer standardizes the raw series and the last one turns the network's output back
    into the units of the target; `fit_model` adapts both on the training part.

    Args:
        input_shape: rows in a window and columns of a row.
        filters: of each convolution.
        kernel_size: rows that a convolution looks at, >= 2.
        blocks: by default as few as see the whole window.
        horizon: rows ahead that are predicted at once, >= 1.
        dropout: share of the filters left out, in all rows of a window, in a training step.
        differences: indices of the columns that are seen as differences from the last row of the
            window, the target first, as of `build_lstm`; none by default.

    Input shape:
        `(rows, lag, features)`: windows of the raw series.

    Output shape:
        `(rows, horizon)`: the target in the rows after the window.

    Raises:
        KerazooError: if there is nothing to build, or no such column.

    Example:
        >>> build_tcn((31, 1), horizon=7).output_shape
        (None, 7)

    Reference:
        Bai, Kolter and Koltun, "An empirical evaluation of generic convolutional and recurrent
        networks for sequence modeling", 2018 (blocks, receptive field); van den Oord et al.,
        "WaveNet: a generative model for raw audio", 2016 (dilated causal convolutions).
    """
    import keras

    from kerazoo.models.sequence._differences import LastValue, SinceLastRow, check_differences

    lag = input_shape[0]
    _check(filters, kernel_size, blocks, horizon)
    check_differences(differences, input_shape[-1])
    enough = _blocks_for(lag, kernel_size)
    if blocks is not None:
        _say_what_is_seen(blocks, enough, kernel_size, lag)
    inputs = x = keras.Input(tuple(input_shape), name="window")
    if differences:
        x = SinceLastRow(differences, name="since_last_row")(x)
    x = keras.layers.Normalization(name="standardize")(x)
    for number in range(1, (blocks or enough) + 1):
        x = _add_block(x, number, filters, kernel_size, dropout)  # (rows, lag, filters)
    x = keras.layers.Cropping1D((lag - 1, 0), name="last_row")(x)  # (rows, 1, filters)
    x = keras.layers.Flatten(name="seen")(x)
    x = keras.layers.Dense(horizon, name="standardized_forecast")(x)
    if not differences:
        outputs = keras.layers.Normalization(invert=True, name="forecast")(x)
        return keras.Model(inputs, outputs, name="tcn")
    change = keras.layers.Normalization(invert=True, name="change")(x)
    last = LastValue(differences[0], name="last_value")(inputs)
    outputs = keras.layers.Add(name="forecast")([last, change])
    return keras.Model(inputs, outputs, name="tcn")


def receptive_field(blocks: int, kernel_size: int = 2) -> int:
    """Return how many rows a forecast of `build_tcn` is made from.

    Example:
        >>> [receptive_field(blocks) for blocks in (1, 2, 3, 4)]
        [3, 7, 15, 31]
    """
    return 1 + 2 * (kernel_size - 1) * (2**blocks - 1)


def _blocks_for(lag: int, kernel_size: int) -> int:
    blocks = 1
    while receptive_field(blocks, kernel_size) < lag:
        blocks += 1
    return blocks


def _add_block(x: Any, number: int, filters: int, kernel_size: int, dropout: float) -> Any:
    import keras

    before, dilation = x, 2 ** (number - 1)
    for part in "ab":
        x = keras.layers.Conv1D(
            filters,
            kernel_size,
            padding="causal",
            dilation_rate=dilation,
            activation="relu",
            kernel_initializer="he_normal",
            name=f"convolution_{number}{part}",
        )(x)
        if dropout > 0:
            x = keras.layers.SpatialDropout1D(dropout, name=f"dropout_{number}{part}")(x)
    if before.shape[-1] != filters:
        before = keras.layers.Conv1D(filters, 1, name=f"widen_{number}")(before)
    x = keras.layers.Add(name=f"add_{number}")([before, x])
    return keras.layers.ReLU(name=f"relu_{number}")(x)


def _check(filters: int, kernel_size: int, blocks: int | None, horizon: int) -> None:
    least = {"filters": 1, "kernel_size": 2, "blocks": 1, "horizon": 1}
    asked = {"filters": filters, "kernel_size": kernel_size, "blocks": blocks, "horizon": horizon}
    for name, value in asked.items():
        if value is not None and value < least[name]:
            raise KerazooError(f"{name} is {value}; pass a whole number, at least {least[name]}.")


def _say_what_is_seen(blocks: int, enough: int, kernel_size: int, lag: int) -> None:
    """Say where a window and what the blocks see of it do not fit together."""
    seen = receptive_field(blocks, kernel_size)
    if seen < lag:
        warn_user(
            f"windows have {counted(lag, 'row')}, and a forecast sees the last {seen}: "
            f"{counted(blocks, 'block')} of kernel size {kernel_size} "
            f"{agree(blocks, 'reaches', 'reach')} no further. {counted(enough, 'block')} "
            f"{agree(enough, 'sees', 'see')} the whole window."
        )
    elif blocks > enough:
        warn_user(
            f"windows of {counted(lag, 'row')} are shorter than the receptive field of "
            f"{counted(blocks, 'block')}, {counted(seen, 'row')}: the rows before are zeros. "
            f"{counted(enough, 'block')} {agree(enough, 'sees', 'see')} the whole window."
        )


DOCUMENTED = Recipe(
    dataset="nyse",
    task="series",
    dataset_arguments={"lag": 5, "weekday": True},
    optimizer={"class_name": "Adam", "config": {"learning_rate": 0.002}},
    loss="mean_squared_error",
    metrics=("mean_absolute_error", "r2_score"),
    epochs=20,
    batch_size=64,
    primary_metric="r2_score",
    primary_mode="max",
    parameters=4501,
    restore_best_weights=False,
    source="own choice: course document C, lines 110-111, has the name alone. Blocks, but for the "
    "normalization of weights: Bai et al., 2018; filters, dropout, optimizer, batch size and "
    "epochs: their training on rows of digits, whose learning rate falls after ten epochs; data, "
    "windows, kernel size and initial weights: own choice",
    baselines=("last_value", "autoregression", "least_squares"),
    experiment="with the day of the week",
)

# Chosen as for lstm: on three tenths of the rows before 1980, by networks trained on the six tenths
# before them.
TUNED = dataclasses.replace(
    DOCUMENTED,
    builder_arguments={"dropout": 0.1},
    optimizer={
        "class_name": "AdamW",
        "config": {
            "learning_rate": cosine_decay(0.02, rows=3847, batch_size=128, epochs=60),
            "weight_decay": 0.1,
        },
    },
    epochs=60,
    batch_size=128,
    source="own choice, selected on validation",
)
