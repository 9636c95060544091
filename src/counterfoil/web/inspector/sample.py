"""The inspector's sample: what an inspector signed on their own machine is sent here, the office
draws by the rule, and the folder comes back as one file, to be checked offline.

/inspection           what is sent, and what was drawn last in this session; POST draws, which is
                      entered, and counts an opening for each answer
/inspection/folder    the folder, as a ZIP file

The bundles in it are sealed to the inspector. The sentences stay in the session, in memory, and the
ZIP file beside it in the office's folder, under no name, until another is drawn or the session
ends: the system takes it back with the last who has it open.
"""

from __future__ import annotations

import asyncio
import os
import zipfile
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any, Final, NamedTuple

from starlette.responses import Response, StreamingResponse

from counterfoil.accountability.inspection.draw import DrawFiles, DrawnSample, SampleFiles
from counterfoil.core.errors import InputFault
from counterfoil.web.inspector.parts import saved_as
from counterfoil.web.officers.files import MOST_BYTES, spool_of, upload
from counterfoil.web.page import Page, Visit

_KEPT: Final = "inspection"
_MOST_ROWS: Final = 4
_BLOCK: Final = 262_144
_DATED: Final = (2026, 1, 1, 0, 0, 0)


class _Drawn(NamedTuple):
    """What was drawn, and the ZIP file of its folder, which has no name."""

    sample: DrawnSample
    file: IO[bytes]
    size: int

    def __repr__(self) -> str:
        return "<drawn sample>"


async def show(visit: Visit) -> dict[str, Any]:
    """The form, and what was drawn last."""
    return {"drawn": visit.session.kept.get(_KEPT)}


async def draw(visit: Visit) -> dict[str, Any]:
    """Draw the sample that an inspector asked for."""
    form = visit.form
    inspector = form.need("inspector", "The inspector's verifier key")
    first = form.read("first", "First day", date.fromisoformat)
    last = form.read("last", "Last day", date.fromisoformat)
    rows = form.read("rows", "Number of answers", _rows)
    nonce, spool = upload(visit, "nonce", "What the inspector signed")
    try:
        question = DrawFiles(nonce, inspector.strip(), first, last, rows)
        found: SampleFiles = await visit.ask("inspector-sample", question)
    finally:
        spool.cleanup()
    file, size = await asyncio.to_thread(_packed, spool_of(visit), found.files)
    visit.session.kept[_KEPT] = _Drawn(found.sample, file, size)
    return await show(visit)


async def folder(visit: Visit) -> Response:
    """The folder that was drawn last."""
    drawn: _Drawn | None = visit.session.kept.get(_KEPT)
    if drawn is None:
        raise InputFault(
            "sample_none",
            "no sample was drawn in this session",
            place="inspection",
            cure="Draw it again on the page of the inspector's sample; that is entered again.",
        )
    headers = saved_as("sample.zip") | {"Content-Length": str(drawn.size)}
    return StreamingResponse(_blocks(drawn.file), headers=headers, media_type="application/zip")


def _rows(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= _MOST_ROWS):
        raise ValueError("no number of answers")
    return int(text)


def _packed(spool: Path, files: Mapping[str, bytes]) -> tuple[IO[bytes], int]:
    """The files below `sample/` in a ZIP file, stored as they are, because most of them are sealed;
    and its size."""
    whole = TemporaryFile(dir=spool)  # noqa: SIM115 - the session keeps it open
    with zipfile.ZipFile(whole, "w") as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(f"sample/{name}", _DATED), data)
    whole.flush()
    return whole, whole.tell()


def _blocks(file: IO[bytes]) -> Iterator[bytes]:
    """The whole file, whoever else reads it at the same time."""
    at = 0
    while block := os.pread(file.fileno(), _BLOCK, at):
        at += len(block)
        yield block


PAGES: Final = (
    Page(
        name="inspection",
        path="/inspection",
        title="Inspector's sample",
        template="inspector/sample.html",
        actions=("inspector-sample",),
        show=show,
        send=draw,
        parents=("evidence",),
        most_bytes=MOST_BYTES,
    ),
    Page(
        name="inspection-folder",
        path="/inspection/folder",
        title="Folder of the sample",
        template="inspector/sample.html",
        actions=("inspector-sample",),
        show=folder,
        parents=("evidence", "inspection"),
    ),
)
