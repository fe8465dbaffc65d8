"""The trainings of train_speed.py: Keras networks, the same in PyTorch, and their data.

The data has the shape and type of the real data sets, but is random: what it says does not change
how long a step takes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from adversarial import gan
from case import Case
from embeddings import attention, ratings
from images import cnn


def make_case(name: str) -> Case:
    """Make one of `CASES`."""
    return CASES[name]()


def _xor() -> Case:
    x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], "float32")
    rows = (x, (x.sum(axis=1, keepdims=True) == 1).astype("float32"))

    def build() -> keras.Model:
        units = [keras.layers.Dense(width, "sigmoid") for width in (2, 1)]
        model = keras.Sequential([keras.Input((2,)), *units])
        model.compile(keras.optimizers.SGD(0.1), "mse", metrics=["accuracy"])
        return model

    title = "xor 2-2-1, batch 1: all 2000 epochs, compilation included"
    return Case(title, build, rows, rows, 1, "mse", (2, 2, 1), "sigmoid")


def table(title: str, widths: tuple[int, ...], count: int, held_out: int) -> Case:
    """Make a dense network for rows of standardized measurements; one output is a regression."""
    x = np.random.default_rng(0).normal(size=(count, widths[0])).astype("float32")
    regression = widths[-1] == 1
    y = x.mean(axis=1, keepdims=True) if regression else x[:, : widths[-1]].argmax(axis=1)

    def build() -> keras.Model:
        layers = [keras.layers.Dense(width, "relu") for width in widths[1:-1]]
        outputs = keras.layers.Dense(widths[-1], None if regression else "softmax")
        model = keras.Sequential([keras.Input((widths[0],)), *layers, outputs])
        loss = "mse" if regression else "sparse_categorical_crossentropy"
        model.compile(
            keras.optimizers.Adam(1e-3), loss, metrics=["mae" if regression else "accuracy"]
        )
        return model

    return Case(
        f"{title} {'-'.join(map(str, widths))}, batch 32, {count - held_out} + {held_out} rows",
        build,
        (x[held_out:], y[held_out:]),
        (x[:held_out], y[:held_out]),
        32,
        "mse" if regression else "crossentropy",
        widths,
    )


def random_images(count: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (count, 28, 28), dtype=np.uint8)


def random_labels(count: int) -> np.ndarray:
    return np.random.default_rng(1).integers(0, 10, count, dtype=np.int64)


def classifier(*layers: keras.layers.Layer) -> keras.Model:
    model = keras.Sequential([keras.Input((28, 28)), keras.layers.Rescaling(1 / 255), *layers])
    model.compile(
        keras.optimizers.Adam(1e-3), "sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    return model


def _mlp() -> Case:
    def build() -> keras.Model:
        return classifier(
            keras.layers.Flatten(),
            keras.layers.Dense(128, "relu"),
            keras.layers.Dense(10, "softmax"),
        )

    return Case(
        "fashion_mnist MLP 784-128-10, batch 32, 45,000 + 15,000 rows",
        build,
        (random_images(45_000), random_labels(45_000)),
        (random_images(15_000), random_labels(15_000)),
        32,
        "crossentropy",
        (784, 128, 10),
        scale=1 / 255,
    )


def _conv() -> Case:
    def build() -> keras.Model:
        return classifier(
            keras.layers.Reshape((28, 28, 1)),
            keras.layers.Conv2D(32, 3, activation="relu", padding="same"),
            keras.layers.MaxPooling2D(),
            keras.layers.Conv2D(64, 3, activation="relu", padding="same"),
            keras.layers.MaxPooling2D(),
            keras.layers.Flatten(),
            keras.layers.Dense(10, "softmax"),
        )

    def torch_network() -> Any:
        from torch import nn

        return nn.Sequential(
            nn.Unflatten(1, (1, 28)),
            nn.Conv2d(1, 32, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(32, 64, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Flatten(),
            nn.Linear(64 * 49, 10),
        )

    return Case(
        "conv net 32-64 on 28x28, batch 128, 40 + 10 steps",
        build,
        (random_images(5120), random_labels(5120)),
        (random_images(1280), random_labels(1280)),
        128,
        "crossentropy",
        scale=1 / 255,
        torch_network=torch_network,
    )


def sequences(
    title: str, kind: str, units: int, shape: tuple[int, int], batch_size: int, count: int
) -> Case:
    """Make a recurrent network that tells the mean of a sequence; a fifth is held out.

    Args:
        title: what the table calls it.
        kind: `"LSTM"` or `"GRU"`.
        units: of the recurrent layer.
        shape: time steps, and features in each.
        batch_size: rows in a step.
        count: rows in all.
    """
    x = np.random.default_rng(0).normal(size=(count, *shape)).astype("float32")
    y = x.mean(axis=(1, 2))[:, None]

    def build() -> keras.Model:
        layer = getattr(keras.layers, kind)(units)
        model = keras.Sequential([keras.Input(shape), layer, keras.layers.Dense(1)])
        model.compile(keras.optimizers.Adam(1e-3), "mse", metrics=["mae"])
        return model

    def torch_network() -> Any:
        from torch import nn

        class Recurrent(nn.Module):
            def __init__(self) -> None:
                super().__init__()
                self.recurrent = getattr(nn, kind)(shape[1], units, batch_first=True)
                self.head = nn.Linear(units, 1)

            def forward(self, x: Any) -> Any:
                return self.head(self.recurrent(x)[0][:, -1])

        return Recurrent()

    held_out = count // 5
    return Case(
        title,
        build,
        (x[held_out:], y[held_out:]),
        (x[:held_out], y[:held_out]),
        batch_size,
        "mse",
        torch_network=torch_network,
    )


class _Sampling(keras.layers.Layer):
    """Draws latent vectors and adds the KL divergence to the loss."""

    def __init__(self) -> None:
        super().__init__()
        self.seeds = keras.random.SeedGenerator(0)

    def call(self, mean: Any, log_variance: Any) -> Any:
        kl = -0.5 * (1 + log_variance - keras.ops.square(mean) - keras.ops.exp(log_variance))
        self.add_loss(keras.ops.mean(keras.ops.sum(kl, axis=1)))
        noise = keras.random.normal(keras.ops.shape(mean), seed=self.seeds)
        return mean + keras.ops.exp(0.5 * log_variance) * noise


def _vae(title: str, count: int, encoder: Any, decoder: Any, torch_parts: Any) -> Case:
    """Make a variational autoencoder of 16 latent dimensions from an encoder and a decoder."""

    def build() -> keras.Model:
        inputs = keras.Input((28, 28))
        x = keras.Sequential(encoder())(keras.layers.Rescaling(1 / 255)(inputs))
        latent = _Sampling()(keras.layers.Dense(16)(x), keras.layers.Dense(16)(x))
        model = keras.Model(inputs, keras.Sequential(decoder())(latent))
        model.compile(keras.optimizers.Adam(1e-3), _bernoulli)
        return model

    def torch_network() -> Any:
        import torch
        from torch import nn

        class Vae(nn.Module):
            def __init__(self) -> None:
                super().__init__()
                features, self.encoder, self.decoder = torch_parts()
                self.mean, self.log_variance = nn.Linear(features, 16), nn.Linear(features, 16)

            def forward(self, x: Any) -> Any:
                hidden = self.encoder(x)
                mean, log_variance = self.mean(hidden), self.log_variance(hidden)
                noise = torch.randn_like(mean)
                return self.decoder(mean + (0.5 * log_variance).exp() * noise), mean, log_variance

        return Vae()

    images = random_images(count)
    scaled = images.astype("float32") / 255
    held_out = count // 5
    return Case(
        title,
        build,
        (images[held_out:], scaled[held_out:]),
        (images[:held_out], scaled[:held_out]),
        128,
        "vae",
        scale=1 / 255,
        torch_network=torch_network,
    )


def _bernoulli(y: Any, y_pred: Any) -> Any:
    per_pixel = keras.ops.binary_crossentropy(y, keras.ops.reshape(y_pred, keras.ops.shape(y)))
    return keras.ops.sum(per_pixel, axis=(1, 2))


def _dense_vae() -> Case:
    def torch_parts() -> Any:
        from torch import nn

        encoder = nn.Sequential(nn.Flatten(), nn.Linear(784, 400), nn.ReLU())
        return 400, encoder, nn.Sequential(nn.Linear(16, 400), nn.ReLU(), nn.Linear(400, 784))

    return _vae(
        "VAE, dense 784-400-16-400-784, batch 128, 80 + 20 steps",
        12_800,
        lambda: [keras.layers.Flatten(), keras.layers.Dense(400, "relu")],
        lambda: [keras.layers.Dense(400, "relu"), keras.layers.Dense(784, "sigmoid")],
        torch_parts,
    )


def _conv_vae() -> Case:
    def encoder() -> list[keras.layers.Layer]:
        return [
            keras.layers.Reshape((28, 28, 1)),
            keras.layers.Conv2D(32, 3, 2, "same", activation="relu"),
            keras.layers.Conv2D(64, 3, 2, "same", activation="relu"),
            keras.layers.Flatten(),
        ]

    def decoder() -> list[keras.layers.Layer]:
        return [
            keras.layers.Dense(7 * 7 * 64, "relu"),
            keras.layers.Reshape((7, 7, 64)),
            keras.layers.Conv2DTranspose(64, 3, 2, "same", activation="relu"),
            keras.layers.Conv2DTranspose(32, 3, 2, "same", activation="relu"),
            keras.layers.Conv2D(1, 3, padding="same", activation="sigmoid"),
        ]

    def torch_parts() -> Any:
        from torch import nn

        encode = nn.Sequential(
            nn.Unflatten(1, (1, 28)),
            nn.Conv2d(1, 32, 3, 2, 1),
            nn.ReLU(),
            nn.Conv2d(32, 64, 3, 2, 1),
            nn.ReLU(),
            nn.Flatten(),
        )
        decode = nn.Sequential(
            nn.Linear(16, 7 * 7 * 64),
            nn.ReLU(),
            nn.Unflatten(1, (64, 7, 7)),
            nn.ConvTranspose2d(64, 64, 3, 2, 1, 1),
            nn.ReLU(),
            nn.ConvTranspose2d(64, 32, 3, 2, 1, 1),
            nn.ReLU(),
            nn.Conv2d(32, 1, 3, padding=1),
        )
        return 7 * 7 * 64, encode, decode

    return _vae(
        "VAE, convolutional 32-64-16-64-32, batch 128, 16 + 4 steps",
        2560,
        encoder,
        decoder,
        torch_parts,
    )


CASES: dict[str, Callable[[], Case]] = {
    "xor": _xor,
    "boston": lambda: table("boston", (13, 52, 39, 26, 1), 404, 101),
    "wine_multiclass": lambda: table("wine_multiclass", (12, 48, 24, 12, 3), 5197, 1299),
    "fashion_mnist": _mlp,
    "lstm": lambda: sequences(
        "LSTM 32 over 180 steps, batch 32, 50 + 13 steps", "LSTM", 32, (180, 1), 32, 2000
    ),
    "lstm_short": lambda: sequences(
        "LSTM 32 over 5 days of 7 features, batch 64, 2720 + 680 rows", "LSTM", 32, (5, 7), 64, 3400
    ),
    "gru": lambda: sequences(
        "GRU 32 over 60 steps, batch 32, 40 + 10 steps", "GRU", 32, (60, 1), 32, 1600
    ),
    "attention": attention,
    "ratings": ratings,
    "conv": _conv,
    "cnn": cnn,
    "vae_dense": _dense_vae,
    "vae_conv": _conv_vae,
    "gan": gan,
}
