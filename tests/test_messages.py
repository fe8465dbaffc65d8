"""Every message that a user can meet says how to go on, whether a test provokes it or not."""

from __future__ import annotations

import ast
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
    r"must|needs?|only|Judge|Each)\b",
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


def test_messages_are_found() -> None:
    assert len(FOUND) > 150


@pytest.mark.parametrize("place", FOUND)
def test_message_says_how_to_go_on(place: str) -> None:
    text = FOUND[place]
    if re.fullmatch(r"(\{\}|[\s:.])*", text):
        return  # all of it is filled in
    assert ADVICE.search(text) or text.endswith("{}"), text
    assert text.endswith((".", "{}", ")", "`")), text
    assert not text[0].isupper() or text.startswith(("Keras", "LiteRT", "ONNX", "TensorFlow")), text
    assert "  " not in text
