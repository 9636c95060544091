"""An item is read by whom it is sealed to, says what its sender signed, and is whole: or it is
refused with a code, and nothing of it is left."""

from __future__ import annotations

import hashlib
import io
import tracemalloc
from datetime import timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterfoil.core.errors import VerifyFault
from counterfoil.envelopes import (
    OpenedItem,
    OpeningKey,
    answer_length,
    new_item,
    new_opening_secret,
    open_item,
    padded_length,
    parse_opening_key,
    peek_header,
    require_current,
    sealed_length,
)
from counterfoil.envelopes import seal as sealing
from counterfoil.envelopes.chunks import ChunkWriter
from counterfoil.envelopes.header import FORMAT, MAX_HEADER_BYTES, is_item, read_header
from counterfoil.envelopes.jws import sign_jws
from counterfoil.tlog.note import VerifierKey
from tests.envelopes.independent import make_item, padme, read_item
from tests.envelopes.items import (
    AGREEMENT,
    ITEM,
    OFFICE,
    OFFICE_SECRET,
    ORIGIN,
    READER,
    SENDER,
    STRANGER,
    header,
    sealed,
)

CONTENT = b"request_id,first_name\r\nq-1,Ada\r\n"
SIZES = [0, 1, 4096, 4097, 16_384, 16_385, 40_000]


def opened(item: bytes, *keys: OpeningKey, signers: tuple[VerifierKey, ...] = (SENDER.verifier,)) -> tuple[OpenedItem, bytes]:  # fmt: skip
    sink = io.BytesIO()
    held = {key.key_id: key for key in keys or (OFFICE,)}
    return open_item(io.BytesIO(item), sink, held, lambda _: signers), sink.getvalue()


def refused(item: bytes, *keys: OpeningKey, signers: tuple[VerifierKey, ...] = (SENDER.verifier,)) -> str:  # fmt: skip
    """The code of the refusal; what was written is gone."""
    sink = io.BytesIO()
    held = {key.key_id: key for key in keys or (OFFICE,)}
    with pytest.raises(VerifyFault) as raised:
        open_item(io.BytesIO(item), sink, held, lambda _: signers)
    assert sink.getvalue() == b""
    assert raised.value.place and raised.value.cure
    return raised.value.code


@pytest.mark.parametrize("size", SIZES)
def test_what_was_sealed_is_opened_by_each_whom_it_names(size: int) -> None:
    content = bytes(range(256)) * (size // 256) + b"x" * (size % 256)
    item = sealed(content, OFFICE, READER)
    for key in (OFFICE, READER):
        found, clear = opened(item, key)
        assert clear == content
        assert (found.header.item, found.signer, found.size) == (ITEM, "requester", size)
        assert found.header == peek_header(io.BytesIO(item))
    assert len(item) == sealed_length(found.header, "requester")


@pytest.mark.parametrize("size", [0, 40_000])
def test_a_reader_written_from_the_format_reads_it(size: int) -> None:
    content = b"y" * size
    found, clear = read_item(sealed(content, READER, OFFICE), OFFICE_SECRET, str(SENDER.verifier))
    assert (clear, found["office"]) == (content, ORIGIN)


@pytest.mark.parametrize("size", [0, 40_000])
def test_an_item_made_from_the_format_alone_is_opened(size: int) -> None:
    content = b"z" * size
    said = {
        "office": ORIGIN,
        "agreement": AGREEMENT,
        "item": ITEM,
        "expires": "2026-06-01T00:00:00Z",
    }
    item = make_item(content, said, OFFICE.public.public, SENDER.private, str(SENDER.verifier))
    found, clear = opened(item)
    assert (clear, found.header.expires) == (content, header().expires)


def _classes(item: bytes) -> dict[str, tuple[int, int]]:
    """Where each class of bytes begins and ends, of an item for two."""
    line = item.index(b"\n", len(FORMAT) + 1) + 1
    stanza, chunks = sealing.STANZA_BYTES, line + 2 * sealing.STANZA_BYTES
    return {
        "format": (0, len(FORMAT)),
        "header": (len(FORMAT) + 1, line - 1),
        "newline": (line - 1, line),
        "own seal, ML-KEM": (line, line + 1568),
        "own seal, P-384": (line + 1568, line + 1665),
        "own seal, key": (line + 1665, line + stanza),
        "another's seal": (line + stanza, chunks),
        "salt": (chunks, chunks + 24),
        "commitment": (chunks + 24, chunks + 56),
        "first chunk": (chunks + 56, chunks + 56 + 16_400),
        "last chunk": (len(item) - 17, len(item)),
    }


ALTERED = {
    "format": {"item_format"},
    "header": {"item_header", "item_format", "item_seal", "item_key", "item_cut"},
    "newline": {"item_header", "item_cut"},
    "own seal, ML-KEM": {"item_seal"},
    "own seal, P-384": {"item_seal"},
    "own seal, key": {"item_seal"},
    "another's seal": {"item_commitment"},
    "salt": {"item_commitment"},
    "commitment": {"item_commitment"},
    "first chunk": {"item_chunk"},
    "last chunk": {"item_chunk"},
}
WHOLE = sealed(b"a" * 20_000, OFFICE, READER)


@pytest.mark.parametrize("name", sorted(ALTERED))
@given(data=st.data())
def test_every_class_of_bytes_that_is_altered_is_refused_with_its_code(name: str, data: st.DataObject) -> None:  # fmt: skip
    first, last = _classes(WHOLE)[name]
    at = data.draw(st.integers(first, last - 1))
    value = data.draw(st.integers(0, 255).filter(lambda each: each != WHOLE[at]))
    assert refused(WHOLE[:at] + bytes([value]) + WHOLE[at + 1 :]) in ALTERED[name]


@given(at=st.integers(0, len(WHOLE) - 1))
def test_an_item_that_is_cut_anywhere_is_refused(at: int) -> None:
    assert refused(WHOLE[:at]) in {"item_cut", "item_chunk", "item_format", "item_header"}


def test_an_item_cut_where_a_chunk_ends_is_refused_as_cut() -> None:
    start = _classes(WHOLE)["first chunk"][0]
    for at in (start, start + 16_400):
        assert refused(WHOLE[:at]) == "item_cut"


def test_chunks_that_are_doubled_swapped_or_left_out_are_refused() -> None:
    item = sealed(b"b" * 60_000)
    start = item.index(b"\n", len(FORMAT) + 1) + 1 + sealing.STANZA_BYTES + 56
    pieces = [item[at : at + 16_400] for at in range(start, len(item), 16_400)]
    one, two, *rest = pieces
    for other in ([two, one, *rest], [one, one, *pieces], [two, *rest], [*pieces, pieces[-1]]):
        assert refused(item[:start] + b"".join(other)) == "item_chunk"


def test_an_item_for_somebody_else_is_not_opened() -> None:
    assert refused(sealed(CONTENT), READER) == "item_key"


def test_an_item_by_somebody_who_may_not_send_is_refused_before_anything_is_written() -> None:
    assert refused(sealed(CONTENT, signer=STRANGER)) == "item_signer"
    assert refused(sealed(CONTENT), signers=()) == "item_signer"


def test_a_signature_by_another_key_of_the_same_name_and_id_is_refused() -> None:
    item = sealed(CONTENT)
    twin = msgspec_key(SENDER.verifier, STRANGER.verifier.public)
    assert refused(item, signers=(twin,)) == "item_signature"


def msgspec_key(key: VerifierKey, public: bytes) -> VerifierKey:
    return VerifierKey(key.name, key.key_id, public)


def _sealed_by_hand(line: bytes, inside: bytes) -> bytes:
    """What somebody makes who has the office's public key and a signed inside."""
    key = bytes(32)
    stanza = OFFICE.public.seal(key, sealing.seal_info(line))
    sink = io.BytesIO(sealing.MAGIC + line + b"\n" + stanza)
    sink.seek(0, 2)
    writer = ChunkWriter(sink, key, sealing.chunk_context(line, stanza))
    writer.write(inside)
    writer.close()
    return sink.getvalue()


def test_a_signed_inside_that_is_sealed_to_another_office_is_refused() -> None:
    to_reader = sealed(CONTENT, READER)
    _, clear = opened(to_reader, READER)
    theirs = peek_header(io.BytesIO(to_reader))
    ours = msgspec.structs.replace(theirs, to=(OFFICE.key_id,), office="other.example/office")
    signature = opened(to_reader, READER)[0].signature
    inside = len(signature).to_bytes(4) + signature + bytes(32) + len(clear).to_bytes(8)
    inside += clear.ljust(theirs.length, b"\0")
    assert refused(_sealed_by_hand(ours.encode(), inside)) == "item_header_other"


INSIDES = {
    "the content is another": lambda jws: _inside(jws, content=CONTENT + b"q-2,Eve\r\n"),
    "the padding holds something": lambda jws: _inside(jws, padding=b"\1"),
    "the padding is short": lambda jws: _inside(jws)[:-1],
    "the padding is long": lambda jws: _inside(jws) + b"\0",
    "the length is over the header's": lambda jws: _inside(jws, size=4097),
    "the signature's length is over its limit": lambda jws: b"\xff" * 4 + _inside(jws)[4:],
}


def _inside(jws: bytes, content: bytes = CONTENT, padding: bytes = b"", size: int = -1) -> bytes:
    size = len(content) if size < 0 else size
    body = (content + padding).ljust(4096, b"\0")
    return len(jws).to_bytes(4) + jws + bytes(32) + size.to_bytes(8) + body


@pytest.mark.parametrize("name", sorted(INSIDES))
def test_what_a_sender_sealed_wrongly_is_refused(name: str) -> None:
    content = sealing.commit_content(bytes(32), hashlib.sha256(CONTENT).digest())
    line = header(to=(OFFICE.key_id,), length=4096, content=content).encode()
    jws = sign_jws(line, FORMAT, SENDER)
    assert opened(_sealed_by_hand(line, _inside(jws)))[1] == CONTENT
    assert refused(_sealed_by_hand(line, INSIDES[name](jws))) == "item_content"


@pytest.mark.parametrize("typ", ["counterfoil-receipt-1", "JWT"])
def test_a_signature_over_something_else_is_none_over_an_item(typ: str) -> None:
    line = header(to=(OFFICE.key_id,), length=4096, content=AGREEMENT).encode()
    jws = sign_jws(line, typ, SENDER)
    assert refused(_sealed_by_hand(line, _inside(jws))) == "item_malformed"


WHOLE_HEADER = header(to=(OFFICE.key_id,), length=4096, content=AGREEMENT)
HEADERS = {
    "a field too many": b'{"a":1,',
    "white space": b"{ ",
    "a field twice": b'{"agreement":"' + AGREEMENT.encode() + b'",',
}


@pytest.mark.parametrize("name", sorted(HEADERS))
def test_a_header_that_is_not_the_one_form_is_refused(name: str) -> None:
    line = WHOLE_HEADER.encode()
    with pytest.raises(VerifyFault) as raised:
        read_header(HEADERS[name] + line[1:])
    assert raised.value.code == "item_header"


FIELDS = [
    ("kind", "recall"),
    ("item", "../../etc/passwd"),
    ("item", ITEM.upper()),
    ("office", "two words"),
    ("office", ""),
    ("to", ()),
    ("to", (OFFICE.key_id,) * 2),
    ("to", tuple(f"sha256:{n:064x}" for n in range(17))),
    ("agreement", ""),
    ("answers", "x"),
    ("length", 0),
    ("length", 2**32 + 1),
    ("length", True),
    ("content", "sha256:00"),
]


@pytest.mark.parametrize(("name", "value"), FIELDS)
def test_a_field_of_another_form_is_refused(name: str, value: object) -> None:
    line = msgspec.structs.replace(WHOLE_HEADER, **{name: value}).encode()
    with pytest.raises(VerifyFault) as raised:
        read_header(line)
    assert raised.value.code == "item_header"
    assert str(value) not in raised.value.message or value in ("", (), True, 0)


def test_an_unknown_version_and_a_long_header_are_refused() -> None:
    line = WHOLE_HEADER.encode()
    with pytest.raises(VerifyFault, match="item_format"):
        read_header(line.replace(b"item-1", b"item-2"))
    with pytest.raises(VerifyFault, match="item_header"):
        read_header(b" " * MAX_HEADER_BYTES + line)
    assert refused(b"request_id,first_name\r\nq-1,Ada\r\n") == "item_format"


@given(st.binary(max_size=300))
def test_no_bytes_are_an_item_by_accident(data: bytes) -> None:
    assert refused(data) == "item_format"
    assert refused(sealing.MAGIC + data) in {"item_cut", "item_header", "item_format"}


def test_an_item_is_acted_on_to_its_last_second() -> None:
    last = header().expires
    require_current(header(), last)
    with pytest.raises(VerifyFault, match="item_expired"):
        require_current(header(), last + timedelta(seconds=1))


@given(st.integers(0, 2**32))
def test_lengths_are_those_of_padme(length: int) -> None:
    padded = padded_length(length)
    assert padded == padme(length)
    assert length <= padded <= max(4096, length * 1.12)
    assert padded_length(padded) == padded


def test_lengths_near_each_other_are_one_and_an_answers_is_its_rooms() -> None:
    assert len({padded_length(n) for n in range(100_400, 102_400)}) == 1
    assert answer_length(5000) == answer_length(6000)


def test_two_items_of_one_content_have_nothing_in_common_but_the_header() -> None:
    one, two = sealed(CONTENT), sealed(CONTENT)
    assert peek_header(io.BytesIO(one)).content != peek_header(io.BytesIO(two)).content
    assert len(one) == len(two)


def test_an_items_name_is_random_and_safe_in_a_path() -> None:
    assert is_item(new_item()) and new_item() != new_item()
    assert not is_item("../" + ITEM[3:])


def test_a_key_that_is_none_is_refused_and_a_keys_text_hides_its_secret() -> None:
    for text in ("", "x", str(OFFICE.public)[:-8], "A" * 2220):
        with pytest.raises(VerifyFault, match="opening_key_malformed"):
            parse_opening_key(text)
    assert parse_opening_key(str(OFFICE.public)).key_id == OFFICE.key_id
    assert OFFICE.key_id in repr(OFFICE)
    with pytest.raises(ValueError, match="112"):
        OpeningKey(bytes(111))
    assert OpeningKey(new_opening_secret()).key_id != OFFICE.key_id


def test_sealing_to_nobody_or_over_its_room_is_a_bug_of_the_caller() -> None:
    with pytest.raises(ValueError, match="room"):
        sealing.seal_item(io.BytesIO(CONTENT), io.BytesIO(), header(), [], SENDER)
    with pytest.raises(ValueError, match="room"):
        sealed(CONTENT, length=10)


def test_memory_is_bounded_whatever_the_size() -> None:
    """A tenth of 500 MB through both ways takes less than 2 MB at any moment."""

    class Zeros(io.RawIOBase):
        size, at = 50_000_000, 0

        def read(self, count: int = -1) -> bytes:
            count = min(count, self.size - self.at)
            self.at += count
            return bytes(count)

        def seek(self, place: int, _whence: int = 0) -> int:
            self.at = place
            return place

    class Nowhere(io.BytesIO):
        def write(self, data: bytes) -> int:  # type: ignore[override]
            return len(data)

    tracemalloc.start()
    sealing.seal_item(Zeros(), Nowhere(), header(), [OFFICE.public], SENDER)  # type: ignore[arg-type]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2_000_000
