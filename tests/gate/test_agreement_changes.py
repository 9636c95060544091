"""What differs between two versions of an agreement: every field that a party could have altered is
told, by its path, with what stood there and what stands there now; and nothing else is."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from counterfoil.gate.agreement_changes import Change, changes_of, has_other_salt
from counterfoil.gate.law.agreement import Agreement
from counterfoil.gate.law.schema import read_law_file
from counterfoil.office import agreement_file, law_library


@pytest.fixture(scope="module")
def agreement() -> Agreement:
    return read_law_file(agreement_file("treasury-dhs-2025", law_library()), Agreement)


def altered(agreement: Agreement, **fields: Any) -> Agreement:
    return msgspec.convert(plain(agreement) | fields, Agreement)


def plain(agreement: Agreement) -> Any:
    return msgspec.json.decode(msgspec.json.encode(agreement))


def test_the_same_agreement_has_no_change(agreement: Agreement) -> None:
    assert changes_of(agreement, agreement) == ()
    assert not has_other_salt(agreement, agreement)


def test_every_field_of_the_agreement_is_told_when_it_is_altered(agreement: Agreement) -> None:
    """Whatever field is added to an agreement later is held to this too."""
    fields = plain(agreement)
    tried = 0
    for path, value in leaves(fields):
        if path[0] in ("signatures", "clause_salt") or path[-1] in ("format", "id"):
            continue
        other = altered_value(value)
        if other is None:
            continue
        built = plain(agreement)
        at = built
        for name in path[:-1]:
            at = at[name]
        at[path[-1]] = other
        try:
            after = msgspec.convert(built, Agreement)
        except msgspec.ValidationError:
            continue  # the schema admits no other value of this kind
        tried += 1
        assert changes_of(agreement, after), path
    assert tried > 60


def leaves(value: Any, *path: Any) -> list[tuple[tuple[Any, ...], Any]]:
    if isinstance(value, dict | list) and value:
        pairs = value.items() if isinstance(value, dict) else enumerate(value)
        return [each for name, below in pairs for each in leaves(below, *path, name)]
    return [(path, value)]


def altered_value(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, str):
        return "2030-01-01" if value[:4].isdigit() and value[4:5] == "-" else f"{value}x"
    return None


def test_a_field_a_list_and_a_principal_are_told_by_what_came_and_what_left(
    agreement: Agreement,
) -> None:
    fields = plain(agreement)
    fields["limits"]["batch_rows"] += 1
    gone = fields["purposes"].pop()
    fields["purposes"].append("Another purpose")
    fields["answer_within_hours"] = 72
    fields["principals"][0]["title"] = "Another title"
    after = msgspec.convert(fields, Agreement)
    before = agreement.limits.batch_rows
    title = agreement.principals[0]
    assert changes_of(agreement, after) == (
        Change("purposes", "changed", (gone,), ("Another purpose",)),
        Change("limits.batch_rows", "changed", (str(before),), (str(before + 1),)),
        Change(f"principals.{title.id}.title", "changed", (title.title,), ("Another title",)),
        Change("answer_within_hours", "added", (), ("72",)),
    )
    assert changes_of(after, agreement)[-1] == Change("answer_within_hours", "removed", ("72",), ())


def test_a_list_in_another_order_is_told_as_moved(agreement: Agreement) -> None:
    limits = [*agreement.use_limits][::-1]
    assert changes_of(agreement, altered(agreement, use_limits=limits)) == (
        Change("use_limits", "moved", (), ()),
    )
    twice = [*agreement.use_limits, agreement.use_limits[0]]
    (change,) = changes_of(agreement, altered(agreement, use_limits=twice))
    assert (change.how, len(change.after)) == ("changed", len(twice))


def test_another_salt_is_told_and_is_no_field(agreement: Agreement) -> None:
    after = altered(agreement, clause_salt="ab" * 32)
    assert changes_of(agreement, after) == () and has_other_salt(agreement, after)
    assert "abab" not in repr(changes_of(agreement, after))
