"""What the READMEs and the pages of `docs/` show works as written, in both languages."""

from __future__ import annotations

import contextlib
import re
import shlex
from pathlib import Path

import numpy as np
import pytest
import typer
from PIL import Image

import kerazoo
from kerazoo.cli import app
from kerazoo.errors import WrongUsage
from kerazoo.registry import describe_network
from kerazoo.report.korean import HEADINGS, SUMMARIES
from kerazoo.report.overview import verdict
from kerazoo.report.results import Results, Score
from tests.conftest import ROOT
from tests.small_texts import write_table

READMES = ("README.md", "README.ko.md")
DOCS = tuple(sorted(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md")))
ENGLISH = ("README.md", *DOCS)
PYTHON = re.compile(r"```python\n(.*?)```", re.DOTALL)
SHELL = re.compile(r"```bash\n(.*?)```", re.DOTALL)
INLINE = re.compile(r"`(kerazoo [^`]+)`")
# The first two are run as they stand by continuous integration, in a new environment; the third one
# downloads gigabytes of CUDA libraries, and only its extra is known to exist. Holidays of a country
# need an extra, and have tests of their own.
RUN_ELSEWHERE = (
    "pip install . &&",
    "pip install -e '.[test]'",
    "pip install '.[gpu]'",
    "kerazoo train lstm --data promotions.csv",
    "kerazoo predict runs/promotions",
)


def text_of(root: Path, name: str) -> str:
    return (root / name).read_text(encoding="utf-8")


def code_of(block: str) -> str:
    """The code of a block without comments, which are translated."""
    return re.sub(r"\s*#.*", "", block)


def shell_lines(text: str) -> list[str]:
    lines = [line for block in SHELL.findall(text) for line in block.splitlines()]
    return [line for line in lines if line and not line.startswith("#")]


@pytest.fixture
def in_a_users_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the files that the commands speak of."""
    random = np.random.default_rng(0)
    for label, name in enumerate(("cat", "dog")):
        (tmp_path / "photos" / name).mkdir(parents=True)
        for number in range(6):
            pixels = random.integers(0, 100 + 100 * label, (20, 24, 3), "uint8")
            Image.fromarray(pixels).save(tmp_path / "photos" / name / f"{number}.png")
    Image.fromarray(random.integers(0, 255, (50, 40, 3), "uint8")).save(tmp_path / "holiday.jpg")
    days = np.arange("2023-01-01", "2023-07-01", dtype="datetime64[D]")
    sold = random.integers(20, 60, len(days))
    lines = [f"{day},{number}" for day, number in zip(days, sold, strict=True)]
    (tmp_path / "sales.csv").write_text("\n".join(["day,sold", *lines]))
    of_shops = [f"{line},{shop}" for shop in ("north", "south") for line in lines]
    (tmp_path / "shops.csv").write_text("\n".join(["day,sold,shop", *of_shops]))
    rows = [f"{20 + n % 40},{('basic', 'full', '')[n % 3]},{n % 2}" for n in range(90)]
    (tmp_path / "customers.csv").write_text("\n".join(["age,plan,churn", *rows]))
    (tmp_path / "new_customers.csv").write_text("age,plan\n33,basic\n,family\n")
    rated = [
        f"{user},{item},{1 + (n + item) % 5}"
        for n, user in enumerate(("ann", "bob", "cat", "dan"))
        for item in range(15, 30)
        if (user, item) != ("ann", 16)
    ]
    (tmp_path / "ratings.csv").write_text("\n".join(["user,item,rating", *rated]))
    (tmp_path / "pairs.csv").write_text("user,item\nann,16\nbob,17\n")
    states = "cart_position,cart_velocity,pole_angle,pole_velocity\n0,0,0.1,0.5\n0.2,0,-0.1,-0.5\n"
    (tmp_path / "states.csv").write_text(states)
    sentence = "the whale swims in the wide sea and the ship sails on the wide sea\n"
    (tmp_path / "novel.txt").write_text(sentence * 100)
    write_table(tmp_path / "reviews.csv")
    (tmp_path / "asked.txt").write_text("one of the best films of the year\n")
    (tmp_path / "dates.txt").write_text("3 June 2026\n2026년 6월 3일\n", encoding="utf-8")
    names = [f"name {number},eman {number}" for number in range(60)]
    (tmp_path / "names.csv").write_text("\n".join(["name,turned", *names]))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_python_blocks_run(
    root: Path, in_a_users_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names: dict[str, object] = {}
    blocks = PYTHON.findall(text_of(root, "README.md"))
    for block in blocks:
        exec(compile(block, "README.md", "exec"), names)
    assert len(blocks) >= 3
    output = capsys.readouterr().out
    assert "mean_absolute_error" in output
    assert "12 × 48 + 48 = 624" in output
    assert (in_a_users_folder / "figures" / "confusion_matrix.png").exists()


def test_extras_that_are_installed_exist(root: Path) -> None:
    text = (root / "setup.cfg").read_text()
    pages = "".join(text_of(root, name) for name in ENGLISH)
    found = set(re.findall(r"\.\[(\w+)\]", pages))
    assert found >= {"test", "gpu"}
    for extra in found:
        assert f"\n{extra} =\n" in text


def test_both_languages_show_the_same_code(root: Path) -> None:
    """So that what runs in one runs in the other."""
    english, korean = (text_of(root, name) for name in READMES)
    for pattern in (PYTHON, SHELL):
        ours, theirs = ([code_of(b) for b in pattern.findall(text)] for text in (english, korean))
        assert ours == theirs
    assert set(INLINE.findall(english)) == set(INLINE.findall(korean))
    assert re.findall(r"<!-- .* -->", english) == re.findall(r"<!-- .* -->", korean)


@pytest.mark.thorough
def test_shell_commands_run(
    root: Path,
    in_a_users_folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Those that train are trained for one epoch; the others run as they stand."""
    commands = [
        line
        for name in ENGLISH
        for line in shell_lines(text_of(root, name))
        if not line.startswith(RUN_ELSEWHERE)
    ]
    assert len(commands) >= 10
    for line in commands:
        words, _, redirected = line.partition(" > ")
        program, *arguments = shlex.split(words)
        assert program == "kerazoo", line
        if arguments[0] == "train":
            arguments += ["--epochs", "1", "--force"]
        if arguments[0] == "backtest":
            arguments += ["--epochs", "1", "--every", "30"]
        assert app(arguments, standalone_mode=False) in (None, 0), line
        output = capsys.readouterr().out
        assert output, line
        if redirected:
            Path(redirected).write_text(output)
    for made in (
        "forecast.png",
        "figures/history.png",
        "runs/cnn/card.json",
        "runs/lstm/card.json",
    ):
        assert (in_a_users_folder / made).exists(), made


@pytest.mark.parametrize("name", [*READMES, *DOCS])
def test_inline_commands_exist_with_their_options(root: Path, name: str) -> None:
    found = INLINE.findall(text_of(root, name))
    assert len(found) >= (10 if name in READMES else 0)
    for command in found:
        check_usage(shlex.split(command)[1:])


def check_usage(arguments: list[str]) -> None:
    """Fail unless the command line knows the command and takes these arguments."""
    command, rest = typer.main.get_command(app), list(arguments)
    while hasattr(command, "commands"):
        assert rest, f"{arguments} names no command"
        assert rest[0] in command.commands, f"there is no command {rest[0]}"
        command = command.commands[rest.pop(0)]
    with contextlib.suppress(typer.Exit):  # which --help raises
        command.make_context(command.name, rest)


def test_wrong_usage_would_be_found() -> None:
    for wrong in (["tain", "xor"], ["train"], ["train", "xor", "--seed", "one"], ["data"]):
        with pytest.raises((AssertionError, typer.TyperException, WrongUsage)):
            check_usage(wrong)


@pytest.mark.parametrize("name", [*READMES, *DOCS])
def test_files_that_are_linked_exist(root: Path, name: str) -> None:
    targets = re.findall(r"\]\(([^)#\s]+)", text_of(root, name))
    assert len(targets) > (5 if name in READMES else -1)
    for target in targets:
        if "://" not in target:
            assert ((root / name).parent / target).exists(), target


def test_the_citation_is_of_this_version(root: Path) -> None:
    assert f"version: {kerazoo.__version__}" in text_of(root, "CITATION.cff")


@pytest.mark.parametrize("name", READMES)
def test_a_stranger_reads_it_to_its_end(root: Path, name: str) -> None:
    networks = len(kerazoo.list_models())  # a row each, in a table that one looks names up in
    assert len(text_of(root, name).splitlines()) - networks < 130


@pytest.mark.parametrize("name", READMES)
def test_each_network_has_one_row_which_says_where_the_baseline_wins(root: Path, name: str) -> None:
    rows = re.findall(r"^\| \[`(\w+)`\].*", text_of(root, name), re.MULTILINE)
    assert rows == kerazoo.list_models()
    says = "the baseline wins"
    won = set()
    for network in rows:
        recipe, recorded = kerazoo.load_recipe(network), Results.load(network)
        baseline = recorded.best_baseline(recipe, recipe.experiment)
        if baseline is not None:
            ours = recorded.score("tuned", recipe.experiment, recipe.primary_metric).mean
            better = baseline[1] < ours if recipe.primary_mode == "min" else baseline[1] > ours
            won |= {network} if better else set()
    words = HEADINGS[says] if name == "README.ko.md" else says
    lines = text_of(root, name).splitlines()
    assert {row for row in rows for line in lines if f"[`{row}`]" in line and words in line} == won
    assert won


def test_a_verdict_follows_the_direction_of_the_metric() -> None:
    higher, lower = (kerazoo.load_recipe(name) for name in ("wine_binary", "boston"))
    assert verdict(higher, Score(0.9, 0.01, 5), 0.95) == "the baseline wins"
    assert verdict(higher, Score(0.9, 0.01, 5), 0.895) == "level with the baseline"
    assert verdict(higher, Score(0.9, 0.01, 5), 0.8) == ""
    assert verdict(lower, Score(2.4, 0.1, 5), 2.1) == "the baseline wins"
    assert verdict(lower, Score(2.4, 0.1, 5), 3.4) == ""


def test_the_korean_words_are_of_what_the_networks_say_today() -> None:
    """A translation of a sentence that has changed would go unused, and the row be English."""
    assert set(SUMMARIES) <= {describe_network(name) for name in kerazoo.list_models()}
