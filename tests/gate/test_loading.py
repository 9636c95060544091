"""Which files are an office's law, in which order, under which digest; each fault names its
file."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from counterfoil.core import canonical
from counterfoil.core.errors import SettingsFault
from counterfoil.gate.law import load
from counterfoil.gate.law.clauses import agreement_digest
from counterfoil.gate.law.load import copy_law, load_law
from counterfoil.gate.law.schema import Span
from tests.gate.world import LIBRARY, changed
from tests.world.faults import expect_fault

AGREEMENTS = LIBRARY / "agreements"
DAY = timedelta(days=1)


@pytest.fixture
def office(tmp_path: Path) -> Path:
    copy_law(LIBRARY, AGREEMENTS / "sandbox-routes.yaml", tmp_path / "law")
    return tmp_path / "law"


def _edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_an_agreement_is_the_offices_own_or_a_librarys_by_name_or_a_file(office: Path) -> None:
    law = load_law(office)
    assert (
        load_law(LIBRARY, "sandbox-routes")
        == load_law(LIBRARY, AGREEMENTS / "sandbox-routes.yaml")
        == law
    )
    assert load_law(LIBRARY, "sandbox").agreement.id == "sandbox"


def test_a_law_is_of_the_first_route_and_has_the_others_beside_it_under_one_digest(
    office: Path,
) -> None:
    law = load_law(office)
    assert [each.route.id for each in law.every_route] == list(law.agreement.routes)
    assert law.every_route == (law, *law.others)
    assert [law.for_route(each.route.id) for each in law.every_route] == list(law.every_route)
    assert all(each.others == () for each in law.others)
    assert {each.digest for each in law.every_route} == {law.digest}
    assert {each.agreement_digest for each in law.every_route} == {agreement_digest(law.agreement)}


def test_elements_stand_in_the_laws_order(office: Path) -> None:
    for law in load_law(office).every_route:
        assert [statute.id for statute in law.statutes] == list(law.route.statutes)
        of_statutes = [element for statute in law.statutes for element in statute.elements]
        assert list(law.elements) == [*of_statutes, *law.route.elements, *law.common.elements]


def test_an_element_is_in_force_on_its_first_and_last_day(office: Path) -> None:
    law = load_law(office)
    first, last = date(2025, 3, 1), date(2025, 3, 31)
    element = changed(law.elements[0], in_force=Span(first, last))
    law = changed(law, elements=(element,))
    assert [law.in_force(day) for day in (first - DAY, first, last, last + DAY)] == [
        (),
        (element,),
        (element,),
        (),
    ]


def test_the_digest_is_of_all_routes_and_of_the_versions_of_checks_and_forms(
    office: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    digests = [load_law(office).digest]
    for name in ("demands.CHECKS_VERSION", "load.FORMS_VERSION"):
        monkeypatch.setattr(f"counterfoil.gate.law.{name}", "another")
        load._loaded.cache_clear()  # within one process no version changes
        digests.append(load_law(office).digest)
    _edit(office / "routes" / "consent.yaml", "The taxpayer's consent", "A taxpayer's consent")
    digests.append(load_law(office).digest)
    _edit(office / "common" / "every-route.yaml", "most_years: 6", "most_years: 5")
    digests.append(load_law(office).digest)
    load._loaded.cache_clear()
    assert len(set(digests)) == len(digests) == 5
    assert all(
        digest.startswith("sha256:") and len(digest) == len(canonical.digest(b""))
        for digest in digests
    )


@pytest.mark.parametrize(
    ("file", "old", "new", "code", "place"),
    [
        (
            "statutes/us-26-6103-c.yaml",
            "id: us-26-6103-c",
            "id: us-26",
            "law_id",
            "statutes/us-26-6103-c.yaml: id",
        ),
        ("routes/consent.yaml", "id: consent", "id: assent", "law_id", "routes/consent.yaml: id"),
        (
            "common/every-route.yaml",
            "id: every-route",
            "id: each",
            "law_id",
            "common/every-route.yaml: id",
        ),
        (
            "agreement.yaml",
            "court-order, consent]",
            "consent, consent]",
            "law_route_twice",
            "agreement sandbox-routes: routes",
        ),
        (
            "agreement.yaml",
            "court-order, consent]",
            "court-order, x]",
            "law_missing",
            "agreement sandbox-routes: routes",
        ),
        (
            "routes/consent.yaml",
            "common: every-route",
            "common: x",
            "law_missing",
            "routes/consent.yaml: common",
        ),
        (
            "routes/consent.yaml",
            "statutes: [us-26-6103-c",
            "statutes: [x",
            "law_missing",
            "routes/consent.yaml: statutes",
        ),
    ],
)
def test_p10_a_file_that_is_missing_misnamed_or_named_twice_refuses(
    office: Path, file: str, old: str, new: str, code: str, place: str
) -> None:
    _edit(office / file, old, new)
    with expect_fault(SettingsFault, code, place) as raised:
        load_law(office)
    if code == "law_missing":
        folder = "routes" if file == "agreement.yaml" else place.rpartition(": ")[2]
        assert raised.value.message == f"there is no file {folder}/x.yaml"


def test_a_quote_of_any_part_of_the_law_is_held_against_its_digest(office: Path) -> None:
    _edit(
        office / "routes" / "consent.yaml",
        "quote: null\n    digest: null",
        "quote: words\n    digest: null",
    )
    with expect_fault(SettingsFault, "law_quote_digest", "element c-consent-recent: digest"):
        load_law(office)


def test_a_copy_is_whole_and_byte_for_byte(tmp_path: Path) -> None:
    law = copy_law(LIBRARY, AGREEMENTS / "sandbox.yaml", tmp_path / "a" / "law")
    assert law == load_law(LIBRARY, "sandbox")
    copied = {
        path.relative_to(tmp_path / "a" / "law").as_posix(): path.read_bytes()
        for path in (tmp_path / "a").rglob("*.yaml")
    }
    parts = {
        path.relative_to(LIBRARY).as_posix(): path.read_bytes() for path in LIBRARY.rglob("*.yaml")
    }
    held = {
        name: data
        for name, data in parts.items()
        if name.split("/")[0] in ("statutes", "routes", "common", "lists")
    }
    assert copied == held | {"agreement.yaml": parts["agreements/sandbox.yaml"]}


def test_an_agreement_that_is_not_there_is_not_copied(tmp_path: Path) -> None:
    with expect_fault(SettingsFault, "law_not_copied", "law/new") as raised:
        copy_law(LIBRARY, AGREEMENTS / "gone.yaml", tmp_path / "new")
    assert raised.value.message == "the law could not be copied (FileNotFoundError)"


def test_a_law_is_loaded_once_in_a_process_and_anew_where_a_text_of_it_differs(
    office: Path,
) -> None:
    law = load_law(office)
    assert load_law(office) is law
    _edit(office / "common" / "every-route.yaml", "most_years: 6", "most_years: 5")
    changed_law = load_law(office)
    assert changed_law.digest != law.digest
    _edit(office / "common" / "every-route.yaml", "most_years: 5", "most_years: 6")
    assert load_law(office) is law
    (office / "routes" / "consent.yaml").unlink()
    with expect_fault(SettingsFault, "law_missing", f"agreement {law.agreement.id}: routes"):
        load_law(office)
