"""Figures, judged by what is drawn: artists and their data, not pixels."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from types import SimpleNamespace

import matplotlib as mpl
import matplotlib.figure
import numpy as np
import pytest
from PIL import Image

import kerazoo
from kerazoo import KerazooError, plots
from kerazoo.plots.images import to_images
from tests.conftest import run_python
from tests.processes import run_forked
from tests.small_data import clothes, small

NAMES = ("cat", "dog", "owl")
HISTORY = {
    "loss": [1.0, 0.5, 0.3],
    "val_loss": [1.1, 0.7, 0.9],
    "accuracy": [0.4, 0.6, 0.8],
    "val_accuracy": [0.3, 0.7, 0.6],
    "learning_rate": [0.1, 0.1, 0.1],
}


def titles(figure) -> list[str]:
    return [axes.get_title() for axes in figure.axes]


def images(figure) -> list[np.ndarray]:
    return [np.asarray(axes.images[0].get_array()) for axes in figure.axes if axes.images]


def lines(axes) -> dict[str, list[float]]:
    return {line.get_label(): list(line.get_ydata()) for line in axes.lines}


@pytest.mark.parametrize("wrap", [dict, lambda values: SimpleNamespace(history=values)])
def test_history_draws_every_metric_and_marks_the_best_epoch_of_validation(wrap) -> None:
    figure = plots.plot_history(wrap(HISTORY))
    assert titles(figure) == [
        "loss: lowest 0.7 in epoch 2",
        "accuracy: highest 0.7 in epoch 2",
    ]
    loss = lines(figure.axes[0])
    assert loss["train"] == HISTORY["loss"]
    assert loss["validation"] == HISTORY["val_loss"]
    assert loss["best epoch"] == [0.7]
    train, validation = figure.axes[0].lines[:2]
    assert train.get_linestyle() != validation.get_linestyle()  # told apart without colors
    assert list(train.get_xdata()) == [1, 2, 3]
    assert figure.axes[0].get_xlabel() == "epoch"


def test_history_marks_the_epoch_that_is_kept() -> None:
    figure = plots.plot_history(HISTORY, kept=3, loss="log_cosh")
    loss, accuracy = figure.axes
    assert loss.get_title() == f"loss: {HISTORY['val_loss'][2]:.4g} kept, lowest 0.7 in epoch 2"
    assert lines(loss)["kept"] == [HISTORY["val_loss"][2]]
    assert lines(accuracy)["kept"] == [HISTORY["val_accuracy"][2]]
    assert loss.get_ylabel() == "loss: log cosh"
    assert loss.get_xlim()[0] == 1


def test_history_takes_a_keras_history() -> None:
    import keras

    history = keras.callbacks.History()
    history.history = {"loss": [2.0, 1.0]}
    assert titles(plots.plot_history(history)) == ["loss: lowest 1 in epoch 2"]


def test_history_of_one_metric_with_its_unit_and_scale() -> None:
    values = {"mean_absolute_error": [900.0, 30.0, 3.0], "loss": [3.0, float("nan"), 2.0]}
    figure = plots.plot_history(values, ["mean_absolute_error"], unit="$1000")
    (axes,) = figure.axes
    assert axes.get_ylabel() == "mean absolute error ($1000), log scale"
    assert axes.get_yscale() == "log"
    assert "$\\mathdefault" not in "".join(tick.get_text() for tick in axes.get_yticklabels())
    both = plots.plot_history(values, unit="$1000")
    assert both.axes[1].get_ylabel() == "loss"
    assert titles(both)[1] == "loss: lowest 2 in epoch 3"


def test_history_finds_no_best_epoch_among_opponents_or_nan() -> None:
    values = {"generator_loss": [1.0, 2.0], "loss": [float("nan")] * 2}
    assert titles(plots.plot_history(values)) == ["generator loss", "loss"]


@pytest.mark.parametrize(
    ("history", "metrics", "reason"),
    [
        ({}, None, "no epoch"),
        ({"loss": []}, None, "no epoch"),
        ([1.0, 2.0], None, "history is a list"),
        (HISTORY, ["acuracy"], "Did you mean 'accuracy'"),
        (HISTORY, [], "metrics is empty"),
    ],
)
def test_history_refuses(history, metrics, reason: str) -> None:
    with pytest.raises(KerazooError, match=reason):
        plots.plot_history(history, metrics)


ONE_HOT = np.eye(3)[[0, 0, 1, 2]]


@pytest.mark.parametrize("y", [[0, 0, 1, 2], np.array([0.0, 0.0, 1.0, 2.0]), ONE_HOT])
@pytest.mark.parametrize("predictions", [[0, 1, 1, 1], np.eye(3)[[0, 1, 1, 1]] * 0.8 + 0.05])
def test_confusion_matrix_shades_shares_and_prints_counts(y, predictions) -> None:
    figure = plots.plot_confusion_matrix(y, predictions, NAMES)
    axes = figure.axes[0]
    np.testing.assert_allclose(images(figure)[0], [[0.5, 0.5, 0], [0, 1, 0], [0, 1, 0]])
    assert [text.get_text() for text in axes.texts] == list("110010010")
    assert [label.get_text() for label in axes.get_yticklabels()] == list(NAMES)
    assert axes.get_title() == "Confusion matrix: 2 of 4 right (50.0 %)"
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("predicted class", "true class")
    by_count = {text.get_position(): text.get_color() for text in axes.texts}
    assert by_count[1, 1] == "white"  # on dark
    assert by_count[0, 0] == "black"


def test_confusion_matrix_of_a_class_without_rows_and_of_one_probability() -> None:
    figure = plots.plot_confusion_matrix([1, 1], [[0.9], [0.2]], NAMES[:2])
    assert images(figure)[0].tolist() == [[0, 0], [0.5, 0.5]]


def test_confusion_matrix_of_many_classes_has_no_room_for_counts() -> None:
    names = [f"kind {number}" for number in range(100)]
    assert not plots.plot_confusion_matrix(range(100), range(100), names).axes[0].texts


@pytest.mark.parametrize(
    ("y", "predictions", "names", "reason"),
    [
        ([0, 1], [0], NAMES, "y has 2 rows, predictions have 1"),
        ([], [], NAMES, "at least one"),
        ([0, 3], [0, 1], NAMES, "classes from 0 to 3"),
        ([0, -1], [0, 1], NAMES, "classes from -1 to 0"),
        ([0], [[0.5, 0.5]], NAMES, "2 columns"),
        (["cat"], [0], NAMES, "numbers of classes"),
        ([0], [0], (), "class_names is empty"),
    ],
)
def test_confusion_matrix_refuses(y, predictions, names, reason: str) -> None:
    with pytest.raises(KerazooError, match=reason):
        plots.plot_confusion_matrix(y, predictions, names)


def test_residuals_of_the_saved_model_agree_with_its_card() -> None:
    splits = kerazoo.load_dataset("boston")
    predictor = kerazoo.load_predictor("boston")
    said = predictor.predict(splits.test.x)
    figure = plots.plot_residuals(splits.test.y, said, splits.target_unit)
    left, right = figure.axes
    error = predictor.card.metrics[str(predictor.card.seed)]["mean_absolute_error"]
    assert left.get_title() == f"Mean absolute error {error:.3g} ($1000)"
    points = left.lines[1]
    np.testing.assert_array_equal(points.get_xdata(), splits.test.y.ravel())
    np.testing.assert_allclose(points.get_ydata(), said.values.ravel())
    assert sum(bar.get_height() for bar in right.patches) == len(splits.test.y)
    assert left.get_xlabel() == "true ($1000)"
    assert right.get_xlabel() == "residual: true − predicted ($1000)"


@pytest.mark.parametrize(
    ("y", "predictions", "reason"),
    [
        ([1.0, 2.0], [1.0], "2 values"),
        ([], [], "empty"),
        ([1.0, float("nan")], [1.0, 2.0], "nan in row 1"),
    ],
)
def test_residuals_refuse(y, predictions, reason: str) -> None:
    with pytest.raises(KerazooError, match=reason):
        plots.plot_residuals(y, predictions)


@pytest.mark.parametrize("value", [3.0, 0.0])
def test_residuals_of_one_row(value: float) -> None:
    assert titles(plots.plot_residuals([value], [value]))[0] == "Mean absolute error 0"


def test_worst_mistakes_are_the_surest_wrong_answers() -> None:
    x = np.stack([np.full((4, 4, 1), 10 * row, "uint8") for row in range(5)])
    y = [0, 1, 2, 0, 1]
    said = [[0.2, 0.7, 0.1], [0.0, 1.0, 0.0], [0.9, 0.1, 0.0], [0.0, 0.2, 0.8], [0.6, 0.4, 0.0]]
    figure = plots.plot_worst_mistakes(x, y, said, NAMES, n=3)
    assert titles(figure) == [
        "true: owl\npredicted: cat, 90 %",
        "true: cat\npredicted: owl, 80 %",
        "true: cat\npredicted: dog, 70 %",
    ]
    for drawn, row in zip(images(figure), (2, 3, 0), strict=True):
        np.testing.assert_allclose(drawn, 10 * row / 255)
    assert figure.get_suptitle() == "Most confident of 4 mistakes among 5 images"


def test_worst_mistakes_of_one_probability_and_of_none() -> None:
    x = np.zeros((2, 4, 4), "uint8")
    assert titles(plots.plot_worst_mistakes(x, [0, 0], [[0.75], [0.1]], NAMES[:2])) == [
        "true: cat\npredicted: dog, 75 %"
    ]
    none = plots.plot_worst_mistakes(x, [1, 0], [[0.75], [0.1]], NAMES[:2])
    assert none.get_suptitle() == "No mistake among 2 images"
    with pytest.raises(KerazooError, match="n is 0"):
        plots.plot_worst_mistakes(x, [0, 0], [[0.75], [0.1]], NAMES[:2], n=0)
    with pytest.raises(KerazooError, match="x has 2 images, y has 1"):
        plots.plot_worst_mistakes(x, [0], [[0.75]], NAMES[:2])


@pytest.mark.parametrize(
    ("x", "expected"),
    [
        (np.array([0, 51], "uint8"), [0, 0.2]),
        (np.array([0.0, 0.2]), [0, 0.2]),
        (np.array([0.0, 51.0]), [0, 0.2]),
        (np.array([-1.0, 0.0]), [0, 0.5]),
        (np.array([False, True]), [0, 1]),
        (np.array([0, 1], "uint8"), [0, 1 / 255]),
        # Rounded on the way: this was drawn as black, and this with a gray ground.
        (np.array([0.5, 1.0000001]), [0.5, 1]),
        (np.array([-1e-7, 0.5]), [0, 0.5]),
        (np.array([-1.0000001, 1]), [0, 1]),
    ],
)
def test_images_of_every_range(x: np.ndarray, expected: list[float]) -> None:
    for shape in ((1, 1, 2), (1, 1, 2, 1)):
        assert to_images(x.reshape(shape)).ravel() == pytest.approx(expected)


@pytest.mark.parametrize(
    ("x", "reason"),
    [
        (np.zeros((2, 3)), "shape"),
        (np.zeros((2, 3, 3, 2)), "channels"),
        (np.zeros((0, 3, 3)), "no image"),
        (np.full((1, 3, 3), np.nan), "NaN"),
        (np.array([[[-3.0, 2.0]]]), "from -3 to 2"),
        (np.array([[[0, 300]]]), "from 0 to 300"),
    ],
)
def test_images_refused(x: np.ndarray, reason: str) -> None:
    with pytest.raises(KerazooError, match=reason):
        plots.plot_images(x)


def test_images_in_a_grid_with_captions() -> None:
    x = clothes().test.x[:5]
    figure = plots.plot_images(x, list("abcde"), columns=2, title="five")
    assert titles(figure) == list("abcde")
    assert figure.get_suptitle() == "five"
    np.testing.assert_allclose(images(figure)[4], x[4, ..., 0] / 255, rtol=1e-6)
    grid = figure.axes[0].get_subplotspec().get_gridspec()
    assert (grid.nrows, grid.ncols) == (3, 2)
    colored = np.repeat(x, 3, axis=-1)
    assert images(plots.plot_images(colored[0]))[0].shape == (28, 28, 3)
    with pytest.raises(KerazooError, match="5 images and 2 captions"):
        plots.plot_images(x, ["a", "b"])
    with pytest.raises(KerazooError, match="columns is 0"):
        plots.plot_images(x, columns=0)


def test_reconstructions_stand_below_their_originals() -> None:
    x = clothes().test.x[:12]
    figure = plots.plot_reconstructions(x, 1 - x / 255)
    rows: dict[int, list[np.ndarray]] = {}
    for axes in figure.axes:
        row = axes.get_subplotspec().rowspan.start
        rows.setdefault(row, []).append(np.asarray(axes.images[0].get_array()))
    assert [len(row) for row in rows.values()] == [10, 10, 2, 2]
    np.testing.assert_allclose(np.array(rows[1]), 1 - np.array(rows[0]), atol=1e-6)
    np.testing.assert_allclose(rows[2][1], x[11, ..., 0] / 255, rtol=1e-6)
    with pytest.raises(KerazooError, match="as many of the same size"):
        plots.plot_reconstructions(x, x[:3])


@pytest.mark.thorough
def test_figures_of_a_run_by_task(tmp_path: Path) -> None:
    narrow = {"filters": ((8,), (16,))}
    recipe = dataclasses.replace(small("cnn", epochs=1), builder_arguments=narrow)
    run = kerazoo.train("cnn", recipe=recipe, splits=clothes())
    figures = plots.figures_of_run(run)
    assert list(figures) == [
        "history",
        "confusion_matrix",
        "roc",
        "reliability",
        "worst_mistakes",
        "weights",
        "augmented",
        "activations",
        "grad_cam",
        "integrated_gradients",
    ]
    paths = plots.save_figures(tmp_path / "new" / "folder", figures)
    assert [path.name for path in paths] == [f"{name}.png" for name in figures]
    for path in paths:
        assert Image.open(path).size > (300, 100)
    interrupted = dataclasses.replace(run, interrupted=True, metrics={})
    assert list(plots.figures_of_run(interrupted)) == ["history"]


def test_figures_of_predictions_by_task() -> None:
    boston, fashion = kerazoo.load_dataset("boston"), clothes()
    drawn = plots.figures_of_predictions
    assert list(drawn(boston, boston.test.y + 1)) == ["residuals"]
    assert list(drawn(fashion, fashion.test.x / 255)) == ["reconstructions"]
    assert drawn(fashion, np.zeros((len(fashion.test.x), 2))) == {}  # a latent space


def test_saving_replaces_whole_files_and_leaves_nothing_behind(tmp_path: Path) -> None:
    class Failing(matplotlib.figure.Figure):
        def savefig(self, file, **options) -> None:
            Path(file).write_bytes(b"half")
            raise OSError(28, "No space left on device")

    plots.save_figures(tmp_path, {"a": plots.plot_history(HISTORY)})
    before = (tmp_path / "a.png").read_bytes()
    with pytest.raises(KerazooError, match="No space left"):
        plots.save_figures(tmp_path, {"a": Failing()})
    assert (tmp_path / "a.png").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["a.png"]
    with pytest.raises(KerazooError, match="nothing can be written"):
        plots.save_figures(tmp_path / "a.png", {"b": plots.plot_history(HISTORY)})
    for name in ("../a", "", ".hidden", "a/b"):
        with pytest.raises(KerazooError, match="no name of a file"):
            plots.save_figures(tmp_path, {name: plots.plot_history(HISTORY)})


def test_a_figure_shows_itself_and_leaves_the_users_settings_alone() -> None:
    with mpl.rc_context({"font.size": 3.0, "axes.facecolor": "black"}):
        before = dict(mpl.rcParams)
        figure = plots.plot_history(HISTORY)
        assert dict(mpl.rcParams) == before
    assert isinstance(figure, matplotlib.figure.Figure)
    assert figure.axes[0].get_facecolor() == (1, 1, 1, 1)
    assert figure.axes[0].xaxis.label.get_fontsize() == 10
    assert figure._repr_png_().startswith(b"\x89PNG")


def test_no_pyplot_and_no_keras_for_figures_of_arrays() -> None:
    done = run_python(
        "import sys, kerazoo\n"
        "assert 'matplotlib' not in sys.modules\n"
        "kerazoo.plots.plot_residuals([1.0, 2.0], [1.5, 2.0])\n"
        "print([n for n in ('matplotlib.pyplot', 'keras', 'tensorflow') if n in sys.modules])"
    )
    assert done.stdout == "[]\n", done.stderr


def test_evaluate_draws_what_fits_the_task(tmp_path: Path) -> None:
    done = run_forked("evaluate", "boston", "--plot", tmp_path / "figures")
    assert done.returncode == 0, done.stderr
    path = tmp_path / "figures" / "residuals.png"
    assert done.stderr == f"wrote {path}\n"
    assert Image.open(path).format == "PNG"
    done = run_forked("evaluate", "boston", "--plot", path)
    assert done.returncode == 1
    assert done.stderr == f"error: --plot {path} is a file; give a folder to draw in.\n"


def test_type_checkers_and_dir_know_the_submodule(root: Path) -> None:
    assert "import plots as plots" in (root / "kerazoo" / "__init__.pyi").read_text()
    assert "plots" in dir(kerazoo)
    for name in plots.__all__:
        assert callable(getattr(kerazoo.plots, name))


def test_columns_are_drawn_one_by_one_and_words_as_bars() -> None:
    wine = kerazoo.load_dataset("wine")
    figure = plots.plot_columns(wine)
    assert len(figure.axes) == 12
    colors = figure.axes[-1]
    assert [label.get_text() for label in colors.get_xticklabels()] == ["red", "white"]
    assert sum(bar.get_height() for bar in colors.patches) == len(wine.train.x)
    assert sum(bar.get_height() for bar in figure.axes[0].patches) == len(wine.train.x)


def test_columns_of_a_window_are_those_of_its_last_row() -> None:
    figure = plots.plot_columns(kerazoo.load_dataset("nyse"))
    assert titles(figure) == ["DJ_return", "log_volume", "log_volatility"]


def test_images_have_no_columns() -> None:
    with pytest.raises(KerazooError, match="plot_images"):
        plots.plot_columns(clothes())


def test_series_draws_the_last_rows_of_each() -> None:
    figure = plots.plot_series({"true": [1, 2, 3], "said": [[1], [1], [3]]}, "volume", rows=2)
    assert lines(figure.axes[0]) == {"true": [2, 3], "said": [1, 3]}
    assert figure.axes[0].get_ylabel() == "volume"
    assert list(figure.axes[0].lines[0].get_xdata()) == [2, 3]
    styles = {line.get_linestyle() for line in figure.axes[0].lines}
    widths = {line.get_linewidth() for line in figure.axes[0].lines}
    assert len(styles | widths) > 2  # told apart without colors


@pytest.mark.parametrize(
    ("series", "rows", "message"),
    [
        ({}, None, "0 series"),
        ({"a": [1], "b": [1, 2]}, None, "1 row \\('a'\\), 2 rows"),
        ({"a": []}, None, "at least one"),
        ({"a": [1]}, 0, "rows is 0"),
    ],
)
def test_series_that_do_not_go_together_are_refused(series, rows, message: str) -> None:
    with pytest.raises(KerazooError, match=message):
        plots.plot_series(series, rows=rows)


def test_decision_surface_shows_the_output_and_the_rows() -> None:
    splits = kerazoo.load_dataset("xor")
    model = kerazoo.load_model("xor")
    figure = plots.plot_decision_surface(model, splits)
    axes = figure.axes[0]
    assert [text.get_text() for text in axes.texts if text.get_text() in "01"] == list("0110")
    (left, right, bottom, top) = axes.images[0].get_extent()
    surface = np.asarray(axes.images[0].get_array())
    at = [round(100 * (value - left) / (right - left)) for value in (0, 1)]
    assert (bottom, top) == (left, right)
    assert surface[at[0], at[0]] < 0.5 < surface[at[0], at[1]]


def test_decision_surface_needs_two_inputs() -> None:
    with pytest.raises(KerazooError, match="two inputs and one output"):
        plots.plot_decision_surface(kerazoo.build_boston(), kerazoo.load_dataset("boston"))


def test_a_long_title_is_broken() -> None:
    figure = plots.plot_history({"root_mean_squared_error": [3.14159, 2.71828]})
    assert titles(figure) == ["root mean squared error:\nlowest 2.718 in epoch 2"]
