"""How a sentence about the law becomes a request and a document: column by column, and field by
field."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from counterfoil.core.errors import SettingsFault
from counterfoil.core.values import Address, Document, EngagedOfficer, Person, RemovalOrder, Request
from counterfoil.gate.cases import changed, read_case_files, read_columns, read_document
from tests.world.faults import expect_fault

FILE = Path("cases/names.yaml")
COLUMNS = {
    "request_id": "r1",
    "given_name": "Ada",
    "middle_name": "May",
    "family_name": "Quill",
    "suffix": "Jr",
    "date_of_birth": "1980-02-29",
    "tin": "900-00-1234",
    "line1": "12 Elm St",
    "line2": "Apt 4",
    "city": "Anytown",
    "state": "WA",
    "zip": "98001",
    "taxable_periods": "2022; 2023",
    "statutory_authority": "8 USC 1253(a)(1)",
    "reason": "She was served.",
    "investigation_number": "CR-1",
    "investigation_opened_on": "2025-06-02",
    "removal_order_number": "RO-1",
    "removal_order_date": "2024-11-15",
    "removal_ground": "8 USC 1227(a)(2)",
    "court_order_date": "2024-12-01",
    "stay_or_deferral": "none",
    "engaged_officers": "OFF-1 | Dana Fields | Special Agent; OFF-2 |Lee Marsh",
    "use_certified": "true",
}
WHOLE = Request(
    "r1",
    1,
    Person("Ada", "May", "Quill", "Jr", date(1980, 2, 29), "900-00-1234"),
    Address("12 Elm St", "Apt 4", "Anytown", "WA", "98001"),
    ("2022", "2023"),
    "8 USC 1253(a)(1)",
    "She was served.",
    "CR-1",
    date(2025, 6, 2),
    RemovalOrder("RO-1", date(2024, 11, 15), "8 USC 1227(a)(2)", date(2024, 12, 1)),
    "none",
    (
        EngagedOfficer("OFF-1", "Dana Fields", "Special Agent"),
        EngagedOfficer("OFF-2", "Lee Marsh", ""),
    ),
    True,
)


def _fields(value: object) -> list[object]:
    """Every text of a value that prints nothing of itself, so that a difference can be seen."""
    return [getattr(value, name) for name in value.__struct_fields__]


def test_every_column_stands_in_its_own_field_of_the_request() -> None:
    read = read_columns(COLUMNS, FILE)
    assert read == WHOLE
    assert _fields(read.person) == _fields(WHOLE.person)


def test_columns_left_out_are_empty_and_dates_left_out_are_none() -> None:
    assert read_columns({}, FILE) == Request("case", 1, Person(), Address())
    assert read_columns({"taxable_periods": "  ", "engaged_officers": " "}, FILE) == Request(
        "case", 1, Person(), Address()
    )


def test_an_item_between_semicolons_may_be_empty_and_is_an_item() -> None:
    read = read_columns({"taxable_periods": "2022;; 2023 ", "engaged_officers": "a|b|c|d|e"}, FILE)
    assert read.taxable_periods == ("2022", "", "2023")
    assert read.engaged_officers == (EngagedOfficer("a", "b", "c", "d"),)


@pytest.mark.parametrize(
    ("columns", "field"),
    [
        ({"first_name": "Ada"}, "$"),
        ({"date_of_birth": "2025-02-30"}, "$[2][4]"),
        ({"use_certified": "perhaps"}, "$[12]"),
    ],
)
def test_p10_an_unknown_column_and_a_value_that_does_not_fit_refuse(
    columns: dict[str, str], field: str
) -> None:
    with expect_fault(SettingsFault, "law_field", f"cases/names.yaml: {field}"):
        read_columns(columns, FILE)


DIGEST = "sha256:" + "a" * 64


def test_a_document_is_read_with_the_people_whom_it_names() -> None:
    stated = {
        "digest": DIGEST,
        "issued_on": "2025-07-01",
        "expires_on": "2025-09-01",
        "periods": ["2023"],
        "items": ["address"],
        "people": [{"given_name": "Ada", "family_name": "Quill", "date_of_birth": "1980-02-29"}],
        "court": "District Court",
        "judge": "district",
        "finds": ["relevance"],
        "recipient": "agency-a",
        "purpose": "a loan",
        "statute": "8 USC 1326",
        "signed_by": "Ada Quill",
        "capacity": "taxpayer",
        "alone": "yes",
        "revoked": "no",
    }
    assert read_document(stated, FILE) == Document(
        DIGEST,
        date(2025, 7, 1),
        date(2025, 9, 1),
        (Person("Ada", "", "Quill", "", date(1980, 2, 29)),),
        ("2023",),
        ("address",),
        "District Court",
        "district",
        ("relevance",),
        "agency-a",
        "a loan",
        "8 USC 1326",
        "Ada Quill",
        "taxpayer",
        "yes",
        "no",
    )
    assert read_document({"digest": DIGEST, "issued_on": "2025-07-01"}, FILE) == Document(
        DIGEST, date(2025, 7, 1), None, (), (), ()
    )


def test_p10_an_unknown_field_of_a_document_refuses() -> None:
    with expect_fault(SettingsFault, "law_field", "cases/names.yaml: $"):
        read_document({"digest": DIGEST, "issued_on": "2025-07-01", "seal": "red"}, FILE)


def test_case_files_are_found_in_every_folder_and_the_bases_are_left_out(tmp_path: Path) -> None:
    for name in (
        "base.yaml",
        "base-consent.yaml",
        "name.yaml",
        "notes.txt",
        "routes/base-of-it.yaml",
        "a/b/c.yaml",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("", encoding="utf-8")
    found = [path.relative_to(tmp_path).as_posix() for path in read_case_files(tmp_path)]
    assert found == ["a/b/c.yaml", "name.yaml", "routes/base-of-it.yaml"]


def test_a_dotted_field_is_changed_and_a_number_selects_an_item() -> None:
    base = {"limits": {"rows": 1}, "people": [{"id": "a"}, {"id": "b"}], "title": "x"}
    assert changed(base, {"limits.rows": 2, "people.1.id": "c", "title": None}) == {
        "limits": {"rows": 2},
        "people": [{"id": "a"}, {"id": "c"}],
        "title": None,
    }


@pytest.mark.parametrize(
    ("field", "fault"),
    [
        ("limits.more", ValueError),
        ("more", ValueError),
        ("people.2.id", IndexError),
        ("people.x.id", ValueError),
        ("title.x.y", TypeError),
    ],
)
def test_a_field_that_is_not_there_is_not_made(field: str, fault: type[Exception]) -> None:
    base = {"limits": {"rows": 1}, "people": [{"id": "a"}], "title": 3}
    with pytest.raises(fault):
        changed(base, {field: 1})
    assert base == {"limits": {"rows": 1}, "people": [{"id": "a"}], "title": 3}
