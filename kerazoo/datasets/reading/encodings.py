"""Text that is not UTF-8: read where it can be one encoding only, otherwise a remedy is named."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable
from typing import Protocol

from kerazoo.errors import InvalidInput

_HEAD = 2**20
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
# Bytes below 128 all of it, so that it seems to be UTF-8.
_ESCAPES = ((b"\x1b$)C", "iso2022_kr"), (b"\x1b$B", "iso2022_jp"), (b"\x1b$@", "iso2022_jp"))
# Of Western, Central European and Turkish text; letters that they share can be read in any of them.
_LATIN = ("cp1252", "iso8859-15", "cp1250", "iso8859-2", "cp1254")


class Readable(Protocol):
    """A stream that bytes are read from."""

    def read(self, size: int, /) -> bytes:
        """Return at most some bytes; none at the end only."""


class Utf8Stream:
    """A stream of bytes as UTF-8, whichever encoding it is in.

    Args:
        stream: the bytes.
        source: the file, for messages.
        note: told if it is in another encoding.
    """

    def __init__(self, stream: Readable, source: str, note: Callable[[str], object]) -> None:
        self._stream = stream
        self._source = source
        self._buffer = stream.read(_HEAD)
        self._decoder = None
        self._encoding = find_encoding(self._buffer)
        if self._encoding is not None:
            note(f"{source} is not UTF-8; read as {self._encoding.upper()}.")
            self._decoder = codecs.getincrementaldecoder(self._encoding)()
            self._buffer = self._decode(self._buffer)

    def read(self, size: int) -> bytes:
        """Return at most some bytes; none at the end only."""
        if not self._buffer:
            return self._read_on(size)
        content, self._buffer = self._buffer[:size], self._buffer[size:]
        return content

    def readline(self, limit: int) -> bytes:
        """Return the rest of a line, or as much of it as the limit allows."""
        while b"\n" not in self._buffer and len(self._buffer) < limit:
            more = self._read_on(_HEAD)
            if not more:
                break
            self._buffer += more
        end = self._buffer.find(b"\n") + 1 or len(self._buffer)
        return self.read(min(end, limit)) if self._buffer else b""

    def _read_on(self, size: int) -> bytes:
        if self._decoder is None:
            return self._stream.read(size)
        while content := self._stream.read(size):
            if decoded := self._decode(content):
                return decoded
        return self._decode(b"", final=True)

    def _decode(self, content: bytes, final: bool = False) -> bytes:
        assert self._decoder is not None
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
    for escape, encoding in _ESCAPES:
        if escape in head and _decode(head, encoding) is not None:
            return encoding
    if _decode(head, "utf-8") is not None:
        return None
    if _is_korean(head):
        return "cp949"
    read = {_decode(head, encoding) for encoding in _LATIN}
    return "cp1252" if len(read) == 1 and _is_latin(head) else None


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
    if _is_latin(content) and (text := _decode(content, "cp1252")):
        word = re.search(r"\w*[^\W\x00-\x7f]\w*", text)
        if word:
            return (
                f"If {word.group()!r} is a word in it, convert it with: iconv -f WINDOWS-1252 -t "
                "UTF-8."
            )
    return "Save it as UTF-8 where it was made, or convert it with iconv from its own encoding."


def _decode(content: bytes, encoding: str) -> str | None:
    try:
        return codecs.getincrementaldecoder(encoding)().decode(content)  # the end may be cut
    except UnicodeDecodeError:
        return None


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
