# %% [markdown]
# # vae: an autoencoder that can make things up
#
# A variational autoencoder encodes a picture not as a point but as a cloud, and is made to keep all
# clouds near the origin. Then any random point there decodes to a picture that could be one.

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
# The recipe trains on 57,000 pictures; this notebook on the **bundled tenth** of Fashion-MNIST.
# (The variable is for the project's own tests, which train for a moment only.)

# %%
epochs = int(os.environ.get("KERAZOO_NOTEBOOK_EPOCHS", "60"))
recipe = kerazoo.load_recipe("vae")
splits = kerazoo.load_dataset("fashion_mnist_mini", labels=False, validation_fraction=0.1)
labeled = kerazoo.load_dataset("fashion_mnist_mini")
plots.plot_images(splits.train.x[:20])

# %% [markdown]
# ## The network
# The encoder ends in two layers: where the center of the cloud is, and the logarithm of how wide it
# is. With two latent dimensions each has 512 × 2 + 2 = 1,026 parameters.

# %%
kerazoo.layer_table(kerazoo.build_vae())

# %% [markdown]
# ## Training
# The loss is a bound, in nats per picture: how badly the picture is drawn again (the
# reconstruction), plus how far the cloud is from a standard normal one (the divergence).

# %%
recipe = for_training_on(dataclasses.replace(recipe, epochs=epochs), rows=len(splits.train.x))
run = kerazoo.train(
    "vae", recipe=recipe, splits=splits, out="runs/vae", callbacks=[kerazoo.ProgressLine()]
)
plots.plot_history(run.history)

# %% [markdown]
# ## How good is it?
# The bound and, by importance sampling with 200 draws, the likelihood itself. The Frechet distance
# compares new pictures with real ones in the features of our own classifier of clothes: it is
# **not** the FID of papers, whose features are another network's.

# %%
kerazoo.compare(run)

# %% [markdown]
# ## Right and wrong
# Smooth, because the mean of all pictures that a code could stand for is smooth.

# %%
some = splits.test.x[:10]
plots.plot_reconstructions(some, run.model.predict(some, verbose=0))

# %%
codes = kerazoo.encode(run.model, splits.test.x)
plots.plot_latent_space(codes, labeled.test.y, labeled.class_names)

# %% [markdown]
# ## Keep it and use it
# New clothes, from random numbers; and the way from a sandal to an ankle boot, through things that
# were never photographed. `kerazoo generate runs/vae` does the first from a terminal.

# %%
plots.plot_samples(kerazoo.sample("runs/vae", 64, seed=1), title="made from random numbers")

# %%
sandal, boot = (splits.test.x[labeled.test.y == label][1] for label in (5, 9))
plots.plot_interpolation(kerazoo.interpolate("runs/vae", sandal, boot, steps=10))

# %% [markdown]
# ## A concept is a vector
# The mean code of ankle boots minus that of sneakers is what makes a boot: a shaft. More and more
# of it is added to the codes of five sneakers, up to one and a half times.

# %%
sneakers, boots = (splits.test.x[labeled.test.y == label] for label in (7, 9))
shaft = kerazoo.concept_vector("runs/vae", boots, without=sneakers)
grown = kerazoo.add_concept("runs/vae", sneakers[:5], shaft, steps=7, strength=1.5)
plots.plot_interpolation(grown, "sneakers grow a shaft", strength=1.5)

# %% [markdown]
# Does anybody else see a boot? What `fashion_mnist` calls the sneakers, decoded without the vector
# and with it:

# %%
both = kerazoo.add_concept("runs/vae", sneakers, shaft, steps=2)
classifier = kerazoo.load_predictor("fashion_mnist")
called = [classifier.predict(np.uint8(255 * both[:, end])).labels for end in (0, 1)]
pd.DataFrame(called, index=["without", "with"]).T.apply(pd.Series.value_counts).fillna(0)

# %% [markdown]
# The network that comes with the package has seen ten times as many pictures.

# %%
plots.plot_samples(kerazoo.sample("vae", 64, seed=1), title="the vae of the package")
