"""Networks that tell what a user will think of an item, from ratings of other users and items.

In reading order: `matrix_factorization.py` the product of a vector for each user and one for each
item; `neural_filtering.py` an MLP in place of the product; `_lookup.py` their layers.
"""
