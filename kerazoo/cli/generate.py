"""The command that generates: images of a saved network, as one PNG file or as an array."""

from __future__ import annotations

import math
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from kerazoo._files import check_new_file, replacing_file
from kerazoo._wording import counted
from kerazoo.cli._arguments import Force, number
from kerazoo.cli._console import progress_bar, quietly, said_if_slow, say
from kerazoo.errors import KerazooError, WrongUsage
from kerazoo.recipe import LAST_SEED

if TYPE_CHECKING:
    import numpy as np

    from kerazoo.tasks.generation.decoder import Decoder

Grid = Literal["samples", "latent", "paths", "concept"]
_SUFFIXES = (".png", ".npy")
_MOST_IN_AN_IMAGE = 10_000
_FEWEST = 4  # two images, without a concept and with it
_MARGIN = 1.0  # inches of a figure that its axes and title take, at most


def generate(
    model: Annotated[
        str,
        typer.Argument(
            metavar="MODEL", help="An installed network, or the directory of a saved one."
        ),
    ],
    n: Annotated[
        int,
        typer.Option(
            "-n",
            parser=number(),
            metavar="N",
            help="How many images; for all but samples a square.",
        ),
    ] = 64,
    seed: Annotated[
        int,
        typer.Option(
            parser=number(0, LAST_SEED),
            metavar="N",
            help="Decides the random latent vectors: the same seed, the same images.",
        ),
    ] = 0,
    grid: Annotated[
        Grid,
        typer.Option(
            help="Random samples, a map of a two-dimensional latent space with its coordinates, "
            "paths: rows from one sample to another, or concept: rows of images that --from holds, "
            "which get more and more of what those of --to have instead."
        ),
    ] = "samples",
    without: Annotated[
        Path | None,
        typer.Option("--from", metavar="PATH", help="A folder of images, for concept."),
    ] = None,
    having: Annotated[
        Path | None,
        typer.Option("--to", metavar="PATH", help="A folder of images of another kind."),
    ] = None,
    class_name: Annotated[
        str | None,
        typer.Option(
            "--class",
            metavar="NAME",
            help="The class of the images, of a network that learned from folders of classes.",
            show_default="one after the other; for latent and paths the first",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="The .png to write, or an .npy of samples.",
            show_default="NAME.png",
        ),
    ] = None,
    force: Force = False,
) -> None:
    """Generate new images with a saved network that has learned to."""
    if grid != "samples" and math.isqrt(n) ** 2 != n:
        raise WrongUsage(f"-n is {n}; --grid {grid} is a square: pass 64, 100 or 225.")
    concept = _check_concept(grid, n, without, having)
    if out is not None:
        _check_out(out, n, grid, force)
    decoder = _load(model).of_class(class_name)
    if out is None:
        out = Path(f"{decoder.name}.png")
        _check_out(out, n, grid, force)
    of = "" if class_name is None else f" of {class_name}"
    doing = f"generating {counted(n, 'image')}{of} with {decoder.name}"
    # An array is written batch by batch, with a bar.
    with nullcontext() if _is_array(out) else said_if_slow(doing):
        _write(out, decoder, n, seed, grid, concept and _latents(model, concept))
    if not decoder.knows_prior and grid not in ("paths", "concept"):
        say(
            f"note: {decoder.name} has not learned how its codes are distributed: random ones may "
            "lie where no image is."
        )
    print(f"wrote {out}")


def _check_concept(
    grid: Grid, n: int, without: Path | None, having: Path | None
) -> tuple[Path, Path] | None:
    """Return the two folders that a concept is found in; nothing for another grid."""
    if grid == "concept":
        if without is None or having is None:
            raise WrongUsage("--grid concept needs two folders of images: pass --from and --to.")
        if n < _FEWEST:
            raise WrongUsage(f"-n is {n}; --grid concept shows two steps at least: pass 4 or more.")
        return without, having
    if without is not None or having is not None:
        raise WrongUsage(f"--from and --to are for --grid concept, not for {grid}. Leave them out.")
    return None


def _latents(model: str, folders: tuple[Path, Path]) -> tuple[np.ndarray, np.ndarray]:
    from kerazoo.tasks.generation.concepts import encode_source

    without, having = (encode_source(model, folder) for folder in folders)
    return without, having


def _check_out(out: Path, n: int, grid: Grid, force: bool) -> None:
    check_new_file(out, _SUFFIXES, "--out", force=force)
    if _is_array(out) and grid != "samples":
        raise WrongUsage(f"--grid {grid} is one image: make --out end in .png.")
    if not _is_array(out) and n > _MOST_IN_AN_IMAGE:
        raise WrongUsage(
            f"-n is {n}; at most {_MOST_IN_AN_IMAGE} go into one image. Let --out end in .npy, "
            "which takes as many as the disk."
        )


def _is_array(out: Path) -> bool:
    return out.suffix.lower() == ".npy"


def _load(model: str) -> Decoder:
    def load() -> Decoder:
        from kerazoo.tasks.generation.decoder import to_decoder

        return to_decoder(model)

    return quietly(load)


def _write(
    out: Path,
    decoder: Decoder,
    n: int,
    seed: int,
    grid: Grid,
    concept: tuple[np.ndarray, np.ndarray] | None,
) -> None:
    try:
        with replacing_file(out) as part:  # which finds out first whether it can be written
            if _is_array(out):
                _write_array(part, decoder, n, seed)
            elif grid == "latent":
                _write_map(part, decoder, math.isqrt(n))
            else:
                from PIL import Image

                if concept is not None:
                    pixels = _ways(decoder, n, seed, *concept)
                else:
                    pixels = {"samples": _samples, "paths": _paths}[grid](decoder, n, seed)
                Image.fromarray(pixels).save(part, format="PNG")
    except OSError as error:
        raise KerazooError(
            f"{out} cannot be written: {error.strerror or error}. Choose another --out."
        ) from error


def _write_array(part: Path, decoder: Decoder, n: int, seed: int) -> None:
    import numpy as np

    from kerazoo.tasks.generation.sample import sample_batches

    with open(part, "wb") as file:
        shape = (n, *decoder.image_shape)
        header = {"descr": "<f4", "fortran_order": False, "shape": shape}
        np.lib.format.write_array_header_1_0(file, header)
        with progress_bar(decoder.name) as report:
            done = 0
            for batch in sample_batches(decoder, n, seed):
                file.write(batch.astype("<f4").tobytes())
                done += len(batch)
                report(done / n)


def _samples(decoder: Decoder, n: int, seed: int) -> np.ndarray:
    from kerazoo.plots.mosaics import tile
    from kerazoo.tasks.generation.sample import sample

    return tile(sample(decoder, n, seed))


def _write_map(part: Path, decoder: Decoder, side: int) -> None:
    from kerazoo.plots.generated import plot_latent_grid
    from kerazoo.plots.style import DPI
    from kerazoo.tasks.generation.sample import latent_grid

    grid = latent_grid(decoder, side)
    figure = plot_latent_grid(grid)
    # No pixel of the images may get lost, however many they are.
    needed = side * max(decoder.image_shape[:2]) / min(figure.get_size_inches() - _MARGIN)
    figure.savefig(part, format="png", dpi=max(DPI, math.ceil(needed)))


def _paths(decoder: Decoder, n: int, seed: int) -> np.ndarray:
    import numpy as np

    from kerazoo.plots.mosaics import tile
    from kerazoo.tasks.generation.sample import draw_latents, interpolate

    side = math.isqrt(n)
    ends = draw_latents(decoder.latent_dim, 2 * side, seed)
    rows = [interpolate(decoder, a, b, side) for a, b in zip(ends[::2], ends[1::2], strict=True)]
    return tile(np.concatenate(rows), side)


def _ways(
    decoder: Decoder, n: int, seed: int, without: np.ndarray, having: np.ndarray
) -> np.ndarray:
    """Draw images of the first kind, chosen at random, on their way to the second."""
    import numpy as np

    from kerazoo.plots.mosaics import tile
    from kerazoo.tasks.generation.concepts import add_concept, concept_vector

    side = math.isqrt(n)
    chosen = np.random.default_rng(seed).permutation(len(without))[:side]
    vector = concept_vector(decoder, having, without)
    ways = add_concept(decoder, without[np.sort(chosen)], vector, side)
    return tile(ways.reshape(-1, *ways.shape[2:]), side)
