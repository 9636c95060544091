"""The inspector's sample: what an inspector signed on their own machine is sent here, the office
draws by the rule, and the folder comes back as one file, to be checked offline.

/inspection           what is sent, and what was drawn last in this session; POST draws, which is
                      entered, and counts an opening for each answer
/inspection/folder    the folder, as a ZIP file

The bundles in it are sealed to the inspector. Folder and sentences stay in the session, in memory,
until another is drawn or the session ends.
"""

from __future__ import annotations

import asyncio
import io
import zipfile
from collections.abc import Mapping
from datetime import date
from typing import Any, Final, NamedTuple

from starlette.responses import Response

from counterfoil.accountability.inspection.draw import DrawFiles, DrawnSample, SampleFiles
from counterfoil.core.errors import InputFault
from counterfoil.web.inspector.parts import saved
from counterfoil.web.officers.files import MOST_BYTES, upload
from counterfoil.web.page import Page, Visit

_KEPT: Final = "inspection"
_MOST_ROWS: Final = 4
_DATED: Final = (2026, 1, 1, 0, 0, 0)


class _Drawn(NamedTuple):
    """What was drawn, and the ZIP file of its folder."""

    sample: DrawnSample
    data: bytes

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
    data = await asyncio.to_thread(_packed, found.files)
    visit.session.kept[_KEPT] = _Drawn(found.sample, data)
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
    return saved(drawn.data, "sample.zip", "application/zip")


def _rows(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= _MOST_ROWS):
        raise ValueError("no number of answers")
    return int(text)


def _packed(files: Mapping[str, bytes]) -> bytes:
    """The files below `sample/` in a ZIP file, stored as they are: most of them are sealed."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(f"sample/{name}", _DATED), data)
    return whole.getvalue()


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
