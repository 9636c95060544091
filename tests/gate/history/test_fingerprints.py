"""Marks: what makes two requests about one person, at one door, or of one content; and that they
outlive a new version."""

from __future__ import annotations

from datetime import date

import pytest

from counterfoil.core.values import Address, EngagedOfficer, Person, Reject, RemovalOrder, Request
from counterfoil.gate.history.fingerprints import (
    Fingerprinter,
    Fingerprints,
    Question,
    address_forms,
    content_bytes,
    empty_fingerprints,
)
from counterfoil.gate.history.keyed_hash import keyed_hash, utf8
from counterfoil.normalize import exact_address_key, normalize_address
from tests.gate.world import KEY, ON, REQUEST, changed

MARKER = Fingerprinter(KEY)
COLUMNS = ("persons", "addresses", "contents", "reasons", "similar", "investigations", "owners")
REJECT = Reject(2, "", "csv_malformed", "", "")


def _question(request: Request) -> Question:
    return Fingerprinter(KEY).question(request)


def _marks(*rows: Request | Reject) -> Fingerprints:
    return Fingerprinter(KEY).fingerprint(rows, address_forms(rows))


def _row(marks: Fingerprints, place: int) -> dict[str, int]:
    return {name: getattr(marks, name)[place] for name in COLUMNS}


def test_marks_are_hashed_alike_for_ever_so_that_a_new_version_remembers_what_an_old_one_was_asked() -> (
    None
):
    door = exact_address_key(normalize_address(REQUEST.address))
    reason = "The address on the notice to depart is disputed before the grand jury."
    assert {name: mark for name, mark in _row(_marks(REQUEST), 0).items() if name != "owners"} == {
        "persons": keyed_hash(KEY, b"asked person", b"rosalind|quill|1980-02-29"),
        "addresses": keyed_hash(KEY, b"asked door", utf8(door)),
        "contents": keyed_hash(KEY, b"asked content", content_bytes(REQUEST)),
        "reasons": keyed_hash(KEY, b"reason", reason.lower().encode()),
        "similar": keyed_hash(KEY, b"reason", reason.lower().rstrip(".").encode()),
        "investigations": keyed_hash(KEY, b"investigation", b"cr-2025-00417"),
    }
    undated = changed(person=Person("Rosalind", "", "Quill", "Jr"))
    assert _row(_marks(undated), 0)["persons"] == keyed_hash(
        KEY, b"asked person", b"rosalind|quill|"
    )


@pytest.mark.parametrize(
    "nobody", [Person("", "", "Quill"), Person("Rosalind", "", "12"), Person()]
)
def test_who_is_not_named_whole_is_nobody(nobody: Person) -> None:
    assert _question(changed(person=nobody)).person == 0


def test_what_is_not_there_has_no_mark() -> None:
    lacking = changed(address=Address("Failed to Provide"), investigation_number="")
    found = _row(_marks(lacking), 0)
    assert {name for name, mark in found.items() if mark == 0} == {
        "addresses",
        "investigations",
        "owners",
    }
    assert set(_row(_marks(REJECT), 0).values()) == {0}


OTHER: dict[str, object] = {
    "person": changed(REQUEST.person, middle_name="May"),
    "address": changed(REQUEST.address, line2="Apt 4"),
    "taxable_periods": ("2022",),
    "statutory_authority": "8 USC 1326",
    "reason": "Another",
    "investigation_number": "CR-2",
    "investigation_opened_on": date(2025, 6, 3),
    "removal_order": RemovalOrder("RO-2"),
    "stay_or_deferral": "none",
    "engaged_officers": (EngagedOfficer("OFF-2"),),
    "use_certified": False,
}


@pytest.mark.parametrize("field", REQUEST.__struct_fields__)
def test_a_change_of_anything_but_id_and_row_is_another_content(field: str) -> None:
    other = changed(**{field: OTHER.get(field, "r9" if field == "request_id" else 9)})
    assert (_question(other).content == _question(REQUEST).content) is (
        field in {"request_id", "row"}
    )


@pytest.mark.parametrize("field", OTHER)
def test_a_change_is_another_content_beside_a_sign_that_has_no_bytes_too(field: str) -> None:
    odd = changed(stay_or_deferral="\ud800", reason="odd")
    assert content_bytes(odd) != content_bytes(changed(odd, **{field: OTHER[field]}))
    assert content_bytes(odd) == content_bytes(changed(odd, request_id="r9", row=9))


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ({"reason": REQUEST.reason.upper()}, {"reason", "similar"}),
        ({"reason": REQUEST.reason + " 17!"}, {"similar"}),
        ({"investigation_number": " cr-2025-00417 "}, {"reason", "similar", "investigation"}),
        ({"reason": "Another matter"}, set()),
    ],
)
def test_reasons_and_investigations_are_one_as_they_are_folded(
    change: dict[str, str], same: set[str]
) -> None:
    mine, other = _question(REQUEST), _question(changed(**change))
    alike = {
        name
        for name in ("reason", "similar", "investigation")
        if getattr(mine, name) == getattr(other, name)
    }
    assert alike == (same | {"investigation"} if "investigation_number" not in change else same)


def test_the_owner_of_an_investigation_is_told_by_name_suffix_and_birthday() -> None:
    people = [
        REQUEST.person,
        changed(REQUEST.person, given_name=" ROSALIND "),
        changed(REQUEST.person, given_name="Rosalinde"),
        changed(REQUEST.person, family_name="Quills"),
        changed(REQUEST.person, suffix="Jr"),
        changed(REQUEST.person, date_of_birth=ON),
    ]
    owners = list(_marks(*[changed(person=person) for person in people]).owners)
    assert owners[0] == owners[1]
    assert len(set(owners)) == len(owners) - 1


def test_address_forms_stand_one_for_each_row() -> None:
    forms = address_forms([REQUEST, REJECT])
    assert forms == [normalize_address(REQUEST.address), normalize_address(Address())]
    assert _question(REQUEST).form == forms[0]


def test_rows_and_addresses_of_other_length_are_a_bug() -> None:
    with pytest.raises(ValueError, match="zip"):
        Fingerprinter(KEY).fingerprint([REQUEST, REQUEST], address_forms([REQUEST]))


# -- columns -----------------------------------------------------------------------------------------


def test_no_rows_have_no_marks() -> None:
    for marks in (_marks(), empty_fingerprints()):
        assert [len(getattr(marks, name)) for name in COLUMNS] == [0] * 7
        assert len(marks) == 0


def test_a_part_of_a_file_has_the_marks_of_its_rows_and_no_owners() -> None:
    rows = [REQUEST, REJECT, changed(reason="Another")]
    marks = _marks(*rows)
    part = marks.part(1, 3)
    assert [_row(marks, place) | {"owners": 0} for place in (1, 2)] == [
        {name: getattr(part, name)[place] for name in COLUMNS[:-1]} | {"owners": 0}
        for place in (0, 1)
    ]
    assert (
        len(part),
        len(part.owners),
        len(marks.without_owners().owners),
        len(marks.without_owners()),
    ) == (2, 0, 0, 3)
    assert marks.without_owners().questions(address_forms(rows))[2] == _question(rows[2])


def test_stretches_of_a_file_are_put_together_in_order() -> None:
    whole, grown = _marks(REQUEST, REJECT, changed(reason="Another")), empty_fingerprints()
    for stretch in ((REQUEST,), (REJECT, changed(reason="Another"))):
        grown.extend(_marks(*stretch))
    assert grown == whole
