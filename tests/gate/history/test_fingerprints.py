"""Fingerprints: what makes two requests about one person, at one address, or of one content."""

from __future__ import annotations

from array import array
from datetime import date

import pytest

from counterfoil.core.values import Address, EngagedOfficer, Person, Reject, RemovalOrder, Request
from counterfoil.gate.history.fingerprints import (
    Fingerprinter,
    Fingerprints,
    address_of,
    content_of,
    empty_fingerprints,
    forms_of,
    is_dated,
    name_of,
    person_of,
    sealed_name_of,
)
from counterfoil.gate.history.keyed_hash import ABSENT, keyed_hash, number_of, utf8
from counterfoil.gate.history.sealed_names import SealedNames
from counterfoil.normalize import counted_address, normalize_address, normalize_name
from counterfoil.normalize.asked_keys import exact_name, home_keys, person_keys
from tests.gate.world import KEY, ON, REQUEST, asked_by, changed

REJECT = Reject(2, "", "csv_malformed", "", "")
FORM = normalize_address(REQUEST.address)
NAME = normalize_name(REQUEST.person)


def _of(*rows: Request | Reject, key: bytes = KEY) -> Fingerprints:
    return Fingerprinter(key).fingerprint(rows, forms_of(rows))


def _asked(request: Request) -> bytes:
    return _of(request).asked[0]


def test_a_question_is_hashed_alike_for_ever_by_its_normal_forms() -> None:
    found = _of(REQUEST)
    [asked] = found.asked
    hashed = {
        b"question person": (person_of, f"{exact_name(NAME)}|1980-02-29"),
        b"question name": (name_of, exact_name(NAME)),
        b"asked door": (address_of, counted_address(FORM)),
    }
    for context, (read, text) in hashed.items():
        assert number_of(read(asked)) == keyed_hash(KEY, context, utf8(text))
    assert list(found.addresses) == [number_of(address_of(asked))]
    homes = [keyed_hash(KEY, b"question home", utf8(key)) for key in home_keys(FORM)]
    born = person_keys(NAME, REQUEST.person.date_of_birth)
    people = [keyed_hash(KEY, b"question people", utf8(key)) for key in born]
    assert list(found.keys) == homes + people
    assert (list(found.homes), list(found.people)) == ([len(homes)], [len(people)])
    assert list(found.home_keys(0)) == homes
    assert SealedNames(KEY).open(sealed_name_of(asked)) == changed(NAME, suffix="")


def test_no_word_is_kept_and_another_key_makes_other_hashes() -> None:
    mine, other = _of(REQUEST), _of(REQUEST, key=KEY[::-1])
    assert set(mine.keys).isdisjoint(other.keys)
    assert sealed_name_of(mine.asked[0]) != sealed_name_of(other.asked[0])
    assert b"QUILL" not in mine.asked[0].upper()
    assert "Quill" not in repr(mine)


def test_a_date_of_birth_is_part_of_the_person_and_not_of_the_name() -> None:
    undated = changed(person=changed(REQUEST.person, date_of_birth=None))
    mine, other = _asked(REQUEST), _asked(undated)
    assert name_of(mine) == name_of(other)
    assert person_of(mine) != person_of(other)
    assert (is_dated(mine), is_dated(other)) == (True, False)


@pytest.mark.parametrize(
    "nobody", [Person("", "", "Quill"), Person("Rosalind", "", "12"), Person()]
)
def test_who_is_not_named_whole_is_nobody_and_is_found_by_content(nobody: Person) -> None:
    found = _of(changed(person=nobody))
    [asked] = found.asked
    assert person_of(asked) == name_of(asked) == ABSENT
    assert found.keys[-1] == number_of(content_of(asked))
    assert list(found.people) == [1]


def test_what_is_no_home_has_no_key() -> None:
    found = _of(changed(address=Address("Failed to Provide"), investigation_number=""))
    assert address_of(found.asked[0]) == ABSENT
    assert (list(found.homes), list(found.investigations), list(found.owners)) == ([0], [0], [0])


OTHER: dict[str, object] = {
    "person": changed(REQUEST.person, middle_name="May"),
    "address": changed(REQUEST.address, line2="Apt 5"),
    "taxable_periods": ("2022",),
    "statutory_authority": "8 USC 1326",
    "reason": "Another",
    "investigation_number": "CR-2",
    "investigation_opened_on": date(2025, 6, 3),
    "removal_order": RemovalOrder("RO-2"),
    "stay_or_deferral": "deferred action",
    "review": "petition for review",
    "offence_date": date(2025, 6, 3),
    "offence_fact": "Hid the travel document",
    "earlier_investigation": "Opened on forged papers",
    "engaged_officers": (EngagedOfficer("OFF-2"),),
    "use_certified": False,
}


@pytest.mark.parametrize("field", REQUEST.__struct_fields__)
def test_a_change_of_anything_but_id_and_row_is_another_content(field: str) -> None:
    other = changed(**{field: OTHER.get(field, "r9" if field == "request_id" else 9)})
    same = content_of(_asked(other)) == content_of(_asked(REQUEST))
    assert same is (field in {"request_id", "row"})


@pytest.mark.parametrize(
    "spelled",
    [
        {"person": Person("ROSALIND", "", "quill", "", REQUEST.person.date_of_birth, "900001234")},
        {"address": Address("12 ELM STREET #4", "", "Anytown", "WA", "98001")},
        {"reason": REQUEST.reason.upper()},
        {"investigation_number": " cr\u20102025-00417\u200b"},
        {"engaged_officers": (EngagedOfficer("off-1", "DANA FIELDS", "special  agent"),)},
    ],
)
def test_what_is_the_same_but_for_spelling_is_one_content(spelled: dict[str, object]) -> None:
    assert content_of(_asked(changed(**spelled))) == content_of(_asked(REQUEST))


def test_a_lone_surrogate_is_counted_like_any_text() -> None:
    odd = changed(stay_or_deferral="\ud800", reason="odd")
    assert content_of(_asked(odd)) == content_of(_asked(odd)) != content_of(_asked(REQUEST))


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ({"reason": REQUEST.reason.upper()}, {"reasons", "similar", "investigations"}),
        ({"reason": REQUEST.reason + " 17!"}, {"similar", "investigations"}),
        ({"reason": REQUEST.reason.replace("e", "3")}, {"similar", "investigations"}),
        (
            {"reason": REQUEST.reason.replace("a", "\u00e1")},
            {"reasons", "similar", "investigations"},
        ),
        (
            {"reason": REQUEST.reason.replace("i", "1").replace(" ", ".")},
            {"similar", "investigations"},
        ),
        ({"investigation_number": "cr-2025-00417 "}, {"reasons", "similar", "investigations"}),
        ({"investigation_number": "No. CR 2025 00417."}, {"reasons", "similar", "investigations"}),
        (
            {"investigation_number": "Case no: CR202500417"},
            {"reasons", "similar", "investigations"},
        ),
        ({"investigation_number": "NO-2025-00417"}, {"reasons", "similar"}),
        ({"investigation_number": "CR\u20112025-00417"}, {"reasons", "similar", "investigations"}),
        ({"investigation_number": "CR-2025-417"}, {"reasons", "similar", "investigations"}),
        ({"investigation_number": "CR-2O25-00417"}, {"reasons", "similar", "investigations"}),
        ({"investigation_number": "CR-2025-OO4l7"}, {"reasons", "similar", "investigations"}),
        ({"investigation_number": "Inv. CR-2025-00417"}, {"reasons", "similar", "investigations"}),
        ({"investigation_number": "CR-2025-417 (cont.)"}, {"reasons", "similar", "investigations"}),
        ({"investigation_number": "CR-2025-04170"}, {"reasons", "similar"}),
        ({"investigation_number": "CR-2025-00471"}, {"reasons", "similar"}),
        ({"investigation_number": "CR-2026-00417"}, {"reasons", "similar"}),
        ({"reason": "Another matter"}, {"investigations"}),
    ],
)
def test_reasons_and_investigations_are_one_in_their_plain_form(
    change: dict[str, str], same: set[str]
) -> None:
    mine, other = _of(REQUEST), _of(changed(**change))
    names = ("reasons", "similar", "investigations")
    assert {name for name in names if getattr(mine, name) == getattr(other, name)} == same


@pytest.mark.parametrize("form", ["CR-2025-{:06d}", "26-{:06d}", "RO{:06d}", "{:06d}", "S-{:06d}"])
def test_numbers_of_one_series_are_as_many_investigations_as_they_are(form: str) -> None:
    written = [
        form.format(number)
        for number in (*range(0, 2_000), *range(20_000, 1_000_000, 9_001), 202_600)
    ]
    asked = _of(*[changed(investigation_number=each) for each in written])
    assert len(set(asked.investigations)) == len(set(asked.written)) == len(written)


def test_the_owner_of_an_investigation_is_known_by_name_suffix_and_date_of_birth() -> None:
    people = [
        REQUEST.person,
        changed(REQUEST.person, given_name=" ROSALIND "),
        changed(REQUEST.person, given_name="Bartholomew"),
        changed(REQUEST.person, family_name="Thornquist"),
        changed(REQUEST.person, suffix="Jr"),
        changed(REQUEST.person, date_of_birth=ON),
    ]
    owners = list(_of(*[changed(person=person) for person in people]).owners)
    assert owners[0] == owners[1]
    assert len(set(owners)) == len(owners) - 1


def test_rows_and_forms_of_other_length_are_a_bug() -> None:
    with pytest.raises(ValueError, match="zip"):
        Fingerprinter(KEY).fingerprint([REQUEST, REQUEST], forms_of([REQUEST]))


# -- columns -----------------------------------------------------------------------------------------


def test_no_rows_have_no_fingerprints() -> None:
    for found in (_of(), empty_fingerprints()):
        assert (len(found), len(found.keys)) == (0, 0)


def test_a_part_of_a_file_has_the_fingerprints_of_its_rows() -> None:
    rows = [REQUEST, REJECT, changed(reason="Another"), changed(person=Person())]
    whole = _of(*rows)
    assert whole.part(1, 3) == _of(*rows[1:3])
    assert whole.part(0, 4) == whole
    assert list(whole.home_keys(1)) == []
    assert whole.home_keys(2) == _of(rows[2]).home_keys(0)


def test_a_row_that_is_no_request_has_nothing() -> None:
    found = _of(REJECT, REQUEST)
    assert (found.asked[0], found.homes[0], found.people[0]) == (b"", 0, 0)
    assert found.asked[1] == _asked(REQUEST)


@pytest.mark.parametrize("earlier", [False, True])
def test_rows_none_of_which_is_a_request_have_their_places(earlier: bool) -> None:
    rows = [REJECT, REJECT]
    found = Fingerprinter(KEY, earlier=earlier).fingerprint(rows, forms_of(rows))
    assert (found.asked, list(found.homes), list(found.reasons)) == ([b"", b""], [0, 0], [0, 0])
    assert list(found.earlier_people) == [0, 0] * earlier


def test_stretches_of_a_file_are_put_together_in_order() -> None:
    whole, grown = _of(REQUEST, REJECT, changed(reason="Another")), empty_fingerprints()
    for stretch in ((REQUEST,), (REJECT, changed(reason="Another"))):
        grown.extend(_of(*stretch))
    assert grown == whole
    assert asked_by(REQUEST, changed(reason="Another")).addresses == array(
        "q", [whole.addresses[0], whole.addresses[2]]
    )
