"""Text that is not UTF-8: read where it can be one encoding only, otherwise a remedy is named."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable
from typing import Protocol

from kerazoo.errors import InvalidInput

_HEAD, _LARGEST_HEAD = 2**20, 2**24
_LEAST_SYLLABLES = 6
_LEAST_USUAL = 3
_SHARE_OF_USUAL = 0.6
# Of two thousand syllables that CP949 has. A table with Korean names of columns and numbers has no
# others; of a Chinese or Japanese one read so, hardly three together are among these.
_USUAL = frozenset(
    "가각간갈감갑값강같개객거건걸것게격견결경계고곡곳공과관광교구국군권귀그극근글금급기길김까께끝"
    "나난날남납내너널네년노녹논높농누눈뉴느는능니다단달담당대더던데도독돈동되된두둘드득든들등디따때떠"
    "라락란람랑래량러런레려력련렬령례로록론료루류률르른를름리린립마만많말망매맥머먹면명모목몸못무문물미민"
    "바박반받발방배백버번벌법벽변별병보복본부북분불비빈빙사산살삼상새색생서석선설섬성세센소속손솔송쇼수"
    "숙순술스습승시식신실심십싱아악안않알압액야약양어억언얼업없었에여역연열염영예오옥온올완왕외요욕용우운울"
    "움워원월위유육윤율으은을음응의이익인일임입있잎자작잔잡장재저적전절점접정제조족존종좌주준줄중즉증지직진질"
    "짐집짜차착찬참창채책처척천철첫청체초촌총최추축출충측층치칙친칠카커컵코콜크큰클키타탁탄태택터턴테토통투"
    "트특틀티팀파판팔패퍼페편평폐포폭표품풍프피필하학한할함합항해핵행향허험현협형호혹화확환활황회획횟효후훈휴흐"
    "흡희히힘"
)
_SHARE_OF_SYLLABLES = 0.95
_SHARE_OF_COMMON = 0.7
_MOST_ACCENTS = 0.5  # of the letters of a text in Latin script
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # which begins like that of UTF-16
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_ESCAPE = b"\x1b"
# Bytes below 128 all of it, so that it seems to be UTF-8.
_ESCAPES = ((b"\x1b$)C", "iso2022_kr"), (b"\x1b$B", "iso2022_jp"), (b"\x1b$@", "iso2022_jp"))
# Of Western, Central European and Turkish text; letters that they share can be read in any of them.
_LATIN = ("cp1252", "iso8859-15", "cp1250", "iso8859-2", "cp1254")
# What Western European languages write. Most Czech, Polish or Turkish texts, read so, have others.
_WESTERN = frozenset(
    "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜßàáâãäåæçèéêëìíîïñòóôõöøùúûüÿŒœ¡¿«»‘’“”–—…€£§°ºª·´±×÷µ²³"
)
_UNLIKELY = re.compile(r"[A-Za-z][¡¿]|[²³][A-Za-z]")  # letters of Polish words, read as Western
_UTF8_PAIR = re.compile(rb"[\xc2\xc3][\x80-\xbf]")  # UTF-8 with a damaged place


class Readable(Protocol):
    """A stream that bytes are read from."""

    def read(self, size: int, /) -> bytes:
        """Return at most some bytes; none at the end only."""


class Utf8Stream:
    """A stream of bytes as UTF-8, whichever encoding it is in.

    While all of it is ASCII, the encoding is still open: the first block that tells decides.

    Args:
        stream: the bytes.
        source: the file, for messages.
        note: told if it is in another encoding.
        is_table: letters that another encoding of Latin script would read otherwise are taken as
            Western European ones, and one word is shown. In a table they are names; in a text
            they would be what is learned, and are refused.
    """

    def __init__(
        self,
        stream: Readable,
        source: str,
        note: Callable[[str], object],
        is_table: bool = False,
    ) -> None:
        self._stream = stream
        self._is_table = is_table
        self._source = source
        self._note = note
        self._decoder: codecs.IncrementalDecoder | None = None
        self._encoding: str | None = None
        self._is_open = True
        self._buffer = self._decide(stream.read(_HEAD))

    def read(self, size: int) -> bytes:
        """Return some bytes, about as many as are asked for; none at the end only."""
        if self._buffer:
            content, self._buffer = self._buffer[:size], self._buffer[size:]
            return content
        while content := self._stream.read(size):
            if self._decoder is not None:
                content = self._decode(content)
            elif self._is_open and not (content.isascii() and _ESCAPE not in content):
                content = self._decide(content, is_head=False)
            if content:
                return content
        return self._decode(b"", final=True) if self._decoder is not None else b""

    def _decide(self, content: bytes, is_head: bool = True) -> bytes:
        """Find the encoding by some content, or more of it; return that as UTF-8."""
        encoding = self._find(content, is_head)
        while encoding is None and len(content) < _LARGEST_HEAD and not _is_utf8(content):
            more = self._stream.read(len(content))
            if not more:
                break
            content += more
            encoding = self._find(content, is_head)
        self._is_open = encoding is None and content.isascii()
        if encoding is None:
            return content
        shown = ""
        if encoding == "cp1252" and not _is_western(content):
            shown = (
                f", with the word {_foreign_word(content)!r}; if that is wrong, save it as UTF-8"
            )
        self._note(f"{self._source} is not UTF-8; read as {encoding.upper()}{shown}.")
        self._encoding = encoding
        self._decoder = codecs.getincrementaldecoder(encoding)()
        return self._decode(content)

    def _find(self, content: bytes, is_head: bool) -> str | None:
        encoding = find_encoding(content) if is_head else _find_foreign(content)
        if encoding is None and self._is_table and not _is_utf8(content) and b"\0" not in content:
            return "cp1252" if _is_latin(content) and _seems_western(content) else None
        return encoding

    def _decode(self, content: bytes, final: bool = False) -> bytes:
        assert self._decoder is not None
        if self._encoding == "cp1252" and not content.isascii():
            known = _seems_western(content) if self._is_table else _is_western(content)
            if not known:
                raise InvalidInput(
                    f"{self._source} is not UTF-8 text: it may be in several encodings. "
                    f"{remedy(content)}"
                )
        try:
            return self._decoder.decode(content, final).encode("utf-8")
        except UnicodeError as error:
            raise InvalidInput(
                f"{self._source} begins as {str(self._encoding).upper()} and is not all of it: "
                f"{error}. Save it as UTF-8."
            ) from error


def find_encoding(head: bytes) -> str | None:
    """Return the only encoding other than UTF-8 that a text can be in; `None` if there is none.

    Args:
        head: its beginning.

    Example:
        >>> find_encoding("나는 밥을 먹는다".encode("euc-kr"))
        'cp949'
        >>> find_encoding("crème".encode("cp1252"))  # or "crčme" in that of Central Europe
    """
    for bom, encoding in _BOMS:
        if head.startswith(bom):
            return None if encoding == "utf-8" else encoding
    if b"\0" in head:
        return _utf16(head)
    return _find_foreign(head)


def _find_foreign(content: bytes) -> str | None:
    """Return the only encoding without zero bytes, other than UTF-8, that a text can be in."""
    for escape, encoding in _ESCAPES:
        if escape in content and _decode(content, encoding) is not None:
            return encoding
    if _is_utf8(content):
        return None
    if _is_korean(content):
        return "cp949"
    return "cp1252" if _is_western(content) and _is_latin(content) else None


def remedy(content: bytes) -> str:
    """Say how a text that is not UTF-8 becomes so.

    Args:
        content: some of it.

    Example:
        >>> remedy("une crème".encode("cp1252"))
        "If 'crème' is a word in it, convert it with: iconv -f WINDOWS-1252 -t UTF-8."
    """
    if _is_korean(content):
        return "It looks Korean: convert it with: iconv -f CP949 -t UTF-8."
    if _is_latin(content) and (word := _foreign_word(content)):
        return f"If {word!r} is a word in it, convert it with: iconv -f WINDOWS-1252 -t UTF-8."
    return "Save it as UTF-8 where it was made, or convert it with iconv from its own encoding."


def _decode(content: bytes, encoding: str) -> str | None:
    try:
        return codecs.getincrementaldecoder(encoding)().decode(content)  # the end may be cut
    except UnicodeDecodeError:
        return None


def _is_utf8(content: bytes) -> bool:
    return content.isascii() or _decode(content, "utf-8") is not None


def _is_western(content: bytes) -> bool:
    """Tell whether a text is the same in all encodings of Latin script that it can be in."""
    return len({_decode(content, encoding) for encoding in _LATIN}) == 1


def _seems_western(content: bytes) -> bool:
    """Tell whether a text has letters and signs of Western European languages only."""
    text = _decode(content, "cp1252")
    if text is None or _UNLIKELY.search(text) or _UTF8_PAIR.search(content):
        return False
    if ("¿" in text and "?" not in text) or ("¡" in text and "!" not in text):
        return False
    return all(character.isascii() or character in _WESTERN for character in text)


def _foreign_word(content: bytes) -> str | None:
    """Return the first word that is not ASCII, read as Western European."""
    word = re.search(r"[^\s,;\"']*[^\x00-\x7f][^\s,;\"']*", _decode(content, "cp1252") or "")
    return word.group()[:40] if word else None


def _utf16(head: bytes) -> str | None:
    """Return the byte order of a text whose every other byte is mostly zero."""
    zeros = head[0::2].count(0), head[1::2].count(0)
    half = len(head) // 2
    if min(zeros) == 0 and 2 * max(zeros) > half and head.count(b"\0\0\0") == 0:
        return "utf-16-be" if zeros[0] else "utf-16-le"
    return None


def _is_korean(content: bytes) -> bool:
    """Tell whether what is not ASCII is Hangul in CP949; Chinese would give Chinese signs, too."""
    text = _decode(content, "cp949")
    foreign = [character for character in text or "" if not character.isascii()]
    syllables = [character for character in foreign if "가" <= character <= "힣"]
    usual = sum(syllable in _USUAL for syllable in syllables)
    if usual < _SHARE_OF_USUAL * len(syllables):
        return False
    if _LEAST_USUAL <= usual == len(foreign):
        return True
    # The common ones, which EUC-KR has. Japanese text would give the others.
    common = sum(_decode(syllable.encode("cp949"), "euc-kr") == syllable for syllable in syllables)
    return len(syllables) >= max(
        _LEAST_SYLLABLES, _SHARE_OF_SYLLABLES * len(foreign)
    ) and common >= _SHARE_OF_COMMON * len(syllables)


def _is_latin(content: bytes) -> bool:
    """Tell whether what is not ASCII stands here and there among letters of the Latin script."""
    letters = len(re.findall(rb"[A-Za-z]", content))
    accents = len(re.findall(rb"[\x80-\xff]", content))
    return 0 < accents <= _MOST_ACCENTS * letters and not re.search(rb"[\x80-\xff]{3}", content)
