"""Recommender: ratings, and lists of items, by the names of users and items."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from kerazoo._notes import warn_user
from kerazoo.datasets import load_dataset, load_dataset_module, locate_dataset
from kerazoo.datasets.about import Ratings
from kerazoo.datasets.reading.ratings import ids_of, names_of
from kerazoo.datasets.splits import Splits
from kerazoo.errors import DatasetNotFound, InvalidInput, KerazooError, unknown_name
from kerazoo.predict import Predictor, load_predictor
from kerazoo.registry import list_datasets
from kerazoo.saved.reading import Location

Note = Callable[[str], object]


@dataclass(frozen=True)
class Recommender:
    """A network of ratings that is asked by name; TensorFlow is never imported.

    Args:
        predictor: what computes the ratings.
        about: the users, the items and the scale.
        titles: what items are called, by name, as far as it is known.
        rated: ids of pairs that are rated already, `(rows, 2)`; `None` if that is not known.
    """

    predictor: Predictor
    about: Ratings
    titles: Mapping[str, str] = field(default_factory=dict)
    rated: np.ndarray | None = None

    def __repr__(self) -> str:
        about = self.about
        return f"<Recommender of {len(about.items):,} items to {len(about.users):,} users>"

    def predict(self, user: str | int, item: str | int) -> float:
        """Return the rating that a user would give an item.

        Of one that was not there in training, a warning says so, and the answer is what the other
        one gets or gives as a rule.
        """
        return float(self.predictor.predict([(user, item)]).values[0, 0])

    def recommend(
        self, user: str | int, top: int = 10, *, note: Note = warn_user
    ) -> list[tuple[str, float]]:
        """Return the items that a user would rate highest, of those not rated yet.

        Args:
            user: one that was there in training; for another one, the list is that of a user
                without a taste, the same for all, and that is said.
            top: how many items.
            note: told of a user who was not there, and if nobody knows what is rated already.

        Raises:
            InvalidInput: if nothing is left to recommend, or `top` is below 1.
        """
        (identity,) = self._id("user", user, note)
        count = len(self.about.items)
        candidates = np.arange(1, count + 1, dtype="int32")
        if identity:
            if self.rated is None:
                note(
                    f"what {self.about.columns[0]} {user} has rated is not known here, and may be "
                    "in the list. Add rated (--rated FILE), a table of ratings, to leave it out."
                )
            else:
                seen = self.rated[self.rated[:, 0] == identity, 1]
                candidates = np.setdiff1d(candidates, seen.astype("int32"))
        if not len(candidates):
            raise InvalidInput(f"{user} has rated all {count:,} items; name another user.")
        users = np.full_like(candidates, identity)
        return self._best(np.stack([users, candidates], axis=1), 1, self.about.items, top)

    def find_users(self, item: str | int, top: int = 10) -> list[tuple[str, float]]:
        """Return the users who would rate an item highest, of those who have not rated it.

        Raises:
            UnknownName: if the item was not there in training: nobody can tell who likes it.
            InvalidInput: if all have rated it, or `top` is below 1.
        """
        (identity,) = self._id("item", item, None)
        candidates = np.arange(1, len(self.about.users) + 1, dtype="int32")
        if self.rated is not None:
            seen = self.rated[self.rated[:, 1] == identity, 0]
            candidates = np.setdiff1d(candidates, seen.astype("int32"))
        if not len(candidates):
            raise InvalidInput(f"all users have rated {item}; name another item.")
        items = np.full_like(candidates, identity)
        return self._best(np.stack([candidates, items], axis=1), 0, self.about.users, top)

    def title(self, item: str) -> str:
        """Return what an item is called; `""` if that is not known."""
        return self.titles.get(item, "")

    def _id(self, what: str, name: str | int, note: Note | None) -> np.ndarray:
        known = self.about.users if what == "user" else self.about.items
        names = names_of([name])
        found = ids_of(names, known)
        if not found[0]:
            if note is None:
                raise unknown_name(what, names[0], known)
            note(
                f"{self.about.columns[0]} {names[0]!r} was not there in training, so that nothing "
                "is known of this taste: these items are rated highest by others as a rule."
            )
        return found

    def _best(
        self, ids: np.ndarray, column: int, names: tuple[str, ...], top: int
    ) -> list[tuple[str, float]]:
        if isinstance(top, bool) or not isinstance(top, int | np.integer) or top < 1:
            raise InvalidInput(f"top is {top!r}; expected a whole number, 1 or more.")
        ratings = self.predictor.predict_array(ids).values[:, 0]
        order = np.argsort(-ratings, kind="stable")[:top]
        return [(names[ids[row, column] - 1], float(ratings[row])) for row in order]


def load_recommender(
    name_or_path: Location = "matrix_factorization",
    *,
    rated: Any = None,
    runtime: Any = "auto",
) -> Recommender:
    """Load a saved network of ratings, to be asked by the names of users and items.

    Args:
        name_or_path: the name of an installed model, or a directory that `kerazoo train
            matrix_factorization` made.
        rated: a table of ratings (a path, or what another library holds): what is in it is not
            recommended again. By default those of the network's data set, if it is on this machine.
        runtime: as for `load_predictor`.

    Raises:
        UnknownName: if there is no such model.
        KerazooError: if it is no network of ratings.
        InvalidInput: if the table lacks a column.

    Example:
        >>> import kerazoo, tempfile
        >>> from kerazoo.datasets.about import Ratings
        >>> splits = kerazoo.datasets.load_dataset_module("ratings_csv").tiny()
        >>> sizes = {"users": 20, "items": 15}
        >>> model = kerazoo.build_matrix_factorization(**sizes)
        >>> path = kerazoo.save_model(model, tempfile.mkdtemp(), splits=splits,
        ...                           builder_arguments=sizes)
        >>> load_recommender(path)
        <Recommender of 15 items to 20 users>
    """
    return recommender_of(load_predictor(name_or_path, runtime), rated)


def recommender_of(predictor: Predictor, rated: Any = None) -> Recommender:
    """Return a network that is loaded as one to be asked by the names of users and items.

    Args:
        predictor: the network.
        rated: as for `load_recommender`.

    Raises:
        KerazooError: if it is no network of ratings.
        InvalidInput: if the table lacks a column.
    """
    about = predictor.card.about
    if not isinstance(about, Ratings):
        raise KerazooError(
            f"{predictor.card.name!r} was not trained on ratings; give a model that kerazoo train "
            "matrix_factorization made."
        )
    titles, pairs = dict(zip(about.items, about.titles, strict=False)), None
    source = predictor.card.dataset
    if source is not None and source in list_datasets():
        titles, pairs = {**_titles_of(source), **titles}, _rated_in(source)
    if rated is not None:
        pairs = _read_rated(rated, about)
    return Recommender(predictor, about, titles, pairs)


def _titles_of(dataset: str) -> dict[str, str]:
    """Return the titles of a data set that has a list of them, if it is on this machine."""
    hook = getattr(load_dataset_module(dataset), "item_titles", None)
    return {} if hook is None else hook()


def _rated_in(dataset: str) -> np.ndarray | None:
    """Return all pairs of a data set that has files of its own, if they are on this machine."""
    if not load_dataset_module(dataset).FILES:
        return None
    try:
        locate_dataset(dataset)
    except DatasetNotFound:
        return None
    return pairs_of(load_dataset(dataset))


def pairs_of(splits: Splits) -> np.ndarray:
    """Return all pairs of ids in a data set, `(rows, 2)`."""
    return np.concatenate([part.x for part in (splits.train, splits.validation, splits.test)])


def _read_rated(source: Any, about: Ratings) -> np.ndarray:
    from kerazoo.datasets.reading.asked import check_named  # imports pandas
    from kerazoo.datasets.reading.table import read_frame

    frame, name, _ = read_frame(source)
    check_named(frame, about.feature_names, name)
    columns: Iterable[tuple[str, tuple[str, ...]]] = zip(
        about.feature_names, (about.users, about.items), strict=True
    )
    return np.stack([ids_of(names_of(frame[column]), known) for column, known in columns], axis=1)
