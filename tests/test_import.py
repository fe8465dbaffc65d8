"""Listing and showing must not cost the seconds that TensorFlow takes to import."""

from __future__ import annotations

import re

import pytest

import kerazoo
from tests.conftest import run_python

HEAVY = ("keras", "tensorflow", "pandas", "sklearn", "matplotlib")
CLI = """
import sys; sys.argv = ['kerazoo', {}]
from kerazoo.cli import main
try: main()
except SystemExit: pass
"""


@pytest.mark.parametrize(
    "code",
    [
        "import kerazoo",
        "import kerazoo; kerazoo.list_models()",
        "import kerazoo; kerazoo.load_recipe('boston').hash()",
        CLI.format("'--help'"),
        CLI.format("'list'"),
        CLI.format("'show', 'wine_multiclass'"),
    ],
)
def test_imports_nothing_heavy(code: str) -> None:
    report = f"\nimport sys; print('HEAVY', [m for m in {HEAVY} if m in sys.modules])"
    result = run_python(code + report)
    assert result.returncode == 0, result.stderr
    assert result.stdout.endswith("HEAVY []\n"), result.stdout


def test_every_public_name_resolves() -> None:
    import kerazoo

    for name in dir(kerazoo):
        assert getattr(kerazoo, name) is not None


def test_unknown_attribute_is_an_attribute_error() -> None:
    import kerazoo

    with pytest.raises(AttributeError, match="build_vea"):
        kerazoo.build_vea  # noqa: B018


def test_the_overview_names_every_public_name_once():
    named = re.findall(
        r"`(?:kerazoo\.)?([A-Za-z_]+)(?:\(\))?`", kerazoo.__doc__.split("\n\nWhat ")[0]
    )
    public = {*kerazoo._PUBLIC, "plots"}
    assert public <= set(named)
    assert sorted(name for name in named if name in public) == sorted(public)
