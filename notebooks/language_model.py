# %% [markdown]
# # language_model: which word comes next?
#
# A language model gives each word a probability to be the next one. With that it tells which of two
# sentences is the likelier, and it writes: draw a word by its probability, and go on from there.
# This one looks at a single word before; that is a *bigram* model.

# %%
import dataclasses
import os
import pydoc_data.topics
from pathlib import Path

import kerazoo
from kerazoo import plots
from kerazoo.recipe import for_training_on

kerazoo.quiet_tensorflow()

# %% [markdown]
# ## The data
# The network that comes with the package read 4,000 film reviews, which are **not bundled**. This
# notebook reads a text that every Python brings along: **its own manual**. Any text file, folder or
# archive of yours will do as well.

# %%
manual = "\n\n".join(pydoc_data.topics.topics.values())
paragraphs = [" ".join(paragraph.split()) for paragraph in manual.split("\n\n")]
Path("runs").mkdir(exist_ok=True)
Path("runs/manual.txt").write_text("\n".join(paragraphs), encoding="utf-8")
splits = kerazoo.load_dataset("next_words", path="runs/manual.txt", vocabulary_size=2000)
splits, splits.about.words[:12]

# %% [markdown]
# A row holds the word before; the target is the next word. 1 stands for the beginning of a sentence
# and for its end, 2 for any other word.

# %%
splits.train.x[:8].ravel(), splits.train.y[:8]

# %% [markdown]
# ## The network
# A table of 5,003 by 5,003 probabilities would have 25 million numbers, most of which no text says
# anything about. The network makes do with 32 numbers for each word before, and 32 weights and a
# bias for each word after: words that are used alike share what they have learned.

# %%
kerazoo.layer_table(kerazoo.build_language_model())

# %% [markdown]
# ## Training
# (The variable is for the project's own tests.) **Perplexity** is exp of the loss: among how many
# words each next one is as good as drawn.

# %%
epochs = int(os.environ.get("KERAZOO_NOTEBOOK_EPOCHS", "4"))
recipe = dataclasses.replace(
    kerazoo.load_recipe("language_model"),
    builder_arguments={"vocabulary_size": len(splits.about.words)},
    epochs=epochs,
    batch_size=128,
)
run = kerazoo.train(
    "language_model",
    recipe=for_training_on(recipe, rows=len(splits.train.x)),
    splits=splits,
    out="runs/language_model",
    callbacks=[kerazoo.ProgressLine()],
)
plots.plot_history(run.history)

# %%
kerazoo.compare(run)

# %% [markdown]
# Counting does better: a *smoothed bigram* takes a little from each pair
# that was met, for those that were not; a *trigram* looks at two words before.

# %%
own = kerazoo.load_language_model("runs/language_model")
own.write("The", words=40)

# %% [markdown]
# ## Of films, from more text
# From here on the network that comes with the package. It answers without TensorFlow.

# %%
language = kerazoo.load_language_model("language_model")
language

# %%
starts = ["the", "a", "i", "it", "this", "very", "of the", "one of the", "the film"]
words, chances = language.table(starts, 14)
plots.plot_matrix(chances, starts, words, title="probability of the next word", decimals=2)

# %% [markdown]
# *One of the* and *of the* are answered alike: one word before is all that it sees.

# %%
{start: language.next_words(start, topn=4) for start in ("The acting is", "I would recommend")}

# %% [markdown]
# ## Which sentence is the likelier?
# The course asks it of *the passenger boarded the bus*. The end of a sentence counts where a full
# stop tells it. The last text has words that are not known: all of these together count as one
# word.

# %%
sentences = [
    "This is one of the best films I have ever seen.",
    "This is one of the best films I have ever been.",
    "Seen ever have I films best the of one is this.",
    "Colorless green ideas sleep furiously.",
]
{one: (round(language.score(one).perplexity, 1), language.score(one).unknown) for one in sentences}

# %% [markdown]
# ## It writes
# Each pair of words could stand in a review; the whole says nothing.

# %%
[language.write("The film", words=25, seed=seed) for seed in (1, 2, 3)]

# %% [markdown]
# At a low temperature likely words become likelier. It is duller, and soon goes round in circles.

# %%
[language.write("The film", words=25, temperature=temperature) for temperature in (0.3, 0.6, 1.5)]

# %% [markdown]
# ## Words that are followed alike
# What the network has learned of a word is in its 32 numbers.

# %%
model = kerazoo.load_model("language_model")
vectors = kerazoo.WordVectors(
    language.about.words, model.get_layer("embedding").embeddings.numpy()[3:]
)
kinds = [
    "is was are were has had",
    "the a an this his her",
    "he she they we you",
    "in on at from with",
    "film movie show story plot book",
    "good bad great terrible funny",
    "two three five ten",
    "can could would should will",
]
plots.plot_words(vectors, [word for kind in kinds for word in kind.split()])

# %% [markdown]
# ## Your own text
# `kerazoo train language_model --data novel.txt --context 3` looks at three words before.

# %%
# !echo "the story begins" | kerazoo predict language_model - --words 12 --format table
