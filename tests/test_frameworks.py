"""Where TensorFlow is imported, and where private parts of Keras and TensorFlow are touched."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

INTERNALS = "engine/keras_internals.py"
FUNCTIONS = "engine/function_library.py"  # functions of TensorFlow as bytes

# TensorFlow is imported in engine/ and runtimes/ alone.
STILL_IMPORT_TENSORFLOW: set[str] = set()

# Our own private names that are read on another object than `self`, in the module that owns them.
OWN = {
    # A named tuple of the standard library: the name is public, the underscore avoids collisions.
    "engine/recurrent/lstm.py": {"_asdict"},
}


def sources(root: Path) -> Iterator[tuple[str, ast.Module]]:
    package = root / "kerazoo"
    for file in sorted(package.rglob("*.py")):
        name = file.relative_to(package).as_posix()
        yield name, ast.parse(file.read_text(encoding="utf-8"))


def imported(tree: ast.AST) -> Iterator[str]:
    """Every module that is imported, inside functions too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            yield node.module or ""
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def imports_tensorflow(tree: ast.AST) -> bool:
    return any(module.split(".")[0] == "tensorflow" for module in imported(tree))


def defined(tree: ast.AST) -> set[str]:
    """Names that a module gives to attributes, functions and variables of its own."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            if isinstance(node.value, ast.Name) and node.value.id == "self":
                names.add(node.attr)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
    return names


def private_uses(tree: ast.AST) -> set[str]:
    """Private names that a module takes from elsewhere: modules, attributes, names in `getattr`."""
    found = set()
    for module in imported(tree):
        parts = module.split(".")
        if parts[:2] == ["keras", "src"] or (parts[0] == "tensorflow" and len(parts) > 1):
            found.add(module)  # `import tensorflow` alone is the public part
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            found.add(node.attr)
            if ast.unparse(node) in ("keras.src", "tf.python", "tensorflow.python"):
                found.add(ast.unparse(node))
        elif isinstance(node, ast.Call) and ast.unparse(node.func) in (
            "getattr",
            "setattr",
            "hasattr",
        ):
            name = node.args[1]
            if isinstance(name, ast.Constant):
                found.add(name.value)
    private = {name for name in found if name.startswith("_") and not name.startswith("__")}
    return (private | {name for name in found if "." in name}) - defined(tree)


def knows_a_framework(tree: ast.AST) -> bool:
    return any(module.split(".")[0] in ("keras", "tensorflow") for module in imported(tree))


def test_tensorflow_is_imported_by_engine_and_runtimes_only(root: Path) -> None:
    found = {name for name, tree in sources(root) if imports_tensorflow(tree)}
    elsewhere = {name for name in found if name.split("/")[0] not in ("engine", "runtimes")}
    assert elsewhere == STILL_IMPORT_TENSORFLOW


def test_what_is_private_in_keras_and_tensorflow_stands_in_two_files(root: Path) -> None:
    found = {
        name: uses - OWN.get(name, set())
        for name, tree in sources(root)
        if name not in (INTERNALS, FUNCTIONS)
        and knows_a_framework(tree)
        and (uses := private_uses(tree))
    }
    assert {name: uses for name, uses in found.items() if uses} == {}


def test_the_one_file_says_what_it_touches_and_why(root: Path) -> None:
    tree = ast.parse((root / "kerazoo" / INTERNALS).read_text(encoding="utf-8"))
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    assert len(functions) > 5
    for function in functions:
        text = ast.get_docstring(function) or ""
        assert "Touches `" in text or "Clears `" in text, function.name
        for name in private_uses(function):
            assert name.rpartition(".")[2] in text, f"{function.name} does not say {name}"


@pytest.mark.parametrize(
    "statement",
    [
        "layers = model._flatten_layers()",
        "default = getattr(hook, '_is_default', False)",
        "from keras.src.utils import python_utils",
        "import tensorflow.python.framework.ops",
        "class Model(keras.Model):\n    def train_step(self): self._loss_tracker.reset_state()",
        "ops = tf.python.ops",
    ],
)
def test_private_access_would_be_found(statement: str) -> None:
    assert private_uses(ast.parse(f"import keras\n{statement}"))


@pytest.mark.parametrize(
    "statement",
    [
        "import tensorflow as tf",
        "class A:\n    def __init__(self): self._own = 1\n    def get(self): return self._own",
        "model.layers",
        "type(model).__name__",
    ],
)
def test_what_is_public_or_our_own_is_not(statement: str) -> None:
    assert not private_uses(ast.parse(statement))
