"""A file that comes with a form, such as an order, for as long as its act is under way."""

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
    spool = visit.dispatch.office.directory / "exchange" / "tmp"
    spool.mkdir(parents=True, exist_ok=True)
    folder = TemporaryDirectory(dir=spool)
    path = Path(folder.name) / sent.name
    path.write_bytes(sent.data)
    return Upload(path), folder
