"""An entry says what its kind may say, in canonical bytes, and can carry nothing of a person."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterfoil.core import canonical
from counterfoil.core.errors import VerifyFault
from counterfoil.ledger.entries import (
    FIELDS,
    KINDS,
    MAX_ENTRY_BYTES,
    MAX_NUMBER,
    NUMBERS,
    Draft,
    EntryKind,
    decode,
    encode,
    entry_time,
)
from counterfoil.ledger.row_entries import EntriesEncoder
from tests.ledger.office import draft

TIME = "2026-03-02T14:05:00Z"
GOOD = encode(EntryKind.REFUSED, draft(EntryKind.REFUSED).fields, 3, TIME)


def code_of(data: bytes) -> str:
    with pytest.raises(VerifyFault) as fault:
        decode(data, "entry 17")
    assert fault.value.place == "entry 17"
    assert fault.value.cure
    return fault.value.code


def changed(**fields: object) -> bytes:
    """The good entry with fields changed (None: removed), in canonical bytes."""
    body = json.loads(GOOD) | fields
    return canonical.encode({name: value for name, value in body.items() if value is not None})


@pytest.mark.parametrize("kind", EntryKind)
@pytest.mark.parametrize("full", [False, True])
def test_every_kind_is_written_canonically_and_read_back(kind: EntryKind, full: bool) -> None:
    fields = draft(kind, full=full).fields
    data = encode(kind, fields, 12, TIME)
    assert data == canonical.encode(
        {**fields, "kind": kind.value, "count": 12, "time": TIME, "v": 1}
    )
    entry = decode(data, "entry 0")
    assert (entry.kind, entry.count, entry.time, entry.fields) == (kind, 12, TIME, fields)


@pytest.mark.parametrize("kind", EntryKind)
def test_entries_that_are_appended_together_have_the_bytes_that_each_has_alone(
    kind: EntryKind,
) -> None:
    encoder, same = EntriesEncoder(TIME), draft(kind)
    fields = {name: f"sha256:{7:064x}" for name in same.fields if name == "commitment"}
    drafts = [same, Draft(kind, same.fields | fields), draft(kind, full=True), same]
    for count, each in enumerate(drafts, 9):
        assert encoder.encode(each, count) == encode(kind, each.fields, count, TIME)


@pytest.mark.parametrize(
    "fields",
    [
        {"commitment": "sha256:" + "A" * 64},
        {"commitment": "sha256:" + "0" * 64 + "\n"},
        {"commitment": 1},
        {"batch": "Ann Example"},
        {"batch": 1},
        {"rows": 1},
    ],
)
def test_an_entry_outside_the_grammar_is_not_written_after_one_inside(
    fields: dict[str, str | int],
) -> None:
    encoder, good = EntriesEncoder(TIME), draft(EntryKind.REFUSED)
    encoder.encode(good, 1)
    with pytest.raises(ValueError, match="cannot hold this"):
        encoder.encode(Draft(EntryKind.REFUSED, good.fields | fields), 2)


@pytest.mark.parametrize("kind", EntryKind)
def test_the_longest_entry_of_every_kind_keeps_the_limit(kind: EntryKind) -> None:
    longest = {
        "batch": "b-" + "f" * 32,
        "purpose": "principal",
        "event": "retired",
        "scope": "birth",
        "route": "written-request",
    }
    fields = draft(kind, full=True).fields
    fields = {
        name: MAX_NUMBER if name in NUMBERS else longest.get(name, value)
        for name, value in fields.items()
    }
    assert len(encode(kind, fields, 10**15 - 1, TIME)) <= MAX_ENTRY_BYTES


def test_every_kind_is_explained_in_one_sentence_and_has_known_fields() -> None:
    assert set(KINDS) == set(EntryKind)
    for form in KINDS.values():
        assert form.meaning.endswith(".")
        assert form.needs | form.may <= FIELDS.keys() | NUMBERS.keys()
        assert not form.needs & form.may


def test_no_field_admits_a_name_an_address_a_date_or_a_tax_number() -> None:
    personal = [
        "Zebedee Made-Up",
        "zebedee",
        "12 Nowhere Ln",
        "1990-01-01",
        "900-00-1234",
        "900001234",
        "b-zebedee12345",
    ]
    for kind, form in KINDS.items():
        for name in form.needs | form.may:
            for text in personal:
                with pytest.raises(ValueError, match="cannot hold"):
                    encode(kind, {**draft(kind).fields, name: text}, 1, TIME)


def test_a_refused_value_is_not_in_the_message() -> None:
    with pytest.raises(ValueError, match="field batch does not have its form") as bug:
        encode(EntryKind.REFUSED, {**draft(EntryKind.REFUSED).fields, "batch": "Zebedee"}, 1, TIME)
    assert "Zebedee" not in str(bug.value)


@pytest.mark.parametrize("number", [-1, MAX_NUMBER + 1, True, 1.5, "1"])
def test_a_number_outside_its_range_is_not_written(number: object) -> None:
    fields = {**draft(EntryKind.OPENING).fields, "rows": number}
    with pytest.raises(ValueError, match="rows"):
        encode(EntryKind.OPENING, fields, 1, TIME)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", EntryKind)
def test_a_kind_without_a_field_that_it_needs_or_with_one_too_many_is_not_written(
    kind: EntryKind,
) -> None:
    good = draft(kind).fields
    for name in good:
        with pytest.raises(ValueError, match=f"{name} is missing"):
            encode(kind, {key: value for key, value in good.items() if key != name}, 1, TIME)
    with pytest.raises(ValueError, match="not one of kind"):
        encode(kind, {**good, "name": "x"}, 1, TIME)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"[]",
        b"\xff",
        GOOD + b" ",
        GOOD.replace(b":", b": ", 1),
        GOOD[:-1] + b',"v":1}',
        b"{" + GOOD[1:].replace(b"refused", b"r\\u0065fused"),
        GOOD + b"x" * MAX_ENTRY_BYTES,
        changed(count=None),
        changed(count=0),
        changed(count="3"),
        GOOD.replace(b'"count":3', b'"count":3.0'),
        GOOD.replace(b'"count":3', b'"count":true'),
        GOOD.replace(b'"count":3', b'"count":' + b"9" * 400),
        changed(time="2026-02-31T00:00:00Z"),
        changed(time="2026-03-02 14:05:00Z"),
        changed(time=None),
    ],
)
def test_bytes_that_are_no_canonical_entry_are_refused(data: bytes) -> None:
    assert code_of(data) == "entry_malformed"


@pytest.mark.parametrize("version", [None, 0, 2, "1"])
def test_another_version_is_refused(version: object) -> None:
    assert code_of(changed(v=version)) == "entry_version"
    assert code_of(b'{"kind":"refused"}') == "entry_version"


@pytest.mark.parametrize("kind", [None, "audit", "REFUSED", 1])
def test_a_kind_that_is_not_listed_is_refused(kind: object) -> None:
    assert code_of(changed(kind=kind)) == "entry_kind"


@pytest.mark.parametrize(
    "fields",
    [
        {"batch": None},
        {"name": "x"},
        {"rows": 1},
        {"batch": "b-zebedee12345"},
        {"commitment": "sha256:AB"},
        {"batch": 1},
    ],
)
def test_a_field_outside_the_kinds_grammar_is_refused(fields: dict[str, object]) -> None:
    assert code_of(changed(**fields)) == "entry_field"


@given(st.binary(max_size=600) | st.text(max_size=300).map(str.encode))
def test_any_bytes_are_an_entry_or_refused(data: bytes) -> None:
    with pytest.raises(VerifyFault):
        decode(data, "entry 0")


@given(st.data())
def test_a_good_entry_with_any_byte_changed_is_read_as_what_it_says_or_refused(
    data: st.DataObject,
) -> None:
    at = data.draw(st.integers(0, len(GOOD) - 1))
    other = GOOD[:at] + data.draw(st.binary(max_size=2)) + GOOD[at + 1 :]
    try:
        entry = decode(other, "entry 0")
    except VerifyFault:
        return
    assert encode(entry.kind, entry.fields, entry.count, entry.time) == other


def test_times_are_utc_and_cut_to_whole_seconds() -> None:
    assert entry_time(datetime(2026, 3, 2, 14, 5, 0, 999_999, tzinfo=UTC)) == TIME


@pytest.mark.parametrize("zone", [None, timezone(timedelta(hours=1))])
def test_a_time_that_is_not_utc_is_a_bug_of_the_caller(zone: timezone | None) -> None:
    with pytest.raises(ValueError, match="UTC"):
        entry_time(datetime(2026, 3, 2, tzinfo=zone))
