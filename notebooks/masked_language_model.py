# %% [markdown]
# # masked_language_model: learning from text without labels
#
# Labels cost work; text is everywhere. A small **BERT** first guesses words that are masked in
# reviews without labels. What it makes of words then serves to tell good reviews from bad ones,
# with 500 labels.

# %%
import dataclasses
import os

import kerazoo
from kerazoo import plots
from kerazoo.datasets.reading.texts import encoder_of
from kerazoo.models.text.masked_language_model import mask_words

kerazoo.quiet_tensorflow()  # before it is imported

import keras  # noqa: E402

# %% [markdown]
# ## The data
# 50,000 reviews of IMDB; they are not bundled, and what to download is said if they are not found.
# 500 have a label here; all reviews of the training part but for those held out are there without,
# cut into pieces. A row holds 64 words in the recipe and 24 in this notebook, which takes every
# fourth piece. (The variable is for the project's own tests.)

# %%
epochs = int(os.environ.get("KERAZOO_NOTEBOOK_EPOCHS", "0"))
splits = kerazoo.load_dataset("imdb_few_labels", length=24)
splits = dataclasses.replace(splits, unlabeled=splits.unlabeled[::4])
splits.train.x.shape, splits.unlabeled.shape, splits.test.x.shape

# %% [markdown]
# ## Masked words
# A fifth of the words are to be guessed, but none of the forty most frequent: they tell how English
# goes, and little of what a text says. Of ten of these, eight are masked, one is another word, and
# one stays: so the network must make something of every word.

# %%
about = splits.about
signs = ("_", "^", "?", *about.words, "[MASK]")
(masked, positions), words = mask_words(splits.unlabeled[:100], mask=len(signs) - 1)
" ".join(signs[one] for one in masked[0]), [signs[one] for one in words[0]]

# %% [markdown]
# ## The network
# An encoder as in `transformer`. The layers that guess words are only there in
# the training. What tells good reviews from bad ones sees two means: of the words as they are
# looked up, and as the encoder leaves them.

# %%
kerazoo.layer_table(kerazoo.build_masked_language_model())

# %% [markdown]
# ## Training
# In three stages: words are guessed; the last layers, which know nothing yet, learn classes from
# what the encoder makes of reviews; all of it learns classes at a low rate. All are in one history,
# whose accuracy is that of guessed words at first, of classes then.

# %%
recipe = kerazoo.load_recipe("masked_language_model")
recipe = dataclasses.replace(
    recipe,
    epochs=epochs or recipe.epochs,
    fit_arguments={**recipe.fit_arguments, "pretraining_epochs": epochs or 3},
    builder_arguments={**recipe.builder_arguments, "input_shape": [24]},
)
run = kerazoo.train(
    "masked_language_model",
    recipe=recipe,
    splits=splits,
    out="runs/masked_language_model",
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
# ## What the words have become
# From here on the network of the whole recipe, which comes with the package. It was never told what
# a word means, only to guess it from those around it.

# %%
predictor = kerazoo.load_predictor("masked_language_model")
model = kerazoo.load_model("masked_language_model")
about = predictor.card.about
vectors = kerazoo.WordVectors(about.words, model.get_layer("embedding").embeddings.numpy()[3:-1])
kinds = [
    "is was are were has had",
    "he she they we you",
    "film movie show story",
    "good bad great terrible",
    "two three five ten",
    "can could would should",
]
plots.plot_words(vectors, [word for kind in kinds for word in kind.split()])

# %% [markdown]
# ## Who looks at whom

# %%
text = "the plot is dull and the acting is worse than the plot"
words = text.split()
scores = keras.Model(model.input, model.get_layer("attention1").output[1])
shares = scores.predict(encoder_of(about)([text]), verbose=0)[0].mean(axis=0)
plots.plot_matrix(shares[-len(words) :, -len(words) :], words, words, decimals=1)

# %% [markdown]
# ## Raw text in, an answer out

# %%
predictor.predict(
    [
        "A wonderful film, and a moving one. I loved every minute.",
        "What a waste of time. The plot is dull and the acting is worse.",
    ]
).to_frame()

# %% [markdown]
# ## Your own texts
# `kerazoo train masked_language_model --data reviews/` masks words of your training texts first.

# %%
# !echo "one of the best films of the year" | kerazoo predict masked_language_model - --format table
