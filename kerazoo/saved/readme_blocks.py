"""What the card of a saved model says for people: the blocks of its README.md."""

from __future__ import annotations

import math
import statistics
from pathlib import Path

from kerazoo._wording import counted
from kerazoo.datasets.about import Series, Table
from kerazoo.recipe import Recipe
from kerazoo.registry import describe_dataset, describe_network, is_own, list_models, load_recipe
from kerazoo.saved.card import WORDS_FILE, Card, Tensor
from kerazoo.saved.readme_text import NOT_CALIBRATED, PIPELINES, TAKES, USES, as_code, as_text

_MOST_COLUMNS = 40
_MOST_WORDS = 12


def blocks_of(card: Card) -> dict[str, str]:
    """Return what the card says, by the name of its block."""
    return {
        "about": f"{_summary(card)}\n\n## What it is for\n\n{_purpose(card)}",
        "data": _data(card),
        "scores": _scores(card),
        "calibration": _calibration(card),
        "use": _use(card),
        "making": _making(card),
    }


def recipe_of_zoo(card: Card) -> Recipe | None:
    """Return the recipe that a network was trained by, if it is one of the zoo as it stands."""
    if card.variant is None or card.source is not None or card.name not in list_models():
        return None
    if is_own(card.name):  # a network of the user's, whose license and data are, too
        return None
    recipe = load_recipe(card.name, card.variant)
    return recipe if recipe.hash() == card.recipe else None


def pipeline_of(card: Card) -> str:
    """Return what the Hub calls the task of a network; `""` if it has no name for it."""
    kind = card.task or ""
    return PIPELINES.get(f"{kind} of classes" if card.class_names else kind, "")


def means_of(card: Card) -> dict[str, tuple[float, float, int]]:
    """Return mean, spread and count of each metric over the seeds."""
    seeds = [values for values in card.metrics.values() if values]
    found = {}
    for metric in seeds[0] if seeds else ():
        values = [v for one in seeds if (v := one.get(metric)) is not None]
        if len(values) == len(seeds):
            spread = statistics.stdev(values) if len(values) > 1 else 0.0
            found[metric] = (statistics.fmean(values), spread, len(values))
    return found


def _summary(card: Card) -> str:
    text = ""
    if card.name in list_models():
        text = f"{describe_network(card.name)}. "
        if recipe_of_zoo(card) is None and not is_own(card.name):
            # What the network of the zoo tells apart, this one may never have seen.
            text = f"The network {as_code(card.name)} of kerazoo, on data of its author's. "
    part = " Words are in `words.txt`." if WORDS_FILE in card.files else ""
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
        one, several = ("action", "actions") if card.task == "control" else ("class", "classes")
        count = counted(len(card.class_names), one, several)
        lines.append(f"It answers with one of {count}: {', '.join(names)}.")
    elif card.target_name and card.task in ("rows", "series", "ranking"):
        unit = card.about.target_unit if card.about is not None else ""
        lines.append(
            f"It answers with a number: {as_code(card.target_name)}"
            f"{f', in {as_text(unit)}' if unit else ''}."
        )
    if not card.columns:
        lines += [_shape(one) for one in card.inputs]
    text = " ".join(lines)
    return f"{text}\n\n{_columns(card)}" if card.columns else text


def _shape(one: Tensor) -> str:
    lengths = " x ".join("any" if length is None else str(length) for length in one.shape)
    what = "one number" if one.shape in ((), (1,)) else f"an array of {lengths}"
    return f"An input is {what}, {one.dtype}."


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


def _scores(card: Card) -> str:
    means = means_of(card)
    if not means:
        return "No results were saved with it."
    count = next(iter(means.values()))[2]
    several = count > 1
    own = card.metrics.get(str(card.seed), {})
    over = f"mean of {counted(count, 'seed')} | spread | " if several else ""
    lines = [f"| metric | {over}this network |"]
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
        if card.task in NOT_CALIBRATED:
            return NOT_CALIBRATED[card.task]
        return (
            "Nothing is known of how sure its answers are. `kerazoo calibrate MODEL --data PATH` "
            "learns it from labeled rows that it was not trained on."
        )
    text = f"Learned from {counted(found.rows, 'row')} that it was not trained on. "
    if found.temperature == 1.0:
        text += "Its probabilities are as the network gives them: no temperature was better. "
    elif found.temperature is not None:
        text += f"Its probabilities are calibrated by a temperature of {found.temperature:.3g}. "
    distance = ""
    if card.typical is not None:
        distance = " With `--distance`, it says how far each input is from the training rows."
    what = "sets of classes" if card.class_names else "intervals"
    return text + (
        f"`kerazoo predict MODEL INPUT --coverage 0.9` gives {what} that hold the truth in nine of "
        f"ten rows like those.{distance}"
    )


def _use(card: Card) -> str:
    command = USES.get(card.task or "", "kerazoo predict MODEL --help")
    python = 'model = kerazoo.load_model("MODEL")  # the Keras network'
    if len(card.inputs) == len(card.outputs) == 1:
        python = 'predictor = kerazoo.load_predictor("MODEL")  # on LiteRT\n' + python
    for part in card.parts or {}:
        python += f'\n{part} = kerazoo.load_predictor("MODEL", part="{part}")'
    if card.task == "generation" and isinstance(card.about, Table):
        command = USES["rows"]  # which tells odd rows
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
