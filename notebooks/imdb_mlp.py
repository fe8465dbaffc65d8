# %% [markdown]
# # imdb_mlp: is a film review good or bad, by its words alone?
#
# Texts differ in length, a dense layer takes rows of one length. So a review becomes a row with a
# number for every word that is known: 1 if the review has the word, 0 if not. Order and number of
# the words are lost; that is enough to be right in nearly nine of ten reviews.

# %%
import dataclasses
import os

import kerazoo
from kerazoo import plots
from kerazoo.recipe import for_training_on

kerazoo.quiet_tensorflow()

# %% [markdown]
# ## The data
# 50,000 reviews of IMDB, 25,000 to learn from and 25,000 to test. They are not bundled: what to
# download and where to put it is said if they are not found. The recipe learns from 23,000 reviews;
# this notebook from **4,000 of them**, in smaller steps. (The variable is for the project's own
# tests.)

# %%
epochs = int(os.environ.get("KERAZOO_NOTEBOOK_EPOCHS", "0"))
recipe = kerazoo.load_recipe("imdb_mlp")
recipe = dataclasses.replace(recipe, epochs=epochs or recipe.epochs, batch_size=64)
splits = kerazoo.load_dataset(
    "imdb_sentiment", **{**recipe.dataset_arguments, "train_reviews": 4000}
)
splits

# %% [markdown]
# The most frequent 10,000 words of the training reviews have a number. Three more stand for the
# filling of short rows (0), the beginning of a review (1), and any other word (2). A row holds each
# word of a review once.

# %%
splits.about.words[:12], splits.train.x[0, :24]

# %% [markdown]
# ## The network
# The first layer makes ones and zeros of the numbers, batch by batch: for all reviews at once they
# would take a gigabyte. The next one has 10,003 × 16 weights and 16 biases.

# %%
kerazoo.layer_table(kerazoo.build_imdb_mlp())

# %% [markdown]
# ## Training

# %%
recipe = for_training_on(recipe, rows=len(splits.train.x))
run = kerazoo.train(
    "imdb_mlp",
    recipe=recipe,
    splits=splits,
    out="runs/imdb_mlp",
    callbacks=[kerazoo.ProgressLine()],
)
plots.plot_history(run.history)

# %%
kerazoo.compare(run)

# %% [markdown]
# Of the 25,000 reviews of the test part, so many bad ones are taken for good, and the reverse:

# %%
plots.plot_confusion_matrix(
    splits.test.y, run.model.predict(splits.test.x, verbose=0), splits.class_names
)

# %% [markdown]
# ## Raw text in, an answer out
# The words travel with the saved network, so that it takes texts as they are. From here on the
# network of the whole recipe, which comes with the package; it answers without TensorFlow. Give it
# texts, not the rows above: its numbers stand for the words of its own 23,000 reviews.

# %%
predictor = kerazoo.load_predictor("imdb_mlp")
predictor.predict(
    [
        "A wonderful film, and a moving one. I loved every minute.",
        "What a waste of time. The plot is dull and the acting is worse.",
        "Not bad at all, but I would not watch it again.",
    ]
).to_frame()

# %% [markdown]
# ## What a word counts
# Each word has 16 weights to the hidden units. Words that say the same about a film have similar
# weights, whatever they mean: praise on one side, blame on the other, and *the* in between.

# %%
model = kerazoo.load_model("imdb_mlp")
weights = kerazoo.WordVectors(
    predictor.card.about.words, model.get_layer("dense_1").kernel.numpy()[3:]
)
words = "great excellent perfect wonderful best superb worst awful boring waste poor bad"
plots.plot_words(weights, [*words.split(), "the", "and", "film", "of"])

# %% [markdown]
# ## Your own texts
# A folder of text files for each class, or a CSV file with a column of texts and one of classes:
# `kerazoo train imdb_mlp --data reviews/`. A text a line is answered by
# `kerazoo predict imdb_mlp - < texts.txt`.

# %%
# !echo "one of the best films of the year" | kerazoo predict runs/imdb_mlp - --format table
