"""Several series in one file: each with windows, a scale, baselines and a forecast of its own."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import kerazoo
from kerazoo.datasets import time_series_csv
from kerazoo.datasets.nyse import sample
from kerazoo.tasks import load_task
from tests.processes import run_forked
from tests.tasks.series.test_forecast import repeat_last

pytestmark = pytest.mark.filterwarnings(
    "ignore:.*(gap in the|gaps in the|is scaled by|left out. 'short')"
)
SIZES = {"small": (0.0, 1.0), "large": (5000.0, 300.0)}


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One real series in two sizes, the second 50 days shorter, and a third of ten days."""
    header, *rows = sample(300)
    days = pd.DataFrame(rows, columns=header).astype(dict.fromkeys(header[1:], float))
    parts = []
    for name, (level, size) in (*SIZES.items(), ("short", (1.0, 1.0))):
        part = days[["date", "log_volume", "log_volatility"]].copy()
        part["log_volume"] = level + size * part["log_volume"]
        part.insert(1, "market", name)
        parts.append({"small": part, "large": part[50:], "short": part[-10:]}[name])
    path = tmp_path_factory.mktemp("several") / "markets.csv"
    pd.concat(parts).sort_values(["date", "market"]).to_csv(path, index=False)
    return path


def load(path: Path, **options: object) -> kerazoo.Splits:
    return time_series_csv.load(path=path, target="log_volume", series="market", **options)


@pytest.fixture(scope="module")
def splits(file: Path) -> kerazoo.Splits:
    with pytest.warns(UserWarning, match=r"series left out: 'short' \(10 rows\)"):
        return load(file)


def alone(file: Path, name: str, folder: Path) -> kerazoo.Splits:
    """The windows of one series, from a file of its own."""
    frame = pd.read_csv(file)
    path = folder / f"{name}.csv"
    frame[frame["market"] == name].drop(columns="market").to_csv(path, index=False)
    return time_series_csv.load(path=path, target="log_volume")


def test_windows_are_those_of_each_series_alone_in_its_own_units(
    file: Path, splits: kerazoo.Splits, tmp_path: Path
) -> None:
    assert list(splits.about.scales) == ["small", "large"], "as they appear in the file"
    first = {"train": 0, "validation": 0, "test": 0}
    for name, scale in splits.about.scales.items():
        single = alone(file, name, tmp_path)
        rows = single.timelines[0].values[: single.timelines[0].validation].astype("float64")
        np.testing.assert_allclose(
            np.array(scale).T, [rows.mean(axis=0), rows.std(axis=0)], rtol=1e-4
        )
        center, spread = np.array(scale).T
        for part, start in list(first.items()):
            x, y = getattr(single, part)
            some = slice(start, start + len(x))
            first[part] += len(x)
            x_own, y_own = getattr(splits, part)
            np.testing.assert_allclose(x_own[some], (x - center) / spread, atol=1e-3)
            np.testing.assert_allclose(y_own[some], (y - center[0]) / spread[0], atol=1e-3)
    assert first == {part: len(getattr(splits, part).x) for part in first}, "and no others"


def test_a_forecast_is_in_the_units_of_its_series(file: Path, splits: kerazoo.Splits) -> None:
    model = repeat_last(5, 2)
    frame = pd.read_csv(file)
    for name in SIZES:
        after = kerazoo.forecast(model, file, 3, splits=splits, series=name, paths=5)
        known = frame[frame["market"] == name]["log_volume"].to_numpy()
        np.testing.assert_allclose(after.values, np.full(3, known[-1]), rtol=1e-5)
        np.testing.assert_allclose(after.history, known, rtol=1e-6)
    other = frame[frame["market"] == "large"].assign(market="new")
    other["log_volume"] *= 2
    with pytest.warns(UserWarning, match="'new' was not trained on"):
        new = kerazoo.forecast(model, other, 1, splits=splits, paths=5)
    assert new.values[0] == pytest.approx(2 * known_last(frame, "large"))


def known_last(frame: pd.DataFrame, name: str) -> float:
    return float(frame[frame["market"] == name]["log_volume"].iloc[-1])


def test_which_series_is_asked_for_must_be_known(file: Path, splits: kerazoo.Splits) -> None:
    model = repeat_last(5, 2)
    for history, options, message in (
        (file, {}, "holds 3 series; pass series=, one of 'small', 'large', 'short'"),
        (file, {"series": "smal"}, "unknown series 'smal'. Did you mean 'small'"),
        (np.ones((9, 2)), {}, "an array does not name its series"),
    ):
        with pytest.raises(kerazoo.KerazooError, match=message):
            kerazoo.forecast(model, history, 1, splits=splits, **options)


def test_baselines_are_those_of_each_series(
    file: Path, splits: kerazoo.Splits, tmp_path: Path
) -> None:
    names = ("last_value", "season_5", "autoregression")
    recipe = replace(kerazoo.load_recipe("lstm"), baselines=names)
    scores = load_task("series").baselines("lstm", recipe, splits)
    for name in names:
        total = rows = 0.0
        for market, scale in splits.about.scales.items():
            single = alone(file, market, tmp_path)
            count = len(single.test.x)
            error = kerazoo.score_baseline(name, single)["mean_absolute_error"]
            total, rows = total + count * error / scale[0][1], rows + count
        assert scores[name]["mean_absolute_error"] == pytest.approx(total / rows, rel=1e-3), name


def test_a_backtest_names_the_series_and_speaks_in_its_units(
    file: Path, splits: kerazoo.Splits
) -> None:
    recipe = replace(
        kerazoo.load_recipe("nyse_rnn"), builder_arguments={"input_shape": (5, 2), "units": 2}
    )
    result = kerazoo.backtest("nyse_rnn", recipe=recipe, splits=splits, every=30, epochs=1)
    frame = result.to_frame()
    known = pd.read_csv(file, parse_dates=["date"]).rename(columns={"market": "series"})
    both = frame.merge(known, on=["series", "date"])
    assert len(both) == len(frame) == 60 + 50
    np.testing.assert_allclose(both["true"], both["log_volume"], rtol=1e-4, atol=1e-4)
    off = np.abs(frame["nyse_rnn"] - frame["true"]) / frame["series"].map(
        {name: scale[0][1] for name, scale in splits.about.scales.items()}
    )
    assert result.scores["nyse_rnn"]["mean_absolute_error"] == pytest.approx(off.mean(), rel=1e-5)


def test_no_series_knows_a_later_row_of_another(file: Path, tmp_path: Path) -> None:
    frame = pd.read_csv(file)
    day = sorted(frame["date"].unique())[-20]
    changed = frame.copy()
    changed.loc[(frame["market"] == "large") & (frame["date"] == day), "log_volume"] += 3000
    changed.to_csv(tmp_path / "changed.csv", index=False)
    recipe = replace(
        kerazoo.load_recipe("nyse_rnn"), builder_arguments={"input_shape": (5, 2), "units": 2}
    )
    before, after = (
        kerazoo.backtest("nyse_rnn", recipe=recipe, splits=load(path), every=15, epochs=2)
        .to_frame()
        .set_index(["series", "date"])
        for path in (file, tmp_path / "changed.csv")
    )
    apart = before.drop(columns="true") != after.drop(columns="true")
    early = before.index.get_level_values("date") <= day
    assert not apart[early].to_numpy().any()
    assert apart[~early].loc["small", "nyse_rnn"].any(), "the network learns from both"
    assert not apart[~early].loc["small", "autoregression"].any(), "a simple method from its own"


@pytest.mark.thorough
def test_the_commands_forecast_and_judge_each_series(
    file: Path, splits: kerazoo.Splits, tmp_path: Path
) -> None:
    network = kerazoo.build_lstm((5, 2), units=(2,))
    kerazoo.adapt_normalization(network, *splits.train)
    arguments = {"input_shape": (5, 2), "units": (2,)}
    folder = kerazoo.save_model(
        network, tmp_path / "lstm", name="lstm", splits=splits, builder_arguments=arguments
    )
    done = run_forked("predict", folder, file, "--steps", 2)
    assert done.returncode == 0, done.stderr
    rows = list(csv.DictReader(done.stdout.splitlines()))
    assert [row["market"] for row in rows] == ["small", "small", "large", "large"]
    expected = kerazoo.forecast(folder, file, 2, series="small")
    assert [float(row["log_volume"]) for row in rows[:2]] == pytest.approx(expected.values)
    assert "series 'short' is left out" in done.stderr
    judged = run_forked("evaluate", folder, "--data", file)
    assert judged.returncode == 0, judged.stderr
    assert "other data" not in judged.stderr, "the same test part"
    refused = run_forked("predict", folder, file, "--plot", tmp_path / "a.png")
    assert refused.returncode == 1
    assert "--plot draws one series" in refused.stderr.splitlines()[-1]


def test_the_command_line_says_what_it_makes_of_the_file(file: Path) -> None:
    options = {"target": "log_volume", "series": "market"}
    with pytest.warns(UserWarning, match="series") as caught:
        recipe, splits = load_task("series").own_data(
            "lstm", kerazoo.load_recipe("lstm"), file, options
        )
    said = " ".join(str(one.message) for one in caught)
    assert "560 rows of 3 series by 'market'; 'log_volume' is predicted from its past, with" in said
    assert "errors are in standard deviations of its 'log_volume'" in said
    assert recipe.dataset_arguments["series"] == "market"
    assert recipe.baselines == ("last_value", "season_5", "autoregression")
    assert len(splits.timelines) == 2


@pytest.mark.parametrize(
    ("change", "series", "message"),
    [
        (lambda f: f, "markt", "unknown column 'markt'. Did you mean 'market'"),
        (lambda f: f[f["market"] == "large"], "market", "one series. Leave --series"),
        (lambda f: f.assign(market=f["market"].where(f.index > 3)), "market", "row 1 .* is empty"),
        (lambda f: f, "log_volume", "cannot name the series and be"),
        (lambda f: f[f["market"] != "large"][-20:], "market", "no series is long enough"),
        (lambda f: pd.concat([f, f[f["market"] == "small"]]), "market", "market 'small': .* twice"),
    ],
)  # fmt: skip
def test_what_is_no_file_of_several_series_is_refused(
    file: Path, tmp_path: Path, change, series: str, message: str
) -> None:
    path = tmp_path / "changed.csv"
    change(pd.read_csv(file)).to_csv(path, index=False)
    with pytest.raises(kerazoo.KerazooError, match=message):
        time_series_csv.load(path=path, target="log_volume", series=series)
