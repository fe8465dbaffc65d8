"""A search: what a trial is, what is kept, and what is never looked at."""

from __future__ import annotations

import dataclasses
import multiprocessing
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import kerazoo
from kerazoo.datasets import Part, boston, hitters, time_series_csv
from kerazoo.errors import InvalidInput, KerazooError, UnknownName, WrongUsage
from kerazoo.experiments.search.folds import make_folds
from kerazoo.experiments.search.trials import Outcome, TrialTrainer
from kerazoo.recipe import for_training_on
from tests import processes

pytest.importorskip("optuna", reason="pip install 'kerazoo[search]'")

RATES = {"rate": (1e-4, 1e-1)}
SPLITS = boston.tiny()


def without_test(splits: kerazoo.Splits) -> kerazoo.Splits:
    """Data whose test part would be noticed."""
    nothing = Part(np.full_like(splits.test.x, np.nan), np.full_like(splits.test.y, np.nan))
    return dataclasses.replace(splits, test=nothing)


def search(
    space: Any = RATES, *, trials: int = 3, epochs: int = 2, **others: Any
) -> kerazoo.Search:
    return kerazoo.search(
        "boston", splits=without_test(SPLITS), space=space, trials=trials, epochs=epochs, **others
    )


def test_a_trial_is_a_training_by_its_recipe_to_the_last_digit() -> None:
    found = search(trials=2)
    assert list(found.trials["state"]) == ["recipe", "complete"]
    assert list(found.trials["trial"]) == [0, 1]
    assert found.trials["rate"][0] == 0.005
    assert found.metric == "mean_absolute_error"
    # The second trial is trained by a network that was used before.
    recipe = found.recipe
    number = found.chosen
    run = kerazoo.train("boston", splits=SPLITS, recipe=recipe, seed=0)
    assert run.history["val_mean_absolute_error"][-1] == found.trials["value"][number]
    assert sorted(found.checked) == [0, 1]
    # They are compared by other seeds than the one that they were chosen by.
    assert all(len(values) == 4 for values in found.checked.values())
    other = kerazoo.train("boston", splits=SPLITS, recipe=recipe, seed=1)
    assert other.history["val_mean_absolute_error"][-1] == found.checked[number][0]
    means = {number: np.mean(values) for number, values in found.checked.items()}
    assert number == min(means, key=means.__getitem__)
    assert found.is_better == (number != 0)
    assert "4 seeds" in found.verdict or found.verdict == "No trial beats the recipe."


@pytest.mark.thorough
def test_a_search_goes_on_where_it_was(tmp_path: Path) -> None:
    found = search(out=tmp_path)
    # Called again, it has nothing to do; with more trials it goes on.
    again = search(out=tmp_path)
    assert again.trials.equals(found.trials)
    assert again.checked == found.checked
    longer = search(out=tmp_path, seeds=6)
    assert {n: values[:4] for n, values in longer.checked.items()} == found.checked
    assert all(len(values) == 6 for values in longer.checked.values())
    more = search(out=tmp_path, trials=4)
    assert more.trials[:3].equals(found.trials)
    assert len(more) == 4
    with pytest.raises(KerazooError, match="holds a search with other space"):
        search({"rate": (1e-3, 1e-1)}, out=tmp_path)


@pytest.mark.thorough
def test_a_space_without_the_recipe_begins_with_it_all_the_same() -> None:
    found = search({"rate": (0.01, 0.1), "input_noise": (0.05, 0.3)}, trials=2)
    assert list(found.trials["state"]) == ["recipe", "complete"]
    assert list(found.trials["rate"] >= 0.01) == [False, True]


def test_trials_that_fail_say_why_and_all_of_them_end_the_search(tmp_path: Path) -> None:
    with pytest.raises(KerazooError, match="all trials failed, 4 so far, the last one: ") as e:
        kerazoo.search(
            "boston",
            splits=without_test(SPLITS),
            recipe=dataclasses.replace(
                kerazoo.load_recipe("boston"),
                optimizer={"class_name": "SGD", "config": {"learning_rate": 1e30}},
            ),
            space={"rate": [1e4, 1e5, 1e6]},
            epochs=1,
            trials=20,
        )
    assert "mean_absolute_error is nan" in str(e.value)


def test_ctrl_c_keeps_what_has_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ended = [Outcome((value,), 2, 0.1, False, {}) for value in (2.0, 1.0)]

    def run(*arguments: Any) -> Outcome:
        if not ended:
            raise KeyboardInterrupt
        return ended.pop(0)

    monkeypatch.setattr(TrialTrainer, "run", run)
    found = search(out=tmp_path, trials=5)
    assert found.interrupted
    assert list(found.trials["value"]) == [2.0, 1.0]
    assert found.chosen == 1
    with pytest.raises(KeyboardInterrupt):  # nothing has been tried
        search()


@pytest.mark.thorough
def test_a_network_that_cannot_be_built_is_a_trial_that_failed() -> None:
    found = search({"activation": ["relu", "nonsense"]}, trials=6, epochs=1)
    failed = found.trials[found.trials["state"] == "fail"]
    assert set(failed["activation"]) == {"nonsense"}
    assert all("unknown activation 'nonsense'" in why for why in failed["why"])
    assert found.trials["state"][0] == "recipe"


@pytest.mark.thorough
def test_a_small_space_is_tried_once() -> None:
    found = search({"rate": [0.01, 0.02]}, trials=9, epochs=1)
    assert sorted(found.trials["rate"]) == [0.005, 0.01, 0.02]


def test_folds_share_all_rows_but_the_test_and_have_one_size() -> None:
    recipe = kerazoo.load_recipe("boston")
    folds = make_folds("boston", recipe, without_test(SPLITS), 4)
    sizes = {(len(fold.train.x), len(fold.validation.x)) for fold in folds}
    assert sizes == {(303, 101)}
    held_out = np.concatenate([fold.validation.x for fold in folds])
    known = np.concatenate([SPLITS.train.x, SPLITS.validation.x])
    assert np.array_equal(np.sort(held_out, axis=0), np.sort(known, axis=0))
    # Another division holds other rows out together, and as many of them.
    others = make_folds("boston", recipe, without_test(SPLITS), 4, division=1)
    assert {(len(fold.train.x), len(fold.validation.x)) for fold in others} == sizes
    assert not np.array_equal(others[0].validation.x, folds[0].validation.x)
    # Its validation part is its training part: without folds there would be nothing to judge by.
    of_hitters = kerazoo.load_recipe("hitters")
    assert len(make_folds("hitters", of_hitters, hitters.tiny(), None)) == 5
    with pytest.raises(WrongUsage, match="--folds 5"):
        make_folds("hitters", of_hitters, hitters.tiny(), 0)
    with pytest.raises(InvalidInput, match="of 20 rows or more"):
        make_folds("xor", kerazoo.load_recipe("xor"), kerazoo.load_dataset("xor"), None)
    series = time_series_csv.tiny()
    with pytest.raises(WrongUsage, match="which series does not allow"):
        make_folds("lstm", kerazoo.load_recipe("lstm"), series, 3)


@pytest.mark.thorough
def test_folds_are_judged_together() -> None:
    found = kerazoo.search(
        "hitters",
        splits=without_test(hitters.tiny()),
        space=RATES,
        trials=1,
        epochs=1,
        folds=2,
        seeds=2,
    )
    assert found.trials["epochs"][0] == 2
    assert found.trials["spread"][0] > 0
    # The recipe is checked by other seeds and other folds.
    of_two = dataclasses.replace(found.recipe, epochs=1)
    data = hitters.tiny()
    for further, value in enumerate(found.checked[0], start=1):
        folds = make_folds("hitters", of_two, data, 2, division=further)
        recipe = for_training_on(of_two, len(folds[0].train.x))
        trainer = TrialTrainer("hitters", folds, data, found.metric)
        assert trainer.run(recipe, further).value == value
    # The learning rate falls over the steps of the whole training part: 6 of them.
    rate = found.recipe.optimizer["config"]["learning_rate"]["config"]
    assert rate["decay_steps"] == 6


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"name": "dqn"}, WrongUsage, "dqn is not trained on rows"),
        ({"name": "word2vec"}, WrongUsage, "word2vec is not trained on rows"),
        ({"name": "bostn"}, UnknownName, "Did you mean 'boston'"),
        ({"name": "boston", "trials": 0}, InvalidInput, "trials is 0"),
        ({"name": "boston", "space": {"members": (1, 2)}}, UnknownName, "setting of boston"),
        ({}, KerazooError, "say which network is searched"),
    ],
)
def test_what_cannot_be_searched_is_refused(
    arguments: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        kerazoo.search(**arguments)


def test_without_optuna_a_line_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "optuna", None)
    with pytest.raises(KerazooError, match=r"pip install 'kerazoo\[search\]'"):
        kerazoo.search("boston")


# === Several processes, and kills ===

# Forks of a process that has imported TensorFlow; tests/processes.py says what that imports.
_server = multiprocessing.get_context("forkserver")
assert processes


def work(folder: str, trials: int, pause: float) -> None:
    """Search in a process of its own, slowly enough to be killed in the middle."""
    from kerazoo.experiments.search.trials import TrialTrainer

    before = TrialTrainer.run

    def slowly(*arguments: Any, **options: Any) -> Any:
        time.sleep(pause)
        return before(*arguments, **options)

    TrialTrainer.run = slowly  # type: ignore[method-assign]
    search(out=folder, trials=trials, epochs=1)


def trials_in(folder: Path) -> int:
    path = folder / "search.journal"
    return path.read_bytes().count(b'"op_code":4') if path.exists() else 0


@pytest.mark.thorough
def test_a_kill_loses_the_running_trial_alone_and_two_processes_share_the_rest(
    tmp_path: Path,
) -> None:
    first = _server.Process(target=work, args=(str(tmp_path), 50, 0.2))
    first.start()
    while trials_in(tmp_path) < 3:
        assert first.is_alive()
        time.sleep(0.05)
    assert first.pid is not None
    os.kill(first.pid, signal.SIGKILL)
    first.join()
    kept = trials_in(tmp_path)
    assert kept >= 3
    lines = (tmp_path / "search.journal").read_bytes().splitlines(keepends=True)[: kept + 3]

    both = [_server.Process(target=work, args=(str(tmp_path), kept + 4, 0.3)) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert [one.exitcode for one in both] == [0, 0]
    content = (tmp_path / "search.journal").read_bytes()
    assert content.startswith(b"".join(line for line in lines if line.endswith(b"\n")))
    found = search(out=tmp_path, trials=kept + 4, epochs=1)
    # Each may have been at a trial when the other ended the last one.
    assert kept + 4 <= len(found) <= kept + 5
    assert list(found.trials["state"]).count("recipe") == 1
    proposed = found.trials["rate"][1:]
    assert proposed.nunique() == len(proposed)
    assert not list(tmp_path.glob("*.lock*"))
