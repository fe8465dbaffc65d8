"""Write the weights of a saved `cnn` as the classifier that generated images are judged by.

    kerazoo train cnn --epochs 22 --out runs/cnn
    python tools/keep_classifier.py runs/cnn kerazoo/datasets/files/fashion-mnist-classifier.npz

The pinned hash in `kerazoo/metrics.py` must then be the one that is printed, and every distance
that was recorded has to be recorded again.
"""

from __future__ import annotations

import argparse
import hashlib
from pathlib import Path

import numpy as np

import kerazoo


def main() -> None:
    """Write the file, and print its hash."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", help="a saved cnn: a name or a directory")
    parser.add_argument("output", type=Path, help="the .npz file to write")
    options = parser.parse_args()
    saved = kerazoo.load_model(options.model)
    # Augmentation has states of random numbers, which are no part of the classifier.
    plain = kerazoo.build_cnn(augmentation=())
    for layer in plain.layers:
        layer.set_weights(saved.get_layer(layer.name).get_weights())
    weights = {str(number): weight for number, weight in enumerate(plain.get_weights())}
    np.savez(options.output, **weights)
    print(hashlib.sha256(options.output.read_bytes()).hexdigest())


if __name__ == "__main__":
    main()
