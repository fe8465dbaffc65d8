"""Networks that tell what a user will think of an item, from ratings of other users and items.

In reading order: `matrix_factorization.py` a vector for each user and each item; `_lookup.py` its
layers.
"""
