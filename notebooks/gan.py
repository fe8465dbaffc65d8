# %% [markdown]
# # gan: a forger and an expert, trained against each other
#
# The generator makes pictures from random numbers; the discriminator tells them from real ones.
# Each learns from the other, and neither loss says how good the pictures are. So one has to look,
# and to measure.

# %%
import dataclasses
import os

import kerazoo
from kerazoo import plots
from kerazoo.recipe import for_training_on

kerazoo.quiet_tensorflow()

# %% [markdown]
# ## The data
# The recipe trains on 57,000 pictures; this notebook on the **bundled tenth** of Fashion-MNIST, for
# a minute or so, which is enough to see shapes. (The variable is for the project's own tests, which
# train for a moment only.)

# %%
epochs = int(os.environ.get("KERAZOO_NOTEBOOK_EPOCHS", "15"))
recipe = kerazoo.load_recipe("gan")
splits = kerazoo.load_dataset("fashion_mnist_mini", labels=False, validation_fraction=0.1)
plots.plot_images(splits.train.x[:20])

# %% [markdown]
# ## Two marks on the scale
# The Frechet distance, in the features of our own classifier of clothes (**not** the FID of papers,
# whose features are another network's): of real pictures from real pictures, and of noise.

# %%
kerazoo.score_baseline("real_halves", splits)

# %%
kerazoo.score_baseline("uniform_noise", splits)

# %% [markdown]
# ## The network
# The discriminator halves the picture three times with 4 × 4 filters; the second layer has 4 × 4 ×
# 32 × 64 + 64 = 32,832 parameters. The generator goes the other way, from 64 random numbers.

# %%
kerazoo.layer_table(kerazoo.build_gan())

# %% [markdown]
# ## Training
# If both losses stay where they are, neither side has won: that is what one hopes for.

# %%
recipe = for_training_on(dataclasses.replace(recipe, epochs=epochs), rows=len(splits.train.x))
run = kerazoo.train(
    "gan", recipe=recipe, splits=splits, out="runs/gan", callbacks=[kerazoo.ProgressLine()]
)
plots.plot_history(run.history)

# %% [markdown]
# ## How good is it?
# The *precision* is the share of made pictures that lie among real ones; the *recall* the share of
# real ones that lie among made ones: a generator that makes one perfect shoe has a high precision
# and no recall.

# %%
kerazoo.compare(run)

# %% [markdown]
# ## Right and wrong

# %%
plots.plot_samples(kerazoo.sample(run.model, 64, seed=1), title="made from random numbers")

# %% [markdown]
# ## Keep it and use it
# From one made-up thing to another. The way is bent: the middle of a straight one would be far
# shorter than any vector that the generator was trained on.

# %%
plots.plot_interpolation(kerazoo.interpolate("runs/gan", [1.0] * 64, [-1.0, 1.0] * 32, steps=10))

# %% [markdown]
# The generator that comes with the package was trained by the whole recipe. From a terminal:
# `kerazoo generate gan --out clothes.png`.

# %%
plots.plot_samples(kerazoo.sample("gan", 100, seed=1), title="the gan of the package")
