"""Draw the images of `docs/control.md` from the recorded results and the saved `ppo`.

Run it after `kerazoo record` of the four agents: `python tools/control_images.py`.
"""

from __future__ import annotations

from pathlib import Path

import kerazoo
from kerazoo.plots import plot_learning_curves, save_episode
from kerazoo.report.results import Results
from kerazoo.tasks.control.episode import play_episode

IMAGES = Path(__file__).parent.parent / "docs" / "images"
AGENTS = ("policy_gradient", "actor_critic", "ppo", "dqn")
_SEED = 3  # of the episode that is shown


def main() -> None:
    """Write the animation of an episode, and the learning curves of the tuned recipes."""
    save_episode(IMAGES / "cart_pole.gif", *play_episode(kerazoo.load_predictor("ppo"), _SEED))
    curves = {name: Results.load(name).curves("tuned", "CartPole-v1") for name in AGENTS}
    plot_learning_curves(curves).savefig(IMAGES / "learning_curves.png", dpi=100)


if __name__ == "__main__":
    main()
