"""Pages of the documentation that are made from the package."""

from __future__ import annotations

import importlib.util
from pathlib import Path


def test_every_option_of_the_command_line_has_its_place(root: Path) -> None:
    spec = importlib.util.spec_from_file_location("commands", root / "tools" / "commands.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    page = module.commands_page()
    for title in ("## kerazoo train", "## kerazoo data sample", "Networks of series:"):
        assert f"\n{title}\n" in page
    for row in (
        "| `--variant documented, tuned` | The recipe: as its source gives it, or the one tuned",
        "| `--snapshots` | A folder to draw in",
        "| `--resume` | Go on with an interrupted training. |  |",
        "| `--seed N` | Decides the random latent vectors: the same seed, the same images. | 0 |",
    ):
        assert row in page
