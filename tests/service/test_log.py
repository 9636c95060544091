"""The log holds codes, ids and numbers, whoever writes into it."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest

from counterfoil.service.log import hear_libraries, log_of

MARKED = "Garcia Lopez 412 Maple St"


@pytest.fixture(autouse=True)
def _root() -> Iterator[None]:
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    yield
    root.handlers[:] = before
    root.setLevel(level)


def test_what_a_library_says_becomes_an_event_without_its_text() -> None:
    """A traceback of the web server or of the database's driver could hold a value of a request."""
    out = io.StringIO()
    hear_libraries(log_of("office", out))
    try:
        raise ValueError(MARKED)
    except ValueError:
        logging.getLogger("uvicorn.error").exception("Exception with %s", MARKED)
    logging.getLogger("sqlalchemy.pool").warning(MARKED)
    logging.getLogger("another").info(MARKED)
    events = [json.loads(line) for line in out.getvalue().splitlines()]
    said = [(each["event"], each["where"], each["kind"]) for each in events]
    assert said == [
        ("library", "uvicorn.error", "ValueError"),
        ("library", "sqlalchemy.pool", "WARNING"),
    ]
    assert "Garcia" not in out.getvalue()


def test_a_field_that_is_no_code_is_withheld() -> None:
    out = io.StringIO()
    log_of("gateway", out)("refused", code="item_id", place="Łódź\n" + MARKED)
    assert json.loads(out.getvalue())["place"] == "withheld"
