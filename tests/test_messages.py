"""Every message that a user can meet says how to go on, whether a test provokes it or not."""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import kerazoo

ERRORS = {
    "KerazooError",
    "WrongUsage",
    "UnknownName",
    "DatasetNotFound",
    "DamagedFile",
    "InvalidInput",
}
# Words that tell what would have been right, or what to do now.
ADVICE = re.compile(
    r"\b(expected|usually|takes?|pass|use|add|leave|drop|save|download|delete|choose|check|call|"
    r"give|get|say|set|put|write|rename|train|install|copy|convert|name|make|mend|fill|prepare|build|known|"
    r"must|needs?|only|send|ask|Judge|Each|start|run|look)\b",
    re.IGNORECASE,
)


def messages() -> Iterator[tuple[str, str]]:
    """Yield where each error is made and its text, with `{}` for what is filled in."""
    package = Path(kerazoo.__file__).parent
    for path in sorted(package.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and node.args:
                text = text_of_error(node)
                if text:
                    yield f"{path.relative_to(package)}:{node.lineno}", text


def text_of_error(call: ast.Call) -> str:
    name = ast.unparse(call.func)
    if name == "damaged":  # which adds how to go on
        return f"{{}} {text_of(call.args[1])}. Save or download the model again."
    if name == "Problem":  # of a server; its first argument is the kind
        return text_of(call.args[1])
    return text_of(call.args[0]) if name in ERRORS else ""


def text_of(node: ast.expr) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(
            text_of(part) if isinstance(part, ast.Constant) else "{}" for part in node.values
        )
    if isinstance(node, ast.BinOp):
        return text_of(node.left) + text_of(node.right)
    return ""  # put together elsewhere


FOUND = dict(messages())

# What may be one of; a number before the plural of it is written by `counted`.
NOUNS = re.compile(
    r" (byte|caption|cell|channel|column|epoch|feature|file|image|input|layer|mistake|number|"
    r"output|parameter|path|point|row|sample|seed|value|word)s\b"
)
# Never a single one, because of what was asked before; and what is no number.
SEVERAL = {"LONGEST_LINE", "counts[end]", "different", "len(images)", "len(model.inputs)", "total"}
SEVERAL |= {"len(words)", "runs[-1]", "shape[2]", "kind", "sorted(rows)", "self._fixed_rows"}


def test_one_is_not_spoken_of_in_the_plural() -> None:
    package = Path(kerazoo.__file__).parent
    found = []
    for path in sorted(package.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.JoinedStr):
                continue
            for value, text in itertools.pairwise(node.values):
                if isinstance(value, ast.FormattedValue) and isinstance(text, ast.Constant):
                    number = ast.unparse(value.value)
                    if NOUNS.match(str(text.value)) and number not in SEVERAL:
                        found.append(f"{path.name}:{node.lineno}: {{{number}}}{text.value}")
    assert found == []


def test_messages_are_found() -> None:
    assert len(FOUND) > 150


@pytest.mark.parametrize("place", FOUND)
def test_message_says_how_to_go_on(place: str) -> None:
    text = FOUND[place]
    if re.fullmatch(r"(\{\}|[\s:.])*", text):
        return  # all of it is filled in
    assert ADVICE.search(text) or text.endswith("{}"), text
    assert text.endswith((".", "{}", ")", "`")), text
    assert not text[0].isupper() or text.startswith(
        ("Keras", "LiteRT", "ONNX", "TF_", "TensorFlow")
    ), text
    assert "  " not in text
