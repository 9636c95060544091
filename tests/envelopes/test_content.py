"""What is inside an item is a list of parts of known names, each whole."""

from __future__ import annotations

import io

import pytest

from counterfoil.core import canonical
from counterfoil.core.errors import VerifyFault
from counterfoil.envelopes import Content, write_content
from tests.envelopes.items import OFFICE, READER

ROWS, SIDE = b"request_id\r\nq-1\r\n", b"e30.e30.AA"


def written() -> bytes:
    sink = io.BytesIO()
    parts = {"request.csv": io.BytesIO(ROWS), "request.header.jws": io.BytesIO(SIDE)}
    write_content(sink, parts, [READER.public, OFFICE.public])
    return sink.getvalue()


def read(content: Content, name: str) -> bytes:
    sink = io.BytesIO()
    content.copy(name, sink)
    return sink.getvalue()


def test_parts_and_keys_come_back() -> None:
    content = Content(io.BytesIO(written()))
    assert [part.name for part in content.parts] == ["request.csv", "request.header.jws"]
    assert (read(content, "request.header.jws"), read(content, "request.csv")) == (SIDE, ROWS)
    assert [key.key_id for key in content.reply_to] == [READER.key_id, OFFICE.key_id]
    assert "answer.jws" not in content


def _with_index(index: object, rest: bytes = b"") -> bytes:
    return b"counterfoil-content-1\n" + canonical.encode(index) + b"\n" + rest


def _part(name: str = "request.csv", size: int = 3) -> dict[str, object]:
    return {"name": name, "size": size, "digest": canonical.digest(b"abc")}


WRONG = {
    "another format": (b"counterfoil-content-2\n{}\n", "content_format"),
    "no index": (b"counterfoil-content-1\n", "content_index"),
    "an index of another form": (_with_index({"parts": []}), "content_index"),
    "no parts": (_with_index({"parts": [], "reply_to": []}), "content_index"),
    "a name that is a path": (
        _with_index({"parts": [_part("../request.csv")], "reply_to": []}, b"abc"),
        "content_index",
    ),
    "a name twice": (
        _with_index({"parts": [_part(), _part()], "reply_to": []}, b"abcabc"),
        "content_index",
    ),
    "a negative length": (
        _with_index({"parts": [_part(size=-1)], "reply_to": []}),
        "content_index",
    ),
    "a part that is short": (
        _with_index({"parts": [_part()], "reply_to": []}, b"ab"),
        "content_index",
    ),
    "bytes after the last": (
        _with_index({"parts": [_part()], "reply_to": []}, b"abcd"),
        "content_index",
    ),
    "no key": (
        _with_index({"parts": [_part()], "reply_to": ["x"]}, b"abc"),
        "opening_key_malformed",
    ),
    "keys without end": (
        _with_index({"parts": [_part()], "reply_to": ["x"] * 17}, b"abc"),
        "content_index",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_no_content_is_refused(name: str) -> None:
    data, code = WRONG[name]
    with pytest.raises(VerifyFault) as raised:
        Content(io.BytesIO(data))
    assert raised.value.code == code


def test_a_part_that_differs_or_is_missing_is_named() -> None:
    content = Content(io.BytesIO(written().replace(b"q-1", b"q-2")))
    for name in ("request.csv", "answer.rows"):
        with pytest.raises(VerifyFault, match="content_part") as raised:
            read(content, name)
        assert name in raised.value.place


def test_a_part_of_no_known_name_is_not_written() -> None:
    with pytest.raises(ValueError, match="name"):
        write_content(io.BytesIO(), {"my-file.csv": io.BytesIO()})
