# %% [markdown]
# # bag_of_words: a number for every word, and a weight for every number
#
# The oldest way to turn a text into numbers is to count its words. Each word gets a column, each
# text a row, and whatever learns from tables can learn from texts. Here it is a single linear
# layer: a weight for each word, added up. What the layer has learned can be read off, word by word.

# %%
import dataclasses
import os

import kerazoo
from kerazoo import plots
from kerazoo.datasets.about import Texts
from kerazoo.datasets.reading.texts import Encoder, number_words
from kerazoo.recipe import for_training_on

kerazoo.quiet_tensorflow()

# %% [markdown]
# ## Texts as rows of a table
# Three sentences of the course. Two are alike if they have words in common: multiply, and add up.

# %%
sentences = ["I like dog", "You like dog", "I hate bug"]
words = number_words(sentences, 6)
encode = Encoder(Texts(words, (), length=4))
encode(sentences)

# %% [markdown]
# Before the six words, which have the ids 3 to 8, there are ids for what fills up a row, the
# beginning of a text and any other word. The first layer of the network counts.

# %%
network = kerazoo.build_bag_of_words((4,), vocabulary_size=6)
counts = network.get_layer("terms")(encode(sentences)).numpy()[:, 3:]
plots.plot_matrix(counts, sentences, words, title="how often each word is in each text")

# %%
counts @ counts.T

# %% [markdown]
# The first two sentences share two words, the last two none. So far so good: but *a new book, a
# used book* and *a dog in a dog house* seem alike because of the word *a*. **TF-IDF** divides by
# the number of words in the text, and multiplies by the logarithm of how rare a word is: what is in
# each text counts nothing.

# %%
documents = ["a new book, a used book, a book store", "a dog in a dog house is big"]
words = number_words(documents, 10)
rows = Encoder(Texts(words, (), length=10))(documents)
network = kerazoo.build_bag_of_words((10,), vocabulary_size=10, weighing="tf_idf")
kerazoo.adapt_normalization(network, rows)
tf_idf = network.get_layer("terms")(rows).numpy()[:, 3:]
plots.plot_matrix(tf_idf, documents, words, title="TF-IDF", decimals=4)

# %% [markdown]
# ## Film reviews
# 50,000 reviews of IMDB, 25,000 to learn from and 25,000 to test. They are not bundled: what to
# download and where to put it is said if they are not found. The recipe learns from 23,000 reviews;
# this notebook from **4,000 of them**, in smaller steps. (The variable is for the project's own
# tests.)

# %%
epochs = int(os.environ.get("KERAZOO_NOTEBOOK_EPOCHS", "0"))
recipe = kerazoo.load_recipe("bag_of_words")
recipe = dataclasses.replace(recipe, epochs=epochs or recipe.epochs, batch_size=64)
splits = kerazoo.load_dataset(
    "imdb_sentiment", **{**recipe.dataset_arguments, "train_reviews": 4000}
)
splits

# %%
kerazoo.layer_table(kerazoo.build_bag_of_words())

# %% [markdown]
# ## Training

# %%
recipe = for_training_on(recipe, rows=len(splits.train.x))
run = kerazoo.train(
    "bag_of_words",
    recipe=recipe,
    splits=splits,
    out="runs/bag_of_words",
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
# ## What each word counts
# From here on the network of the whole recipe, which comes with the package. Its weights are the
# answer to the question why a review was taken for a good one.

# %%
predictor = kerazoo.load_predictor("bag_of_words")
model = kerazoo.load_model("bag_of_words")
weights = model.get_layer("second_class").kernel.numpy()[3:]
plots.plot_word_weights(predictor.card.about.words, weights)

# %% [markdown]
# *7*, *8* and *9* are marks: reviewers write how many of ten points a film deserves.
#
# ## What it cannot know
# *Not* and *bad* speak against a film, each by itself. That *not bad* is praise, a bag of words
# cannot know: the order of the words is lost.

# %%
texts = [
    "A wonderful film, and a moving one. I loved every minute.",
    "What a waste of time. The plot is dull and the acting is worse.",
    "Not bad at all.",
]
predictor.predict(texts).to_frame()

# %% [markdown]
# So two words in a row may have a number, too (`ngrams=2`). There are far too many pairs for a
# column each. They are *hashed*: an arithmetic puzzle of the ids of both words tells one of 32,768
# columns, and pairs that meet there share a weight.

# %%
pairs = recipe.of_experiment("words and pairs")
run_of_pairs = kerazoo.train(
    "bag_of_words",
    recipe=dataclasses.replace(pairs, epochs=recipe.epochs),
    splits=splits,
    callbacks=[kerazoo.ProgressLine()],
)
kerazoo.compare(run_of_pairs)

# %% [markdown]
# ## Your own texts
# A folder of text files for each class, or a CSV file with a column of texts and one of classes:
# `kerazoo train bag_of_words --data reviews/`. A text a line is answered by `kerazoo predict
# bag_of_words - < texts.txt`.

# %%
# !echo "one of the best films of the year" | kerazoo predict bag_of_words - --format table
