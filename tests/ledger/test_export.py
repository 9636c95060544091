"""The exported files are C2SP tlog-tiles, complete, and show any change to whoever checks them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from counterfoil.core.errors import CounterfoilError, StateFault, StoreFault, VerifyFault
from counterfoil.core.file_lock import locked_file
from counterfoil.database import Store
from counterfoil.ledger import check, check_export, export
from tests.ledger.office import KEY, LEDGER, SIGNER, START, drafts, grow


def exported(store: Store, directory: Path, count: int = 0) -> Path:
    """Export a store after growing it by `count`."""
    note = grow(store, count)
    with store.reading() as connection:
        export(connection, directory / "export", note)
    return directory / "export"


def files(directory: Path) -> list[str]:
    return sorted(
        str(path.relative_to(directory)) for path in directory.rglob("*") if path.is_file()
    )


def code_of(directory: Path) -> str:
    with pytest.raises(VerifyFault) as fault:
        check_export(directory, KEY)
    return fault.value.code


def test_the_files_are_those_of_the_format_and_no_others(grown: Store, tmp_path: Path) -> None:
    directory = exported(grown, tmp_path)
    assert files(directory) == [
        "checkpoint",
        "tile/0/000",
        "tile/0/001",
        "tile/0/002.p/188",
        "tile/1/000.p/2",
        "tile/entries/000",
        "tile/entries/001",
        "tile/entries/002.p/188",
    ]


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 512, 700])
def test_an_export_of_any_size_is_established_from_its_files(
    store: Store, tmp_path: Path, size: int
) -> None:
    directory = exported(store, tmp_path, size)
    with store.reading() as connection:
        inside = check(connection, KEY)
    outside = check_export(directory, KEY)
    assert (outside.size, outside.root, outside.counts) == (size, inside.root, inside.counts)
    assert len(outside.statements) == 6


@pytest.mark.slow
def test_an_export_over_three_levels_of_tiles_is_established(store: Store, tmp_path: Path) -> None:
    assert check_export(exported(store, tmp_path, 66_000), KEY).size == 66_000


def test_exporting_again_writes_nothing_and_exporting_more_adds(
    grown: Store, tmp_path: Path
) -> None:
    directory = exported(grown, tmp_path)
    first = set(files(directory))
    with grown.transaction() as connection:
        note = LEDGER.newest_checkpoint(connection)
        assert note
        assert export(connection, directory, note) == 0
        LEDGER.append(connection, drafts(400), START + timedelta(hours=1))
        assert export(connection, directory, LEDGER.sign_checkpoint(connection, SIGNER)) > 0
    assert first < set(files(directory))
    assert check_export(directory, KEY).size == 1100


def test_an_older_checkpoint_can_be_exported_after_the_ledger_has_grown(
    store: Store, tmp_path: Path
) -> None:
    note = grow(store, 300)
    with store.transaction() as connection:
        LEDGER.append(connection, drafts(400), START + timedelta(hours=1))
        export(connection, tmp_path / "old", note)
    assert check_export(tmp_path / "old", KEY).size == 300


def test_another_history_is_never_written_over(store: Store, tmp_path: Path) -> None:
    directory = exported(store, tmp_path, 300)
    (directory / "tile/0/000").write_bytes(bytes(8192))
    with store.reading() as connection, pytest.raises(StateFault) as fault:
        export(connection, directory, LEDGER.newest_checkpoint(connection) or "")
    assert fault.value.code == "export_other"


def test_a_checkpoint_of_another_tree_is_not_exported(store: Store, tmp_path: Path) -> None:
    note = grow(store, 300).replace("\n300\n", "\n299\n")
    with store.reading() as connection, pytest.raises(VerifyFault) as fault:
        export(connection, tmp_path / "export", note)
    assert fault.value.code == "ledger_rewritten"
    assert not (tmp_path / "export").exists()


def test_a_directory_that_cannot_be_written_is_a_store_fault(store: Store, tmp_path: Path) -> None:
    note = grow(store, 3)
    (tmp_path / "export").write_text("a file stands here", encoding="utf-8")
    with store.reading() as connection, pytest.raises(StoreFault) as fault:
        export(connection, tmp_path / "export", note)
    assert fault.value.code == "export_failed"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("checkpoint", "export_unreadable"),
        ("tile/0/001", "export_unreadable"),
        ("tile/0/002.p/188", "export_unreadable"),
        ("tile/1/000.p/2", "export_unreadable"),
        ("tile/entries/000", "export_unreadable"),
        ("tile/entries/002.p/188", "export_unreadable"),
    ],
)
def test_a_missing_file_is_found(grown: Store, tmp_path: Path, name: str, code: str) -> None:
    directory = exported(grown, tmp_path)
    (directory / name).unlink()
    assert code_of(directory) == code


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("checkpoint", {"note_malformed", "note_signature", "note_unsigned"}),
        ("tile/0/001", {"ledger_tile"}),
        ("tile/0/002.p/188", {"ledger_tile"}),
        ("tile/1/000.p/2", {"ledger_tile"}),
        (
            "tile/entries/000",
            {"bundle_malformed", "entry_malformed", "entry_field", "ledger_tile", "ledger_count"},
        ),
    ],
)
@pytest.mark.parametrize("at", [0, 40, -1])
def test_a_changed_byte_in_any_file_is_found(
    grown: Store, tmp_path: Path, name: str, codes: set[str], at: int
) -> None:
    directory = exported(grown, tmp_path)
    data = bytearray((directory / name).read_bytes())
    data[at] ^= 1
    (directory / name).write_bytes(data)
    assert code_of(directory) in codes


@pytest.mark.parametrize("name", ["tile/0/001", "tile/entries/001", "tile/1/000.p/2", "checkpoint"])
def test_a_truncated_file_is_found(grown: Store, tmp_path: Path, name: str) -> None:
    directory = exported(grown, tmp_path)
    (directory / name).write_bytes((directory / name).read_bytes()[:-1])
    assert code_of(directory)


def test_a_file_that_is_too_long_is_not_read(store: Store, tmp_path: Path) -> None:
    directory = exported(store, tmp_path, 300)
    with (directory / "tile/0/000").open("ab") as file:
        file.write(bytes(32))
    assert code_of(directory) == "export_unreadable"


def test_bundles_and_tiles_of_a_history_that_was_not_signed_are_found(
    store: Store, tmp_path: Path
) -> None:
    ours = exported(store, tmp_path, 300)
    from tests.ledger.office import make_store

    (tmp_path / "other").mkdir()
    other_store = make_store(tmp_path / "other")
    with other_store.transaction() as connection:
        LEDGER.append(connection, drafts(300), START + timedelta(days=1))
        export(connection, tmp_path / "other/export", LEDGER.sign_checkpoint(connection, SIGNER))
    other_store.close()
    (tmp_path / "other/export/checkpoint").write_bytes((ours / "checkpoint").read_bytes())
    assert code_of(tmp_path / "other/export") == "ledger_rewritten"


def test_no_half_written_file_stays(grown: Store, tmp_path: Path) -> None:
    directory = exported(grown, tmp_path)
    assert [name for name in files(directory) if name.endswith(".tmp")] == []


def test_faults_name_a_place_and_a_cure(store: Store, tmp_path: Path) -> None:
    directory = exported(store, tmp_path, 300)
    (directory / "tile/0/000").unlink()
    with pytest.raises(CounterfoilError) as fault:
        check_export(directory, KEY)
    assert (fault.value.place, bool(fault.value.cure), fault.value.exit_code) == (
        "tile/0/000",
        True,
        5,
    )


def test_one_process_writes_to_a_directory_at_a_time(
    grown: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    note, directory = grow(grown, 0), tmp_path / "export"
    directory.mkdir()
    monkeypatch.setattr("counterfoil.core.file_lock.locked_file.__wrapped__.__defaults__", (0,))
    with grown.reading() as connection:
        with locked_file(directory / ".export.lock"), pytest.raises(StateFault) as fault:
            export(connection, directory, note)
        assert (fault.value.code, files(directory)) == ("export_running", [])
        assert export(connection, directory, note)
