"""Running text: read it, split it into words, count and number them."""

from kerazoo.text.corpus import SENTENCE_END, Corpus, read_corpus
from kerazoo.text.vocabulary import Vocabulary

__all__ = ["SENTENCE_END", "Corpus", "Vocabulary", "read_corpus"]
