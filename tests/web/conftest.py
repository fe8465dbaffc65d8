"""A stand-in for the program of the pages, so that tests need no npm."""

from __future__ import annotations

from pathlib import Path

import pytest

from kerazoo.web import built

PAGE = (
    '<html><head><link rel="stylesheet" href="style.css"></head>'
    '<body><script src="app.js"></script></body></html>'
)


@pytest.fixture
def pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The files of the pages, small ones."""
    folder = tmp_path / "built"
    folder.mkdir()
    for file in {*built.FILES, *built.LIVE_FILES, *built.PLAY_FILES}:
        (folder / file).write_text(f"/* {file} */ '</script>'")
    (folder / built.PAGE).write_text(PAGE)
    monkeypatch.setattr(built, "FOLDER", folder)
    return folder
