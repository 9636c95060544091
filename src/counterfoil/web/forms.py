"""The fields and files of a form that a browser sent: `application/x-www-form-urlencoded`, or
`multipart/form-data` where files come with it. Nothing here is trusted, and nothing is printed.

A field that comes twice is refused, but where a page asks for `several`. At most 2,000 fields.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Final, TypeVar
from urllib.parse import parse_qsl

from counterfoil.core.errors import InputFault
from counterfoil.core.values import Sensitive

MOST_FIELDS: Final = 2_000
_BOUNDARY: Final = re.compile(
    r'multipart/form-data;\s*boundary="?([A-Za-z0-9\'()+_,./:=?-]{1,70})"?'
)
_DISPOSITION: Final = re.compile(
    rb'form-data; name="([^"\r\n]{1,200})"(?:; filename="([^"\r\n]{0,400})")?', re.IGNORECASE
)
_FILE_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,100}")
Value = TypeVar("Value")


class SentFile(Sensitive, frozen=True):
    """A file of a form. `name` has no folder and only plain characters."""

    name: str
    data: bytes


class Form(Sensitive, frozen=True):
    """What was sent, in order."""

    fields: tuple[tuple[str, str], ...] = ()
    files: tuple[tuple[str, SentFile], ...] = ()

    def several(self, name: str) -> list[str]:
        """All values of a field."""
        return [value for each, value in self.fields if each == name]

    def get(self, name: str) -> str:
        """The value of a field without the space around it; "" where it is not there. Raises
        InputFault `form_field_twice`."""
        found = self.several(name)
        if len(found) > 1:
            raise InputFault(
                "form_field_twice",
                "a field of the form came twice",
                place="form",
                cure="Open the page again and send its form once.",
            )
        return found[0].strip() if found else ""

    def need(self, name: str, label: str) -> str:
        """The value of a field that must be filled in. Raises InputFault `form_field_missing`,
        whose place is the label."""
        if value := self.get(name):
            return value
        raise missing(label)

    def choose(self, name: str, label: str, choices: Iterable[Value]) -> Value:
        """The one of these values whose text was sent. Raises InputFault `form_choice`."""
        sent = self.get(name)
        for each in choices:
            if str(each) == sent:
                return each
        raise InputFault(
            "form_choice", "none of the choices was made", place=label, cure="Choose one of them."
        )

    def read(self, name: str, label: str, reads: Callable[[str], Value]) -> Value:
        """The value of a field as `reads` makes it. Raises InputFault `form_field_other` where that
        raises ValueError."""
        try:
            return reads(self.need(name, label))
        except ValueError:
            raise InputFault(
                "form_field_other",
                "this is not written as the field asks for",
                place=label,
                cure="See the hint at the field.",
            ) from None

    def file(self, name: str) -> SentFile | None:
        """A file that was chosen; None where none was."""
        found = [file for each, file in self.files if each == name and file.data]
        return found[0] if found else None


NO_FORM: Final = Form()


def missing(label: str) -> InputFault:
    """A field is empty that must be filled in."""
    return InputFault(
        "form_field_missing",
        "this field is empty and must be filled in",
        place=label,
        cure="Fill it in and send the form again.",
    )


def unreadable() -> InputFault:
    """The body is no form."""
    return InputFault(
        "form_unreadable",
        "the body is no form as a browser sends it",
        place="body",
        cure="Open the page again and send its form.",
    )


def boundary_of(content_type: str) -> bytes:
    """What parts a form in parts, with its two dashes; b"" where it is none."""
    found = _BOUNDARY.fullmatch(content_type)
    return b"--" + found[1].encode("ascii") if found else b""


def names_of(head: bytes) -> tuple[bytes, bytes | None]:
    """(name, file name or None) in the head of a part, which begins with the rest of the boundary's
    line. Raises ValueError for any other."""
    lines = head.split(b"\r\n")
    if lines[0].strip():
        raise ValueError("a part without a head")
    for line in lines[1:]:
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-disposition":
            said = _DISPOSITION.fullmatch(value.strip())
            if said is None:
                break
            return said[1], said[2]
    raise ValueError("a part without a name")


def read_form(data: bytes, content_type: str) -> Form:
    """The form of a body. Raises InputFault `form_unreadable`."""
    try:
        if boundary := boundary_of(content_type):
            return _parted(data, boundary)
        if content_type.partition(";")[0].strip() != "application/x-www-form-urlencoded":
            raise ValueError("no form")
        pairs = parse_qsl(
            data.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=bool(data),
            errors="strict",
            max_num_fields=MOST_FIELDS,
        )
    except (ValueError, UnicodeError):
        raise unreadable() from None
    return Form(tuple((name, _lines(value)) for name, value in pairs))


def _parted(data: bytes, boundary: bytes) -> Form:
    parts = (b"\r\n" + data).split(b"\r\n" + boundary)
    if len(parts) < 2 or len(parts) > MOST_FIELDS or parts[0] or parts[-1].strip() != b"--":
        raise ValueError("not in parts")
    return _form_of([_part(each) for each in parts[1:-1]])


def _part(part: bytes) -> tuple[str, str | None, bytes]:
    """Name, file name and content of one part."""
    head, found, content = part.partition(b"\r\n\r\n")
    if not found:
        raise ValueError("a part without a head")
    name, file = names_of(head)
    return name.decode("utf-8"), None if file is None else file.decode("utf-8"), content


def _form_of(parts: Sequence[tuple[str, str | None, bytes]]) -> Form:
    fields = [
        (name, _lines(content.decode("utf-8"))) for name, file, content in parts if file is None
    ]
    files = [
        (name, SentFile(_plain(file), content)) for name, file, content in parts if file is not None
    ]
    return Form(tuple(fields), tuple(files))


def _plain(name: str) -> str:
    last = name.replace("\\", "/").rpartition("/")[2]
    return last if _FILE_NAME.fullmatch(last) else "file"


def _lines(value: str) -> str:
    return value.replace("\r\n", "\n")
