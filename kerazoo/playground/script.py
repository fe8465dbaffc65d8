"""The Python code that trains the same network on the same data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kerazoo.playground.settings import OWN, Settings


@dataclass(frozen=True)
class Own:
    """A table of the user's own.

    Args:
        path: of the file.
        target: the column that is predicted.
        drop: columns that are left out.
    """

    path: str
    target: str
    drop: tuple[str, ...] = ()


Stage = tuple[int, float]
"""An epoch, and the learning rate from there on."""

_OPTIMIZERS = {
    "sgd": "SGD({rate})",
    "momentum": "SGD({rate}, momentum=0.9)",
    "rmsprop": "RMSprop({rate})",
    "adam": "Adam({rate})",
}
_ENDS = {
    "binary": ('data.outputs, activation="sigmoid"', "binary_crossentropy", '["accuracy"]'),
    "classes": (
        'data.outputs, activation="softmax"',
        "sparse_categorical_crossentropy",
        '["accuracy"]',
    ),
    "number": ("data.outputs", "mean_squared_error", '["root_mean_squared_error"]'),
}


def write_script(
    settings: Settings, kind: str, stages: Sequence[Stage], epochs: int, own: Own | None = None
) -> str:
    """Return a program that trains the same network on the same data, to the same weights.

    Args:
        settings: what was chosen.
        kind: what is predicted: `"binary"`, `"classes"` or `"number"`.
        stages: the learning rates.
        epochs: how many were trained; 100 are written if there were none yet.
        own: the table, if the data is the user's own.
    """
    end, loss, metrics = _ENDS[kind]
    return "\n".join(
        [
            '"""Go on from the playground: the same network, on the same data."""',
            "",
            "import keras",
            "",
            "import kerazoo",
            "from kerazoo.playground import load_data",
            "",
            *_data_lines(settings, own),
            'print(f"{len(data.train.x)} rows to train on, {len(data.test.x)} to test")',
            "",
            f"keras.utils.set_random_seed({settings.seed})",
            "model = keras.Sequential(",
            "    [",
            "        keras.layers.Input((len(data.inputs),)),",
            *_layer_lines(settings),
            f"        keras.layers.Dense({end}{_penalty(settings)}),",
            "    ]",
            ")",
            "model.compile(",
            f"    keras.optimizers.{_OPTIMIZERS[settings.optimizer].format(rate=stages[0][1])},",
            f'    loss="{loss}",',
            f"    metrics={metrics},",
            ")",
            *_training_lines(settings, stages, epochs or 100),
            'for name, part in (("training", data.train), ("test", data.test)):',
            "    print(name, kerazoo.evaluate_model(model, part))",
            *(
                ["# The target was standardized; data.center and data.spread give its own unit."]
                if kind == "number"
                else []
            ),
            'model.save("playground.keras")',
            "",
        ]
    )


def _data_lines(settings: Settings, own: Own | None) -> list[str]:
    shared = [f"    test_share={settings.test_share!r},", f"    seed={settings.seed},", ")"]
    if settings.data == OWN and own is not None:
        drop = [f"    drop={list(own.drop)!r},"] if own.drop else []
        return ["data = load_data(", f"    {own.path!r},", f"    target={own.target!r},"] + (
            drop + shared
        )
    noise = f"    noise={settings.noise!r},"
    return ["data = load_data(", f'    "{settings.data}",', noise, *shared]


def _layer_lines(settings: Settings) -> list[str]:
    lines = []
    for units in settings.layers:
        penalty = _penalty(settings)
        lines.append(
            f'        keras.layers.Dense({units}, activation="{settings.activation}"{penalty}),'
        )
        if settings.dropout:
            lines.append(f"        keras.layers.Dropout({settings.dropout!r}),")
    return lines


def _penalty(settings: Settings) -> str:
    if not (settings.l1 or settings.l2):
        return ""
    return f", kernel_regularizer=keras.regularizers.L1L2({settings.l1!r}, {settings.l2!r})"


def _training_lines(settings: Settings, stages: Sequence[Stage], epochs: int) -> list[str]:
    """Return a training for each learning rate that was used."""
    used = [stage for stage in stages if stage[0] < epochs] or [(0, settings.rate)]
    ends = [first for first, _ in used[1:]] + [epochs]
    lines = []
    for (first, rate), end in zip(used, ends, strict=True):
        if first:
            lines.append(f"model.optimizer.learning_rate = {rate!r}")
        lines += [
            "kerazoo.fit_model(",
            "    model,",
            "    data.train,",
            *([f"    initial_epoch={first},"] if first else []),
            f"    epochs={end},",
            f"    batch_size={settings.batch_size},",
            f"    seed={settings.seed},",
            "    jit_compile=False,  # as in the playground, so that all digits are the same",
            "    verbose=0,",
            ")",
        ]
    return lines
