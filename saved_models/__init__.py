"""The trained models that ship with kerazoo."""
