"""Forms with files, as `curl --form` and pages send them: `multipart/form-data`."""

from __future__ import annotations

from dataclasses import dataclass, field

from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser, parse_options_header

from kerazoo._wording import counted
from kerazoo.serve.problems import Problem

Part = tuple[str, bool, bytes]
"""The name of a field, whether it is a file, and its content."""


@dataclass
class _Parts:
    """What is read of a form, as its parser tells."""

    most: int
    found: list[Part] = field(default_factory=list)
    header: bytes = b""
    value: bytes = b""
    content: list[bytes] = field(default_factory=list)
    disposition: bytes = b""

    def begin(self) -> None:
        self.content, self.disposition = [], b""
        if len(self.found) >= self.most:
            raise Problem(
                "too-large", f"the form has more than {counted(self.most, 'part')}; leave some out."
            )

    def header_end(self) -> None:
        if self.header.lower() == b"content-disposition":
            self.disposition = self.value
        self.header, self.value = b"", b""

    def add_header(self, data: bytes, start: int, end: int) -> None:
        self.header += data[start:end]

    def add_value(self, data: bytes, start: int, end: int) -> None:
        self.value += data[start:end]

    def add_content(self, data: bytes, start: int, end: int) -> None:
        self.content.append(data[start:end])

    def end(self) -> None:
        _, options = parse_options_header(self.disposition)
        name = options.get(b"name", b"").decode("utf-8", "replace")
        self.found.append((name, b"filename" in options, b"".join(self.content)))


def read_form(body: bytes, content_type: str, *, most: int) -> list[Part]:
    r"""Return the parts of a form.

    Args:
        body: of the request.
        content_type: what its headers say, with the boundary of the parts.
        most: how many there may be.

    Raises:
        Problem: if it is no whole form, or has more parts.

    Example:
        >>> head = b'--x\r\nContent-Disposition: form-data; name="fit"\r\n\r\n'
        >>> read_form(head + b"crop\r\n--x--\r\n", "multipart/form-data; boundary=x", most=1)
        [('fit', False, b'crop')]
    """
    _, options = parse_options_header(content_type)
    boundary = options.get(b"boundary", b"")
    parts = _Parts(most)
    is_whole = []
    if boundary:
        parser = MultipartParser(
            boundary,
            {
                "on_part_begin": parts.begin,
                "on_header_field": parts.add_header,
                "on_header_value": parts.add_value,
                "on_header_end": parts.header_end,
                "on_part_data": parts.add_content,
                "on_part_end": parts.end,
                "on_end": lambda: is_whole.append(True),
            },
        )
        try:
            parser.write(body)
            parser.finalize()
        except MultipartParseError as error:
            raise Problem("malformed", f"the body is no form: {error}") from error
    if not is_whole:
        raise Problem(
            "malformed", "the body is no whole form. Let a library or curl --form make it."
        )
    return parts.found
