"""P6: no answer leaves on one officer's word."""

from __future__ import annotations

from base64 import b64decode, b64encode

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from counterfoil.batches.officers import public_key
from counterfoil.batches.ruling import (
    Act,
    Determined,
    Reviewed,
    check_word,
    rule,
    sign_word,
    word_bytes,
)
from counterfoil.core.errors import KeyFault, StateFault, VerifyFault
from counterfoil.core.values import Officer, Ruling
from tests.batches.office import ADA, BEN, DETERMINED, DIGEST, officer, officer_key, reviewed


def test_two_officers_with_their_own_keys_make_a_ruling() -> None:
    release = sign_word(DETERMINED, Act.RELEASE, officer_key(2))
    ruling = rule(reviewed(), BEN, release)
    assert ruling == Ruling(DETERMINED.batch_id, DIGEST, ADA, reviewed().signature, BEN, release)


def test_the_signed_bytes_are_those_of_the_documented_example() -> None:
    subject = Determined("sandbox", "b-0001", "sha256:9f")
    assert word_bytes(subject, Act.REVIEW) == (
        b'{"act":"review","batch":"b-0001","determinations":"sha256:9f","format":"counterfoil-officer-1","office":"sandbox"}'
    )


def test_a_word_is_a_plain_ed25519_signature_over_those_bytes() -> None:
    key = Ed25519PublicKey.from_public_bytes(public_key(ADA))
    assert key.verify(b64decode(reviewed().signature), word_bytes(DETERMINED, Act.REVIEW)) is None


def test_a_second_officer_of_the_same_name_is_refused_even_with_another_key() -> None:
    namesake = officer("officer-a", 2)
    with pytest.raises(StateFault) as fault:
        rule(reviewed(), namesake, sign_word(DETERMINED, Act.RELEASE, officer_key(2)))
    assert fault.value.code == "second_officer_same_name"


def test_letter_case_does_not_make_another_name() -> None:
    namesake = officer("Officer-A", 2)
    with pytest.raises(StateFault) as fault:
        rule(reviewed(), namesake, sign_word(DETERMINED, Act.RELEASE, officer_key(2)))
    assert fault.value.code == "second_officer_same_name"


def test_the_same_key_under_another_name_is_refused() -> None:
    alias = officer("officer-b", 1)
    with pytest.raises(StateFault) as fault:
        rule(reviewed(), alias, sign_word(DETERMINED, Act.RELEASE, officer_key(1)))
    assert fault.value.code == "second_officer_same_key"


def test_one_officer_cannot_do_both() -> None:
    with pytest.raises(StateFault):
        rule(reviewed(), ADA, sign_word(DETERMINED, Act.RELEASE, officer_key(1)))


def test_reviewed_cannot_be_made_without_the_officers_signature() -> None:
    with pytest.raises(VerifyFault) as fault:
        Reviewed(DETERMINED, ADA, sign_word(DETERMINED, Act.REVIEW, officer_key(2)))
    assert fault.value.code == "officer_signature"


def test_a_review_does_not_serve_as_a_release() -> None:
    with pytest.raises(VerifyFault) as fault:
        rule(reviewed(), BEN, sign_word(DETERMINED, Act.REVIEW, officer_key(2)))
    assert fault.value.code == "officer_signature"


def test_a_release_does_not_serve_as_a_review() -> None:
    with pytest.raises(VerifyFault):
        Reviewed(DETERMINED, ADA, sign_word(DETERMINED, Act.RELEASE, officer_key(1)))


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


@pytest.mark.parametrize(
    "signature",
    ["", "!", "AAAA", b64encode(bytes(64)).decode(), b64encode(bytes(63)).decode(), "é"],
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
