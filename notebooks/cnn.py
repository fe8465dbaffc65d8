# %% [markdown]
# # cnn: convolutions see what is next to what
#
# The same clothes as in `fashion_mnist`, but every unit looks at a small square of neighboring
# pixels, and the same square of weights is moved over the whole picture.

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
# The recipe trains 40 epochs on 57,000 pictures, a quarter of an hour on two cores. This notebook
# trains on the **bundled tenth** of Fashion-MNIST for fewer epochs, which takes about a minute, and
# then loads the network that was trained by the whole recipe. (The variable is for the project's
# own tests, which train for a moment only.)

# %%
epochs = int(os.environ.get("KERAZOO_NOTEBOOK_EPOCHS", "8"))
recipe = kerazoo.load_recipe("cnn")
splits = kerazoo.load_dataset("fashion_mnist_mini", **recipe.dataset_arguments)
first = [int(np.flatnonzero(splits.train.y == label)[0]) for label in range(10)]
plots.plot_images(splits.train.x[first], captions=splits.class_names, columns=5)

# %% [markdown]
# ## A baseline
# The class of the nearest picture; and `fashion_mnist`, the network with one hidden layer, has
# 0.8992 on the full data.

# %%
kerazoo.score_baseline("nearest_neighbor", splits)

# %% [markdown]
# ## The network
# 48 filters of 3 × 3 weights on one channel are 3 × 3 × 1 × 48 = 432 parameters, whatever the size
# of the picture. Later filters see all channels before them: 3 × 3 × 48 × 96 = 41,472. There is no
# bias, because the batch normalization after each convolution has one.

# %%
kerazoo.layer_table(kerazoo.build_cnn())

# %% [markdown]
# How high and wide each output is: a filter of f pixels on n pixels with p more on either side, in
# strides of s, stops at (n + 2p - f)/s + 1 places.

# %%
kerazoo.size_table(kerazoo.build_cnn())

# %% [markdown]
# ## Training
# Pictures are mirrored, shifted and partly erased at random, in training only: it never sees the
# same picture twice.

# %%
plots.plot_augmented(kerazoo.build_cnn(), splits.train.x[first[5:10]])

# %%
recipe = for_training_on(dataclasses.replace(recipe, epochs=epochs), rows=len(splits.train.x))
run = kerazoo.train(
    "cnn", recipe=recipe, splits=splits, out="runs/cnn", callbacks=[kerazoo.ProgressLine()]
)
plots.plot_history(run.history)

# %% [markdown]
# ## How good is it?

# %%
kerazoo.compare(run)

# %% [markdown]
# The network that comes with the package has seen ten times as many pictures for 40 epochs. The
# same 1,000 test pictures:

# %%
shipped = kerazoo.load_model("cnn")
probabilities = shipped.predict(splits.test.x, batch_size=256, verbose=0)
plots.plot_confusion_matrix(splits.test.y, probabilities, splits.class_names)

# %% [markdown]
# ## Right and wrong

# %%
plots.plot_worst_mistakes(splits.test.x, splits.test.y, probabilities, splits.class_names)

# %% [markdown]
# The 48 filters that see pixels: gray is 0. Many are an edge, light on one side and dark on the
# other.

# %%
plots.plot_weights(shipped)

# %% [markdown]
# Activations of its filters for a sneaker: edges first, then coarser shapes.

# %%
sneaker = splits.test.x[splits.test.y == 7][0]
plots.plot_activations(shipped, sneaker)

# %% [markdown]
# And where it looks to tell what it sees.

# %%
seen = [int(np.flatnonzero(splits.test.y == label)[1]) for label in (0, 1, 3, 5, 7, 8, 9)]
plots.plot_grad_cam(shipped, splits.test.x[seen], splits.class_names)

# %% [markdown]
# ## Keep it and use it
# `runs/cnn` holds what was trained above; `cnn` is the one of the package. Draw your own, or train
# it on photographs of your own: `kerazoo train cnn --data photos --image-size 64`.

# %%
drawing = Image.new("L", (28, 28))
ImageDraw.Draw(drawing).rectangle((4, 11, 24, 25), fill=180)
ImageDraw.Draw(drawing).arc((8, 3, 20, 20), 180, 360, fill=180, width=2)
mine = np.asarray(drawing)[np.newaxis, :, :, np.newaxis]
predictors = [kerazoo.load_predictor(name) for name in ("runs/cnn", "cnn")]
plots.plot_images(mine, captions=["\n".join(p.predict(mine).labels[0] for p in predictors)])
