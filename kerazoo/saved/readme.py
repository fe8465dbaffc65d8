"""README.md of a saved model: what people should know before they trust it, made from the card.

What is made stands between `<!-- begin NAME -->` and `<!-- end NAME -->`, and is made again when
the card says more. All else is for people to change: it is written once.

Reference:
    Mitchell et al., "Model cards for model reporting", 2019.
"""

from __future__ import annotations

import json
import math
import os
import re
import statistics
from collections.abc import Mapping
from pathlib import Path

from kerazoo._files import write_whole
from kerazoo._wording import counted
from kerazoo.datasets.about import Series, Table
from kerazoo.errors import DamagedFile
from kerazoo.recipe import Recipe
from kerazoo.registry import describe_dataset, describe_network, list_models, load_recipe
from kerazoo.saved.card import Card
from kerazoo.saved.readme_text import (
    LIMITS,
    PIPELINES,
    SHARED_LIMITS,
    TAKES,
    USES,
    as_code,
    as_text,
)
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
_MOST_COLUMNS = 40
_MOST_WORDS = 12


def readme_of(card: Card) -> str:
    """Return the text for people about a saved model.

    Args:
        card: what it is, takes and gives.

    Example:
        >>> from kerazoo.saved.reading import load_card
        >>> readme_of(load_card("xor")).splitlines()[0]
        '---'
    """
    blocks = {name: _block(name, text) for name, text in _made(card).items()}
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
    blocks = {**_made(card), **(made or {})}

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


def recipe_of_zoo(card: Card) -> Recipe | None:
    """Return the recipe that a network was trained by, if it is one of the zoo as it stands."""
    if card.variant is None or card.source is not None or card.name not in list_models():
        return None
    recipe = load_recipe(card.name, card.variant)
    return recipe if recipe.hash() == card.recipe else None


def _block(name: str, content: str) -> str:
    end = "\n" if content else ""
    return f"<!-- begin {name} -->\n{content}{end}<!-- end {name} -->"


def _made(card: Card) -> dict[str, str]:
    """Return what the card says, by the name of its block."""
    return {
        "about": f"{_summary(card)}\n\n## What it is for\n\n{_purpose(card)}",
        "data": _data(card),
        "scores": _scores(card),
        "calibration": _calibration(card),
        "use": _use(card),
        "making": _making(card),
    }


def _front_matter(card: Card) -> str:
    """Return what the Hub reads: YAML, of which JSON is a part."""
    tags = ["kerazoo", "keras", *(["litert"] if card.has_litert else [])]
    lines = ["library_name: kerazoo", f"tags: {json.dumps(tags)}"]
    if _pipeline(card):
        lines.append(f"pipeline_tag: {_pipeline(card)}")
    if recipe_of_zoo(card) is not None:
        lines.append("license: apache-2.0")
    index = _index(card)
    return "\n".join(["---", *lines, *([index] if index else []), "---"])


def _index(card: Card) -> str:
    """Return the results as the Hub reads them; `""` if it has no name for the task."""
    pipeline, means, recipe = _pipeline(card), _means(card), recipe_of_zoo(card)
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


def _pipeline(card: Card) -> str:
    kind = card.task or ""
    return PIPELINES.get(f"{kind} of classes" if card.class_names else kind, "")


def _summary(card: Card) -> str:
    known = card.name in list_models()
    text = f"{describe_network(card.name)}. " if known else ""
    part = " Words are in `words.txt`." if "words.txt" in card.files else ""
    runs = "LiteRT, without TensorFlow, and on Keras" if card.has_litert else "Keras"
    return (
        f"{text[:1].upper()}{text[1:]}A network of {counted(card.parameters, 'number')}, saved by "
        f"kerazoo. It runs on {runs}.{part}"
    )


def _purpose(card: Card) -> str:
    lines = [TAKES.get(card.task or "", "It takes arrays of the shape that the card names.")]
    if card.class_names:
        names = [as_code(name) for name in card.class_names[:_MOST_WORDS]]
        more = len(card.class_names) - len(names)
        names += [f"and {more} more"] if more else []
        count = counted(len(card.class_names), "class", "classes")
        lines.append(f"It answers with one of {count}: {', '.join(names)}.")
    elif card.target_name and card.task in ("rows", "series", "ranking"):
        unit = card.about.target_unit if card.about is not None else ""
        lines.append(
            f"It answers with a number: {as_code(card.target_name)}"
            f"{f', in {as_text(unit)}' if unit else ''}."
        )
    text = " ".join(lines)
    return f"{text}\n\n{_columns(card)}" if card.columns else text


def _columns(card: Card) -> str:
    lines = ["| column | in training |", "| --- | --- |"]
    for column in card.columns[:_MOST_COLUMNS]:
        if column.categories:
            seen = ", ".join(as_code(word) for word in column.categories[:_MOST_WORDS])
            more = len(column.categories) - _MOST_WORDS
            seen += f" and {more} more" if more > 0 else ""
        elif column.kind == "date":
            seen = "dates"
        else:
            seen = f"{column.minimum:.6g} to {column.maximum:.6g}"
        lines.append(f"| {as_code(column.name)} | {seen} |")
    more = len(card.columns) - _MOST_COLUMNS
    if more > 0:
        lines.append(f"| and {counted(more, 'more column')} | |")
    return "\n".join(lines)


def _limits(card: Card) -> str:
    lines = [*LIMITS.get(card.task or "", ()), *SHARED_LIMITS]
    return "\n".join(f"- {line}" for line in lines)


def _data(card: Card) -> str:
    recipe = recipe_of_zoo(card)
    if recipe is None:
        own = f", {as_code(Path(card.source).name)}" if card.source else ""
        return f"Data of its author's{own}."
    return (
        f"{describe_dataset(recipe.dataset)}\n\nThat is the data set `{recipe.dataset}` of "
        f"kerazoo; `kerazoo data path {recipe.dataset}` tells where it comes from. It has a "
        "license of its own, which the page *Data sets* of kerazoo's documentation names."
    )


def _means(card: Card) -> dict[str, tuple[float, float, int]]:
    """Return mean, spread and count of each metric over the seeds."""
    seeds = [values for values in card.metrics.values() if values]
    found = {}
    for metric in seeds[0] if seeds else ():
        values = [v for one in seeds if (v := one.get(metric)) is not None]
        if len(values) == len(seeds):
            spread = statistics.stdev(values) if len(values) > 1 else 0.0
            found[metric] = (statistics.fmean(values), spread, len(values))
    return found


def _scores(card: Card) -> str:
    means = _means(card)
    if not means:
        return "No results were saved with it."
    count = next(iter(means.values()))[2]
    several = count > 1
    own = card.metrics.get(str(card.seed), {})
    lines = [f"| metric | {f'mean of {count} seeds | spread | ' if several else ''}this network |"]
    lines.append("| --- |" + " --- |" * (3 if several else 1))
    for metric, (mean, spread, _) in means.items():
        value = own.get(metric)
        cells = [f"{mean:.4g}", f"{spread:.2g}"] if several else []
        cells.append("-" if value is None else f"{value:.4g}")
        lines.append(f"| {as_text(metric.replace('_', ' '))} | {' | '.join(cells)} |")
    note = "\n\nSpread: the standard deviation over seeds, of the same data." if several else ""
    return "\n".join(lines) + note


def _calibration(card: Card) -> str:
    found = card.calibration
    if found is None:
        if isinstance(card.about, Series):
            return "`kerazoo predict MODEL series.csv --coverage 0.9` gives intervals."
        return "Nothing is known of how sure its answers are: `kerazoo calibrate MODEL` tells."
    text = f"Learned from {counted(found.rows, 'row')} that it was not trained on. "
    if found.temperature == 1.0:
        text += "Its probabilities are as the network gives them: no temperature was better. "
    elif found.temperature is not None:
        text += f"Its probabilities are calibrated by a temperature of {found.temperature:.3g}. "
    what = "sets of classes" if card.class_names else "intervals"
    return text + (
        f"`kerazoo predict MODEL INPUT --coverage 0.9` gives {what} that hold the truth in nine of "
        "ten rows like those."
    )


def _use(card: Card) -> str:
    command = USES.get(card.task or "", "kerazoo predict MODEL --help")
    python = 'model = kerazoo.load_model("MODEL")  # the Keras network'
    if len(card.inputs) == len(card.outputs) == 1:
        python = 'predictor = kerazoo.load_predictor("MODEL")  # on LiteRT\n' + python
    check = "\nkerazoo check MODEL rows.csv" if isinstance(card.about, Table) else ""
    return (
        "With kerazoo installed; `MODEL` is the path of this folder.\n\n"
        f"```bash\n{command}{check}\n```\n\n"
        f"```python\nimport kerazoo\n\n{python}\n```\n\n"
        "The files are checked when they are loaded, and no code in them is run. Do not load "
        "`model.keras` by itself."
    )


def _making(card: Card) -> str:
    recipe = f"the {card.variant} recipe" if card.variant else "a recipe of its author's"
    seed = "" if card.seed is None else f", seed {card.seed}"
    start = ", going on from another saved network" if card.origins else ""
    versions = ", ".join(f"{as_text(name)} {as_text(v)}" for name, v in card.versions.items())
    off = card.litert_difference
    known = off is not None and math.isfinite(off)
    litert = f" On a few rows LiteRT was {off:.1g} from Keras at most." if known else ""
    return f"By {recipe}{seed}{start}. Written by {versions}.{litert}"
