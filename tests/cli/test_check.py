"""`kerazoo check`: rows that are like those of the training, and rows that are not."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from kerazoo.predict.drift import Thresholds, measure_drift
from kerazoo.saved import load_card
from tests.saved_networks import forge
from tests.small_data import clothes
from tests.tables import make_table


def write(path: Path, names, rows) -> Path:
    lines = [names, *np.asarray(rows).tolist()]
    path.write_text("\n".join(",".join(map(str, line)) for line in lines))
    return path


def test_the_test_part_has_not_drifted_and_another_unit_has(cli, wine, tmp_path):
    names, x = wine.splits.feature_names, wine.splits.test.x
    status, printed, said = cli("check", wine.path, write(tmp_path / "rows.csv", names, x))
    assert (status, said) == (0, "")
    assert "drifted" not in printed
    odd = x.copy()
    odd[:, names.index("alcohol")] *= 1.3
    table = write(tmp_path / "odd.csv", names, odd)
    status, printed, said = cli("check", wine.path, table)
    assert status == 1
    assert "1 of 12 columns is not as in training: alcohol." in said
    assert [line.split()[0] for line in printed.splitlines() if "drifted" in line] == ["alcohol"]
    status, printed, _ = cli("check", wine.path, table, "--json")
    columns = {one["name"]: one for one in json.loads(printed)["columns"]}
    assert status == 1
    assert columns["alcohol"]["psi"] > 0.25
    assert columns["alcohol"]["ks"] > 0.25
    assert columns["color"]["ks"] is None
    assert cli("check", wine.path, table, "--psi", 100, "--ks", 1)[0] == 0
    for option, value in (("--ks", "nan"), ("--ks", "2"), ("--psi", "-1"), ("--new", "much")):
        status, _, said = cli("check", wine.path, table, option, value)
        assert (status, "expected a number, 0 to 1" in said) == (2, True)


def test_new_words_and_empty_cells_are_drift_as_well(cli, cases, tmp_path):
    table = make_table().drop(columns="price")
    table.to_csv(tmp_path / "same.csv", index=False)
    status, _, said = cli("check", cases.path, tmp_path / "same.csv")
    assert status == 0, said
    table.loc[table.index[:60], "color"] = "pink"
    table.loc[table.index[100:], "size"] = None
    table.to_csv(tmp_path / "odd.csv", index=False)
    status, printed, said = cli("check", cases.path, tmp_path / "odd.csv", "--json")
    assert status == 1
    assert "not as in training: size, color." in said
    columns = {one["name"]: one for one in json.loads(printed)["columns"]}
    assert columns["color"]["new"] > 0.1
    assert columns["size"]["empty"] > 0.7


def test_a_few_rows_are_no_drift(cli, wine, tmp_path):
    names, x = wine.splits.feature_names, wine.splits.test.x
    for start in range(0, 50, 5):
        rows = measure_drift(x[start : start + 5], load_card(wine.path))
        assert not any(column.has_drifted for column in rows)
    status, _, said = cli("check", wine.path, write(tmp_path / "five.csv", names, x[:5]))
    assert (status, "of 5 rows, only large changes" in said) == (0, True)


def test_chance_is_called_drift_as_rarely_as_is_said(wine):
    """Thresholds of 0: one in a thousand columns of rows drawn from the training, or few more."""
    card, x = load_card(wine.path), wine.splits.train.x
    random = np.random.default_rng(0)
    found = [
        column.has_drifted
        for _ in range(60)
        for column in measure_drift(
            x[random.choice(len(x), 150)], card, Thresholds(psi=0, ks=0, new=0)
        )
    ]
    assert np.mean(found) < 0.02


def test_constant_columns(wine):
    card, x = load_card(wine.path), wine.splits.test.x.copy()
    x[:, 0] = 7.0
    assert measure_drift(x, card)[0].has_drifted
    from kerazoo.saved.profile import profile_of

    train = wine.splits.train.x.copy()
    train[:, 0] = 7.0
    import dataclasses

    flat = dataclasses.replace(card, profile=profile_of(train, card.about))
    assert not measure_drift(x, flat)[0].has_drifted
    x[:, 0] = 6.0
    assert measure_drift(x, flat)[0].has_drifted
    x[:, 0] = 8.0
    assert measure_drift(x, flat)[0].has_drifted


@pytest.mark.parametrize("model", ["vae", "matrix_factorization"])
def test_networks_that_know_no_distance_are_refused(cli, model, tmp_path):
    status, _, said = cli("check", model, tmp_path / "any.csv")
    assert (status, "does not say how far its validation rows are" in said) == (1, True)


def test_a_folder_of_images_is_checked_by_distance(cli, tmp_path):
    for folder, images in (
        ("clothes", clothes().test.x[:40, ..., 0]),
        ("noise", np.random.default_rng(0).integers(0, 256, (40, 28, 28), "uint8")),
    ):
        (tmp_path / folder).mkdir()
        for number, image in enumerate(images):
            Image.fromarray(image).save(tmp_path / folder / f"{number}.png")
    status, printed, said = cli("check", "cnn", tmp_path / "clothes", "--json")
    assert status == 0, said
    assert json.loads(printed)["odd"] < 0.2
    status, printed, said = cli("--lang", "ko", "check", "cnn", tmp_path / "noise")
    assert status == 1
    assert printed.startswith("행 40개: 그중 100.0 %가")
    assert "학습 데이터에서 떨어진 정도가 검증 행과 다릅니다" in said
    status, printed, said = cli("check", "cnn", tmp_path / "noise" / "0.png")
    assert printed.startswith("1 row: 100.0 % farther from the training than 99 % of")


def test_a_series_is_checked_by_its_windows(cli, root, tmp_path):
    series = pd.read_csv(root / "kerazoo" / "datasets" / "files" / "NYSE.csv.xz").tail(1500)
    series.to_csv(tmp_path / "last.csv", index=False)
    status, printed, said = cli("check", "lstm", tmp_path / "last.csv", "--json")
    assert status == 0, said
    found = json.loads(printed)
    assert found["rows"] == 1500 - load_card("lstm").about.lag
    assert found["odd"] < 0.05
    series.assign(log_volume=3 * series["log_volume"]).to_csv(tmp_path / "odd.csv", index=False)
    status, printed, said = cli("check", "lstm", tmp_path / "odd.csv")
    assert (status, "Check where odd.csv comes from" in said) == (1, True)
    series.head(3).to_csv(tmp_path / "short.csv", index=False)
    status, _, said = cli("check", "lstm", tmp_path / "short.csv")
    assert (status, "no window of 5 rows" in said) == (1, True)


def test_what_is_wrong_is_said_in_a_line(cli, wine, tmp_path):
    names, x = wine.splits.feature_names, wine.splits.test.x
    table = write(tmp_path / "rows.csv", names[1:], x[:, 1:])
    status, _, said = cli("check", wine.path, table)
    assert (status, said.count("\n"), names[0] in said) == (1, 1, True)
    copy = Path(shutil.copytree(wine.path, tmp_path / "old"))
    forge(copy, lambda plain: (plain.pop("profile"), plain.pop("typical")))
    status, _, said = cli("check", copy, table)
    assert (status, "kerazoo calibrate MODEL" in said) == (1, True)
