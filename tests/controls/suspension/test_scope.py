"""The scope of a suspension, as a text, as an entry says it, and which batches are within it."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from counterfoil.batches.batch import BatchHeader
from counterfoil.controls.suspension.scope import Scope, ScopeKind, read_scope
from counterfoil.core import canonical
from counterfoil.core.errors import UsageFault

HEADER = BatchHeader(
    requester="agency-a",
    principal="head",
    sent_on="2026-05-04",
    signed=False,
    route="written-request",
    party="agency-a",
)
WITHIN = ("office", "batch:b-00", "route:written-request", "principal:head", "requester:agency-a")
BESIDE = ("batch:b-01", "route:consent", "principal:heads", "requester:agency-b")


@pytest.mark.parametrize("text", WITHIN + BESIDE)
def test_a_scope_is_read_back_from_its_text_and_covers_its_own_batches_only(text: str) -> None:
    scope = read_scope(text)
    assert str(scope) == text
    assert scope.covers("b-00", HEADER) is (text in WITHIN)


def test_the_requester_alone_is_the_agreements() -> None:
    assert read_scope("requester", "agency-a") == Scope(ScopeKind.REQUESTER, "agency-a")


@pytest.mark.parametrize(
    "text", ["", "Office", "office:b-00", "batch", "batch:", "route:", "person:made-up", ":x"]
)
def test_another_text_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(UsageFault) as raised:
        read_scope(text, "agency-a")
    assert raised.value.code == "scope_unknown"
    assert "made-up" not in str(raised.value)


def test_an_entry_says_ids_of_people_who_ask_as_digests() -> None:
    said = [read_scope(text).fields() for text in WITHIN]
    assert said == [
        {},
        {"batch": "b-00"},
        {"route": "written-request"},
        {"principal": canonical.digest(b"head")},
        {"requester": canonical.digest(b"agency-a")},
    ]


def test_a_batch_whose_row_does_not_say_its_requester_is_within_every_requesters_scope() -> None:
    older = replace(HEADER, party="")
    assert read_scope("requester:anyone").covers("b-00", older)


@pytest.mark.parametrize("text", WITHIN)
def test_of_no_batch_the_whole_office_alone_is_suspended(text: str) -> None:
    assert read_scope(text).covers("", None) is (text == "office")
