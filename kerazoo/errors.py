"""The errors that kerazoo raises: each says what was passed, what was expected, how to fix it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class KerazooError(ValueError):
    """Base of every error that a user of kerazoo can cause and mend."""


class UnknownName(KerazooError):
    """A model, data set, variant or option that does not exist."""


class UnknownWord(UnknownName, KeyError):
    """A word that has no vector; also a `KeyError`, as of a dict."""

    # That of KeyError shows its argument in quotes.
    __str__ = Exception.__str__


class WrongUsage(KerazooError):
    """A command as nobody can mean it, such as options that exclude each other: it exits with 2."""


class DatasetNotFound(KerazooError):
    """The bytes of a data set are in none of the places that were looked at."""


class DamagedFile(KerazooError):
    """A file whose content is not what its hash, size or format promises."""


class InvalidInput(KerazooError):
    """Data that a network cannot take: wrong columns, shape, type, range or labels."""


class Interrupted(KerazooError):
    """Ctrl-C ended something that has kept what it had."""


def damaged(path: object, reason: str) -> DamagedFile:
    """Make the error for a file of a saved model that is not what it should be.

    Args:
        path: the file.
        reason: what is wrong with it, as the rest of a sentence that begins with the file.

    Example:
        >>> str(damaged("model.tflite", "has 5 bytes, expected 7"))
        'model.tflite has 5 bytes, expected 7. Save or download the model again.'
    """
    return DamagedFile(f"{path} {reason.rstrip('.')}. Save or download the model again.")


def unknown_name(kind: str, name: object, known: Iterable[str]) -> UnknownName:
    """Make the error for a name that is not known, with the nearest one that is.

    Args:
        kind: what the name should have named, such as `"model"`.
        name: what was passed.
        known: every name that would have been right.

    Example:
        >>> str(unknown_name("model", "bostn", ["boston", "xor"]))
        "unknown model 'bostn'. Did you mean 'boston'? Known: boston, xor."
    """
    names = sorted(known)
    spellings = {one.lower(): one for one in names}
    near = difflib.get_close_matches(str(name).lower(), spellings, n=1, cutoff=0.5)
    suggestion = f" Did you mean {spellings[near[0]]!r}?" if near else ""
    return UnknownName(f"unknown {kind} {name!r}.{suggestion} Known: {', '.join(names)}.")
