"""Your own texts: a folder of text files for each class, or a table of texts and their classes.

Either `<class>/<text>.txt`, which is split here, or `train/<class>/<text>.txt` beside `validation/`
and `test/` of the same form, of which a missing one is split off from `train/`. Or a CSV file with
a text and its class in each row.
"""

from __future__ import annotations

import os
import tempfile
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from kerazoo._notes import warn_user
from kerazoo._wording import agree, clean_name, counted, listed
from kerazoo.datasets.about import Texts
from kerazoo.datasets.reading.asked import check_fractions
from kerazoo.datasets.reading.folders import subfolders
from kerazoo.datasets.reading.holdout import number_equal, share_out
from kerazoo.datasets.reading.image_parts import find_parts
from kerazoo.datasets.reading.other_data import say_all_are_judged
from kerazoo.datasets.reading.samples import own_text
from kerazoo.datasets.reading.text_files import choose_column, find_texts, read_text
from kerazoo.datasets.reading.texts import Labeled, encode_parts
from kerazoo.datasets.sources import DataFile
from kerazoo.datasets.splits import Splits
from kerazoo.errors import DatasetNotFound, InvalidInput, KerazooError

FILES: tuple[DataFile, ...] = ()
VALIDATION_FRACTION, TEST_FRACTION = 0.15, 0.2
_TINY_TEXTS = 40


class Found(NamedTuple):
    """Texts as they were found.

    Args:
        parts: texts and the name of each one's class, by part; all are `"train"` if no part is
            named.
        names: of the columns of texts and of classes.
        source: what messages call it.
    """

    parts: dict[str, tuple[list[str], list[str]]]
    names: tuple[str, str]
    source: str


def load(
    data_dir: str | os.PathLike[str] | None = None,
    *,
    path: Any,
    text: str | None = None,
    target: str | None = None,
    length: int = 500,
    keep: str = "last",
    vocabulary_size: int = 10000,
    validation_fraction: float = VALIDATION_FRACTION,
    test_fraction: float = TEST_FRACTION,
    seed: int = 0,
) -> Splits:
    """Load texts and their classes as rows of ids.

    Texts without a word are left out. Equal texts stay in one part. A warning says what was found.

    Args:
        data_dir: a folder that a relative `path` is in.
        path: a folder with a folder of `.txt` files for each class; or a CSV or Parquet file, or a
            DataFrame.
        text: the column of texts; `text`, `review` or another usual name by default.
        target: the column of classes; `label`, `class` or another usual name by default.
        length: ids in a row.
        keep: what a row holds of a text: its `"last"` or `"first"` words, or each word `"once"`.
        vocabulary_size: how many words have an id, the most frequent ones of the training part.
        validation_fraction: share of the texts held out for validation.
        test_fraction: share of the texts held out for the test.
        seed: decides which.

    Raises:
        DatasetNotFound: if there is no such folder or file.
        InvalidInput: if there are no two classes, a file is not text, or a column is missing.

    Example:
        >>> import warnings
        >>> frame = {"text": [f"film {n} was fine" for n in range(20)], "label": ["a", "b"] * 10}
        >>> with warnings.catch_warnings():
        ...     warnings.simplefilter("ignore")
        ...     splits = load(path=frame, length=8)
        >>> splits.train.x.shape, splits.class_names, splits.about.words[:3]
        ((12, 8), ('a', 'b'), ('film', 'was', 'fine'))
    """
    check_fractions(validation_fraction, test_fraction)
    found = read_texts(_located(path, data_dir), text, target)
    labels = [label for _, classes in found.parts.values() for label in classes]
    class_names = tuple(sorted(set(labels)))
    _check_classes(class_names, labels, found.source)
    fractions = (validation_fraction, test_fraction)
    parts = _share_out(found, class_names, fractions, seed)
    _say_what_was_found(found, class_names, parts)
    about = Texts((), class_names, length, keep, *found.names)
    return encode_parts(parts, about, vocabulary_size)


def load_like(about: Texts, path: Any, *, trained_on: str | None = None, seed: int = 0) -> Splits:
    """Load texts for a network that was trained on such texts, and judge it on them.

    Args:
        about: what the network's card says, its words included.
        path: as for `load`.
        trained_on: the hash of the data that it was trained on. All texts of other data are the
            test part; by default, texts are held out as in training.
        seed: as for `load`.

    Raises:
        InvalidInput: if a class is none of the network's.
    """
    is_folder = isinstance(path, str | os.PathLike) and Path(path).is_dir()
    names = (None, None) if is_folder else (about.text_name, about.target_name)
    found = read_texts(path, *names)
    labels = [label for _, classes in found.parts.values() for label in classes]
    unknown = sorted(set(labels) - set(about.class_names))
    if unknown:
        raise InvalidInput(
            f"{found.source} has the class {unknown[0]!r}; the network knows "
            f"{listed([repr(name) for name in about.class_names])}. Leave such texts out."
        )
    try:
        fractions = (VALIDATION_FRACTION, TEST_FRACTION)
        same = encode_parts(_share_out(found, about.class_names, fractions, seed), about)
        if trained_on is None or same.hash() == trained_on:
            return same
    except KerazooError:  # too few for three parts: it is other data
        if trained_on is None:
            raise
    say_all_are_judged(found.source, len(labels), "text")
    none: Labeled = ([], [])
    everything = [text for texts, _ in found.parts.values() for text in texts]
    return encode_parts((none, none, (everything, _codes(labels, about.class_names))), about)


def tiny(*, length: int = 500, keep: str = "last", vocabulary_size: int = 10000) -> Splits:
    """Return a few texts of two classes, written for the moment: docstrings of the package.

    Args:
        length: as for `load`.
        keep: as for `load`.
        vocabulary_size: as for `load`.

    Example:
        >>> tiny(length=10).class_names
        ('heading', 'sentence')
    """
    texts: dict[str, list[str]] = {"heading": [], "sentence": []}
    for one in own_text():
        kind = "heading" if one.split("\n")[0].rstrip().endswith(":") else "sentence"
        if len(one) > 1 and one not in texts[kind] and len(texts[kind]) < _TINY_TEXTS:
            texts[kind].append(one)
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what was found
        for kind, some in texts.items():
            Path(folder, kind).mkdir()
            for number, one in enumerate(some):
                Path(folder, kind, f"{number:02}.txt").write_text(one, encoding="utf-8")
        return load(path=folder, length=length, keep=keep, vocabulary_size=vocabulary_size)


def read_texts(path: Any, text: str | None, target: str | None) -> Found:
    """Read texts and their classes from a folder or a table.

    Args:
        path: as for `load`.
        text: as for `load`.
        target: as for `load`.
    """
    if isinstance(path, str | os.PathLike) and Path(path).is_dir():
        if text is not None or target is not None:
            raise InvalidInput(
                f"{path} is a folder, whose texts have no columns; leave --text and --target out."
            )
        return _read_folder(Path(path))
    return _read_table(path, text, target)


def _located(path: Any, data_dir: str | os.PathLike[str] | None) -> Any:
    if not isinstance(path, str | os.PathLike):
        return path
    source = Path(os.path.expanduser(Path(data_dir or "", path)))
    if not source.exists():
        raise DatasetNotFound(
            f"there is no file or folder {str(path)!r}. Check the path; expected a folder with a "
            "folder of .txt files for each class, or a CSV file of texts and classes."
        )
    return source


def _read_folder(folder: Path) -> Found:
    parts = find_parts(folder, "needed") or {"train": folder}
    found = {part: _read_classes(each) for part, each in parts.items()}
    return Found(found, ("text", "class"), str(folder))


def _read_classes(folder: Path) -> tuple[list[str], list[str]]:
    texts: list[str] = []
    labels: list[str] = []
    for inner in subfolders(folder):
        files = find_texts(inner)
        if not files:
            raise InvalidInput(
                f"{inner} holds no .txt file; expected a folder of texts for each class. Put some "
                "there, or move it elsewhere."
            )
        texts += map(read_text, files)
        labels += [clean_name(inner.name)] * len(files)
    return _with_words(texts, labels, str(folder))


def _read_table(source: Any, text: str | None, target: str | None) -> Found:
    from kerazoo.datasets.reading.roles import words_of  # imports pandas
    from kerazoo.datasets.reading.table import read_cases

    path = str(source) if isinstance(source, os.PathLike) else source
    frame, name, _ = read_cases(path, wanted=[one for one in (text, target) if one])
    columns = [str(column) for column in frame.columns]
    of_text = choose_column(columns, text, "text", name)
    of_class = choose_column(columns, target, "target", name)
    known = frame[of_class].notna() & (frame[of_class].astype(str).str.strip() != "")
    if not known.all():
        left_out = counted(int((~known).sum()), "row")
        warn_user(f"{name}: left out: {left_out} of {len(frame):,} without {of_class!r}.")
    texts = frame[of_text][known].fillna("").astype(str).tolist()
    labels = [str(word) for word in words_of(frame[of_class][known])]
    part = _with_words(texts, labels, name)
    return Found({"train": part}, (of_text, of_class), name)


def _with_words(texts: list[str], labels: list[str], source: str) -> tuple[list[str], list[str]]:
    """Leave out what is empty."""
    kept = [index for index, text in enumerate(texts) if any(map(str.isalnum, text))]
    if len(kept) < len(texts):
        missing = len(texts) - len(kept)
        warn_user(
            f"{source}: left out: {counted(missing, 'text')} of {len(texts):,} "
            f"{agree(missing, 'that has', 'that have')} no words."
        )
    return [texts[index] for index in kept], [labels[index] for index in kept]


def _check_classes(class_names: Sequence[str], labels: Sequence[str], source: str) -> None:
    if len(class_names) < 2:
        only = f"one class only, {class_names[0]!r}" if class_names else "no texts"
        raise InvalidInput(
            f"{source} has {only}; expected texts of two classes or more, in a folder each or in "
            "a CSV file with their classes."
        )
    if len(class_names) > len(labels) / 2:
        raise InvalidInput(
            f"{source} has {counted(len(class_names), 'class', 'classes')} in "
            f"{counted(len(labels), 'text')}; expected some texts of each. Name another column of "
            "classes (--target)."
        )


def _codes(labels: Sequence[str], class_names: Sequence[str]) -> list[int]:
    codes = {name: code for code, name in enumerate(class_names)}
    return [codes[label] for label in labels]


def _share_out(
    found: Found, class_names: Sequence[str], fractions: tuple[float, float], seed: int
) -> tuple[Labeled, Labeled, Labeled]:
    """Return train, validation and test; what was not found is split off from train."""
    texts, labels = found.parts["train"]
    rows = np.array(texts, object)
    codes = np.array(_codes(labels, class_names))
    given = [part in found.parts for part in ("validation", "test")]
    parts = share_out(
        equal=number_equal([rows, codes]),
        classes=codes,
        order=None,
        fractions=fractions,
        seed=seed,
        source=found.source,
    )
    if any(given):
        # Of what is given, nothing is split off: those rows are trained on.
        back = [part for part, is_given in zip(parts[1:], given, strict=True) if is_given]
        parts = (np.sort(np.concatenate([parts[0], *back])), *parts[1:])

    def take(index: int, name: str) -> Labeled:
        if name in found.parts and name != "train":
            these, names = found.parts[name]
            return these, _codes(names, class_names)
        chosen = parts[index].tolist()
        return [texts[row] for row in chosen], [int(codes[row]) for row in chosen]

    return take(0, "train"), take(1, "validation"), take(2, "test")


def _say_what_was_found(
    found: Found, class_names: Sequence[str], parts: tuple[Labeled, Labeled, Labeled]
) -> None:
    counts = [np.bincount(labels, minlength=len(class_names)) for _, labels in parts]
    classes = ", ".join(_describe_class(name, counts, i) for i, name in enumerate(class_names))
    total = [int(count.sum()) for count in counts]
    warn_user(
        f"found in {found.source}: texts of {counted(len(class_names), 'class', 'classes')}: "
        f"{classes}; train {total[0]}, validation {total[1]}, test {total[2]}."
    )


def _describe_class(name: str, counts: Sequence[np.ndarray], index: int) -> str:
    return f"{name!r} ({' + '.join(str(count[index]) for count in counts)})"
