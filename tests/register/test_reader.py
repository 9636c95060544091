"""Opening the sealed register."""

from __future__ import annotations

from pathlib import Path

import pytest

from counterfoil import normalize
from counterfoil.core import keyfile
from counterfoil.core.errors import KeyFault, StateFault, StoreFault, UsageFault, VerifyFault
from counterfoil.core.values import Address, AddressKey, Grant, Residents
from counterfoil.register import Manifest, check_store, open_register
from counterfoil.register.bucket import EXACT
from counterfoil.register.stores import LmdbReader
from tests.register.conftest import FLAT, JUNIPER, PEOPLE, PUBLIC, Office, grant_at


def opened(office: Office, *grants: Grant) -> list[Residents]:
    with office.open() as register:
        return register.open_residents(list(grants))


def references(residents: Residents) -> list[tuple[str, str]]:
    return [
        (held.record_ref, door)
        for held, door in zip(residents.residents, residents.tolerances, strict=True)
    ]


def test_each_grant_gets_the_residents_of_its_address_in_the_order_asked(office: Office) -> None:
    office.build()
    found = opened(office, grant_at(FLAT), grant_at(JUNIPER), grant_at(FLAT))
    assert [len(residents.residents) for residents in found] == [1, 2, 1]
    assert found[0] == found[2]


def test_the_exact_door_is_named_exact(office: Office) -> None:
    office.build()
    [residents] = opened(office, grant_at(FLAT))
    assert references(residents) == [("REF-7783", EXACT)]


def test_an_address_where_nobody_lives_gives_no_residents(office: Office) -> None:
    office.build()
    assert opened(office, grant_at(JUNIPER | {"line1": "1289 Juniper Ln"})) == [
        Residents((), (), b"")
    ]


def test_p3_another_unit_is_another_address(office: Office) -> None:
    office.build()
    assert opened(office, grant_at(FLAT | {"line2": "Apt 8"}))[0].residents == ()


def test_p3_an_address_without_a_door_gives_no_residents(office: Office) -> None:
    office.build()
    assert (
        opened(office, grant_at({"line1": "", "line2": "", "city": "", "state": "", "zip": ""}))[
            0
        ].residents
        == ()
    )


def test_no_grants_give_no_residents(office: Office) -> None:
    office.build()
    assert opened(office) == []


def test_a_tolerant_door_leads_to_the_residents_and_names_the_tolerance(office: Office) -> None:
    office.build()
    asked = JUNIPER | {"line1": "1287 Juniper"}
    [residents] = opened(office, grant_at(asked))
    shared = {
        door.key: door.tolerance
        for door in normalize.address_keys(normalize.normalize_address(Address(**JUNIPER)))
    }
    best = next(
        d.tolerance
        for d in normalize.address_keys(normalize.normalize_address(Address(**asked)))
        if d.key in shared
    )
    assert references(residents) == [("REF-7781", best), ("REF-7782", best)]
    assert best != EXACT


def test_a_resident_behind_two_doors_comes_once_by_the_best_with_all_periods(
    office: Office,
) -> None:
    moved = PEOPLE[0] | {"line1": "1287 Juniper", "taxable_period": "2018"}
    office.build([moved, *PEOPLE])
    [residents] = opened(office, grant_at(JUNIPER))
    assert references(residents)[:2] == [("REF-7781", EXACT), ("REF-7782", EXACT)]
    assert residents.residents[0].periods == (2018, 2019, 2020)


def test_a_crowd_of_doors_is_asked_of_the_store_twice_at_most(office: Office) -> None:
    office.build_pairs()
    asked: list[int] = []
    with office.open() as register:
        get = register._store._store.get_many

        class Counting:
            def get_many(self, keys: list[bytes]) -> list[bytes | None]:
                asked.append(len(keys))
                return get(keys)

            def close(self) -> None: ...

        register._store._store = Counting()
        register.open_residents([grant_at(JUNIPER), grant_at(FLAT)] * 500)
    assert len(asked) == 2
    assert asked[0] < 24


def test_the_asked_number_is_hashed_as_the_held_ones_are(office: Office) -> None:
    office.build()
    [residents] = opened(office, grant_at(JUNIPER, "900001234"))
    assert residents.asked_tin_hash == next(
        r.tin_hash for r in residents.residents if r.record_ref == "REF-7781"
    )
    assert opened(office, grant_at(JUNIPER, "12345"))[0].asked_tin_hash == b""


def test_openings_are_counted_before_any_door_opens(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.build_pairs()
    counted: list[int] = []
    with office.open() as register:
        monkeypatch.setattr(
            "counterfoil.register.reader.open_bucket",
            lambda *_, **__: counted.append(office.custodian().total()),
        )
        with pytest.raises(TypeError):
            register.open_residents([grant_at(JUNIPER)] * 3)
    assert counted[0] == 3


def test_beyond_the_limit_nothing_is_opened(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.build()
    office.limit = 2
    monkeypatch.setattr(
        "counterfoil.register.reader.open_bucket", lambda *_, **__: pytest.fail("opened")
    )
    with office.open() as register, pytest.raises(StoreFault, match="custodian_limit"):
        register.open_residents([grant_at(JUNIPER)] * 3)


def test_a_request_that_is_no_grant_opens_nothing_and_counts_nothing(office: Office) -> None:
    office.build()
    with office.open() as register, pytest.raises(UsageFault, match="not_a_grant"):
        register.open_residents([grant_at(JUNIPER).request])  # pyright: ignore
    assert office.custodian().total() == 0


def test_a_register_of_another_key_is_refused_before_anything_is_opened(office: Office) -> None:
    office.build()
    (office.folder / "custodian.json").unlink(missing_ok=True)
    with pytest.raises(KeyFault, match="register_key_other"):
        open_register(office.register, office.custodian(b"o" * 64), PUBLIC)
    assert not (office.folder / "custodian.json").exists()


def test_no_register_is_said_so(office: Office) -> None:
    with pytest.raises(StateFault, match="register_missing"):
        office.open()


@pytest.mark.parametrize("name", ["../0001-0123456789ab", "0001", "0001-0123456789ab/..", "", "x"])
def test_a_name_that_is_no_snapshots_opens_nothing(office: Office, name: str) -> None:
    office.build()
    (office.register / "current").write_text(name)
    with pytest.raises(StateFault, match="snapshot_name"):
        office.open()


def test_a_pointer_that_is_no_text_is_a_fault(office: Office) -> None:
    office.build()
    (office.register / "current").write_bytes(b"\xff")
    with pytest.raises(StoreFault, match="register_unreadable"):
        office.open()


def test_a_snapshot_that_is_gone_is_a_fault(office: Office) -> None:
    office.build()
    with pytest.raises(StoreFault, match="manifest_unreadable"):
        office.open(snapshot="0009-0123456789ab")


def test_another_version_of_the_normal_forms_is_refused(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.build()
    monkeypatch.setattr(normalize, "FORMS_VERSION", "forms-of-tomorrow")
    with pytest.raises(StateFault, match="register_rules_other"):
        office.open()


def data_file(office: Office, manifest: Manifest) -> Path:
    return office.register / manifest.snapshot / "buckets.lmdb"


def test_a_missing_or_cut_store_is_a_fault(office: Office) -> None:
    path = data_file(office, office.build_pairs())
    with path.open("r+b") as file:
        file.truncate(4096)
    with pytest.raises(StoreFault, match="register_unreadable"):
        office.open()
    path.unlink()
    with pytest.raises(StoreFault, match="register_unreadable"):
        office.open()


def test_an_altered_bucket_answers_nothing(office: Office) -> None:
    manifest = office.build_pairs()
    path = data_file(office, manifest)
    store = LmdbReader(path, manifest.store_bytes, manifest.store_head_digest)
    door = AddressKey(
        EXACT, normalize.exact_address_key(normalize.normalize_address(Address(**JUNIPER)))
    )
    [value] = store.get_many([office.custodian().derive([door])[0][1]])
    store.close()
    assert value is not None
    data = path.read_bytes()
    path.write_bytes(data.replace(value, value[:-1] + bytes([value[-1] ^ 1])))
    assert path.read_bytes() != data
    with office.open() as register, pytest.raises(VerifyFault, match="register_bucket_altered"):
        register.open_residents([grant_at(JUNIPER)])


def test_a_store_that_was_altered_is_found_without_the_register_key(office: Office) -> None:
    path = data_file(office, office.build_pairs())
    assert check_store(office.register, PUBLIC).snapshot == path.parent.name
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))
    with pytest.raises(VerifyFault, match="register_store_altered"):
        check_store(office.register, PUBLIC)


def test_a_manifest_of_another_snapshot_is_refused(office: Office) -> None:
    first, second = office.build().snapshot, office.build().snapshot
    for name in ("manifest.json", "manifest.sig"):
        (office.register / second / name).write_bytes((office.register / first / name).read_bytes())
    with pytest.raises(VerifyFault, match="manifest_not_verified"):
        office.open()


def test_a_bucket_of_another_snapshot_does_not_open(office: Office) -> None:
    first, second = office.build_pairs(), office.build_pairs()
    data_file(office, second).write_bytes(data_file(office, first).read_bytes())
    with office.open() as register, pytest.raises(VerifyFault, match="register_bucket_altered"):
        register.open_residents([grant_at(JUNIPER)])


def test_another_holders_key_is_refused(office: Office) -> None:
    office.build()
    with pytest.raises(VerifyFault, match="manifest_not_verified"):
        open_register(office.register, office.custodian(), keyfile.public_bytes(b"x" * 32))
