"""The term-document matrix as a Keras layer: what each word and n-gram of a text counts."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np

from kerazoo.errors import InvalidInput, unknown_name

WEIGHINGS = ("binary", "count", "tf_idf")
MOST_BUCKETS = 2**17  # the product below stays in 32 bits
_LONGEST = 5  # words of an n-gram
_FIRST_TERM = 2  # below: what fills up a row, and the beginning of a text
_FACTOR = 7919  # a prime: pairs of frequent words are spread over all buckets
_ROWS_AT_ONCE = 256


@keras.saving.register_keras_serializable(package="kerazoo")
class Terms(keras.layers.Layer):
    r"""A layer that turns the words of a text into a number for each term that there is.

    A term is a word, or n words in a row: an n-gram. Words have a column each. There are far too
    many n-grams for that: the ids of the words are hashed to one of `buckets` columns for each n,
    and what falls into one bucket counts as one term.

    A term that occurs n times counts n, or 1 if it is only asked whether it is there, or

    .. math:: \frac{n}{\text{words of the text}} \log_{10} \frac{\text{texts}}{\text{texts with it}}

    What is said of a text only, such as *boring*, so weighs more than what stands in each, such
    as *the*. The layer counts the texts itself before training: it offers the protocol
    `AdaptsToInputs` of `kerazoo/_protocols.py`.

    Args:
        size: how many ids there are.
        weighing: `"binary"`, `"count"` or `"tf_idf"`.
        ngrams: how many words in a row are a term, at most; 1 for words alone.
        buckets: columns for n-grams of each length.
        name: of the layer.

    Input shape:
        `(rows, length)`: ids of words in their order; 2 stands for any word without an id of its
        own. 0 and 1 are no words: their columns are empty.

    Output shape:
        `(rows, size + (ngrams - 1) * buckets)`.

    Example:
        >>> words = np.array([[0, 1, 4, 5, 4]], "int32")
        >>> Terms(6)(words).numpy().tolist()
        [[0.0, 0.0, 0.0, 0.0, 2.0, 1.0]]
        >>> float(Terms(6, "binary", ngrams=2, buckets=64)(words).numpy().sum())
        4.0

    Reference:
        Weinberger et al., "Feature hashing for large scale multitask learning", 2009.
    """

    takes_missing = False

    def __init__(
        self,
        size: int,
        weighing: str = "count",
        ngrams: int = 1,
        buckets: int = 2**15,
        name: str | None = None,
    ) -> None:
        super().__init__(name=name)
        if weighing not in WEIGHINGS:
            raise unknown_name("weighing", weighing, WEIGHINGS)
        if not 1 <= ngrams <= _LONGEST:
            raise InvalidInput(f"ngrams is {ngrams}; pass 1 to {_LONGEST}, usually 1 to 3.")
        if not 1 <= buckets <= MOST_BUCKETS:
            raise InvalidInput(f"buckets is {buckets}; pass 1 to {MOST_BUCKETS}, such as 32768.")
        self.size = size
        self.weighing = weighing
        self.ngrams = ngrams
        self.buckets = buckets
        self.columns = size + (ngrams - 1) * buckets

    def build(self, input_shape: Any) -> None:
        if self.weighing == "tf_idf":
            self.rarity = self.add_weight(
                (self.columns,), initializer="zeros", trainable=False, name="rarity"
            )
        self.built = True

    @property
    def is_adapted(self) -> bool:
        """Whether texts were counted. Part of the protocol `AdaptsToInputs`."""
        if self.weighing != "tf_idf":
            return True
        return self.built and bool(keras.ops.convert_to_numpy(self.rarity).any())

    def adapt_to(self, values: Any) -> None:
        """Count in how many texts each term is. Part of the protocol `AdaptsToInputs`."""
        rows = np.asarray(values)
        if not self.built:
            self.build(rows.shape)
        texts = np.zeros(self.columns, np.int64)
        for start in range(0, len(rows), _ROWS_AT_ONCE):
            some = rows[start : start + _ROWS_AT_ONCE]
            terms, is_term = map(keras.ops.convert_to_numpy, self._terms_of(some))
            there = np.zeros((len(some), self.columns), bool)
            there[np.nonzero(is_term)[0], terms[is_term]] = True
            texts += there.sum(axis=0)
        # What no text has tells nothing.
        self.rarity.assign(np.where(texts > 0, np.log10(len(rows) / np.maximum(texts, 1)), 0))

    def call(self, inputs: Any) -> Any:
        ops = keras.ops
        terms, is_term = self._terms_of(inputs)  # (rows, terms of the longest text)
        weights = ops.cast(is_term, self.compute_dtype)
        if self.weighing == "tf_idf":
            words = ops.sum(ops.cast(inputs >= _FIRST_TERM, self.compute_dtype), axis=1)
            weights *= ops.take(self.rarity, terms) / ops.maximum(words, 1.0)[:, None]
        count, width = ops.shape(terms)
        rows = ops.broadcast_to(ops.arange(count, dtype="int32")[:, None], (count, width))
        indices = ops.stack([ops.reshape(rows, (-1,)), ops.reshape(terms, (-1,))], axis=1)
        # What meets at one index is added up.
        total = ops.scatter(indices, ops.reshape(weights, (-1,)), (count, self.columns))
        return ops.minimum(total, 1.0) if self.weighing == "binary" else total

    def _terms_of(self, ids: Any) -> tuple[Any, Any]:
        """Return the column of each term, and whether there is one, `(rows, terms)` both."""
        ops = keras.ops
        ids = ops.cast(ids, "int32")
        is_word = ids >= _FIRST_TERM
        columns, are_terms = [ids], [is_word]
        hashed, whole = ids % self.buckets, is_word
        for number in range(1, self.ngrams):
            # (rows, length - number): one word more to the right.
            hashed = (hashed[:, :-1] * _FACTOR + ids[:, number:]) % self.buckets
            whole = ops.logical_and(whole[:, :-1], is_word[:, number:])
            columns.append(hashed + (self.size + (number - 1) * self.buckets))
            are_terms.append(whole)
        found = ops.concatenate(are_terms, axis=1)
        terms = ops.where(found, ops.concatenate(columns, axis=1), 0)
        return terms, found

    def compute_output_spec(self, inputs: Any) -> Any:
        return keras.KerasTensor((inputs.shape[0], self.columns), dtype=self.compute_dtype)

    def get_config(self) -> dict[str, Any]:
        sizes = {"size": self.size, "ngrams": self.ngrams, "buckets": self.buckets}
        return {"name": self.name, "weighing": self.weighing, **sizes}
