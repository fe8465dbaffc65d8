"""`kerazoo compare`, on what is bundled and on an own table."""

from __future__ import annotations

import json

import numpy as np

from tests.tables import make_table


def test_two_networks_of_the_zoo_on_their_test_part(cli) -> None:
    status, printed, said = cli("compare", "wine_multiclass", "tabm")
    assert status == 0, said
    assert "on the same 1,064 rows" in printed
    assert "between wine_multiclass and tabm" in printed.splitlines()[-1]
    status, printed, _ = cli("compare", "wine_multiclass", "tabm", "--json")
    found = json.loads(printed)
    assert found["models"] == ["wine_multiclass", "tabm"]
    assert found["alone"][0] - found["alone"][1] == round(found["difference"] * 1064)


def test_forecasts_of_numbers_have_an_interval(cli) -> None:
    status, printed, _ = cli("compare", "nyse_rnn", "lstm", "--json")
    found = json.loads(printed)
    assert status == 0
    assert found["interval"][0] < found["difference"] < found["interval"][1]
    assert found["measure"] == "mean_absolute_error"


def test_on_data_of_ones_own(cli, cases, tmp_path) -> None:
    make_table().iloc[: 2 * 20].to_csv(tmp_path / "rows.csv", index=False)
    status, printed, said = cli("compare", cases.path, cases.path, "--data", tmp_path / "rows.csv")
    assert status == 0, said
    assert "do not decide" in printed
    assert cli("compare", cases.path, cases.path, "--data", "-")[0] == 2
    status, _, said = cli("compare", cases.path, "boston")
    assert status == 1
    assert len(said.splitlines()) == 1


def test_the_readme_of_a_model_gets_the_figures_of_each_class(cli, wine, tmp_path) -> None:
    import shutil

    folder = shutil.copytree(wine.path, tmp_path / "wine_multiclass")
    status, printed, said = cli("evaluate", folder, "--readme", "--json")
    assert status == 0, said
    text = (folder / "README.md").read_text(encoding="utf-8")
    for name, one in json.loads(printed)["classes"].items():
        assert f"| `{name}` | {one['rows']} |" in text
    names, x = wine.splits.feature_names, wine.splits.test.x
    rows = np.column_stack([x, np.array(["bad", "good"])[np.arange(len(x)) % 2]])
    lines = [[*names, "quality"], *rows.tolist()]
    (tmp_path / "other.csv").write_text("\n".join(",".join(map(str, line)) for line in lines))
    before = text
    status, _, said = cli("evaluate", folder, "--readme", "--data", tmp_path / "other.csv")
    assert status == 1
    assert (folder / "README.md").read_text(encoding="utf-8") == before
