"""The recorded results that ship with kerazoo."""
