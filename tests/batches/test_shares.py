"""The store of batch keys: apart from the office's database, made when it is first needed, private
to its owner, and without a trace of what it deleted."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from counterfoil.batches.shares import ShareStore
from counterfoil.core.errors import SettingsFault, StateFault, StoreFault
from counterfoil.database import create_store
from tests.database.places import ServerPlace

SHARES = {f"b-{number}": bytes([number]) * 32 for number in range(1, 4)}


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/batch-keys.db"
    return ServerPlace(request.getfixturevalue("postgres_server")).url


def test_what_is_kept_is_found_by_another_process_and_destroyed_for_good(url: str) -> None:
    shares = ShareStore(url)
    assert (shares.find("b-1"), shares.listed()) == (None, frozenset())
    shares.destroy({"b-1"})
    shares.keep(SHARES)
    shares.keep({})
    other = ShareStore(url)
    assert other.find("b-2") == SHARES["b-2"]
    other.destroy({"b-2", "b-9"})
    assert (shares.find("b-2"), shares.listed()) == (None, {"b-1", "b-3"})
    shares.close()
    assert shares.find("b-3") == SHARES["b-3"]
    shares.destroy(shares.listed())
    assert other.listed() == frozenset()
    shares.close()
    other.close()


def test_a_share_is_never_replaced(url: str) -> None:
    shares = ShareStore(url)
    shares.keep(SHARES)
    with pytest.raises(StoreFault):
        shares.keep({"b-1": bytes(32)})
    assert shares.find("b-1") == SHARES["b-1"]
    shares.close()


def test_the_database_of_an_office_is_refused(url: str) -> None:
    create_store(url).close()
    with pytest.raises(StateFault) as fault:
        ShareStore(url).keep(SHARES)
    assert (fault.value.code, fault.value.place) == ("database_taken", "batch_keys")


def test_looking_makes_no_file_and_the_file_is_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "batch-keys.db"
    shares = ShareStore(f"sqlite:///{path}")
    shares.find("b-1")
    assert not path.exists()
    shares.keep(SHARES)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    shares.destroy(SHARES)
    for file in tmp_path.iterdir():
        assert not any(share in file.read_bytes() for share in SHARES.values()), file.name
    shares.close()


def test_where_it_cannot_be_made_or_named_is_a_stated_fault(tmp_path: Path) -> None:
    with pytest.raises(StoreFault) as fault:
        ShareStore(f"sqlite:///{tmp_path}/none/batch-keys.db").keep(SHARES)
    assert (fault.value.code, fault.value.place) == ("store_failed", "batch-keys.db")
    with pytest.raises(SettingsFault):
        ShareStore("mysql://here/keys").keep(SHARES)
