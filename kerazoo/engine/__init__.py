"""Compile, fit, evaluate; the resident engine; checkpoints; and a run: one recipe, trained."""
