"""The Hugging Face Hub: saved models are pushed there, and pulled from there.

A repository holds what the folder of a saved model does. Whatever the other side sends is believed
no more than a stranger's folder is: the card first, then the files that it names and no others,
each of the size and the SHA-256 that it gives. What is too much or too slow ends in an error, and
nothing is put in place before all of it has been checked.
"""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import io
import os
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from kerazoo._wording import counted
from kerazoo.errors import DamagedFile, KerazooError, WrongUsage
from kerazoo.predict import load_predictor
from kerazoo.saved import Card, check_writable, open_saved, verify
from kerazoo.saved.card import CARD_FILE
from kerazoo.saved.card_text import LARGEST_CARD, read_card, write_card
from kerazoo.saved.reading import Location
from kerazoo.saved.readme import LARGEST_README, read_readme, readme_of, updated
from kerazoo.saved.storage import README_FILE, replacing

SILENCE_SECONDS = 20.0
"""How long nothing may come before the Hub is given up."""
PATIENCE_SECONDS = 60.0
SLOWEST = 20_000
"""Bytes a second: a file may take as long as at this speed, and `PATIENCE_SECONDS`."""

_ADDRESS = re.compile(r"hf://(?P<repo>[\w.-]{1,96}/[\w.-]{1,96})(@(?P<revision>[\w./-]{1,100}))?")
_COMMIT = re.compile(r"[0-9a-f]{40}")
_ALWAYS_THERE = {".gitattributes", README_FILE}
_FOUND, _NOT_FOUND, _REFUSED = 200, 404, (401, 403)


@dataclass(frozen=True)
class Address:
    """Where a model is on the Hub.

    Args:
        repo: `user/name`.
        revision: a branch, a tag or a commit; `None` for the newest.
    """

    repo: str
    revision: str | None = None

    @classmethod
    def of(cls, text: str) -> Address:
        """Read `hf://user/name` or `hf://user/name@revision`.

        Raises:
            WrongUsage: if it is something else.

        Example:
            >>> Address.of("hf://ann/wine@v1")
            Address(repo='ann/wine', revision='v1')
        """
        found = _ADDRESS.fullmatch(text)
        if found is None or ".." in text:
            raise WrongUsage(
                f"{text!r} is no model on the Hub; expected hf://USER/NAME, or "
                "hf://USER/NAME@REVISION."
            )
        return cls(found["repo"], found["revision"])

    @property
    def name(self) -> str:
        """The name of the repository, without its user."""
        return self.repo.partition("/")[2]


def pull(source: str, out: str | os.PathLike[str], *, force: bool = False) -> Path:
    """Copy a saved model from the Hub into a folder, once all of it has been checked.

    Args:
        source: `"hf://user/name"`, or `"hf://user/name@revision"`.
        out: the folder to make.
        force: whether a model of the same name that is there may be replaced.

    Returns:
        The folder.

    Raises:
        WrongUsage: if the source is no such address.
        DamagedFile: if what the Hub sends is not a saved model, or does not answer as it did.
        KerazooError: if the Hub cannot be reached, has no such model, or is too slow; or something
            is in the folder.
    """
    address = Address.of(source)
    if not force and os.path.lexists(out) and not _is_empty(Path(out)):
        raise KerazooError(
            f"{os.fspath(out)} is there already. Choose another --out, or add --force to replace a "
            "model in it."
        )
    content = io.BytesIO()
    commit = _download(address, CARD_FILE, content, LARGEST_CARD)
    if commit:  # so that all files are of one state, whoever pushes meanwhile
        address = dataclasses.replace(address, revision=commit)
    card = read_card(content.getvalue(), f"{source}/{CARD_FILE}")
    folder = check_writable(out, card.name)
    with replacing(folder) as staged:
        (staged / CARD_FILE).write_bytes(content.getvalue())
        for name, expected in card.files.items():
            with open(staged / name, "wb") as file:
                _download(address, name, file, expected.size, expected.sha256)
        _pull_readme(address, staged, card)
        _check(staged, card, source)
    return folder


def push(
    model: Location, target: str, *, public: bool = False, force: bool = False
) -> tuple[str, int]:
    """Put a saved model onto the Hub: its files, its card without local paths, and its README.

    Args:
        model: the directory, or the name of an installed model.
        target: `"hf://user/name"`.
        public: whether a repository that is made for it can be seen by everybody.
        force: whether a model that is there already may be replaced; its history stays.

    Returns:
        The address of the page, and how many rows of the training data the card holds.

    Raises:
        WrongUsage: if the target is no such address.
        DamagedFile: if a file of the model is not what its card says.
        KerazooError: if the Hub cannot be reached, refuses, or has something else there.
    """
    address = Address.of(target)
    if address.revision is not None:
        raise WrongUsage(f"{target}: a revision is made by pushing; leave @{address.revision} out.")
    saved = verify(open_saved(model))
    card = dataclasses.replace(saved.card, source=None)
    readme = read_readme(saved.folder)
    text = readme_of(card) if readme is None else updated(readme, card)
    hub = _library()
    with _asking(target), _bounded_silence(hub):
        api = hub.HfApi(endpoint=_endpoint(hub))
        there = _files_of(hub, api, address.repo)
        _check_target(target, there, force)
        if there is None:
            api.create_repo(address.repo, private=not public)
        files: dict[str, Any] = {name: str(saved.folder / name) for name in card.files}
        files |= {CARD_FILE: write_card(card), README_FILE: text.encode()}
        operations = [hub.CommitOperationAdd(name, content) for name, content in files.items()]
        api.create_commit(address.repo, operations, commit_message=f"{card.name}, by kerazoo")
    return f"{_endpoint(hub)}/{address.repo}", _rows_in(card)


def _rows_in(card: Card) -> int:
    """Return how many rows of its training data a card holds."""
    if card.data is None:
        return 0
    stored = len(card.probe.inputs[0].decode())
    return stored if card.profile is None else stored + len(card.profile.sample.decode())


def _check_target(target: str, there: set[str] | None, force: bool) -> None:
    others = (there or set()) - _ALWAYS_THERE
    if others and CARD_FILE not in others:
        raise KerazooError(
            f"{target} holds {min(others)!r}, and no model of kerazoo. Choose another name."
        )
    if others and not force:
        raise KerazooError(f"{target} holds a model already. Add --force to replace it.")


def _files_of(hub: Any, api: Any, repo: str) -> set[str] | None:
    """Return the names of the files of a repository; `None` if there is no such repository."""
    try:
        return {one.rfilename for one in api.model_info(repo).siblings or ()}
    except hub.errors.RepositoryNotFoundError:
        return None


def _pull_readme(address: Address, staged: Path, card: Card) -> None:
    """Take the README as text that nobody checks, or make one."""
    content = io.BytesIO()
    found = _download(address, README_FILE, content, LARGEST_README, optional=True)
    text = content.getvalue() if found is not None else readme_of(card).encode()
    (staged / README_FILE).write_bytes(text)


def _check(staged: Path, card: Card, source: str) -> None:
    """Check a model before it is put in place: LiteRT files are tried in a process of their own."""
    try:
        verify(staged)
        single = len(card.inputs) == len(card.outputs) == 1
        for part in (*([None] if single and card.has_litert else []), *(card.parts or {})):
            load_predictor(staged, "litert", part=part)
    except KerazooError as error:
        raise DamagedFile(str(error).replace(str(staged), source)) from error


def _download(
    address: Address,
    name: str,
    file: BinaryIO,
    largest: int,
    sha256: str | None = None,
    *,
    optional: bool = False,
) -> str | None:
    """Write a file of the Hub's into another, and no more than it may have.

    Args:
        address: of the model.
        name: of the file.
        file: what is written to.
        largest: the most bytes; with a hash, exactly as many.
        sha256: the hash of its content, if it is known.
        optional: whether it may be missing.

    Returns:
        The commit that it is of, or `""`; `None` if it is missing.
    """
    hub = _library()
    what = f"hf://{address.repo}/{name}"
    with _asking(what):
        url = hub.hf_hub_url(address.repo, name, revision=address.revision, endpoint=_endpoint(hub))
        headers = {**hub.utils.build_hf_headers(), "accept-encoding": "identity"}
    end = time.monotonic() + PATIENCE_SECONDS + largest / SLOWEST
    total, digest = 0, hashlib.sha256()
    with (
        _asking(what),
        hub.get_session().stream("GET", url, headers=headers, timeout=SILENCE_SECONDS) as response,
    ):
        if response.status_code == _NOT_FOUND and optional:
            return None
        _check_status(response.status_code, what, address)
        for piece in response.iter_bytes():  # as it comes: the clock is looked at each time
            total += len(piece)
            if total > largest:
                raise DamagedFile(
                    f"{what} has more than {counted(largest, 'byte')}, expected no more. It is "
                    "damaged, or no model of kerazoo: get another one."
                )
            if time.monotonic() > end:
                raise KerazooError(
                    f"the Hub is too slow: {what} has not come within "
                    f"{PATIENCE_SECONDS + largest / SLOWEST:.0f} s. Check the network, or try "
                    "again later."
                )
            digest.update(piece)
            file.write(piece)
        commit = response.headers.get("x-repo-commit", "")
    if sha256 is not None and (total, digest.hexdigest()) != (largest, sha256):
        raise DamagedFile(
            f"{what} is not the file that its card names: it is damaged, or from another model. "
            "Get another one."
        )
    return commit if _COMMIT.fullmatch(commit) else ""


def _check_status(status: int, what: str, address: Address) -> None:
    if status == _FOUND:
        return
    if status in _REFUSED:
        raise KerazooError(
            f"the Hub does not give {what} to you ({status}). Check the name, or log in: hf auth "
            "login."
        )
    if status == _NOT_FOUND:
        of = "" if address.revision is None else f" at {address.revision}"
        raise KerazooError(
            f"there is no {what}{of} on the Hub. Check the name; a model of kerazoo has a "
            f"{CARD_FILE}."
        )
    raise KerazooError(
        f"the Hub answered {status} for {what}. Check HF_ENDPOINT, or try again later."
    )


@contextlib.contextmanager
def _asking(what: str) -> Iterator[None]:
    """Let whatever fails between here and the Hub, nonsense included, be said in one line."""
    try:
        yield
    except KerazooError:
        raise
    except Exception as error:  # the transport's errors have no common base with the library's
        reason = " ".join(str(error).split())[:200] or "no reason given"
        raise KerazooError(
            f"{what}: the Hub could not be asked, or did not answer as it should "
            f"({type(error).__name__}: {reason}). Check the network and HF_ENDPOINT, or try again "
            "later."
        ) from error


@contextlib.contextmanager
def _bounded_silence(hub: Any) -> Iterator[None]:
    """Let calls of the library's end when nothing comes; by itself it waits for ever."""
    session = hub.get_session()
    before, session.timeout = session.timeout, SILENCE_SECONDS
    try:
        yield
    finally:
        session.timeout = before


def _library() -> Any:
    try:
        import huggingface_hub
        import huggingface_hub.errors
        import huggingface_hub.utils
    except ModuleNotFoundError as error:
        raise KerazooError(
            "the Hub needs a package that is not installed. Install it: pip install "
            "'kerazoo[hub]', or pip install huggingface_hub."
        ) from error
    return huggingface_hub


def _endpoint(hub: Any) -> str:
    return os.environ.get("HF_ENDPOINT", hub.constants.ENDPOINT).rstrip("/")


def _is_empty(path: Path) -> bool:
    return path.is_dir() and not any(path.iterdir())
