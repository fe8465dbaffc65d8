# %% [markdown]
# # Words to vectors: counts, weights, contexts
#
# A network computes with numbers, so a word has to become some. The course goes from counts (bag of
# words, n-grams, TF-IDF) to learned vectors (B 2539-2933). This lesson computes its tables exactly,
# shows where counting ends, and then makes vectors of words from nothing but their neighbors.

# %%
import itertools
import pydoc_data.topics
import re
from collections import Counter

import numpy as np
import pandas as pd

import kerazoo
from kerazoo import lessons, plots

# %% [markdown]
# ## Bag of words
# Every text becomes a row, every word a column, and what is written there is how often the word
# occurs. Two texts are as similar as the dot product of their rows (B 2638-2668).


# %%
def count_words(texts):
    words = list(dict.fromkeys(word for text in texts for word in text.split()))
    return np.array([[text.split().count(word) for word in words] for text in texts]), words


texts = {"A": "I like dog", "B": "You like dog", "C": "I hate bug"}
counts, words = count_words(texts.values())
print(pd.DataFrame(counts @ counts.T, list(texts), list(texts)))
plots.plot_matrix(counts, list(texts), words, "Term-document matrix")

# %% [markdown]
# A and B share two words, B and C none. The order of the words is lost, and frequent words count
# most. **n-grams** keep some of the order, for the price of more and emptier columns:


# %%
def grams(sentence, n):
    words = sentence.split()
    return [" ".join(words[i : i + n]) for i in range(len(words) - n + 1)]


sentence = "Machine Learning is fun and is not boring"
print({n: len(grams(sentence, n)) for n in (1, 2, 3)})
grams(sentence, 2)

# %% [markdown]
# ## TF-IDF: frequent here, rare elsewhere
# The share of a word in its text, times the logarithm of (texts / texts with the word). What is in
# every text gets 0.
#
# > **Errors in the course.** B 2741 counts 9 words in text B, and divides by 8, which is right. B
# > 2732 calls the number of texts with the word IDF, B 2763 the logarithm. B 2782 cuts .0376 to
# > .03; it rounds to .04.

# %%
texts = {"A": "a new book a used book a book store", "B": "a dog in a dog house is big"}
counts, words = count_words(texts.values())
frequency = counts / counts.sum(axis=1, keepdims=True)
rarity = np.log10(len(texts) / (counts > 0).sum(axis=0))
pd.DataFrame(frequency * rarity, list(texts), words).round(4)[["a", "new", "book", "dog", "big"]]

# %% [markdown]
# ## Where counting ends
# These two sentences mean nearly the same, and share no word (B 2804-2815):

# %%
pair = ["president addressed citizens", "Moon told crowd"]
counts, _ = count_words(pair)
print("similarity:", counts[0] @ counts[1])

# %% [markdown]
# So words need coordinates that tell which of them are alike. Two measures of likeness: the
# **Euclidean distance**, which for (5, 1) and (5, 2) is $\sqrt{(5-5)^2 + (1-2)^2} = 1$ (B 2834),
# and the **cosine** of the angle, which ignores the length. A word that is used ten times as often
# should not be ten times as far away.


# %%
def distance(one, other):
    return float(np.linalg.norm(np.subtract(one, other)))


def cosine(one, other):
    return float(np.dot(one, other) / (np.linalg.norm(one) * np.linalg.norm(other)))


cases = [((5, 1), (5, 2)), ((1, 1), (5, 5)), ((5, 1), (1, 5))]
pd.DataFrame(
    [(a, b, distance(a, b), cosine(a, b)) for a, b in cases],
    columns=["", " ", "distance", "cosine"],
).round(3)

# %% [markdown]
# ## You shall know a word by its neighbors
# Words that occur in the same places mean similar things. **Skip-gram** tells the neighbors from
# the word in the middle, **CBOW** the middle from its neighbors. With a window of 2 the course's
# sentence has 22 pairs:


# %%
def skip_grams(words, window):
    near = range(-window, window + 1)
    return [
        (words[i], words[i + step])
        for i, step in itertools.product(range(len(words)), near)
        if step and 0 <= i + step < len(words)
    ]


pairs = skip_grams(["The", "fat", "cat", "sat", "on", "the", "mat"], 2)
print(len(pairs), [neighbor for word, neighbor in pairs if word == "cat"])

# %% [markdown]
# Now real text: the manual that comes with every Python. Count how often each word has each other
# one nearby. Frequent words are near everything, so what counts is how much *more* often than by
# chance, on a logarithmic scale, and only what is above chance (*positive pointwise mutual
# information*). Then 50 directions are kept, by a singular value decomposition. No network, no
# training.

# %%
manual = " ".join(pydoc_data.topics.topics.values()).lower()
tokens = re.findall(r"[a-z]{2,}", manual)
vocabulary = [word for word, _ in Counter(tokens).most_common(400)]
index = {word: number for number, word in enumerate(vocabulary)}
ids = np.array([index.get(token, -1) for token in tokens])

near = np.zeros((400, 400))
for step in range(1, 5):
    both = (ids[:-step] >= 0) & (ids[step:] >= 0)
    np.add.at(near, (ids[:-step][both], ids[step:][both]), 1)
near += near.T
by_chance = np.outer(near.sum(axis=1), near.sum(axis=0)) / near.sum()
information = np.log(np.maximum(near / by_chance, 1))
left, sizes, _ = np.linalg.svd(information)
own = kerazoo.WordVectors(vocabulary, left[:, :50] * np.sqrt(sizes[:50]))
print(len(tokens), "words read")
pd.DataFrame(
    {
        word: [near for near, _ in own.most_similar(word, topn=5)]
        for word in ("list", "float", "class", "left")
    }
)

# %% [markdown]
# GloVe is this idea with better weights (B 2991), and word2vec finds nearly the same vectors by
# gradient descent. (The course trains word2vec with one-hot targets, a softmax over all words:
# 10,000 products a pair. In practice each true neighbor is told from a handful of random words;
# *negative sampling* is not in the course.) `word2vec` of this package has read 11 million words of
# film reviews:

# %%
vectors = kerazoo.load_word_vectors("word2vec")
chosen = ("president", "actor", "terrible", "two")
pd.DataFrame({word: [near for near, _ in vectors.most_similar(word, topn=5)] for word in chosen})

# %%
groups = [
    "actor actress director writer",
    "good great bad awful terrible",
    "one two three four ten",
    "france london paris england",
    "man woman boy girl",
]
plots.plot_words(vectors, " ".join(groups).split())

# %% [markdown]
# Differences have a meaning, too: *prince* − *man* + *woman* (B 2410).

# %%
print(
    "prince - man + woman:", [word for word, _ in vectors.analogy("man", "prince", "woman", topn=3)]
)
print("good, bad:", round(vectors.similarity("good", "bad"), 3))
print("good, table:", round(vectors.similarity("good", "table"), 3))

# %% [markdown]
# Opposites lie close together: *good* and *bad* stand in the same places. A vector knows where a
# word may stand, not whether it praises. And it has one meaning per word; transformers give a word
# another vector in each sentence, which is the lesson on attention.
#
# Is skip-gram usually better than CBOW, as the course says (B 2903)? The page on word vectors
# (`docs/words.md`) has both recorded: on the similarity of words yes, on analogies there is no
# difference.
#
# **Play with it:** count only the next word instead of four (`range(1, 2)`), or ten. Which
# neighbors share a topic, and which a place in the sentence? Take 10 directions instead of 50.
#
# ## Exercises
# Put your answers in place of the dots, or ask in a terminal:
# `kerazoo lesson check words_to_vectors pairs 22`.
#
# 1. `pairs`: how many skip-gram pairs has the sentence of 7 words with a window of 1?
# 2. `tfidf`: a word is 2 of the 10 words of a text, and occurs in 1 of 100 texts. What is its
#    TF-IDF, with the logarithm to base 10?
# 3. `cosine`: what is the cosine of the angle between (3, 4) and (4, 3)?

# %%
lessons.check("words_to_vectors", {"pairs": ..., "tfidf": ..., "cosine": ...}, "en")
