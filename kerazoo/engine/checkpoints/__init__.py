"""The state of a training on disk, and back.

Read `file.py` (the one file, and what is in it), then `callback_state.py` (what callbacks remember,
as JSON and arrays), then `checkpointer.py` (when it is written, what it belongs to, how it is put
back).
"""
