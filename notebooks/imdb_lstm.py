# %% [markdown]
# # imdb_lstm: reading a film review word by word
#
# `imdb_mlp` knows which words a review has, but not their order: *not good, but fun* and *not fun,
# but good* are the same to it. A recurrent network reads one word after another and keeps 32
# numbers in mind; what it has in mind after the last word decides.

# %%
import dataclasses
import os

import kerazoo
from kerazoo import plots
from kerazoo.recipe import for_training_on

kerazoo.quiet_tensorflow()

# %% [markdown]
# ## The data
# 50,000 reviews of IMDB; they are not bundled, and what to download is said if they are not found.
# A row holds the **last words** of a review, where its author comes to the point; a shorter review
# is filled up at its beginning, with 0. The recipe learns from 500 words of 23,000 reviews; this
# notebook from **80 words of 4,000 of them**, in three epochs. (The variable is for the project's
# own tests.)

# %%
epochs = int(os.environ.get("KERAZOO_NOTEBOOK_EPOCHS", "0"))
recipe = kerazoo.load_recipe("imdb_lstm")
recipe = dataclasses.replace(
    recipe,
    epochs=epochs or 3,
    batch_size=32,
    builder_arguments={**recipe.builder_arguments, "input_shape": [80]},
)
splits = kerazoo.load_dataset("imdb_sentiment", length=80, train_reviews=4000)
splits.about.words[:12], splits.train.x[0]

# %% [markdown]
# ## The network
# A table with 32 numbers for each word, an LSTM with 4 × (32 + 32 + 1) × 32 weights, and one
# output, the probability that the review is a good one.

# %%
kerazoo.layer_table(kerazoo.build_imdb_lstm())

# %% [markdown]
# ## Training

# %%
recipe = for_training_on(recipe, rows=len(splits.train.x))
run = kerazoo.train(
    "imdb_lstm",
    recipe=recipe,
    splits=splits,
    out="runs/imdb_lstm",
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
# The words travel with the saved network. From here on the network of the whole recipe, which comes
# with the package; it answers without TensorFlow.

# %%
predictor = kerazoo.load_predictor("imdb_lstm")
predictor.predict(
    [
        "A wonderful film, and a moving one. I loved every minute.",
        "What a waste of time. The plot is dull and the acting is worse.",
        "It begins well, but the end is a mess, and I left before it was over.",
        "It begins badly, but I was in tears at the end. Go and see it.",
    ]
).to_frame()

# %% [markdown]
# ## What it has learned of words
# Nobody told it what a word means, only whether a review was good. So its table knows little but
# that: praise lies on one side, blame on the other.

# %%
model = kerazoo.load_model("imdb_lstm")
vectors = kerazoo.WordVectors(
    predictor.card.about.words, model.get_layer("embedding").embeddings.numpy()[3:]
)
words = "great excellent perfect wonderful best superb worst awful boring waste poor bad"
plots.plot_words(vectors, [*words.split(), "the", "and", "film", "of"])

# %% [markdown]
# ## Your own texts
# A folder of text files for each class, or a CSV file with a column of texts and one of classes:
# `kerazoo train imdb_lstm --data reviews/`. `build_imdb_lstm` also builds a GRU, or a network that
# reads from both ends (`cell="gru"`, `bidirectional=True`); how they compare is in the results.

# %%
# !echo "one of the best films of the year" | kerazoo predict runs/imdb_lstm - --format table
