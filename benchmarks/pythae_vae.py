"""The VAE of the zoo and one of its size that the Pythae library trains on the same images.

    pip install pythae
    python benchmarks/pythae_vae.py --record        # writes benchmarks/results/pythae_vae.*

Pythae trains its own dense default network, 784-512-16-512-784 with relu, as its documentation
shows it, for as many epochs with as large batches as our recipe. Its weights are then put into our
network and judged by the code that judges ours.

Reference: Chadebec, Vincent and Allassonniere, "Pythae: unifying generative autoencoders in
Python", 2022.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np

import kerazoo
from kerazoo.models.generative.vae import evaluate
from kerazoo.report.tables import load_results

RESULTS = Path(__file__).parent / "results" / "pythae_vae.json"
EXPERIMENT = "16 latent dimensions, gray levels"
LEARNING_RATE = 1e-3
MEASURES = ("negative_elbo", "negative_log_likelihood", "classifier_frechet_distance")


def main() -> None:
    """Train, judge, and print or write the comparison."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--record", action="store_true", help=f"write to {RESULTS.parent.name}/")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    recipe = next(
        one for one in kerazoo.load_recipe("vae").all_experiments() if one.experiment == EXPERIMENT
    )
    splits = kerazoo.load_dataset(recipe.dataset, **recipe.dataset_arguments)
    started = time.perf_counter()
    network = train_with_pythae(recipe, splits, arguments.seed)
    seconds = time.perf_counter() - started
    model = kerazoo.build_vae(**recipe.builder_arguments)
    copy_weights(network, model)
    results = {
        "settings": {
            "pythae": metadata.version("pythae"),
            "torch": metadata.version("torch"),
            "optimizer": "Adam",
            "learning_rate": LEARNING_RATE,
            "epochs": recipe.epochs,
            "batch_size": recipe.batch_size,
            "seed": arguments.seed,
            "rows": len(splits.train.x),
        },
        "recipe_hash": recipe.hash(),
        "seconds": round(seconds, 1),
        "test": {name: round(value, 4) for name, value in evaluate(model, splits.test).items()},
    }
    print(render(results))
    if arguments.record:
        RESULTS.write_text(json.dumps(results, indent=1) + "\n")
        RESULTS.with_suffix(".md").write_text(render(results))


def train_with_pythae(recipe: kerazoo.Recipe, splits: kerazoo.Splits, seed: int) -> Any:
    """Train Pythae's VAE, and return the network of its best validation epoch."""
    from pythae.models import VAE, VAEConfig
    from pythae.pipelines import TrainingPipeline
    from pythae.trainers import BaseTrainerConfig

    height, width, channels = splits.train.x.shape[1:]
    network = VAE(
        VAEConfig(
            input_dim=(channels, height, width),
            latent_dim=recipe.builder_arguments["latent_dim"],
            reconstruction_loss="bce",
        )
    )
    with tempfile.TemporaryDirectory() as folder:
        settings = BaseTrainerConfig(
            output_dir=folder,
            num_epochs=recipe.epochs,
            learning_rate=LEARNING_RATE,
            per_device_train_batch_size=recipe.batch_size,
            per_device_eval_batch_size=recipe.batch_size,
            optimizer_cls="Adam",
            seed=seed,
        )
        pipeline = TrainingPipeline(training_config=settings, model=network)
        pipeline(*(_to_floats(part.x) for part in (splits.train, splits.validation)))
    return pipeline.model


def copy_weights(network: Any, model: Any) -> None:
    """Put the weights of Pythae's network into ours."""
    encoder, decoder = network.encoder, network.decoder
    layers = {
        "encoder_hidden1": encoder.layers[0][0],
        "z_mean": encoder.embedding,
        "z_log_var": encoder.log_var,
        "decoder_hidden1": decoder.layers[0][0],
        "pixels": decoder.layers[1][0],
    }
    for name, theirs in layers.items():
        part = "encoder" if name.startswith(("encoder", "z_")) else "decoder"
        kernel, bias = (tensor.detach().cpu().numpy() for tensor in (theirs.weight, theirs.bias))
        model.get_layer(part).get_layer(name).set_weights([kernel.T, bias])


def render(results: dict[str, Any]) -> str:
    """Return the comparison as a Markdown table."""
    recorded = load_results("vae")
    summary = recorded["variants"]["tuned"]["judged_on"][EXPERIMENT]["summary"]
    settings = results["settings"]
    lines = [
        f"| {EXPERIMENT}, {settings['epochs']} epochs | Pythae {settings['pythae']} | kerazoo |",
        "| --- | --- | --- |",
    ]
    for name in MEASURES:
        ours = summary[name]
        lines.append(
            f"| {name.replace('_', ' ')} | {results['test'][name]:.2f} "
            f"| {ours['mean']:.2f} ± {ours['spread']:.2f} |"
        )
    return "\n".join(lines) + "\n"


def _to_floats(images: np.ndarray) -> np.ndarray:
    return np.moveaxis(images, -1, 1).astype("float32") / 255


if __name__ == "__main__":
    main()
