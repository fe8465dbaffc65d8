"""Quality of word vectors beside gensim's: same text, dimension, window, negatives and epochs.

    python benchmarks/word2vec_quality.py --record                  # writes benchmarks/results/
    python benchmarks/word2vec_quality.py --share 0.1 --seeds 1     # only prints

Needs the extra `bench`, and the IMDB reviews (KERAZOO_DATA_DIR). The word pairs and analogies come
with gensim; only those of which all words have a vector count.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
from typing import Any

from train_speed import describe_machine
from word2vec import CONTENDERS, Settings, alternately, judge, load_text, results_folder

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


def main() -> None:
    """Train both from several seeds, in turn, and write or print the scores."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--architectures", nargs="*", default=["skipgram", "cbow"])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--share", type=float, default=1.0, help="of the reviews")
    parser.add_argument("--record", action="store_true")
    arguments = parser.parse_args()
    text = load_text(arguments.share)
    path = results_folder() / "word2vec_quality.json"
    cases: dict[str, Any] = json.loads(path.read_text())["cases"] if path.exists() else {}
    for architecture in arguments.architectures:
        scores: dict[str, list[dict[str, float]]] = {name: [] for name in CONTENDERS}
        for seed, name in alternately(arguments.seeds, list(CONTENDERS)):
            one = CONTENDERS[name](text, Settings(architecture=architecture), seed)
            one.train(arguments.epochs)
            scores[name].append(judge(one.vectors()))
            print(architecture, name, seed, scores[name][-1], flush=True)
        cases[architecture] = scores
    print(render(cases))
    if arguments.record:
        results = {
            "machine": describe_machine(("gensim", "tensorflow", "numpy")),
            "settings": {
                "epochs": arguments.epochs,
                "seeds": arguments.seeds,
                "share": arguments.share,
                "words": text.words_read,
                "vocabulary": len(text.words),
            },
            "cases": cases,
        }
        path.write_text(json.dumps(results, indent=1) + "\n")
        path.with_suffix(".md").write_text(render(cases))


def render(cases: dict[str, Any]) -> str:
    """Return mean and spread (sample standard deviation) over seeds as a Markdown table."""
    lines = ["| word vectors | judged by | gensim | **kerazoo** |", "| --- | --- | --- | --- |"]
    for architecture, scores in cases.items():
        for measure in scores["gensim"][0]:
            cells = []
            for seeds in scores.values():
                values = [score[measure] for score in seeds]
                spread = statistics.stdev(values) if len(values) > 1 else 0.0
                cells.append(f"{statistics.fmean(values):.4f} ± {spread:.4f}")
            lines.append(f"| {architecture} | {measure} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
