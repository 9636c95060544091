"""P6: no answer leaves on one officer's word."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from counterfoil.batches.officers import public_key
from counterfoil.batches.ruling import Act, Determined, Reviewed, check_word, rule
from counterfoil.batches.statements import read_signed
from counterfoil.core.errors import KeyFault, StateFault, VerifyFault
from counterfoil.core.use_cases import statement_bytes
from counterfoil.core.values import Officer, Ruling
from tests.batches.office import (
    ADA,
    BEN,
    DETERMINED,
    DIGEST,
    officer,
    officer_key,
    older_word,
    reviewed,
    statement,
    word,
)


def test_two_officers_with_their_own_keys_make_a_ruling() -> None:
    release = word(DETERMINED, Act.RELEASE, 2)
    ruling = rule(reviewed(), BEN, release)
    assert ruling == Ruling(DETERMINED.batch_id, DIGEST, ADA, reviewed().signature, BEN, release)


def test_a_word_is_the_kept_text_of_a_plain_ed25519_signature_over_the_statement() -> None:
    key = Ed25519PublicKey.from_public_bytes(public_key(ADA))
    said = statement(DETERMINED, Act.REVIEW)
    kept = json.loads(reviewed().signature)
    assert key.verify(b64decode(kept["signature"]), statement_bytes(said)) is None
    assert read_signed(reviewed().signature, ADA).statement == said


def test_p6_an_officer_who_does_not_agree_with_the_sample_signs_no_review() -> None:
    with pytest.raises(VerifyFault) as fault:
        Reviewed(DETERMINED, ADA, word(DETERMINED, Act.DISAGREE, 1))
    assert fault.value.code == "officer_signature"


def test_a_second_officer_of_the_same_name_is_refused_even_with_another_key() -> None:
    namesake = officer("officer-a", 2)
    with pytest.raises(StateFault) as fault:
        rule(reviewed(), namesake, word(DETERMINED, Act.RELEASE, 2))
    assert fault.value.code == "second_officer_same_name"


def test_letter_case_does_not_make_another_name() -> None:
    namesake = officer("Officer-A", 2)
    with pytest.raises(StateFault) as fault:
        rule(reviewed(), namesake, word(DETERMINED, Act.RELEASE, 2))
    assert fault.value.code == "second_officer_same_name"


def test_the_same_key_under_another_name_is_refused() -> None:
    alias = officer("officer-b", 1)
    with pytest.raises(StateFault) as fault:
        rule(reviewed(), alias, word(DETERMINED, Act.RELEASE, 1))
    assert fault.value.code == "second_officer_same_key"


def test_one_officer_cannot_do_both() -> None:
    with pytest.raises(StateFault):
        rule(reviewed(), ADA, word(DETERMINED, Act.RELEASE, 1))


def test_reviewed_cannot_be_made_without_the_officers_signature() -> None:
    with pytest.raises(VerifyFault) as fault:
        Reviewed(DETERMINED, ADA, word(DETERMINED, Act.REVIEW, 2))
    assert fault.value.code == "officer_signature"


def test_a_review_does_not_serve_as_a_release() -> None:
    with pytest.raises(VerifyFault) as fault:
        rule(reviewed(), BEN, word(DETERMINED, Act.REVIEW, 2))
    assert fault.value.code == "officer_signature"


def test_a_release_does_not_serve_as_a_review() -> None:
    with pytest.raises(VerifyFault):
        Reviewed(DETERMINED, ADA, word(DETERMINED, Act.RELEASE, 1))


@pytest.mark.parametrize(
    "other",
    [
        Determined("another.gov/office", DETERMINED.batch_id, DIGEST),
        Determined(DETERMINED.office, "b-ffffffffffff", DIGEST),
        Determined(DETERMINED.office, DETERMINED.batch_id, "sha256:" + "00" * 32),
    ],
    ids=["office", "batch", "determinations"],
)
def test_a_word_over_one_batch_does_not_stand_for_another(other: Determined) -> None:
    with pytest.raises(VerifyFault):
        check_word(other, Act.REVIEW, ADA, reviewed().signature)
    with pytest.raises(VerifyFault):
        check_word(other, Act.REVIEW, ADA, older_word(DETERMINED, Act.REVIEW, 1))


@pytest.mark.parametrize(
    "signature",
    [
        *("", "!", "AAAA", b64encode(bytes(64)).decode(), b64encode(bytes(63)).decode(), "é"),
        *("{", "{}", '{"statement":{}}', " " + word(DETERMINED, Act.REVIEW, 1)),
    ],
)
def test_a_malformed_signature_is_refused(signature: str) -> None:
    with pytest.raises(VerifyFault) as fault:
        check_word(DETERMINED, Act.REVIEW, ADA, signature)
    assert fault.value.code == "officer_signature"


def test_a_key_that_carries_another_name_is_refused() -> None:
    with pytest.raises(KeyFault) as fault:
        public_key(Officer("officer-b", ADA.vkey))
    assert fault.value.code == "officer_key_name"


def test_a_key_that_cannot_be_read_is_refused() -> None:
    with pytest.raises(VerifyFault):
        public_key(Officer("officer-b", "officer-b+00000000+AAAA"))


@pytest.mark.parametrize("details", [{}, {"sample": DIGEST}, {"determinations": ""}])
def test_a_statement_that_does_not_name_the_determinations_stands_for_none(
    details: dict[str, str],
) -> None:
    with pytest.raises(VerifyFault) as fault:
        check_word(DETERMINED, Act.REVIEW, ADA, word(DETERMINED, Act.REVIEW, 1, details=details))
    assert fault.value.code == "officer_signature"


def test_a_statement_may_say_more_than_the_determinations() -> None:
    details = {"determinations": DIGEST, "sample": "sha256:" + "0a" * 32}
    check_word(DETERMINED, Act.REVIEW, ADA, word(DETERMINED, Act.REVIEW, 1, details=details))


# -- the older format, which is only read ----------------------------------------------------------


def test_a_bare_signature_of_an_older_version_still_stands() -> None:
    """The bytes are written out here, as an older version documented them."""
    said = (
        '{"act":"review","batch":"b-0f1e2d3c4b5a","determinations":"%s",'
        '"format":"counterfoil-officer-1","office":"example.gov/disclosure"}'
    )
    raw = officer_key(1).sign((said % DIGEST).encode())
    first = Reviewed(DETERMINED, ADA, b64encode(raw).decode("ascii"))
    ruling = rule(first, BEN, older_word(DETERMINED, Act.RELEASE, 2))
    assert (ruling.first, ruling.second) == (ADA, BEN)


def test_a_review_of_an_older_version_can_be_released_by_a_statement_and_no_other_way_round() -> (
    None
):
    first = Reviewed(DETERMINED, ADA, older_word(DETERMINED, Act.REVIEW, 1))
    assert rule(first, BEN, word(DETERMINED, Act.RELEASE, 2)).second == BEN
    with pytest.raises(VerifyFault):
        rule(first, BEN, older_word(DETERMINED, Act.REVIEW, 2))


@pytest.mark.parametrize(
    "wrong",
    [
        older_word(DETERMINED, Act.RELEASE, 1),
        older_word(DETERMINED, Act.REVIEW, 2),
        b64encode(officer_key(1).sign(statement_bytes(statement()))).decode(),
    ],
    ids=["another act", "another key", "a statement's bytes"],
)
def test_a_wrong_bare_signature_is_refused(wrong: str) -> None:
    with pytest.raises(VerifyFault) as fault:
        Reviewed(DETERMINED, ADA, wrong)
    assert fault.value.code == "officer_signature"
