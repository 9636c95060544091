"""A witness is made, served and asked, and a proof is checked, without an office and without a
file of ours but the records."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest

from counterfoil.core.errors import CounterfoilError, KeyFault
from counterfoil.tlog.use_cases import (
    KEY_FILES,
    CreateWitness,
    RunningWitness,
    ServeWitness,
    ask_witnesses,
    create_witness,
    parse_policy,
    start_witness,
    verify_proof,
)
from tests.ledger.history import STORY, Held, entries_of, vkey
from tests.ledger.office import KEY, ORIGIN
from tests.ledger.test_verifier import PROOF

HELD = Held(entries_of(STORY))
MADE = create_witness(CreateWitness("w.example/1", "made up", ml_dsa=True))
PLAIN = create_witness(CreateWitness("w.example/1", "made up"))


def command(tmp_path: Path, **changes: object) -> ServeWitness:
    said = {"files": MADE.files, "passphrase": "made up", "records": tmp_path / "records"}
    return ServeWitness(**(said | {"logs": (vkey(),), "host": "127.0.0.1", "port": 0} | changes))  # type: ignore[arg-type]


@pytest.fixture
def running(tmp_path: Path) -> Iterator[RunningWitness]:
    witness = start_witness(command(tmp_path))
    thread = Thread(target=witness.serve)
    thread.start()
    yield witness
    witness.stop()
    thread.join()
    witness.close()


def test_a_witness_has_one_key_or_two_and_its_passphrase_is_not_printed() -> None:
    assert tuple(MADE.files) == KEY_FILES
    assert tuple(PLAIN.files) == KEY_FILES[:2]
    assert len(MADE.vkeys) == 2
    assert "made up" not in repr(CreateWitness("w.example/1", "made up"))


def test_it_cosigns_with_both_of_its_keys_when_it_is_asked(running: RunningWitness) -> None:
    url = f"http://127.0.0.1:{running.port}"
    lines = [f"witness w{at} {key} {url}\n" for at, key in enumerate(MADE.vkeys)]
    policy = parse_policy("".join([*lines, "group both all w0 w1\n", "quorum both\n"]).encode())
    asked = ask_witnesses(policy, HELD.note(), lambda _: [])
    assert asked.holds and set(asked.said.values()) == {"cosigned"}


@pytest.mark.parametrize(
    "changes",
    [
        {"passphrase": "another"},
        {"files": {}},
        {"files": {**MADE.files, "witness.key": b"no key"}},
        {"files": {**MADE.files, "witness.vkey": b"\xff"}},
    ],
)
def test_a_witness_whose_keys_do_not_open_is_not_started(
    tmp_path: Path, changes: dict[str, object]
) -> None:
    with pytest.raises(KeyFault) as fault:
        start_witness(command(tmp_path, **changes))
    assert fault.value.code == "witness_key"


def test_a_port_in_use_leaves_the_records_to_others(
    tmp_path: Path, running: RunningWitness
) -> None:
    taken = command(tmp_path, records=tmp_path / "others", port=running.port)
    for _ in range(2):
        with pytest.raises(CounterfoilError) as fault:
            start_witness(taken)
        assert fault.value.code == "witness_port"


def test_a_proof_is_checked_with_the_index_before_its_entry_or_without() -> None:
    for line in (HELD.entries[9], b"9 " + HELD.entries[9] + b"\n"):
        checked = verify_proof(PROOF.encode(), line, KEY)
        assert (checked.index, checked.size, checked.origin) == (9, 15, ORIGIN)
    with pytest.raises(CounterfoilError):
        verify_proof(PROOF.encode(), HELD.entries[8], KEY)
