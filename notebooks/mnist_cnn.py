# %% [markdown]
# # mnist_cnn: digits, and two convolutions
#
# The same digits as in `mnist_mlp`, a fifth of its parameters, and fewer mistakes: every filter
# looks at nine neighboring pixels, wherever they are.

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
# are bundled otherwise. This notebook trains on the first 12,000 of the 60,000 images, which takes
# less than a minute, and then loads the network that was trained by the whole recipe. (The variable
# is for the project's own tests, which train for a moment only.)

# %%
epochs = int(os.environ.get("KERAZOO_NOTEBOOK_EPOCHS", "3"))
data = kerazoo.first_available("mnist", "fashion_mnist_mini")
recipe = kerazoo.load_recipe("mnist_cnn")
whole = kerazoo.load_dataset(data, **recipe.dataset_arguments)
x, y = whole.train
splits = dataclasses.replace(whole, train=kerazoo.datasets.Part(x[:12_000], y[:12_000]))
print(data, splits.train.x.shape, splits.validation.x.shape, splits.test.x.shape)

# %%
first = [int(np.flatnonzero(splits.train.y == label)[1]) for label in range(10)]
plots.plot_images(splits.train.x[first], captions=splits.class_names, columns=10)

# %% [markdown]
# ## The network
# Padding keeps height and width, pooling halves them: 28, 14, 7. What is left, 7 × 7 × 64 = 3,136
# numbers, goes to one dense layer. The weights of that layer begin as Xavier Glorot has them, and
# those of the convolutions as PyTorch draws them, as in the course.

# %%
kerazoo.layer_table(kerazoo.build_mnist_cnn())

# %% [markdown]
# ## Training

# %%
recipe = for_training_on(dataclasses.replace(recipe, epochs=epochs), rows=len(splits.train.x))
run = kerazoo.train(
    "mnist_cnn",
    recipe=recipe,
    splits=splits,
    out="runs/mnist_cnn",
    callbacks=[kerazoo.ProgressLine()],
)
plots.plot_history(run.history)

# %% [markdown]
# ## How good is it?

# %%
kerazoo.compare(run)

# %% [markdown]
# ## What it has learned
# All 32 filters of the first convolution, 3 × 3 weights each: edges, lines and spots. From here on,
# the network that comes with the package.

# %%
shipped = kerazoo.load_model("mnist_cnn")
filters = shipped.get_layer("conv1").get_weights()[0].transpose(3, 0, 1, 2)  # (32, 3, 3, 1)
plots.plot_images(filters / np.abs(filters).max(axis=(1, 2), keepdims=True), columns=16)

# %% [markdown]
# What they make of one digit, and what the second convolution makes of that.

# %%
plots.plot_activations(shipped, splits.test.x[0])

# %% [markdown]
# ## A trap: pixels that are not scaled
# The course trains on pixels from 0 to 1, and tests on pixels from 0 to 255: its last cell takes
# the raw test images. Nothing fails, and the accuracy that it prints, .9836, looks good; it is just
# lower than it should be. In this package the scaling is a layer *inside* the network, so this
# cannot happen. To see the trap, the layer is told to multiply by one:

# %%
unscaling = kerazoo.load_model("mnist_cnn")
unscaling.get_layer("rescale").scale = 1.0
probabilities = shipped.predict(splits.test.x, batch_size=256, verbose=0)
unscaled = unscaling.predict(splits.test.x, batch_size=256, verbose=0)
right = [(p.argmax(axis=1) == splits.test.y).mean() for p in (probabilities, unscaled)]
sure = [p.max(axis=1).mean() for p in (probabilities, unscaled)]
print(f"scaled:   {right[0]:.4f} right, the answers called {sure[0]:.4f} probable on average")
print(f"unscaled: {right[1]:.4f} right, the answers called {sure[1]:.4f} probable on average")

# %% [markdown]
# A relu and pooling let a factor through: 255 times the input is 255 times the output, but for the
# biases. So the largest output is mostly the same one. But the softmax is now certain of nearly
# everything, right or wrong:

# %%
plots.plot_worst_mistakes(splits.test.x, splits.test.y, unscaled, splits.class_names)

# %% [markdown]
# ## Right and wrong
# With scaled pixels:

# %%
plots.plot_confusion_matrix(splits.test.y, probabilities, splits.class_names)

# %%
plots.plot_worst_mistakes(splits.test.x, splits.test.y, probabilities, splits.class_names)

# %% [markdown]
# ## Keep it and use it
# Draw a digit of your own, white on black as the data is, or pass the name of a picture file:
# `kerazoo predict mnist_cnn four.png`.

# %%
drawing = Image.new("L", (28, 28))
ImageDraw.Draw(drawing).line([(15, 5), (7, 16), (21, 16)], fill=255, width=2)
ImageDraw.Draw(drawing).line([(16, 10), (16, 23)], fill=255, width=2)
mine = np.asarray(drawing)[np.newaxis, :, :, np.newaxis]
predictors = [kerazoo.load_predictor(name) for name in ("runs/mnist_cnn", "mnist_cnn")]
plots.plot_images(mine, captions=["\n".join(p.predict(mine).labels[0] for p in predictors)])
