"""JSON as RFC 8259 has it: no NaN, no name twice, no nesting that no question has."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from kerazoo.errors import InvalidInput

_DEEPEST = 16


def read_json(text: bytes) -> Any:
    """Return what a JSON text says.

    Raises:
        InvalidInput: if it is no JSON, not in UTF-8, holds NaN or infinity, a name twice in one
            object, or very deep nesting.

    Example:
        >>> read_json(b'{"rows": [[1, 2]]}')
        {'rows': [[1, 2]]}
        >>> read_json(b'{"rows": [[NaN]]}')
        Traceback (most recent call last):
        kerazoo.errors.InvalidInput: the body holds NaN, which JSON does not have. For an empty...
    """
    try:
        found = _DECODER.decode(text.decode("utf-8"))
        if b"\\u" in text:
            json.dumps(found, ensure_ascii=False).encode()  # half a pair of surrogates is no text
    except UnicodeDecodeError as error:
        raise InvalidInput(
            f"the body is not UTF-8: byte {error.start + 1} is {text[error.start]:#04x}. Send JSON "
            "in UTF-8."
        ) from error
    except UnicodeEncodeError as error:
        raise InvalidInput(
            "the body holds half a surrogate pair (\\ud800 to \\udfff on its own). Send whole "
            "characters."
        ) from error
    except json.JSONDecodeError as error:
        raise InvalidInput(
            f"the body is no JSON: {error.msg} at line {error.lineno}, column {error.colno}. Check "
            "it there."
        ) from error
    except RecursionError as error:
        raise _too_deep() from error
    except InvalidInput:
        raise
    except ValueError as error:  # a number of many thousand digits
        raise InvalidInput(
            "the body holds a number of thousands of digits. Send numbers that a float holds."
        ) from error
    if text.count(b"[") + text.count(b"{") > _DEEPEST and _is_deeper(found, _DEEPEST):
        raise _too_deep()
    return found


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        counts = Counter(name for name, _ in pairs)
        twice = next(name for name, count in counts.items() if count > 1)
        raise InvalidInput(
            f"the body has {twice[:40]!r} twice in one object, and nobody knows which counts. "
            "Leave one out."
        )
    return found


def _refuse(name: str) -> Any:
    raise InvalidInput(
        f"the body holds {name}, which JSON does not have. For an empty cell send null."
    )


def _too_deep() -> InvalidInput:
    return InvalidInput(
        f"the body is nested deeper than {_DEEPEST} levels; no question is. Send rows as lists of "
        "numbers."
    )


def _is_deeper(value: Any, levels: int) -> bool:
    """Tell whether anything lies deeper; level by level, as a recursion could not be trusted."""
    level = [value]
    for _ in range(levels):
        inner: list[Any] = []
        for one in level:
            if isinstance(one, dict):
                inner += [item for item in one.values() if isinstance(item, dict | list)]
            elif isinstance(one, list):
                inner += [item for item in one if isinstance(item, dict | list)]
        if not inner:
            return False
        level = inner
    return True


_DECODER = json.JSONDecoder(object_pairs_hook=_without_twins, parse_constant=_refuse)
