"""README.md of a saved model: what people should know before they trust it, made from the card.

What is made stands between `<!-- begin NAME -->` and `<!-- end NAME -->`, and is made again when
the card says more. All else is for people to change: it is written once.

Reference:
    Mitchell et al., "Model cards for model reporting", 2019.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from pathlib import Path

from kerazoo._files import write_whole
from kerazoo.errors import DamagedFile
from kerazoo.saved.card import Card
from kerazoo.saved.readme_blocks import blocks_of, means_of, pipeline_of, recipe_of_zoo
from kerazoo.saved.readme_text import LIMITS, SHARED_LIMITS
from kerazoo.saved.storage import README_FILE, read_file

LARGEST_README = 2**20
FOUND_OUT = ("recorded", "judged")
"""What the card does not say: recorded results, and what `kerazoo evaluate --readme` found."""

UNKNOWN_DATA = (
    "Nobody has said here where it comes from, who may use it, and what it may be used for: write "
    "it in place of this sentence, and add `license:` above."
)

_BLOCK = re.compile(r"<!-- begin (?P<name>\w+) -->.*?<!-- end (?P=name) -->", re.DOTALL)
_INDEX = re.compile(r"^model-index:\n- name: .*\n  results: .*$", re.MULTILINE)


def readme_of(card: Card) -> str:
    """Return the text for people about a saved model.

    Args:
        card: what it is, takes and gives.

    Example:
        >>> from kerazoo.saved.reading import load_card
        >>> readme_of(load_card("xor")).splitlines()[0]
        '---'
    """
    blocks = {name: _block(name, text) for name, text in blocks_of(card).items()}
    blocks |= {name: _block(name, "") for name in FOUND_OUT}
    own = "" if recipe_of_zoo(card) else f"\n\n{UNKNOWN_DATA}"
    sections = [
        _front_matter(card),
        f"# {card.name}\n\n{blocks['about']}",
        f"## What it is not for\n\n{_limits(card)}",
        f"## Data\n\n{blocks['data']}{own}",
        "## Results\n\nOn rows that it was not trained on.",
        *(blocks[name] for name in ("scores", *FOUND_OUT)),
        f"## How sure it is\n\n{blocks['calibration']}",
        f"## How to use it\n\n{blocks['use']}",
        f"## How it was made\n\n{blocks['making']}",
    ]
    return "\n\n".join(sections) + "\n"


def updated(text: str, card: Card, *, made: Mapping[str, str] | None = None) -> str:
    r"""Return a README whose blocks are made again; what is not between markers stays.

    Args:
        text: what there is; without markers it is somebody's own, and stays as it is.
        card: of the model.
        made: what else is known, by the name of its block.

    Example:
        >>> from kerazoo.saved.reading import load_card
        >>> old = "Mine. <!-- begin judged -->old<!-- end judged -->"
        >>> updated(old, load_card("xor"), made={"judged": "new"})
        'Mine. <!-- begin judged -->\nnew\n<!-- end judged -->'
    """
    blocks = {**blocks_of(card), **(made or {})}

    def made_again(found: re.Match[str]) -> str:
        name = found["name"]
        return _block(name, blocks[name]) if name in blocks else found[0]

    text = _BLOCK.sub(made_again, text)
    return _INDEX.sub(lambda _: _index(card), text, count=1)


def write_readme(folder: Path, card: Card, *, made: Mapping[str, str] | None = None) -> bool:
    """Bring the README of a saved model up to date, or make one where there is none.

    Args:
        folder: the saved model.
        card: what it says of itself.
        made: what else is known, by the name of its block.

    Returns:
        Whether that changed anything.

    Raises:
        DamagedFile: if there is a README that is no text or no plain file.
        OSError: if it cannot be written.
    """
    before = read_readme(folder)
    after = updated(readme_of(card) if before is None else before, card, made=made)
    if after != before:
        write_whole(folder / README_FILE, after)
    return after != before


def read_readme(folder: Path) -> str | None:
    """Return the README of a saved model; `None` if it has none.

    Raises:
        DamagedFile: if it is no text, not a plain file, or too large.
    """
    path = folder / README_FILE
    if not os.path.lexists(path):
        return None
    try:
        return read_file(path, LARGEST_README).decode()
    except UnicodeDecodeError as error:
        raise DamagedFile(
            f"{path} is not text in UTF-8. Delete it to have it made anew."
        ) from error


def readme_to_keep(folder: Path, card: Card) -> str:
    """Return the README of a model that takes the place of another one of its name.

    What people wrote there stays; what was judged of the old network goes.
    """
    try:
        before = read_readme(folder)
    except DamagedFile:
        before = None
    if before is None:
        return readme_of(card)
    return updated(before, card, made=dict.fromkeys(FOUND_OUT, ""))


def _block(name: str, content: str) -> str:
    end = "\n" if content else ""
    return f"<!-- begin {name} -->\n{content}{end}<!-- end {name} -->"


def _front_matter(card: Card) -> str:
    """Return what the Hub reads: YAML, of which JSON is a part."""
    tags = ["kerazoo", "keras", *(["litert"] if card.has_litert else [])]
    lines = ["library_name: kerazoo", f"tags: {json.dumps(tags)}"]
    if pipeline_of(card):
        lines.append(f"pipeline_tag: {pipeline_of(card)}")
    if recipe_of_zoo(card) is not None:
        lines.append("license: apache-2.0")
    index = _index(card)
    return "\n".join(["---", *lines, *([index] if index else []), "---"])


def _index(card: Card) -> str:
    """Return the results as the Hub reads them; `""` if it has no name for the task."""
    pipeline, means, recipe = pipeline_of(card), means_of(card), recipe_of_zoo(card)
    if not pipeline or not means:
        return ""
    dataset = card.dataset or (recipe.dataset if recipe else "own data")
    result = {
        "task": {"type": pipeline},
        "dataset": {"name": dataset, "type": dataset},
        "metrics": [
            {"type": metric, "name": metric.replace("_", " "), "value": round(values[0], 6)}
            for metric, values in means.items()
        ],
    }
    return f"model-index:\n- name: {json.dumps(card.name)}\n  results: {json.dumps([result])}"


def _limits(card: Card) -> str:
    lines = [*LIMITS.get(card.task or "", ()), *SHARED_LIMITS]
    return "\n".join(f"- {line}" for line in lines)
