"""A file that comes with a form, such as an order, for as long as its act is under way; and the
number that an address names."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from counterfoil.core.use_cases import Upload
from counterfoil.web.forms import missing
from counterfoil.web.page import Visit

MOST_BYTES: Final = 12_000_000


def upload(visit: Visit, name: str, label: str) -> tuple[Upload, TemporaryDirectory[str]]:
    """The file of a field, and the folder of its own that it lies in; whoever gets it removes it.
    Raises InputFault `form_field_missing`."""
    sent = visit.form.file(name)
    if sent is None:
        raise missing(label)
    return keep(visit, sent.name, sent.data)


def keep(visit: Visit, name: str, data: bytes) -> tuple[Upload, TemporaryDirectory[str]]:
    """The same of bytes that are at hand. `name` is a plain file name."""
    folder = TemporaryDirectory(dir=spool_of(visit))
    path = Path(folder.name) / name
    path.write_bytes(data)
    return Upload(path), folder


def spool_of(visit: Visit) -> Path:
    """The folder of the office's machine for what is under way."""
    spool = visit.dispatch.office.directory / "exchange" / "tmp"
    spool.mkdir(parents=True, exist_ok=True)
    return spool


def number_of(visit: Visit) -> int:
    """The number in an address; 0, which numbers nothing, where none stands there."""
    text = visit.part("number")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0
