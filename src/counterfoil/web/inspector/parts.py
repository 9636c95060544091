"""What the inspector's pages have in common: days of a field, and files that a browser saves."""

from __future__ import annotations

from datetime import date

from starlette.responses import Response

from counterfoil.core.errors import InputFault


def read_day(text: str, place: str) -> date:
    """A day of a field. Raises InputFault `form_field_other`."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise InputFault(
            "form_field_other",
            "this is not written as the field asks for",
            place=place,
            cure="Write a day as 2026-03-02.",
        ) from None


def saved(data: str | bytes, name: str, media_type: str = "text/plain; charset=utf-8") -> Response:
    """A file, text where nothing else is said, that a browser saves under a name."""
    return Response(data, headers=saved_as(name), media_type=media_type)


def saved_as(name: str) -> dict[str, str]:
    """The header by which a browser saves a file under a name."""
    return {"Content-Disposition": f'attachment; filename="{name}"'}
