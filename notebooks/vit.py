# %% [markdown]
# # vit: an image as 49 words
#
# A transformer reads words, each of which looks at all others. A vision transformer reads an image
# in the same way: it is cut into patches of 4 × 4 pixels, and each patch is a word.

# %%
import dataclasses
import os

import numpy as np

import kerazoo
from kerazoo import plots
from kerazoo.recipe import for_training_on

kerazoo.quiet_tensorflow()

# %% [markdown]
# ## The data
# The recipe trains on the 60,000 images of Fashion-MNIST. This notebook trains on the **bundled
# tenth** for a few epochs, and then loads the network that was trained by the whole recipe. (The
# variable is for the project's own tests, which train for a moment only.)

# %%
epochs = int(os.environ.get("KERAZOO_NOTEBOOK_EPOCHS", "5"))
recipe = kerazoo.load_recipe("vit")
splits = kerazoo.load_dataset("fashion_mnist_mini", **recipe.dataset_arguments)
first = [int(np.flatnonzero(splits.train.y == label)[0]) for label in range(10)]
plots.plot_images(splits.train.x[first], captions=splits.class_names, columns=5)

# %% [markdown]
# ## From an image to tokens
# An ankle boot in 7 rows and 7 columns of patches:

# %%
boot = splits.test.x[splits.test.y == 9][0]
patches = boot.reshape(7, 4, 7, 4, 1).swapaxes(1, 2).reshape(49, 4, 4, 1)
plots.plot_images(patches, columns=7)

# %% [markdown]
# The same dense layer makes 64 numbers of each patch, its *token*; that is a convolution whose
# filters are as large as a patch and never overlap. To each a vector for its position is added, as
# attention sees its tokens in no order.

# %%
kerazoo.layer_table(kerazoo.build_vit())

# %% [markdown]
# ## What a block does
# Three dense layers make a query, a key and a value of each token. How much a token looks at
# another is the product of its query and the other's key; after a softmax that is how much of the
# other's value it takes: softmax(q k' / √d) v, in four heads of d = 16 numbers. Two dense layers
# follow. Without positions nothing would depend on where a patch stands: the patches in any order
# would be the same image.

# %%
model = kerazoo.build_vit()
order = np.random.default_rng(0).permutation(49)
mixed = patches[order].reshape(7, 7, 4, 4, 1).swapaxes(1, 2).reshape(28, 28, 1)
both = np.stack([boot, mixed])
answers = [model.predict(both, verbose=0)]
model.get_layer("positions").set_weights([np.zeros((49, 64))])
answers.append(model.predict(both, verbose=0))
print(f"with positions, the answers differ by up to {np.ptp(answers[0], axis=0).max():.4f}")
print(f"without,        the answers differ by up to {np.ptp(answers[1], axis=0).max():.4f}")
plots.plot_images(both, captions=["patches in order", "in another order"])

# %% [markdown]
# ## Training

# %%
recipe = for_training_on(dataclasses.replace(recipe, epochs=epochs), rows=len(splits.train.x))
run = kerazoo.train(
    "vit", recipe=recipe, splits=splits, out="runs/vit", callbacks=[kerazoo.ProgressLine()]
)
plots.plot_history(run.history)

# %% [markdown]
# ## How good is it?
# A convolution knows from the start that neighboring pixels belong together, and that an edge is an
# edge wherever it is. A transformer has to learn both, from images that are few for it: `cnn`, with
# convolutions, does better on the same data. The transformers that beat convolutions had seen
# hundreds of millions of images.

# %%
kerazoo.compare(run)

# %% [markdown]
# ## Where it looks
# From here on, the network that comes with the package. Taken over all layers and heads
# (*attention rollout*), these patches reach the answer:

# %%
shipped = kerazoo.load_model("vit")
seen = [int(np.flatnonzero(splits.test.y == label)[1]) for label in (0, 1, 3, 5, 7, 8, 9)]
plots.plot_attention(shipped, splits.test.x[seen], splits.class_names)

# %% [markdown]
# And head by head: where the framed patch looks, from the first layer to the last.

# %%
plots.plot_attention_heads(shipped, boot, (3, 3))

# %% [markdown]
# ## What it has learned
# The 64 filters that make a token of a patch:

# %%
plots.plot_weights(shipped)

# %% [markdown]
# How alike the vectors of two positions are (cosine). Each small map is for one of the 49
# positions, and stands where that patch does: nobody told the network which patches are neighbors.

# %%
positions = shipped.get_layer("positions").get_weights()[0]
unit = positions / np.linalg.norm(positions, axis=1, keepdims=True)
alike = (unit @ unit.T).reshape(49, 7, 7, 1)
plots.plot_images((alike + 1) / 2, columns=7)

# %% [markdown]
# ## Right and wrong

# %%
probabilities = shipped.predict(splits.test.x, batch_size=256, verbose=0)
plots.plot_confusion_matrix(splits.test.y, probabilities, splits.class_names)

# %%
plots.plot_worst_mistakes(splits.test.x, splits.test.y, probabilities, splits.class_names)

# %% [markdown]
# ## Keep it and use it
# `runs/vit` holds what was trained above; `vit` is the one of the package. Images of your own, a
# folder for each class: `kerazoo train vit --data photos --image-size 32`. Height and width have to
# be multiples of the patch size, 4.

# %%
kerazoo.load_predictor("vit").predict(splits.test.x[seen]).labels
