"""The rows of train_total.py: whole trainings, and many trainings of one structure."""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
from case import Case
from contenders import torch_trainer
from embeddings import ratings
from networks import classifier, random_images, random_labels, sequences, table
from texts import bag_of_words, word_by_word

import kerazoo

Contenders = dict[str, Callable[[], Any]]


def _row(make_case: Callable[[], Case], epochs: int) -> Callable[[], tuple[str, Contenders]]:
    def make() -> tuple[str, Contenders]:
        case = make_case()
        torch_train = torch_trainer(case)

        def keras_train() -> None:
            case.build().fit(
                *case.train,
                validation_data=case.validation,
                batch_size=case.batch_size,
                epochs=epochs,
                verbose=0,
            )

        def again() -> None:
            kerazoo.fit_model(
                case.build(),
                case.train,
                case.validation,
                batch_size=case.batch_size,
                epochs=epochs,
                verbose=0,
            )

        def fresh() -> None:
            kerazoo.clear_program_cache()
            again()

        _warm_up()
        contenders = {"keras": keras_train, "torch": lambda: torch_train(epochs)}
        title = f"{case.title}: {epochs} epochs"
        return title, {**contenders, "kerazoo": fresh, "again": again}

    return make


def in_a_new_process(name: str) -> Callable[[], float]:
    """Return a contender: one training in a process of its own, in which it is the first.

    An earlier process has trained the same structure, and left its graph in the cache folder.
    """
    folder = tempfile.mkdtemp()
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    environment = {**os.environ, "XDG_CACHE_HOME": folder, "KERAZOO_GRAPH_CACHE": "1"}
    command = [sys.executable, str(Path(__file__).with_name("train_total.py")), name, "--one"]

    def train() -> float:
        done = subprocess.run(
            command, stdout=subprocess.PIPE, text=True, check=True, env=environment
        )
        return float(done.stdout.splitlines()[-1])

    train()  # which traces the graph
    return train


def _warm_up() -> None:
    """Let every library do once what only the first training of a process does."""
    case = table("warm-up", (3, 2, 2), 64, 32)
    torch_trainer(case)(1)
    case.build().fit(*case.train, validation_data=case.validation, verbose=0)
    kerazoo.fit_model(case.build(), case.train, case.validation, verbose=0)


def _pictures() -> Case:
    def build() -> keras.Model:
        flatten, dense = keras.layers.Flatten(), keras.layers.Dense
        return classifier(flatten, dense(120, "relu"), dense(10, "softmax"))

    return Case(
        "784-120-10, 30,000 + 5,000 images, batch 32",
        build,
        (random_images(30_000), random_labels(30_000)),
        (random_images(5_000), random_labels(5_000)),
        32,
        "crossentropy",
        (784, 120, 10),
        scale=1 / 255,
    )


def _convolutional() -> Case:
    def build() -> keras.Model:
        return classifier(
            keras.layers.Reshape((28, 28, 1)),
            keras.layers.Conv2D(24, 3, activation="relu"),
            keras.layers.MaxPooling2D(),
            keras.layers.Conv2D(48, 3, activation="relu"),
            keras.layers.MaxPooling2D(),
            keras.layers.Flatten(),
            keras.layers.Dense(10, "softmax"),
        )

    def torch_network() -> Any:
        from torch import nn

        return nn.Sequential(
            nn.Unflatten(1, (1, 28)),
            nn.Conv2d(1, 24, 3),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(24, 48, 3),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Flatten(),
            nn.Linear(48 * 25, 10),
        )

    return Case(
        "conv 24-48, 10,000 + 2,000 images, batch 128",
        build,
        (random_images(10_000), random_labels(10_000)),
        (random_images(2_000), random_labels(2_000)),
        128,
        "crossentropy",
        scale=1 / 255,
        torch_network=torch_network,
    )


def _classes() -> Case:
    return table("table", (12, 40, 24, 16, 4), 3900 + 780, 780)


def _prices() -> Case:
    return table("table", (13, 48, 40, 24, 1), 300 + 60, 60)


def _recurrent(kind: str) -> Callable[[], Case]:
    return lambda: sequences(
        f"{kind} 24 over 60 steps, 1,280 + 320 rows, batch 32", kind, 24, (60, 1), 32, 1600
    )


ROWS = {
    "table_5": _row(_classes, 5),
    "table_25": _row(_classes, 25),
    "table_100": _row(_classes, 100),
    "prices": _row(_prices, 100),
    "images": _row(_pictures, 5),
    "conv": _row(_convolutional, 3),
    "lstm": _row(_recurrent("LSTM"), 5),
    "gru": _row(_recurrent("GRU"), 5),
    "imdb_mlp": _row(bag_of_words, 4),
    "imdb_lstm": _row(word_by_word, 3),
    "ratings": _row(ratings, 10),
}
"""By name, what makes the title of a row and its contenders."""


def _boston(seed: int) -> keras.Model:
    keras.utils.set_random_seed(seed)
    return kerazoo.compile_model(kerazoo.build_boston(), "boston")


def _fit_boston(seed: int, rows: Any, epochs: int) -> None:
    recipe = kerazoo.load_recipe("boston")
    model = _boston(seed)
    train, validation = rows
    kerazoo.fit_model(
        model,
        train,
        validation,
        epochs=epochs,
        batch_size=recipe.batch_size,
        seed=seed,
        verbose=0,
    )


def _seeds() -> tuple[str, Contenders]:
    splits, epochs = kerazoo.load_dataset("boston"), kerazoo.load_recipe("boston").epochs
    rows = splits.train, splits.validation
    _warm_up()

    def one() -> None:
        kerazoo.clear_program_cache()
        _fit_boston(0, rows, epochs)

    def ten() -> None:
        kerazoo.clear_program_cache()
        with kerazoo.many_trainings(10):
            for seed in range(10):
                _fit_boston(seed, rows, epochs)

    return f"boston, ten seeds of {epochs} epochs", {"one": one, "kerazoo": ten}


def _folds() -> tuple[str, Contenders]:
    from sklearn.model_selection import KFold

    splits, epochs = kerazoo.load_dataset("boston"), kerazoo.load_recipe("boston").epochs
    x, y = (np.asarray(part) for part in splits.train)
    folds = list(KFold(10, shuffle=True, random_state=0).split(x))
    _warm_up()

    def fit(fold: int) -> None:
        kept, left_out = folds[fold]
        _fit_boston(0, ((x[kept], y[kept]), (x[left_out], y[left_out])), epochs)

    def one() -> None:
        kerazoo.clear_program_cache()
        fit(0)

    def ten() -> None:
        kerazoo.clear_program_cache()
        with kerazoo.many_trainings(10):
            for fold in range(10):
                fit(fold)

    return f"boston, ten folds of {epochs} epochs", {"one": one, "kerazoo": ten}


def _trials(count: int, epochs: int = 100) -> Callable[[], tuple[str, Contenders]]:
    def make() -> tuple[str, Contenders]:
        case = _prices()
        generator = np.random.default_rng(0)
        settings = generator.uniform((-3.5, -5), (-2, -2), (count, 2))
        _warm_up()

        def build(rate: float, decay: float) -> keras.Model:
            model = case.build()
            model.compile(keras.optimizers.AdamW(rate, weight_decay=decay), "mse", metrics=["mae"])
            return model

        def ours() -> None:
            kerazoo.clear_program_cache()
            for seed, (rate, decay) in enumerate(10**settings):
                with kerazoo.many_trainings(count):
                    kerazoo.fit_model(
                        build(rate, decay),
                        case.train,
                        case.validation,
                        epochs=epochs,
                        batch_size=32,
                        seed=seed,
                        verbose=0,
                    )

        def sklearns() -> None:
            from sklearn.neural_network import MLPRegressor

            for seed, (rate, decay) in enumerate(10**settings):
                MLPRegressor(
                    hidden_layer_sizes=(48, 40, 24),
                    learning_rate_init=rate,
                    alpha=decay,
                    batch_size=32,
                    max_iter=epochs,
                    n_iter_no_change=epochs,
                    random_state=seed,
                ).fit(case.train[0], case.train[1].ravel())

        def tuners() -> None:
            import keras_tuner

            def hypermodel(choices: Any) -> keras.Model:
                rate = choices.Float("rate", 10**-3.5, 1e-2, sampling="log")
                return build(rate, choices.Float("decay", 1e-5, 1e-2, sampling="log"))

            with tempfile.TemporaryDirectory() as folder:
                search = keras_tuner.RandomSearch(
                    hypermodel, "val_loss", max_trials=count, directory=folder, seed=0
                )
                search.search(
                    *case.train,
                    validation_data=case.validation,
                    epochs=epochs,
                    batch_size=32,
                    verbose=0,
                )

        title = f"search of {count:,} trials, {case.title}, {epochs} epochs each"
        others = {"keras_tuner": tuners} if count <= 10 else {"sklearn": sklearns}
        return title, {**(others if count < 100 else {}), "kerazoo": ours}

    return make


MANY = {
    "seeds": _seeds,
    "folds": _folds,
    "trials_10": _trials(10),
    "trials_50": _trials(50),
    "trials_1000": _trials(1000),
}
"""The same for many trainings of one structure."""
