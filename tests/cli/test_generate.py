"""`kerazoo generate` and `kerazoo train --snapshots`, as a person types them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import kerazoo
from kerazoo.experiments.own_splits import load_own_splits
from kerazoo.plots.style import DPI
from kerazoo.saved.reading import open_saved
from tests.conftest import run_python
from tests.small_data import clothes
from tests.tasks.generation.test_own import SIDE, paint


@pytest.fixture(scope="module")
def vae(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return kerazoo.save_model(kerazoo.build_vae(), tmp_path_factory.mktemp("saved") / "vae")


@pytest.fixture(autouse=True)
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def pixels(path: Path | str) -> np.ndarray:
    return np.asarray(Image.open(path))


def test_a_grid_of_samples(cli, vae: Path) -> None:
    assert cli("generate", vae, "-n", 6, "--seed", 3, "--out", "grid.png") == (
        0,
        "wrote grid.png\n",
        "",
    )
    drawn = pixels("grid.png")
    scale = drawn.shape[0] // (2 * 28 + 2)
    assert drawn.shape == (58 * scale, 88 * scale)
    first = np.rint(kerazoo.sample(vae, 1, seed=3)[0, ..., 0] * 255)
    np.testing.assert_allclose(drawn[: 28 * scale : scale, : 28 * scale : scale], first, atol=1)
    assert cli("generate", vae, "-n", 6, "--seed", 4)[:2] == (0, "wrote vae.png\n")
    assert not np.array_equal(drawn, pixels("vae.png"))


def test_nothing_is_replaced_unasked(cli, vae: Path) -> None:
    for name, arguments in (("mine.png", ("--out", "mine.png")), ("vae.png", ())):
        Path(name).write_text("mine")
        status, _, error = cli("generate", vae, "-n", 1, *arguments)
        assert (status, Path(name).read_text()) == (1, "mine")
        assert f"--out {name} exists already" in error
        assert cli("generate", vae, "-n", 1, *arguments, "--force")[0] == 0
        assert pixels(name).size
    assert cli("generate", vae, "-n", 2, "--out", "MANY.NPY")[0] == 0
    np.testing.assert_array_equal(np.load("MANY.NPY"), kerazoo.sample(vae, 2))


def test_a_map_of_the_latent_plane(cli, vae: Path) -> None:
    assert cli("generate", vae, "-n", 9, "--grid", "latent", "--out", "map.png")[0] == 0
    figure = kerazoo.plots.plot_latent_grid(kerazoo.latent_grid(vae, 3))
    figure.savefig("expected.png", dpi=DPI)
    np.testing.assert_array_equal(pixels("map.png"), pixels("expected.png"))


def test_a_large_map_has_all_pixels(cli, vae: Path) -> None:
    assert cli("generate", vae, "-n", 3600, "--grid", "latent", "--out", "map.png")[0] == 0
    assert min(pixels("map.png").shape[:2]) > 60 * 28


@pytest.fixture
def kinds() -> dict[str, np.ndarray]:
    """Two folders of images, and what is in them."""
    part = clothes().test
    found = {name: part.x[part.y == label][:6] for name, label in (("sneakers", 7), ("boots", 9))}
    for name, images in found.items():
        Path(name).mkdir()
        for number, image in enumerate(images):
            Image.fromarray(image[..., 0]).save(Path(name, f"{number}.png"))
    return found


def test_images_of_one_folder_get_what_those_of_another_have(cli, vae: Path, kinds) -> None:
    folders = ("--from", "sneakers", "--to", "boots")
    done = cli("generate", vae, "-n", 16, "--grid", "concept", *folders, "--out", "grown.png")
    assert done == (0, "wrote grown.png\n", "")
    drawn = pixels("grown.png")
    scale = drawn.shape[0] // (4 * 28 + 3 * 2)
    shaft = kerazoo.concept_vector(vae, kinds["boots"], kinds["sneakers"])
    ways = kerazoo.add_concept(vae, kinds["sneakers"], shaft, 4)
    corners = [drawn[at * scale :: scale][:28, ::scale] for at in range(0, 4 * 30, 30)]
    begin, end = ([corner[:, cut] for corner in corners] for cut in np.s_[:28, -28:])
    for shown, expected in ((begin, ways[:, 0]), (end, ways[:, -1])):
        for image in shown:  # of four sneakers of six, chosen by the seed
            away = np.abs(np.rint(expected[..., 0] * 255) - image).max(axis=(1, 2))
            assert away.min() <= 1


@pytest.mark.parametrize(
    ("arguments", "status", "reason"),
    [
        (("--grid", "concept", "--from", "sneakers"), 2, "pass --from and --to"),
        (("--to", "boots"), 2, "are for --grid concept, not for samples"),
        (("--grid", "concept", "--from", "sneakers", "--to", "boots", "-n", 1), 2, "4 or more"),
        (("--grid", "concept", "--from", "sneakers", "--to", "none"), 1, "none"),
    ],
)
def test_a_concept_needs_two_kinds(cli, vae: Path, kinds, arguments, status, reason) -> None:
    found, _, error = cli("generate", vae, *arguments)
    assert found == status
    assert reason in " ".join(error.split())


def test_a_network_without_an_encoder_finds_no_concept(cli, kinds) -> None:
    saved = kerazoo.save_model(kerazoo.build_gan(), "runs")
    arguments = ("--grid", "concept", "--from", "sneakers", "--to", "boots")
    status, _, error = cli("generate", saved, *arguments)
    assert status == 1
    assert "'gan' has no encoder" in " ".join(error.split())


def test_ways_between_samples_begin_and_end_at_samples(cli, vae: Path) -> None:
    assert cli("generate", vae, "-n", 9, "--grid", "paths", "--out", "ways.png")[0] == 0
    drawn = pixels("ways.png")
    scale = drawn.shape[0] // (3 * 28 + 4)
    samples = np.rint(kerazoo.sample(vae, 2)[..., 0] * 255)
    corner = drawn[::scale, ::scale]
    np.testing.assert_allclose(corner[:28, :28], samples[0], atol=1)
    np.testing.assert_allclose(corner[:28, -28:], samples[1], atol=1)


def test_an_array_of_more_samples_than_one_batch(cli, vae: Path) -> None:
    assert cli("generate", vae, "-n", 600, "--out", "many.npy")[0] == 0
    np.testing.assert_array_equal(np.load("many.npy"), kerazoo.sample(vae, 600))


@pytest.mark.parametrize(
    ("arguments", "status", "reason"),
    [
        (["VAE", "-n", "0"], 2, "Invalid value for '-n'"),
        (["VAE", "--seed", "-1"], 2, "Invalid value for '--seed'"),
        (["VAE", "--out", "missing/grid.png"], 1, "in a folder that exists"),
        (["VAE", "--out", "grid.jpg"], 2, "expected a name that ends in .png or .npy"),
        (["VAE", "--out", "."], 2, "expected a name that ends"),
        (["VAE", "-n", "20000", "--out", "grid.png"], 2, "Let --out end in .npy"),
        (["VAE", "-n", "20000"], 2, "Let --out end in .npy"),
        (["VAE", "-n", "8", "--grid", "latent"], 2, "pass 64, 100 or 225"),
        (["VAE", "--grid", "latent", "--out", "a.npy"], 2, "make --out end in .png"),
        (["VAE", "--grid", "laten"], 2, "'laten' is not one of 'samples', 'latent', 'paths'"),
        (["boston"], 1, "'boston' generates nothing"),
        (["no_such_network"], 2, "unknown saved model"),
    ],
)
def test_refused_in_one_line(
    cli, vae: Path, tmp_path: Path, arguments: list[str], status: int, reason: str
) -> None:
    found, output, error = cli("generate", *(vae if a == "VAE" else a for a in arguments))
    assert (found, output) == (status, "")
    assert error.startswith("error: ")
    assert error.count("\n") == 1
    assert reason in error
    assert list(tmp_path.iterdir()) == []


def test_a_map_needs_two_latent_numbers(cli, tmp_path: Path) -> None:
    path = kerazoo.save_model(
        kerazoo.build_vae(latent_dim=3), tmp_path / "wide", builder_arguments={"latent_dim": 3}
    )
    assert (
        "3 latent dimensions; only two make a map" in cli("generate", path, "--grid", "latent")[2]
    )
    assert [entry.name for entry in tmp_path.iterdir()] == ["wide"]


def test_generate_imports_neither_keras_nor_matplotlib(vae: Path, tmp_path: Path) -> None:
    done = run_python(
        f"import sys; sys.argv = ['kerazoo', 'generate', {str(vae)!r}]\n"
        "from kerazoo.cli import main; main()\n"
        "print([n for n in ('keras', 'tensorflow', 'matplotlib') if n in sys.modules])",
        cwd=tmp_path,
    )
    assert done.stdout == "wrote vae.png\n[]\n", done.stderr
    assert done.stderr == ""


@pytest.mark.parametrize(
    ("name", "folder", "status", "reason"),
    [
        ("boston", "images", 2, "--snapshots is for networks of generation; boston is one of rows"),
        ("vae", "a_file", 1, "--snapshots a_file is a file; give a folder"),
        ("vae", "a_file/below", 1, "nothing can be written to a_file/below"),
    ],
)
def test_snapshots_are_refused_before_training(
    cli, tmp_path: Path, name: str, folder: str, status: int, reason: str
) -> None:
    (tmp_path / "a_file").touch()
    found, output, error = cli("train", name, "--snapshots", folder)
    assert (found, output) == (status, "")
    assert error.startswith("error: ")
    assert reason in error
    assert not (tmp_path / "runs").exists()


@pytest.mark.thorough
@pytest.mark.filterwarnings("ignore:found in")
def test_asked_and_judged(cli, tmp_path: Path, monkeypatch) -> None:
    from kerazoo.tasks.generation import own_classifier

    own_classifier._train_classifier.cache_clear()
    monkeypatch.setattr(own_classifier, "_STEPS", 12)
    folder = paint(tmp_path / "pets", "cat", "dog")
    run = kerazoo.train(
        "vae", data=folder, epochs=2, options={"image_size": SIDE}, out=tmp_path / "run"
    )
    assert 0 <= run.metrics["asked_class_seen"] <= 1
    _, splits = load_own_splits(open_saved(tmp_path / "run"), run.recipe, folder)
    assert splits.hash() == run.splits.hash()
    status, out, err = cli(
        "generate", tmp_path / "run", "-n", 4, "--class", "dog", "--out", tmp_path / "dogs.npy"
    )
    assert (status, err) == (0, "")
    dogs = np.load(tmp_path / "dogs.npy")
    assert np.allclose(dogs, kerazoo.sample(run.model, 4, class_name=1), atol=1e-4)
    status, _, err = cli(
        "generate", tmp_path / "run", "--class", "cow", "--out", tmp_path / "c.png"
    )
    assert (status, "unknown class 'cow'. Known: cat, dog" in err) == (2, True)
    # What it answers to an image is an image, of no class.
    status, out, _ = cli("predict", tmp_path / "run", folder / "cat" / "1.png", "--anomaly")
    assert status == 0
    assert "reconstruction_error" in out
