# %% [markdown]
# # transformer: each word looks at all the others
#
# An LSTM reads one word after another, and must keep in mind what it read long before. In a
# transformer every word looks at **all words at once**, and takes more of those that fit it.

# %%
import dataclasses
import os

import numpy as np

import kerazoo
from kerazoo import plots
from kerazoo.datasets.reading.texts import encoder_of
from kerazoo.recipe import for_training_on

kerazoo.quiet_tensorflow()  # before it is imported

import keras  # noqa: E402

# %% [markdown]
# ## The data
# 50,000 reviews of IMDB; they are not bundled, and what to download is said if they are not found.
# The recipe learns from the last 200 words of 23,000 reviews; this notebook from **80 words of
# 4,000 of them**. (The variable is for the project's own tests.)

# %%
epochs = int(os.environ.get("KERAZOO_NOTEBOOK_EPOCHS", "0"))
recipe = kerazoo.load_recipe("transformer")
recipe = dataclasses.replace(
    recipe,
    epochs=epochs or 4,
    batch_size=32,
    builder_arguments={**recipe.builder_arguments, "input_shape": [80]},
)
splits = kerazoo.load_dataset("imdb_sentiment", length=80, train_reviews=4000)
splits.train.x.shape, splits.test.x.shape

# %% [markdown]
# ## The network
# Each word has three vectors: what it looks for (a *query*), what others find it by (a *key*), and
# what they get (a *value*). Queries times keys, divided by the root of their length, become shares
# by a softmax; a word gets the mean of all values by these shares. Two heads do so, each in its own
# way. Words would not know where they stand: a vector for each **position** is added.

# %%
kerazoo.layer_table(kerazoo.build_transformer())

# %% [markdown]
# ## Training

# %%
recipe = for_training_on(recipe, rows=len(splits.train.x))
run = kerazoo.train(
    "transformer",
    recipe=recipe,
    splits=splits,
    out="runs/transformer",
    callbacks=[kerazoo.ProgressLine()],
)
plots.plot_history(run.history)

# %%
kerazoo.compare(run)

# %%
plots.plot_confusion_matrix(
    splits.test.y, run.model.predict(splits.test.x, verbose=0), splits.class_names
)

# %% [markdown]
# ## Raw text in, an answer out
# From here on the network of the whole recipe, which comes with the package; it answers without
# TensorFlow.

# %%
predictor = kerazoo.load_predictor("transformer")
texts = [
    "A wonderful film, and a moving one. I loved every minute.",
    "What a waste of time. The plot is dull and the acting is worse.",
    "It begins well, but the end is a mess, and I left before it was over.",
    "It begins badly, but I was in tears at the end. Go and see it.",
]
predictor.predict(texts).to_frame()

# %% [markdown]
# ## Who looks at whom
# The first head in a short text: a row for each word that looks, a column for each that is looked
# at; a row adds up to 1. Most shares are about alike: what such words see is a mean of all words.
# Words that tell good from bad, *waste*, *dull* and *worse*, are different: they look away from
# each other, at the rest.

# %%
model = kerazoo.load_model("transformer")
about = predictor.card.about
text = "what a waste of time the plot is dull and the acting is worse"
words = text.split()
scores = keras.Model(model.input, model.get_layer("attention1").output[1])
shares = scores.predict(encoder_of(about)([text]), verbose=0)[0]
plots.plot_matrix(shares[0, -len(words) :, -len(words) :], words, words, decimals=2)

# %% [markdown]
# The second head:

# %%
plots.plot_matrix(shares[1, -len(words) :, -len(words) :], words, words, decimals=2)

# %% [markdown]
# ## Without positions
# Then the order of words makes no difference, however they look at one another: what comes out is
# in the order of what went in, and this difference is zero but for rounding. On film reviews such a
# network is as good as one with positions: which words a review has tells more than their order.

# %%
without = kerazoo.build_transformer((6,), vocabulary_size=20, positions=False)
blocks = keras.Model(without.input, without.get_layer("block1_norm").output)
text = np.array([5, 3, 8, 12, 4, 7])
forwards, backwards = blocks.predict(np.stack([text, text[::-1]]), verbose=0)
float(abs(forwards - backwards[::-1]).max())

# %% [markdown]
# ## Your own texts
# `kerazoo train transformer --data reviews/`: a folder of text files for each class, or a CSV file
# with a column of texts and one of classes.

# %%
# !echo "one of the best films of the year" | kerazoo predict transformer - --format table
