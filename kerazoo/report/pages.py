"""The Markdown files whose tables are rendered: which there are, and how they are filled.

A table stands between `<!-- begin NAME -->` and `<!-- end NAME -->`. A file gets the tables whose
markers it has, so that a table moves to another page with its markers.
"""

from __future__ import annotations

import functools
import os
import re
from collections.abc import Callable
from pathlib import Path

from kerazoo.errors import KerazooError, unknown_name
from kerazoo.registry import list_models, list_tasks
from kerazoo.report import tables as report
from kerazoo.report.agents import agents_table
from kerazoo.report.generative import TABLES
from kerazoo.report.overview import Language, overview_table
from kerazoo.report.table import Table
from kerazoo.saved.card import CARD_FILE
from kerazoo.saved.reading import load_card
from kerazoo.saved.readme import write_readme
from kerazoo.saved.storage import README_FILE

PAGES = (
    "README.md",
    "README.ko.md",
    "docs/results.md",
    "docs/image_networks.md",
    "docs/generated_images.md",
    "docs/series.md",
    "docs/words.md",
    "docs/ratings.md",
    "docs/translation.md",
    "docs/control.md",
    "docs/trust.md",
    "docs/speed.md",
    "docs/own_data.md",
    "docs/search.md",
    "docs/serve.md",
    "docs/playground.md",
    "docs/deploy.md",
    "docs/scale.md",
    "docs/cluster.md",
)
"""The pages of a checkout that hold tables. Together they hold every table."""

_RECORDED = (
    "Recorded by `kerazoo record`: each experiment beside what was published and the best "
    "baseline, mean ± standard deviation over seeds.\n\n"
)
_BEGIN = re.compile(r"<!-- begin (\S+) -->")


def render_pages(
    *paths: str | os.PathLike[str], results: str | os.PathLike[str] | None = None
) -> dict[Path, bool]:
    """Put the tables into Markdown files, each between its markers.

    The results come from `results/*.json`, the speeds from what the benchmarks wrote into
    `benchmarks/results` of the checkout that a file is in. Nothing is written unless all is well.

    Args:
        paths: files, or the folder of a checkout: all of its `PAGES`, which then have to hold every
            table, and the READMEs of its saved models.
        results: folder of the result files.

    Returns:
        Each file, and whether that changed it.

    Raises:
        KerazooError: if a file cannot be read or has no markers, one of a pair is missing, or no
            page of a folder has the markers of a table.
        UnknownName: if there is no such table.
    """
    folders = [Path(path) for path in paths if Path(path).is_dir()]
    files = [Path(path) for path in paths if not Path(path).is_dir()]
    files += [folder / page for folder in folders for page in PAGES]
    before = {path: _read(path) for path in files}
    after = {path: _fill(path, text, results) for path, text in before.items()}
    for folder in folders:
        held = {name for page in PAGES for name in _BEGIN.findall(before[folder / page])}
        tables = _tables(folder / PAGES[0], results)
        # A page shows the networks of a task side by side where that makes sense.
        homeless = sorted(set(tables) - held - set(list_tasks()))
        if homeless:
            raise KerazooError(
                f"no page of {folder} has the markers of the table {homeless[0]!r}; add "
                f"{_markers(homeless[0])} to one of: {', '.join(PAGES)}."
            )
    for path, text in after.items():
        if text != before[path]:
            path.write_text(text, encoding="utf-8")
    changed = {path: text != before[path] for path, text in after.items()}
    for folder in folders:
        changed |= _render_saved_models(folder, results)
    return changed


def _render_saved_models(folder: Path, results: str | os.PathLike[str] | None) -> dict[Path, bool]:
    """Bring the READMEs of a checkout's saved models up to date, with what was recorded."""
    changed = {}
    for name in list_models():
        saved = folder / "saved_models" / name
        if (saved / CARD_FILE).is_file():
            table = report.results_table(results, [name])
            others = Table(table.header[1:], tuple(row[1:] for row in table.rows))
            made = {"recorded": _RECORDED + others.markdown()} if table.rows else {}
            changed[saved / README_FILE] = write_readme(saved, load_card(saved), made=made)
    return changed


def write_between(text: str, name: str, table: str) -> str:
    """Replace what is between the markers of one table.

    Raises:
        KerazooError: if the markers are not there.

    Example:
        >>> print(write_between("<!-- begin a -->old<!-- end a -->", "a", "new"))
        <!-- begin a -->
        new
        <!-- end a -->
    """
    begin, end = f"<!-- begin {name} -->", f"<!-- end {name} -->"
    head, found_begin, rest = text.partition(begin)
    _, found_end, tail = rest.partition(end)
    if not found_begin or not found_end:
        raise KerazooError(f"the table {name!r} has no beginning or no end; add {_markers(name)}.")
    return f"{head}{begin}\n{table}\n{end}{tail}"


def language_of(path: str | os.PathLike[str]) -> Language:
    """Return the language of a page, which its name says.

    Example:
        >>> language_of("README.md"), language_of("README.ko.md")
        ('en', 'ko')
    """
    return "ko" if Path(path).suffixes[-2:-1] == [".ko"] else "en"


def _fill(path: Path, text: str, results: str | os.PathLike[str] | None) -> str:
    tables, names = _tables(path, results), _BEGIN.findall(text)
    if not names:
        raise KerazooError(
            f"{path} has no place for a table; add {_markers('NAME')}, where NAME is one of: "
            f"{', '.join(sorted(tables))}."
        )
    for name in names:
        if name not in tables:
            raise unknown_name("table", name, sorted(tables))
        text = write_between(text, name, tables[name]())
    return text


def _tables(path: Path, results: str | os.PathLike[str] | None) -> dict[str, Callable[[], str]]:
    """Return what renders each table for a page."""
    tables: dict[str, Callable[[], str]] = {
        "networks": functools.partial(overview_table, language_of(path), results),
        "results": lambda: report.results_table(results).markdown(),
        "cross_validation": functools.partial(report.cross_validation_table, folder=results),
        "folds": functools.partial(report.folds_table, results),
        "sources": functools.partial(report.sources_table, results),
        "agents": functools.partial(agents_table, results),
    }
    for task in list_tasks():
        tables[task] = functools.partial(report.comparison_table, task, results)
    for name, render in TABLES.items():
        tables[name] = functools.partial(render, results)
    for benchmark in _benchmarks(path):
        tables[benchmark.stem] = functools.partial(_stripped, benchmark)
    return tables


def _benchmarks(path: Path) -> list[Path]:
    for folder in path.resolve().parents:
        found = sorted(folder.glob("benchmarks/results/*.md"))
        if found:
            return found
    return []


def _stripped(path: Path) -> str:
    return path.read_text(encoding="utf-8").strip()


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise KerazooError(f"{path} cannot be read: {reason}. Give a Markdown file.") from error


def _markers(name: str) -> str:
    return f"<!-- begin {name} --> and <!-- end {name} -->"
