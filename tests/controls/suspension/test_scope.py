"""What a suspension reaches, as a text, as an entry says it, and of which batches."""

from __future__ import annotations

import pytest

from counterfoil.controls.suspension.scope import Over, Reach, read_reach
from counterfoil.core import canonical
from counterfoil.core.errors import UsageFault

HEADER = {"party": "agency-a", "route": "written-request", "principal": "head"}
WITHIN = ("office", "batch:b-00", "route:written-request", "principal:head", "requester:agency-a")
BESIDE = ("batch:b-01", "route:consent", "principal:heads", "requester:agency-b")


@pytest.mark.parametrize("text", WITHIN + BESIDE)
def test_a_reach_is_read_back_from_its_text_and_covers_its_own_batches_only(text: str) -> None:
    reach = read_reach(text, "")
    assert str(reach) == text
    assert reach.covers("b-00", HEADER) is (text in WITHIN)


def test_the_requester_alone_is_the_agreements() -> None:
    assert read_reach("requester", "agency-a") == Reach(Over.REQUESTER, "agency-a")


@pytest.mark.parametrize(
    "text", ["", "Office", "office:b-00", "batch", "batch:", "route:", "person:made-up", ":x"]
)
def test_another_text_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(UsageFault) as raised:
        read_reach(text, "agency-a")
    assert raised.value.code == "scope_unknown"
    assert "made-up" not in str(raised.value)


def test_an_entry_says_ids_of_people_who_ask_as_digests() -> None:
    said = [read_reach(text, "").fields() for text in WITHIN]
    assert said == [
        {},
        {"batch": "b-00"},
        {"route": "written-request"},
        {"principal": canonical.digest(b"head")},
        {"requester": canonical.digest(b"agency-a")},
    ]


def test_a_batch_whose_row_does_not_say_its_requester_is_reached_by_every_requesters() -> None:
    older = {"route": "written-request", "principal": "head"}
    assert read_reach("requester:anyone", "").covers("b-00", older)
