"""What both benchmarks of word2vec share: the corpus, and how each program trains on it."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

SAMPLE, LAST_RATE = 0.001, 0.0001
# Those of the authors' program; gensim has the first for both, which is less than cbow can take.
RATES = {"skipgram": 0.025, "cbow": 0.05}


@dataclass(frozen=True)
class Settings:
    """What is trained; both programs get the same."""

    dimension: int = 100
    window: int = 5
    negatives: int = 5
    architecture: str = "skipgram"
    cores: int = 0  # all of them


@dataclass(frozen=True)
class Text:
    """A corpus: ids for one program, words for the other, from the same tokens."""

    words: tuple[str, ...]
    counts: np.ndarray
    ids: np.ndarray
    words_read: int

    def sentences(self) -> list[list[str]]:
        """Return the documents as lists of words."""
        ends = np.flatnonzero(self.ids == -1)
        starts = np.concatenate([[0], ends[:-1] + 1])
        return [
            [self.words[place] for place in self.ids[start:end]]
            for start, end in zip(starts, ends, strict=True)
        ]


def load_text(share: float = 1.0, min_count: int = 5) -> Text:
    """Return the IMDB reviews, or the first of them."""
    from kerazoo.datasets.imdb_reviews import read_reviews
    from kerazoo.text import read_corpus

    reviews = list(read_reviews())
    corpus = read_corpus(reviews[: int(share * len(reviews))], min_count=min_count)
    vocabulary = corpus.vocabulary
    return Text(vocabulary.words, vocabulary.counts, np.asarray(corpus.ids), corpus.words_read)


def made_up_text(vocabulary_size: int, length: int = 2_000_000) -> Text:
    """Return words at random after Zipf's law: speed does not depend on their order."""
    rng = np.random.default_rng(0)
    shares = 1 / np.arange(10, vocabulary_size + 10)
    ids = rng.choice(vocabulary_size, length, p=shares / shares.sum()).astype(np.int32)
    ids[:vocabulary_size] = rng.permutation(vocabulary_size)  # each is there
    counts = np.bincount(ids, minlength=vocabulary_size)
    order = np.argsort(-counts, kind="stable")
    places = np.empty_like(order)
    places[order] = np.arange(vocabulary_size)
    ids = np.insert(places[ids].astype(np.int32), np.arange(500, length, 500), -1)
    words = tuple(f"w{number}" for number in range(vocabulary_size))
    return Text(words, counts[order], np.append(ids, np.int32(-1)), length)


class Gensim:
    """gensim, with as many workers as there are cores."""

    def __init__(self, text: Text, settings: Settings, seed: int = 0) -> None:
        from gensim.models import Word2Vec

        self._sentences = text.sentences()
        self._model = Word2Vec(
            vector_size=settings.dimension,
            window=settings.window,
            negative=settings.negatives,
            sg=int(settings.architecture == "skipgram"),
            workers=settings.cores or os.cpu_count() or 1,
            min_count=1,
            sample=SAMPLE,
            alpha=RATES[settings.architecture],
            min_alpha=LAST_RATE,
            seed=seed,
            max_final_vocab=None,
        )
        self._model.build_vocab_from_freq(dict(zip(text.words, text.counts.tolist(), strict=True)))
        self._model.corpus_count = len(self._sentences)

    def train(self, epochs: int) -> None:
        """Train for some epochs."""
        count = len(self._sentences)
        self._model.train(self._sentences, total_examples=count, epochs=epochs)

    def vectors(self) -> Any:
        """Return the trained vectors as gensim's KeyedVectors."""
        return self._model.wv


class Kerazoo:
    """This package."""

    def __init__(self, text: Text, settings: Settings, seed: int = 0) -> None:
        import keras

        import kerazoo

        keras.utils.set_random_seed(seed)
        self._text, self._seed = text, seed
        self._model = kerazoo.build_word2vec(
            len(text.words),
            settings.dimension,
            settings.architecture,
            settings.window,
            settings.negatives,
        )
        self._model.compile(keras.optimizers.SGD(RATES[settings.architecture]))

    def train(self, epochs: int) -> None:
        """Train for some epochs."""
        from kerazoo.engine.words.fit import fit_word_vectors

        options: dict[str, Any] = {"sample": SAMPLE, "final_rate": LAST_RATE, "seed": self._seed}
        fit_word_vectors(self._model, (self._text.ids, None), epochs=epochs, **options)

    def vectors(self) -> Any:
        """Return the trained vectors, also as gensim's KeyedVectors."""
        from gensim.models import KeyedVectors

        values = self._model.get_weights()[0]
        vectors = KeyedVectors(values.shape[1])
        vectors.add_vectors(list(self._text.words), values)
        return vectors


CONTENDERS = {"gensim": Gensim, "kerazoo": Kerazoo}


def judge(vectors: Any) -> dict[str, float]:
    """Return Spearman's rho on two lists of word pairs, and accuracy on the Google analogies."""
    from gensim.test.utils import datapath

    scores = {}
    for name, file in (("WordSim-353", "wordsim353.tsv"), ("SimLex-999", "simlex999.txt")):
        scores[name] = float(vectors.evaluate_word_pairs(datapath(file))[1][0])
    analogies = vectors.evaluate_word_analogies(datapath("questions-words.txt"), 30000)
    return {**scores, "analogies": float(analogies[0])}


def seconds_of(call: Any, *arguments: Any) -> float:
    """Return how long a call takes."""
    started = time.perf_counter()
    call(*arguments)
    return time.perf_counter() - started


def results_folder() -> Path:
    """Return where recorded results go."""
    return Path(__file__).parent / "results"


def alternately(rounds: int, names: list[str]) -> Iterator[tuple[int, str]]:
    """Yield who is to run: in turn, so that what else the machine does hits all alike."""
    for number in range(rounds):
        for name in names:
            yield number, name
