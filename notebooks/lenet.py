# %% [markdown]
# # lenet: the network that read checks
#
# Convolution, pooling, convolution, pooling, dense layers: the order that nearly every network for
# images has had since is that of LeNet-5, from 1998. It has 61,706 parameters.

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
# are bundled otherwise. This notebook trains on the first 12,000 of the 60,000 images, and then
# loads the network that was trained by the whole recipe. (The variable is for the project's own
# tests, which train for a moment only.)

# %%
epochs = int(os.environ.get("KERAZOO_NOTEBOOK_EPOCHS", "6"))
data = kerazoo.first_available("mnist", "fashion_mnist_mini")
recipe = kerazoo.load_recipe("lenet")
whole = kerazoo.load_dataset(data, **recipe.dataset_arguments)
x, y = whole.train
splits = dataclasses.replace(whole, train=kerazoo.datasets.Part(x[:12_000], y[:12_000]))
print(data, splits.train.x.shape, splits.validation.x.shape, splits.test.x.shape)

# %%
first = [int(np.flatnonzero(splits.train.y == label)[2]) for label in range(10)]
plots.plot_images(splits.train.x[first], captions=splits.class_names, columns=10)

# %% [markdown]
# ## The network
# Filters of 5 × 5 pixels; each pooling takes four neighbors together, so that it matters less where
# exactly an edge is. In 1998 each unit of the second convolution saw only some of the six feature
# maps, to save work; here it sees all of them, which is the difference between the 60,000
# parameters of the paper and these.

# %%
kerazoo.layer_table(kerazoo.build_lenet())

# %%
kerazoo.size_table(kerazoo.build_lenet())

# %% [markdown]
# Nearly all of its parameters are in the dense layers, and most of its work is in the
# convolutions, whose few weights are used at every pixel:

# %%
model = kerazoo.build_lenet()
weights, work = 156 + 2_416, 28 * 28 * 25 * 6 + 10 * 10 * 25 * 6 * 16
print(f"convolutions have {weights / model.count_params():.0%} of the parameters")
print(f"and do {work / kerazoo.count_operations(model):.0%} of the multiplications")

# %% [markdown]
# ## Training
# The documented recipe trains the network as it was, with tanh and averages. The tuned one has relu
# and maxima in their place, and digits that are shifted and turned a little in training.

# %%
recipe = for_training_on(dataclasses.replace(recipe, epochs=epochs), rows=len(splits.train.x))
run = kerazoo.train(
    "lenet",
    recipe=recipe,
    splits=splits,
    out="runs/lenet",
    callbacks=[kerazoo.ProgressLine()],
)
plots.plot_history(run.history)

# %% [markdown]
# ## How good is it?
# The paper reports an error of 0.95 %, and of 0.8 % with images that were distorted in training.

# %%
kerazoo.compare(run)

# %% [markdown]
# ## What it has learned
# From here on, the network that comes with the package. Its six filters, and what they and the
# sixteen after them make of one digit:

# %%
shipped = kerazoo.load_model("lenet")
plots.plot_weights(shipped)

# %%
plots.plot_activations(shipped, splits.test.x[0])

# %% [markdown]
# Where it looks: the regions that speak for its answer.

# %%
seen = [int(np.flatnonzero(splits.test.y == label)[3]) for label in (0, 2, 3, 4, 5, 7, 8, 9)]
plots.plot_grad_cam(shipped, splits.test.x[seen], splits.class_names)

# %% [markdown]
# ## Right and wrong

# %%
probabilities = shipped.predict(splits.test.x, batch_size=256, verbose=0)
plots.plot_confusion_matrix(splits.test.y, probabilities, splits.class_names)

# %%
plots.plot_worst_mistakes(splits.test.x, splits.test.y, probabilities, splits.class_names)

# %% [markdown]
# ## Keep it and use it
# Draw a digit of your own, white on black as the data is, or pass the name of a picture file:
# `kerazoo predict lenet seven.png`. Images of your own, a folder for each class, are learned by
# `kerazoo train lenet --data photos --image-size 32`.

# %%
drawing = Image.new("L", (28, 28))
ImageDraw.Draw(drawing).line([(7, 6), (20, 6), (12, 22)], fill=255, width=3)
mine = np.asarray(drawing)[np.newaxis, :, :, np.newaxis]
predictors = [kerazoo.load_predictor(name) for name in ("runs/lenet", "lenet")]
plots.plot_images(mine, captions=["\n".join(p.predict(mine).labels[0] for p in predictors)])
