# %% [markdown]
# # mnist_mlp: digits, and two hidden layers with dropout
#
# 70,000 handwritten digits of 28 by 28 pixels. Postcodes and cheques were read like this. The
# network of the lab of *An introduction to statistical learning*, chapter 10.

# %%
import dataclasses
import os

import numpy as np
from PIL import Image, ImageDraw

import kerazoo
from kerazoo import plots
from kerazoo.recipe import for_training_on

kerazoo.quiet_tensorflow()

# %% [markdown]
# ## The data
# MNIST if it is on this machine (`kerazoo data fetch mnist` gets it, 11 MB), and the clothes that
# are bundled otherwise. This is the one that was found:

# %%
data = kerazoo.first_available("mnist", "fashion_mnist_mini")
recipe = kerazoo.load_recipe("mnist_mlp")
splits = kerazoo.load_dataset(data, **recipe.dataset_arguments)
print(data, splits.train.x.shape, splits.validation.x.shape, splits.test.x.shape)

# %%
first = [int(np.flatnonzero(splits.train.y == label)[0]) for label in range(10)]
plots.plot_images(splits.train.x[first], captions=splits.class_names, columns=10)

# %% [markdown]
# ## The network
# 784 pixels to 256 units are 784 × 256 + 256 = 200,960 parameters, most of the 235,146.

# %%
kerazoo.layer_table(kerazoo.build_mnist_mlp())

# %% [markdown]
# ## Training
# The recipe trains 50 epochs, some two minutes on two cores. This notebook trains 6, with a rate
# that falls over these. (The variable is for the project's own tests, which train for a moment
# only.)

# %%
epochs = int(os.environ.get("KERAZOO_NOTEBOOK_EPOCHS", "6"))
recipe = for_training_on(dataclasses.replace(recipe, epochs=epochs), rows=len(splits.train.x))
run = kerazoo.train(
    "mnist_mlp",
    recipe=recipe,
    splits=splits,
    out="runs/mnist_mlp",
    callbacks=[kerazoo.ProgressLine()],
)
plots.plot_history(run.history)

# %% [markdown]
# Validation is better than training: nothing is moved or turned there.
#
# A network of dense layers does not know that a digit stays the same digit two pixels further to
# the right: moving it changes all 784 inputs. So the tuned recipe shows it every digit a little
# elsewhere and a little turned, differently in every epoch, by two layers that act in training
# only. Dropout, as documented, is then left out. Digits of the data, and what these layers make of
# them:

# %%
shift, rotate = run.model.get_layer("shift"), run.model.get_layer("rotate")
originals = splits.train.x[first] / 255
changed = rotate(shift(originals, training=True), training=True)
plots.plot_images(np.concatenate([originals, changed]), columns=10)

# %% [markdown]
# ## How good is it?

# %%
kerazoo.compare(run)

# %% [markdown]
# ## What a hidden unit looks for
# Each unit of the first layer has one weight for every pixel: its 784 weights are an image. The
# first twenty of the network that comes with the package: strokes and their surroundings. Some
# still look like the random numbers that all of them began with.

# %%
shipped = kerazoo.load_model("mnist_mlp")
weights = shipped.get_layer("hidden1").get_weights()[0]  # (784, 256)
images = weights.T[:20].reshape(-1, 28, 28)
plots.plot_images(images / np.abs(images).max(axis=(1, 2), keepdims=True), columns=10)

# %% [markdown]
# ## Right and wrong
# From here on, the network that comes with the package.

# %%
probabilities = shipped.predict(splits.test.x, batch_size=1024, verbose=0)
plots.plot_confusion_matrix(splits.test.y, probabilities, splits.class_names)

# %% [markdown]
# The most confident mistakes: some of the labels are doubtful themselves.

# %%
plots.plot_worst_mistakes(splits.test.x, splits.test.y, probabilities, splits.class_names)

# %% [markdown]
# ## Keep it and use it
# Draw a digit of your own, white on black as the data is, and ask both this network and the one
# that comes with the package. Or pass the name of a picture file: `kerazoo predict mnist_mlp
# seven.png`.

# %%
drawing = Image.new("L", (28, 28))
ImageDraw.Draw(drawing).line([(7, 6), (20, 6), (12, 22)], fill=255, width=2)
mine = np.asarray(drawing)[np.newaxis, :, :, np.newaxis]
predictors = [kerazoo.load_predictor(name) for name in ("runs/mnist_mlp", "mnist_mlp")]
plots.plot_images(mine, captions=["\n".join(p.predict(mine).labels[0] for p in predictors)])
