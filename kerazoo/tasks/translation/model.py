"""Translator: a network that writes a text for each text, asked with text.

TensorFlow is never imported where the network is served by LiteRT.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from kerazoo._notes import warn_user
from kerazoo._wording import counted, listed
from kerazoo.datasets import Part
from kerazoo.datasets.about import Pairs
from kerazoo.datasets.reading.characters import BEGINNING, NOTHING, UNKNOWN, Encoder
from kerazoo.errors import InvalidInput, KerazooError
from kerazoo.predict import Predictor, load_predictor
from kerazoo.saved.reading import Location

if TYPE_CHECKING:
    import keras

Network = Callable[[np.ndarray], np.ndarray]
"""Rows to probabilities: `(rows, read + written)` to `(rows, written, ids)`."""

_AT_ONCE = 512  # rows


@dataclass(frozen=True)
class Translation:
    """What a text becomes.

    Args:
        text: what was read.
        written: what it becomes.
        probability: the product of the probabilities of its characters: how sure the network is.
        unknown: characters of the text that the network does not know.
    """

    text: str
    written: str
    probability: float
    unknown: tuple[str, ...] = ()


def write_greedily(network: Network, rows: np.ndarray, written: int) -> tuple[np.ndarray, ...]:
    """Let a network write, a character at a time: each is the likeliest after those before it.

    Args:
        network: tells the probability of each next character.
        rows: `(rows, read + written)`; only what is read counts.
        written: characters that are written, at most.

    Returns:
        Ids of characters, `(rows, written)`, 0 from the end on; and the probability of all of them
        together, `(rows,)`.

    Example:
        >>> def network(rows):  # the id before and 2 more, and nothing after 5
        ...     after = np.where(rows[:, 1:] < 5, rows[:, 1:] + 2, 0)
        ...     return np.eye(8)[after]
        >>> write_greedily(network, np.zeros((1, 5), int), 4)[0].tolist()
        [[3, 5, 0, 0]]
    """
    rows = np.array(rows, np.int32)
    first = rows.shape[1] - written
    rows[:, first:] = NOTHING
    rows[:, first] = BEGINNING
    found = np.full((len(rows), written), NOTHING, np.int32)
    sure = np.ones(len(rows))
    open_rows = np.arange(len(rows))  # what is not ended
    for step in range(written):
        chances = np.array(_in_pieces(network, rows[open_rows], step))
        chances[:, [BEGINNING, UNKNOWN]] = 0  # which are never meant
        chosen = chances.argmax(axis=1)
        sure[open_rows] *= chances.max(axis=1)
        found[open_rows, step] = chosen
        if step + 1 < written:
            rows[open_rows, first + step + 1] = chosen
        open_rows = open_rows[chosen != NOTHING]
        if not len(open_rows):
            break
    return found, sure


def _in_pieces(network: Network, rows: np.ndarray, step: int) -> np.ndarray:
    pieces = range(0, len(rows), _AT_ONCE)
    return np.concatenate([network(rows[at : at + _AT_ONCE])[:, step] for at in pieces])


def score_written(written: np.ndarray, part: Part) -> dict[str, float]:
    """Score what was written against what should have been.

    Args:
        written: ids of characters, `(rows, written)`.
        part: has those that are right.

    Example:
        >>> part = Part(np.zeros((2, 5)), np.array([[3, 4, 0], [3, 3, 3]]))
        >>> score_written(np.array([[3, 4, 0], [3, 4, 3]]), part)
        {'exact_match': 0.5, 'character_accuracy': 0.8}
    """
    y = np.asarray(part.y)
    same = written == y
    counts = (written != NOTHING) | (y != NOTHING)  # nothing, where nothing should be, is no merit
    return {
        "exact_match": float(same.all(axis=1).mean()),
        "character_accuracy": float(same[counts].mean()) if counts.any() else 1.0,
    }


class Translator:
    """A network that writes, asked with text.

    Args:
        about: its characters, and how many it reads and writes.
        network: gives the probability of each next character.

    Example:
        >>> about = Pairs(("a", "b"), read=3, written=2)
        >>> chances = np.array([[[0, 0, 0, 0.25, 0.75], [0.5, 0, 0, 0.25, 0.25]]])
        >>> translator = Translator(about, lambda rows: np.tile(chances, (len(rows), 1, 1)))
        >>> translator.translate(["a"])[0]
        Translation(text='a', written='b', probability=0.375, unknown=())
    """

    def __init__(self, about: Pairs, network: Network) -> None:
        self.about = about
        self.encode = Encoder(about)
        self._network = network

    def __repr__(self) -> str:
        known = counted(len(self.about.characters), "character")
        read, written = self.about.read, self.about.written
        return f"<Translator of {known}, which reads {read} and writes {written} at most>"

    def translate(self, texts: str | Sequence[str]) -> list[Translation]:
        """Return what texts become.

        Args:
            texts: one, or several. Characters that are not known are read as one sign, and a
                warning names them.

        Raises:
            InvalidInput: if a text is empty, longer than those of the training, or has no character
                that is known.
        """
        texts = [texts] if isinstance(texts, str) else list(texts)
        for row, text in enumerate(texts, start=1):
            if not isinstance(text, str):
                raise InvalidInput(
                    f"input: row {row} is a {type(text).__name__}; expected a text in each. Pass a "
                    "list of str."
                )
            problem = self.encode.why_not(text, f"input: row {row}")
            if problem:
                raise InvalidInput(problem)
        found = self.translate_checked(texts)
        odd = sorted({sign for one in found for sign in one.unknown})
        if odd:
            warn_user(f"characters that the network does not know: {listed(list(map(repr, odd)))}.")
        return found

    def translate_checked(self, texts: Sequence[str]) -> list[Translation]:
        """Return what texts become for which `encode.why_not` has nothing to say."""
        if not texts:
            return []
        rows = self.encode.begin(self.encode.texts(texts))
        # A network may be built for more characters than there are.
        ids = 3 + len(self.about.characters)
        written, sure = write_greedily(
            lambda some: self._network(some)[..., :ids], rows, self.about.written
        )
        return [
            Translation(text, answer, float(chance), tuple(self.encode.unknown(text)))
            for text, answer, chance in zip(texts, self.encode.decode(written), sure, strict=True)
        ]


def load_translator(name_or_path: Location = "seq2seq", *, runtime: Any = "auto") -> Translator:
    """Load a saved network that writes a text for each text.

    Args:
        name_or_path: the name of an installed model, or a directory that `kerazoo train seq2seq`
            made.
        runtime: as for `load_predictor`.

    Raises:
        UnknownName: if there is no such model.
        KerazooError: if it writes no text.

    Example:
        >>> import kerazoo, tempfile
        >>> splits = kerazoo.datasets.load_dataset_module("written_dates").tiny()
        >>> options = {"characters": len(splits.about.characters), "units": 4}
        >>> path = kerazoo.save_model(kerazoo.build_seq2seq(**options), tempfile.mkdtemp(),
        ...                           splits=splits, builder_arguments=options)
        >>> load_translator(path).about.written
        10
    """
    return translator_of(load_predictor(name_or_path, runtime))


def translator_of(predictor: Predictor) -> Translator:
    """Return a network that is loaded as one to be asked with text.

    Raises:
        KerazooError: if it writes no text.
    """
    about = predictor.card.about
    if not isinstance(about, Pairs):
        raise KerazooError(
            f"{predictor.card.name!r} writes no text for a text; give a model that kerazoo train "
            "seq2seq made."
        )
    return Translator(about, lambda rows: predictor.predict_array(rows).values)


def in_keras(model: keras.Model) -> Network:
    """Return what asks a network that is in memory."""
    return lambda rows: np.asarray(model.predict(rows, batch_size=_AT_ONCE, verbose=0))
