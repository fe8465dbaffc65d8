"""Arrows go one way: a room of the package imports only from rooms before it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from kerazoo import list_models

# From the foundation up; rooms in one line do not know one another.
ORDER = (
    ("errors", "_protocols", "_wording", "_notes", "_private_folder", "_sparse_products"),
    ("_files", "_machine", "_model_files", "_progress", "_scratch"),
    ("recipe",),
    ("registry",),
    ("compile", "cluster"),
    ("datasets",),
    ("engine", "runtimes"),
    ("saved",),
    ("models",),
    ("predict",),
    ("plots",),
    ("tasks",),
    ("report",),
    ("experiments",),
    ("playground",),
    ("hub", "lessons", "serve", "web"),
    ("cli", "sklearn", "metrics", "text"),
)
RANK = {room: rank for rank, rooms in enumerate(ORDER) for room in rooms}
EMPTY = {"saved_models", "results"}  # folders of files


def room_of(module: str) -> str:
    """The first part after `kerazoo`; the package itself, which resolves names lazily, is none."""
    return module.split(".")[1] if "." in module else ""


def is_for_annotations(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)


def imports_of(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Every `kerazoo` module that is imported, inside functions too, but for annotations."""
    for node in ast.iter_child_nodes(tree):
        if is_for_annotations(node):
            continue
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "kerazoo":
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from ((node.lineno, a.name) for a in node.names if a.name.startswith("kerazoo."))
        yield from imports_of(node)


def violations(package: Path) -> list[str]:
    found = []
    for file in sorted(package.rglob("*.py")):
        own = file.relative_to(package).parts[0].removesuffix(".py")
        if own in ("__init__", "__main__") or own in EMPTY:
            continue
        for line, module in imports_of(ast.parse(file.read_text(encoding="utf-8"))):
            other = room_of(module)
            if other in RANK and other != own and RANK[other] >= RANK[own]:
                where = f"kerazoo/{file.relative_to(package)}:{line}"
                found.append(f"{where}: {own} imports {module}; {other} comes after {own}")
    return found


def test_arrows_go_one_way(root: Path) -> None:
    assert violations(root / "kerazoo") == []


def test_every_room_has_its_place(root: Path) -> None:
    rooms = {
        path.stem
        for path in (root / "kerazoo").iterdir()
        if path.suffix == ".py" or (path / "__init__.py").is_file()
    }
    assert rooms - {"__init__", "__main__"} - EMPTY == RANK.keys()


@pytest.mark.parametrize(
    "statement",
    ["from kerazoo.tasks.rows import judge", "def f():\n    import kerazoo.cli.train"],
)
def test_an_arrow_back_would_be_found(tmp_path: Path, statement: str) -> None:
    (tmp_path / "engine").mkdir()
    (tmp_path / "engine" / "fit.py").write_text(statement)
    assert len(violations(tmp_path)) == 1


def private_imports(package: Path) -> list[str]:
    """What a room imports of another one's private modules and names; `_files` is nobody's."""
    found = []
    for file in sorted(package.rglob("*.py")):
        own = file.relative_to(package).parts[0].removesuffix(".py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.ImportFrom | ast.Import):
                continue
            if isinstance(node, ast.ImportFrom):
                modules = [f"{node.module}.{alias.name}" for alias in node.names]
            else:
                modules = [alias.name for alias in node.names]
            for module in modules:
                package_name, _, path = module.partition(".")
                room, *inside = path.split(".")
                if package_name != "kerazoo" or room == own:
                    continue
                if any(part.startswith("_") and not part.startswith("__") for part in inside):
                    where = f"kerazoo/{file.relative_to(package)}:{node.lineno}"
                    found.append(f"{where}: {own} imports {module}, which is private in {room}")
    return found


def test_no_room_imports_what_is_private_in_another(root: Path) -> None:
    assert private_imports(root / "kerazoo") == []


@pytest.mark.parametrize(
    ("statement", "private"),
    [
        ("from kerazoo.datasets.reading.idx import _change", True),
        ("from kerazoo.plots._images import tile", True),
        ("def f():\n    from kerazoo.plots import _images", True),
        ("import kerazoo.plots._images", True),
        ("from kerazoo._files import write_whole", False),
        ("from kerazoo import __version__", False),
        ("from kerazoo.engine._own import anything", False),
    ],
)
def test_a_private_import_would_be_found(tmp_path: Path, statement: str, private: bool) -> None:
    (tmp_path / "engine").mkdir()
    (tmp_path / "engine" / "fit.py").write_text(statement)
    assert bool(private_imports(tmp_path)) == private


def test_the_modules_of_a_room_form_no_cycle(root: Path) -> None:
    """Also not through an import inside a function."""
    package = root / "kerazoo"
    graph: dict[str, set[str]] = {}
    for file in package.rglob("*.py"):
        parts = file.relative_to(package).with_suffix("").parts
        name = ".".join(("kerazoo", *parts)).removesuffix(".__init__")
        if name != "kerazoo":
            tree = ast.parse(file.read_text(encoding="utf-8"))
            graph[name] = {module for _, module in imports_of(tree)}
    for name, modules in graph.items():
        # What is imported from a module stands for the module.
        known = {m if m in graph else m.rpartition(".")[0] for m in modules}
        graph[name] = (known & graph.keys()) - {name}
    done: set[str] = set()

    def visit(name: str, path: tuple[str, ...]) -> None:
        assert name not in path, f"a cycle: {' -> '.join((*path, name))}"
        if name not in done and name in graph:
            for other in sorted(graph[name]):
                visit(other, (*path, name))
            done.add(name)

    for name in sorted(graph):
        visit(name, ())


@pytest.mark.parametrize(
    "room", ["cli", "engine", "saved", "predict", "serve", "experiments", "report"]
)
def test_shared_code_names_no_network(root: Path, room: str) -> None:
    """Examples in docstrings may; code that does treats one network unlike the others."""
    names = set(list_models())
    found = []
    for file in sorted((root / "kerazoo" / room).rglob("*.py")):
        if file.name == "korean.py":
            continue  # sentences of the networks and their translations
        tree = ast.parse(file.read_text(encoding="utf-8"))
        docstrings = {
            id(node.body[0].value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
            and node.body
            and isinstance(node.body[0], ast.Expr)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                words = set(re.findall(r"\w+", node.value))
                if id(node) not in docstrings and words & names:
                    found.append(f"{file.name}:{node.lineno} {sorted(words & names)}")
    assert found == []
