"""The words and numbers of law and agreement, compiled: each into what the checks read, or a fault
that names the list."""

from __future__ import annotations

import msgspec
import pytest

from counterfoil.core.errors import SettingsFault
from counterfoil.core.values import Address
from counterfoil.gate.law.compiled import Terms, compile_terms, place_keys
from counterfoil.gate.law.folding import fold_citation, screened_words
from counterfoil.normalize import normalize_address
from tests.gate.world import amended, changed, every_route, sandbox
from tests.world.faults import expect_fault

LAWS = {law.route.id: law for law in every_route()}


def _terms(name: str = "written-request", **rules: object) -> Terms:
    """Compiled anew, with other rules of what all routes share."""
    law = LAWS[name]
    return compile_terms(
        law.route, changed(law.common, rules=changed(law.common.rules, **rules)), law.agreement
    )


def _reason(**phrases: tuple[str, ...]) -> dict[str, object]:
    return {"reason": changed(LAWS["consent"].common.rules.reason, **phrases)}


def test_entries_that_stand_for_nothing_are_folded_and_the_empty_one_is_among_them() -> None:
    terms = _terms(placeholder_entries=("Un Known", "?"), nothing_stated=("None", "No Stay", "0"))
    assert terms.placeholders == {"un known", "?"}
    assert terms.nothing_stated == {"none", "no stay", "0", ""}
    assert terms.absent == {"un known", "?", "none", "no stay", "0", ""}
    assert terms.nothing_words == {"none", "no stay", ""}


def test_offices_and_principals_are_those_of_route_and_agreement() -> None:
    terms, law = _terms("consent"), LAWS["consent"]
    assert terms.offices == {"designee"}
    assert terms.principals == {principal.id: principal for principal in law.agreement.principals}
    assert (terms.agreement, terms.rules) == (law.agreement, law.common.rules)


@pytest.mark.parametrize(
    ("citation", "designated"),
    [
        ("8 USC 1253(a)(1)", True),
        ("8 U.S.C. § 1253(a)(1)", True),
        ("ina 243 (a)(1)", True),
        ("8 USC 1253(a)(1)(A)", True),
        ("8 USC 1253(a)(1)(A)(iv)", True),
        ("8 USC 1253(a)(1)(A)(iv)(II)(aa)(BB)", True),
        ("8 USC 1253(a)(1)(a)(1)", False),
        ("8 USC 1253(a)(1)(2)", False),
        ("8 USC 1253(a)(1)(A)(i)(I)(aa)(BB)(x)", False),
        ("8 USC 1253(a)(1)(abcde)", False),
        ("8 USC 1253(a)(1), 8 USC 1326", False),
        ("8 USC 1253(a)", False),
        ("18 USC 1253(a)(1)", False),
        ("8xUSC 1253(a)(1)", False),
    ],
)
def test_a_citation_is_designated_whole_or_by_a_subdivision_of_it(
    citation: str, designated: bool
) -> None:
    terms = _terms()
    assert bool(terms.authority.match(fold_citation(citation))) is designated
    assert terms.authority_written == {"8 USC 1253(a)(1)", "8 U.S.C. 1253(a)(1)", "INA 243(a)(1)"}


@pytest.mark.parametrize(
    ("written", "is_ground"),
    [
        ("8 USC 1227(a)(2)", True),
        ("INA 237(a)(6)(B)", True),
        ("8 USC 1227(a)(7)", False),
        ("8 USC 1227(a)", False),
        ("8 USC 1182(a)(2)", False),
    ],
)
def test_a_ground_names_a_class_of_the_removal_rules(written: str, is_ground: bool) -> None:
    assert bool(_terms().ground.match(fold_citation(written))) is is_ground


def test_a_route_without_a_kind_of_facts_has_nothing_of_it() -> None:
    written, order, consent = (
        _terms(name) for name in ("written-request", "court-order", "consent")
    )
    assert (written.departure_days, order.departure_days, consent.departure_days) == (90, 0, 0)
    assert [terms.ground.match("") for terms in (order, consent)] == [None, None]
    assert (written.document_days, written.document_items, written.judges) == (
        (),
        frozenset(),
        frozenset(),
    )
    assert order.document_days == LAWS["court-order"].route.rules.document.days
    assert "address" in order.document_items & consent.document_items
    assert "income" not in order.document_items | consent.document_items
    assert (order.judges > {"district", "magistrate"}, consent.judges) == (True, frozenset())


def test_words_of_a_document_are_folded() -> None:
    law = LAWS["court-order"]
    document = changed(law.route.rules.document, items=("Home  Address",), judges=("DISTRICT",))
    terms = compile_terms(
        changed(law.route, rules=changed(law.route.rules, document=document)),
        law.common,
        law.agreement,
    )
    assert (terms.document_items, terms.judges) == ({"home address"}, {"district"})


def test_groups_of_digits_are_read_as_ranges_with_both_ends() -> None:
    tin = changed(
        LAWS["consent"].common.rules.tin,
        itin_groups=("50-52", "70"),
        atin_groups=("93",),
        made_up_groups=("00-01",),
    )
    terms = _terms(tin=tin)
    assert terms.itin_groups == {"50", "51", "52", "70", "93"}
    assert terms.made_up_groups == {"00", "01"}


def test_a_group_of_officers_is_known_by_its_words_or_its_whole_name() -> None:
    officers = changed(
        LAWS["consent"].common.rules.officers,
        group_words=("Task-Force", "Unit"),
        group_names=("The  Duty Desk",),
    )
    terms = _terms(officers=officers)
    assert terms.group_words == {"task", "force", "vnlt"}
    assert terms.group_names == {"thedvtydesk"}


def test_each_list_of_phrases_screens_for_itself_and_all_together() -> None:
    names = ("locating", "civil", "benefits", "voter_rolls", "other_purpose")
    terms = _terms(
        **_reason(
            **{name: (f"of {name.replace('_', '')}",) for name in names},
            general_phrases=("For  Use",),
        )
    )
    for name in names:
        word = name.replace("_", "")
        words = screened_words(f"of {word}")
        hits = [each for each, screen in terms.other_purposes.items() if screen.hits(words)]
        assert hits == [name]
        assert terms.purposes.watched.hits(words)
    assert not terms.purposes.watched.hits(screened_words("of nothing"))
    assert terms.general_reasons == {"for vse"}


def test_phrases_of_placeholders_and_custody_screen_for_themselves() -> None:
    terms = _terms(custodial_words=("County Jail",))
    assert terms.custodial_words.hits(screened_words("the county jail"))
    assert not terms.placeholder_phrases.hits(screened_words("the county jail"))
    assert terms.placeholder_phrases.hits(screened_words("now at large"))


# -- places ------------------------------------------------------------------------------------------


def test_a_place_is_listed_by_zip_and_by_city_whatever_the_unit() -> None:
    terms = _terms()
    asked = Address("500 Custody Loop Unit 7", "", "Anytown", "WA", "98001")
    by_zip, by_city = place_keys(normalize_address(asked))
    assert (by_zip, by_city) == (("500", "CUSTODY", "98001"), ("500", "CUSTODY", "ANYTOWN", "WA"))
    assert {by_zip, by_city} <= terms.custodial_places
    assert {by_zip, by_city}.isdisjoint(terms.requester_offices)
    assert ("250", "REQUESTER", "75001") in terms.requester_offices
    assert (len(terms.custodial_places), len(terms.requester_offices)) == (4, 4)


# -- faults ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["locating", "civil", "benefits", "voter_rolls", "other_purpose"])
def test_p10_a_phrase_of_a_reason_without_letters_refuses(name: str) -> None:
    with expect_fault(SettingsFault, "law_phrase_empty", f"rules.reason.{name}"):
        _terms(**_reason(**{name: ("words", "24/7")}))


def test_p10_a_word_of_custody_or_a_placeholder_without_letters_refuses() -> None:
    with expect_fault(SettingsFault, "law_phrase_empty", "rules.custodial_words"):
        _terms(custodial_words=("911",))
    with expect_fault(SettingsFault, "law_phrase_empty", "lists.placeholder_phrases"):
        amended({"lists.placeholder_phrases": ["???"]})


@pytest.mark.parametrize("name", ["custodial_places", "requester_offices"])
@pytest.mark.parametrize("lacking", ["line1", "city", "state", "zip"])
def test_p10_a_listed_place_without_a_part_of_its_address_refuses(name: str, lacking: str) -> None:
    with expect_fault(SettingsFault, "law_place_incomplete", f"lists.{name}[1]"):
        amended({f"lists.{name}.1.{lacking}": "-"})


def test_p10_an_unsigned_file_is_accepted_by_a_sandbox_alone() -> None:
    principal = "principals.sandbox-principal"
    with expect_fault(
        SettingsFault, "law_sandbox_only", f"agreement sandbox: {principal}.unsigned_accepted"
    ):
        amended({"sandbox": False})
    assert amended({"sandbox": False, "principals.0.unsigned_accepted": False}).terms.principals
    with expect_fault(SettingsFault, "law_principal_twice", f"agreement sandbox: {principal}"):
        amended({"principals": msgspec.to_builtins(sandbox().agreement.principals * 2)})


@pytest.mark.parametrize("name", ["taxpayer", "purposes", "use_limits"])
def test_p10_a_law_of_format_3_without_its_rules_refuses(name: str) -> None:
    with expect_fault(SettingsFault, "law_rules_format", f"common/every-route.yaml: rules.{name}"):
        _terms(**{name: msgspec.UNSET})


def test_p10_a_consent_of_format_3_without_rules_of_who_may_sign_refuses() -> None:
    law = LAWS["consent"]
    assert law.route.rules.document
    document = changed(law.route.rules.document, consent=msgspec.UNSET)
    route = changed(law.route, rules=changed(law.route.rules, document=document))
    with expect_fault(
        SettingsFault, "law_rules_format", "routes/consent.yaml: rules.document.consent"
    ):
        compile_terms(route, law.common, law.agreement)
