"""What two roles sign to admit a request: each of its parts, and the older form that is only
read."""

from __future__ import annotations

from base64 import b64encode

import msgspec
import pytest

from counterfoil.batches.override import (
    Override,
    check_override,
    decode_override,
    encode_override,
    override_details,
)
from counterfoil.batches.statements import keep_signed
from counterfoil.core import canonical
from counterfoil.core.errors import StoreFault, VerifyFault
from tests.batches.office import ADA, DETERMINED, DIGEST, GRANT, officer, officer_key, sign
from tests.batches.office import statement as statement_of

COUNSEL = officer("counsel-c", 3)
ELEMENTS = ("i2-address-custodial", "i2-address-not-general-delivery")
REASON = "The post office confirmed by letter that she fetches her mail there."
DETAILS = override_details(DIGEST, ELEMENTS, REASON)


def _word(number: int, **changes: object) -> str:
    said = statement_of(DETERMINED, "override", **{"details": DETAILS, **changes})
    return keep_signed(sign(said, ADA, number))


def _override(first: str, second: str) -> Override:
    subject = (DETERMINED.office, DETERMINED.batch_id, DIGEST, ELEMENTS, REASON)
    return Override(*subject, ADA, first, COUNSEL, second, GRANT)


OVERRIDE = _override(_word(1), _word(3))


def _older(number: int) -> str:
    said = {"batch": DETERMINED.batch_id, "elements": list(ELEMENTS), "reason": REASON}
    said |= {"format": "counterfoil-override-1", "office": DETERMINED.office, "refused": DIGEST}
    return b64encode(officer_key(number).sign(canonical.encode(said))).decode("ascii")


def _expect_refused(override: Override) -> None:
    with pytest.raises(VerifyFault) as fault:
        check_override(override)
    assert fault.value.code == "officer_signature"


def test_two_statements_make_an_override() -> None:
    check_override(OVERRIDE)
    assert decode_override(encode_override(OVERRIDE)) == OVERRIDE


def test_the_reason_is_signed_by_its_digest_and_never_told_in_the_statement() -> None:
    assert REASON not in _word(1)
    assert DETAILS["reason"] == canonical.digest(REASON.encode())


CHANGES = [
    {"office": "another.gov/office"},
    {"batch": "b-ffffffffffff"},
    {"refused": "sha256:" + "00" * 32},
    {"elements": ELEMENTS[:1]},
    {"elements": ELEMENTS[::-1]},
    {"reason": REASON + " "},
    {"first": officer("officer-a", 2)},
    {"second": officer("counsel-c", 1)},
    {"first_signature": ""},
    {"second_signature": OVERRIDE.first_signature},
]


@pytest.mark.parametrize("changes", CHANGES, ids=lambda changes: next(iter(changes)))
@pytest.mark.parametrize("older", [False, True], ids=["statement", "older"])
def test_an_override_is_of_every_part_of_it_that_was_signed(
    changes: dict[str, object], older: bool
) -> None:
    made = _override(_older(1), _older(3)) if older else OVERRIDE
    check_override(made)
    if older and "second_signature" in changes:
        changes = {"second_signature": made.first_signature}
    _expect_refused(msgspec.structs.replace(made, **changes))


@pytest.mark.parametrize("act", ["review", "release", "withdraw"])
def test_a_statement_of_another_act_admits_nothing(act: str) -> None:
    _expect_refused(_override(_word(1), _word(3, act=act)))


def test_a_statement_that_says_more_admits_nothing() -> None:
    _expect_refused(_override(_word(1, details={**DETAILS, "more": "x"}), _word(3)))


def test_bare_signatures_of_an_older_version_still_stand() -> None:
    check_override(_override(_older(1), _older(3)))


def test_one_officers_word_in_both_places_admits_nothing() -> None:
    _expect_refused(_override(_word(1), _word(1)))
    _expect_refused(_override(_older(1), _older(1)))


def test_what_is_no_override_is_a_stated_fault() -> None:
    for plain in (b"", encode_override(OVERRIDE)[:-1], b"\x90"):
        with pytest.raises(StoreFault) as fault:
            decode_override(plain)
        assert fault.value.code == "override_unreadable"
