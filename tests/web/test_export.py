"""A page in a folder, or in one file; nothing of a user's is replaced."""

from __future__ import annotations

import base64
import gzip
import re
from pathlib import Path

import pytest

from kerazoo.cli import main
from kerazoo.errors import KerazooError, UnknownName, WrongUsage
from kerazoo.web import export_web, open_site

pytestmark = pytest.mark.usefixtures("pages")


def test_a_folder_holds_the_site(tmp_path: Path) -> None:
    folder = export_web("boston", tmp_path / "page")
    site = open_site(["boston"])
    found = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert found == set(site.paths())
    assert (folder / "models/boston/model.tflite").read_bytes() == site.read(
        "models/boston/model.tflite"
    )


def test_one_file_holds_the_same(tmp_path: Path) -> None:
    page = export_web("boston", tmp_path / "page.html").read_text()
    inside = dict(re.findall(r'data-file="(.*?)">(.*?)</script>', page))
    site = open_site(["boston"])
    assert set(inside) == set(site.paths()) - {"index.html", "app.js", "style.css"}
    for path, text in inside.items():
        assert gzip.decompress(base64.b64decode(text)) == site.read(path)
    assert "href=" not in page
    assert "src=" not in page
    # A program that holds the end of a script in a text must not end there.
    assert "/* app.js */ '<\\/script>'" in page


@pytest.mark.parametrize("name", ["page", "page.html"])
def test_an_older_export_is_replaced_by_force_alone(tmp_path: Path, name: str) -> None:
    path = export_web("xor", tmp_path / name)
    with pytest.raises(KerazooError, match="exists already"):
        export_web("boston", path)
    export_web("boston", path, force=True)
    text = (path / "site.json" if path.is_dir() else path).read_text()
    assert path.is_file() or "boston" in text
    assert [one.name for one in tmp_path.iterdir() if one.name != "built"] == [name]


def test_a_folder_of_other_files_is_kept(tmp_path: Path) -> None:
    folder = tmp_path / "work"
    folder.mkdir()
    (folder / "thesis.txt").write_text("years")
    with pytest.raises(KerazooError, match="is no web export to replace"):
        export_web("xor", folder, force=True)
    assert (folder / "thesis.txt").read_text() == "years"


def test_what_cannot_be_made_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(UnknownName):
        export_web("no_such_model", tmp_path / "page")
    with pytest.raises(KerazooError, match="does not exist"):
        export_web("xor", tmp_path / "no" / "page")
    with pytest.raises(WrongUsage, match="another kind of file"):
        export_web("xor", tmp_path / "xor.tflite")
    assert [one.name for one in tmp_path.iterdir()] == ["built"]


def test_the_command_writes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "xor.html"
    arguments = ["export", "xor", "--format", "web", "--out", str(path)]
    monkeypatch.setattr("sys.argv", ["kerazoo", *arguments])
    main()
    assert capsys.readouterr().out == f"wrote {path}\n"
    assert path.stat().st_size > 1000
