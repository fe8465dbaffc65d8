"""A hook of MkDocs: pages that are made from the package, so that nobody writes anything twice.

One page per network, from its docstring, its layers, its recorded results and its notebook, with
the network itself in a frame where the pages of `kerazoo demo` are built; one per lesson and
language; one per topic of the API, from docstrings; and the README, CONTRIBUTING, SECURITY and
CHANGELOG of the root folder. The pages in `docs/` stand as they are, but for links out of that
folder. The package is imported, but not Keras.
"""

from __future__ import annotations

import base64
import inspect
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from latex2mathml.converter import convert
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import get_plugin_logger
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

import kerazoo
from kerazoo import lessons, registry
from kerazoo.cli.show import describe_recipe
from kerazoo.report import tables as report
from kerazoo.report.results import Results
from kerazoo.report.table import Table
from kerazoo.saved.reading import load_card

from commands import commands_page  # isort: skip  (MkDocs looks beside a hook)
from demo_pages import FOLDER, demo_files, run_in_page, why_not  # isort: skip

ROOT = Path(__file__).parent.parent
PAGES = {
    "README.md": "index.md",
    "README.ko.md": "index.ko.md",
    "CONTRIBUTING.md": "contributing.md",
    "SECURITY.md": "security.md",
    "CHANGELOG.md": "changelog.md",
}
ASSETS = (
    "CITATION.cff",
    "LICENSE",
    "kerazoo/datasets/files/NYSE-LICENSE.txt",
    "kerazoo/datasets/files/seattle-weather-LICENSE.txt",
)
TOPICS = {
    "networks": ("registry", "recipe", "report"),
    "data": ("datasets",),
    "word vectors": ("tasks.words", "engine.words", "datasets.reading.corpus"),
    "recommendations": ("tasks.ranking",),
    "control": ("tasks.control", "engine.control"),
    "training": ("compile", "engine", "experiments", "tasks._baselines", "runtimes"),
    "saved models and prediction": ("saved", "predict"),
    "scikit-learn": ("sklearn",),
    "forecasting": ("tasks.series",),
    "generated images": ("tasks.generation",),
    "masks and boxes": ("tasks.segmentation", "tasks.detection"),
    "errors": ("errors",),
}
OTHERS = "everything else"
_FIRST = (".train", ".fit_model", ".load_dataset", ".load_predictor", ".forecast", ".sample")
_FORMULA = re.compile(r"\$([^$\n]+)\$")  # browsers know MathML, and no TeX
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_log = get_plugin_logger("kerazoo")


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Order the pages: what there is, then how it is used, then how it is made."""
    networks: list[Any] = ["networks/index.md"]
    for family in registry.list_families():
        names = registry.list_models(family)
        networks.append({family: [{name: f"networks/{name}.md"} for name in names]})
    config.nav = [
        {"kerazoo": ["index.md", {"한국어": "index.ko.md"}]},
        {
            "Results": [
                {"In full": "results.md"},
                {"Images": "image_networks.md"},
                {"Time series": "series.md"},
                {"Generated images": "generated_images.md"},
                {"Word vectors": "words.md"},
                {"The next word": "language.md"},
                {"Texts that become other texts": "translation.md"},
                {"Recommendations": "ratings.md"},
                {"Control": "control.md"},
                {"Speed": "speed.md"},
            ]
        },
        {"The course": ["course.md", {"한국어 용어": "korean_terms.md"}]},
        {"Lessons": ["lessons.md", *_lesson_entries()]},
        {"Networks": networks},
        {
            "Use": [
                {"Your own data": "own_data.md"},
                {"Your own images": "own_images.md"},
                {"Can I believe it?": "trust.md"},
                {"Using a saved model elsewhere": "deploy.md"},
                {"Better settings": "search.md"},
                {"Answering over HTTP": "serve.md"},
                {"In a browser": "browser.md"},
                {"The playground": "playground.md"},
                {"In scikit-learn": "scikit_learn.md"},
                {"Command line": "commands.md"},
                {"Notebooks": "notebooks.md"},
                {"Data sets": "data.md"},
                {"Following a training": "tracking.md"},
                {"What differs from Keras": "keras.md"},
                {"GPU": "gpu.md"},
                {"When one machine is not enough": "scale.md"},
                {"Many machines": "cluster.md"},
            ]
        },
        {"API": [{topic: _api_page(topic)} for topic in [*_topics(), "plots"]]},
        {"Design": "design.md"},
        {"Project": ["contributing.md", "security.md", "changelog.md"]},
    ]
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages."""
    made = {
        **_root_pages(),
        **_network_pages(),
        **_api_pages(),
        **_lesson_pages(),
        "commands.md": commands_page(),
        "notebooks.md": _notebooks_page(),
        **dict(demo_files()),
    }
    if why_not():
        _log.info(why_not())
    for path, content in made.items():
        files.append(File.generated(config, path, content=content))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Lead links of the pages in `docs/` to files above that folder to where these are here."""
    return _LINK.sub(
        lambda found: (
            f"]({_link(found[1].removeprefix('../'))})"
            if found[1].startswith("../") and page.file.generated_by is None
            else found[0]
        ),
        markdown,
    )


# === The root folder ===


def _root_pages() -> dict[str, str | bytes]:
    pages: dict[str, str | bytes] = {Path(name).name: (ROOT / name).read_bytes() for name in ASSETS}
    for name, page in PAGES.items():
        text = (ROOT / name).read_text(encoding="utf-8")
        pages[page] = _LINK.sub(lambda found: f"]({_link(found[1])})", text)
    return pages


def _link(target: str) -> str:
    """Return where a link of the root folder leads on the site."""
    if "://" in target or target.startswith("#"):
        return target
    file, hash_sign, anchor = target.partition("#")
    if file in PAGES:
        return PAGES[file] + hash_sign + anchor
    if target in ASSETS:
        return Path(target).name
    if target in ("notebooks", "lessons"):
        return f"{target}.md"
    if target.startswith("kerazoo/models/"):
        return f"networks/{Path(target).stem}.md"
    if target.startswith("lessons/"):
        target = target.replace(".ipynb", ".md")
    return target.removeprefix("docs/")


# === The networks ===


def _network_pages() -> dict[str, str | bytes]:
    lines = ["# Networks", ""]
    if not why_not():
        lines += [f"[Run all of them in your browser](../{FOLDER}/index.html).", ""]
    for family in registry.list_families():
        lines += [f"## {family}", ""]
        names = registry.list_models(family)
        lines += [f"- [`{name}`]({name}.md): {_summary(name)}" for name in names]
        lines.append("")
    pages: dict[str, str | bytes] = {"networks/index.md": "\n".join(lines)}
    for name in kerazoo.list_models():
        pages[f"networks/{name}.md"] = _network_page(name)
        pages |= _images(name)
    return pages


def _summary(name: str) -> str:
    text = inspect.getdoc(registry.load_module(name)) or ""
    return text.splitlines()[0].removeprefix(f"{name}: ")


def _network_page(name: str) -> str:
    module = f"kerazoo.models.{registry.family_of(name)}.{name}"
    rows = report.results_table(names=[name])
    parts = [
        f"# {name}",
        _sentence(_summary(name)),
        *run_in_page(name),
        f"::: {module}.build_{name}",
        *_layers(name),
        "## Results",
        rows.markdown() if rows.rows else f"None yet: `kerazoo record {name}`.",
        *_cross_validation(name),
        *_recipes(name),
        *_card(name),
        *_notebook(name),
    ]
    return "\n\n".join(parts) + "\n"


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _layers(name: str) -> Iterator[str]:
    layers = Results.load(name).layers
    if layers:
        yield "## Layers"
        yield "```text\n" + "\n".join(layers) + "\n```"


def _cross_validation(name: str) -> Iterator[str]:
    table = report.cross_validation_table([name])
    if table:
        yield "By cross-validation of all rows:"
        yield table


def _recipes(name: str) -> Iterator[str]:
    """Tell what both recipes follow, and the tuned one in full."""
    yield "## Recipe"
    recipes = {variant: registry.load_recipe(name, variant) for variant in registry.VARIANTS}
    for variant, recipe in recipes.items():
        yield f"The {variant} recipe follows: {recipe.source}."
    documented = recipes["documented"].documented
    if documented is not None:
        note = f" ({documented.note})" if documented.note else ""
        yield f"The published figure: {documented.source}{note}."
    yield "The tuned recipe:"
    yield "\n".join(f"- {line}" for line in describe_recipe(recipes["tuned"]))


def _card(name: str) -> Iterator[str]:
    """Tell what the saved model is, from the card beside it."""
    folder = ROOT / "saved_models" / name
    if not (folder / "card.json").exists():
        return
    card = load_card(folder)
    takes, gives = (
        "; ".join(f"{one.name}, {'×'.join(map(str, one.shape))} of {one.dtype}" for one in tensors)
        for tensors in (card.inputs, card.outputs)
    )
    sizes = ", ".join(f"`{file}` {one.size:,} bytes" for file, one in card.files.items())
    lines = {
        "recipe": f"{card.variant}, seed {card.seed}",
        "takes": takes,
        "gives": gives,
        "classes": ", ".join(card.class_names),
        "files": sizes,
        "saved with": ", ".join(f"{one} {version}" for one, version in card.versions.items()),
    }
    yield "## Saved model"
    yield f'`kerazoo.load_predictor("{name}")` or `kerazoo predict {name} FILE`.'
    yield Table(("", ""), tuple((key, value) for key, value in lines.items() if value)).markdown()


# === Notebooks ===


def _cells(name: str, folder: str = "notebooks") -> list[dict[str, Any]]:
    path = ROOT / folder / f"{name}.ipynb"
    if not path.exists():
        return []
    cells: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return cells


def _images(name: str, folder: str = "notebooks", pages: str = "networks") -> dict[str, bytes]:
    return {
        f"{pages}/{name}/{number}-{place}.png": base64.b64decode(output["data"]["image/png"])
        for number, cell in enumerate(_cells(name, folder))
        for place, output in enumerate(cell.get("outputs", ()))
        if "image/png" in output.get("data", {})
    }


def _notebook(name: str) -> Iterator[str]:
    """Render a notebook, its headings two levels lower, as it stands below one of the page."""
    cells = _cells(name)
    if not cells:
        return
    yield "## Notebook"
    yield f"`notebooks/{name}.ipynb`, executed:"
    yield from _rendered(cells, name, "##")


def _rendered(cells: list[dict[str, Any]], name: str, below: str = "") -> Iterator[str]:
    """Render cells, their headings as many levels lower as there are marks in `below`."""
    for number, cell in enumerate(cells):
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            yield re.sub(r"^#+ ", lambda found: below + found[0], source, flags=re.MULTILINE)
            continue
        yield f"```python\n{source}\n```"
        for place, output in enumerate(cell["outputs"]):
            yield _output(output, f"{name}/{number}-{place}.png")


def _output(output: dict[str, Any], image: str) -> str:
    data = output.get("data", {})
    if "image/png" in data:
        return f"![Output of the cell above]({image})"
    if "text/markdown" in data:
        return "".join(data["text/markdown"])
    return "```text\n" + "".join(data.get("text/plain", output.get("text", ()))).rstrip() + "\n```"


def _notebooks_page() -> str:
    lines = [
        "# Notebooks",
        "Each network has one, executed: it looks at the data, trains, and shows what went right "
        "and wrong. To run them: `pip install '.[notebooks]'` and `jupyter lab notebooks`.",
        "\n".join(
            f"- [`{name}`](networks/{name}.md#notebook): {_summary(name)}"
            for name in kerazoo.list_models()
            if _cells(name)
        ),
    ]
    return "\n\n".join(lines) + "\n"


# === Lessons ===


def _lesson_entries() -> list[Any]:
    languages = {"English": "en", "한국어": "ko"}
    return [
        {language: [f"lessons/{name}.{code}.md" for name in lessons.list_lessons()]}
        for language, code in languages.items()
    ]


def _lesson_pages() -> dict[str, str | bytes]:
    pages: dict[str, str | bytes] = {}
    for name in lessons.list_lessons():
        for version in (f"{name}.en", f"{name}.ko"):
            cells = _cells(version, "lessons")
            for cell in cells:
                if cell["cell_type"] == "markdown":
                    text = "".join(cell["source"])
                    cell["source"] = _FORMULA.sub(lambda found: convert(found[1]), text)
            pages[f"lessons/{version}.md"] = "\n\n".join(_rendered(cells, version)) + "\n"
            pages |= _images(version, "lessons", "lessons")
    return pages


# === The API ===


def _topics() -> dict[str, list[str]]:
    """Return the public names as their full paths, by topic."""
    topics: dict[str, list[str]] = {topic: [] for topic in [*TOPICS, OTHERS]}
    for name, module in kerazoo._PUBLIC.items():
        topic = next((topic for topic, known in TOPICS.items() if _lies_in(module, known)), OTHERS)
        topics[topic].append(f"kerazoo.{module}.{name}")
    for names in topics.values():  # what one needs first comes first
        names.sort(key=lambda path: not path.endswith(_FIRST))
    return {topic: names for topic, names in topics.items() if names}


def _lies_in(module: str, rooms: tuple[str, ...]) -> bool:
    return any(f"{module}.".startswith(f"{room}.") for room in rooms)


def _api_page(topic: str) -> str:
    return f"api/{topic.replace(' ', '_')}.md"


def _api_pages() -> dict[str, str | bytes]:
    topics = _topics() | {"plots": [f"kerazoo.plots.{name}" for name in _plots()]}
    return {
        _api_page(topic): f"# {_sentence(topic)}\n\n" + "\n\n".join(f"::: {one}" for one in names)
        for topic, names in topics.items()
    }


def _plots() -> list[str]:
    """Return the names in `kerazoo.plots`, read, not imported: matplotlib is not needed here."""
    text = (ROOT / "kerazoo" / "plots" / "__init__.py").read_text(encoding="utf-8")
    return re.findall(r'^    "(\w+)": ', text, re.MULTILINE)
