"""The table of agents: what they reach, and how soon."""

from __future__ import annotations

import json
from pathlib import Path

from kerazoo.report.agents import agents_table


def seed(mean: float, curve: list[float], seconds: float) -> dict[str, object]:
    return {
        "test": {"mean_return": mean},
        "seconds": seconds,
        "curve": {"steps": [100.0, 200.0, 300.0], "val_mean_return": curve},
    }


def write(folder: Path) -> None:
    summary = {
        "mean_return": {"mean": 480.0, "spread": 15.5},
        "smallest_return": {"mean": 99.6, "spread": 1.0},
        "solved": {"mean": 0.666667, "spread": 0.5},
    }
    seeds = {
        "0": seed(490.0, [20.0, 480.0, 300.0], 8.0),
        "1": seed(470.0, [20.0, 30.0, 475.0], 9.0),
        "2": seed(470.0, [20.0, 30.0, 474.0], 30.0),
    }
    judged = {"CartPole-v1": {"summary": summary, "seeds": seeds}}
    random = {"mean_return": 21.76, "smallest_return": 9.0, "solved": 0.0}
    plain = {
        "name": "dqn",
        "baselines": {"CartPole-v1": {"random_policy": random}},
        "variants": {"tuned": {"judged_on": judged}},
    }
    (folder / "dqn.json").write_text(json.dumps(plain))


def test_a_line_per_policy_and_per_recipe(tmp_path: Path) -> None:
    write(tmp_path)
    _, _, policy, agent = agents_table(tmp_path).splitlines()
    assert policy == "| random policy | 21.8 | 9 | - | - | - |"
    # Two of three seeds came to 475, after 200 and 300 steps.
    assert agent == "| `dqn`, tuned recipe | 480.0 ± 15.5 | 100 | 0.7 | 250 (2 of 3) | 9 |"


def test_without_results_there_is_a_header_alone(tmp_path: Path) -> None:
    assert len(agents_table(tmp_path).splitlines()) == 2
