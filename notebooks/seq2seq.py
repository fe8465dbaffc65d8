# %% [markdown]
# # seq2seq: one text in, another one out
#
# *The 3rd of June 2026*, *6/3/2026*, *2026년 6월 3일*, *이천이십육년 유월 삼일*: people write a
# date in many ways, and a table wants it in one. This network reads a text character by character,
# and writes another, of another length and with other characters: **sequence to sequence**.

# %%
import dataclasses
import os

import kerazoo
from kerazoo import plots
from kerazoo.datasets.written_dates import ENGLISH, KOREAN
from kerazoo.recipe import for_training_on

kerazoo.quiet_tensorflow()

# %% [markdown]
# ## The data
# Dates are made up, from 1950 to 2049, in 33 forms. With slashes the month is first, with points
# the day, unless the year is. **Days of the test are in no other part**: no network can have
# learned them by heart.

# %%
ENGLISH[:8], KOREAN[:5]

# %%
splits = kerazoo.load_dataset("written_dates")
splits, "".join(splits.about.characters)

# %% [markdown]
# A row holds 32 characters that are read, 0 where there is none, and then what stands **before**
# each character that is to be written: 1 before the first. The target is what is written.

# %%
splits.train.x[0], splits.train.y[0]

# %% [markdown]
# ## The network
# An LSTM reads the text in both directions. Another one writes, and begins with the last states of
# the first. For each character it also **looks back** at all states of what was read: those whose
# product with its own state is large count more. That is attention.

# %%
kerazoo.layer_table(kerazoo.build_seq2seq())

# %% [markdown]
# ## Training
# In training the writer is given what *should* stand before each character, so that all of them
# are learned at once (*teacher forcing*). Six epochs must do here, the recipe has eight. (The
# variable is for the project's own tests.)

# %%
epochs = int(os.environ.get("KERAZOO_NOTEBOOK_EPOCHS", "6"))
recipe = dataclasses.replace(kerazoo.load_recipe("seq2seq"), epochs=epochs)
run = kerazoo.train(
    "seq2seq",
    recipe=for_training_on(recipe, rows=len(splits.train.x)),
    splits=splits,
    out="runs/seq2seq",
    callbacks=[kerazoo.ProgressLine()],
)
plots.plot_history(run.history)

# %% [markdown]
# *Exact match* is the share of dates that are right to the last character. Now the writer is given
# what it has written itself.

# %%
kerazoo.compare(run)

# %% [markdown]
# *date rules* is a parser that people wrote, dateutil; *nearest text* takes the training date that
# looks most alike, which is never the right day.
#
# ## All epochs
# From here on the network that comes with the package. It answers without TensorFlow.

# %%
translator = kerazoo.load_translator("seq2seq")
dates = [
    "Wednesday, June 3, 2026",
    "the 3rd of june 2026",
    "6/3/2026",
    "3.6.2026",
    "2026. 6. 3. (수)",
    "26년 6월 3일",
    "이천이십육년 유월 삼일",
]
[(one.text, one.written, round(one.probability, 3)) for one in translator.translate(dates)]

# %% [markdown]
# ## What it looks at
# A row for each character that is written, a column for each that was read; the darker, the more
# attention. Nobody told the network where the year stands, nor that *Jun* is 06.

# %%
model = kerazoo.load_model("seq2seq")
texts = ["Wednesday, June 3, 2026", "the 22nd of October 1987", "11/30/1999"]
looked = kerazoo.attention_of(model, translator.about, texts)
plots.plot_matrix(looked[0].weights, list(looked[0].written), list(looked[0].read), decimals=1)

# %%
plots.plot_matrix(looked[1].weights, list(looked[1].written), list(looked[1].read), decimals=1)

# %%
plots.plot_matrix(looked[2].weights, list(looked[2].written), list(looked[2].read), decimals=1)

# %% [markdown]
# A state of an LSTM that reads in both directions knows what stands around it: so attention may
# point to a character beside the one that counts.
#
# ## What it has never seen
# It has learned 33 forms, and answers others, too, often wrongly, and sometimes a day that no
# calendar has. A low probability is a hint, no proof.

# %%
others = ["2026-W23-3", "3 Juni 2026", "last Wednesday", "31 February 2026", "June 2026"]
[(one.text, one.written, round(one.probability, 3)) for one in translator.translate(others)]

# %% [markdown]
# ## Your own pairs
# `kerazoo train seq2seq --data pairs.csv` takes a CSV file of two columns: texts, and what each is
# to become.

# %%
# !echo "3 June 2026" | kerazoo predict seq2seq - --format table
