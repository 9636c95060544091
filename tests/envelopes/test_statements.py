"""What an office signs about items counts where the right key signed it, for this office, in its
time; and an outbox that is late, old, forked or frozen is noticed."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from counterfoil.core.errors import VerifyFault
from counterfoil.core.instants import instant_text
from counterfoil.envelopes import (
    Counts,
    OutboxHead,
    OutboxItem,
    Receipt,
    check_head,
    check_intake_key,
    check_receipt,
    head_digest,
    make_head,
    make_intake_key,
    make_receipt,
    open_counts,
    require_head_current,
    require_head_follows,
    seal_counts,
)
from counterfoil.envelopes.jws import sign_statement
from counterfoil.envelopes.statements import OUTBOX
from tests.envelopes.items import HOLDER, ITEM, NOW, OFFICE, ORIGIN, READER, STRANGER

AT, DUE = instant_text(NOW), instant_text(NOW + timedelta(hours=1))
RECEIPT = Receipt(ORIGIN, ITEM, "sha256:" + "0" * 64, "sha256:" + "1" * 64, AT, batch="b-1")
HEAD = OutboxHead(ORIGIN, 7, "", AT, DUE, (OutboxItem(ITEM, "answer", "sha256:" + "2" * 64),))
KEYS = [HOLDER.verifier]


def code_of(call: object) -> str:
    with pytest.raises(VerifyFault) as raised:
        call()  # type: ignore[operator]
    assert raised.value.cure
    return raised.value.code


def test_an_intake_key_counts_in_its_time_for_its_office() -> None:
    said = make_intake_key(ORIGIN, OFFICE.public, NOW, NOW + timedelta(days=31), HOLDER)
    assert check_intake_key(said, KEYS, ORIGIN, NOW).key.key_id == OFFICE.key_id

    def code(data: bytes = said, office: str = ORIGIN, days: int = 0) -> str:
        now = NOW + timedelta(days=days)
        return code_of(lambda: check_intake_key(data, KEYS, office, now))

    assert code(days=-1) == code(days=32) == "intake_key_time"
    assert code(office="other.example") == "intake_key_office"
    swapped = make_intake_key(ORIGIN, READER.public, NOW, NOW + timedelta(days=31), STRANGER)
    assert code(swapped) == "intake_key_signer"
    assert code(said[:-4] + b"AAAA") == "intake_key_signature"
    assert code(b"x") == code(said + b".") == "intake_key_malformed"
    other = make_receipt(RECEIPT, HOLDER)
    assert code(other) == "intake_key_malformed"


def test_a_receipt_counts_for_its_item_and_tells_counts_to_whom_they_are_sealed() -> None:
    counts = seal_counts(ITEM, Counts(6, 1), [READER.public])
    data = make_receipt(msgspec.structs.replace(RECEIPT, counts=counts), HOLDER)
    receipt = check_receipt(data, KEYS, ORIGIN, ITEM)
    assert open_counts(receipt, {READER.key_id: READER}) == Counts(6, 1)
    assert open_counts(receipt, {OFFICE.key_id: OFFICE}) is None
    assert b"rejected" not in data
    assert code_of(lambda: check_receipt(data, KEYS, ORIGIN, "f" * 32)) == "item_receipt_other"
    forged = make_receipt(RECEIPT, STRANGER)
    assert code_of(lambda: check_receipt(forged, KEYS, ORIGIN, ITEM)) == "item_receipt_signer"
    for change in ({"received_at": "yesterday"}, {"expected": "soon"}):
        bad = make_receipt(msgspec.structs.replace(RECEIPT, **change), HOLDER)
        assert (
            code_of(lambda bad=bad: check_receipt(bad, KEYS, ORIGIN, ITEM))
            == "item_receipt_malformed"
        )


def test_the_counts_of_one_receipt_are_not_those_of_another_and_all_are_of_one_length() -> None:
    moved = msgspec.structs.replace(RECEIPT, item="f" * 32, counts=seal_counts(ITEM, Counts(6, 1), [READER.public]))  # fmt: skip
    assert code_of(lambda: open_counts(moved, {READER.key_id: READER})) == "item_seal"
    lengths = {len(seal_counts(ITEM, Counts(n, n), [READER.public])[0].sealed) for n in (0, 10**9)}
    assert len(lengths) == 1


HEADS = {
    "outbox_office": {"office": "other.example"},
    "no sequence": {"sequence": 0},
    "a name that is a path": {"items": (OutboxItem("../x", "answer", ""),)},
    "a name twice": {"items": HEAD.items * 2},
    "no time": {"at": "now"},
    "due before it was made": {"next_due": "2020-01-01T00:00:00Z"},
}


@pytest.mark.parametrize("name", HEADS)
def test_a_head_that_contradicts_itself_is_refused(name: str) -> None:
    data = make_head(msgspec.structs.replace(HEAD, **HEADS[name]), HOLDER)
    code = name if name.startswith("outbox") else "outbox_malformed"
    assert code_of(lambda: check_head(data, KEYS, ORIGIN)) == code


def test_a_head_with_a_field_more_is_refused() -> None:
    fields = msgspec.to_builtins(HEAD) | {"trust": "me"}
    data = sign_statement(fields, OUTBOX, HOLDER)
    assert code_of(lambda: check_head(data, KEYS, ORIGIN)) == "outbox_malformed"


def test_a_head_is_current_until_the_next_is_due() -> None:
    head = check_head(make_head(HEAD, HOLDER), KEYS, ORIGIN)
    require_head_current(head, NOW)
    require_head_current(head, NOW + timedelta(hours=1))
    late, early = NOW + timedelta(hours=2), NOW - timedelta(minutes=10)
    assert code_of(lambda: require_head_current(head, late)) == "outbox_late"
    assert code_of(lambda: require_head_current(head, early)) == "outbox_clock"


def test_a_head_follows_from_those_that_were_seen() -> None:
    seen = make_head(HEAD, HOLDER)

    def follow(**fields: object) -> str | None:
        head = msgspec.structs.replace(HEAD, **fields)
        data = make_head(head, HOLDER)
        try:
            require_head_follows(data, head, seen, HEAD)
        except VerifyFault as fault:
            return fault.code
        return None

    assert follow() is None
    assert follow(sequence=8, previous=head_digest(seen), at=DUE) is None
    assert (
        follow(sequence=9, previous="sha256:" + "0" * 64, at=DUE) is None
    )  # one between was not seen
    assert follow(sequence=6) == "outbox_back"
    assert (
        follow(sequence=8, previous=head_digest(seen), at="2026-05-01T00:00:00Z") == "outbox_back"
    )
    assert follow(items=()) == "outbox_forked"
    assert follow(sequence=8, previous="sha256:" + "0" * 64) == "outbox_forked"
