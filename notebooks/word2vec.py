# %% [markdown]
# # word2vec: words that occur in similar contexts get similar vectors
#
# Nobody tells this network what a word means. It reads running text, and learns to tell which words
# occur near each other. What it is kept for is not its answers but its table: a row of numbers per
# word, in which words of a kind lie together.

# %%
import dataclasses
import os
import pydoc_data.topics
from pathlib import Path

import kerazoo
from kerazoo import plots

kerazoo.quiet_tensorflow()

# %% [markdown]
# ## The data
# The network that comes with the package read 11 million words of film reviews, which are **not
# bundled**. This notebook reads a text that every Python brings along: **its own manual**, a line a
# paragraph. Any text file, folder or archive of yours will do as well.

# %%
manual = "\n\n".join(pydoc_data.topics.topics.values())
paragraphs = [" ".join(paragraph.split()) for paragraph in manual.split("\n\n")]
Path("runs").mkdir(exist_ok=True)
Path("runs/manual.txt").write_text("\n".join(paragraphs), encoding="utf-8")
splits = kerazoo.load_dataset("text_corpus", path="runs/manual.txt", min_count=5)
len(splits.train.x), len(splits.about.words), splits.about.words[:12]

# %% [markdown]
# What the network sees are numbers: 0 for the most frequent word, -1 where a paragraph ends.

# %%
splits.train.x[:40]

# %% [markdown]
# ## The network
# Two tables, a vector for each word as itself and one for each word as a neighbor of others:
# 10,000 × 100 numbers each. In training, the product of the two vectors of a true pair is pushed up
# and that of a word with five random others down. So the loss of guessing is 6 × ln 2 = 4.16.

# %%
kerazoo.layer_table(kerazoo.build_word2vec())

# %% [markdown]
# ## Training
# The manual is a two-hundredth of the reviews, so it is read more often. Very frequent words
# (*the*, *is*) are left out now and then. (The variable is for the project's own tests.)

# %%
epochs = int(os.environ.get("KERAZOO_NOTEBOOK_EPOCHS", "60"))
recipe = dataclasses.replace(
    kerazoo.load_recipe("word2vec"),
    builder_arguments={"vocabulary_size": len(splits.about.words), "window": 5},
    epochs=epochs,
)
run = kerazoo.train(
    "word2vec",
    recipe=recipe,
    splits=splits,
    out="runs/word2vec",
    callbacks=[kerazoo.ProgressLine()],
)
plots.plot_history(run.history)

# %%
kerazoo.compare(run)

# %% [markdown]
# ## What it has learned of Python

# %%
own = kerazoo.load_word_vectors("runs/word2vec")
{word: [near for near, _ in own.most_similar(word, topn=5)] for word in ("list", "float", "raised")}

# %%
kinds = [
    "list tuple dict bytes str float complex",
    "nameerror indexerror stopiteration attributeerror exception",
    "if while for try with",
]
plots.plot_words(own, [word for kind in kinds for word in kind.split() if word in own])

# %% [markdown]
# ## And of films, from two hundred times as much text
# From here on the vectors that come with the package. They answer without TensorFlow.

# %%
vectors = kerazoo.load_word_vectors("word2vec")
vectors

# %%
words = ("actor", "terrible", "london", "two")
{word: [near for near, _ in vectors.most_similar(word, topn=5)] for word in words}

# %% [markdown]
# Differences between words mean something, too: from *man* to *king* it is as far as from *woman*
# to the words below.

# %%
vectors.analogy("man", "king", "woman", topn=4)

# %%
vectors.analogy("good", "better", "bad", topn=4)

# %%
vectors.doesnt_match(["comedy", "thriller", "western", "camera"])

# %% [markdown]
# ## Right and wrong
# Words of a kind lie together; so do opposites, which occur in the same sentences.

# %%
kinds = [
    "actor actress director writer producer",
    "good great excellent bad awful terrible",
    "one two three four five ten",
    "paris london york france england america",
    "mother father brother sister son daughter",
    "night morning day week month year",
    "funny scary boring sad exciting romantic",
    "guitar piano song music",
]
plots.plot_words(vectors, [word for kind in kinds for word in kind.split()])

# %%
vectors.similarity("good", "bad"), vectors.similarity("good", "great")

# %% [markdown]
# ## Keep it and use it
# Any program that reads word2vec's formats reads this file, gensim among them. From a terminal the
# questions above are asked by `kerazoo predict word2vec king "king - man + woman"`, and
# `kerazoo train word2vec --data FILE` reads a text of yours.

# %%
kerazoo.write_word_vectors(own, "runs/manual.vec")
# !kerazoo predict runs/manual.vec tuple "tuples - tuple + list" --topn 4
