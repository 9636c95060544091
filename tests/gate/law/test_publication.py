"""An agreement published with clauses hidden is still the agreement that the gate enforces, and
shows it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterfoil.core import keyfile
from counterfoil.core.errors import SettingsFault, UsageFault, VerifyFault
from counterfoil.gate.law.agreement import Agreement
from counterfoil.gate.law.clauses import (
    Clause,
    agreement_digest,
    clauses_of,
    digest_of,
    terms_digest,
)
from counterfoil.gate.law.publication import MAX_BYTES, check_publication, hide, write_publication
from counterfoil.gate.law.signatures import PARTIES, sign_agreement
from counterfoil.tlog import Signer
from tests.gate.world import sandbox
from tests.world.faults import expect_fault

SALT = "5a" * 32


def _signed(**changes: Any) -> Agreement:
    agreement = msgspec.structs.replace(sandbox().agreement, clause_salt=SALT, **changes)
    signatures = {
        party: sign_agreement(
            agreement, party, Signer(f"made-up-{party}", keyfile.signing_key(bytes([n + 1]) * 32))
        )
        for n, party in enumerate(PARTIES)
    }
    return msgspec.structs.replace(
        agreement, signatures=msgspec.structs.replace(agreement.signatures, **signatures)
    )


def _published(*redact: str, **changes: Any) -> dict[str, Any]:
    return json.loads(write_publication(hide(_signed(**changes), redact)))


def _expect_fault(document: Any, code: str, place: str) -> str:
    """What the fault says."""
    with expect_fault(VerifyFault, code, place) as raised:
        check_publication(json.dumps(document).encode())
    return raised.value.message


@pytest.mark.parametrize(
    "redact", [(), ("title",), ("limits",), ("limits.guards.window_days", "principals", "lists")]
)
def test_what_is_hidden_keeps_the_digest_that_the_gate_and_the_ledger_cite(
    redact: tuple[str, ...],
) -> None:
    agreement = _signed()
    published = check_publication(write_publication(hide(agreement, redact)))
    assert published.agreement == agreement_digest(agreement)
    assert set(published.keys) == set(PARTIES)
    shown = {clause.clause for clause in published.shown}
    hidden = [clause.path for clause in clauses_of(agreement) if clause.path not in shown]
    assert len(hidden) == len(published.hidden)
    assert all(
        any(path == name or path.startswith(f"{name}.") for name in redact) for path in hidden
    )
    assert bool(hidden) == bool(redact)


def test_nothing_of_a_hidden_clause_stands_in_the_document() -> None:
    text = write_publication(hide(_signed(), ("limits.guards", "lists.requester_offices"))).decode()
    assert "requests_per_year" not in text
    assert "Requester Plaza" not in text
    assert SALT not in text


def test_the_place_of_a_hidden_clause_is_its_place_in_the_whole() -> None:
    whole = [clause.path for clause in clauses_of(_signed())]
    assert check_publication(write_publication(hide(_signed(), ("title",)))).hidden == (
        whole.index("title"),
    )


def test_equal_values_have_unlike_leaves_and_another_salt_makes_other_leaves() -> None:
    leaves = {clause.path: clause.hash() for clause in clauses_of(_signed())}
    assert len(set(leaves.values())) == len(leaves)
    other = msgspec.structs.replace(_signed(), clause_salt="5b" * 32)
    assert not set(leaves.values()) & {clause.hash() for clause in clauses_of(other)}


def test_the_parties_sign_the_terms_and_the_digest_covers_their_signatures_too() -> None:
    signed = _signed()
    unsigned = msgspec.structs.replace(signed, signatures=sandbox().agreement.signatures)
    assert terms_digest(unsigned) == terms_digest(signed)
    assert agreement_digest(unsigned) != agreement_digest(signed)


def _drop(clauses: list[Any]) -> None:
    del clauses[5]


def _swap(clauses: list[Any]) -> None:
    clauses[4], clauses[5] = clauses[5], clauses[4]


def _raise_limit(clauses: list[Any]) -> None:
    next(clause for clause in clauses if clause.get("clause") == "limits.batch_rows")["value"] = (
        10**6
    )


def _rename(clauses: list[Any]) -> None:
    next(clause for clause in clauses if clause.get("clause") == "title")["clause"] = "subtitle"


def _add_hidden(clauses: list[Any]) -> None:
    clauses.insert(3, {"hidden": "00" * 32})


def _resalt(clauses: list[Any]) -> None:
    clauses[3]["salt"] = "00" * 32


@pytest.mark.parametrize("change", [_drop, _swap, _raise_limit, _rename, _add_hidden, _resalt])
def test_a_clause_changed_added_left_out_or_moved_is_found(
    change: Callable[[list[Any]], None],
) -> None:
    document = _published("limits.guards")
    change(document["clauses"])
    _expect_fault(document, "publication_digest", "agreement")


def test_a_whole_document_made_anew_around_a_change_fails_on_the_signatures() -> None:
    changed = msgspec.structs.replace(_signed(), title="Another title")
    document = json.loads(write_publication(hide(changed, ())))
    says = _expect_fault(document, "publication_signature", "signatures.holder")
    assert says == "the signature of the holder does not verify over these clauses"


@pytest.mark.parametrize("party", PARTIES)
@pytest.mark.parametrize("signature", [{"vkey": "x"}, {"vkey": "x", "signature": "y"}, "none"])
def test_what_stands_for_a_signature_and_is_none_is_found(party: str, signature: Any) -> None:
    document = _published()
    document["clauses"][-2 + PARTIES.index(party)]["value"] = signature
    clauses = [Clause(each["clause"], each["value"], each["salt"]) for each in document["clauses"]]
    document["agreement"] = digest_of([clause.hash() for clause in clauses])
    says = _expect_fault(document, "publication_signature", f"signatures.{party}")
    assert party in says


def test_one_key_for_both_parties_is_no_agreement_of_two() -> None:
    agreement = _signed()
    signer = Signer("made-up-holder", keyfile.signing_key(b"\x01" * 32))
    twice = msgspec.structs.replace(
        agreement.signatures,
        requester=sign_agreement(agreement, "requester", Signer("other-name", signer.private)),
    )
    document = json.loads(
        write_publication(hide(msgspec.structs.replace(agreement, signatures=twice), ()))
    )
    assert (
        _expect_fault(document, "publication_signature", "signatures")
        == "one key signed for both parties"
    )


def test_who_has_not_signed_is_left_out_and_nobody_is_made_up() -> None:
    agreement = msgspec.structs.replace(sandbox().agreement, clause_salt=SALT)
    assert check_publication(write_publication(hide(agreement, ("title",)))).keys == {}


@pytest.mark.parametrize("path", ["format", "id", "signatures", "signatures.holder"])
def test_what_a_check_needs_is_never_hidden(path: str) -> None:
    with expect_fault(UsageFault, "clause_always_shown", "--redact"):
        hide(_signed(), (path,))


@pytest.mark.parametrize("path", ["limit", "limits.", "titles", "", "clause_salt"])
def test_a_clause_that_is_not_there_hides_nothing_and_says_so(path: str) -> None:
    with expect_fault(UsageFault, "clause_unknown", "--redact"):
        hide(_signed(), ("title", path))


def test_p10_without_a_salt_nothing_is_hidden() -> None:
    with expect_fault(SettingsFault, "agreement_no_salt", "agreement sandbox: clause_salt"):
        hide(sandbox().agreement, ("title",))
    assert check_publication(write_publication(hide(sandbox().agreement, ()))).hidden == ()


FORM, TWICE = "it is not an object of the published form", "a clause is shown twice"
LAST = "format, id and signatures are not all shown, the signatures last"
VALUE = "a clause has a value that no agreement can have"
HIDDEN = {"hidden": "00" * 32}


@pytest.mark.parametrize(
    ("document", "why"),
    [
        (None, FORM),
        ([], FORM),
        ({}, FORM),
        (
            {
                "format": "counterfoil-publication-2",
                "agreement": "sha256:" + "0" * 64,
                "clauses": [{}, {}, {}],
            },
            FORM,
        ),
        ({**_published(), "more": 1}, FORM),
        ({**_published(), "agreement": "sha256:0"}, FORM),
        ({**_published(), "clauses": []}, FORM),
        ({**_published(), "clauses": [*_published()["clauses"], {"hidden": "00"}]}, FORM),
        (
            {
                **_published(),
                "clauses": [
                    *_published()["clauses"],
                    {"clause": "x", "value": 1, "salt": None, "more": 2},
                ],
            },
            FORM,
        ),
        ({**_published(), "clauses": _published()["clauses"][:-1]}, LAST),
        ({**_published(), "clauses": [*_published()["clauses"], HIDDEN]}, LAST),
        ({**_published(), "clauses": [HIDDEN, *_published()["clauses"][1:]]}, LAST),
        (
            {
                **_published(),
                "clauses": [*_published()["clauses"][:-2], *_published()["clauses"][:-3:-1]],
            },
            LAST,
        ),
        (
            {**_published(), "clauses": [_published()["clauses"][0], *_published()["clauses"]]},
            TWICE,
        ),
        (
            {
                **_published(),
                "clauses": [HIDDEN, HIDDEN, *_published()["clauses"], _published()["clauses"][-1]],
            },
            TWICE,
        ),
        (
            {
                **_published(),
                "clauses": [{"clause": "x", "value": 0.5, "salt": None}, *_published()["clauses"]],
            },
            VALUE,
        ),
    ],
)
def test_what_is_not_a_publication_is_refused_with_its_fault(document: Any, why: str) -> None:
    says = _expect_fault(document, "publication_malformed", "publication")
    assert says == f"this is not a published agreement: {why}"


def test_a_document_beyond_the_limit_is_refused_unread() -> None:
    whole = write_publication(hide(_SIGNED, ()))
    assert check_publication(whole.ljust(MAX_BYTES)).keys
    with expect_fault(VerifyFault, "publication_malformed", "publication") as raised:
        check_publication(whole.ljust(MAX_BYTES + 1))
    assert raised.value.message.endswith(": it is longer than 1 MB")


@pytest.mark.parametrize("data", [b"\xff", b"[" * 100_000, b'"\\ud800"'])
def test_bytes_that_are_no_json_are_refused(data: bytes) -> None:
    with expect_fault(VerifyFault, "publication_malformed", "publication"):
        check_publication(data)


def test_two_clauses_may_be_hidden_and_the_document_is_indented_for_people() -> None:
    text = write_publication(hide(_SIGNED, ("title", "sandbox"))).decode()
    assert len(check_publication(text.encode()).hidden) == 2
    assert text.startswith('{\n  "format": "counterfoil-publication-1",\n  "agreement": "sha256:')
    assert text.endswith("\n}\n")
    assert list(json.loads(text)["clauses"][0]) == ["clause", "value", "salt"]


@given(at=st.integers(0, 10**6), byte=st.integers(0, 255))
def test_no_byte_of_a_clause_can_be_changed_unseen(at: int, byte: int) -> None:
    data = bytearray(write_publication(hide(_SIGNED, ("limits",))))
    at %= len(data)
    changed = data[at] != byte
    data[at] = byte
    before = check_publication(write_publication(hide(_SIGNED, ("limits",))))
    try:
        after = check_publication(bytes(data))
    except VerifyFault:
        assert changed
    else:
        assert after == before


_SIGNED = _signed()
