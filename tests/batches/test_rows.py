"""The rows of a batch as bytes, and the digest that officers sign."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterfoil.batches.encryption import BatchKey
from counterfoil.batches.rows import (
    DeterminationsDigest,
    Granted,
    Refused,
    Rejected,
    decode_determinations,
    decode_gated,
    decode_rejects,
    encode_determinations,
    encode_row,
    pack,
    ruled_chunks,
)
from counterfoil.batches.ruling import Determined
from counterfoil.core.errors import StoreFault, VerifyFault
from counterfoil.core.values import (
    Address,
    Comparison,
    EngagedOfficer,
    Finding,
    Match,
    NotCompared,
    Person,
    Refusal,
    Request,
    State,
)
from tests.batches.office import (
    DETERMINATIONS,
    GATED,
    GRANT,
    MATCH,
    NO_MATCH,
    REFUSAL,
    REQUEST,
    ruling,
)

KEY = BatchKey("b-1", b"\x07" * 32)

TEXT = st.text(max_size=12)
ROW = st.integers(1, 2**53)
MATCHES = st.builds(
    Match,
    TEXT,
    ROW,
    st.booleans(),
    st.floats(),
    st.floats(),
    st.lists(st.builds(Comparison, TEXT, TEXT, st.floats()), max_size=3).map(tuple),
)
REFUSALS = st.builds(
    Refusal,
    TEXT,
    ROW,
    st.lists(st.builds(Finding, TEXT, st.sampled_from(State)), max_size=3).map(tuple),
    TEXT,
)
ROWS = st.lists(st.one_of(MATCHES, REFUSALS, st.builds(NotCompared, TEXT, ROW, TEXT)), max_size=20)
REQUESTS = st.builds(
    msgspec.structs.replace,
    st.just(REQUEST),
    person=st.builds(Person, TEXT, TEXT, TEXT, TEXT, st.none() | st.dates(), TEXT),
    reason=TEXT,
    row=ROW,
    taxable_periods=st.lists(TEXT, max_size=3).map(tuple),
    investigation_opened_on=st.none() | st.dates(),
    use_certified=st.booleans(),
)


def test_the_rejects_of_a_chunk_are_found_without_reading_its_other_rows() -> None:
    plain = pack([encode_row(row) for row in GATED])
    rejects = [row.reject for row in GATED if isinstance(row, Rejected)]
    assert rejects
    assert decode_rejects(plain) == rejects
    with pytest.raises(StoreFault) as caught:
        decode_rejects(plain[:-1])
    assert caught.value.code == "payload_rows"


def test_a_chunk_without_rejects_has_none_and_is_still_a_chunk() -> None:
    rows = [encode_row(row) for row in GATED if not isinstance(row, Rejected)]
    assert rows
    assert decode_rejects(pack(rows)) == []
    with pytest.raises(StoreFault) as caught:
        decode_rejects(b"\x01")
    assert caught.value.code == "payload_rows"


def _digest(*chunks: list, key: BatchKey = KEY) -> str:
    digest = DeterminationsDigest(key)
    for chunk in chunks:
        digest.add(encode_determinations(chunk))
    return digest.digest()


def test_gated_rows_come_back_as_they_went() -> None:
    assert decode_gated(pack([encode_row(row) for row in GATED])) == GATED


def test_determinations_come_back_as_they_went() -> None:
    assert decode_determinations(encode_determinations(DETERMINATIONS)) == DETERMINATIONS


@given(ROWS)
def test_any_determinations_come_back_as_the_same_bytes(rows: list) -> None:
    plain = encode_determinations(rows)
    assert encode_determinations(decode_determinations(plain)) == plain


@given(REQUESTS)
def test_any_request_comes_back_equal(request: Request) -> None:
    rows = [Granted(msgspec.structs.replace(GRANT, request=request)), Refused(request, REFUSAL)]
    assert decode_gated(pack([encode_row(row) for row in rows])) == rows


@pytest.mark.parametrize(
    "plain",
    [b"", b"\x91", b"\x91\x92\xa4nope\x90", b"\xc0", msgspec.msgpack.encode([1]), b"\xff" * 9],
)
def test_bytes_that_are_no_rows_are_refused(plain: bytes) -> None:
    for decode in (decode_gated, decode_determinations):
        with pytest.raises(StoreFault) as fault:
            decode(plain)
        assert fault.value.code == "payload_rows"


@given(ROWS, st.integers(0, 40))
def test_the_digest_does_not_depend_on_the_chunks(rows: list, cut: int) -> None:
    assert _digest(rows) == _digest(rows[:cut], rows[cut:])


@pytest.mark.parametrize("count", [0, 15, 16, 17, 65_535, 65_536])
def test_the_digest_reads_every_width_of_array(count: int) -> None:
    rows = [NO_MATCH] * count
    assert _digest(rows) == _digest(rows[: count // 2], rows[count // 2 :])


@pytest.mark.parametrize(
    "changed",
    [
        DETERMINATIONS[:-1],
        [*DETERMINATIONS, NO_MATCH],
        DETERMINATIONS[::-1],
        [msgspec.structs.replace(MATCH, score_bits=31.5), *DETERMINATIONS[1:]],
    ],
    ids=["one less", "one more", "another order", "other evidence"],
)
def test_the_digest_covers_every_row_its_order_and_its_evidence(changed: list) -> None:
    assert _digest(changed) != _digest(DETERMINATIONS)


def test_p7_the_digest_of_fixed_determinations_never_changes() -> None:
    assert (
        _digest(DETERMINATIONS)
        == "sha256:fa28f9cf1c834e630c7f2726c09acd28c460c61d909e0bebeef9aeaa51ecc907"
    )


def test_the_digest_is_salted_with_the_batch_key() -> None:
    assert _digest(DETERMINATIONS) != _digest(DETERMINATIONS, key=BatchKey("b-1", b"\x08" * 32))


@pytest.mark.parametrize("plain", [b"", b"\xc0", b"\xdc\x00"])
def test_the_digest_refuses_bytes_that_are_no_array(plain: bytes) -> None:
    with pytest.raises(StoreFault):
        DeterminationsDigest(KEY).add(plain)


def _ruled(chunks: list[list]) -> list:
    signed = ruling(Determined("example.gov/disclosure", "b-1", _digest(DETERMINATIONS)))
    plain = [encode_determinations(chunk) for chunk in chunks]
    return [row for chunk in ruled_chunks(plain, KEY, signed) for row in chunk]


def test_ruled_chunks_gives_what_the_officers_signed() -> None:
    assert _ruled([DETERMINATIONS[:1], DETERMINATIONS[1:]]) == DETERMINATIONS


@pytest.mark.parametrize(
    "chunks",
    [[DETERMINATIONS[:2]], [[NO_MATCH, *DETERMINATIONS[1:]]], []],
    ids=["a chunk lost", "a row changed", "nothing"],
)
def test_ruled_chunks_refuses_what_the_officers_did_not_sign(chunks: list[list]) -> None:
    with pytest.raises(VerifyFault) as fault:
        _ruled(chunks)
    assert fault.value.code == "determinations_changed"


def test_a_request_of_the_earlier_columns_has_the_bytes_that_it_had() -> None:
    """What a ledger's entry committed to before there were the later columns is committed to
    still: a row that states nothing in them is written without them."""
    person, address = Person("Ada", "", "Quill"), Address("1 Elm St")
    officer = EngagedOfficer("E1", "Dana Fields", "Agent")
    request = Request("q1", 1, person, address, engaged_officers=(officer,))
    fields = msgspec.to_builtins(request)[:13]
    fields[11] = [["E1", "Dana Fields", "Agent"]]
    refusal = Refusal("q1", 1, (), "rules")
    earlier = msgspec.msgpack.encode(["refused", fields, msgspec.to_builtins(refusal)])
    assert encode_row(Refused(request, refusal)) == earlier
    [back] = decode_gated(pack([earlier]))
    assert back == Refused(request, refusal)
    stated = msgspec.structs.replace(request, review="none")
    assert encode_row(Refused(stated, refusal)) != earlier
    assert decode_gated(pack([encode_row(Refused(stated, refusal))])) == [Refused(stated, refusal)]
