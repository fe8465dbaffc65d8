"""A module that is run late is whole for whoever uses it, and imports leave no trace behind."""

from __future__ import annotations

import gc
import importlib
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

from kerazoo.runtimes import start
from tests.conftest import run_fresh_kerazoo, run_python

Import = Callable[..., ModuleType]


@pytest.fixture
def import_new(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Import]:
    """Write modules and import the first of them, `late` and `late_package` deferred."""
    names = ("late", "late_package", "large")
    monkeypatch.setattr(start, "_SELDOM_USED", names[:2])
    monkeypatch.setattr(start, "_LARGE", names[2:])
    monkeypatch.setattr(sys, "meta_path", sys.meta_path.copy())
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    monkeypatch.setattr(sys, "RUNS", [], raising=False)
    sys.meta_path[:] = [one for one in sys.meta_path if not isinstance(one, start._Finder)]
    start.import_lean()

    def import_new(name: str, code: str, **others: str) -> ModuleType:
        for module, text in {name: code, **others}.items():
            path = tmp_path / f"{module.replace('.', '/')}.py"
            path.parent.mkdir(exist_ok=True)
            path.write_text(f"import sys; sys.RUNS.append(__name__)\n{text}\n")
        importlib.invalidate_caches()
        return importlib.import_module(name.removesuffix(".__init__"))

    yield import_new
    for name in [one for one in sys.modules if one.split(".")[0] in names]:
        del sys.modules[name]


def runs() -> list[str]:
    return sys.RUNS  # type: ignore[attr-defined]


def test_who_looks_at_its_file_does_not_run_it(import_new: Import, tmp_path: Path) -> None:
    late = import_new("late", "VALUE = 1")
    assert late.__file__ == str(tmp_path / "late.py")
    assert late.__name__ == late.__spec__.name == "late"
    assert runs() == []


@pytest.mark.parametrize(
    "use",
    [
        "assert late.VALUE == 1",
        "from late import VALUE",
        "from late import *; assert VALUE == 1",
        "assert 'VALUE' in dir(late)",
        "assert not hasattr(late, 'missing')",
        "late.other = 2; assert (late.other, late.VALUE) == (2, 1)",
        "late.VALUE = 2; assert late.VALUE == 2",
        "import inspect; assert ('VALUE', 1) in inspect.getmembers(late)",
        "import inspect; assert 'VALUE' in inspect.getsource(late.f)",
        "import pickle; assert pickle.loads(pickle.dumps(late.f)) is late.f",
    ],
)
def test_whatever_is_asked_of_it_runs_it_once(import_new: Import, use: str) -> None:
    late = import_new("late", "VALUE = 1\ndef f(): return VALUE")
    exec(use, {"late": late})
    assert runs() == ["late"]
    assert type(late) is ModuleType
    assert late.VALUE
    assert sys.modules["late"] is late
    assert runs() == ["late"]


def test_its_own_loader_is_there_to_be_asked(import_new: Import) -> None:
    late = import_new("late", "VALUE = 1")
    assert late.VALUE
    large = import_new("large", "VALUE = 1")
    for module in (late, large):
        assert module.__spec__ is not None
        assert module.__loader__ is module.__spec__.loader
        assert module.__loader__.get_source(module.__name__).endswith("VALUE = 1\n")  # type: ignore[union-attr]


def test_a_module_inside_a_deferred_package_is_found(import_new: Import) -> None:
    others = {"late_package.inner": "VALUE = 2"}
    import_new("late_package.__init__", "from late_package.inner import VALUE", **others)
    inner = importlib.import_module("late_package.inner")
    assert inner.VALUE == 2
    assert importlib.import_module("late_package").VALUE == 2
    assert sorted(runs()) == ["late_package", "late_package.inner"]


def test_an_error_comes_again_until_its_cause_is_gone(import_new: Import) -> None:
    code = "if len(sys.RUNS) < 3: raise ImportError('no such library')\nVALUE = 1"
    late = import_new("late", code)
    for _ in range(2):
        with pytest.raises(ImportError, match="no such library"):
            late.VALUE  # noqa: B018
    assert late.VALUE == 1


def test_a_module_that_it_imports_may_look_back(import_new: Import) -> None:
    looks = "import late; SEEN = [hasattr(late, name) for name in ('FIRST', 'SECOND')]"
    late = import_new("late", "FIRST = 1\nimport large\nSECOND = 2", large=looks)
    assert late.SECOND == 2
    assert late.large.SEEN == [True, False]


def test_reloading_runs_it_again(import_new: Import) -> None:
    late = import_new("late", "VALUE = 1")
    assert late.VALUE == 1
    assert importlib.reload(late).VALUE == 1
    assert runs() == ["late", "late"]


def test_of_many_threads_one_runs_it(import_new: Import) -> None:
    late = import_new("late", "import time; time.sleep(0.05)\nVALUE = 1")
    values: list[int] = []
    threads = [threading.Thread(target=lambda: values.append(late.VALUE)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert values == [1] * 8
    assert runs() == ["late"]


@pytest.mark.parametrize("is_on", [True, False])
def test_garbage_is_not_collected_while_a_large_module_is_imported(
    import_new: Import, is_on: bool
) -> None:
    before = gc.get_freeze_count()
    if not is_on:
        gc.disable()
    try:
        large = import_new("large", "import gc; SEEN = gc.isenabled()")
        assert not large.SEEN
        assert gc.isenabled() == is_on
        assert (gc.get_freeze_count() > before) == is_on  # who has switched it off, decides alone
    finally:
        gc.unfreeze()
        gc.enable()


def test_a_failed_import_leaves_collection_on(import_new: Import) -> None:
    with pytest.raises(ImportError, match="no such library"):
        import_new("large", "raise ImportError('no such library')")
    assert gc.isenabled()


@pytest.mark.thorough
def test_keras_is_whole_after_a_lean_import(tmp_path: Path) -> None:
    code = """
import sys
from kerazoo.runtimes.start import import_lean
import_lean()
import keras
print([name for name in ("sklearn", "matplotlib.pyplot") if name in sys.modules])
from keras.wrappers import SKLearnClassifier
from keras.visualization import plot_image_gallery
import matplotlib.pyplot as plt, numpy as np, sklearn.base
from sklearn.linear_model import LinearRegression
assert issubclass(SKLearnClassifier, sklearn.base.BaseEstimator)
assert issubclass(keras._tf_keras.keras.wrappers.SKLearnClassifier, SKLearnClassifier)
assert keras.src.visualization.plot_image_gallery.plot_image_gallery is plot_image_gallery
assert LinearRegression().fit([[0.0], [1.0]], [1.0, 3.0]).predict([[2.0]]).round(6) == 5
plt.switch_backend("agg")
plot_image_gallery(np.zeros((1, 4, 4, 3)), value_range=(0, 1), path="gallery.png")
print("whole")
"""
    result = run_python(code, cwd=tmp_path)
    assert result.stdout == "[]\nwhole\n", result.stderr


@pytest.mark.thorough
def test_a_training_needs_neither_scikit_learn_nor_matplotlib(tmp_path: Path) -> None:
    code = """
import sys
from kerazoo.cli import main
sys.argv = ["kerazoo", "train", "xor", "--epochs", "3", "--quiet"]
main()
print([name for name in ("sklearn", "matplotlib.pyplot") if name in sys.modules])
"""
    result = run_python(code, cwd=tmp_path)
    assert result.stdout.splitlines()[-1:] == ["[]"], result.stderr


NETWORK = '''
"""own: exclusive or, by somebody who imports whatever there is."""
import atexit, dataclasses, sys
import keras, keras.wrappers, matplotlib.pyplot, sklearn.svm
from kerazoo.models.tabular.xor import TUNED as OF_ZOO, build_xor

assert keras.wrappers.SKLearnClassifier and sklearn.svm.SVC and matplotlib.pyplot.plot
atexit.register(print, "exit")

class Loop:
    def __init__(self): self.loop, self.file = self, open("kept.txt", "w")
    def __del__(self): self.file.write("deleted")

LOOP = Loop()

def build_own(): return build_xor()

DOCUMENTED = dataclasses.replace(OF_ZOO, epochs=20, builder_arguments={})
TUNED = DOCUMENTED
'''


@pytest.mark.thorough
def test_a_network_of_a_user_may_import_and_leave_behind_what_it_likes(tmp_path: Path) -> None:
    (tmp_path / "own.py").write_text(NETWORK)
    trained = run_fresh_kerazoo("train", "own.py", cwd=tmp_path)
    assert trained.returncode == 0, trained.stderr
    assert trained.stdout.endswith("saved to runs/own\nexit\n")
    assert (tmp_path / "kept.txt").read_text() == "deleted"
