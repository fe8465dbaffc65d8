# %% [markdown]
# # softmax_classifier: a picture of what each class looks for
#
# One layer from pixels to classes. Each class has a weight for every pixel, and its score is the
# sum of weighted pixels. So the weights of a class have the shape of an image, and can be looked
# at.

# %%
import dataclasses
import os

import numpy as np
import pandas as pd

import kerazoo
from kerazoo import plots
from kerazoo.recipe import for_training_on

kerazoo.quiet_tensorflow()

# %% [markdown]
# ## The data
# Handwritten digits if they are on this machine (`kerazoo data fetch mnist` gets them), and the
# bundled images of clothes otherwise. This is what was found:

# %%
data = kerazoo.first_available("mnist", "fashion_mnist_mini")
recipe = kerazoo.load_recipe("softmax_classifier")
splits = kerazoo.load_dataset(data, **recipe.dataset_arguments)
print(data, splits.train.x.shape, splits.validation.x.shape, splits.test.x.shape)

# %%
first = [int(np.flatnonzero(splits.train.y == label)[0]) for label in range(10)]
plots.plot_images(splits.train.x[first], captions=splits.class_names, columns=5)

# %% [markdown]
# ## A baseline
# Before softmax, one trained a machine for each class against all others, and asked which one was
# the surest: ten binary models, which one matrix can hold. On 60,000 digits that takes a while, and
# the result is recorded; here it learns from 3,000.

# %%
few = dataclasses.replace(
    splits,
    train=type(splits.train)(splits.train.x[:2500], splits.train.y[:2500]),
    validation=type(splits.train)(splits.validation.x[:500], splits.validation.y[:500]),
)
kerazoo.score_baseline("one_against_all", few)

# %% [markdown]
# ## The network
# 784 pixels and 10 classes: 784 × 10 weights and 10 biases.

# %%
kerazoo.layer_table(kerazoo.build_softmax_classifier())

# %% [markdown]
# ## Training
# Ten epochs here, with a rate that falls over them; the recipe trains more. (The variable is for
# the project's own tests, which train for a moment only.)

# %%
epochs = int(os.environ.get("KERAZOO_NOTEBOOK_EPOCHS", "10"))
recipe = for_training_on(dataclasses.replace(recipe, epochs=epochs), rows=len(splits.train.x))
run = kerazoo.train(
    "softmax_classifier",
    recipe=recipe,
    splits=splits,
    out="runs/softmax_classifier",
    callbacks=[kerazoo.ProgressLine()],
)
plots.plot_history(run.history)

# %% [markdown]
# ## What each class looks for
# White pixels speak for the class and black ones against it. The shape of a digit shows, above all
# where others have no ink: a 0 must be empty in its middle.

# %%
kernel, bias = run.model.get_layer("class").get_weights()
kernel.shape, bias.shape

# %%
plots.plot_weights(run.model, captions=splits.class_names)

# %% [markdown]
# ## One product is enough
# A pixel that is always 1 has the bias as its weight. So the bias becomes a row of the matrix, and
# all scores of an image are one product. Softmax makes them positive, by exp, and divides them by
# their sum.

# %%
matrix = np.vstack([kernel, bias])  # (785, 10)
pixels = splits.test.x[:3].reshape(3, -1) / 255
scores = np.column_stack([pixels, np.ones(3)]) @ matrix
shares = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
np.abs(shares - run.model.predict(splits.test.x[:3], verbose=0)).max().round(4)

# %% [markdown]
# ## How good is it?

# %%
kerazoo.compare(run)

# %% [markdown]
# ## Right and wrong

# %%
probabilities = run.model.predict(splits.test.x, batch_size=1024, verbose=0)
plots.plot_confusion_matrix(splits.test.y, probabilities, splits.class_names)

# %%
plots.plot_worst_mistakes(splits.test.x, splits.test.y, probabilities, splits.class_names)

# %% [markdown]
# ## Keep it and use it
# A predictor takes raw pixels and runs without TensorFlow.

# %%
prediction = kerazoo.load_predictor("runs/softmax_classifier").predict(splits.test.x[:5])
pd.DataFrame(prediction.probabilities.round(3), columns=splits.class_names, index=prediction.labels)
