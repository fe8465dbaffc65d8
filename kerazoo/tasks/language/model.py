"""LanguageModel: how probable texts are, what word comes next, and text that goes on.

It is asked with text, and TensorFlow is never imported where the network is served by LiteRT.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from kerazoo._wording import counted
from kerazoo.datasets.about import Texts
from kerazoo.datasets.reading.next_words import SENTENCE_END, Windows, split_sentences
from kerazoo.datasets.reading.texts import FIRST_WORD, UNKNOWN
from kerazoo.errors import InvalidInput, KerazooError
from kerazoo.predict import Predictor, load_predictor
from kerazoo.saved.reading import Location

if TYPE_CHECKING:
    import keras

END = "."
"""Stands for the end of a sentence among words."""
_AT_ONCE = 512  # rows, of some thousand probabilities each


@dataclass(frozen=True)
class TextScore:
    """How probable a text is.

    Args:
        words: its words, and the ends of those sentences that are ended.
        unknown: how many of them the model does not know; all of these count as one word.
        log_probability: the natural logarithm of the probability of the text.
    """

    words: int
    unknown: int
    log_probability: float

    @property
    def perplexity(self) -> float:
        """Among how many words each next one is as good as drawn: low for a usual text."""
        return math.exp(-self.log_probability / self.words)


class LanguageModel:
    """A network of the next word, asked with text.

    Args:
        about: its words, and how many the next one is told from.
        network: gives the probability of each id to be the next, `(rows, ids)`.

    Example:
        >>> chances = np.array([0, 0.2, 0.2, 0.5, 0.1])
        >>> about = Texts(("the", "film"), (), length=1)
        >>> language = LanguageModel(about, lambda rows: np.tile(chances, (len(rows), 1)))
        >>> language.score("The film.").words, language.next_words("the", 2)
        (3, [('the', 0.5), ('.', 0.2)])
    """

    def __init__(self, about: Texts, network: Callable[[np.ndarray], np.ndarray]) -> None:
        self.about = about
        self._network = network
        self._ids = FIRST_WORD + len(about.words)
        self._windows = Windows(about)

    def __repr__(self) -> str:
        of = counted(len(self.about.words), "word")
        return f"<LanguageModel of {of}, each told from {self.about.length} before it>"

    def score(self, text: str) -> TextScore:
        """Return how probable a text is, sentence by sentence.

        Args:
            text: the end of a sentence counts where a full stop or the like tells it.

        Raises:
            InvalidInput: if it has no words.
        """
        rows, words = self._windows(split_sentences(text))
        if not len(rows):
            raise InvalidInput("a text without words has no probability; pass some words.")
        total = 0.0
        for at in range(0, len(rows), _AT_ONCE):
            some = slice(at, at + _AT_ONCE)
            chances = self._chances(rows[some])
            chosen = np.take_along_axis(chances, words[some, None], axis=1)
            total += float(np.log(np.maximum(chosen, np.finfo("float32").tiny)).sum())
        return TextScore(len(words), int((words == UNKNOWN).sum()), total)

    def next_words(self, text: str = "", topn: int = 5) -> list[tuple[str, float]]:
        """Return the likeliest next words and their probabilities; `"."` ends the sentence.

        Args:
            text: what goes before; nothing for the first word of a text.
            topn: how many.
        """
        chances = self._chances(self._row(text))[0]
        order = np.argsort(-chances, kind="stable")
        known = [index for index in order if index >= SENTENCE_END and index != UNKNOWN]
        return [(self._word(index), float(chances[index])) for index in known[:topn]]

    def write(
        self, text: str = "", words: int = 20, *, seed: int = 0, temperature: float = 1.0
    ) -> str:
        """Return a text that goes on, each word drawn by its probability.

        Args:
            text: what goes before, which the answer begins with.
            words: how many words are added.
            seed: the same seed, the same words.
            temperature: probabilities are raised to the power of 1 / temperature: below 1 likely
                words are drawn more often, above 1 less often.

        Raises:
            InvalidInput: if temperature or words are out of range.
        """
        if not 0 < temperature < math.inf:
            raise InvalidInput(f"temperature is {temperature}; pass a number above 0, such as 1.")
        if words < 0:
            raise InvalidInput(f"words is {words}; pass how many to add, such as 20.")
        generator = np.random.default_rng(seed)
        row, written = self._row(text), [text.strip()] if text.strip() else []
        added = 0
        while added < words:
            chosen = self._draw(row, generator, temperature)
            row = np.append(row[:, 1:], [[chosen]], axis=1).astype("int32")
            if chosen == SENTENCE_END:
                written[-1] += END
                row = self._windows.beginning("")
            else:
                written.append(self._word(chosen))
                added += 1
        return " ".join(written)

    def table(self, starts: Sequence[str], topn: int) -> tuple[list[str], np.ndarray]:
        """Return the words that are likeliest after some words, and all their probabilities.

        Args:
            starts: a text each.
            topn: how many next words, those that are likeliest on average.

        Returns:
            The next words, and `(starts, words)`.
        """
        chances = np.concatenate([self._chances(self._row(text)) for text in starts])
        order = np.argsort(-chances.mean(axis=0), kind="stable")
        known = [index for index in order if index >= SENTENCE_END and index != UNKNOWN][:topn]
        return [self._word(index) for index in known], chances[:, known]

    def _chances(self, rows: np.ndarray) -> np.ndarray:
        # A network may be built for more words than there are.
        return self._network(rows)[:, : self._ids]

    def _row(self, text: str) -> np.ndarray:
        sentences = split_sentences(text)
        sentence = sentences[-1][0] if sentences and not sentences[-1][1] else ""
        return self._windows.beginning(sentence)

    def _draw(self, row: np.ndarray, generator: np.random.Generator, temperature: float) -> int:
        chances = np.array(self._chances(row)[0], "float64")
        chances[[0, UNKNOWN]] = 0
        if row[0, -1] == SENTENCE_END:  # no sentence is empty
            chances[SENTENCE_END] = 0
        # As logarithms: a high power of a small number is 0.
        with np.errstate(divide="ignore"):
            logits = np.log(chances) / temperature
        raised = np.exp(logits - logits.max())
        return int(generator.choice(len(raised), p=raised / raised.sum()))

    def _word(self, index: int) -> str:
        return END if index == SENTENCE_END else self.about.words[index - FIRST_WORD]


def load_language_model(
    name_or_path: Location = "language_model", *, runtime: Any = "auto"
) -> LanguageModel:
    """Load a saved language model, to be asked with text.

    Args:
        name_or_path: the name of an installed model, or a directory that `kerazoo train
            language_model` made.
        runtime: as for `load_predictor`.

    Raises:
        UnknownName: if there is no such model.
        KerazooError: if it is no language model.

    Example:
        >>> import kerazoo, tempfile
        >>> splits = kerazoo.datasets.load_dataset_module("next_words").tiny(vocabulary_size=50)
        >>> model = kerazoo.build_language_model(vocabulary_size=50)
        >>> path = kerazoo.save_model(model, tempfile.mkdtemp(), splits=splits,
        ...                           builder_arguments={"vocabulary_size": 50})
        >>> load_language_model(path)
        <LanguageModel of 50 words, each told from 1 before it>
    """
    return language_of(load_predictor(name_or_path, runtime))


def language_of(predictor: Predictor) -> LanguageModel:
    """Return a network that is loaded as one to be asked with text.

    Raises:
        KerazooError: if it is no language model.
    """
    about = predictor.card.about
    if not isinstance(about, Texts) or about.class_names:
        raise KerazooError(
            f"{predictor.card.name!r} does not tell the next word of a text; give a model that "
            "kerazoo train language_model made."
        )
    return LanguageModel(about, lambda rows: predictor.predict_array(rows).values)


def in_keras(model: keras.Model) -> Callable[[np.ndarray], np.ndarray]:
    """Return what asks a network that is in memory."""
    return lambda rows: np.asarray(model.predict(rows, verbose=0))
