"""Snapshots: what a generative network makes after each epoch, as images and an animation."""

from __future__ import annotations

import os
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import keras
import numpy as np

from kerazoo._files import make_folder
from kerazoo.errors import KerazooError
from kerazoo.plots.mosaics import tile, to_bytes, write_gif, write_png
from kerazoo.tasks.generation.decoder import to_decoder
from kerazoo.tasks.generation.sample import draw_latents

_SAMPLES = 36
_COLUMNS = 10
_MOST_FRAMES = 100
_MILLISECONDS = 250


class Snapshots(keras.callbacks.Callback):
    """Write a grid of images after each epoch, and all of them as an animation at the end.

    The latent vectors are the same in every epoch, so that one sees each image become what it is.
    A resumed training goes on with the files that are there.

    Args:
        folder: where `epoch_0001.png` and so on, and `training.gif`, are written; it is made if it
            does not exist.
        images: `uint8`; if there are any, their reconstructions are drawn below them instead of
            new images.
        seed: decides the latent vectors.

    Raises:
        KerazooError: if the folder cannot be written.

    Example:
        >>> import tempfile
        >>> Snapshots(tempfile.mkdtemp()).epochs
        0
    """

    keeps_state = False  # protocol KeepsState: a resumed training may be drawn, or not

    def __init__(
        self, folder: str | os.PathLike[str], images: np.ndarray | None = None, seed: int = 0
    ) -> None:
        super().__init__()
        self.folder = make_folder(folder)
        self.images = images
        self.seed = seed
        self.epochs = 0
        self.animation: Path | None = None
        self._failed = False

    def on_train_begin(self, logs: Mapping[str, Any] | None = None) -> None:
        if self.images is None:
            to_decoder(self.model)  # or an error before the first epoch

    def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        self.epochs = epoch + 1
        try:
            pixels = self._draw()
        except KerazooError:
            return  # it gives NaN: to stop that is the task of others
        self._try(lambda: write_png(self._frame(self.epochs), pixels))

    def on_train_end(self, logs: Mapping[str, Any] | None = None) -> None:
        self.animate()

    def on_interrupt(self) -> None:
        """Assemble what there is: `RunsWhenInterrupted` in `_protocols.py`."""
        self.animate()

    def animate(self) -> Path | None:
        """Assemble the images up to the last epoch, at most 100 of them, into `animation`.

        Training does this at its end, but not where it is interrupted.
        """
        frames = {epoch: self._frame(epoch) for epoch in range(1, self.epochs + 1)}
        epochs = [epoch for epoch, frame in frames.items() if frame.exists()]
        if not epochs:
            return None
        indices = np.linspace(0, len(epochs) - 1, min(len(epochs), _MOST_FRAMES)).round()
        shown = [epochs[int(index)] for index in indices]
        path = self.folder / "training.gif"
        titles = [f"epoch {epoch}" for epoch in shown]
        done = self._try(
            lambda: write_gif(path, [frames[epoch] for epoch in shown], titles, _MILLISECONDS)
        )
        self.animation = path if done else None
        return self.animation

    def _frame(self, epoch: int) -> Path:
        return self.folder / f"epoch_{epoch:04d}.png"

    def _draw(self) -> np.ndarray:
        if self.images is None:
            decoder = to_decoder(self.model)
            return tile(decoder(draw_latents(decoder.latent_dim, _SAMPLES, self.seed)))
        outputs = keras.ops.cast(self.model(self.images, training=False), "float32")
        copies = keras.ops.convert_to_numpy(outputs)
        if not np.isfinite(copies).all():
            raise KerazooError("the reconstructions hold NaN; train with a lower learning rate.")
        originals, copies = to_bytes(self.images), to_bytes(copies.clip(0, 1))
        bands = []
        for at in range(0, len(originals), _COLUMNS):
            for images in (originals, copies):
                band = images[at : at + _COLUMNS]
                white = np.full((_COLUMNS - len(band), *band.shape[1:]), 255, "uint8")
                bands.append(np.concatenate([band, white]))
        return tile(np.concatenate(bands), _COLUMNS)

    def _try(self, write: Any) -> bool:
        """Write a file; a full disk must not end a training of hours."""
        if self._failed:
            return False
        try:
            write()
        except OSError as error:
            self._failed = True
            warnings.warn(
                f"no more snapshots: {self.folder} cannot be written: {error.strerror or error}.",
                stacklevel=2,
            )
            return False
        return True
