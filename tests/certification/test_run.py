"""A certification end to end, on a register of made-up people."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from msgspec.structs import replace

from counterfoil.certification import run as certify_module
from counterfoil.certification.ask import DecoyAsker, Visit
from counterfoil.certification.certificate import certificate_digest, open_certificate
from counterfoil.certification.checkpoint import STATE_FILE
from counterfoil.certification.curves import PARTS
from counterfoil.certification.decoys import KINDS
from counterfoil.certification.governing import Certificates, Certified, find_certificates
from counterfoil.certification.run import CertificationOutcome, CertificationPlan, certify
from counterfoil.certification.tally import PROXY, Tally, add, new_tally, plain
from counterfoil.core.errors import InputFault, StateFault, StoreFault, VerifyFault
from counterfoil.core.file_lock import locked_file
from counterfoil.office import Office
from tests.world.office import World, closing, quiet
from tests.world.people import Row, person

LOOSE = 30_000_000_000
"""Three in a hundred: what a few hundred decoys can show."""


def people(count: int = 60) -> Iterator[Row]:
    """Households of three with dates of birth and numbers, in two years, in two like streets of two
    ZIPs."""
    given = (
        "Marisol",
        "Teodoro",
        "Wilhelmina",
        "Bartholomew",
        "Philippa",
        "Percival",
        "Rosalind",
        "Leopold",
        "Ignatius",
    )
    for home in range(count // 3):
        family = ("Quintanilla", "Ostrander", "Thornquist", "Vandermolen", "Featherstone")[home % 5]
        for at in range(3):
            number = home * 3 + at
            row = person(
                f"r{number}",
                given[(number * 5) % 9],
                family,
                f"{1800 + 4 * (home // 4)} {'NS'[home % 2]} Heron Lake Rd",
                zip=f"9810{1 + home // 2 % 2}",
                tin=f"900-00-{number + 1:04}",
                date_of_birth=f"{1950 + (number * 7) % 50}-0{1 + number % 9}-1{number % 9}",
            )
            yield row
            if number % 4:
                yield row | {"taxable_period": "2023"}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("certify")
    with closing(World(directory, people(), seed="certify")):
        return directory


@pytest.fixture
def agency(tmp_path: Path, made: Path) -> Iterator[World]:
    with closing(World(tmp_path, template=made)) as world:
        yield world


def run(world: World, progress: object = quiet, **changes: object) -> CertificationOutcome:
    plan = CertificationPlan(**({"per_class": 400, "limit": LOOSE, "asks": "birth"} | changes))  # type: ignore[arg-type]
    return certify(world.office, world.directory / "source.csv", plan, progress)  # type: ignore[arg-type]


def folder(world: World) -> Path:
    return next(path.parent for path in world.office.register_directory.glob("0*/manifest.json"))


def test_a_certificate_is_signed_entered_and_written_with_its_picture(agency: World) -> None:
    found = run(agency)
    assert found.certificate is not None
    digest = certificate_digest(found.certificate)
    with agency.office.open_register() as sealed:
        held = open_certificate(
            folder(agency), agency.office.holder_key.public, sealed.manifest, "birth", digest
        )
    assert held == found.certificate
    entry = agency.entries()[-1]
    assert (entry["kind"], entry["certificate"], entry["scope"]) == ("certificate", digest, "birth")
    assert entry["snapshot"] == held.manifest
    [picture] = folder(agency).glob("certificate-birth-*.svg")
    assert ET.fromstring(picture.read_text()).tag.endswith("svg")


def test_every_kind_is_asked_as_often_as_was_wanted(agency: World) -> None:
    found = run(agency)
    assert found.certificate is not None
    assert [kind.kind for kind in found.certificate.kinds] == SHOWN
    assert min(kind.asked for kind in found.certificate.kinds) >= 400


def test_a_certificate_says_what_it_does_not_cover(agency: World) -> None:
    found = run(agency)
    assert found.certificate is not None
    words = " ".join(found.certificate.not_covered)
    assert all(told in words for told in ("stale", "impostor", "not tried", "date of birth"))
    assert found.certificate.mix_said.startswith("equal")


def test_what_was_certified_is_what_governs(agency: World) -> None:
    found = run(agency)
    assert found.certificate is not None
    with agency.office.open_register() as sealed, agency.office.store.reading() as connection:
        weights = agency.office.weights(sealed.manifest)
        held = find_certificates(agency.office, connection, sealed.manifest, weights)
    birth = Certified(certificate_digest(found.certificate), LOOSE, found.certificate.threshold)
    assert held == Certificates(birth=birth)
    assert found.certificate.threshold >= 600


def test_a_limit_that_is_not_met_is_refused_with_figures_and_enters_nothing(agency: World) -> None:
    before = len(agency.entries())
    found = run(agency, asks="names", limit=1000)
    assert found.certificate is None
    assert found.fault is not None
    assert found.fault.code == "certify_limit_not_met"
    assert len(agency.entries()) == before
    assert not list(folder(agency).glob("certificate-*"))
    assert found.points[0].kinds[0].asked >= 400


def test_a_certification_goes_on_where_it_was_broken_off(
    agency: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(certify_module, "_CHUNK_DECOYS", 450)
    whole = plain(run(agency).tally)
    (folder(agency) / STATE_FILE).unlink()
    calls = 0

    def stop(_done: int, _total: int | None, phase: str) -> None:
        nonlocal calls
        calls += phase == "decoys"
        if calls == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(agency, stop)
    assert plain(run(agency, resume=True).tally) == whole


def test_a_finished_certification_is_resumed_without_asking(agency: World) -> None:
    first = run(agency)
    counted = agency.office.custodian(made_up_trial=True).total()
    again = run(agency, resume=True, limit=LOOSE // 2 + LOOSE)
    assert plain(again.tally) == plain(first.tally)
    assert agency.office.custodian(made_up_trial=True).total() == counted


def test_two_processes_count_what_one_counts(agency: World) -> None:
    alone = plain(run(agency).tally)
    assert plain(run(agency, jobs=2).tally) == alone


ASK = DecoyAsker.ask
SHOWN = [name for name, kind in KINDS.items() if not kind.shown_by or name == "no_unit"]
"""The kinds for which any source has rows, and that of buildings without units, as this one has."""


def one_by_one(asker: DecoyAsker, visits: Sequence[Visit]) -> Tally:
    """Each decoy by itself: nothing is shared with another."""
    total = new_tally()
    for visit in visits:
        for kind, start, stop in visit.turns:
            for place in range(start, stop):
                add(total, ASK(asker, [Visit(visit.row, ((kind, place, place + 1),))]))
    return total


@pytest.mark.parametrize("asks", ["birth", "names"])
def test_decoys_that_share_an_opening_are_decided_as_each_by_itself(
    agency: World, monkeypatch: pytest.MonkeyPatch, asks: str
) -> None:
    together = run(agency, asks=asks, per_class=60).tally
    monkeypatch.setattr(DecoyAsker, "ask", one_by_one)
    apart = run(agency, asks=asks, per_class=60).tally
    assert all(count.asked >= 60 for name, count in together.items() if name in (*SHOWN, PROXY))
    for count in (*together.values(), *apart.values()):
        count.rows = count.rows_before = 0  # rows are told apart within what is asked together
    assert plain(apart) == plain(together)


def test_a_process_that_fails_says_why(agency: World) -> None:
    """Its error comes back with its code; the other processes end."""
    (agency.office.register_directory / "trial.json").write_text("{}")
    with pytest.raises(VerifyFault) as raised:
        run(agency, jobs=2)
    assert raised.value.code == "custodian_state_altered"


def test_another_seed_asks_other_decoys(agency: World) -> None:
    assert plain(run(agency).tally) != plain(run(agency, seed="ab" * 32).tally)


def test_the_custodian_counts_a_certification_apart(agency: World) -> None:
    before = agency.office.custodian().total()
    run(agency)
    assert agency.office.custodian().total() == before
    assert agency.office.custodian(made_up_trial=True).total() > 0


def test_another_file_than_the_registers_source_is_refused(agency: World) -> None:
    source = agency.directory / "source.csv"
    source.write_text(source.read_text() + "\n")
    with pytest.raises(InputFault) as raised:
        run(agency)
    assert raised.value.code == "certify_source_other"


def one_street() -> list[Row]:
    return [
        row | {"line1": row["line1"].replace(" N ", " ").replace(" S ", " "), "zip": "98101"}
        for row in people()
    ]


def test_a_register_that_has_nothing_to_ask_of_a_kind_is_refused(agency: World) -> None:
    agency.build(one_street())
    with pytest.raises(StateFault) as raised:
        run(agency)
    assert raised.value.code == "certify_kind_untried"
    assert "like_street, other_zip" in raised.value.message


def test_a_kind_that_is_left_out_is_not_certified_and_weighs_as_always_wrong(agency: World) -> None:
    agency.build(one_street())
    without = ("other_zip", "like_street")
    found = run(agency, without=without).certificate
    assert found is not None
    assert {kind.kind for kind in found.kinds} == set(SHOWN) - set(without)
    told = " ".join(found.not_covered)
    assert all(f"kind {name}: none was asked" in told for name in without)
    assert found.mix["other_zip"] == 0
    mixed = run(
        agency, without=without, resume=True, mix={"other_zip": 1, "withheld": 1}
    ).certificate
    assert mixed is not None
    assert mixed.weighted > PARTS // 2


def test_a_kind_that_repeats_itself_says_of_how_many_rows_it_is(agency: World) -> None:
    found = run(agency)
    assert found.certificate is not None
    told = " ".join(found.certificate.not_covered)
    rows = found.tally["withheld"].most_rows
    assert 0 < rows <= len(list(people()))
    assert f"withheld beyond the {rows} rows" in told


def test_a_register_without_tax_numbers_cannot_be_tried(agency: World) -> None:
    agency.build([row | {"tin": ""} for row in people()])
    with pytest.raises(StateFault) as raised:
        run(agency)
    assert raised.value.code == "certify_kind_untried"


def test_an_altered_state_is_not_gone_on_with(agency: World) -> None:
    run(agency)
    path = folder(agency) / STATE_FILE
    path.write_bytes(path.read_bytes().replace(b'"asked":4', b'"asked":5', 1))
    with pytest.raises(VerifyFault) as raised:
        run(agency, resume=True)
    assert raised.value.code == "certify_state_altered"


@pytest.mark.parametrize("change", [{"per_class": 300}, {"asks": "names"}, {"seed": "ab" * 32}])
def test_a_state_of_another_certification_is_not_gone_on_with(
    agency: World, change: dict[str, object]
) -> None:
    run(agency)
    with pytest.raises(StateFault) as raised:
        run(agency, resume=True, **change)
    assert raised.value.code == "certify_state_other"


def test_there_is_nothing_to_resume_before_a_beginning(agency: World) -> None:
    with pytest.raises(StateFault) as raised:
        run(agency, resume=True)
    assert raised.value.code == "certify_state_missing"


def test_other_match_rules_are_refused(agency: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("counterfoil.matching.READABLE_VERSIONS", ("match-99",))
    with pytest.raises(StateFault) as raised:
        run(agency)
    assert raised.value.code == "register_rules_other"


def test_p1_state_certificate_and_picture_hold_nothing_of_a_person(agency: World) -> None:
    run(agency)
    held = b"".join(path.read_bytes() for path in folder(agency).glob("cert*")).upper()
    names = {
        row[field].upper() for row in people() for field in ("given_name", "family_name", "tin")
    }
    assert len(held) > 1000
    assert not any(name.encode() in held for name in names | {"HERON", "ANYTOWN"})


def test_the_proxy_asks_the_registers_own_people(agency: World) -> None:
    proxy = run(agency).tally[PROXY]
    assert proxy.asked >= 400
    assert proxy.confirmed_from(12) > proxy.asked * 0.8


def test_counts_stand_when_the_custodian_stops(
    agency: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("counterfoil.office.context._TRIAL_OPENINGS", 100)
    monkeypatch.setattr(certify_module, "_CHUNK_DECOYS", 90)
    with pytest.raises(StoreFault):
        run(agency)
    assert json.loads((folder(agency) / STATE_FILE).read_bytes())["state"]["rows_done"] > 0


def test_a_threshold_off_the_grid_is_raised_to_it(
    agency: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = Office.weights
    monkeypatch.setattr(Office, "weights", lambda *told: replace(own(*told), threshold_bits=6.2))
    found = run(agency)
    assert found.certificate is not None
    assert (found.certificate.own_threshold, found.certificate.threshold % 50) == (620, 0)


def test_a_snapshot_is_certified_by_one_process_at_a_time(agency: World) -> None:
    folder = agency.office.register_directory
    name = (folder / "current").read_text("ascii").strip()
    with locked_file(folder / name / ".certify.lock"), pytest.raises(StateFault) as fault:
        run(agency)
    assert fault.value.code == "certify_running"
