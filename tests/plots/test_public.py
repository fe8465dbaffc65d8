"""The names of kerazoo.plots, which are resolved when they are first used."""

from __future__ import annotations

from pathlib import Path

import pytest

from kerazoo import plots
from tests.conftest import run_python


def test_every_name_is_there_and_is_a_function() -> None:
    for name in plots.__all__:
        assert callable(getattr(plots, name))
        assert name in dir(plots)
    with pytest.raises(AttributeError, match="plot_nothing"):
        plots.plot_nothing  # noqa: B018


def test_the_type_stub_lists_every_name(root: Path) -> None:
    stub = (root / "kerazoo" / "plots" / "__init__.pyi").read_text()
    listed = [line.split()[-1] for line in stub.splitlines() if line.startswith("from")]
    assert sorted(listed) == sorted(plots.__all__)


def test_mosaics_do_not_import_matplotlib() -> None:
    done = run_python("import sys, kerazoo.plots.mosaics; print('matplotlib' in sys.modules)")
    assert done.stdout == "False\n", done.stderr
